"""Whether there was something to sell: what each period's sales say about its demand."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from features.arrays import Days, Flags, Floats, Ints
from features.calendar import period_index

_MOSTLY = 0.5


@dataclass(frozen=True)
class Shelf:
    """Stock by item and period, arrays (I, T).

    on_hand_end: units at the end of the period, NaN without a row.
    out: without sales nothing is known of the demand; cut: with sales it was at least so many.
    share: of the period in which it was in stock, NaN where it is not told.
    seen_in_stock: something was there to be sold; stated: there is a row.
    """

    on_hand_end: Floats
    out: Flags
    cut: Flags
    share: Floats
    seen_in_stock: Flags
    stated: Flags


def item_codes(frame: pd.DataFrame, items: pd.DataFrame) -> Ints:
    """Row of `items` (one per sku and location) that each row of `frame` belongs to; -1 for other items."""
    skus, locations = pd.Index(items["sku"].unique()), pd.Index(items["location"].unique())
    row_of = np.full((len(skus) + 1, len(locations) + 1), -1, dtype="int64")

    def places(of: pd.DataFrame) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        return skus.get_indexer(pd.Index(of["sku"])), locations.get_indexer(pd.Index(of["location"]))

    row_of[places(items)] = np.arange(len(items))
    codes: Ints = row_of[places(frame)]
    return codes


def shelf(
    stock_levels: pd.DataFrame | None, items: pd.DataFrame, starts: Days, period: str, week_starts_on: str
) -> Shelf:
    """Stock rows read as docs/method.md, Demand, says.

    `in_stock`, where given, wins. Else a period that ends at zero cuts its demand (`cut`), and one that ends at
    zero after a period that did hides it (`out`). No row: assumed in stock. Where a period has several rows (days of a
    week), it is `cut` when any of them was empty and `out` when at least half were. A share in stock wins over both:
    `out` at 0, `cut` below 1; a period of several rows has their mean, rows without a share being in stock or not.

    Parameters
    ----------
    stock_levels: date, sku, location, on_hand (end of the day or period); in_stock and in_stock_share where known.
    items: one row per item.
    starts: (T,) first days of successive periods.
    """
    shape = (len(items), len(starts))
    nothing = np.zeros(shape, dtype="bool")
    on_hand_end = np.full(shape, np.nan)
    if stock_levels is None or stock_levels.empty or not items.size:
        return Shelf(on_hand_end, nothing, nothing.copy(), on_hand_end.copy(), nothing.copy(), nothing.copy())
    item = item_codes(stock_levels, items)
    place = period_index(stock_levels["date"].to_numpy(), starts, period, week_starts_on)
    used = np.flatnonzero((item >= 0) & (place >= 0))
    days = stock_levels["date"].to_numpy()[used]
    flat = item[used] * len(starts) + place[used]
    order = np.lexsort((days, flat))
    used, flat = used[order], flat[order]
    on_hand = stock_levels["on_hand"].to_numpy("float64")[used]
    flag = _optional(stock_levels, "in_stock")[used]
    told = np.clip(_optional(stock_levels, "in_stock_share")[used], 0.0, 1.0)
    flag = np.where(np.isnan(told), flag, told > 0)
    empty = np.where(np.isnan(flag), on_hand <= 0, flag == 0)
    there = np.where(np.isnan(flag), on_hand > 0, flag == 1)
    cells = shape[0] * shape[1]
    rows = np.bincount(flat, minlength=cells).reshape(shape)
    empty_rows = np.bincount(flat, weights=empty, minlength=cells).reshape(shape)
    said_empty = np.bincount(flat, weights=flag == 0, minlength=cells).reshape(shape) > 0
    seen = np.bincount(flat, weights=there, minlength=cells).reshape(shape) > 0
    on_hand_end.ravel()[flat] = on_hand  # in order of days: the last row of a period stays
    was_zero = np.zeros(shape, dtype="bool")
    was_zero[:, 1:] = on_hand_end[:, :-1] <= 0
    cut = empty_rows > 0
    out = np.where(rows > 1, empty_rows >= _MOSTLY * rows, cut & (said_empty | was_zero)) & (rows > 0)
    told_rows = np.bincount(flat, weights=~np.isnan(told), minlength=cells).reshape(shape)
    share_sum = np.bincount(flat, weights=np.where(np.isnan(told), there, told), minlength=cells).reshape(shape)
    share = np.divide(share_sum, rows, out=np.full(shape, np.nan), where=told_rows > 0)
    is_told = ~np.isnan(share)
    out, cut = np.where(is_told, share <= 0, out), np.where(is_told, share < 1, cut)
    return Shelf(on_hand_end, out, cut, share, seen, rows > 0)


def _optional(stock_levels: pd.DataFrame, column: str) -> Floats:
    """A column as numbers (flags as 1 and 0), NaN where it is not given."""
    if column not in stock_levels:
        return np.full(len(stock_levels), np.nan)
    values = stock_levels[column]
    values = values.astype("boolean") if column == "in_stock" else values
    return np.asarray(values.astype("Float64").to_numpy("float64", na_value=np.nan), dtype="float64")
