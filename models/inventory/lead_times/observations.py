"""Observed lead times: one per delivery of an order line, and one for what is still open of it."""

import datetime as dt

import numpy as np
import pandas as pd

from features.arrays import Days
from models.inventory.calendar.working_days import WorkingDays
from models.inventory.lead_times.call_offs import are_call_offs, bit_by_bit, usual_days

CANCELLED = frozenset({"cancelled", "canceled", "void", "rejected"})
"""Statuses of orders that count for no lead time."""
FINISHED = frozenset({"closed", "received", "complete", "completed", "done"}) | CANCELLED
"""Statuses of orders of which nothing more is coming."""

CALL_OFF = "asked for later than its lead time"
"""Why a call-off is left out."""

KEY = ["order_number", "line_number"]
_NEARLY_ALL = 0.95
_SEEN = ["days", "weight", "recency", "is_open"]
OBSERVED = [
    *KEY, "supplier", "sku", "location", "declared_days", "usual_days", "promised_days", *_SEEN, "is_call_off"
]  # fmt: skip


def observations(
    purchase_orders: pd.DataFrame,
    receipts: pd.DataFrame,
    clock: WorkingDays,
    *,
    as_of: dt.date,
    history_days: int,
    half_life_days: float,
    overdue_days_counted: int,
    max_days: int,
    prior_weight: float,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Lead times seen by `as_of`, on the suppliers' clocks.

    Parameters
    ----------
    purchase_orders, receipts: canonical frames; purchase_orders with `declared_days` beside: the terms' lead time.
    clock: the suppliers' clocks.
    as_of: last day with data; later rows are left out.
    history_days: orders placed earlier than this are not used.
    half_life_days: an order placed this much earlier than another counts half as much.
    overdue_days_counted: open orders further past their promise are taken for forgotten; without a promise further
        past what is declared and nearly all of the supplier's deliveries took.
    max_days: longer lead times are not believed.
    prior_weight: see `usual_days`.

    Returns
    -------
    observed: one row per delivery of a line, and one for what is still open of it; columns order_number, line_number,
        supplier, sku, location, declared_days, usual_days (see there), days (open days of the supplier from order to
        receipt, or waited so far), promised_days (the same to the promise; NaN: none), weight (share of the line's
        units), recency (1 for an order placed at `as_of`, falling with age), is_open, is_call_off (it says nothing of
        the lead time, only of how promises are kept).
    ignored: one row per order line or receipt that is not used; columns supplier, sku, location (missing for receipts
        of unknown orders), order_number, line_number, reason.
    """
    today = pd.Timestamp(as_of)
    orders = _orders(purchase_orders, clock, today, history_days)
    orders["recency"] = 0.5 ** ((today - orders["ordered_on"]).dt.days / half_life_days)
    arrived = receipts[receipts["received_on"].notna() & (receipts["received_on"] <= today)]
    arrived = arrived.assign(**{name: arrived[name].astype(str) for name in KEY})
    ordered_lines = purchase_orders[KEY].astype(str).drop_duplicates()
    unknown = arrived.merge(ordered_lines, on=KEY, how="left", indicator=True)["_merge"].eq("left_only")
    stray = arrived[unknown.to_numpy(dtype=bool)]
    arrived = arrived[arrived["received_units"] > 0].merge(orders, on=KEY, how="inner")

    rows = clock.rows(arrived["supplier"])
    ordered = _days(arrived["ordered_on"])
    arrived["days"] = clock.count(rows, ordered, _days(arrived["received_on"]))
    early = arrived["received_on"] < arrived["ordered_on"]
    long = arrived["days"] > max_days
    ignored = [
        _ignored(stray[KEY], "receipt of an order that is not known"),
        _ignored(arrived[early], "received before it was ordered"),
        _ignored(arrived[long & ~early], f"lead time above {max_days} days"),
    ]
    received = arrived.groupby(KEY)["received_units"].sum().rename("received_in_all").reset_index()
    arrived = arrived.merge(received, on=KEY)
    arrived["weight"] = arrived["received_units"] / np.maximum(arrived["received_in_all"], arrived["ordered_units"])
    arrived["is_open"] = False
    usable = arrived[(arrived["days"] <= max_days) & (arrived["received_on"] >= arrived["ordered_on"])]
    agreed = bit_by_bit(usable)
    orders = _with_call_offs(orders, usable, agreed, prior_weight)
    usable = usable.merge(orders[[*KEY, "usual_days", "is_call_off"]], on=KEY)

    waiting, forgotten = _waiting(orders, received, clock, today, overdue_days_counted, _typical_longest(usable))
    ignored.append(_ignored(forgotten, f"open for more than {overdue_days_counted} days past its promise"))
    parts = [part[OBSERVED] for part in (usable, waiting) if len(part)]
    observed = pd.concat(parts) if parts else usable[OBSERVED]
    ignored.append(_ignored(observed[observed["is_call_off"]].drop_duplicates(KEY), CALL_OFF))
    observed = observed.sort_values([*KEY, "is_open", "days"], kind="stable").reset_index(drop=True)
    filled = [frame for frame in ignored if len(frame)] or ignored[:1]
    return observed, pd.concat(filled).sort_values([*KEY, "reason"], kind="stable").reset_index(drop=True)


def _orders(purchase_orders: pd.DataFrame, clock: WorkingDays, today: pd.Timestamp, history_days: int) -> pd.DataFrame:
    """Orders whose lead time counts, with the promised days and whether nothing more is coming."""
    purchase_orders = purchase_orders.reset_index(drop=True)
    state = purchase_orders["status"].astype("string").str.strip().str.lower().fillna("")
    ordered_on = purchase_orders["ordered_on"]
    recent = (ordered_on <= today) & (ordered_on > today - pd.Timedelta(days=history_days))
    counted = recent & (purchase_orders["ordered_units"] > 0) & purchase_orders["supplier"].notna()
    names = [*KEY, "supplier", "sku", "location", "ordered_on", "ordered_units", "expected_on", "declared_days"]
    orders = purchase_orders.loc[counted & ~state.isin(CANCELLED), names]
    orders = orders.assign(
        **{name: orders[name].astype(str) for name in KEY},
        is_finished=state[orders.index].isin(FINISHED).to_numpy(dtype=bool),
    )
    orders = orders.drop_duplicates(KEY, keep="last").reset_index(drop=True)
    promised = orders["expected_on"].fillna(orders["ordered_on"])
    days = clock.count(clock.rows(orders["supplier"]), _days(orders["ordered_on"]), _days(promised))
    return orders.assign(promised_days=np.where(orders["expected_on"].notna(), days, np.nan))


def _with_call_offs(
    orders: pd.DataFrame, received: pd.DataFrame, agreed: pd.DataFrame, prior_weight: float
) -> pd.DataFrame:
    """Orders with `usual_days` and `is_call_off`; `agreed`: keys of lines that are delivered bit by bit."""
    in_parts = pd.MultiIndex.from_frame(agreed)
    whole = received[~pd.MultiIndex.from_frame(received[KEY]).isin(in_parts)]
    orders = orders.assign(usual_days=usual_days(orders, whole, prior_weight))
    parts = pd.MultiIndex.from_frame(orders[KEY]).isin(in_parts)
    return orders.assign(is_call_off=are_call_offs(orders) | parts)


def _waiting(
    orders: pd.DataFrame,
    received: pd.DataFrame,
    clock: WorkingDays,
    today: pd.Timestamp,
    overdue_days_counted: int,
    typical_longest: pd.Series,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Open shares of orders with the days waited, and the orders that seem to be forgotten."""
    waiting = orders.merge(received, on=KEY, how="left")
    share = 1.0 - waiting["received_in_all"].fillna(0.0) / waiting["ordered_units"]
    waiting = waiting.assign(weight=share, is_open=True)[(share > 1e-9) & ~waiting["is_finished"]].copy()
    rows, ordered = clock.rows(waiting["supplier"]), _days(waiting["ordered_on"])
    age = clock.count(rows, ordered, np.full(len(waiting), np.datetime64(today, "D")))
    # What is promised for today may still come today.
    waiting["days"] = age - (waiting["expected_on"] == today).to_numpy(dtype=np.int64)
    longest = waiting["supplier"].map(typical_longest).fillna(0.0).clip(lower=waiting["declared_days"])
    due_on = waiting["expected_on"].fillna(waiting["ordered_on"] + pd.to_timedelta(longest, unit="D"))
    late = (today - due_on).dt.days
    forgotten = late > overdue_days_counted
    return waiting[~forgotten & (waiting["days"] >= 0)], waiting[forgotten]


def _typical_longest(arrived: pd.DataFrame) -> pd.Series:
    """Days within which nearly all of a supplier's deliveries came, by supplier."""
    waited = (arrived["received_on"] - arrived["ordered_on"]).dt.days
    return waited.groupby(arrived["supplier"]).quantile(_NEARLY_ALL)


def _days(dates: pd.Series) -> Days:
    return dates.to_numpy(dtype="datetime64[D]")


def _ignored(rows: pd.DataFrame, reason: str) -> pd.DataFrame:
    return rows.reindex(columns=["supplier", "sku", "location", *KEY]).assign(reason=reason)
