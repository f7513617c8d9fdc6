"""Everything that is on its way: open purchase orders, transfers in transit, and approved lines not yet in the feed."""

import datetime as dt

import numpy as np
import pandas as pd

from features.arrays import Days, Floats, Ints
from models.inventory.calendar.day_distribution import DayDistribution
from models.inventory.calendar.working_days import WorkingDays
from models.inventory.lead_times.fit import LeadTimes
from models.inventory.lead_times.observations import FINISHED
from models.inventory.position.feed_matching import unseen_lines
from models.inventory.position.stock_counts import RECEIVED, count_days, received_after_count
from models.inventory.terms.columns import days, item_rows, numbers, texts

PARTLY_RECEIVED = "partly_received"
"""State of a line of which some units came in."""

LINE_COLUMNS = [
    "item",
    "kind",
    "order_number",
    "line_number",
    "supplier",
    "sku",
    "location",
    "from_location",
    "units",
    "received_units",
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
    `purchase_orders` with `open_units` (>= 0) and `received_units`, all lines, also finished ones; text keys.

    Source: docs/method.md, Open orders.
    """
    orders = purchase_orders.reset_index(drop=True)
    if orders.empty:
        return orders.assign(open_units=np.zeros(0), received_units=np.zeros(0))
    keys = ["order_number", "line_number"]
    orders = orders.assign(**{name: orders[name].astype(str) for name in keys})
    if len(receipts):
        arrived = receipts.assign(**{name: receipts[name].astype(str) for name in keys})
        summed = arrived.groupby(keys)["received_units"].sum().reset_index()
        orders = orders.merge(summed, on=keys, how="left")
    received = numbers(orders, "received_units", 0.0)
    orders["received_units"] = received
    finished = _states(orders).isin(FINISHED).to_numpy()
    orders["open_units"] = np.where(finished, 0.0, np.maximum(numbers(orders, "ordered_units", 0.0) - received, 0.0))
    return orders


def open_lines(
    items: pd.DataFrame,
    purchase_orders: pd.DataFrame,
    receipts: pd.DataFrame,
    transfers: pd.DataFrame,
    planned: pd.DataFrame,
    *,
    inventory: pd.DataFrame,
    as_of: dt.date,
) -> pd.DataFrame:
    """All that is on its way to the items, each unit once.

    What was received after an item's stock was counted is a line of its own, with the day on which it came.

    Parameters
    ----------
    items: columns sku, location.
    purchase_orders, receipts, transfers: canonical frames, as far as the plan knows them.
    planned: approved and exported lines; see `unseen_lines`.
    inventory: canonical frame; its days say which receipts are in the stock.
    as_of: lines without an order date count from here.

    Returns
    -------
    DataFrame sorted by item, promise and order: item (row of `items`), kind (purchase_order, transfer, planned_line),
    order_number, line_number, supplier, sku, location, from_location (of transfers), units (> 0), received_units (what
    came of it before), ordered_on, expected_on (the promise, NaT: none; the day of receipt where `state` is
    "received"), exported_on, state.
    """
    today = np.datetime64(as_of, "D")
    orders = open_purchase_orders(purchase_orders, receipts)
    unseen = unseen_lines(planned, orders, transfers)
    came = received_after_count(purchase_orders, receipts, inventory, as_of)
    parts = [
        _from_orders(orders),
        _from_receipts(came),
        _from_transfers(transfers, inventory, as_of),
        _from_planned(unseen, today),
    ]
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
    return empty.astype({"item": np.int64, "units": np.float64, "received_units": np.float64, **dates})


def _line_frame(source: pd.DataFrame, kind: str, **columns: object) -> pd.DataFrame:
    texts_of = {name: texts(source, name) for name in ("supplier", "sku", "location", "from_location")}
    frame = pd.DataFrame(texts_of | {"kind": kind, "received_units": 0.0} | columns)
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
        received_units=orders["received_units"].to_numpy(dtype=np.float64),
        ordered_on=days(orders, "ordered_on"),
        expected_on=days(orders, "expected_on"),
        state=_states(orders).where(lambda state: state != "", "open").to_numpy(dtype=object),
    )


def _from_receipts(came: pd.DataFrame) -> pd.DataFrame:
    if came.empty:
        return came
    return _line_frame(
        came,
        "purchase_order",
        order_number=texts(came, "order_number"),
        line_number=texts(came, "line_number"),
        units=numbers(came, "received_units", 0.0),
        ordered_on=days(came, "ordered_on"),
        expected_on=days(came, "received_on"),
        state=RECEIVED,
    )


def _states(orders: pd.DataFrame) -> "pd.Series[str]":
    """State of each order as the other system names it, lower case; empty where it names none."""
    named = pd.Series(texts(orders, "status"), dtype=object)
    return named.where(named.notna(), "").astype(str).str.strip().str.lower()


def _from_transfers(transfers: pd.DataFrame, inventory: pd.DataFrame, as_of: dt.date) -> pd.DataFrame:
    """Transfers that the stock of the location that they go to does not hold yet."""
    if transfers.empty:
        return transfers
    received = days(transfers, "received_on")
    arriving = transfers.assign(location=transfers["to_location"])
    is_moving = np.isnat(received) | (received > count_days(arriving, inventory, as_of))
    moving, received = transfers[is_moving], received[is_moving]
    return _line_frame(
        moving.assign(location=moving["to_location"], supplier=None),
        "transfer",
        order_number=moving["transfer_number"].astype(str).to_numpy(dtype=object),
        line_number=moving["line_number"].astype(str).to_numpy(dtype=object),
        units=numbers(moving, "units", 0.0),
        ordered_on=days(moving, "shipped_on"),
        expected_on=np.where(np.isnat(received), days(moving, "expected_on"), received),
        state=np.where(np.isnat(received), "open", RECEIVED).astype(object),
    )


def _from_planned(unseen: pd.DataFrame, today: np.datetime64) -> pd.DataFrame:
    if unseen.empty:
        return unseen
    placed, exported = days(unseen, "placed_on"), days(unseen, "exported_at")
    dated = np.where(np.isnat(placed), exported, placed).astype("datetime64[D]")
    return _line_frame(
        unseen,
        "planned_line",
        order_number=unseen["line_id"].astype(str).to_numpy(dtype=object),
        line_number="1",
        units=numbers(unseen, "units", 0.0),
        ordered_on=np.where(np.isnat(dated), today, dated),
        expected_on=days(unseen, "due_on"),
        exported_on=exported,
        state=texts(unseen, "state"),
    )


def line_arrivals(
    lines: pd.DataFrame, lead_times: LeadTimes, *, as_of: dt.date, suppliers: WorkingDays, locations: WorkingDays
) -> DayDistribution:
    """When each open line arrives, given its age and its promise; transfers on the day due, tomorrow when late.

    Parameters
    ----------
    lines: see `with_due_days`. What was received already is there on that day.
    lead_times: of all suppliers.
    as_of: last day with data.
    suppliers, locations: clocks.

    Returns
    -------
    DayDistribution with a row per line, column 0 is `as_of`.

    Source: docs/method.md, Open orders.
    """
    today = np.datetime64(as_of, "D")
    if lines.empty:
        return DayDistribution(today, np.zeros((0, 1)))
    bought = (lines["supplier"].notna() & (lines["state"] != RECEIVED)).to_numpy(dtype=bool)
    parts: list[tuple[Ints, Floats]] = []
    if bought.any():
        learned = lead_times.arrivals(
            lines[bought].reset_index(drop=True), as_of=as_of, suppliers=suppliers, locations=locations
        ).from_day(today)
        parts.append((np.flatnonzero(bought), learned.probability))
    if not bought.all():
        due = days(lines[~bought], "due_on")
        due = np.where(np.isnat(due) | (due < today), today + np.timedelta64(1, "D"), due)
        due = locations.next_open(locations.rows(lines.loc[~bought, "location"]), due.astype("datetime64[D]"))
        certain = DayDistribution.from_days(due[:, None], np.ones((len(due), 1))).from_day(today)
        parts.append((np.flatnonzero(~bought), certain.probability))
    width = max(probability.shape[1] for _, probability in parts)
    joined = np.zeros((len(lines), width))
    for rows, probability in parts:
        joined[rows, : probability.shape[1]] = probability
    return DayDistribution(today, joined)


def earliest_arrivals(
    lines: pd.DataFrame, lead_times: LeadTimes, *, as_of: dt.date, suppliers: WorkingDays, locations: WorkingDays
) -> Days:
    """(lines,) the first day on which each open line could come: no quicker than its supplier has ever delivered.

    A transfer comes no sooner than is said of it.

    Parameters
    ----------
    lines, lead_times, as_of, suppliers, locations: see `line_arrivals`.
    """
    today = np.datetime64(as_of, "D")
    first = np.full(len(lines), today)
    said = days(lines, "expected_on")
    bought = lines["supplier"].notna().to_numpy(dtype=bool)
    first[~bought] = np.where(np.isnat(said), today, said)[~bought]
    if bought.any():
        some = lines[bought].reset_index(drop=True)
        ordered, rows = days(some, "ordered_on"), suppliers.rows(some["supplier"])
        start = np.where(np.isnat(ordered), today, ordered)
        shipped = suppliers.advance(rows, start, lead_times.quickest_days(some))
        first[bought] = locations.next_open(locations.rows(some["location"]), shipped)
    return np.asarray(np.maximum(first, today))
