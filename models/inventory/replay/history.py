"""What really happened in the periods of a replay: demand, deliveries, orders and stock, whatever the policy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from features.arrays import Days, Flags, Floats, Ints
from features.calendar import next_period_start, period_index
from features.history import DemandHistory
from models.inventory.replay.calendar import ReplayCalendar
from models.inventory.terms.columns import KEY, days, item_rows, numbers, table

BEFORE_DAYS = 56
"""Days before the start of which sales are shown: the naive policies look so far back."""

_ORDER = ["order_number", "line_number"]


@dataclass(frozen=True)
class ReportedDemand:
    """Demand of the last periods before a review, as it was reported at the review; arrays (I, P), the newest last.

    Attributes
    ----------
    items: sku, location. ends: (P,) last days of the periods.
    wanted: units of retail demand, estimates in whole steps where unknown; unknown: whether they are.
    """

    items: pd.DataFrame
    ends: Days
    wanted: Floats
    unknown: Flags


@dataclass(frozen=True)
class ObservedHistory:
    """Arrays over I items; T periods of the calendar, B periods before it.

    Attributes
    ----------
    demand: (I, T) units asked for: retail, wholesale and one-off, and what was sent on to other locations; where
        out of stock, an estimate in whole steps. 0 in the start period.
    known: (I, T) whether demand is known.
    observed: (I, B + T) units that left stock, NaN where out of stock; the last T columns as in `demand`.
    start_stock: (I,) units free at the start; NaN where unknown.
    early_arrivals: (I, T) units ordered before the start, by the period that they could first be sold in; with
        what came back from customers to be sold again.
    own_orders, own_arrivals: (I, T) units that the company ordered later, by the period of placing and by the
        period that they could first be sold in.
    own_stock: (I, T) units recorded at the end of each period, NaN where not.
    """

    demand: Floats
    known: Flags
    observed: Floats
    start_stock: Floats
    early_arrivals: Floats
    own_orders: Floats
    own_arrivals: Floats
    own_stock: Floats


def reported_demand(history: DemandHistory, periods: int) -> ReportedDemand:
    """Demand of the newest periods of a history, for `observed_history`."""
    wanted, unknown, _ = _retail(history, np.arange(len(history.items)), slice(-periods, None))
    ends = next_period_start(history.period_starts[-periods:], history.period) - np.timedelta64(1, "D")
    return ReportedDemand(history.items[KEY].reset_index(drop=True), ends, wanted, unknown)


def observed_history(
    items: pd.DataFrame,
    calendar: ReplayCalendar,
    history: DemandHistory,
    start_stock: pd.DataFrame,
    tables: Mapping[str, pd.DataFrame],
    *,
    reported: Sequence[ReportedDemand] = (),
    week_starts_on: str,
) -> ObservedHistory:
    """What happened to the items.

    What demand would have been in a stockout is estimated anew with every day that passes. `reported` keeps the
    estimates that were made first, so that what is known later does not change the weeks that were replayed before.

    Parameters
    ----------
    items: columns sku, location: rows of `history.items` in any order.
    calendar: the periods.
    history: of all known days, up to the calendar's end at least.
    start_stock: inventory of the start: sku, location, on_hand, reserved, backordered.
    tables: demand_lines, purchase_orders, receipts, transfers; any but the first may be missing.
    reported: at reviews in the window, see `reported_demand`. week_starts_on: "monday" or "sunday".
    """
    place = _Places(items, calendar, week_starts_on)
    periods, row = len(calendar.ends), item_rows(items, history.items)
    first = int(np.searchsorted(history.period_starts, calendar.ends[0], side="right"))
    before = min(first, _before_periods(calendar.period))
    span = slice(first - before, first + periods - 1)
    wanted, unknown, taken = _retail(history, row, span)
    for piece in reported:
        _put(piece, items, calendar, before, wanted, unknown)
    # The start period stands between what was before and what happens.
    wanted, taken = (np.insert(part, before, 0.0, axis=1) for part in (wanted, taken))
    unknown = np.insert(unknown, before, False, axis=1)
    extra = _other_demand(place, tables, before)
    return ObservedHistory(
        demand=(wanted + extra)[:, before:],
        known=~unknown[:, before:],
        observed=np.where(unknown, np.nan, taken + extra),
        start_stock=_start_stock(items, start_stock, history, row, first),
        own_stock=_recorded(history, row, first, periods),
        **_deliveries(place, tables),
    )


class _Places:
    """Rows and periods of events."""

    def __init__(self, items: pd.DataFrame, calendar: ReplayCalendar, week_starts_on: str) -> None:
        self.items, self.calendar, self.week_starts_on = items, calendar, week_starts_on
        self.start, self.end = calendar.ends[0], calendar.ends[-1]
        self.starts = np.concatenate([calendar.ends[:1], calendar.ends[:-1] + np.timedelta64(1, "D")])

    def period(self, dates: Days) -> Ints:
        """The period of each date, 0 up to the start, T beyond the end or without a date."""
        found = period_index(dates, self.starts[1:], self.calendar.period, self.week_starts_on) + 1
        known = ~np.isnat(dates)
        return np.where(
            known & (dates <= self.start), 0, np.where(known & (dates <= self.end), found, len(self.starts))
        )

    def summed(self, frame: pd.DataFrame, period: Ints, units: Floats, width: int) -> Floats:
        """(I, width) units by item and period; what lies outside is left out."""
        row = item_rows(frame, self.items)
        inside = (row >= 0) & (period >= 0) & (period < width)
        total = np.zeros((len(self.items), width))
        np.add.at(total, (row[inside], period[inside]), units[inside])
        return total


def _retail(history: DemandHistory, row: Ints, span: slice) -> tuple[Floats, Flags, Floats]:
    """Retail demand in whole steps, whether it is unknown, and what was sold, of some rows and periods."""
    sold, guessed = history.units[row][:, span], history.estimated[row][:, span]
    unknown = (np.isnan(sold) & history.alive[row][:, span]) | history.censored[row][:, span]
    taken = np.where(np.isnan(sold), 0.0, sold)
    step = history.items["unit_step"].to_numpy(np.float64)[row][:, None]
    chance = _chances(history.items.iloc[row], history.period_starts[span])
    whole = np.floor(np.nan_to_num(guessed) / step + chance) * step
    return np.where(unknown, np.maximum(whole, taken), taken), unknown, taken


def _put(
    piece: ReportedDemand, items: pd.DataFrame, calendar: ReplayCalendar, before: int, wanted: Floats, unknown: Flags
) -> None:
    """Put what a review reported in its place; periods up to the start are left as they are."""
    row = item_rows(piece.items, items)
    column = np.searchsorted(calendar.ends, piece.ends) - 1 + before
    inside = (piece.ends > calendar.ends[0]) & (piece.ends <= calendar.ends[-1])
    some = np.ix_(row[row >= 0], column[inside])
    wanted[some] = piece.wanted[row >= 0][:, inside]
    unknown[some] = piece.unknown[row >= 0][:, inside]


def _before_periods(period: str) -> int:
    return {"day": BEFORE_DAYS, "week": BEFORE_DAYS // 7}.get(period, 4)


def _chances(items: pd.DataFrame, days: Days) -> Floats:
    """(I, P) numbers between 0 and 1, the same for an item and a day always."""
    seed = pd.util.hash_pandas_object(items[KEY].astype(str), index=False).to_numpy(np.uint64)
    day = days.astype("datetime64[D]").astype(np.int64).astype(np.uint64)
    mixed = (seed[:, None] ^ (day[None, :] * np.uint64(0x9E3779B97F4A7C15))) * np.uint64(0xBF58476D1CE4E5B9)
    return ((mixed ^ (mixed >> np.uint64(31))) >> np.uint64(11)).astype(np.float64) / 2.0**53


def _other_demand(place: _Places, tables: Mapping[str, pd.DataFrame], before: int) -> Floats:
    """(I, B + T) units beyond retail: wholesale and one-off orders, and what was sent on to other locations."""
    periods = len(place.starts)
    lines = tables["demand_lines"]
    other = lines.loc[(lines["order_type"] != "retail") & (lines["date"] > pd.Timestamp(place.start))]
    total = place.summed(other, place.period(days(other, "date")), other["units"].to_numpy(np.float64), periods)
    moved = table(tables, "transfers")
    if len(moved):
        sent = moved.assign(location=moved["from_location"])
        sent = sent.loc[days(sent, "shipped_on") > place.start]
        total += place.summed(sent, place.period(days(sent, "shipped_on")), numbers(sent, "units", 0.0), periods)
    return np.concatenate([np.zeros((len(total), before)), total], axis=1)


def _start_stock(
    items: pd.DataFrame, start_stock: pd.DataFrame, history: DemandHistory, row: Ints, first: int
) -> Floats:
    """(I,) free units at the start; none of what was not alive yet, NaN where nobody knows."""
    found = np.where(history.alive[row, :first].any(axis=1), np.nan, 0.0)
    if len(start_stock):
        free = numbers(start_stock, "on_hand") - numbers(start_stock, "reserved", 0.0)
        free -= numbers(start_stock, "backordered", 0.0)
        place = item_rows(start_stock, items)
        found[place[place >= 0]] = np.maximum(free, 0.0)[place >= 0]
    return found


def _recorded(history: DemandHistory, row: Ints, first: int, periods: int) -> Floats:
    stock = np.full((len(row), periods), np.nan)
    stock[:, 1:] = history.on_hand_end[row, first : first + periods - 1]
    return stock


def _deliveries(place: _Places, tables: Mapping[str, pd.DataFrame]) -> dict[str, Floats]:
    """What came in, by whether it was ordered before the start; it can be sold from the period after."""
    periods = len(place.starts)
    early, orders, arrivals = (np.zeros((len(place.items), periods)) for _ in range(3))
    bought, received = (table(tables, name) for name in ("purchase_orders", "receipts"))
    if len(bought):
        later = days(bought, "ordered_on") > place.start
        orders += place.summed(
            bought[later],
            place.period(days(bought, "ordered_on"))[later],
            numbers(bought, "ordered_units")[later],
            periods,
        )
    if len(bought) and len(received):
        named = bought[[*_ORDER, *KEY, "ordered_on"]].drop_duplicates(_ORDER, keep="last")
        came = received.merge(named, on=_ORDER, how="inner")
        came = came.loc[days(came, "received_on") > place.start]
        was_early = days(came, "ordered_on") <= place.start
        _add(place, early, came[was_early], "received_on", "received_units")
        _add(place, arrivals, came[~was_early], "received_on", "received_units")
    moved = table(tables, "transfers")
    if len(moved):
        came = moved.assign(location=moved["to_location"])
        was_early = days(came, "shipped_on") <= place.start
        open_then = was_early & (days(came, "received_on") > place.start)
        _add(place, early, came[open_then], "received_on", "units")
        _add(place, arrivals, came[~was_early], "received_on", "units")
        sent = came[~was_early]
        orders += place.summed(sent, place.period(days(sent, "shipped_on")), numbers(sent, "units", 0.0), periods)
    back = tables["demand_lines"]
    back = back.loc[(back["resellable_units"] > 0) & (back["date"] > pd.Timestamp(place.start))]
    _add(place, early, back, "date", "resellable_units")
    return {
        "early_arrivals": np.maximum(early, 0.0),
        "own_orders": orders,
        "own_arrivals": np.maximum(arrivals, 0.0),
    }


def _add(place: _Places, total: Floats, rows: pd.DataFrame, date: str, units: str) -> None:
    if len(rows):
        total += place.summed(rows, place.period(days(rows, date)) + 1, numbers(rows, units, 0.0), total.shape[1])
