"""What a person or a service target asks for, whatever it costs."""

import numpy as np

from features.arrays import Flags, Floats, Texts
from models.inventory.costs.economics import order_minimum
from models.inventory.ordering.classical import BY_EXPECTED_COST
from models.inventory.ordering.levels import Levels
from models.inventory.position.state import InventoryState
from models.inventory.terms.columns import numbers
from models.inventory.terms.rounding import round_up
from models.inventory.terms.service_targets import BY_COST, Targets


def minimum_stock(state: InventoryState) -> Floats:
    """(items,) units that a person wants the position never to fall below; NaN for none."""
    in_days = numbers(state.parameters, "minimum_stock_days") * state.daily_demand
    return np.asarray(np.fmax(numbers(state.parameters, "minimum_stock_units"), in_days))


def required_units(state: InventoryState, by_cost: Flags, levels: Levels, order: Floats) -> Floats:
    """(items,) the part of an order that a person's level or minimum stock, a service target or a policy asks for.

    Parameters
    ----------
    state: see there.
    by_cost: (items,) whether cost alone sizes the orders.
    levels: with what people set.
    order: (items,) units suggested.
    """
    by_level = ~by_cost | np.isfinite(numbers(state.parameters, "safety_stock_units"))
    short = np.nan_to_num(minimum_stock(state) - state.position)
    pack = state.terms["pack_units"].to_numpy(dtype=np.float64)
    least = round_up(np.maximum(short, 0.0), pack, order_minimum(state))
    return np.where(by_level & (levels.wanted > 0), order, np.minimum(least, order))


def required_by(state: InventoryState, targets: Targets, policy: Texts) -> Texts:
    """(items,) what asks for units whatever they cost: minimum or safety stock, service target, policy, or None."""
    found: Texts = np.full(len(state), None, dtype=object)
    classical = policy != BY_EXPECTED_COST
    found[classical] = [f"{name} policy" for name in policy[classical]]
    found[targets.service_by != BY_COST] = "service target"
    found[np.isfinite(numbers(state.parameters, "safety_stock_units"))] = "safety stock"
    found[np.nan_to_num(minimum_stock(state), nan=-np.inf) > np.nan_to_num(state.position)] = "minimum stock"
    return found
