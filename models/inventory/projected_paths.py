"""Walking scenario paths to the arrival of tonight's order and through the window that it serves."""

import zlib
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from models.demand.counts import POISSON_BELOW
from models.demand.distribution import DemandDistribution
from models.demand.paths import generator
from models.inventory.day_distribution import DayDistribution
from models.inventory.projection import Projection
from models.inventory.working_days import Days

Floats = NDArray[np.float64]
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
    last_sale: Days,
    supply_item: NDArray[np.int64],
    supply_units: Floats,
    supply_arrivals: DayDistribution,
    supply_names: list[str],
) -> Projection:
    """Project every item's stock over its paths to the arrival of tonight's order and through its window.

    Within a grid period what arrived before its first day is there, then demand is served; what arrives inside a period
    counts from the next one.

    Parameters
    ----------
    distribution: I items.
    scenarios: number of paths.
    arrival, next_arrival: of an order placed tonight and of the next one, rows as items; lead times of successive orders
        are independent.
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
    begin = _first_period(starts, drawn_days(arrival, scenarios, [f"first|{name}" for name in names]))
    end = _first_period(starts, drawn_days(next_arrival, scenarios, [f"next|{name}" for name in names]))
    closing = np.where(np.isnat(last_sale), len(starts), np.searchsorted(starts, last_sale, side="right"))[:, None]
    begin, end = np.minimum(begin, closing), np.minimum(end, closing)
    landed = _first_period(starts, drawn_days(supply_arrivals, scenarios, supply_names))
    horizon = np.maximum(end.max(axis=1, initial=0), begin.max(axis=1, initial=0))

    result = [np.zeros((items, scenarios)) for _ in range(5)]
    awaited = np.zeros(items, dtype=bool)
    awaited[supply_item] = True
    for rows in _blocks(horizon, awaited, scenarios):
        part, periods = distribution.take(rows), int(horizon[rows].max())
        if awaited[rows[0]]:
            lines = np.flatnonzero(np.isin(supply_item, rows))
            inflow = (np.searchsorted(rows, supply_item[lines]), supply_units[lines], landed[lines])
            block = _with_arrivals(part, scenarios, periods, begin[rows], end[rows], inflow)
        else:
            block = _without_arrivals(part, scenarios, periods, begin[rows], end[rows])
        for total, values in zip(result, block, strict=True):
            total[rows] = values
    return Projection(*result, dispersion=distribution.dispersion, unit_step=distribution.unit_step)


def _blocks(horizon: NDArray[np.int64], awaited: NDArray[np.bool_], scenarios: int) -> Iterator[NDArray[np.int64]]:
    """Rows that are projected together: all with or all without arrivals, of a like horizon, in ascending order."""
    for group in (np.flatnonzero(awaited), np.flatnonzero(~awaited)):
        rows = group[np.argsort(horizon[group], kind="stable")]
        while len(rows):
            # The paths of a block are as long as its longest: the last of the slice.
            width = max(1, BLOCK_CELLS // (scenarios * max(1, int(horizon[rows[0]]))))
            yield np.sort(rows[:width])
            rows = rows[width:]


def _first_period(starts: Days, arrived: Days) -> NDArray[np.int64]:
    """The first grid period that begins after each day."""
    return np.asarray(np.searchsorted(starts, arrived.ravel(), side="right").reshape(arrived.shape), dtype=np.int64)


def _without_arrivals(
    distribution: DemandDistribution, scenarios: int, periods: int, begin: NDArray[np.int64], end: NDArray[np.int64]
) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """Items to which nothing comes: only the total demand before the order's arrival matters.

    Given the level it is a count of the same family as its parts, so one draw a scenario takes the place of a path.
    """
    rate = distribution.rates(scenarios, periods)
    before, window = np.zeros((len(distribution), scenarios)), np.zeros((len(distribution), scenarios))
    for t in range(periods):
        early = t < begin
        before += np.where(early, rate[:, :, t], 0.0)
        window += np.where(~early & (t < end), rate[:, :, t], 0.0)
    net = -_drawn_counts(distribution, before)
    nothing = np.zeros_like(net)
    return net, np.minimum(net, 0.0), window, nothing, nothing.copy()


def _drawn_counts(distribution: DemandDistribution, rates: Floats) -> Floats:
    """Counts of each item, units, given expected units (items, ...); fixed by the item and `as_of`."""
    counts = np.empty(rates.shape)
    for row, (sku, place) in enumerate(zip(distribution.sku, distribution.location, strict=True)):
        seed = generator(distribution.as_of, "projection", sku, place)
        step, excess = distribution.unit_step[row], float(distribution.dispersion[row]) - 1
        rate = rates[row] / step
        if excess >= POISSON_BELOW:
            rate = seed.standard_gamma(rate / excess) * excess
        counts[row] = seed.poisson(rate) * step
    return counts


def _with_arrivals(
    distribution: DemandDistribution,
    scenarios: int,
    periods: int,
    begin: NDArray[np.int64],
    end: NDArray[np.int64],
    inflow_of: tuple[NDArray[np.int64], Floats, NDArray[np.int64]],
) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """Items with open orders, period by period; `inflow_of`: row, units and period (by scenario) of each line."""
    items = len(distribution)
    rate = distribution.rates(scenarios, periods)
    demand = _drawn_counts(distribution, rate)
    inflow = np.zeros((items, periods + 1, scenarios))
    every = np.arange(scenarios)
    for item, units, landed in zip(*inflow_of, strict=True):
        np.add.at(inflow, (item, np.minimum(landed, periods), every), units)

    net, lowest = np.zeros((items, scenarios)), np.zeros((items, scenarios))
    window_net, window_lowest = np.zeros((items, scenarios)), np.zeros((items, scenarios))
    window_rate, window_demand, window_inflow = (np.zeros((items, scenarios)) for _ in range(3))
    for t in range(periods):
        before = t < begin
        inside = ~before & (t < end)
        flow = inflow[:, t] - demand[:, :, t]
        net += np.where(before, flow, 0.0)
        np.minimum(lowest, net, out=lowest)
        window_net += np.where(inside, flow, 0.0)
        np.minimum(window_lowest, window_net, out=window_lowest)
        window_rate += np.where(inside, rate[:, :, t], 0.0)
        window_demand += np.where(inside, demand[:, :, t], 0.0)
        window_inflow += np.where(inside, inflow[:, t], 0.0)
    return net, lowest, window_rate, window_inflow, np.maximum(window_demand + window_lowest, 0.0)
