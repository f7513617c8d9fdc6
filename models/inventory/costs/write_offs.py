"""What is written off: the part of a delivery that is left when it spoils, or when the item ends."""

from dataclasses import dataclass

import numpy as np
from scipy import special

from features.arrays import Floats, Ints
from models.inventory.costs.unit_costs import ItemCosts, critical_ratio
from models.inventory.position.outlook import DailyMeans
from models.inventory.position.state import InventoryState
from models.inventory.terms.columns import numbers
from models.inventory.terms.service_targets import HIGHEST_TARGET


@dataclass(frozen=True)
class WriteOffs:
    """When a delivery becomes worthless, told by the demand until then. Arrays (items,).

    Attributes
    ----------
    demand_ratio: demand from the order's arrival until that day over the demand of the window; NaN for never.
    spared: units of the demand after that day which the last order would bring anyway, so that an order of now loses
        nothing by them; 0 where this order is the last one, or what spoils is not the item's last.
    unit_loss: what a unit left then costs, base currency.
    """

    demand_ratio: Floats
    spared: Floats
    unit_loss: Floats

    def take(self, rows: Ints) -> "WriteOffs":
        """Some items."""
        return WriteOffs(self.demand_ratio[rows], self.spared[rows], self.unit_loss[rows])


def write_offs(state: InventoryState, costs: ItemCosts, means: DailyMeans, salvage_share: float) -> WriteOffs:
    """Write-offs of what an order placed now brings: at the end of its shelf life, or of the item's life before.

    A delivery is taken to be fresh when it arrives. What spoils is lost, what is left at the end brings its salvage.
    Where more orders follow before the end, the last of them is a newsvendor of its own: a unit of now is lost only
    where the demand until then leaves more than that one would have brought, and as far as its demand D does not take
    it, E[D | D beyond its quantile] in all.

    Parameters
    ----------
    state, costs, means: of the same items.
    salvage_share: of a unit's cost, what one left at the end still brings.
    """
    shelf_days = numbers(state.items, "shelf_life_days")
    first, until = (state.offset(day) for day in (state.calendar.expected_on, state.calendar.next_expected_on))
    spoils = np.where(shelf_days > 0, first + np.nan_to_num(shelf_days), np.inf)
    ends = np.where(np.isnat(state.ends_on), np.inf, state.offset(state.ends_on))
    review = np.maximum((state.calendar.next_placed_on - state.calendar.placed_on).astype(np.float64), 1.0)
    placed = state.offset(state.calendar.placed_on)
    following = np.ceil((np.where(np.isfinite(ends), ends, 0.0) - first) / review) - 1
    last_order = np.where(following > 0, np.maximum(placed + following * review, first), ends)
    worthless = np.minimum(spoils, last_order)
    ratio = np.full(len(state), np.nan)
    rows = np.flatnonzero(np.isfinite(worthless))
    if len(rows):
        sold = _between(means, rows, first[rows], worthless[rows].astype(np.int64))
        window = _between(means, rows, first[rows], np.minimum(until[rows], ends[rows]).astype(np.int64))
        # Before the first sale of a launch the window says nothing.
        none = np.where(sold > 0, np.nan, 0.0)
        ratio[rows] = np.divide(sold, window, out=none, where=window > 0)
    loss = np.where(spoils <= worthless, 1.0, 1.0 - salvage_share) * costs.unit_cost
    spared, rows = np.zeros(len(state)), np.flatnonzero(last_order < np.minimum(ends, spoils))
    if len(rows):
        rest = _between(means, rows, last_order[rows].astype(np.int64), ends[rows].astype(np.int64))
        final = np.clip(critical_ratio(costs.underage, loss)[rows], 0.0, HIGHEST_TARGET)
        total = state.protection.take(rows)
        spread = total.sd * np.sqrt(np.divide(rest, total.mean, out=np.ones(len(rows)), where=total.mean > 0))
        score = special.ndtri(np.maximum(final, 1 - HIGHEST_TARGET))
        spared[rows] = rest + spread * np.exp(-np.square(score) / 2) / np.sqrt(2 * np.pi) / (1 - final)
    return WriteOffs(ratio, spared, loss)


def _between(means: DailyMeans, rows: Ints, first: Ints, last: Ints) -> Floats:
    """Expected units of the days after `first` up to and including `last`."""
    padded = np.concatenate([np.zeros((len(rows), 1)), means.cumulative[rows]], axis=1)
    length = means.cumulative.shape[1]
    each = np.arange(len(rows))
    found = padded[each, np.clip(last, 0, length)] - padded[each, np.clip(first, 0, length)]
    return np.asarray(np.maximum(found, 0.0))
