"""Open order lines on another day: which move saves most, on the paths of the items where a move could pay.

Let short_t be the units of demand that find no stock until the end of day t when the line does not come at all. A line
of u units that can be sold from day p on changes nothing before p, and after it serves

    served_t = min(u, short_t - short_p)

of them, the rest of the line lies in stock: more stock at a point of time lowers the regulator of a process that is
kept at or above zero by as much as there is of it. So one walk without the line prices every day on which it could
come. Two days are compared until the later one: from then on both have the same units under way or sold, and orders
placed later make up for what was sold.

Source: docs/method.md, Open orders; reflection at zero, e.g. Asmussen (2003), Applied Probability and Queues, III.7.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from features.arrays import Flags, Floats, Ints
from models.demand.distribution.demand_distribution import DemandDistribution
from models.inventory.open_orders.lines import (
    COLUMNS,
    EXPEDITE,
    POSTPONE,
    SURELY_COME,
    OpenLines,
    rounds_of_items,
    spare_units,
)
from models.inventory.position.projected_paths import drawn_days
from models.inventory.recommendations.plan import Plan

EARLIER_DAYS = (-2, -4, -7, -10, -14, -21, -28, -42, -56)
LATER_DAYS = (7, 14, 21, 28, 42, 56, 84, 112)
SCENARIOS = 128
"""Paths used at most: people read the saving, no quantity depends on it."""
NEARLY_ALL = 0.8
"""The smallest move is proposed that saves this share of the best: the less is asked, the sooner it is granted."""
ITEMS_AT_ONCE = 48


@dataclass(frozen=True)
class _Block:
    """Some items on their paths.

    Attributes
    ----------
    place: (items,) row of each item of the bucket in the block, -1 for none.
    demand, inflow: (block, scenarios, days); `inflow` holds everything on its way and changes with what is moved.
    lands: by line, (scenarios,) the day from which it can be sold.
    """

    place: Ints
    demand: Floats
    inflow: Floats
    lands: dict[int, Ints]


def propose_moves(plan: Plan, distribution: DemandDistribution, lines: OpenLines, cancelled: Flags) -> pd.DataFrame:
    """Proposals to expedite or postpone: a frame of `lines.COLUMNS`.

    Parameters
    ----------
    lines: open lines; cancelled: (lines,) cancelled, so that they come no more.
    """
    gone = np.where(cancelled, lines.counted, 0.0)
    spare = spare_units(plan) - np.bincount(lines.item, weights=gone, minlength=len(plan.state))
    sooner, later = _candidate_lines(plan, distribution, lines, cancelled)
    items = np.unique(lines.item[sooner | later])
    found: list[pd.DataFrame] = []
    for start in range(0, len(items), ITEMS_AT_ONCE):
        block = _block(plan, distribution, lines, cancelled, items[start : start + ITEMS_AT_ONCE])
        inside = block.place[lines.item] >= 0
        early, late = np.flatnonzero(sooner & inside), np.flatnonzero(later & inside)
        early = early[np.argsort(lines.arrives[early], kind="stable")]
        late = late[np.argsort(-lines.arrives[late], kind="stable")]
        expedited = _worthwhile(plan, lines, block, early, EARLIER_DAYS, spare)
        late = late[~np.isin(late, expedited["line"].to_numpy(dtype=np.int64))]
        found += [expedited, _worthwhile(plan, lines, block, late, LATER_DAYS, spare)]
    filled = [part for part in found if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=COLUMNS)


def _candidate_lines(
    plan: Plan, distribution: DemandDistribution, lines: OpenLines, cancelled: Flags
) -> tuple[Flags, Flags]:
    """(lines,) which lines could gain enough by coming earlier, and by coming later, at the very best."""
    state, costs = plan.state, plan.costs
    item = lines.item
    horizon = int(distribution.lengths_days.sum())
    free = np.maximum(np.nan_to_num(state.stock.available), 0.0)
    latest = state.supply.arrivals.quantile(SURELY_COME)
    until = np.clip(state.offset(latest), 1, horizon)
    sooner = lines.can_expedite & ~cancelled & (lines.arrives > lines.soonest)
    rows = np.flatnonzero(sooner)
    short = distribution.take(item[rows]).interval(1, until[rows]).expected_shortage(free[item[rows]])
    best = np.maximum(costs.underage[item[rows]], 0.0) * np.minimum(short, lines.units[rows])
    sooner[rows] = best >= lines.minimum_saving[rows]
    held = costs.holding_per_unit_day[item] * lines.units * LATER_DAYS[-1]
    others = np.bincount(item, weights=np.where(cancelled, 0.0, lines.units), minlength=len(state))[item] - lines.units
    day = np.clip(lines.arrives + LATER_DAYS[0] - 1, 0, plan.means.cumulative.shape[1] - 1)
    lasts = plan.means.cumulative[item, day] <= free[item] + others
    # Of an item that ends, what comes later is left over: it is cancelled or taken.
    return sooner, lines.can_postpone & ~cancelled & (held >= lines.minimum_saving) & lasts & np.isnat(
        state.ends_on[item]
    )


def _block(plan: Plan, distribution: DemandDistribution, lines: OpenLines, cancelled: Flags, items: Ints) -> _Block:
    """The paths of some items with all that comes to them: open lines not cancelled, and the order suggested."""
    state = plan.state
    scenarios = min(plan.rules.scenarios, SCENARIOS)
    place = np.full(len(state), -1, dtype=np.int64)
    place[items] = np.arange(len(items))
    rows = np.flatnonzero((place[lines.item] >= 0) & (lines.units > 0) & ~cancelled)
    furthest = int(lines.arrives[rows].max(initial=0)) + LATER_DAYS[-1] + 28
    days = min(furthest, int(distribution.lengths_days.sum()))
    demand = distribution.take(items).daily_paths(scenarios, days)
    ends = state.ends_on[items]
    after = np.arange(1, days + 1) > np.where(np.isnat(ends), days, state.offset(ends))[:, None]
    demand *= ~after[:, None, :]
    kinds = state.supply.lines[["kind", "order_number"]].to_numpy()[rows]
    today = np.datetime64(state.as_of, "D")
    drawn = drawn_days(state.supply.arrivals.take(rows), scenarios, [f"{kind}|{number}" for kind, number in kinds])
    landed = np.clip((drawn - today).astype(np.int64), 0, days)
    names = [f"first|{sku}|{at}" for sku, at in state.items.loc[items, ["sku", "location"]].to_numpy()]
    ordered = np.clip((drawn_days(state.arrival.take(items), scenarios, names) - today).astype(np.int64), 0, days)
    inflow = np.zeros((len(items), scenarios, days + 1))
    every = np.arange(scenarios)
    for row, day in zip(rows, landed, strict=True):
        inflow[place[lines.item[row]], every, day] += lines.units[row]
    np.add.at(inflow, (np.arange(len(items))[:, None], every, ordered), plan.order[items][:, None])
    return _Block(place, demand, inflow[:, :, :days], {int(row): day for row, day in zip(rows, landed, strict=True)})


def _worthwhile(
    plan: Plan, lines: OpenLines, block: _Block, rows: Ints, shifts: tuple[int, ...], spare: Floats
) -> pd.DataFrame:
    """The lines `rows` that pay to move, one of each item at a time in their order; changes the block's inflow.

    A line that the position counts stays within the protection interval, unless the position can `spare` it: what is
    turned away tonight must not be ordered anew tomorrow.
    """
    state, costs = plan.state, plan.costs
    interval = state.offset(state.calendar.next_expected_on)
    days, every = block.demand.shape[2], np.arange(block.demand.shape[1])
    moved_by = np.array(shifts, dtype=np.int64)
    found = []
    for some in rounds_of_items(rows, lines.item):
        item, units, soonest = lines.item[some], lines.units[some], lines.soonest[some]
        at = block.place[item]
        lands = np.stack([block.lands[int(row)] for row in some])
        others = block.inflow[at]
        taken = (np.arange(len(some))[:, None], every, np.minimum(lands, days - 1))
        np.add.at(others, taken, np.where(lands < days, -units[:, None], 0.0))
        available = np.maximum(np.nan_to_num(state.stock.available[item]), 0.0)
        short = short_by_day(available, others, block.demand[at])
        orderable = interval[item][:, None]
        served, holding = np.zeros((len(some), len(shifts))), np.zeros((len(some), len(shifts)))
        for column, shift in enumerate(shifts):
            then = np.clip(lands + shift, np.minimum(lands, soonest[:, None]), days)
            first, last = np.minimum(then, lands), np.maximum(then, lands)
            sold, unit_days = effect_of_move(short, units, first, last)
            if shift < 0:  # what is short later than an order can come is that order's, not the hurried line's
                sold, _ = effect_of_move(short, units, first, np.maximum(first, np.minimum(last, orderable)))
            served[:, column] = -np.sign(shift) * sold
            holding[:, column] = np.sign(shift) * unit_days * costs.holding_per_unit_day[item]
        possible = lines.arrives[some][:, None] + moved_by
        saving = np.maximum(costs.underage[item], 0.0)[:, None] * served + holding
        leaves = (lines.counted[some] > 0)[:, None] & (possible > interval[item][:, None])
        kept = ~leaves | (lines.counted[some] < spare[item])[:, None]
        saving = np.where((possible >= soonest[:, None]) & (possible < days) & kept, saving, -np.inf)
        best = saving.max(axis=1)
        choice = (saving >= np.maximum(NEARLY_ALL * best, lines.minimum_saving[some])[:, None]).argmax(axis=1)
        line = np.arange(len(some))
        good = np.flatnonzero(best >= lines.minimum_saving[some])
        found.append(
            pd.DataFrame(
                {
                    "line": some,
                    "item": item,
                    "action": EXPEDITE if shifts[0] < 0 else POSTPONE,
                    "days": moved_by[choice],
                    "saving": saving[line, choice],
                    "units": units,
                    "served": served[line, choice],
                    "holding": holding[line, choice],
                    "write_off": 0.0,
                    "left_over": 0.0,
                }
            ).iloc[good]
        )
        left = leaves[line, choice]
        spare[item[good]] -= np.where(left[good], lines.counted[some][good], 0.0)
        for row in good:
            then = np.clip(lands[row] + moved_by[choice[row]], 0, days)
            block.lands[int(some[row])] = then
            for day, sign in ((lands[row], -1.0), (then, 1.0)):
                inside = day < days
                block.inflow[at[row], every[inside], day[inside]] += sign * units[row]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=COLUMNS)


def short_by_day(available: Floats, inflow: Floats, demand: Floats) -> Floats:
    """Units of demand that find no stock, added up over the days.

    Parameters
    ----------
    available: (n,) units that can be sold now.
    inflow: (n, scenarios, days) units that become sellable at each day's start.
    demand: (n, scenarios, days).

    Returns
    -------
    (n, scenarios, days + 1): before the first day (0), and at the end of each day.

    >>> short_by_day(np.array([3.0]), np.array([[[0.0, 0.0, 4.0]]]), np.array([[[2.0, 2.0, 5.0]]])).tolist()
    [[[0.0, 0.0, 1.0, 2.0]]]
    """
    short = np.zeros((*demand.shape[:2], demand.shape[2] + 1))
    net = np.cumsum(inflow - demand, axis=2)
    net += np.maximum(available, 0.0)[:, None, None]
    np.negative(net, out=net)
    np.maximum(net, 0.0, out=net)
    np.maximum.accumulate(net, axis=2, out=short[:, :, 1:])
    return short


def values_on_day(values: Floats, day: Ints) -> Floats:
    """(n, scenarios) values of (n, scenarios, days) on each path's own day."""
    inside = np.clip(day, 0, values.shape[2] - 1)
    return np.asarray(np.take_along_axis(values, inside[:, :, None], axis=2)[:, :, 0])


def effect_of_move(short: Floats, units: Floats, first: Ints, second: Ints) -> tuple[Floats, Floats]:
    """What a line sells and how long it lies between two possible days of arrival.

    Parameters
    ----------
    short: see `short_by_day`, without the line; (n, scenarios, days + 1).
    units: (n,) of the line.
    first, second: (n, scenarios) index of the first day on which the line can be sold; first <= second.

    Returns
    -------
    sold (n,): expected units that the line serves before `second` when it comes on `first`.
    unit_days (n,): expected days that its units lie in stock meanwhile, added up over the units.
    """
    size = units[:, None]
    begin = values_on_day(short, first)
    sold = np.minimum(size, values_on_day(short, second) - begin)
    start, end = int(first.min(initial=0)), int(second.max(initial=0))
    since = np.maximum(short[:, :, start + 1 : end + 1] - begin[:, :, None], 0.0)
    day = np.arange(start, start + since.shape[2])
    between = (day >= first[:, :, None]) & (day < second[:, :, None])
    lying = np.where(between, np.maximum(size[:, :, None] - since, 0.0), 0.0)
    return sold.mean(axis=1), lying.sum(axis=2).mean(axis=1)
