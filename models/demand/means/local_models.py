"""Forecasts of single items: the mean of a few steady statsforecast models, and the seasonal-naive benchmark.

The mean of a few steady forecasts is hard to beat (Bates & Granger 1969; Clemen 1989), and a choice among them made on
a few origins would carry its own luck into the forecast.
"""

import importlib
from typing import TYPE_CHECKING

import numpy as np

from features.arrays import Floats, Texts
from models.demand.steps import Steps

if TYPE_CHECKING:
    from features.history import DemandHistory

SEASONAL_NAIVE = "seasonal_naive"
"""The benchmark: demand of the same weekday (or week, or month) of the season before, effects and all."""

WINDOWS = (8, 13)
"""Steps of the moving averages; an item with fewer has none."""

SMOOTHING = (0.1, 0.2)
"""Weights of the newest step in simple exponential smoothing; from two steps on."""


def local_level(steps: Steps) -> tuple[Floats, Texts]:
    """(I,) units per step that an item's own recent steps tell, the known effects apart; NaN with fewer than two.

    A model that fails is left out of an item's mean.

    Parameters
    ----------
    steps: the items' history.

    Returns
    -------
    The levels, and (I,) what failed, "" for nothing.
    """
    library = importlib.import_module("statsforecast.models")
    models = [(f"window_average_{window}", library.WindowAverage(window), window) for window in WINDOWS]
    models += [(f"ses_{alpha:g}", library.SimpleExponentialSmoothing(alpha), 2) for alpha in SMOOTHING]
    level = np.full(len(steps.first), np.nan)
    failures = np.full(len(steps.first), "", dtype=object)
    for item, first in enumerate(steps.first.tolist()):
        series = np.ascontiguousarray(steps.baseline[item, first:])
        found = []
        for name, model, least in models:
            if len(series) >= least:
                try:
                    value = float(model.forecast(y=series, h=1)["mean"][0])
                except Exception as error:  # noqa: BLE001 - a library's model may fail in any way; none may stop the run
                    failures[item] = f"{name} raised {type(error).__name__}"
                    continue
                if np.isfinite(value) and value >= 0:
                    found.append(value)
                else:
                    failures[item] = f"{name} returned {value}"
        if found:
            level[item] = np.mean(found)
    return level, failures


def seasonal_naive(history: "DemandHistory", at: int, ahead: int, season: int) -> Floats:
    """The benchmark (I, ahead): demand of one season before, or the last period's where history is shorter."""
    if at == 0:
        return np.zeros((len(history.items), ahead))
    length = season if at >= season else 1
    return history.estimated[:, at - length : at][:, np.arange(ahead) % length]
