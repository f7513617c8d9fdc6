"""Which model each item takes: its own losses in the backtest, shrunk towards those of its demand class."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from features.arrays import Floats, Ints, Texts
from models.demand.backtesting.backtest import CHOICE_WINDOW, Backtest
from models.demand.backtesting.losses import mean_loss
from models.demand.candidates.blends import GLOBAL_WEIGHTS
from models.demand.candidates.local_models import FALLBACK

EXCLUDED = 1e6
"""Relative loss of a candidate that an item may not use."""

CHOICE_ORIGINS = 40.0
"""Origins at which an item's own losses weigh as much as its class's: a few origins are one season's luck."""

LEAST_IMPROVEMENT = 0.05
"""Relative loss by which a model of single items must be better than those that know all items, to be taken."""


def chosen_models(backtests: Sequence[Backtest], items: pd.DataFrame) -> Texts:
    """(I,) name of each item's model, over the items of all backtests; the fallback for items never scored."""
    choice = _choose(backtests, items)
    models = np.concatenate([b.models[choice[rows]] for b, rows in zip(backtests, _slices(backtests), strict=True)])
    models[np.concatenate([b.scored for b in backtests]) == 0] = FALLBACK
    return np.asarray(models, dtype=object)


def cross_fitted_forecasts(backtests: Sequence[Backtest], items: pd.DataFrame) -> Floats:
    """(I, O, W) forecasts of the candidate that the *other* origins choose.

    The errors of a model chosen by these very errors are too small (the winner's curse); so are levels set by them.
    """
    result = np.concatenate([b.actual for b in backtests])
    for o in range(result.shape[1]):
        choice = _choose(backtests, items, without=o)
        for b, rows in zip(backtests, _slices(backtests), strict=True):
            result[rows, o] = b.forecast[np.arange(len(b.items)), choice[rows], o]
    return result


def _choose(backtests: Sequence[Backtest], items: pd.DataFrame, without: int | None = None) -> Ints:
    """(I,) index of the chosen candidate: own losses, relative to the item's median, shrunk towards its class's.

    The origins lie in one part of the year and share its shocks. What they cannot show, a season that none of them
    crossed, is known to a model of all items; so one of single items must be better by `LEAST_IMPROVEMENT`.

    Parameters
    ----------
    without: an origin that is left out.
    """
    observed = np.concatenate([np.isfinite(b.actual[:, :, CHOICE_WINDOW]) for b in backtests])
    losses = np.concatenate([b.origin_loss for b in backtests])
    if without is not None:
        observed = observed & (np.arange(observed.shape[1]) != without)
    loss, scored = mean_loss(losses, observed), observed.sum(axis=1)
    median = np.full(len(loss), np.nan)
    has_loss = np.isfinite(loss).any(axis=1)
    median[has_loss] = np.nanmedian(loss[has_loss], axis=1)
    relative = np.clip(loss / np.where(median > 0, median, np.nan)[:, None], 0.0, 5.0)
    groups = items["demand_class"].to_numpy(object)
    overall = _column_means(relative, np.ones(relative.shape[1]))
    score = np.empty(relative.shape)
    for name in sorted(set(groups)):
        rows = groups == name
        class_score = _column_means(relative[rows], overall)
        weight = (scored[rows] / (scored[rows] + CHOICE_ORIGINS))[:, None]
        own = np.where(np.isnan(relative[rows]), EXCLUDED, relative[rows])
        score[rows] = weight * own + (1 - weight) * class_score
    knows_all = np.isin(backtests[0].models, list(GLOBAL_WEIGHTS))
    if knows_all.any():
        score[:, ~knows_all] += LEAST_IMPROVEMENT
    return np.asarray(np.argmin(score, axis=1), dtype=np.int64)


def _column_means(values: Floats, default: Floats) -> Floats:
    """Means of the known values of each column, shrunk towards the default by ten observations."""
    known = np.isfinite(values)
    return np.asarray((np.where(known, values, 0.0).sum(axis=0) + 10 * default) / (known.sum(axis=0) + 10))


def _slices(backtests: Sequence[Backtest]) -> list[slice]:
    ends = np.cumsum([len(b.items) for b in backtests])
    return [slice(end - len(b.items), end) for b, end in zip(backtests, ends, strict=True)]
