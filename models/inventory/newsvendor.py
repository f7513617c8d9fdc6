"""The newsvendor: the level at which one unit more is as likely to be missed as its costs demand."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special, stats

from models.inventory.losses import discrete_loss, normal_loss, poisson_loss

SLACK = 1e-12
"""A cumulative probability this far below a critical ratio reaches it: sums of decimals are not exact."""


@dataclass(frozen=True)
class StockLevel:
    """A level to order up to (units) and its expected cost per period."""

    order_up_to_level: float
    expected_cost: float


def critical_ratio(overage_cost: float, underage_cost: float) -> float:
    """The probability of no stockout that minimises cost.

    Raises
    ------
    ValueError: a cost is not above 0.

    >>> critical_ratio(overage_cost=1, underage_cost=4)
    0.8
    """
    if not (overage_cost > 0 and underage_cost > 0):
        raise ValueError(f"costs of a unit too many ({overage_cost}) and too few ({underage_cost}) must be above 0")
    return underage_cost / (overage_cost + underage_cost)


def newsvendor_normal(
    holding_cost: float,
    shortage_cost: float,
    demand_mean: float,
    demand_sd: float,
    *,
    lead_time_periods: float = 0.0,
    review_periods: float = 1.0,
) -> StockLevel:
    """The best level against normal demand, independent between periods, over lead time and review.

    Parameters
    ----------
    holding_cost, shortage_cost: per unit left over or short at the end.
    demand_mean, demand_sd: of one period, units.

    Source: Snyder & Shen (2019), eq. 4.17 and 4.24.

    >>> newsvendor_normal(0.18, 0.7, 50, 8).order_up_to_level
    56.60395592743389
    """
    periods = lead_time_periods + review_periods
    mean, sd = demand_mean * periods, demand_sd * periods**0.5
    level = mean + float(special.ndtri(critical_ratio(holding_cost, shortage_cost))) * sd
    loss = normal_loss(level, mean, sd)
    return StockLevel(level, float(holding_cost * loss.expected_leftover + shortage_cost * loss.expected_shortage))


def newsvendor_poisson(holding_cost: float, shortage_cost: float, demand_mean: float) -> StockLevel:
    """The best whole level against Poisson demand: the smallest that reaches the critical ratio.

    Source: Snyder & Shen (2019), section 4.3.2.6.

    >>> newsvendor_poisson(1, 4, 6).order_up_to_level
    8.0
    """
    level = poisson_quantile(critical_ratio(holding_cost, shortage_cost), demand_mean)
    loss = poisson_loss(level, demand_mean)
    return StockLevel(level, float(holding_cost * loss.expected_leftover + shortage_cost * loss.expected_shortage))


def newsvendor_discrete(
    holding_cost: float, shortage_cost: float, values: ArrayLike, probabilities: ArrayLike
) -> StockLevel:
    """The best level against demand that takes `values` with `probabilities`: the smallest that reaches the ratio.

    Raises
    ------
    ValueError: probabilities are negative or do not sum to 1, or a cost is not above 0.

    >>> newsvendor_discrete(1, 9, [0, 1, 2, 5, 20], [0.55, 0.2, 0.1, 0.1, 0.05]).order_up_to_level
    5.0
    """
    level = discrete_quantile(critical_ratio(holding_cost, shortage_cost), values, probabilities)
    loss = discrete_loss(level, values, probabilities)
    return StockLevel(level, float(holding_cost * loss.expected_leftover + shortage_cost * loss.expected_shortage))


def poisson_quantile(probability: float, mean: float) -> float:
    """The smallest whole number whose cumulative Poisson probability reaches `probability`."""
    if mean <= 0:
        return 0.0
    return max(float(stats.poisson.ppf(min(probability, 1.0) - SLACK, mean)), 0.0)


def discrete_quantile(probability: float, values: ArrayLike, probabilities: ArrayLike) -> float:
    """The smallest value whose cumulative probability reaches `probability`."""
    demand, weight = np.asarray(values, dtype=np.float64), np.asarray(probabilities, dtype=np.float64)
    if not len(weight) or weight.min() < 0 or abs(weight.sum() - 1.0) > 1e-6:
        raise ValueError(f"probabilities must not be negative and sum to 1; they sum to {weight.sum():g}")
    order = np.argsort(demand, kind="stable")
    reached = np.cumsum(weight[order]) >= probability - SLACK
    return float(demand[order][int(reached.argmax()) if reached.any() else -1])
