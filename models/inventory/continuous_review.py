"""Continuous review: order Q whenever the inventory position falls to r. Exact costs, backorders."""

from dataclasses import dataclass
from math import floor, sqrt

from scipy import optimize, special

from models.inventory.eoq import economic_order_quantity
from models.inventory.losses import CERTAIN_BEYOND, normal_loss, poisson_loss, standard_normal_second_loss
from models.inventory.newsvendor import critical_ratio, poisson_quantile


@dataclass(frozen=True)
class ReorderPolicy:
    """Order `order_quantity` units when the inventory position is at or below `reorder_point`."""

    reorder_point: float
    order_quantity: float


@dataclass(frozen=True)
class CostedReorderPolicy(ReorderPolicy):
    """A policy with its expected cost per unit of time."""

    cost_rate: float


def rq_cost_rate(
    reorder_point: float,
    order_quantity: float,
    *,
    holding_cost: float,
    shortage_cost: float,
    fixed_cost: float,
    demand_rate: float,
    demand_sd: float,
    lead_time: float,
) -> float:
    """Exact expected cost per unit of time of (r,Q) under normal demand.

    The inventory position is uniform between r and r + Q, so the cost is the newsvendor's cost averaged over it.

    Parameters
    ----------
    holding_cost, shortage_cost: per unit and time. fixed_cost: per order.
    demand_rate, demand_sd: of one unit of time. lead_time: in units of time.

    Raises
    ------
    ValueError: the order quantity is not above 0.

    Source: Snyder & Shen (2019), eq. 5.7.
    """
    if order_quantity <= 0:
        raise ValueError(f"order_quantity is {order_quantity}; it must be above 0")
    mean, sd = demand_rate * lead_time, demand_sd * sqrt(lead_time)
    backlog = _second_loss(reorder_point, mean, sd) - _second_loss(reorder_point + order_quantity, mean, sd)
    held = holding_cost * order_quantity * (reorder_point - mean + order_quantity / 2.0)
    return (fixed_cost * demand_rate + held + (holding_cost + shortage_cost) * backlog) / order_quantity


def best_reorder_point(
    order_quantity: float,
    *,
    holding_cost: float,
    shortage_cost: float,
    demand_rate: float,
    demand_sd: float,
    lead_time: float,
) -> float:
    """The reorder point that costs least with a given order quantity, normal demand.

    At it, both ends of the inventory position cost the same.

    Source: Snyder & Shen (2019), eq. 5.12; Zheng (1992).
    """
    ratio = critical_ratio(holding_cost, shortage_cost)
    mean, sd = demand_rate * lead_time, demand_sd * sqrt(lead_time)

    def cost(level: float) -> float:
        loss = normal_loss(level, mean, sd)
        return float(holding_cost * loss.expected_leftover + shortage_cost * loss.expected_shortage)

    # The newsvendor level lies between the two ends.
    best = mean + float(special.ndtri(ratio)) * sd
    low, high = best - order_quantity, best
    if cost(low + order_quantity) >= cost(low):
        return low
    if cost(high + order_quantity) <= cost(high):
        return high
    return float(optimize.brentq(lambda r: cost(r + order_quantity) - cost(r), low, high, xtol=1e-12, rtol=1e-14))


def eoq_with_safety_stock(
    *,
    holding_cost: float,
    shortage_cost: float,
    fixed_cost: float,
    demand_rate: float,
    demand_sd: float,
    lead_time: float,
) -> ReorderPolicy:
    """The EOQ as order quantity, and the newsvendor level of the lead time as reorder point: an approximation.

    Source: Snyder & Shen (2019), section 5.3.3.
    """
    safety_factor = float(special.ndtri(critical_ratio(holding_cost, shortage_cost)))
    return ReorderPolicy(
        demand_rate * lead_time + safety_factor * demand_sd * sqrt(lead_time),
        economic_order_quantity(fixed_cost, holding_cost, demand_rate).order_quantity,
    )


def best_rq_poisson(
    *, holding_cost: float, shortage_cost: float, fixed_cost: float, demand_mean: float, lead_time: float
) -> CostedReorderPolicy:
    """The best (r,Q) under Poisson demand, exactly.

    Q grows by the cheaper of the two neighbouring positions for as long as that lowers the average.

    Parameters
    ----------
    holding_cost, shortage_cost: per unit and time. fixed_cost: per order.
    demand_mean: units per time. lead_time: in units of time.

    Source: Federgruen & Zheng (1992); Snyder & Shen (2019), section 5.6.

    >>> best_rq_poisson(holding_cost=20, shortage_cost=150, fixed_cost=100, demand_mean=1.5, lead_time=2).reorder_point
    3.0
    """
    mean = demand_mean * lead_time

    def cost(level: float) -> float:
        loss = poisson_loss(level, mean)
        return float(holding_cost * loss.expected_leftover + shortage_cost * loss.expected_shortage)

    best = floor(poisson_quantile(critical_ratio(holding_cost, shortage_cost), mean))
    reorder_point, quantity = best - 1, 1
    total = fixed_cost * demand_mean + cost(best)
    below, above = cost(best - 1), cost(best + 1)
    while min(below, above) < total / quantity:
        total += min(below, above)
        quantity += 1
        if below <= above:
            reorder_point -= 1
            below = cost(reorder_point)
        else:
            above = cost(reorder_point + quantity + 1)
    return CostedReorderPolicy(float(reorder_point), float(quantity), total / quantity)


def _second_loss(x: float, mean: float, sd: float) -> float:
    """E[((D - x)+)^2] / 2 of normal demand."""
    if sd * CERTAIN_BEYOND <= abs(x - mean):
        return max(mean - x, 0.0) ** 2 / 2.0
    return float(sd**2 * standard_normal_second_loss((x - mean) / sd))
