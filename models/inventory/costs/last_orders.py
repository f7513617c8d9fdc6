"""The end of an item's life: how much still sells, and which order is the last.

An item ends when it is discontinued or phased out, whichever is first. An order whose successor would arrive on or
after that day is the last one: a newsvendor over the rest of life, of which what is left brings its salvage only.
What orders before it may leave at the end is weighed by the cost curve (`write_offs`).

Source: newsvendor with salvage, e.g. Silver, Pyke & Thomas, Inventory and Production Management in Supply Chains, 4th
ed., ch. 9; docs/method.md, Ending items.
"""

import numpy as np

from features.arrays import Flags, Floats, Ints
from models.inventory.costs.unit_costs import ItemCosts, critical_ratio
from models.inventory.position.state import InventoryState

_HIGHEST = 1 - 1e-9


def is_last_order(state: InventoryState) -> Flags:
    """(items,) whether the next order would arrive when the item is sold no more."""
    return np.asarray(~np.isnat(state.ends_on) & (state.calendar.next_expected_on >= state.ends_on))


def final_ratio(state: InventoryState, costs: ItemCosts, salvage_share: float) -> Floats:
    """(items,) the newsvendor's ratio of the last order: what is left at the end brings its salvage; 1 without an end.

    Parameters
    ----------
    state, costs: of the same items.
    salvage_share: of a unit's cost, what one left at the end still brings.
    """
    last = np.where(np.isnat(state.ends_on), 0, state.offset(state.ends_on))
    lost = costs.unit_cost * (1 - salvage_share) + costs.holding_per_unit_day * np.maximum(last, 1)
    return np.where(np.isnat(state.ends_on), 1.0, critical_ratio(costs.underage, lost))


def sold_from_arrival(state: InventoryState, costs: ItemCosts, salvage_share: float) -> Floats:
    """(items,) units worth having when an order placed now arrives: a newsvendor until the end; infinity without one.

    Parameters
    ----------
    state, costs, salvage_share: see `final_ratio`.
    """
    return _sold_until_end(state, costs, salvage_share, state.offset(state.calendar.expected_on) + 1)


def sellable_before_end(state: InventoryState, costs: ItemCosts, salvage_share: float) -> Floats:
    """(items,) the position that still sells out by the item's end, a newsvendor over its rest; infinity without one.

    Parameters
    ----------
    state, costs, salvage_share: see `final_ratio`.
    """
    return _sold_until_end(state, costs, salvage_share, np.ones(len(state), dtype=np.int64))


def _sold_until_end(state: InventoryState, costs: ItemCosts, salvage_share: float, first: Ints) -> Floats:
    """(items,) the newsvendor's quantile of demand from day `first` to the end; infinity without one, 0 after it."""
    sold = np.full(len(state), np.inf)
    ending = np.flatnonzero(~np.isnat(state.ends_on))
    if not len(ending):
        return sold
    part = state.demand.take(ending)
    last = np.minimum(state.offset(state.ends_on[ending]), int(part.lengths_days.sum()))
    begin = np.minimum(first[ending], np.maximum(last, 1))
    ratio = np.clip(final_ratio(state, costs, salvage_share)[ending], 0.0, _HIGHEST)
    total = part.interval(begin, np.maximum(last, 1))
    sold[ending] = np.where(first[ending] <= last, total.quantile(ratio), 0.0)
    return sold
