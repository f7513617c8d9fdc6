"""Items without enough history of their own: the level of similar items, shrunk as own sales arrive.

With a gamma prior on the level and Poisson sales, the mean is (prior units + own units) / (prior time + own time)
(Gelman et al., Bayesian Data Analysis, 3rd ed., 2.6).
"""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from features.arrays import Floats, Ints
from models.demand.effects.known_effects import Effects
from models.demand.steps import PERIOD_DAYS, STEP_PERIODS

if TYPE_CHECKING:
    from features.history import DemandHistory


SIMILAR_STEPS = 4.0
"""Steps of own sales that weigh as much as a named similar item."""

CATEGORY_STEPS = 2.0
"""Steps of own sales that weigh as much as the category."""

KNOWN_DAYS = 56
"""Days of known demand from which an item's level counts for others."""

PRICE_BAND = 2.0
"""Items of a category within this factor of the price are alike."""


RATES = ["units_per_day", "sold_share"]


def new_item_rates(history: "DemandHistory", effects: Effects, multiplier: Floats, rows: Ints) -> Floats:
    """(N,) units per period, effects apart, of items with a short history.

    Parameters
    ----------
    history: the bucket's demand, T past periods.
    effects: known effects, and how much all items sold lately.
    multiplier: (I, T) known effects of the past periods, about 1.
    rows: (N,) indices of the items.
    """
    last = multiplier.shape[1]
    per_day, sold_share, prior_steps = prior_levels(history, effects.levels, rows)
    days = PERIOD_DAYS[effects.period]
    prior_periods = prior_steps * STEP_PERIODS[effects.period]
    alive = history.alive[rows, :last].copy()
    seen = np.where(alive & ~history.censored[rows, :last], history.estimated[rows, :last], 0.0)
    sold = (seen > 0).sum(axis=1)
    per_day = with_own_order_sizes(per_day, sold_share, seen.sum(axis=1) / np.maximum(sold, 1) / days, sold)
    # A life that is known by its first sale begins with one: that sale is no evidence on how often others come.
    first = alive.argmax(axis=1) if last else np.zeros(len(rows), dtype=np.int64)
    begins_sold = (seen > 0)[np.arange(len(rows)), first] if last else np.zeros(len(rows), dtype=bool)
    by_sale = np.flatnonzero(history.items["launched_on"].isna().to_numpy()[rows] & begins_sold)
    alive[by_sale, first[by_sale]] = False
    units = np.where(alive, history.estimated[rows, :last], 0.0).sum(axis=1)
    exposure = np.where(alive, multiplier[rows], 0.0).sum(axis=1)
    return np.asarray((per_day * days * prior_periods + units) / (prior_periods + exposure))


def prior_levels(history: "DemandHistory", levels: pd.DataFrame, rows: Ints) -> tuple[Floats, Floats, Floats]:
    """Units per day expected of new items, how often they sell, and how many steps of own sales the prior weighs.

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
        # A young company has no item with so long a history: a short one is better than none.
        known = levels[levels["days"] > 0]
    by_item = known.groupby(["sku", "location"])[RATES].mean()
    by_sku = known.groupby("sku")[RATES].mean()
    groups = dict(iter(known.groupby(["category", "location"], sort=True)))
    by_category = {name: _typical(members) for name, members in known.groupby("category")}
    by_location = {name: _typical(members) for name, members in known.groupby("location")}
    overall = _typical(known)
    level, prior_steps = np.zeros((len(rows), 2)), np.full(len(rows), CATEGORY_STEPS)
    for n, i in enumerate(rows):
        item = history.items.iloc[i]
        location, category = item["location"], item["category"]
        similar = _similar(item, by_item, by_sku)
        if similar is not None:
            level[n], prior_steps[n] = similar, SIMILAR_STEPS
            continue
        near = _of_category(groups.get((category, location)), float(item["unit_price_base"]))
        found = (near, by_category.get(category), by_location.get(location))
        level[n] = next((rates for rates in found if rates is not None), overall)
    return level[:, 0], level[:, 1], prior_steps


def with_own_order_sizes(units_per_day: Floats, sold_share: Floats, own_per_day: Floats, sold: Floats) -> Floats:
    """(N,) units per day expected of new items that sell now and then, with the size of a sale from their own.

    Similar items say how often a period sees a sale, the item's own sales how many units one has: the more of them, the
    more they count (a mean of logs in which similar items weigh as one sale), the less the more often similar items
    sell, where the size of a period's sale is the level itself.

    Parameters
    ----------
    units_per_day, sold_share: of similar items.
    own_per_day: units of a period with a sale, per day of it.
    sold: periods with a sale.
    """
    usable = (sold > 0) & (sold_share > 0) & (units_per_day > 0)
    own = np.log(np.where(usable, sold_share * own_per_day, 1.0))
    similar = np.log(np.where(usable, units_per_day, 1.0))
    share = sold / (sold + 1.0) * (1 - np.minimum(sold_share, 1.0))
    return np.where(usable, np.exp(share * own + (1 - share) * similar), units_per_day)


def _similar(item: pd.Series, by_item: pd.DataFrame, by_sku: pd.DataFrame) -> Floats | None:
    """Rates of the item that is named as similar or preceding."""
    for other in (item["similar_sku"], item["predecessor_sku"]):
        if (other, item["location"]) in by_item.index:
            return np.asarray(by_item.loc[(other, item["location"])], dtype=np.float64)
        if other in by_sku.index:
            return np.asarray(by_sku.loc[other], dtype=np.float64)
    return None


def _of_category(members: pd.DataFrame | None, price: float) -> Floats | None:
    """Typical rates of the items within a factor of two of the price; None with fewer than three."""
    if members is None or len(members) < 3:
        return None
    ratio = members["unit_price_base"] / price if price > 0 else pd.Series(np.nan, index=members.index)
    near = members[(ratio > 1 / PRICE_BAND) & (ratio < PRICE_BAND)]
    return _typical(near if len(near) >= 3 else members)


def _typical(members: pd.DataFrame) -> Floats:
    """Mean rates over all days, the top cut at the 90th percentile: a best seller is no guide to the next item."""
    values = members[RATES].to_numpy(np.float64)
    if not len(values):
        return np.zeros(2)
    cut = np.minimum(values, np.quantile(values, 0.9, axis=0))
    return np.asarray(np.average(cut, axis=0, weights=members["days"].to_numpy(np.float64)))
