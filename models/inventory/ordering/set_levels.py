"""The levels of each item by its service target or classical policy, and what people set."""

import numpy as np

from features.arrays import Floats, Texts
from models.inventory.ordering.classical import BY_EXPECTED_COST, classical_levels
from models.inventory.ordering.levels import Levels, backordered_levels, lost_sales_levels, with_set_levels
from models.inventory.ordering.required import minimum_stock
from models.inventory.position.state import InventoryState
from models.inventory.position.stock_flow import StockFlow
from models.inventory.terms.columns import numbers
from models.inventory.terms.service_targets import Targets


def levels_by_target(
    state: InventoryState,
    targets: Targets,
    flow: StockFlow,
    policy: Texts,
    economic: Floats,
    batch: Floats,
) -> Levels:
    """The levels of each item by its target, or its classical policy."""
    if flow.projection is None:
        levels = backordered_levels(
            state.position,
            targets=targets,
            until_arrival=state.until_arrival,
            protection=state.protection,
            economic_units=economic,
            batch_units=batch,
        )
    else:
        levels = lost_sales_levels(
            state.position,
            flow.free,
            flow.owed,
            flow.counted,
            targets=targets,
            projection=flow.projection,
            economic_units=economic,
        )
    rows = np.flatnonzero(policy != BY_EXPECTED_COST)
    if not len(rows):
        return levels
    named = classical_levels(
        policy[rows],
        state.position[rows],
        targets=targets.take(rows),
        until_arrival=state.until_arrival.take(rows),
        protection=state.protection.take(rows),
        economic_units=economic[rows],
    )
    return levels.with_rows(rows, named)


def apply_overrides(state: InventoryState, levels: Levels) -> Levels:
    """The levels of each item with what people set."""
    return with_set_levels(
        levels,
        state.position,
        lowest_level=minimum_stock(state),
        set_level=state.protection.mean + numbers(state.parameters, "safety_stock_units"),
        step=state.items["unit_step"].to_numpy(dtype=np.float64),
    )
