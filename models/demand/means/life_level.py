"""The level that an item's whole life tells, with items like it as the prior: all that a rare or new item has.

Orders come by chance at a rate whose prior is a gamma distribution about that of items like it. After n orders in e
periods the posterior mean of the rate is (shape + n) / (shape / rate of items like it + e), and each order has s
units, so that the level is (shape s + units) / (shape / rate + e) (Gelman et al., Bayesian Data Analysis, 3rd ed.,
section 2.6).
"""

import numpy as np
import pandas as pd

from features.arrays import Floats
from models.demand.effects.origin import Origin
from models.demand.steps import PERIOD_DAYS

CATEGORY_SHAPE = 1.0
"""Shape of the prior that a category gives: the rates of its items differ by a coefficient of variation of one."""

SIMILAR_SHAPE = 2.0
"""Shape of the prior that an item named as similar, or the predecessor, gives."""

KNOWN_DAYS = 56
"""Days of known demand from which an item's level counts for others."""

LEAST_MEMBERS = 3
"""Items from which the typical rate of a group is taken at least."""

HIGHEST_SHARE = 0.9999
"""Share of periods with a sale, at most: it bounds the orders in a period (ten) that the share can tell."""

RATES = ["units_per_day", "sold_share"]


def life_level(origin: Origin) -> Floats:
    """(I,) units per period without the known effects: the posterior mean over an item's life.

    Parameters
    ----------
    origin: the bucket, T past periods.
    """
    history, at = origin.history, origin.at
    alive = history.alive[:, :at].copy()
    seen = np.where(alive & ~history.censored[:, :at], history.estimated[:, :at], 0.0) > 0
    # A life that is known by its first sale begins with one: that sale is no evidence on how often others come.
    every = np.arange(len(alive))
    first = alive.argmax(axis=1) if at else np.zeros(len(alive), dtype=np.int64)
    begins_sold = seen[every, first] if at else np.zeros(len(alive), dtype=bool)
    by_sale = np.flatnonzero(history.items["launched_on"].isna().to_numpy() & begins_sold)
    sold = seen.sum(axis=1)
    sold_units = np.where(seen, history.estimated[:, :at], 0.0).sum(axis=1)
    alive[by_sale, first[by_sale]] = False
    units = np.where(alive, history.estimated[:, :at], 0.0).sum(axis=1)
    exposure = np.where(alive, origin.multipliers[:, :at], 0.0).sum(axis=1)
    per_day, share, shape = prior_rates(history.items, origin.effects.levels)
    per_period = per_day * PERIOD_DAYS[history.period]
    orders = orders_per_period(share)
    order_units = own_order_units(per_period / np.maximum(orders, 1e-12), sold_units, sold, share)
    prior_exposure = np.where(orders > 0, shape / np.maximum(orders, 1e-12), 0.0)
    prior_units = np.where(orders > 0, shape * order_units, 0.0)
    lived = prior_exposure + exposure
    return np.asarray(np.where(lived > 0, (prior_units + units) / np.maximum(lived, 1e-12), 0.0))


def orders_per_period(sold_share: Floats) -> Floats:
    """Orders in a period that come by chance where a share of the periods sees one or more: -log(1 - share)."""
    return np.asarray(-np.log1p(-np.minimum(sold_share, HIGHEST_SHARE)))


def own_order_units(similar_units: Floats, own_units: Floats, own_sold: Floats, sold_share: Floats) -> Floats:
    """(I,) units of an order: those of items like it, and the item's own the more, the more it has sold.

    A mean of logs in which items like it weigh as one sale. The more often they sell, the less a period's units are
    those of one order, and the less the item's own count.

    Parameters
    ----------
    similar_units: of items like it.
    own_units, own_sold: units of the item's periods with a sale, and their number.
    sold_share: share of periods with a sale of items like it.
    """
    usable = (own_sold > 0) & (similar_units > 0)
    own = np.log(np.where(usable, own_units / np.maximum(own_sold, 1), 1.0))
    similar = np.log(np.where(usable, similar_units, 1.0))
    share = own_sold / (own_sold + 1.0) * (1 - np.minimum(sold_share, 1.0))
    return np.where(usable, np.exp(share * own + (1 - share) * similar), similar_units)


def prior_rates(items: pd.DataFrame, levels: pd.DataFrame) -> tuple[Floats, Floats, Floats]:
    """What items like each one sell, and how much they say about it.

    The similar or preceding SKU at the same location, else at any; else the category at the location within the same
    factor of two of the price; else the category at the location, the category, the location, the company.

    Parameters
    ----------
    items: (I,) items asked for.
    levels: how much and how often all items sold lately (`Effects.levels`).

    Returns
    -------
    (I,) units per day, (I,) share of periods with a sale, and (I,) shape of the prior.
    """
    known = levels[levels["days"] >= KNOWN_DAYS]
    if known.empty:
        # A young company has no item with so long a history: a short one is better than none.
        known = levels[levels["days"] > 0]
    if known.empty:
        return np.zeros(len(items)), np.zeros(len(items)), np.full(len(items), CATEGORY_SHAPE)
    known, asked = _with_price_class(known), _with_price_class(items)
    found = np.full((len(items), len(RATES)), np.nan)
    for other in ("similar_sku", "predecessor_sku"):
        for keys in (["sku", "location"], ["sku"]):
            found = _filled(found, known.groupby(keys)[RATES].mean(), asked.assign(sku=asked[other]), keys)
    shape = np.where(np.isnan(found[:, 0]), CATEGORY_SHAPE, SIMILAR_SHAPE)
    for keys in (["category", "location", "price_class"], ["category", "location"], ["category"], ["location"]):
        found = _filled(found, _typical(known, keys), asked, keys)
    overall = _typical(known.assign(every=0), ["every"], least=1).to_numpy()[0]
    found = np.where(np.isnan(found), overall, found)
    return found[:, 0], found[:, 1], shape


def _with_price_class(items: pd.DataFrame) -> pd.DataFrame:
    price = items["unit_price_base"].to_numpy(np.float64)
    return items.assign(price_class=np.floor(np.log2(np.where(price > 0, price, 1.0))))


def _filled(found: Floats, rates: pd.DataFrame, asked: pd.DataFrame, keys: list[str]) -> Floats:
    """Rates found so far (I, 2), those still missing from a table by `keys`."""
    index = pd.MultiIndex.from_frame(asked[keys]) if len(keys) > 1 else pd.Index(asked[keys[0]])
    return np.where(np.isnan(found), rates.reindex(index).to_numpy(np.float64), found)


def _typical(known: pd.DataFrame, keys: list[str], least: int = LEAST_MEMBERS) -> pd.DataFrame:
    """Mean rates of each group over all days, the top cut at the 90th percentile: a best seller is no guide to others.

    Groups with fewer members than `least` are left out.
    """
    groups = known.groupby(keys)
    days = known["days"]
    weighted = {name: known[name].clip(upper=groups[name].transform("quantile", 0.9)) * days for name in RATES}
    sums = pd.DataFrame(weighted).assign(days=days).groupby([known[key] for key in keys]).sum()
    typical = sums[RATES].div(sums["days"], axis=0)
    return typical[groups.size().reindex(typical.index) >= least]
