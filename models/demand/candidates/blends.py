"""Candidates that use the global model: its forecasts alone, and blended with the mean of steady local ones.

The mean of a few steady forecasts is hard to beat (Bates & Granger 1969; Clemen 1989), so the local side of a blend is
a mean, not a choice: a choice made on a few origins would carry its own luck into the blend.
"""

import numpy as np

from features.arrays import Floats
from models.demand.effects.origin import Origin
from models.demand.global_model import GlobalModel, forecast_level
from models.demand.steps import AHEAD_STEPS

GLOBAL_WEIGHTS = {"global": 1.0, "global_75": 0.75, "global_50": 0.5, "global_25": 0.25}
"""Candidates by the weight of the global model; the rest is the mean of the steady ones."""

STEADY = ("window_average_8", "window_average_13", "ses_10", "ses_20")
"""Local candidates whose mean is the local side of a blend, as far as an item may use them."""

HELD_STEPS = 4
"""Beyond the steps that the global model forecasts, the mean level of so many of its last ones is held."""


def global_by_period(model: GlobalModel, origin: Origin, ahead: int) -> Floats:
    """The global model's steps as periods: inside a step and beyond the last by the known effects.

    Parameters
    ----------
    model: trained on rows up to the origin.
    origin: the bucket, T past and H future periods.
    ahead: periods to forecast.

    Returns
    -------
    (I, ahead) units per period; NaN where the model has no forecast.
    """
    factor, at, width = origin.multipliers[True], origin.at, origin.step_periods
    horizon = min(AHEAD_STEPS, (factor.shape[1] - at) // width)
    if not horizon:
        return np.full((len(factor), ahead), np.nan)
    level = forecast_level(model, origin, horizon) / width
    level = np.column_stack([level, level[:, -HELD_STEPS:].mean(axis=1)])
    return np.asarray(level[:, np.minimum(np.arange(ahead) // width, horizon)] * factor[:, at : at + ahead])


def blend(local: Floats, global_: Floats) -> Floats:
    """Blended forecasts, (I, B, P), in the order of `GLOBAL_WEIGHTS`.

    Parameters
    ----------
    local: (I, S, P) forecasts of the steady candidates, NaN where not run.
    global_: (I, P) of the global model, NaN where it has none.

    Returns
    -------
    NaN where the global model has no forecast, or where a local side is needed and there is none.
    """
    known = np.isfinite(local)
    count = known.sum(axis=1)
    mean = np.where(count > 0, np.where(known, local, 0.0).sum(axis=1) / np.maximum(count, 1), np.nan)
    weights = np.array(list(GLOBAL_WEIGHTS.values()))[None, :, None]
    blended = weights * global_[:, None] + (1 - weights) * mean[:, None]
    return np.where(weights == 1.0, global_[:, None], blended)
