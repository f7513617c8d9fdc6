"""Stock and arrivals that a decision starts from, and the window that an order placed now decides."""

from dataclasses import dataclass

import numpy as np

from features.arrays import Days, Floats, Ints
from models.demand.distribution.counts import CountMixture
from models.inventory.calendar.day_distribution import DayDistribution
from models.inventory.position.backlog import Backlog, Landings
from models.inventory.position.interval_demand import demand_before_selling, demand_until
from models.inventory.position.inventory_position import units_by_item
from models.inventory.position.outlook import DailyMeans
from models.inventory.position.projected_paths import project
from models.inventory.position.projection import Projection
from models.inventory.position.state import InventoryState
from models.inventory.terms.decision_rules import DecisionRules


@dataclass(frozen=True)
class StockFlow:
    """Stock and arrivals of each item. Arrays (items,), units.

    Attributes
    ----------
    available: units now; below zero what waits.
    free: units that can be sold now, >= 0.
    owed: backorders that no counted open order covers.
    counted: open units counted in the position, less what backorders take of them.
    line_units: (lines,) units of each open line, less what backorders take of them.
    window: what an order placed now decides: on paths where unmet demand is lost, else by the totals.
    """

    available: Floats
    free: Floats
    owed: Floats
    counted: Floats
    line_units: Floats
    window: Projection | Backlog


def stock_flow(state: InventoryState, rules: DecisionRules) -> StockFlow:
    """Stock and arrivals, backorders served from the first counted arrivals."""
    lines = state.supply.lines
    counts = lines["is_counted"].to_numpy(dtype=bool)
    available = np.nan_to_num(state.stock.available)
    free, backlog = np.maximum(available, 0.0), np.maximum(-available, 0.0)
    counted = units_by_item(lines, len(state), counts)
    units = lines["units"].to_numpy(dtype=np.float64).copy()
    if backlog.any():
        left = backlog.copy()
        for line in np.argsort(lines["median_on"].to_numpy(), kind="stable"):
            item = int(lines["item"].iloc[line])
            if counts[line] and left[item] > 0:
                used = min(units[line], left[item])
                units[line] -= used
                left[item] -= used
    everyone = np.arange(len(state))
    return StockFlow(
        available=available,
        free=free,
        owed=np.maximum(backlog - counted, 0.0),
        counted=np.maximum(counted - backlog, 0.0),
        line_units=units,
        window=projected(state, units, rules, everyone, state.next_arrival)
        if rules.unmet_demand == "lost"
        else backlog_window(state, everyone, state.calendar.next_expected_on, state.protection),
    )


def projected(
    state: InventoryState,
    line_units: Floats,
    rules: DecisionRules,
    rows: Ints,
    next_arrival: DayDistribution,
) -> Projection:
    """Stock of some items on paths, to the arrival of an order placed now and from there to the next one's.

    Parameters
    ----------
    state: of all items.
    line_units: see `StockFlow`.
    rules: the company's.
    rows: the items, ascending.
    next_arrival: of all items: when the window that this order serves ends.
    """
    lines = state.supply.lines
    place = np.full(len(state), -1, dtype=np.int64)
    place[rows] = np.arange(len(rows))
    item = place[lines["item"].to_numpy(dtype=np.int64)]
    coming = np.flatnonzero(lines["is_expected"].to_numpy(dtype=bool) & (item >= 0))
    part = state.demand.take(rows)
    return project(
        part,
        scenarios=rules.scenarios,
        arrival=state.arrival.take(rows),
        next_arrival=next_arrival.take(rows),
        until_arrival=demand_before_selling(part, state.arrival_pmf[rows], state.until_arrival.take(rows)),
        last_sale=state.ends_on[rows],
        supply_item=item[coming],
        supply_units=line_units[coming],
        supply_arrivals=state.supply.arrivals.take(coming),
        supply_names=[f"{kind}|{number}" for kind, number in lines[["kind", "order_number"]].to_numpy()[coming]],
    )


def backlog_window(state: InventoryState, rows: Ints, end: Days, protection: CountMixture) -> Backlog:
    """The window of some items where unmet demand waits.

    Parameters
    ----------
    state: of all items.
    rows: the items, ascending.
    end: (rows,) day on which the next order arrives; what comes on that day can be sold only after it.
    protection: demand of the rows until then.
    """
    lines = state.supply.lines
    place = np.full(len(state), -1, dtype=np.int64)
    place[rows] = np.arange(len(rows))
    item = place[lines["item"].to_numpy(dtype=np.int64)]
    counted_on = lines["counted_on"].to_numpy().astype("datetime64[D]")
    arrives, expected = state.calendar.expected_on[rows], lines["is_expected"].to_numpy(dtype=bool) & (item >= 0)
    in_time = expected & (counted_on <= arrives[item])
    inside = np.flatnonzero(expected & ~in_time & (counted_on < end[item]))
    inside = inside[np.lexsort((counted_on[inside], item[inside]))]
    units, at = lines["units"].to_numpy(dtype=np.float64)[inside], item[inside]
    total = np.cumsum(units) - units
    first = np.searchsorted(at, at, side="left")
    today, width = np.datetime64(state.as_of, "D"), state.arrival_pmf.shape[1]
    pmf = state.supply.arrivals.take(inside).from_day(today, width).probability
    earliest, latest = (np.minimum(state.offset(day)[at], width - 1) for day in (arrives, end))
    pmf = _within(pmf, earliest, np.maximum(latest, earliest))
    return Backlog(
        until_arrival=state.until_arrival.take(rows),
        protection=protection,
        early=units_by_item(lines.assign(item=item), len(rows), in_time),
        landings=Landings(at, demand_until(state.demand.take(rows[at]), pmf), total - total[first], units),
    )


def _within(pmf: Floats, first: Ints, last: Ints) -> Floats:
    """Probabilities (lines, days) with what lies outside the days `first` to `last` (lines,) moved to their edges."""
    day = np.arange(pmf.shape[1])
    moved = np.where((day >= first[:, None]) & (day <= last[:, None]), pmf, 0.0)
    each = np.arange(len(pmf))
    moved[each, first] += np.where(day < first[:, None], pmf, 0.0).sum(axis=1)
    moved[each, last] += np.where(day > last[:, None], pmf, 0.0).sum(axis=1)
    return moved


def inflow_by_day(state: InventoryState, means: DailyMeans) -> Floats:
    """(items, days) units that become sellable on each day: every open line that is expected, at its median arrival."""
    lines = state.supply.lines[state.supply.lines["is_expected"].to_numpy(dtype=bool)]
    return means.inflow(
        lines["item"].to_numpy(dtype=np.int64),
        lines["units"].to_numpy(dtype=np.float64),
        state.offset(lines["median_on"].to_numpy().astype("datetime64[D]")),
    )
