"""Availability: whether there was something to sell, and so how much each period's sales say about its demand."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from features.arrays import Days, Flags, Floats, Ints
from features.calendar import period_index

_MOSTLY = 0.5


@dataclass(frozen=True)
class Availability:
    """Stock of I items in T periods, arrays (I, T).

    Attributes
    ----------
    on_hand_end: units at the end of the period, NaN without a stock row.
    out_of_stock: in stock so little that without sales nothing is known of the demand.
    ran_out: out of stock at some time: demand was at least what was sold.
    in_stock_share: share of the period in stock, NaN where it is not reported.
    seen_in_stock: something was there to be sold.
    """

    on_hand_end: Floats
    out_of_stock: Flags
    ran_out: Flags
    in_stock_share: Floats
    seen_in_stock: Flags


def item_codes(frame: pd.DataFrame, items: pd.DataFrame) -> Ints:
    """Row of `items` (one per sku and location) that each row of `frame` belongs to; -1 for other items."""
    skus, locations = pd.Index(items["sku"].unique()), pd.Index(items["location"].unique())
    row_of = np.full((len(skus) + 1, len(locations) + 1), -1, dtype="int64")

    def places(of: pd.DataFrame) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        return skus.get_indexer(pd.Index(of["sku"])), locations.get_indexer(pd.Index(of["location"]))

    row_of[places(items)] = np.arange(len(items))
    codes: Ints = row_of[places(frame)]
    return codes


def availability(
    stock_levels: pd.DataFrame | None, items: pd.DataFrame, starts: Days, period: str, week_starts_on: str
) -> Availability:
    """What the stock rows say of each period, as docs/method.md, Demand, describes it.

    `in_stock`, where given, decides. Else a period that ends at zero censors its demand (`ran_out`), and hides it where
    nothing was sold (`out_of_stock`). No row: assumed in stock, but between two rows without stock: what came in
    between would have been sold or be there, so that where nothing was sold nothing was there. Where a period has
    several rows
    (days of a week), it is `ran_out` when any of them was empty and `out_of_stock` when at least half were. A reported
    share in stock decides over both: `out_of_stock` at 0, `ran_out` below 1; a period of several rows has their mean,
    rows without a share being in stock or not.

    Parameters
    ----------
    stock_levels: date, sku, location, on_hand (end of the day or period); in_stock and in_stock_share where known.
    items: one row per item.
    starts: (T,) first days of successive periods.
    period, week_starts_on: the company's period.
    """
    shape = (len(items), len(starts))
    nothing = np.zeros(shape, dtype="bool")
    on_hand_end = np.full(shape, np.nan)
    if stock_levels is None or stock_levels.empty or not items.size:
        return Availability(on_hand_end, nothing, nothing.copy(), on_hand_end.copy(), nothing.copy())
    item = item_codes(stock_levels, items)
    place = period_index(stock_levels["date"].to_numpy(), starts, period, week_starts_on)
    used = np.flatnonzero((item >= 0) & (place >= 0))
    days = stock_levels["date"].to_numpy()[used]
    flat = item[used] * len(starts) + place[used]
    order = np.lexsort((days, flat))
    used, flat = used[order], flat[order]
    on_hand = stock_levels["on_hand"].to_numpy("float64")[used]
    flag = _optional(stock_levels, "in_stock")[used]
    reported = np.clip(_optional(stock_levels, "in_stock_share")[used], 0.0, 1.0)
    flag = np.where(np.isnan(reported), flag, reported > 0)
    empty = np.where(np.isnan(flag), on_hand <= 0, flag == 0)
    there = np.where(np.isnan(flag), on_hand > 0, flag == 1)

    def by_period(values: NDArray[np.generic] | None = None) -> Floats:
        return np.asarray(np.bincount(flat, weights=values, minlength=shape[0] * shape[1]).reshape(shape))

    rows, empty_rows = by_period(), by_period(empty)
    seen = by_period(there) > 0
    on_hand_end.ravel()[flat] = on_hand  # in order of days: the last row of a period stays
    ran_out = empty_rows > 0
    out = ran_out & (empty_rows >= _MOSTLY * rows) | _between_empty_rows(flat, empty, shape)
    reported_rows = by_period(~np.isnan(reported))
    share_sum = by_period(np.where(np.isnan(reported), there, reported))
    share = np.divide(share_sum, rows, out=np.full(shape, np.nan), where=reported_rows > 0)
    is_reported = ~np.isnan(share)
    out, ran_out = np.where(is_reported, share <= 0, out), np.where(is_reported, share < 1, ran_out)
    return Availability(on_hand_end, out, ran_out, share, seen)


def _between_empty_rows(flat: Ints, empty: Flags, shape: tuple[int, int]) -> Flags:
    """(I, T) periods without a row, after and before one without stock.

    Parameters
    ----------
    flat, empty: cell of each row, sorted by cell and day, and whether the row says that nothing was there.
    shape: (I, T).
    """
    places = np.arange(shape[1])
    has_row, is_empty = np.zeros(shape, dtype="bool"), np.zeros(shape, dtype="bool")
    has_row.ravel()[flat], is_empty.ravel()[flat] = True, empty  # of several rows of a period the last one stays
    before = np.maximum.accumulate(np.where(has_row, places, -1), axis=1)
    after = np.minimum.accumulate(np.where(has_row, places, shape[1])[:, ::-1], axis=1)[:, ::-1]
    inside = ~has_row & (before >= 0) & (after < shape[1])

    def was_empty(place: Ints) -> Flags:
        return np.take_along_axis(is_empty, np.clip(place, 0, max(shape[1] - 1, 0)), axis=1)

    hidden: Flags = inside & was_empty(before) & was_empty(after)
    return hidden


def _optional(stock_levels: pd.DataFrame, column: str) -> Floats:
    """A column as numbers (flags as 1 and 0), NaN where it is not given."""
    if column not in stock_levels:
        return np.full(len(stock_levels), np.nan)
    values = stock_levels[column]
    values = values.astype("boolean") if column == "in_stock" else values
    return np.asarray(values.astype("Float64").to_numpy("float64", na_value=np.nan), dtype="float64")
