"""Open order lines on another day: which move saves most, on the paths of the items that are worth a look."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from features.arrays import Floats, Ints
from models.demand.distribution.demand_distribution import DemandDistribution
from models.inventory.open_orders.changeable_lines import Lines, rounds_of_items
from models.inventory.open_orders.line_worth import moved, short_by_day
from models.inventory.position.projected_paths import drawn_days
from models.inventory.recommendations.plan import Plan

EARLIER_DAYS = (-2, -4, -7, -10, -14, -21, -28, -42, -56)
LATER_DAYS = (7, 14, 21, 28, 42, 56, 84, 112)
SCENARIOS = 128
"""Paths used at most: a worth is told to people, no quantity hangs on it."""
NEARLY_ALL = 0.8
"""The smallest move is proposed that is worth this share of the best: the less is asked, the sooner it is granted."""
ITEMS_AT_ONCE = 48
SOONEST_DAYS = 2
"""A line cannot come earlier than so many days after people have decided."""
_SURELY_COME = 0.9


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


def moves(plan: Plan, distribution: DemandDistribution, lines: Lines, gone: NDArray[np.bool_]) -> pd.DataFrame:
    """Proposals to expedite or postpone; columns as of `open_order_actions`.

    Parameters
    ----------
    lines: open lines; gone: (lines,) cancelled, so that they come no more.
    """
    hurry, wait = _worth_a_look(plan, distribution, lines, gone)
    items = np.unique(lines.item[hurry | wait])
    found: list[pd.DataFrame] = []
    for start in range(0, len(items), ITEMS_AT_ONCE):
        block = _block(plan, distribution, lines, gone, items[start : start + ITEMS_AT_ONCE])
        inside = block.place[lines.item] >= 0
        early, late = np.flatnonzero(hurry & inside), np.flatnonzero(wait & inside)
        early = early[np.argsort(lines.arrives[early], kind="stable")]
        late = late[np.argsort(-lines.arrives[late], kind="stable")]
        hurried = _settled(plan, lines, block, early, EARLIER_DAYS)
        late = late[~np.isin(late, hurried["line"].to_numpy(dtype=np.int64))]
        found += [hurried, _settled(plan, lines, block, late, LATER_DAYS)]
    filled = [part for part in found if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame()


def _worth_a_look(
    plan: Plan, distribution: DemandDistribution, lines: Lines, gone: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """(lines,) which lines could gain enough by coming earlier, and by coming later, at the very best."""
    state, costs = plan.state, plan.costs
    item = lines.item
    horizon = int(distribution.lengths_days.sum())
    free = np.maximum(np.nan_to_num(state.stock.available), 0.0)
    latest = state.supply.arrivals.quantile(_SURELY_COME)
    until = np.clip(state.offset(latest), 1, horizon)
    hurry = lines.can_hurry & ~gone & (lines.arrives > plan.rules.decision_lag_days + SOONEST_DAYS)
    rows = np.flatnonzero(hurry)
    short = distribution.take(item[rows]).interval(1, until[rows]).expected_shortage(free[item[rows]])
    best = np.maximum(costs.underage[item[rows]], 0.0) * np.minimum(short, lines.units[rows])
    hurry[rows] = best >= lines.least[rows]
    held = costs.holding_per_unit_day[item] * lines.units * LATER_DAYS[-1]
    others = np.bincount(item, weights=np.where(gone, 0.0, lines.units), minlength=len(state))[item] - lines.units
    day = np.clip(lines.arrives + LATER_DAYS[0] - 1, 0, plan.means.cumulative.shape[1] - 1)
    lasts = plan.means.cumulative[item, day] <= free[item] + others
    # Of an item that ends, what comes later is left over: it is cancelled or taken.
    return hurry, lines.can_wait & ~gone & (held >= lines.least) & lasts & np.isnat(state.ends_on[item])


def _block(plan: Plan, distribution: DemandDistribution, lines: Lines, gone: NDArray[np.bool_], items: Ints) -> _Block:
    """The paths of some items with all that comes to them: open lines but those cancelled, and tonight's order."""
    state = plan.state
    scenarios = min(plan.rules.scenarios, SCENARIOS)
    place = np.full(len(state), -1, dtype=np.int64)
    place[items] = np.arange(len(items))
    rows = np.flatnonzero((place[lines.item] >= 0) & (lines.units > 0) & ~gone)
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


def _settled(plan: Plan, lines: Lines, block: _Block, rows: Ints, shifts: tuple[int, ...]) -> pd.DataFrame:
    """The lines `rows` that are worth moving, one of each item at a time in their order; changes the block's inflow."""
    state, costs = plan.state, plan.costs
    days, every = block.demand.shape[2], np.arange(block.demand.shape[1])
    soonest = plan.rules.decision_lag_days + SOONEST_DAYS
    moved_by = np.array(shifts, dtype=np.int64)
    found = []
    for some in rounds_of_items(rows, lines.item):
        item, units = lines.item[some], lines.units[some]
        at = block.place[item]
        lands = np.stack([block.lands[int(row)] for row in some])
        others = block.inflow[at]
        taken = (np.arange(len(some))[:, None], every, np.minimum(lands, days - 1))
        np.add.at(others, taken, np.where(lands < days, -units[:, None], 0.0))
        available = np.maximum(np.nan_to_num(state.stock.available[item]), 0.0)
        short = short_by_day(available, others, block.demand[at])
        served, holding = np.zeros((len(some), len(shifts))), np.zeros((len(some), len(shifts)))
        for column, shift in enumerate(shifts):
            then = np.clip(lands + shift, np.minimum(lands, soonest), days)
            sold, unit_days = moved(short, units, np.minimum(then, lands), np.maximum(then, lands))
            served[:, column] = -np.sign(shift) * sold
            holding[:, column] = np.sign(shift) * unit_days * costs.holding_per_unit_day[item]
        possible = lines.arrives[some][:, None] + moved_by
        worth = np.maximum(costs.underage[item], 0.0)[:, None] * served + holding
        worth = np.where((possible >= soonest) & (possible < days), worth, -np.inf)
        best = worth.max(axis=1)
        choice = (worth >= np.maximum(NEARLY_ALL * best, lines.least[some])[:, None]).argmax(axis=1)
        line = np.arange(len(some))
        good = np.flatnonzero(best >= lines.least[some])
        found.append(
            pd.DataFrame(
                {
                    "line": some,
                    "item": item,
                    "action": "expedite" if shifts[0] < 0 else "postpone",
                    "days": moved_by[choice],
                    "worth": worth[line, choice],
                    "units": units,
                    "served": served[line, choice],
                    "holding": holding[line, choice],
                    "write_off": 0.0,
                    "left_over": 0.0,
                }
            ).iloc[good]
        )
        for row in good:
            then = np.clip(lands[row] + moved_by[choice[row]], 0, days)
            block.lands[int(some[row])] = then
            for day, sign in ((lands[row], -1.0), (then, 1.0)):
                kept = day < days
                block.inflow[at[row], every[kept], day[kept]] += sign * units[row]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame({"line": np.zeros(0, dtype=np.int64)})
