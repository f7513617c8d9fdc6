"""Promotions and prices as models see them: observed in the past, announced for the future."""

import numpy as np
import pandas as pd

from data_contracts.declarations import EVERYTHING
from features.arrays import Days, Flags, Floats, Texts, row_medians
from features.calendar import next_period_start

_LARGEST_LOG_PRICE = 2.0
_MOVED_WITHIN = np.timedelta64(28, "D")


def declared_discounts(
    promotions: pd.DataFrame | None, items: pd.DataFrame, channel_shares: pd.DataFrame, starts: Days, period: str
) -> Floats:
    """Mean discount of each item in each period, from the promotions that are declared.

    A promotion holds for its SKU or its category, at its location or at all, in its channel or in all; in one
    channel it counts by the channel's share of the item's units; in part of a period, by the share of its days. Of
    several that meet the deepest counts.

    Parameters
    ----------
    promotions: starts_on, ends_on (inclusive), discount_fraction, and sku, category, location, channel where
        restricted.
    items: one row per item: sku, location, category.
    channel_shares: sku, location, channel, share (of the item's units, 0 to 1).
    starts: (P,) first days of successive periods.
    period: day, week or month.

    Returns
    -------
    (I, P) fractions of the price, 0 where there is no promotion.
    """
    discounts = np.zeros((len(items), len(starts)))
    if promotions is None or promotions.empty or items.empty or not len(starts):
        return discounts
    ends = next_period_start(starts, period)
    by_sku = items.groupby("sku", sort=False).indices
    by_category = items.groupby("category", sort=False).indices if "category" in items else {}
    location = items["location"].to_numpy(dtype=object)
    item_of = pd.MultiIndex.from_frame(items[["sku", "location"]])
    shares_of = {
        channel: _shares(rows, item_of) for channel, rows in channel_shares.groupby("channel", sort=True, observed=True)
    }
    nothing = np.zeros(len(items))
    usable = promotions.loc[
        (promotions["discount_fraction"] > 0) & promotions[["starts_on", "ends_on"]].notna().all(axis=1)
    ]
    begins = usable["starts_on"].to_numpy().astype("datetime64[D]")
    after = usable["ends_on"].to_numpy().astype("datetime64[D]") + 1
    scopes = (_scope(usable, column) for column in ("sku", "category", "location", "channel"))
    depths = usable["discount_fraction"].to_numpy("float64")
    for begin, end, depth, sku, category, place_of, channel in zip(begins, after, depths, *scopes, strict=True):
        found = by_sku.get(sku) if sku is not None else by_category.get(category)
        if found is None:
            continue
        rows = np.asarray(found)
        if place_of is not None:
            rows = rows[location[rows] == place_of]
        low, high = np.searchsorted(ends, begin, side="right"), np.searchsorted(starts, end, side="left")
        if low >= high or not len(rows):
            continue
        covered = np.minimum(ends[low:high], end) - np.maximum(starts[low:high], begin)
        part = covered.astype("float64") / (ends[low:high] - starts[low:high]).astype("float64")
        weight = np.ones(len(rows)) if channel is None else shares_of.get(channel, nothing)[rows]
        place = np.ix_(rows, np.arange(low, high))
        discounts[place] = np.maximum(discounts[place], depth * weight[:, None] * part[None, :])
    return discounts


def repeated_a_year_later(discount: Floats, starts: Days, ahead: int, period: str) -> Floats:
    """Discounts in which the promotions of the year before come again in the periods ahead.

    A period ahead takes the item's discount on the same day of the year before. Where a promotion of the item is
    announced, or ran, within four weeks of it, only what is announced holds: then last year's was moved.

    Parameters
    ----------
    discount: (I, P) fractions of the price, past and announced.
    starts: (P,) first days of successive periods.
    ahead: place of the first period ahead.
    period: day, week or month.

    Returns
    -------
    (I, P), as `discount` up to `ahead`. Periods whose year before is not known keep what is announced.
    """
    result = discount.copy()
    ends = next_period_start(starts, period)
    middle = pd.DatetimeIndex(starts + (ends - starts) // 2)
    before = (middle - pd.DateOffset(years=1)).to_numpy().astype("datetime64[D]")
    source = np.searchsorted(starts, before, side="right") - 1
    promoted = np.cumsum(np.pad(discount > 0, ((0, 0), (1, 0))), axis=1)
    low = np.searchsorted(ends, starts - _MOVED_WITHIN, side="right")
    high = np.searchsorted(starts, ends + _MOVED_WITHIN, side="left")
    for place in range(ahead, len(starts)):
        if source[place] >= 0:
            is_planned = promoted[:, high[place]] > promoted[:, low[place]]
            result[:, place] = np.where(is_planned, discount[:, place], result[:, source[place]])
    return result


def log_relative_prices(units: Floats, revenue: Floats) -> tuple[Floats, Floats]:
    """Price paid in each period against the item's median price.

    Parameters
    ----------
    units, revenue: (I, T) retail units and their revenue in base currency; NaN and 0 where nothing was sold.

    Returns
    -------
    log of price over the item's median price, (I, T), within +-2, 0 where nothing was sold; and the median price (I,),
    base currency per unit, NaN where the item never sold.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        price = revenue / units
    price = np.where(np.isfinite(price) & (price > 0), price, np.nan)
    median_price = row_medians(price)
    log_price = np.log(np.divide(price, median_price[:, None], out=np.ones_like(price), where=~np.isnan(price)))
    return np.clip(log_price, -_LARGEST_LOG_PRICE, _LARGEST_LOG_PRICE), median_price


def observed_discounts(declared: Floats, on_promotion: Flags, log_price: Floats) -> Floats:
    """Declared discounts of the past; where sales were marked as promoted without one, the observed fall of the price.

    All (I, T); returns fractions 0 to 1.
    """
    seen = np.maximum(1.0 - np.exp(log_price), 0.0)
    return np.where((declared == 0) & on_promotion, seen, declared)


def _scope(promotions: pd.DataFrame, column: str) -> Texts:
    """What a promotion is restricted to; None: nothing."""
    if column not in promotions:
        return np.full(len(promotions), None, dtype=object)
    text = promotions[column].astype(object).to_numpy(copy=True)
    text[pd.isna(text) | (text == EVERYTHING) | (text == "")] = None
    return text


def _shares(rows: pd.DataFrame, items: pd.MultiIndex) -> Floats:
    """Share of one channel by item, 0 where the item never sold there."""
    shares = np.zeros(len(items))
    place = items.get_indexer(pd.MultiIndex.from_frame(rows[["sku", "location"]]))
    shares[place[place >= 0]] = rows["share"].to_numpy("float64")[place >= 0]
    return shares
