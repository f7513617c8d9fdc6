"""Items without enough history of their own: the level of similar items, shrunk as own sales arrive.

With a gamma prior on the level and Poisson sales, the mean is (prior units + own units) / (prior time + own time)
(Gelman et al., Bayesian Data Analysis, 3rd ed., 2.6).
"""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from features.arrays import Floats, Ints

if TYPE_CHECKING:
    from features.history import DemandHistory


SIMILAR_STEPS = 4.0
"""Steps of own sales that weigh as much as a named similar item."""

CATEGORY_STEPS = 2.0
"""Steps of own sales that weigh as much as the category."""

KNOWN_DAYS = 56
"""Days of known demand from which an item's level may speak for others."""

PRICE_BAND = 2.0

RATES = ["units_per_day", "sold_share"]


def prior_levels(history: "DemandHistory", levels: pd.DataFrame, rows: Ints) -> tuple[Floats, Floats, Floats]:
    """Units per day expected of new items, how often they sell, and how many steps of own sales that is worth.

    The similar or preceding SKU at the same location, else at any; else the category at the location within a
    factor of two of the price; else the category, the location, the company.

    Parameters
    ----------
    levels: how much and how often all items sold lately (`Effects.levels`).
    rows: (N,) indices of the items asked for.

    Returns
    -------
    (N,) units per day, (N,) share of periods with a sale, and (N,) steps.
    """
    known = levels[levels["days"] >= KNOWN_DAYS]
    if known.empty:
        # A young company has no item that is settled: what there is says more than nothing.
        known = levels[levels["days"] > 0]
    by_item = known.groupby(["sku", "location"])[RATES].mean()
    by_sku = known.groupby("sku")[RATES].mean()
    groups = dict(iter(known.groupby(["category", "location"], sort=True)))
    by_category = {name: _usual(members) for name, members in known.groupby("category")}
    by_location = {name: _usual(members) for name, members in known.groupby("location")}
    overall = _usual(known)
    level, worth = np.zeros((len(rows), 2)), np.full(len(rows), CATEGORY_STEPS)
    for n, i in enumerate(rows):
        item = history.items.iloc[i]
        location, category = item["location"], item["category"]
        similar = _similar(item, by_item, by_sku)
        if similar is not None:
            level[n], worth[n] = similar, SIMILAR_STEPS
            continue
        near = _of_category(groups.get((category, location)), float(item["unit_price_base"]))
        found = (near, by_category.get(category), by_location.get(location))
        level[n] = next((rates for rates in found if rates is not None), overall)
    return level[:, 0], level[:, 1], worth


def with_own_order_sizes(units_per_day: Floats, sold_share: Floats, own_per_day: Floats, sold: Floats) -> Floats:
    """(N,) units per day expected of new items that sell now and then, whose own sales tell how large one is.

    Similar items say how often a period sees a sale, the item's own sales how many units one has: the more of them, the
    more they count (a mean of logs in which similar items weigh as one sale), the less the more often similar items
    sell, where the size of a period's sale is the level itself.

    Parameters
    ----------
    units_per_day, sold_share: of similar items. own_per_day: units of a period with a sale, per day of it.
    sold: periods with a sale.
    """
    told = (sold > 0) & (sold_share > 0) & (units_per_day > 0)
    own = np.log(np.where(told, sold_share * own_per_day, 1.0))
    similar = np.log(np.where(told, units_per_day, 1.0))
    share = sold / (sold + 1.0) * (1 - np.minimum(sold_share, 1.0))
    return np.where(told, np.exp(share * own + (1 - share) * similar), units_per_day)


def _similar(item: pd.Series, by_item: pd.DataFrame, by_sku: pd.DataFrame) -> Floats | None:
    """Rates of the item that is named as similar or preceding."""
    for other in (item["similar_sku"], item["predecessor_sku"]):
        if (other, item["location"]) in by_item.index:
            return np.asarray(by_item.loc[(other, item["location"])], dtype=np.float64)
        if other in by_sku.index:
            return np.asarray(by_sku.loc[other], dtype=np.float64)
    return None


def _of_category(members: pd.DataFrame | None, price: float) -> Floats | None:
    """Usual rates of the items within a factor of two of the price; None with fewer than three."""
    if members is None or len(members) < 3:
        return None
    ratio = members["unit_price_base"] / price if price > 0 else pd.Series(np.nan, index=members.index)
    near = members[(ratio > 1 / PRICE_BAND) & (ratio < PRICE_BAND)]
    return _usual(near if len(near) >= 3 else members)


def _usual(members: pd.DataFrame) -> Floats:
    """Mean rates over all days, the top cut at the 90th percentile: a best seller says little about the next item."""
    values = members[RATES].to_numpy(np.float64)
    if not len(values):
        return np.zeros(2)
    cut = np.minimum(values, np.quantile(values, 0.9, axis=0))
    return np.asarray(np.average(cut, axis=0, weights=members["days"].to_numpy(np.float64)))
