"""Walking scenario paths to the arrival of an order placed now and through the window that it serves."""

import zlib
from collections.abc import Iterator

import numpy as np
from scipy import stats

from features.arrays import Days, Floats, Ints
from models.demand.distribution.compound_poisson import order_size_and_ratio
from models.demand.distribution.counts import POISSON_BELOW, CountMixture
from models.demand.distribution.demand_distribution import DemandDistribution
from models.demand.distribution.paths import draw_counts, named_generator
from models.inventory.calendar.day_distribution import DayDistribution
from models.inventory.position.projection import Projection

_GRID = 33
GOLDEN_RATIO = (5**0.5 - 1) / 2
BLOCK_CELLS = 6_000_000
"""Items x scenarios x periods projected at once, to bound memory; no result depends on it."""


def drawn_days(distribution: DayDistribution, scenarios: int, names: list[str]) -> Days:
    """One day per row and scenario, evenly spread over each row's distribution, in an order fixed by its name.

    The k-th smallest of the draws is the (k - 1/2) / scenarios quantile, so that the draws carry no sampling noise.

    Returns
    -------
    (rows, scenarios) days.
    """
    if not names:
        return np.zeros((0, scenarios), dtype="datetime64[D]")
    levels = (np.arange(scenarios) + 0.5) / scenarios
    cumulative = np.cumsum(distribution.probability, axis=1)
    columns = np.empty((len(names), scenarios), dtype=np.int64)
    for row, name in enumerate(names):
        column = np.searchsorted(cumulative[row], levels * cumulative[row, -1])
        if column[0] == column[-1]:
            columns[row] = column
        else:
            columns[row] = np.random.default_rng(zlib.crc32(name.encode())).permutation(column)
    return np.asarray(distribution.first_day + columns.astype("timedelta64[D]"))


def project(
    distribution: DemandDistribution,
    *,
    scenarios: int,
    arrival: DayDistribution,
    next_arrival: DayDistribution,
    until_arrival: CountMixture,
    last_sale: Days,
    supply_item: Ints,
    supply_units: Floats,
    supply_arrivals: DayDistribution,
    supply_names: list[str],
) -> Projection:
    """Project every item's stock over its paths to the arrival of an order placed now and through its window.

    Within a grid period what arrived before its first day is there, then demand is served; what arrives inside a period
    counts from the next one.

    Parameters
    ----------
    distribution: I items.
    scenarios: number of paths.
    arrival, next_arrival: of an order placed now and of the next one, rows as items; on a path both are late or
        both are not.
    until_arrival: distribution of the demand before the arrival of an order placed now.
    last_sale: (items,) no demand is served after this day; NaT for none.
    supply_item: (lines,) item of each open line, ascending; supply_units: (lines,).
    supply_arrivals, supply_names: each line's arrival, and the name that fixes its draws (lines of one order together).

    Returns
    -------
    Projection of all items.
    """
    items = len(distribution)
    names = [f"{sku}|{place}" for sku, place in zip(distribution.sku, distribution.location, strict=True)]
    starts = distribution.starts
    # What a day's delay costs depends on the two distributions alone. Drawn in one order, the windows of successive
    # orders follow each other; drawn apart, those that cross would count the same days twice.
    order = [f"arrival|{name}" for name in names]
    begin = _first_period(starts, drawn_days(arrival, scenarios, order))
    end = _first_period(starts, drawn_days(next_arrival, scenarios, order))
    closing = np.where(np.isnat(last_sale), len(starts), np.searchsorted(starts, last_sale, side="right"))[:, None]
    begin, end = np.minimum(begin, closing), np.minimum(end, closing)
    landed = _first_period(starts, drawn_days(supply_arrivals, scenarios, supply_names))
    horizon = np.maximum(end.max(axis=1, initial=0), begin.max(axis=1, initial=0))

    result = [np.zeros((items, scenarios)) for _ in range(7)]
    for rows in _blocks(horizon, scenarios):
        lines = np.flatnonzero(np.isin(supply_item, rows))
        inflow = (np.searchsorted(rows, supply_item[lines]), supply_units[lines], landed[lines])
        block = _project_block(distribution.take(rows), int(horizon[rows].max()), begin[rows], end[rows], inflow)
        for total, values in zip(result, block, strict=True):
            total[rows] = values
    net, lowest, before, window_rate, window_inflow, relief, sample = result
    net, lowest = _as_distributed(net, lowest, before, until_arrival)
    return Projection(
        net=net,
        lowest=lowest,
        window_rate=window_rate,
        window_inflow=window_inflow,
        relief=relief,
        window_sample=sample,
        dispersion=order_size_and_ratio(distribution.order_steps, distribution.dispersion)[1],
        unit_step=distribution.unit_step,
    )


def _blocks(horizon: Ints, scenarios: int) -> Iterator[Ints]:
    """Rows that are projected together, of a like horizon, in ascending order: paths are as long as the longest."""
    rows = np.argsort(horizon, kind="stable")
    while len(rows):
        cells = (np.arange(len(rows)) + 1) * np.maximum(horizon[rows], 1) * scenarios
        width = max(1, int(np.searchsorted(cells, BLOCK_CELLS, side="right")))
        yield np.sort(rows[:width])
        rows = rows[width:]


def _first_period(starts: Days, arrived: Days) -> Ints:
    """The first grid period that begins after each day."""
    return np.asarray(np.searchsorted(starts, arrived.ravel(), side="right").reshape(arrived.shape), dtype=np.int64)


def _project_block(
    distribution: DemandDistribution,
    periods: int,
    begin: Ints,
    end: Ints,
    inflow_of: tuple[Ints, Floats, Ints],
) -> list[Floats]:
    """Items period by period; `inflow_of`: row, units and period (by scenario) of each line; see `Projection`."""
    items, scenarios = begin.shape
    rate = distribution.rates(scenarios, periods)
    inflow = np.zeros((items, periods + 1, scenarios))
    every = np.arange(scenarios)
    for item, units, landed in zip(*inflow_of, strict=True):
        np.add.at(inflow, (item, np.minimum(landed, periods), every), units)
    awaited = np.zeros(items, dtype=bool)
    awaited[inflow_of[0]] = True
    # The window's own demand matters period by period only where something else arrives within it.
    demand = _path_counts(distribution, rate, np.where(awaited, end.max(axis=1), begin.max(axis=1)))

    def zeros() -> Floats:
        return np.zeros((items, scenarios))

    net, lowest, before, window_net, window_lowest = (zeros() for _ in range(5))
    window_rate, window_demand, window_inflow = (zeros() for _ in range(3))
    for t in range(periods):
        early = t < begin
        inside = ~early & (t < end)
        flow = inflow[:, t] - demand[t]
        net += np.where(early, flow, 0.0)
        before += np.where(early, demand[t], 0.0)
        np.minimum(lowest, net, out=lowest)
        window_rate += np.where(inside, rate[:, :, t], 0.0)
        if awaited.any():
            window_net += np.where(inside, flow, 0.0)
            np.minimum(window_lowest, window_net, out=window_lowest)
            window_demand += np.where(inside, demand[t], 0.0)
            window_inflow += np.where(inside, inflow[:, t], 0.0)
    relief = np.where(awaited[:, None], np.maximum(window_demand + window_lowest, 0.0), 0.0)
    window_rate = _rate_given_orders(distribution, window_rate)
    return [net, lowest, before, window_rate, window_inflow, relief, _window_sample(distribution, window_rate)]


def _path_counts(distribution: DemandDistribution, rate: Floats, periods: Ints) -> Floats:
    """The first `periods` (items,) periods of `distribution.paths`, given its rates, as (periods, items, scenarios)."""
    demand = np.zeros((rate.shape[2], rate.shape[0], rate.shape[1]))
    for row in range(len(distribution)):
        step = distribution.unit_step[row]
        demand[: periods[row], row] = draw_counts(distribution, row, rate[row, :, : periods[row]].T / step) * step
    return demand


def _rate_given_orders(distribution: DemandDistribution, rate: Floats) -> Floats:
    """Expected units of the window (items, scenarios) given its number of orders too, of items with orders of many.

    Numbers and levels are as evenly spread over both their distributions as so many paths can be: by the golden ratio
    along the rank of the level (a lattice of rank one, Niederreiter 1992, Random Number Generation, ch. 5).
    """
    given, scenarios = rate.copy(), rate.shape[1]
    size, _ = order_size_and_ratio(distribution.order_steps, distribution.dispersion)
    for row in np.flatnonzero(size > 0):
        seed = named_generator(
            distribution.as_of, "orders in window", distribution.sku[row], distribution.location[row]
        )
        order_units = float(size[row] * distribution.unit_step[row])
        rank = np.argsort(np.lexsort((seed.permutation(scenarios), rate[row])))
        place = np.argsort(np.argsort((seed.random() + rank * GOLDEN_RATIO) % 1))
        chance = (place + 0.5) / scenarios
        given[row] = stats.poisson.ppf(chance, rate[row] / order_units) * order_units
    return given


def _window_sample(distribution: DemandDistribution, rate: Floats) -> Floats:
    """One demand of the window for each path, given its level."""
    sample = np.empty(rate.shape)
    _, left = order_size_and_ratio(distribution.order_steps, distribution.dispersion)
    for row, (sku, place) in enumerate(zip(distribution.sku, distribution.location, strict=True)):
        step, excess = distribution.unit_step[row], float(left[row]) - 1
        seed = named_generator(distribution.as_of, "window", sku, place)
        steps = rate[row] / step
        if excess >= POISSON_BELOW:
            steps = seed.standard_gamma(steps / excess) * excess
        sample[row] = seed.poisson(steps) * step
    return sample


def _as_distributed(net: Floats, lowest: Floats, before: Floats, until_arrival: CountMixture) -> tuple[Floats, Floats]:
    """The paths with their demand before the arrival moved, rank by rank, to the quantiles of its distribution.

    A few hundred paths scatter around the distribution that they are drawn from; moved so, what they leave on arrival
    carries no sampling noise, and order and timing within a path stay. The lowest stock moves in proportion.

    Parameters
    ----------
    net, lowest, before: (items, scenarios), see `Projection`; `before` is the demand before the arrival.
    until_arrival: the distribution of that demand.
    """
    items, scenarios = before.shape
    step = until_arrival.unit_step
    top = np.ceil(before.max(axis=1, initial=0.0) * 1.25 / step) + 2
    bottom = np.floor(before.min(axis=1, initial=np.inf) * 0.75 / step)
    grid = np.unique(np.linspace(0.0, 1.0, _GRID))
    points = np.floor(bottom[:, None] + grid * np.maximum(top - bottom, _GRID - 1)[:, None])
    reached = until_arrival.cdf(points * step[:, None])
    levels = (np.arange(scenarios) + 0.5) / scenarios
    rank = np.argsort(np.argsort(before, axis=1, kind="stable"), axis=1, kind="stable")
    moved = np.empty_like(before)
    for row in range(items):
        # A count is reached where the distribution passes the level: between grid points by interpolation, then up.
        start = np.concatenate([[points[row, 0] - 1.0], points[row]])
        chance = np.maximum.accumulate(np.concatenate([[0.0], reached[row]]))
        moved[row] = np.maximum(np.ceil(np.interp(levels, chance, start) - 1e-9), 0.0)[rank[row]] * step[row]
    share = np.divide(moved, before, out=np.ones_like(before), where=before > 0)
    shifted = net + before - moved
    return shifted, np.minimum(np.minimum(lowest * share, shifted), 0.0)
