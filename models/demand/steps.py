"""Model steps: the weeks (or months) counted back from an origin in which candidates see an item's history."""

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from features.arrays import Flags, Floats, Ints

if TYPE_CHECKING:
    from features.history import DemandHistory


STEP_PERIODS = {"day": 7, "week": 1, "month": 1}
"""Periods in one model step: daily companies are modelled on weeks that end at the origin."""

PERIOD_DAYS = {"day": 1.0, "week": 7.0, "month": 30.4375}
"""Days in a period, of a month the mean."""

AHEAD_STEPS = 13
"""Steps that models forecast one by one; beyond them the last level is held, so that no trend runs away."""

YEAR_STEPS = {"day": 52, "week": 52, "month": 12}
YEAR_PERIODS = {"day": 365, "week": 52, "month": 12}
NAIVE_SEASON = {"day": 7, "week": 52, "month": 12}
"""Periods after which the seasonal-naive benchmark repeats."""


@dataclass(frozen=True)
class Steps:
    """History of I items in N steps, oldest first, ending at an origin.

    Attributes
    ----------
    baseline: (I, N) units per step without the known effects; NaN before the item's life.
    first: (I,) index of the item's first step; N where it has none.
    units: (I, N) units as estimated, effects included.
    """

    baseline: Floats
    first: Ints
    units: Floats


def periods_until(history: "DemandHistory", day: dt.date) -> int:
    """Number of periods of the history that end on or before `day`."""
    starts = np.concatenate([history.period_starts, history.future_starts[:1]]).astype("datetime64[D]")
    ends = starts[1:] - np.timedelta64(1, "D")
    return int(np.searchsorted(ends, np.datetime64(day, "D"), side="right"))


def fully_observed(history: "DemandHistory") -> Flags:
    """(I, T) where demand was fully observed: in stock, within the item's life."""
    return np.asarray(~np.isnan(history.units) & ~history.censored & history.alive, dtype=bool)


def first_alive(alive: Flags) -> Ints:
    """(I,) index of each item's first period of life; T where it has none."""
    return np.asarray(np.where(alive.any(axis=1), alive.argmax(axis=1), alive.shape[1]), dtype=np.int64)


def cut_steps(history: "DemandHistory", multiplier: Floats, periods: int, step_periods: int) -> Steps:
    """History up to an origin in steps.

    Parameters
    ----------
    multiplier: (I, T...) known effects of each period, about 1.
    periods: periods before the origin.
    step_periods: periods in a step.

    Returns
    -------
    Steps of `periods // step_periods` columns; a last part of a step at the oldest end is left out unless it
    is all there is.
    """
    items = len(history.items)
    count = max(1, periods // step_periods) if periods else 0
    if count == 0:
        empty = np.zeros((items, 0))
        return Steps(empty, np.zeros(items, dtype=np.int64), empty)
    width = min(count * step_periods, periods)
    window = slice(periods - width, periods)
    alive = history.alive[:, window]
    units = np.where(alive, history.estimated[:, window], 0.0).reshape(items, count, width // count).sum(axis=2)
    exposure = np.where(alive, multiplier[:, window], 0.0).reshape(items, count, width // count).sum(axis=2)
    lived = alive.reshape(items, count, width // count).mean(axis=2)
    with np.errstate(divide="ignore", invalid="ignore"):
        baseline = np.where(exposure > 0, units / exposure * step_periods, np.nan)
    enough = (lived >= 0.5) & (exposure > 0)
    # An item younger than half a step counts with the part it has lived.
    enough[:, -1] |= exposure[:, -1] > 0
    first = np.where(enough.any(axis=1), enough.argmax(axis=1), count).astype(np.int64)
    before = np.arange(count) < first[:, None]
    baseline = np.where(before, np.nan, np.nan_to_num(baseline, nan=0.0))
    return Steps(baseline, first, units)


def window_sums(values: Floats, half_width: int) -> Floats:
    """Sums over columns t - half_width .. t + half_width, cut at the ends; (I, T)."""
    total = np.concatenate([np.zeros((len(values), 1)), np.cumsum(values, axis=1)], axis=1)
    columns = np.arange(values.shape[1])
    right = np.minimum(columns + half_width + 1, values.shape[1])
    left = np.maximum(columns - half_width, 0)
    return np.asarray(total[:, right] - total[:, left])


def usable_prices(history: "DemandHistory") -> Floats:
    """(I, T + H) log of the price over the item's median, as far as it may explain demand; 0 elsewhere.

    A price is observed only when something is sold. Taken as it is, days with another price would all be days with a
    sale, and any price would seem to sell. So prices count only for items sold in most periods, and a period without
    a sale has the price of the sale before it.
    """
    periods = history.units.shape[1]
    known = fully_observed(history)
    sold = np.nan_to_num(history.units) > 0
    steady = (sold & known).sum(axis=1) >= 0.5 * np.maximum(known.sum(axis=1), 1)
    place = np.where(sold, np.arange(periods), -1)
    before = np.maximum.accumulate(place, axis=1) if periods else place
    past = np.take_along_axis(history.log_relative_price[:, :periods], np.maximum(before, 0), axis=1)
    past = np.where((before >= 0) & steady[:, None], past, 0.0)
    return np.concatenate([past, history.log_relative_price[:, periods:]], axis=1)
