"""The inventory position by date: what there is and what arrives in time to matter for an order placed now."""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from features.arrays import Days, Flags, Floats, Ints
from models.inventory.calendar.day_distribution import DayDistribution
from models.inventory.position.stock_counts import count_days
from models.inventory.terms.columns import days, item_rows, numbers


@dataclass(frozen=True)
class Stock:
    """Stock of each item as it was counted. Arrays (items,), units.

    Attributes
    ----------
    known: whether there is an inventory row, or a missing one counts as zero.
    on_hand, reserved, backordered: NaN where unknown.
    counted_on: day at whose end it was so; `as_of`, or later where the newest count is newer.
    available: on hand less reserved and backordered; NaN where unknown.
    """

    known: Flags
    on_hand: Floats
    reserved: Floats
    backordered: Floats
    counted_on: Days

    @property
    def available(self) -> Floats:
        """On hand less reserved and backordered, (items,)."""
        return np.asarray(self.on_hand - self.reserved - self.backordered)


@dataclass(frozen=True)
class Supply:
    """Open lines with their arrivals.

    Attributes
    ----------
    lines: one row per open line, see `open_lines`, with `median_on`, `overdue_days` (0 when not overdue),
        `is_expected` (False: overdue for longer than is counted), `counted_on` (the day that decides whether the
        position counts it) and `is_counted`.
    arrivals: distribution of each line's arrival.
    """

    lines: pd.DataFrame
    arrivals: DayDistribution


def stock_on(
    items: pd.DataFrame,
    inventory: pd.DataFrame,
    *,
    as_of: dt.date,
    within_days: int = 7,
    missing_is_zero: bool = False,
) -> Stock:
    """Stock of each item: its newest inventory row that is not older than `within_days`, also one after `as_of`.

    An item without such a row is unknown, or empty where `missing_is_zero`. Rows after `as_of` are counts within the
    period that is not complete; a plan of a past day is not given any.

    Parameters
    ----------
    items: columns sku, location.
    inventory: canonical frame: as_of, sku, location, on_hand, reserved, backordered.
    as_of: last day with data.
    within_days: an older row says nothing.
    missing_is_zero: an item without a row has no stock.
    """
    count = len(items)
    on_hand = np.full(count, np.nan)
    reserved, backordered = np.zeros(count), np.zeros(count)
    if len(inventory):
        dated = days(inventory, "as_of")
        age = (np.datetime64(as_of, "D") - dated).astype(np.int64)
        current = inventory[np.isnat(dated) | (age < within_days)]
        current = current.sort_values("as_of", kind="stable").drop_duplicates(["sku", "location"], keep="last")
        place = item_rows(current, items)
        current, place = current[place >= 0], place[place >= 0]
        on_hand[place] = numbers(current, "on_hand")
        reserved[place] = numbers(current, "reserved", 0.0)
        backordered[place] = numbers(current, "backordered", 0.0)
    if missing_is_zero:
        on_hand = np.where(np.isnan(on_hand), 0.0, on_hand)
    return Stock(~np.isnan(on_hand), on_hand, reserved, backordered, count_days(items, inventory, as_of))


def counted_supply(
    lines: pd.DataFrame,
    arrivals: DayDistribution,
    protection_end: Days,
    *,
    as_of: dt.date,
    overdue_days_counted: int,
) -> Supply:
    """Mark the open lines that the position counts: those whose median arrival lies before the next order's.

    What comes with the next order can be sold no earlier than what that order brings. An overdue line counts whatever
    its likely arrival, until it is overdue for too long: from `due_on`.

    Parameters
    ----------
    lines, arrivals: see `with_due_days` and `line_arrivals`.
    protection_end: (items,) last day of each item's protection interval, on which the next order arrives.
    as_of: a line due before it is overdue.
    overdue_days_counted: a line overdue for longer is not expected any more.

    Source: docs/method.md, Open orders.
    """
    today = np.datetime64(as_of, "D")
    due = days(lines, "due_on")
    overdue = np.where(np.isnat(due), 0, np.maximum((today - due).astype(np.int64), 0)).astype(np.int64)
    median = arrivals.quantile(0.5) if len(lines) else np.zeros(0, dtype="datetime64[D]")
    expected = overdue <= overdue_days_counted
    end = protection_end[lines["item"].to_numpy(dtype=np.int64)]
    counted_on = np.where(overdue > 0, np.minimum(median, end - np.timedelta64(1, "D")), median)
    marked = lines.assign(
        median_on=median.astype("datetime64[ns]"),
        counted_on=counted_on.astype("datetime64[ns]"),
        overdue_days=overdue,
        is_expected=expected,
        is_counted=expected & (counted_on < end),
    )
    return Supply(marked, arrivals)


def inventory_position(
    available: ArrayLike,
    open_items: Ints,
    open_units: ArrayLike,
    counted_on: Days,
    protection_end: Days,
) -> Floats:
    """Available stock and the open units whose median arrival lies before the end of the item's protection interval.

    Parameters
    ----------
    available: (items,) on hand less reserved and backordered; NaN stays NaN.
    open_items: (lines,) the item of each open line.
    open_units: (lines,) units still to come.
    counted_on: (lines,) median arrival.
    protection_end: (items,) last day of the protection interval, on which the next order arrives.

    Returns
    -------
    (items,) units.

    >>> days = np.array(["2026-01-03", "2026-02-10"], dtype="datetime64[D]")
    >>> end = np.array(["2026-01-22"], dtype="datetime64[D]")
    >>> inventory_position([35.0], np.array([0, 0]), [20.0, 30.0], days, end).tolist()
    [55.0]

    Source: docs/method.md, Open orders.
    """
    in_time = counted_on < protection_end[open_items]
    units = np.asarray(open_units, dtype=np.float64) * in_time
    stock = np.asarray(available, dtype=np.float64)
    return np.asarray(stock + np.bincount(open_items, weights=units, minlength=len(stock)))


def units_by_item(lines: pd.DataFrame, items: int, chosen: Flags | None = None) -> Floats:
    """Units of the chosen lines summed to items, (items,)."""
    picked = lines if chosen is None else lines[chosen]
    rows = picked["item"].to_numpy(dtype=np.int64)
    summed = np.bincount(rows, weights=picked["units"].to_numpy(dtype=np.float64), minlength=items)
    return summed[:items].astype(np.float64)  # of no rows, bincount makes whole numbers
