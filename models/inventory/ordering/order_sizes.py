"""How large one order is: the economic quantity, and the smallest and largest that terms and people allow."""

import numpy as np
from numpy.typing import ArrayLike

from features.arrays import Floats
from models.inventory.costs.unit_costs import ItemCosts
from models.inventory.position.state import InventoryState
from models.inventory.terms.columns import numbers
from models.inventory.terms.rounding import round_up


def economic_quantity(daily_demand: ArrayLike, fixed_cost: ArrayLike, holding_per_unit_day: ArrayLike) -> Floats:
    """Economic order quantity, 0 where an order line costs nothing or nothing is sold.

    >>> economic_quantity(1300.0, 8.0, 0.225).round(4).item()
    304.0468

    Source: Harris (1913); Snyder & Shen, Fundamentals of Supply Chain Theory, 2nd ed., eq. 3.5.
    """
    rate, fixed, holding = (
        np.asarray(value, dtype=np.float64) for value in (daily_demand, fixed_cost, holding_per_unit_day)
    )
    ratio = np.divide(
        2 * fixed * rate, holding, out=np.zeros(np.broadcast(fixed, rate, holding).shape), where=holding > 0
    )
    return np.asarray(np.sqrt(np.maximum(ratio, 0.0)))


def order_batches(state: InventoryState, costs: ItemCosts) -> tuple[Floats, Floats]:
    """The economic quantity (0: a line costs nothing of its own), and the least that one order brings: (items,) units.

    The economic quantity sets the time between orders; what is ordered is the demand expected of that time after the
    protection interval, so that a season that ends is not bought beyond.
    """
    step = state.items["unit_step"].to_numpy(dtype=np.float64)
    fixed = state.terms["fixed_cost_base"].to_numpy(dtype=np.float64)
    economic = economic_quantity(state.daily_demand, np.nan_to_num(fixed), costs.holding_per_unit_day)
    economic = np.minimum(economic, _demand_of_cycle(state, economic))
    least = round_up(np.maximum(order_minimum(state), step), state.terms["pack_units"].to_numpy(dtype=np.float64))
    return economic, np.maximum(least, economic)


def _demand_of_cycle(state: InventoryState, economic: Floats) -> Floats:
    """(items,) units expected, after the protection interval, over the days that the economic quantity would last."""
    distribution = state.demand
    horizon = int(distribution.lengths_days.sum())
    first = np.clip(state.offset(state.protection_end_on) + 1, 1, horizon)
    rate = state.daily_demand
    lasts = np.divide(economic, rate, out=np.zeros_like(economic), where=rate > 0)
    last = np.minimum(first + np.ceil(np.minimum(lasts, horizon)).astype(np.int64) - 1, horizon)
    expected = distribution.expected(first, np.maximum(last, first))
    step = state.items["unit_step"].to_numpy(dtype=np.float64)
    return np.asarray(np.where(economic > 0, np.ceil(expected / step) * step, 0.0))


def order_minimum(state: InventoryState) -> Floats:
    """(items,) smallest order: of the terms, and of the planning parameters in units and days of cover."""
    days_of_cover = numbers(state.parameters, "minimum_order_days", 0.0) * state.daily_demand
    own = numbers(state.parameters, "minimum_order_units", 0.0)
    return np.maximum(np.maximum(own, days_of_cover), numbers(state.terms, "minimum_order_units", 0.0))


def order_maximum(state: InventoryState, name: str) -> Floats:
    """(items,) the smaller of a maximum in units and in days of cover; infinity for none.

    `name` is maximum_order or maximum_stock.
    """
    in_days = numbers(state.parameters, f"{name}_days") * state.daily_demand
    least = np.fmin(numbers(state.parameters, f"{name}_units"), in_days)
    if name == "maximum_order":
        least = np.fmin(least, cut_over_cap(state))
    return np.where(np.isnan(least), np.inf, least)


def cut_over_cap(state: InventoryState) -> Floats:
    """(items,) the largest first order after a cut-over, one whole order at least; NaN for none. See `cut_over`."""
    capped = numbers(state.items, "first_order_days") * state.daily_demand
    pack = state.terms["pack_units"].to_numpy(dtype=np.float64)
    least = np.maximum(round_up(order_minimum(state), pack), pack)
    return np.where(np.isnan(capped), np.nan, np.maximum(capped, least))
