"""Noise of single periods about the item's local level."""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from models.demand import steps

if TYPE_CHECKING:
    from features.history import DemandHistory

Floats = npt.NDArray[np.float64]

HALF_WINDOW_STEPS = 4
RECENT_STEPS = 52


def period_noise(history: "DemandHistory", multiplier: Floats, periods: int, step_periods: int) -> Floats:
    """Sums that tell the variance-to-mean ratio of an item's periods, in counting steps.

    The level is the item's own over four steps before and after, effects put back, so that neither trend nor a
    wrong forecast counts as noise: Pearson's statistic of a Poisson model (McCullagh & Nelder 1989, ch. 6).

    Returns:
        (I, 5): sum of squared errors over their means, degrees of freedom; known periods, those with demand, and units.
    """
    window = slice(max(0, periods - RECENT_STEPS * step_periods), periods)
    known = steps.known_demand(history)[:, window]
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
    # One outlier may not speak for an item: beyond ten standard deviations nothing is added.
    squared = np.minimum(squared, 100.0 * np.maximum(1.0, np.median(squared, axis=1, keepdims=True)))
    sold = units > 0
    return np.column_stack(
        [squared.sum(axis=1), usable.sum(axis=1), known.sum(axis=1), sold.sum(axis=1), units.sum(axis=1)]
    )


def order_size(noise: Floats) -> Floats:
    """(I,) steps of an item's usual order, at least one, from the sums of `period_noise`.

    Where most periods pass without demand, the units of one with demand are an order's; where none does, they tell the
    level, and demand counts as coming step by step.
    """
    _, _, known, sold, units = noise.T
    at_once = np.maximum(units / np.maximum(sold, 1.0), 1.0)
    return np.asarray(1 + (at_once - 1) * np.sqrt(1 - sold / np.maximum(known, 1.0)))
