"""Items without enough history of their own: the level of similar items, shrunk as own sales arrive.

With a gamma prior on the level and Poisson sales, the mean is (prior units + own units) / (prior time + own time)
(Gelman et al., Bayesian Data Analysis, 3rd ed., 2.6).
"""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

if TYPE_CHECKING:
    from features.history import DemandHistory

Floats = npt.NDArray[np.float64]

SIMILAR_STEPS = 4.0
"""Steps of own sales that weigh as much as a named similar item."""

CATEGORY_STEPS = 2.0
"""Steps of own sales that weigh as much as the category."""

KNOWN_DAYS = 56
"""Days of known demand from which an item's level may speak for others."""

PRICE_BAND = 2.0


def prior_levels(history: "DemandHistory", levels: pd.DataFrame, rows: npt.NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Units per day expected of new items, and how many steps of own sales that is worth.

    The similar or preceding SKU at the same location, else at any; else the category at the location within a
    factor of two of the price; else the category, the location, the company.

    Parameters:
        levels: all items' recent units per day (`Effects.levels`).
        rows: (N,) indices of the items asked for.

    Returns:
        (N,) units per day and (N,) steps.
    """
    known = levels[levels["days"] >= KNOWN_DAYS]
    by_item = dict(zip(zip(known["sku"], known["location"], strict=True), known["units_per_day"], strict=True))
    by_sku = known.groupby("sku")["units_per_day"].mean().to_dict()
    groups = dict(iter(known.groupby(["category", "location"], sort=True)))
    by_category = known.groupby("category")["units_per_day"].apply(_usual).to_dict()
    by_location = known.groupby("location")["units_per_day"].apply(_usual).to_dict()
    overall = _usual(known["units_per_day"])
    level, worth = np.full(len(rows), overall), np.full(len(rows), CATEGORY_STEPS)
    for n, i in enumerate(rows):
        item = history.items.iloc[i]
        location, category = item["location"], item["category"]
        for other in (item["similar_sku"], item["predecessor_sku"]):
            found = by_item.get((other, location), by_sku.get(other))
            if found is not None:
                level[n], worth[n] = found, SIMILAR_STEPS
                break
        else:
            level[n] = _of_category(groups.get((category, location)), float(item["unit_price_base"]))
            for fallback in (by_category.get(category), by_location.get(location), overall):
                if np.isfinite(level[n]):
                    break
                level[n] = np.nan if fallback is None else fallback
    return level, worth


def _of_category(members: pd.DataFrame | None, price: float) -> float:
    """Usual level of the items within a factor of two of the price; NaN with fewer than three."""
    if members is None or len(members) < 3:
        return float("nan")
    ratio = members["unit_price_base"] / price if price > 0 else pd.Series(np.nan, index=members.index)
    near = members[(ratio > 1 / PRICE_BAND) & (ratio < PRICE_BAND)]
    return _usual((near if len(near) >= 3 else members)["units_per_day"])


def _usual(levels: pd.Series) -> float:
    """Mean with the top cut at the 90th percentile: a best seller says little about the next item."""
    values = levels.to_numpy(np.float64)
    return float(np.minimum(values, np.quantile(values, 0.9)).mean()) if len(values) else 0.0
