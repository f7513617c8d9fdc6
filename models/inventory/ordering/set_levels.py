"""The levels of each item by its service target or classical policy, and what people set."""

import numpy as np

from features.arrays import Floats, Texts
from models.inventory.ordering.classical import BY_EXPECTED_COST, classical_levels
from models.inventory.ordering.levels import Levels, backordered_levels, lost_sales_levels, with_set_levels
from models.inventory.ordering.required import minimum_stock
from models.inventory.position.state import Situation
from models.inventory.position.stock_flow import StockFlow
from models.inventory.terms.columns import numbers
from models.inventory.terms.service_targets import Targets


def levels_by_target(
    known: Situation,
    targets: Targets,
    flow: StockFlow,
    policy: Texts,
    economic: Floats,
    batch: Floats,
) -> Levels:
    """The levels of each item by its target, or its classical policy."""
    if flow.projection is None:
        levels = backordered_levels(
            known.position,
            targets=targets,
            until_arrival=known.until_arrival,
            protection=known.protection,
            economic_units=economic,
            batch_units=batch,
        )
    else:
        levels = lost_sales_levels(
            known.position,
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
        known.position[rows],
        targets=targets.take(rows),
        until_arrival=known.until_arrival.take(rows),
        protection=known.protection.take(rows),
        economic_units=economic[rows],
    )
    return levels.with_rows(rows, named)


def with_peoples_levels(known: Situation, levels: Levels) -> Levels:
    """The levels of each item with what people set."""
    return with_set_levels(
        levels,
        known.position,
        lowest_level=minimum_stock(known),
        set_level=known.protection.mean + numbers(known.parameters, "safety_stock_units"),
        step=known.items["unit_step"].to_numpy(dtype=np.float64),
    )
