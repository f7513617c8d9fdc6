"""Forecasts of the global model for a bucket's items."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from features.arrays import Floats
from models.demand.global_model.boosting import GlobalModel, relative_demand, with_group_features
from models.demand.global_model.features import own_features, scales
from models.demand.global_model.groups import KINDS, group_labels
from models.demand.global_model.panel import cut_panel
from models.demand.global_model.step_windows import StepWindows
from models.demand.steps import AHEAD_STEPS

if TYPE_CHECKING:
    from features.history import DemandHistory


def forecast(model: GlobalModel, history: "DemandHistory", at: int, horizon_steps: int) -> Floats:
    """Units of each step after the history's period `at`, in the terms of the history: with or without effects.

    Parameters
    ----------
    model: trained on or before the day at which the period `at` begins.
    history: the bucket's demand; nothing of it from `at` on is used but announced discounts and holidays.
    at: periods of the history that are known.
    horizon_steps: steps to forecast, at most `AHEAD_STEPS`.

    Returns
    -------
    (I, horizon_steps) units per step, >= 0; NaN for items too new or without a sale in a year, and for all where
    the model was not trained.

    Raises
    ------
    ValueError: more steps than the model forecasts.
    """
    if horizon_steps > AHEAD_STEPS:
        raise ValueError(f"forecast: {horizon_steps} steps asked for, the global model forecasts {AHEAD_STEPS} at most")
    result = np.full((len(history.items), horizon_steps), np.nan)
    panel = cut_panel(history, at)
    windows = StepWindows(panel.units)
    every = np.arange(len(history.items))
    scale = scales(windows, every, np.full(len(every), panel.count), panel.year)
    usable = np.flatnonzero(np.isfinite(scale))
    if not model.boosters or not len(usable) or not horizon_steps:
        return result
    item = np.repeat(usable, horizon_steps)
    ahead = np.tile(np.arange(1, horizon_steps + 1), len(usable))
    origin = np.full(len(item), panel.count)
    table = {kind: group_labels(history, kind)[item] for kind in KINDS}
    table |= {"end": np.full(len(item), panel.ends[panel.count - 1].astype("datetime64[ns]"))}
    rows = pd.DataFrame({**table, **own_features(panel, windows, item, origin, ahead, scale[item])})
    units = relative_demand(model, with_group_features(model, rows)) * scale[item]
    result[usable] = np.maximum(units.reshape(len(usable), horizon_steps), 0.0)
    return result
