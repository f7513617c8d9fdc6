"""One-off bulk orders cut to a plausible size, so that one company's purchase is not everybody's demand."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

_FEWEST_ROWS = 4
_CHANCE_Z = 4.0
_LEAST_LOG_SPREAD = 0.35
_NEIGHBOURS = 14
_LARGEST_SHARE = 0.02
_LARGEST_COUNT = 2


def bulk_excess(
    item: NDArray[np.int64],
    units: NDArray[np.float64],
    lines: NDArray[np.float64],
    largest_line_units: NDArray[np.float64],
    on_promotion: NDArray[np.bool_],
    *,
    units_factor: float,
) -> NDArray[np.float64]:
    """Units of each row's largest line beyond what is plausible for its item.

    A line is a one-off when it is larger than `units_factor` times the item's typical line, and than `units_factor`
    times the typical line of the sales around it (a season or a trend makes many lines large), and beyond chance: four
    robust standard deviations of the log of line sizes above their median. What happens often is no one-off: an
    item with more than two such lines, if they are more than 2 % of its rows, keeps them all. Lines on promotion
    stay. A one-off is cut to the item's largest other line, and at least to the typical one.

    Parameters
    ----------
    item: (N,) code of the item of each row, sorted, rows of an item by date.
    units, lines, largest_line_units: (N,) units of the row, number of order lines in it, units of its largest line.
    on_promotion: (N,) rows that are promoted.
    units_factor: how many times the typical line a one-off is at least.

    Returns
    -------
    (N,) units to cut, 0 where there is no one-off.
    """
    excess = np.zeros(len(units))
    used = np.flatnonzero((units > 0) & (lines > 0))
    if not len(used):
        return excess
    code, distinct = pd.factorize(item[used])
    several = lines[used] > 1
    others = (units[used] - largest_line_units[used]) / np.maximum(lines[used] - 1, 1)
    size = np.where(several & (others > 0), others, largest_line_units[used])
    largest = largest_line_units[used]
    grouped = pd.Series(np.log(size)).groupby(code)
    centre = grouped.median().to_numpy()
    spread = pd.Series(np.abs(np.log(size) - centre[code])).groupby(code).median().to_numpy() * 1.4826
    typical = np.exp(centre)
    chance = np.exp(centre + _CHANCE_Z * np.maximum(spread, _LEAST_LOG_SPREAD))
    bound = np.maximum(units_factor * typical, chance)[code]
    bound = np.maximum(bound, units_factor * _typical_around(np.log(size), code))
    beyond = (largest > bound) & ~on_promotion[used]
    rows = np.bincount(code, minlength=len(distinct))
    times = np.bincount(code, weights=beyond, minlength=len(distinct))
    rare = (times <= np.maximum(_LARGEST_COUNT, _LARGEST_SHARE * rows)) & (rows >= _FEWEST_ROWS)
    beyond &= rare[code]
    plausible = np.zeros(len(distinct))
    np.maximum.at(plausible, code[~beyond], largest[~beyond])
    cut_to = np.minimum(np.maximum(plausible, typical)[code], bound)
    excess[used] = np.where(beyond, largest - np.ceil(cut_to), 0.0)
    return np.maximum(excess, 0.0)


def _typical_around(log_size: NDArray[np.float64], code: NDArray[np.int64]) -> NDArray[np.float64]:
    """Geometric mean line of the rows before and after each row of the same item, without the row itself."""
    count = len(code)
    sums = pd.Series(log_size).groupby(code).cumsum().to_numpy()  # by item: no item's sum depends on its neighbours
    begins = np.searchsorted(code, code, side="left")
    ends = np.searchsorted(code, code, side="right")
    place = np.arange(count)
    low, high = np.maximum(begins, place - _NEIGHBOURS), np.minimum(ends, place + _NEIGHBOURS + 1)
    others = np.maximum(high - low - 1, 1)
    before = np.where(low > begins, sums[np.maximum(low - 1, 0)], 0.0)
    around: NDArray[np.float64] = np.exp((sums[high - 1] - before - log_size) / others)
    return np.where(high - low > 1, around, 0.0)
