"""Shelf life: the largest position that still pays."""

import numpy as np

from features.arrays import Floats
from models.inventory.costs.unit_costs import ItemCosts, critical_ratio
from models.inventory.position.state import InventoryState
from models.inventory.terms.columns import numbers


def sellable_before_expiry(state: InventoryState, costs: ItemCosts) -> Floats:
    """(items,) the largest position of which a unit more is more likely spoilt than its margin is worth; else infinity.

    Source: newsvendor, e.g. Silver, Pyke & Thomas (2017), ch. 9.
    """
    days = numbers(state.items, "shelf_life_days")
    most = np.full(len(state), np.inf)
    rows = np.flatnonzero(days > 0)
    if not len(rows):
        return most
    part = state.demand.take(rows)
    horizon = int(part.lengths_days.sum())
    first = np.clip(state.offset(state.calendar.expected_on)[rows], 0, horizon - 1)
    spoils = np.clip(first + days[rows].astype(np.int64), first + 1, horizon)
    ratio = critical_ratio(costs.underage[rows], costs.unit_cost[rows])
    most[rows] = part.interval(1, spoils).quantile(np.clip(ratio, 0.0, 1 - 1e-9))
    return most
