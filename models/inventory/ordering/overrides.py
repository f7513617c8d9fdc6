"""What a person, a service target or a policy asks for, whatever it costs: overrides of the levels and of the order."""

import numpy as np

from features.arrays import Flags, Floats, Texts
from models.inventory.ordering.classical import BY_EXPECTED_COST
from models.inventory.ordering.levels import Levels
from models.inventory.ordering.order_sizes import order_minimum
from models.inventory.position.state import InventoryState
from models.inventory.terms.columns import numbers
from models.inventory.terms.rounding import round_up
from models.inventory.terms.service_targets import BY_COST, Targets


def minimum_stock(state: InventoryState) -> Floats:
    """(items,) units that a person wants the position never to fall below; NaN for none."""
    in_days = numbers(state.parameters, "minimum_stock_days") * state.daily_demand
    return np.asarray(np.fmax(numbers(state.parameters, "minimum_stock_units"), in_days))


def apply_overrides(state: InventoryState, levels: Levels) -> Levels:
    """The levels of each item with what people set."""
    return with_set_levels(
        levels,
        state.position,
        lowest_level=minimum_stock(state),
        set_level=state.protection.mean + numbers(state.parameters, "safety_stock_units"),
        step=state.items["unit_step"].to_numpy(dtype=np.float64),
    )


def with_set_levels(
    levels: Levels,
    position: Floats,
    *,
    lowest_level: Floats,
    set_level: Floats,
    step: Floats,
) -> Levels:
    """Levels moved by people: a level of their own (a safety stock), and a least one (a minimum stock).

    The order quantity beyond the reorder point stays. Below the minimum stock is always ordered.

    Parameters
    ----------
    levels: before.
    position: (items,) inventory position.
    lowest_level: (items,) units that the position may not fall below; NaN for none.
    set_level: (items,) the level that the position is compared with; NaN for none.
    step: (items,).
    """
    quantity = levels.order_up_to_level - levels.reorder_point
    offset = levels.reorder_point - levels.compared
    point = np.where(np.isfinite(set_level), np.ceil(set_level / step - 1e-9) * step + offset, levels.reorder_point)
    least = np.ceil(lowest_level / step - 1e-9) * step - step
    point = np.where(np.isfinite(lowest_level), np.maximum(point, least), point)
    moved = point != levels.reorder_point
    up_to = point + quantity
    short = np.nan_to_num(position, nan=np.inf) <= point + 1e-9
    to_least = np.nan_to_num(least + step - position, nan=0.0)
    by_level = np.where(short, np.maximum(up_to - position, 0.0), 0.0)
    wanted = np.where(moved, by_level, np.where(short, np.maximum(levels.wanted, to_least), 0.0))
    return Levels(
        reorder_point=point,
        order_up_to_level=up_to,
        compared=point - offset,
        wanted=wanted,
        before_breaks=np.where(wanted == levels.wanted, levels.before_breaks, np.nan),
    )


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
