"""Everything that is on its way: open purchase orders, transfers in transit, and approved lines not yet in the feed."""

import datetime as dt

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.inventory.columns import KEY, days, item_rows, numbers, texts
from models.inventory.day_distribution import DayDistribution
from models.inventory.lead_times import LeadTimes
from models.inventory.working_days import WorkingDays

FINISHED = frozenset(
    {"closed", "received", "complete", "completed", "done", "cancelled", "canceled", "void", "rejected"}
)
"""States of an order of which nothing more is coming."""

ON_ITS_WAY = frozenset({"approved", "exported", "confirmed"})
"""States of a planned line that count as on order until the feed shows it."""

MATCH_DAYS_BEFORE = 3
MATCH_DAYS_AFTER = 10
"""A feed order without our reference is one of our lines only when placed from so many days before to so many after."""

MATCH_UNITS_SHARE = 0.5
"""... and when its units differ by at most this share of the line's, or by one step."""

_FAR = 10**6

LINE_COLUMNS = [
    "item",
    "kind",
    "order_number",
    "line_number",
    "supplier",
    "sku",
    "location",
    "units",
    "ordered_on",
    "expected_on",
    "exported_on",
    "state",
]


def open_purchase_orders(purchase_orders: pd.DataFrame, receipts: pd.DataFrame) -> pd.DataFrame:
    """Order lines with what is still to come: `open_units` is ordered less received, zero when finished.

    Parameters
    ----------
    purchase_orders, receipts: canonical frames.

    Returns
    -------
    `purchase_orders` with `open_units` (>= 0), all lines, also finished ones; text keys.

    Source: design.md, Open orders.
    """
    orders = purchase_orders.reset_index(drop=True)
    if orders.empty:
        return orders.assign(open_units=np.zeros(0))
    keys = ["order_number", "line_number"]
    orders = orders.assign(**{name: orders[name].astype(str) for name in keys})
    if len(receipts):
        arrived = receipts.assign(**{name: receipts[name].astype(str) for name in keys})
        arrived = arrived.groupby(keys, as_index=False)["received_units"].sum()
        orders = orders.merge(arrived, on=keys, how="left")
    received = numbers(orders, "received_units", 0.0)
    state = pd.Series(texts(orders, "status"), dtype=object).astype(str).str.strip().str.lower()
    finished = state.isin(FINISHED).to_numpy()
    orders["open_units"] = np.where(finished, 0.0, np.maximum(numbers(orders, "ordered_units", 0.0) - received, 0.0))
    return orders


def unseen_lines(planned: pd.DataFrame, purchase_orders: pd.DataFrame, transfers: pd.DataFrame) -> pd.DataFrame:
    """The approved, exported and confirmed lines that the feed does not show: those that still count by themselves.

    A line is seen when a feed order carries its id as `external_reference`; else when a feed order of the same supplier
    and item, placed within some days of the line and for about as many units, belongs to no other line: the nearest in
    units, then in days. Finished feed orders count as seen. Lines without a supplier are sought among the transfers.

    Parameters
    ----------
    planned: columns line_id, sku, location, supplier, units, due_on, state, exported_at, placed_on.
    purchase_orders, transfers: canonical frames, finished orders included.

    Returns
    -------
    The rows of `planned` to be counted.

    Source: design.md, Recommendation, decision, planned order.
    """
    lines = planned[pd.Series(texts(planned, "state"), index=planned.index, dtype=object).isin(ON_ITS_WAY)]
    if lines.empty:
        return lines.reset_index(drop=True)
    lines = (
        lines.assign(line_id=lines["line_id"].astype(str)).sort_values("line_id", kind="stable").reset_index(drop=True)
    )
    feed = _feed(purchase_orders, transfers)
    if feed.empty:
        return lines
    reference = feed["external_reference"]
    seen = set(lines["line_id"]) & set(reference.dropna())
    free = feed[~reference.isin(set(planned["line_id"].astype(str)))]
    waiting = lines[~lines["line_id"].isin(seen)]
    if len(free) and len(waiting):
        seen |= _paired(waiting, free)
    return lines[~lines["line_id"].isin(seen)].reset_index(drop=True)


def _feed(purchase_orders: pd.DataFrame, transfers: pd.DataFrame) -> pd.DataFrame:
    """Orders and transfers as one frame: supplier ("" for transfers), sku, location, placed, units, external_reference."""
    parts = []
    if len(purchase_orders):
        parts.append(
            pd.DataFrame(
                {
                    "supplier": purchase_orders["supplier"].astype(object).to_numpy(),
                    "sku": purchase_orders["sku"].to_numpy(dtype=object),
                    "location": purchase_orders["location"].to_numpy(dtype=object),
                    "placed": days(purchase_orders, "ordered_on").astype("datetime64[ns]"),
                    "units": numbers(purchase_orders, "ordered_units", 0.0),
                    "external_reference": texts(purchase_orders, "external_reference"),
                }
            )
        )
    if len(transfers):
        parts.append(
            pd.DataFrame(
                {
                    "supplier": "",
                    "sku": transfers["sku"].to_numpy(dtype=object),
                    "location": transfers["to_location"].to_numpy(dtype=object),
                    "placed": days(transfers, "shipped_on").astype("datetime64[ns]"),
                    "units": numbers(transfers, "units", 0.0),
                    "external_reference": texts(transfers, "external_reference"),
                }
            )
        )
    if not parts:
        return pd.DataFrame()
    feed = pd.concat(parts, ignore_index=True).reset_index(names="feed_row")
    feed["external_reference"] = [None if value is None else str(value).strip() for value in feed["external_reference"]]
    return feed


def _paired(lines: pd.DataFrame, feed: pd.DataFrame) -> set[str]:
    """Ids of the lines that pair with a feed order by supplier, item, date and units; each order pairs once."""
    placed = days(lines, "placed_on")
    exported = days(lines, "exported_at")
    left = lines.assign(
        supplier=pd.Series(texts(lines, "supplier"), index=lines.index, dtype=object).fillna(""),
        line_placed=np.where(np.isnat(placed), exported, placed).astype("datetime64[ns]"),
        line_exported=exported.astype("datetime64[ns]"),
    )[["line_id", "supplier", *KEY, "units", "line_placed", "line_exported"]]
    pairs = left.merge(feed, on=["supplier", *KEY], suffixes=("", "_feed"))
    after = (pairs["placed"] - pairs["line_placed"]).dt.days.to_numpy(dtype=np.float64)
    since_export = (pairs["placed"] - pairs["line_exported"]).dt.days.to_numpy(dtype=np.float64)
    near = (after >= -MATCH_DAYS_BEFORE) & (after <= MATCH_DAYS_AFTER)
    near |= (since_export >= -MATCH_DAYS_BEFORE) & (since_export <= MATCH_DAYS_AFTER)
    apart = (pairs["units_feed"] - pairs["units"]).abs()
    near &= (apart <= np.maximum(MATCH_UNITS_SHARE * pairs["units"], 1.0)).to_numpy()
    pairs = pairs.assign(apart=apart, away=np.abs(np.nan_to_num(after, nan=_FAR)))[near]
    found: set[str] = set()
    used: set[int] = set()
    for pair in pairs.sort_values(["apart", "away", "line_id", "feed_row"], kind="stable").itertuples(index=False):
        if pair.line_id not in found and pair.feed_row not in used:
            found.add(str(pair.line_id))
            used.add(int(pair.feed_row))
    return found


def open_lines(
    items: pd.DataFrame,
    purchase_orders: pd.DataFrame,
    receipts: pd.DataFrame,
    transfers: pd.DataFrame,
    planned: pd.DataFrame,
    *,
    as_of: dt.date,
) -> pd.DataFrame:
    """All that is on its way to the items, each unit once.

    Returns
    -------
    DataFrame sorted by item, promise and order: item (row of `items`), kind (purchase_order, transfer, planned_line),
    order_number, line_number, supplier, sku, location, units (> 0), ordered_on, expected_on (the promise, NaT: none),
    exported_on, state.
    """
    today = np.datetime64(as_of, "D")
    orders = open_purchase_orders(purchase_orders, receipts)
    unseen = unseen_lines(planned, orders, transfers)
    parts = [_from_orders(orders), _from_transfers(transfers, today), _from_planned(unseen, today)]
    filled = [part for part in parts if len(part)]
    if not filled:
        return _no_lines()
    lines = pd.concat(filled, ignore_index=True)
    lines["item"] = item_rows(lines, items)
    lines = lines[(lines["item"] >= 0) & (lines["units"] > 0)]
    order = ["item", "expected_on", "ordered_on", "kind", "order_number", "line_number"]
    return lines.sort_values(order, kind="stable")[LINE_COLUMNS].reset_index(drop=True)


def _no_lines() -> pd.DataFrame:
    empty = pd.DataFrame({name: pd.Series(dtype=object) for name in LINE_COLUMNS})
    dates = dict.fromkeys(("ordered_on", "expected_on", "exported_on"), "datetime64[ns]")
    return empty.astype({"item": np.int64, "units": np.float64, **dates})


def _line_frame(source: pd.DataFrame, kind: str, **columns: object) -> pd.DataFrame:
    texts_of = {name: texts(source, name) for name in ("supplier", "sku", "location")}
    frame = pd.DataFrame(texts_of | {"kind": kind} | columns)
    for name in ("ordered_on", "expected_on", "exported_on"):
        given = frame[name] if name in frame.columns else np.full(len(frame), np.datetime64("NaT", "ns"))
        frame[name] = np.asarray(given).astype("datetime64[ns]")
    return frame


def _from_orders(orders: pd.DataFrame) -> pd.DataFrame:
    if orders.empty:
        return orders
    return _line_frame(
        orders,
        "purchase_order",
        order_number=texts(orders, "order_number"),
        line_number=texts(orders, "line_number"),
        units=orders["open_units"].to_numpy(dtype=np.float64),
        ordered_on=days(orders, "ordered_on"),
        expected_on=days(orders, "expected_on"),
        state="open",
    )


def _from_transfers(transfers: pd.DataFrame, today: np.datetime64) -> pd.DataFrame:
    if transfers.empty:
        return transfers
    shipped, received = days(transfers, "shipped_on"), days(transfers, "received_on")
    moving = transfers[(np.isnat(received) | (received > today)) & ~(shipped > today)]
    return _line_frame(
        moving.assign(location=moving["to_location"], supplier=None),
        "transfer",
        order_number=moving["transfer_number"].astype(str).to_numpy(dtype=object),
        line_number=moving["line_number"].astype(str).to_numpy(dtype=object),
        units=numbers(moving, "units", 0.0),
        ordered_on=days(moving, "shipped_on"),
        expected_on=days(moving, "expected_on"),
        state="open",
    )


def _from_planned(unseen: pd.DataFrame, today: np.datetime64) -> pd.DataFrame:
    if unseen.empty:
        return unseen
    placed, exported = days(unseen, "placed_on"), days(unseen, "exported_at")
    known = np.where(np.isnat(placed), exported, placed).astype("datetime64[D]")
    return _line_frame(
        unseen,
        "planned_line",
        order_number=unseen["line_id"].astype(str).to_numpy(dtype=object),
        line_number="1",
        units=numbers(unseen, "units", 0.0),
        ordered_on=np.where(np.isnat(known), today, known),
        expected_on=days(unseen, "due_on"),
        exported_on=exported,
        state=texts(unseen, "state"),
    )


def line_arrivals(
    lines: pd.DataFrame, lead_times: LeadTimes, *, as_of: dt.date, suppliers: WorkingDays, locations: WorkingDays
) -> DayDistribution:
    """When each open line arrives, given its age and its promise; transfers on the promised day, tomorrow when late.

    Returns
    -------
    DayDistribution with a row per line, column 0 is `as_of`.

    Source: design.md, Open orders.
    """
    today = np.datetime64(as_of, "D")
    if lines.empty:
        return DayDistribution(today, np.zeros((0, 1)))
    bought = lines["supplier"].notna().to_numpy()
    parts: list[tuple[NDArray[np.int64], NDArray[np.float64]]] = []
    if bought.any():
        learned = lead_times.arrivals(
            lines[bought].reset_index(drop=True), as_of=as_of, suppliers=suppliers, locations=locations
        ).from_day(today)
        parts.append((np.flatnonzero(bought), learned.probability))
    if not bought.all():
        promise = days(lines[~bought], "expected_on")
        due = np.where(np.isnat(promise) | (promise < today), today + np.timedelta64(1, "D"), promise)
        due = locations.next_open(locations.rows(lines.loc[~bought, "location"]), due.astype("datetime64[D]"))
        certain = DayDistribution.from_days(due[:, None], np.ones((len(due), 1))).from_day(today)
        parts.append((np.flatnonzero(~bought), certain.probability))
    width = max(probability.shape[1] for _, probability in parts)
    joined = np.zeros((len(lines), width))
    for rows, probability in parts:
        joined[rows, : probability.shape[1]] = probability
    return DayDistribution(today, joined)
