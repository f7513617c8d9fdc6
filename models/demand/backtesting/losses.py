"""Losses by which candidates are compared."""

import numpy as np

from features.arrays import Flags, Floats

QUANTILES = np.array([0.5, 0.8, 0.9, 0.95])
_SCORES = np.array([0.0, 0.841621, 1.281552, 1.644854])


def pinball(forecast: Floats, actual: Floats, spread: Floats) -> Floats:
    """Mean pinball loss, over `QUANTILES`, of a gamma distribution about each forecast.

    Parameters
    ----------
    forecast: (I, M) means.
    actual: (I,) outcomes.
    spread: (I, 2) variance-to-mean ratio and squared relative error of the level.

    Returns
    -------
    (I, M) units.

    Source: quantiles of the gamma distribution by Wilson & Hilferty (1931); the loss by Koenker & Bassett (1978).
    """
    mean = np.maximum(forecast, 1e-9)
    relative = np.minimum(spread[:, :1] / mean + spread[:, 1:], 4.0)
    cube = 1 - relative / 9
    total = np.zeros(forecast.shape)
    for quantile, score in zip(QUANTILES, _SCORES, strict=True):
        level = forecast * np.maximum(cube + score * np.sqrt(relative) / 3, 0.0) ** 3
        short = actual[:, None] - level
        total += np.maximum(quantile * short, (quantile - 1) * short)
    return total / len(QUANTILES)


def mean_loss(origin_loss: Floats, scored: Flags) -> Floats:
    """Losses (I, M, O) averaged over the scored origins (I, O); NaN where one of them is unknown or there is none."""
    count = scored.sum(axis=1)[:, None]
    total = np.where(scored[:, None, :], origin_loss, 0.0).sum(axis=2)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)
