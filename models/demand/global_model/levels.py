"""The global model sees levels: demand without its known effects, which are put back on its forecasts.

A model that is trained on demand as sold learns seasons from the year or two that its rows cover, and takes what that
year brought for a rule. The effects, fitted on all years and believed as far as the years agree, are taken out first.
"""

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

from features.arrays import Floats
from models.demand.effects.known_effects import Effects, multipliers
from models.demand.effects.origin import Origin
from models.demand.global_model.boosting import GlobalModel
from models.demand.global_model.forecasting import forecast
from models.demand.global_model.training_rows import TrainingRows, training_rows

if TYPE_CHECKING:
    from features.history import DemandHistory


def level_rows(history: "DemandHistory", at: dt.date, effects: Effects, *, items: int, bound: int) -> TrainingRows:
    """Training rows of a bucket, all of them within the periods up to `at`.

    Parameters
    ----------
    history: the bucket's demand.
    at: last day that may be used.
    effects: as known on the earliest day that a model is fitted for, so that no model knows its own future.
    items: items of the whole company.
    bound: rows of the whole company at most (give or take the hash's chance).
    """
    return training_rows(without_effects(history, multipliers(history, effects)), at, items=items, bound=bound)


def forecast_level(model: GlobalModel, origin: Origin, horizon_steps: int) -> Floats:
    """(I, horizon_steps) units of a step without the known effects; NaN where the model has no forecast.

    Parameters
    ----------
    model: trained on or before the day of the origin.
    origin: the bucket, T past and H future periods.
    horizon_steps: steps to forecast, at most `steps.AHEAD_STEPS`.
    """
    return forecast(model, without_effects(origin.history, origin.multipliers), origin.at, horizon_steps)


def without_effects(history: "DemandHistory", factor: Floats) -> "DemandHistory":
    """The history with its past units divided by `factor` (I, T + H), the known effects."""
    past = factor[:, : history.units.shape[1]]
    return replace(history, units=history.units / past, estimated=history.estimated / past)
