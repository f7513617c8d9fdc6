"""Shelf life: how much of a delivery is sold before it spoils, and the largest order that still pays."""

from dataclasses import dataclass, replace

import numpy as np

from features.arrays import Floats, Ints
from models.inventory.costs.unit_costs import ItemCosts, critical_ratio, with_write_off
from models.inventory.position.outlook import DailyMeans
from models.inventory.position.state import InventoryState
from models.inventory.terms.columns import numbers


@dataclass(frozen=True)
class Freshness:
    """How long a delivery can be sold, for items with a shelf life. Arrays (items,).

    Attributes
    ----------
    demand_ratio: demand until a delivery spoils over the demand of the window; NaN: it never spoils.
    unit_cost: what a spoilt unit costs, base currency.
    """

    demand_ratio: Floats
    unit_cost: Floats


def freshness(state: InventoryState, costs: ItemCosts, means: DailyMeans, *, is_lost: bool) -> Freshness:
    """Demand until the delivery of an order placed now spoils, over that of the window; see `Freshness`.

    A delivery is taken to be fresh when it arrives. Where unmet demand is lost the window begins with the arrival,
    else now.
    """
    days = numbers(state.items, "shelf_life_days")
    ratio = np.full(len(state), np.nan)
    rows = np.flatnonzero(days > 0)
    if len(rows):
        first = state.offset(state.calendar.expected_on)[rows]
        begin = first if is_lost else np.zeros(len(rows), dtype=np.int64)
        until = state.offset(state.calendar.next_expected_on)[rows]
        sold = _between(means, rows, begin, first + days[rows].astype(np.int64))
        window = _between(means, rows, begin, until)
        ratio[rows] = np.divide(sold, window, out=np.zeros(len(rows)), where=window > 0)
    return Freshness(ratio, costs.unit_cost)


def with_spoilage(state: InventoryState, costs: ItemCosts, *, is_lost: bool) -> tuple[ItemCosts, Floats]:
    """Costs with the chance that a unit too many spoils, and the largest position that still pays, (items,).

    A unit is too many when the demand of the window stays below the level; it spoils when the demand of its whole shelf
    life does. The largest position is the newsvendor's: a unit more is more likely lost than its margin is worth.
    Where unmet demand is lost, the cost curve prices what spoils, and the costs stay.

    Parameters
    ----------
    state, costs: see there.
    is_lost: unmet demand is lost.
    """
    days = numbers(state.items, "shelf_life_days")
    chance, most = np.zeros(len(state)), np.full(len(state), np.inf)
    rows = np.flatnonzero(days > 0)
    if not len(rows):
        return costs, most
    part = state.demand.take(rows)
    horizon = int(part.lengths_days.sum())
    first = np.clip(state.offset(state.calendar.expected_on)[rows], 0, horizon - 1)
    until = np.clip(state.offset(state.calendar.next_expected_on)[rows], first + 1, horizon)
    spoils = np.clip(first + days[rows].astype(np.int64), first + 1, horizon)
    ratio = critical_ratio(costs.underage[rows], costs.unit_cost[rows])
    most[rows] = part.interval(1, spoils).quantile(np.clip(ratio, 0.0, 1 - 1e-9))
    if is_lost:
        return costs, most
    target = np.clip(costs.critical_ratio[rows], 1e-9, 1 - 1e-9)
    level = part.interval(first + 1, until).quantile(target)
    unsold = part.interval(first + 1, spoils).cdf(level - part.unit_step)
    chance[rows] = np.clip(unsold / target, 0.0, 1.0)
    overage, spoilt_ratio = with_write_off(costs, chance)
    return replace(costs, overage=overage, critical_ratio=spoilt_ratio), most


def _between(means: DailyMeans, rows: Ints, first: Ints, last: Ints) -> Floats:
    """Expected units of the days after `first` up to and including `last`."""
    padded = np.concatenate([np.zeros((len(rows), 1)), means.cumulative[rows]], axis=1)
    length = means.cumulative.shape[1]
    each = np.arange(len(rows))
    return np.asarray(padded[each, np.clip(last, 0, length)] - padded[each, np.clip(first, 0, length)])
