"""The planner's lists: what to order, by supplier, what is at risk, and what is too much."""

import datetime as dt
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from models.inventory.recommendations.reasons import ExceptionFigures, OpenOrderReasons, Reasons, stored_reasons
from reports.limits import supplier_limits
from reports.numbers import about, count, whole
from reports.reading import RunData, plain, records

ORDER_ACTIONS = ("order", "transfer")
CHANGE_ACTIONS = ("expedite", "postpone", "cancel")
"""Actions on open orders: they spend no new money, so totals of orders leave them out."""
STOCKOUT_KINDS = ("stockout_now", "at_risk")
KEY = ["sku", "location"]
_WEEK_DAYS = 7
ACTION_WORDS = {
    "order": "Order",
    "expedite": "Expedite",
    "postpone": "Postpone",
    "cancel": "Cancel",
    "transfer": "Transfer",
    "none": "Nothing",
}
_STATES = {
    "out": (0, "Out of stock"),
    "late": (1, "At risk"),
    "due": (2, "Due"),
    "change": (3, "Change"),
    "fine": (4, "Covered"),
    "unknown": (5, "Unknown stock"),
}


def is_overdue(day: dt.date | None, today: dt.date | None) -> bool:
    """Whether something was to be done on a day that has passed; not where either day is not known."""
    return day is not None and today is not None and day < today


def all_items(data: RunData) -> pd.DataFrame:
    """Recommendations with what the lists show beside them, sorted by money at stake, then by key.

    Returns
    -------
    One row per recommendation with all its columns (reasons: `Reasons` or `OpenOrderReasons`) and: state (out, late,
    due, change, fine, unknown), state_rank, state_words, action_words, sentence, phrase, pack_words, supplier_words,
    item_class, lead_time_source, lead_time_mean_days, overdue_words (empty where neither the line nor the review of one
    that waits is), placed (ordering day of an order, as text), at_stake (money at stake; minus infinity where it is not
    known).
    """
    rows = data.recommendations.copy()
    lead_times = data.policies[[*KEY, "lead_time_source", "lead_time_mean_days"]]
    rows = _with_states(rows.merge(lead_times, on=KEY, how="left"), data)
    rows["action_words"] = rows["action"].map(ACTION_WORDS)
    rows["item_class"] = [_joined(a, x) for a, x in zip(rows["abc"], rows["xyz"], strict=True)]
    rows["reasons"] = pd.Series([stored_reasons(stored) for stored in rows["reasons"]], rows.index, dtype=object)
    rows["reorder_point"] = [_point_shown(*row) for row in zip(rows["reorder_point"], rows["reasons"], strict=True)]
    rows["sentence"] = [reasons.sentence for reasons in rows["reasons"]]
    rows["phrase"] = [_phrase(row) for row in rows[_PHRASE].itertuples(index=False)]
    rows["pack_words"] = [_pack_words(*row) for row in zip(rows["reasons"], rows["order_units"], strict=True)]
    rows["supplier_words"] = rows["supplier_name"].where(rows["supplier_name"].notna(), rows["supplier"])
    rows["placed"] = rows["placed_on"].dt.strftime("%Y-%m-%d").where(rows["action"].isin(ORDER_ACTIONS), None)
    late = rows["order_by"] < pd.Timestamp(data.today or data.as_of)
    rows["overdue_words"] = np.where(late & ((rows["action"] != "none") | _waits(rows)), "overdue", "")
    rows["at_stake"] = pd.to_numeric(rows["money_at_stake"], errors="coerce").fillna(-np.inf)
    return rows.sort_values(["at_stake", *KEY, "line_number"], ascending=[False, True, True, True], ignore_index=True)


def has_no_point(reorder_point: float, reasons: Reasons | OpenOrderReasons) -> bool:
    """Whether no stock is low enough for an order now: where unmet demand is lost, no position lies below zero."""
    return reorder_point < 0 and isinstance(reasons, Reasons) and reasons.unmet_demand == "lost"


def _point_shown(reorder_point: float, reasons: Reasons | OpenOrderReasons) -> float:
    return math.nan if has_no_point(reorder_point, reasons) else reorder_point


def suggestions(items: pd.DataFrame) -> pd.DataFrame:
    """The rows of `all_items` that suggest to do something."""
    return items[items["action"] != "none"].reset_index(drop=True)


def changes(items: pd.DataFrame) -> pd.DataFrame:
    """The rows of `all_items` that suggest to change an open order."""
    return items[items["action"].isin(CHANGE_ACTIONS)].reset_index(drop=True)


def one_per_item(items: pd.DataFrame) -> pd.DataFrame:
    """The rows of `all_items` without changes of open orders: one per item."""
    return items[~items["action"].isin(CHANGE_ACTIONS)].reset_index(drop=True)


def waiting(items: pd.DataFrame) -> pd.DataFrame:
    """The rows, such as those of `all_items`, whose line gains too little to handle now, the greatest gain first.

    Returns
    -------
    The same columns and waiting_units, waiting_gain (base currency).
    """
    rows = items[_waits(items)]
    rows = rows.assign(
        waiting_units=[reasons.waiting_units for reasons in rows["reasons"]],
        waiting_gain=[reasons.waiting_gain_base for reasons in rows["reasons"]],
    )
    return rows.sort_values(["waiting_gain", *KEY], ascending=[False, True, True], ignore_index=True)


def _waits(items: pd.DataFrame) -> "pd.Series[bool]":
    waits = [isinstance(reasons, Reasons) and bool(reasons.waiting_units) for reasons in items["reasons"]]
    return pd.Series(waits, items.index, dtype=bool)


def waiting_words(rows: pd.DataFrame, currency: str) -> str:
    """How many lines wait, below which gain and for how much in all; empty where none does."""
    if rows.empty:
        return ""
    least = count(rows["reasons"].iloc[0].gain_minimum_base)
    lines = "1 more line" if len(rows) == 1 else f"{count(len(rows))} more lines"
    gain = float(rows["waiting_gain"].sum())
    verb = "waits" if len(rows) == 1 else "wait"
    return f"{lines} under {least} {currency} {verb}: {about(gain, currency)} in all"


def by_supplier(items: pd.DataFrame, data: RunData) -> list[dict[str, Any]]:
    """Orders and transfers added up by supplier or sending location: the next to be placed first.

    Returns
    -------
    Rows with supplier, supplier_words, lines, units, value (base currency, lines as rounded), at_stake, placed_on and
    placed_last (first and last ordering day of its lines), expected_first, expected_last, minimum (base currency; None:
    not known), minimum_share, limits (free freight and containers in words), lead_time_mean_days; of the same day the
    greatest money at stake first.
    """
    orders = items[items["action"].isin(ORDER_ACTIONS)]
    source = orders["supplier"].where(
        orders["supplier"].notna(), "transfer from " + orders["from_location"].astype(str)
    )
    rows = []
    for supplier, lines in orders.groupby(source, sort=True):
        minimum = data.figures.supplier_minimums.get(str(supplier))
        limits = supplier_limits(data, str(supplier))
        value = _total(lines["order_value_base"])
        names = lines["supplier_words"].dropna()
        rows.append(
            {
                "supplier": supplier,
                "supplier_words": names.iloc[0] if len(names) else supplier,
                "lines": len(lines),
                "units": float(lines["order_units"].sum()),
                "value": value,
                "at_stake": _total(lines["money_at_stake"]),
                "placed_on": plain(lines["placed_on"].min()),
                "placed_last": plain(lines["placed_on"].max()),
                "expected_first": plain(lines["expected_on"].min()),
                "expected_last": plain(lines["expected_on"].max()),
                "minimum": minimum,
                "minimum_share": limits["minimum_share"] or (value / minimum if minimum else None),
                "limits": limits["limits"],
                "lead_time_mean_days": plain(pd.to_numeric(lines["lead_time_mean_days"], errors="coerce").mean()),
                "currencies": ", ".join(sorted(set(lines["currency"].dropna()))),
            }
        )
    return sorted(rows, key=lambda row: (row["placed_on"] or pd.Timestamp.max, -row["at_stake"], row["supplier"]))


def exceptions_of(data: RunData, items: pd.DataFrame, *kinds: str) -> list[dict[str, Any]]:
    """Exceptions of some kinds with their item's row: the worst first, then by money at stake, then by key.

    `figures` are those of `ExceptionFigures`.
    """
    found = data.exceptions[data.exceptions["kind"].isin(kinds)].reset_index(drop=True)
    item = one_per_item(items).drop_duplicates(KEY).drop(columns=["run_id"], errors="ignore")
    rows = found.merge(item, on=KEY, how="left", suffixes=("", "_item"))
    rows["figures"] = rows["figures"].map(ExceptionFigures.from_json)
    rows["message"] = [_without_item(*row) for row in zip(rows["message"], rows["sku"], rows["location"], strict=True)]
    rank = rows["severity"].map({"critical": 0, "warning": 1, "info": 2})
    stake = -rows["at_stake"].fillna(-np.inf)
    rows = rows.assign(rank=rank, stake=stake).sort_values(
        ["rank", "stake", *KEY, "kind", "message"], ignore_index=True
    )
    return records(rows)


@dataclass(frozen=True)
class OrdersToPlace:
    """Orders and transfers that are placed on some days: lines, value in base currency, first and last of the days."""

    lines: int
    value: float
    first_day: dt.date | None
    last_day: dt.date | None


def by_ordering_day(items: pd.DataFrame, today: dt.date | None) -> tuple[OrdersToPlace, OrdersToPlace]:
    """What can be placed on the next ordering day of any supplier, and the rest, which waits for later ones.

    Where ordering days have passed, their orders are the next.

    Parameters
    ----------
    items: columns action, placed_on, order_value_base; rows of other actions are left out.
    today: the company's date; None: no day has passed.
    """
    orders = items[items["action"].isin(ORDER_ACTIONS)]
    days = pd.to_datetime(orders["placed_on"])
    passed = days.isna() if today is None else days.isna() | (days < pd.Timestamp(today))
    is_next = passed | (days == days.min())
    return _to_place(orders[is_next]), _to_place(orders[~is_next])


def to_place_in_words(items: pd.DataFrame, currency: str, today: dt.date | None) -> str:
    """What can be placed on the next ordering day, or should have been, and what waits for later ones.

    Parameters
    ----------
    items, today: as of `by_ordering_day`.
    currency: the base currency.
    """
    following, later = by_ordering_day(items, today)
    if not following.lines:
        return "nothing to order"
    day = f" on {following.first_day}" if following.first_day else ""
    to_do = "that should have been placed" if is_overdue(following.first_day, today) else "to place"
    words = f"{_lines(following.lines)} for {whole(following.value)} {currency} {to_do}{day}"
    if later.lines:
        words += f", {_lines(later.lines)} for {whole(later.value)} {currency} on later ordering days"
        words += f" until {later.last_day}"
    return words


def _lines(number: int) -> str:
    return f"{count(number)} {'line' if number == 1 else 'lines'}"


def _to_place(orders: pd.DataFrame) -> OrdersToPlace:
    days = pd.to_datetime(orders["placed_on"]).dropna()
    first, last = (days.min().date(), days.max().date()) if len(days) else (None, None)
    return OrdersToPlace(len(orders), _total(orders["order_value_base"]), first, last)


@dataclass(frozen=True)
class Alternative:
    """One alternative: what it is, its units, and its expected cost beyond the suggestion's, in base currency."""

    what: str
    units: float
    cost: float


def cost_alternatives(reasons: Reasons | OpenOrderReasons) -> list[Alternative]:
    """The alternatives whose cost is known, in the order in which people ask for them; none to an open order's change.

    Parameters
    ----------
    reasons: of a line.
    """
    if isinstance(reasons, OpenOrderReasons):
        return []
    order, pack, days = reasons.order_units, reasons.pack_units, reasons.later_days
    noun = "pack" if pack > 1 else "unit"
    later = "the same a week later" if days == _WEEK_DAYS else f"the same {days or 0:.0f} days later"
    least = max(math.ceil(reasons.minimum_order_units / pack - 1e-9), 1) * pack
    more = (f"one {noun} more", order + pack) if order else ("the smallest order now", least)
    asked = [
        ("nothing before the next order", 0.0, reasons.cost_if_nothing),
        (later, order, reasons.cost_if_later),
        (f"one {noun} less", order - pack, reasons.cost_if_pack_less),
        (*more, reasons.cost_if_pack_more),
    ]
    return [Alternative(what, units, cost) for what, units, cost in asked if cost is not None]


def _without_item(message: str, sku: str | None, location: str | None) -> str:
    """The message without the item that it begins with, which stands beside it."""
    short = message.removeprefix(f"{sku} at {location}: ")
    return short[:1].upper() + short[1:]


def _with_states(rows: pd.DataFrame, data: RunData) -> pd.DataFrame:
    risky = data.exceptions[data.exceptions["kind"].isin(STOCKOUT_KINDS)]
    late = set(zip(risky["sku"], risky["location"], strict=True))
    free = rows["on_hand"] - rows["reserved"].fillna(0.0) - rows["backordered"].fillna(0.0).astype(np.float64)
    is_late = np.array([key in late for key in zip(rows["sku"], rows["location"], strict=True)], dtype=bool)
    selling = (rows["demand_mean"].fillna(0.0) > 0).to_numpy()
    state = np.select(
        [
            rows["on_hand"].isna().to_numpy(),
            (free <= 0).to_numpy() & (selling | is_late),
            is_late,
            rows["action"].isin(ORDER_ACTIONS).to_numpy(),
            (rows["action"] != "none").to_numpy(),
        ],
        ["unknown", "out", "late", "due", "change"],
        "fine",
    )
    return rows.assign(
        state=state,
        state_rank=[_STATES[name][0] for name in state],
        state_words=[_STATES[name][1] for name in state],
    )


def _phrase(row: Any) -> str:
    """Why, in a few words; empty where nothing is suggested."""
    if isinstance(row.reasons, OpenOrderReasons):
        return row.reasons.phrase
    if row.action not in ORDER_ACTIONS:
        return ""
    if row.state == "out":
        return "out of stock"
    if row.state == "late":
        return "runs out before it can arrive"
    return "position at or below reorder point" if row.inventory_position <= row.reorder_point else "pays to order now"


def _pack_words(reasons: Reasons | OpenOrderReasons, order_units: float | None) -> str:
    """Whole packs of the order, where a pack is more than a unit."""
    if isinstance(reasons, OpenOrderReasons) or reasons.pack_units <= 1 or not order_units:
        return ""
    packs = order_units / reasons.pack_units
    return f"{count(packs)} {'pack' if packs == 1 else 'packs'} of {count(reasons.pack_units)}"


def _total(amounts: pd.Series) -> float:
    """Sum in whole ten-thousandths, so that it does not depend on the order of the lines."""
    return float(np.rint(pd.to_numeric(amounts, errors="coerce").fillna(0.0) * 10_000).astype(np.int64).sum() / 10_000)


def _joined(abc: Any, xyz: Any) -> str:
    return f"{plain(abc) or ''}{plain(xyz) or ''}"


_PHRASE = ["action", "state", "reasons", "reorder_point", "inventory_position"]
