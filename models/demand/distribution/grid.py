"""The periods that a forecast is stored in: the company's own at first, then weeks, then months."""

import datetime as dt
from dataclasses import dataclass

import numpy as np

from features.arrays import Days, Floats, Ints

WEEKS_UNTIL_DAY = 182


@dataclass(frozen=True)
class Grid:
    """P periods that follow `as_of` without gaps: first days (P,) and whole days in each (P,)."""

    starts: Days
    lengths_days: Ints


def forecast_grid(as_of: dt.date, period: str, horizon_days: int, fine_grid_days: int = 56) -> Grid:
    """Periods to `horizon_days` after `as_of`.

    Parameters
    ----------
    as_of: last known day.
    period: day, week or month; the grid of the first `fine_grid_days`.
    horizon_days: last day of the grid.
    fine_grid_days: at least eight weeks or the longest protection interval, in days.

    >>> forecast_grid(dt.date(2026, 6, 30), "day", 540).lengths_days[[0, 56, -1]].tolist()
    [1, 7, 22]
    """
    lengths: list[int] = []
    day = 0
    origin = np.datetime64(as_of, "D")
    fine = {"day": 1, "week": 7}.get(period, 0)
    while day < horizon_days:
        if fine and day < fine_grid_days:
            step = fine
        elif period != "month" and day + 7 <= WEEKS_UNTIL_DAY:
            step = 7
        else:
            first = origin + np.timedelta64(day + 1, "D")
            following = (first.astype("datetime64[M]") + 1).astype("datetime64[D]")
            step = int((following - first).astype(np.int64))
        step = min(step, horizon_days - day)
        lengths.append(step)
        day += step
    array = np.array(lengths, dtype=np.int64)
    starts = origin + np.timedelta64(1, "D") + np.concatenate([[0], np.cumsum(array)[:-1]]).astype("timedelta64[D]")
    return Grid(starts, array)


def regrid(by_period: Floats, period_lengths: Ints, grid: Grid) -> Floats:
    """Units by company period (I, H) as units by grid period (I, P), periods spread evenly over their days."""
    ends = np.concatenate([[0], np.cumsum(period_lengths)])
    total = np.concatenate([np.zeros((len(by_period), 1)), np.cumsum(by_period, axis=1)], axis=1)
    edges = np.concatenate([[0], np.cumsum(grid.lengths_days)])
    cell = np.clip(np.searchsorted(ends, edges, side="right") - 1, 0, len(period_lengths) - 1)
    share = (edges - ends[cell]) / period_lengths[cell]
    reached = total[:, cell] + share * by_period[:, cell]
    return np.asarray(np.maximum(np.diff(reached, axis=1), 0.0))
