"""The global model: the mean of one learner on demand as sold and one on demand without its known effects.

The first sees how items answer to seasons and promotions in their own way; the second cannot take the one year that
it was trained on for a rule, since the effects, fitted on all years, are taken out before and put back after. Their
errors differ, so their mean is better than either (Bates & Granger 1969, "The combination of forecasts",
Operational Research Quarterly 20).
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from features.arrays import Floats
from models.demand.effects.known_effects import Effects, multipliers
from models.demand.effects.origin import Origin
from models.demand.global_model.boosting import BoostedModel, fit_boosted_model
from models.demand.global_model.forecasting import forecast
from models.demand.global_model.training_rows import TrainingRows, training_rows

if TYPE_CHECKING:
    from features.history import DemandHistory


@dataclass(frozen=True)
class GlobalRows:
    """Training rows of one bucket: of demand as sold, and of demand without its known effects."""

    as_sold: TrainingRows
    baseline: TrainingRows


@dataclass(frozen=True)
class GlobalModel:
    """One learner on demand as sold, one on demand without its known effects."""

    as_sold: BoostedModel
    baseline: BoostedModel


def global_rows(history: "DemandHistory", at: dt.date, effects: Effects, *, items: int, bound: int) -> GlobalRows:
    """Rows of a bucket, all of them within the periods up to `at`.

    Parameters
    ----------
    history: the bucket's demand.
    at: last day that may be used.
    effects: as known at the earliest day that a model is fitted for, so that no model knows its own future.
    items: items of the whole company.
    bound: rows of the whole company at most, half for each learner (give or take the hash's chance).
    """
    half = bound // 2
    without = without_effects(history, multipliers(history, effects))
    return GlobalRows(
        as_sold=training_rows(history, at, items=items, bound=half),
        baseline=training_rows(without, at, items=items, bound=half),
    )


def fit_global_model(parts: Sequence[GlobalRows], at: dt.date) -> GlobalModel:
    """Train from scratch on the rows of all buckets whose target ends on or before `at`.

    Parameters
    ----------
    parts: of `global_rows`, in any order.
    at: last day that may be used.

    Raises
    ------
    ValueError: no parts.
    """
    return GlobalModel(
        as_sold=fit_boosted_model([part.as_sold for part in parts], at),
        baseline=fit_boosted_model([part.baseline for part in parts], at),
    )


def forecast_level(model: GlobalModel, origin: Origin, horizon_steps: int) -> Floats:
    """(I, horizon_steps) units of a step without the known effects; NaN where either learner has no forecast.

    Parameters
    ----------
    model: trained on or before the day of the origin.
    origin: the bucket, T past and H future periods.
    horizon_steps: steps to forecast, at most `AHEAD_STEPS`.
    """
    factor, at, width = origin.multipliers[True], origin.at, origin.step_periods
    span = slice(at, at + horizon_steps * width)
    mean_factor = factor[:, span].reshape(len(factor), horizon_steps, width).mean(axis=2)
    as_sold = forecast(model.as_sold, origin.history, at, horizon_steps) / mean_factor
    baseline = forecast(model.baseline, without_effects(origin.history, factor), at, horizon_steps)
    return np.asarray((as_sold + baseline) / 2)


def without_effects(history: "DemandHistory", factor: Floats) -> "DemandHistory":
    """The history with its past units divided by `factor` (I, T + H), the known effects."""
    past = factor[:, : history.units.shape[1]]
    return replace(history, units=history.units / past, estimated=history.estimated / past)
