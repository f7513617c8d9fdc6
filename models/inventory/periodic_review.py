"""Periodic review with a fixed cost: order up to S when the inventory position is at or below s. Backorders."""

from collections.abc import Callable
from dataclasses import dataclass
from math import floor, inf, sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from features.arrays import Floats
from models.inventory.losses import discrete_loss, poisson_loss
from models.inventory.newsvendor import critical_ratio, discrete_quantile, newsvendor_normal, poisson_quantile


@dataclass(frozen=True)
class MinMaxPolicy:
    """Order up to `order_up_to_level` when the inventory position is at or below `reorder_point`."""

    reorder_point: float
    order_up_to_level: float


@dataclass(frozen=True)
class CostedMinMaxPolicy(MinMaxPolicy):
    """A policy with its expected cost per period."""

    cost_rate: float


@dataclass(frozen=True)
class PowerPolicy(MinMaxPolicy):
    """A policy from the power approximation with the order quantity that it rests on."""

    order_quantity: float


def best_ss_poisson(
    holding_cost: float, shortage_cost: float, fixed_cost: float, demand_mean: float, lead_time_periods: int = 0
) -> CostedMinMaxPolicy:
    """The best (s,S) under Poisson demand, exactly.

    Parameters
    ----------
    holding_cost, shortage_cost: per unit at the end of a period. fixed_cost: per order.
    demand_mean: units per period. lead_time_periods: whole periods.

    Source: Zheng & Federgruen (1991); Snyder & Shen (2019), section 4.4.4.

    >>> policy = best_ss_poisson(1, 4, 5, 6)
    >>> policy.reorder_point, policy.order_up_to_level, round(policy.cost_rate, 6)
    (4.0, 10.0, 8.034112)
    """
    mean = demand_mean * (lead_time_periods + 1)
    start = floor(poisson_quantile(critical_ratio(holding_cost, shortage_cost), mean))

    def cost(level: int) -> float:
        loss = poisson_loss(level, mean)
        return float(holding_cost * loss.expected_leftover + shortage_cost * loss.expected_shortage)

    def probability(units: int) -> Floats:
        return np.asarray(stats.poisson.pmf(np.arange(units), demand_mean))

    return _best_ss(cost, probability, start, fixed_cost)


def best_ss_discrete(
    holding_cost: float, shortage_cost: float, fixed_cost: float, demand_pmf: ArrayLike, lead_time_periods: int = 0
) -> CostedMinMaxPolicy:
    """The best (s,S) when a period's demand is d units with probability `demand_pmf[d]`.

    Source: Zheng & Federgruen (1991).

    >>> best_ss_discrete(1, 9, 0, [0.5, 0.5]).order_up_to_level
    1.0
    """
    pmf = np.asarray(demand_pmf, dtype=np.float64)
    over_lead_time = pmf
    for _ in range(lead_time_periods):
        over_lead_time = np.convolve(over_lead_time, pmf)
    values = np.arange(len(over_lead_time))
    start = floor(discrete_quantile(critical_ratio(holding_cost, shortage_cost), values, over_lead_time))

    def cost(level: int) -> float:
        loss = discrete_loss(level, values, over_lead_time)
        return float(holding_cost * loss.expected_leftover + shortage_cost * loss.expected_shortage)

    def probability(units: int) -> Floats:
        return np.pad(pmf, (0, max(0, units - len(pmf))))[:units]

    return _best_ss(cost, probability, start, fixed_cost)


def _best_ss(
    level_cost: Callable[[int], float], probability: Callable[[int], Floats], start: int, fixed_cost: float
) -> CostedMinMaxPolicy:
    """Zheng and Federgruen's search from the cheapest level `start`.

    Raises
    ------
    ValueError: there is never any demand, or the fixed cost is negative.
    """
    if fixed_cost < 0 or float(probability(1)[0]) >= 1.0:
        raise ValueError("an (s,S) policy needs demand above 0 and a fixed cost of 0 or more")
    known: dict[int, float] = {}
    renewal = _Renewals(probability)

    def at(level: int) -> float:
        if level not in known:
            known[level] = level_cost(level)
        return known[level]

    def policy_cost(s: int, big_s: int) -> float:
        visits = renewal.up_to(big_s - s)
        levels = np.array([at(big_s - step) for step in range(big_s - s)])
        return float((fixed_cost + visits @ levels) / visits.sum())

    best_s, best_big_s = start - 1, start
    while policy_cost(best_s, best_big_s) > at(best_s):
        best_s -= 1
    best_cost = policy_cost(best_s, best_big_s)
    candidate = best_big_s + 1
    while at(candidate) <= best_cost:
        if policy_cost(best_s, candidate) < best_cost:
            best_big_s = candidate
            while best_s + 1 < best_big_s and policy_cost(best_s, best_big_s) <= at(best_s + 1):
                best_s += 1
            best_cost = policy_cost(best_s, best_big_s)
        candidate += 1
    return CostedMinMaxPolicy(float(best_s), float(best_big_s), best_cost)


class _Renewals:
    """Expected periods that a cycle spends j units below its start: the renewal density of demand."""

    def __init__(self, probability: Callable[[int], Floats]) -> None:
        self._probability = probability
        self._density = np.zeros(0)

    def up_to(self, units: int) -> Floats:
        """The density at 0 to units - 1."""
        if units > len(self._density):
            size = max(units, 2 * len(self._density))
            demand = self._probability(size)
            density = np.zeros(size)
            density[0] = 1.0 / (1.0 - demand[0])
            for j in range(1, size):
                density[j] = demand[1 : j + 1] @ density[j - 1 :: -1][:j] / (1.0 - demand[0])
            self._density = density
        return self._density[:units]


def power_approximation(
    holding_cost: float,
    shortage_cost: float,
    fixed_cost: float,
    demand_mean: float,
    demand_sd: float,
    lead_time_periods: float = 0.0,
) -> PowerPolicy:
    """An (s,S) near the best from two moments of demand, as first published: for large order quantities.

    Raises
    ------
    ValueError: the fixed cost, a unit's cost or the demand is not above 0.

    Source: Ehrhardt (1979), with the coefficients of Ehrhardt & Mosier (1984); Snyder & Shen (2019), section 4.4.5.

    >>> round(power_approximation(0.18, 0.7, 2.5, 50, 8).reorder_point, 4)
    40.1946
    """
    if fixed_cost <= 0:
        raise ValueError(f"fixed_cost is {fixed_cost}; the power approximation needs one above 0")
    quantity, point = _power(holding_cost, shortage_cost, fixed_cost, demand_mean, demand_sd, lead_time_periods)
    return PowerPolicy(point, point + quantity, quantity)


def revised_power_approximation(
    holding_cost: float,
    shortage_cost: float,
    fixed_cost: float,
    demand_mean: float,
    demand_sd: float,
    lead_time_periods: float = 0.0,
) -> PowerPolicy:
    """The power approximation revised for small order quantities: no level above the newsvendor's.

    Where the order quantity is at most 1.5 mean demands, both levels are cut at the newsvendor's level over lead time
    and review. A fixed cost of 0 gives that level itself.

    Raises
    ------
    ValueError: a unit's cost or the demand is not above 0, or the fixed cost is negative.

    Source: Ehrhardt & Mosier (1984).

    >>> round(revised_power_approximation(0.18, 0.7, 2.5, 50, 8).order_up_to_level, 4)
    56.604
    """
    quantity, point = _power(holding_cost, shortage_cost, fixed_cost, demand_mean, demand_sd, lead_time_periods)
    if quantity > 1.5 * demand_mean:
        return PowerPolicy(point, point + quantity, quantity)
    newsvendor = newsvendor_normal(
        holding_cost, shortage_cost, demand_mean, demand_sd, lead_time_periods=lead_time_periods
    )
    level = newsvendor.order_up_to_level
    return PowerPolicy(min(point, level), min(point + quantity, level), quantity)


def _power(
    holding_cost: float,
    shortage_cost: float,
    fixed_cost: float,
    demand_mean: float,
    demand_sd: float,
    lead_time_periods: float,
) -> tuple[float, float]:
    """Order quantity and reorder point; the point is infinite without a fixed cost."""
    critical_ratio(holding_cost, shortage_cost)
    if demand_mean <= 0 or demand_sd < 0 or fixed_cost < 0:
        raise ValueError(f"demand_mean {demand_mean} must be above 0, demand_sd and fixed_cost not negative")
    periods = lead_time_periods + 1.0
    mean, sd = demand_mean * periods, demand_sd * sqrt(periods)
    scale = (fixed_cost / holding_cost) ** 0.506 * (1.0 + (sd / demand_mean) ** 2) ** 0.116
    quantity = 1.30 * demand_mean**0.494 * scale
    if quantity == 0:
        return 0.0, inf
    z = sqrt(quantity * holding_cost / shortage_cost)  # times the root of sd, which may be 0
    return quantity, 0.973 * mean + 0.183 * sd**1.5 / z + 1.063 * sd - 2.192 * sqrt(sd) * z
