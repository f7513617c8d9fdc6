"""Pinball loss, CRPS, error and bias of forecasts given by their quantiles."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from features.arrays import Flags, Floats

PROBABILITIES = (0.5, 0.8, 0.9, 0.95)
"""Quantiles whose pinball losses are averaged: where orders look."""

CRPS_POINTS = 40
LEVELS: Floats = np.concatenate([(np.arange(CRPS_POINTS) + 0.5) / CRPS_POINTS, PROBABILITIES])
"""(L,) quantiles that every method gives: midpoints for the CRPS, then `PROBABILITIES`."""

STEPS = 4
WINDOW_STEPS: Floats = np.array([1.0] * STEPS + [float(STEPS)])
"""(W,) steps of each window: every step alone, then the total of all."""


@dataclass(frozen=True)
class Forecast:
    """What a method says of I items over W windows.

    Attributes
    ----------
    mean: (I, W) expected units.
    quantiles: (I, W, L) units at `LEVELS`.
    """

    mean: Floats
    quantiles: Floats


@dataclass(frozen=True)
class Scores:
    """Losses of one method, (N, W): NaN where a window is not scored.

    Attributes
    ----------
    pinball: mean pinball loss over `PROBABILITIES`, over the scale. crps: over the scale.
    units_pinball: the mean pinball loss in units.
    error: forecast less actual, units. actual: units. scale: units.
    """

    pinball: Floats
    crps: Floats
    units_pinball: Floats
    error: Floats
    actual: Floats
    scale: Floats

    @staticmethod
    def joined(parts: "Sequence[Scores]") -> "Scores":
        """The rows of all parts."""
        names = Scores.__dataclass_fields__
        return Scores(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


def pinball(actual: Floats, quantiles: Floats, probabilities: Floats) -> Floats:
    """Pinball loss of each quantile, (..., Q): p (y - q) above it, (1 - p) (q - y) below.

    Parameters
    ----------
    actual: (...) units. quantiles: (..., Q) units. probabilities: (Q,).

    >>> pinball(np.array(10.0), np.array([8.0, 12.0]), np.array([0.9, 0.9])).round(6).tolist()
    [1.8, 0.2]
    """
    above = actual[..., None] - quantiles
    return np.asarray(np.maximum(probabilities * above, (probabilities - 1) * above))


def crps(actual: Floats, quantiles: Floats, probabilities: Floats) -> Floats:
    """Continuous ranked probability score, (...): twice the mean pinball loss over evenly spaced quantiles.

    Source: Gneiting & Ranjan (2011), "Comparing density forecasts", J. Business & Economic Statistics 29, eq. 17.
    """
    return np.asarray(2 * pinball(actual, quantiles, probabilities).mean(axis=-1))


def scored(forecast: Forecast, actual: Floats, known: Flags, mean_per_step: Floats, unit_step: Floats) -> Scores:
    """Losses of a forecast.

    Parameters
    ----------
    actual, known: (I, W) units that came, and where all of a window was observed.
    mean_per_step: (I,) mean demand of a step before the origin: a window's losses are scaled by that of its steps.
    unit_step: (I,) quantiles are rounded to its multiples, as demand comes.

    Raises
    ------
    ValueError: a forecast that is not a number.
    """
    if not (np.isfinite(forecast.mean).all() and np.isfinite(forecast.quantiles).all()):
        raise ValueError("scored: a method left a forecast out; all methods are scored on the same windows")
    step = unit_step[:, None, None]
    quantiles = np.round(np.maximum(forecast.quantiles, 0.0) / step) * step
    losses = pinball(actual, quantiles[..., CRPS_POINTS:], LEVELS[CRPS_POINTS:]).mean(axis=-1)
    ranked = crps(actual, quantiles[..., :CRPS_POINTS], LEVELS[:CRPS_POINTS])
    scale = mean_per_step[:, None] * WINDOW_STEPS

    def where_known(values: Floats) -> Floats:
        return np.where(known, values, np.nan)

    return Scores(
        where_known(losses / scale),
        where_known(ranked / scale),
        where_known(losses),
        where_known(forecast.mean - actual),
        where_known(actual),
        where_known(scale),
    )


def summary(scores: Scores) -> dict[str, float]:
    """Means over items and origins, of single steps and of the total, and of both with equal weight."""
    figures: dict[str, float] = {}
    single, total = slice(0, STEPS), slice(STEPS, STEPS + 1)
    for name, of in (("step", single), ("total", total)):
        actual = np.nansum(scores.actual[:, of])
        figures[f"wape_{name}"] = float(np.nansum(np.abs(scores.error[:, of])) / actual)
        figures[f"bias_{name}"] = float(np.nansum(scores.error[:, of]) / actual)
        figures[f"scaled_pinball_{name}"] = float(np.nanmean(scores.pinball[:, of]))
        figures[f"scaled_crps_{name}"] = float(np.nanmean(scores.crps[:, of]))
        weighted = np.nansum(scores.units_pinball[:, of]) / np.nansum(scores.scale[:, of])
        figures[f"weighted_pinball_{name}"] = float(weighted)
    for name in ("scaled_pinball", "scaled_crps", "weighted_pinball"):
        figures[name] = (figures[f"{name}_step"] + figures[f"{name}_total"]) / 2
    return figures
