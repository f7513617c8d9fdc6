"""The end of an item's life: what a unit too many loses, how much still sells, which order is the last.

An item ends when it is discontinued or phased out, whichever is first. An order whose successor would arrive on or
after that day is the last one: a newsvendor over the rest of life, of which what is left brings its salvage only.
Orders before it lose a unit with the chance that nothing is sold after the next arrival.

Source: newsvendor with salvage, e.g. Silver, Pyke & Thomas, Inventory and Production Management in Supply Chains, 4th
ed., ch. 9; docs/method.md, Ending items.
"""

from dataclasses import replace

import numpy as np

from features.arrays import Flags, Floats
from models.inventory.costs.unit_costs import ItemCosts, critical_ratio, with_write_off
from models.inventory.position.state import InventoryState

_HIGHEST = 1 - 1e-9


def is_last_order(state: InventoryState) -> Flags:
    """(items,) whether the next order would arrive when the item is sold no more."""
    return np.asarray(~np.isnat(state.ends_on) & (state.calendar.next_expected_on >= state.ends_on))


def with_end_of_life(state: InventoryState, costs: ItemCosts, salvage_share: float) -> tuple[ItemCosts, Floats]:
    """Costs with the write-off of items that end, and the position that still sells out.

    Parameters
    ----------
    state, costs: of the same items.
    salvage_share: of a unit's cost, what one left at the end still brings.

    Returns
    -------
    costs; sellable (items,): the rest of life's newsvendor quantity, infinity
    for items without an end.
    """
    sellable = np.full(len(state), np.inf)
    ending = np.flatnonzero(~np.isnat(state.ends_on))
    if not len(ending):
        return costs, sellable
    part = state.demand.take(ending)
    horizon = int(part.lengths_days.sum())
    last = np.minimum(state.offset(state.ends_on[ending]), horizon)
    after = np.minimum(state.offset(state.calendar.next_expected_on[ending]) + 1, horizon)
    unsold = part.cdf(0.0, np.maximum(after, 1), np.maximum(last, 1))
    chance = np.zeros(len(state))
    chance[ending] = np.where(after <= last, unsold, 1.0)
    overage, ratio = with_write_off(costs, chance * (1 - salvage_share))
    lost = costs.unit_cost[ending] * (1 - salvage_share)
    final = critical_ratio(costs.underage[ending], lost + costs.holding_per_unit_day[ending] * np.maximum(last, 1))
    total = part.interval(1, last)
    sellable[ending] = np.where(last > 0, total.quantile(np.clip(final, 0.0, _HIGHEST)), 0.0)
    return replace(costs, overage=overage, critical_ratio=ratio), sellable
