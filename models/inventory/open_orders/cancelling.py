"""The saving of cancelling an open order line: it lies for long, or is left over when the item ends."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from features.arrays import Flags, Floats, Ints
from models.demand.distribution.demand_distribution import DemandDistribution
from models.inventory.open_orders.lines import CANCEL, COLUMNS, SURELY_COME, OpenLines, rounds_of_items, spare_units
from models.inventory.recommendations.plan import Plan

STILL_NEEDED = 0.1
"""A line of which this share is expected to be sold within the horizon is needed: it may be late, not cancelled."""
_POINTS = 12
_NEVER = 10**6


@dataclass(frozen=True)
class CancellationValues:
    """Arrays (lines,).

    Attributes
    ----------
    saving: holding and write-off saved less the sales lost, base currency.
    holding, write_off: saved, base currency.
    lost: expected units that are not sold for want of the line.
    left_over: expected units of the line not sold by the item's end, or by the horizon.
    is_unneeded: not needed within the horizon, or the item ends.
    """

    saving: Floats
    holding: Floats
    write_off: Floats
    lost: Floats
    left_over: Floats
    is_unneeded: Flags


def propose_cancellations(plan: Plan, distribution: DemandDistribution, lines: OpenLines) -> pd.DataFrame:
    """Proposals to cancel: a frame of `lines.COLUMNS`.

    They are lines that are not needed within the horizon, or that an item's end makes worthless; the last to come is
    looked at first. What is to come after a line serves nobody until then, and what may still be late cannot be counted
    on by an empty shelf: a line that one waits for stays.
    """
    items = len(plan.state)
    supply = np.maximum(np.nan_to_num(plan.state.stock.available), 0.0)
    supply += np.bincount(lines.item, weights=lines.units, minlength=items)[:items]
    spare = spare_units(plan)
    stays = np.ones(len(lines.item), dtype=bool)
    waiting = np.flatnonzero(lines.can_postpone)
    surely = plan.state.offset(plan.state.supply.arrivals.quantile(SURELY_COME)) if len(lines.item) else lines.arrives
    found = []
    for rows in rounds_of_items(waiting[np.argsort(-lines.arrives[waiting], kind="stable")], lines.item):
        item, units = lines.item[rows], lines.units[rows]
        before, following = _supply_around(plan, lines, rows, stays, lines.arrives)
        result = cancellation_values(
            plan, distribution, item, units, lines.arrives[rows], supply[item] - units, before, following
        )
        certain, _ = _supply_around(plan, lines, rows, stays, surely)
        good = result.is_unneeded & ~_awaited(plan, distribution, item, units, lines.arrives[rows], certain)
        good &= result.saving >= lines.minimum_saving[rows]
        good &= lines.counted[rows] < spare[item]  # what is cancelled tonight must not be ordered anew tomorrow
        spare[item] -= np.where(good, lines.counted[rows], 0.0)
        supply[item] -= np.where(good, units, 0.0)
        stays[rows] = ~good
        frame = pd.DataFrame(
            {
                "line": rows,
                "item": item,
                "action": CANCEL,
                "days": 0,
                "saving": result.saving,
                "units": units,
                "served": -result.lost,
                "holding": result.holding,
                "write_off": result.write_off,
                "left_over": result.left_over,
            }
        )
        found.append(frame[good])
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=COLUMNS)


def _awaited(
    plan: Plan, distribution: DemandDistribution, item: Ints, units: Floats, arrives: Ints, certain: Floats
) -> Flags:
    """(lines,) whether an empty shelf waits for a line, and needs more than a little of it.

    The shelf is empty where the mean demand until the line's day is more than what is available and has surely come by
    then. Of an item that ends every lost sale is priced, and what is left over with it: the saving decides.

    Parameters
    ----------
    certain: (lines,) units available or surely come by the line's day; the others as in `cancellation_values`.
    """
    part, horizon = distribution.take(item), int(distribution.lengths_days.sum())
    arrives = np.minimum(arrives, horizon)
    empty = certain < part.interval(1, np.maximum(arrives, 1)).mean
    until = np.minimum(arrives + plan.rules.cancel_if_unneeded_days, horizon)
    total = part.interval(np.minimum(arrives + 1, until), until)
    needed = total.mean - total.expected_shortage(units)
    return np.asarray(empty & (needed > STILL_NEEDED * units) & np.isnat(plan.state.ends_on[item]))


def _supply_around(plan: Plan, lines: OpenLines, rows: Ints, stays: Flags, comes: Ints) -> tuple[Floats, Ints]:
    """Of lines, one an item: units available or to come by their day without them, and the day of the next to come.

    `stays` (all lines): not cancelled. `comes` (all lines): day on which the others are taken to come. The day is a far
    one where nothing comes afterwards.
    """
    place = np.full(len(plan.state), -1, dtype=np.int64)
    place[lines.item[rows]] = np.arange(len(rows))
    own = np.zeros(len(lines.item), dtype=bool)
    own[rows] = True
    other = np.flatnonzero(stays & ~own & (place[lines.item] >= 0))
    at = place[lines.item[other]]
    later = comes[other] > lines.arrives[rows][at]
    before = np.maximum(np.nan_to_num(plan.state.stock.available), 0.0)[lines.item[rows]]
    np.add.at(before, at[~later], lines.units[other[~later]])
    following = np.full(len(rows), _NEVER, dtype=np.int64)
    np.minimum.at(following, at[later], comes[other[later]])
    return before, following


def cancellation_values(
    plan: Plan,
    distribution: DemandDistribution,
    item: Ints,
    units: Floats,
    arrives: Ints,
    others: Floats,
    before: Floats,
    following: Ints,
) -> CancellationValues:
    """What cancelling lines would save, one an item.

    A line is used last: of demand until day t it serves E[(D - x)+] - E[(D - x - u)+], where x is everything else.
    But what comes after it serves nobody before: of demand between its arrival and the next one's it serves what the
    stock that is left then does not, and this at least is lost without it. Of an item that goes on, what is sold after
    a new order could have come is not lost by cancelling; of one that ends, every sale is, and what is left at the end
    is written off but for its salvage.

    Parameters
    ----------
    plan: the decided bucket. distribution: the demand that was decided on.
    item, units, arrives: (lines,) row of the item, open units, likely arrival in days after `as_of`.
    others: (lines,) units available and on their way without the line.
    before: (lines,) of these, what is available or comes by the line's day.
    following: (lines,) day on which the next of the others comes.

    Source: marginal analysis of the newsvendor; docs/method.md, Open orders.
    """
    state, rules, costs = plan.state, plan.rules, plan.costs
    part = distribution.take(item)
    horizon = int(distribution.lengths_days.sum())
    ends = state.ends_on[item]
    is_ending = ~np.isnat(ends)
    last = np.where(is_ending, np.minimum(state.offset(ends), horizon), horizon).astype(np.int64)
    arrives = np.minimum(arrives, horizon)

    def served(until: Ints) -> Floats:
        total = part.interval(1, np.minimum(until, last))
        found = total.expected_shortage(others) - total.expected_shortage(others + units)
        return np.where(until < arrives, 0.0, np.clip(found, 0.0, units))

    stock = np.maximum(before - part.interval(1, np.maximum(arrives, 1)).mean, 0.0)

    def bridged(until: Ints) -> Floats:
        end = np.minimum(np.minimum(until, following - 1), last)
        gap = part.interval(arrives + 1, np.maximum(end, arrives + 1))
        found = gap.expected_shortage(stock) - gap.expected_shortage(stock + units)
        return np.where(end > arrives, np.clip(found, 0.0, units), 0.0)

    span = np.maximum(last - arrives, 0)
    days = [arrives + np.rint(span * point / _POINTS).astype(np.int64) for point in range(_POINTS + 1)]
    left = np.stack([units - served(day) for day in days], axis=1)
    unit_days = (0.5 * (left[:, 1:] + left[:, :-1]) * np.diff(np.stack(days, axis=1), axis=1)).sum(axis=1)
    left_over = np.where(arrives > last, units, left[:, -1])
    replaced = np.maximum(arrives, state.offset(state.calendar.next_expected_on)[item])
    lost = np.where(is_ending, units - left_over, np.maximum(served(replaced), bridged(replaced)))
    holding = costs.holding_per_unit_day[item] * unit_days
    write_off = np.where(is_ending, costs.unit_cost[item] * (1 - rules.salvage_share_of_cost) * left_over, 0.0)
    until = np.minimum(arrives + rules.cancel_if_unneeded_days, horizon)
    soon = np.maximum(served(until), bridged(until))
    return CancellationValues(
        saving=holding + write_off - np.maximum(costs.underage[item], 0.0) * lost,
        holding=holding,
        write_off=write_off,
        lost=lost,
        left_over=left_over,
        is_unneeded=is_ending | (soon <= STILL_NEEDED * units),
    )
