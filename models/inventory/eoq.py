"""Economic order quantities: constant demand, a fixed cost an order, price breaks, backorders."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf, sqrt


@dataclass(frozen=True)
class EconomicOrder:
    """An order quantity (units) and what it costs per unit of time."""

    order_quantity: float
    cost_rate: float


@dataclass(frozen=True)
class PricedOrder(EconomicOrder):
    """An order quantity, its place among the price tiers (0 is the first), and its cost, purchases included."""

    price_tier: int


@dataclass(frozen=True)
class BackorderedOrder(EconomicOrder):
    """An order quantity, and the share of the cycle's demand that waits."""

    stockout_fraction: float


def economic_order_quantity(fixed_cost: float, holding_cost: float, demand_rate: float) -> EconomicOrder:
    """The order quantity at which fixed and holding costs together are least.

    Parameters
    ----------
    fixed_cost: per order. holding_cost: per unit and time. demand_rate: units per time.

    Raises
    ------
    ValueError: the holding cost is not above 0, or another figure is negative.

    Source: Snyder & Shen (2019), eq. 3.4 and 3.5.

    >>> economic_order_quantity(fixed_cost=8, holding_cost=0.225, demand_rate=1300).order_quantity
    304.0467800264368
    """
    _check(fixed_cost, holding_cost, demand_rate)
    return EconomicOrder(
        sqrt(2.0 * fixed_cost * demand_rate / holding_cost), sqrt(2.0 * fixed_cost * demand_rate * holding_cost)
    )


def eoq_with_backorders(
    fixed_cost: float, holding_cost: float, stockout_cost: float, demand_rate: float
) -> BackorderedOrder:
    """The order quantity when demand may wait at `stockout_cost` per unit and time.

    Raises
    ------
    ValueError: the holding or stockout cost is not above 0, or another figure is negative.

    Source: Snyder & Shen (2019), eq. 3.27 to 3.29.

    >>> eoq_with_backorders(8, 0.225, 5, 1300).order_quantity
    310.81255515896464
    """
    _check(fixed_cost, holding_cost, demand_rate)
    if stockout_cost <= 0:
        raise ValueError(f"stockout_cost is {stockout_cost}; it must be above 0")
    plain = economic_order_quantity(fixed_cost, holding_cost, demand_rate)
    share = stockout_cost / (holding_cost + stockout_cost)
    return BackorderedOrder(plain.order_quantity / sqrt(share), plain.cost_rate * sqrt(share), 1.0 - share)


def eoq_all_units(
    fixed_cost: float,
    holding_cost_rate: float,
    demand_rate: float,
    breakpoints: Sequence[float],
    unit_costs: Sequence[float],
) -> PricedOrder:
    """The order quantity when reaching a breakpoint lowers the price of all units.

    Parameters
    ----------
    holding_cost_rate: per time, as a share of the unit cost.
    breakpoints: smallest quantity of each price tier, ascending from 0. unit_costs: price in each tier.

    Raises
    ------
    ValueError: breakpoints do not ascend from 0, tiers and prices differ in number, or a figure is out of range.

    Source: Snyder & Shen (2019), section 3.4.1.

    >>> eoq_all_units(200, 0.2, 1000, [0, 200, 500], [500, 475, 450])
    PricedOrder(order_quantity=500.0, cost_rate=472900.0, price_tier=2)
    """
    _check_tiers(breakpoints, unit_costs)
    options = []
    for tier, (begin, price) in enumerate(zip(breakpoints, unit_costs, strict=True)):
        best = economic_order_quantity(fixed_cost, holding_cost_rate * price, demand_rate).order_quantity
        if best < _end(breakpoints, tier):
            quantity = float(max(best, begin))
            cost = _cost_rate(quantity, fixed_cost, holding_cost_rate * price, demand_rate) + price * demand_rate
            options.append(PricedOrder(quantity, cost, tier))
    return min(options, key=lambda order: (order.cost_rate, order.order_quantity))


def eoq_incremental(
    fixed_cost: float,
    holding_cost_rate: float,
    demand_rate: float,
    breakpoints: Sequence[float],
    unit_costs: Sequence[float],
) -> PricedOrder:
    """The order quantity when the price of a tier holds for the units beyond its breakpoint only.

    Parameters and errors are those of `eoq_all_units`.

    Source: Snyder & Shen (2019), section 3.4.2: what the earlier tiers cost more is like a fixed cost.

    >>> round(eoq_incremental(150, 0.25, 2400, [0, 300, 600], [100, 90, 80]).cost_rate, 4)
    222762.8137
    """
    _check_tiers(breakpoints, unit_costs)
    options = []
    surcharge = 0.0
    for tier, (begin, price) in enumerate(zip(breakpoints, unit_costs, strict=True)):
        if tier:
            surcharge += (unit_costs[tier - 1] - price) * begin
        holding_cost = holding_cost_rate * price
        _check(fixed_cost, holding_cost, demand_rate)
        best = sqrt(max(2.0 * (fixed_cost + surcharge) * demand_rate, 0.0) / holding_cost)
        quantity = float(min(max(best, begin), _end(breakpoints, tier)))
        cost = _cost_rate(quantity, fixed_cost + surcharge, holding_cost, demand_rate)
        cost += price * demand_rate + holding_cost_rate * surcharge / 2.0
        options.append(PricedOrder(quantity, cost, tier))
    return min(options, key=lambda order: (order.cost_rate, -order.price_tier))


def _cost_rate(quantity: float, fixed_cost: float, holding_cost: float, demand_rate: float) -> float:
    """Fixed and holding cost; a quantity of 0 is the best one only where ordering, or demand, is free."""
    return fixed_cost * demand_rate / quantity + holding_cost * quantity / 2.0 if quantity else 0.0


def _end(breakpoints: Sequence[float], tier: int) -> float:
    return breakpoints[tier + 1] if tier + 1 < len(breakpoints) else inf


def _check(fixed_cost: float, holding_cost: float, demand_rate: float) -> None:
    if holding_cost <= 0:
        raise ValueError(f"holding cost is {holding_cost}; it must be above 0, or no quantity is too large")
    if fixed_cost < 0 or demand_rate < 0:
        raise ValueError(f"fixed_cost {fixed_cost} and demand_rate {demand_rate} must not be negative")


def _check_tiers(breakpoints: Sequence[float], unit_costs: Sequence[float]) -> None:
    ascending = all(low < high for low, high in pairwise(breakpoints))
    if len(breakpoints) != len(unit_costs) or not breakpoints or breakpoints[0] != 0 or not ascending:
        raise ValueError(f"breakpoints {list(breakpoints)} must ascend from 0, with one of {list(unit_costs)} for each")
