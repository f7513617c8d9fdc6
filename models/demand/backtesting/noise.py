"""Noise of single periods about the item's local level."""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from features.arrays import Floats
from models.demand import steps

if TYPE_CHECKING:
    from features.history import DemandHistory


HALF_WINDOW_STEPS = 4
OUTLIER = 100.0
"""Squared error of a period, over what orders of the item's size give, beyond which nothing is added."""

LEAST_EXPOSURE_SHARE = 0.5
"""Of an item's mean exposure: a quieter period does not count for how seldom the item is ordered."""


def period_noise(
    history: "DemandHistory", multiplier: Floats, periods: int, step_periods: int, year_steps: int
) -> Floats:
    """Sums from which the variance-to-mean ratio of an item's periods follows, in counting steps.

    The level is the item's own over four steps before and after, effects put back, so that neither trend nor a
    wrong forecast counts as noise: Pearson's statistic of a Poisson model (McCullagh & Nelder 1989, ch. 6).

    Parameters
    ----------
    history: the bucket's demand.
    multiplier: (I, T...) known effects of each period, about 1.
    periods: periods that may be used; the last year of them is.
    step_periods: periods in a step.
    year_steps: steps in a year.

    Returns
    -------
    (I, 5): sum of squared errors over their means, degrees of freedom; of periods in season those known, those with
    demand, and their units.
    """
    window = slice(max(0, periods - year_steps * step_periods), periods)
    known = steps.fully_observed(history)[:, window]
    unit = history.items["unit_step"].fillna(1.0).to_numpy(np.float64)[:, None]
    units = np.where(known, history.estimated[:, window], 0.0) / unit
    exposure = np.where(known, multiplier[:, window], 0.0)
    half = HALF_WINDOW_STEPS * step_periods + step_periods // 2
    around = steps.window_sums(exposure, half)
    level = steps.window_sums(units, half) / np.maximum(around, 1e-9)
    mean = level * exposure
    # The period itself is in its window: the error is smaller by its share of the exposure.
    free = np.where(around > 0, 1 - exposure / np.maximum(around, 1e-9), 0.0)
    usable = known & (mean > 1e-9) & (free > 0.3)
    squared = np.where(usable, (units - mean) ** 2 / np.maximum(mean * free, 1e-9), 0.0)
    typical = exposure.sum(axis=1, keepdims=True) / np.maximum(known.sum(axis=1, keepdims=True), 1)
    counted = known & (exposure >= LEAST_EXPOSURE_SHARE * typical)
    kept = np.where(counted, units, 0.0)
    sales = [counted.sum(axis=1), (kept > 0).sum(axis=1), kept.sum(axis=1)]
    # One outlier must not decide for an item: beyond ten standard deviations nothing is added.
    squared = np.minimum(squared, OUTLIER * _size(*sales)[:, None])
    return np.column_stack([squared.sum(axis=1), usable.sum(axis=1), *sales])


def order_size(noise: Floats) -> Floats:
    """(I,) steps of an item's typical order, at least one, from the sums of `period_noise`.

    Where most periods pass without demand, the units of one with demand are an order's; where none does, they are
    the level, and demand counts as coming step by step.
    """
    return _size(*noise[:, 2:].T)


def _size(known: npt.NDArray[np.generic], sold: npt.NDArray[np.generic], units: Floats) -> Floats:
    at_once = np.maximum(units / np.maximum(sold, 1.0), 1.0)
    return np.asarray(1 + (at_once - 1) * np.sqrt(1 - sold / np.maximum(known, 1.0)))
