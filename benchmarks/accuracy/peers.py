"""The peers: statsforecast's models, mlforecast with LightGBM, the seasonal naive. All see the same history by step.

AutoETS and AutoTheta have a distribution of their own: their simulated paths with normal errors, the totals of which
are floored at zero. The others give one number: their quantiles are that number plus the quantiles of their own errors
from the item's last cutoffs (at most 26, at most a third of its history; of single steps and of totals apart, as split
conformal prediction has it), floored at zero.

Source: Vovk, Gammerman & Shafer (2005), Algorithmic Learning in a Random World; rank over (n + 1).
"""

import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from lightgbm import LGBMRegressor
from mlforecast import MLForecast
from mlforecast.lag_transforms import ExponentiallyWeightedMean, RollingMean
from mlforecast.target_transforms import LocalStandardScaler
from statsforecast.models import IMAPA, TSB, AutoETS, AutoTheta

from benchmarks.accuracy.cases import Case
from benchmarks.accuracy.measures import LEVELS, STEPS, Forecast
from features.arrays import Floats

CUTOFFS = 26
LEAST_TRAINING = 6
PATHS = 400
LONGEST_SEASON = 24
"""AutoETS leaves out longer seasons: weeks have none there."""

Rule = Callable[[Floats], Floats]
"""From a history (n,) to the expected units of `STEPS` steps."""


def windows(steps: Floats) -> Floats:
    """(..., W) of values by step (..., STEPS): every step alone, then the total."""
    return np.concatenate([steps, steps.sum(axis=-1, keepdims=True)], axis=-1)


def seasonal_naive(series: Floats, season: int) -> Floats:
    """The steps of a season before; the last step where the history is shorter than the season.

    >>> seasonal_naive(np.array([1.0, 2.0, 3.0, 4.0, 5.0]), 4).tolist()
    [2.0, 3.0, 4.0, 5.0]
    """
    length = season if len(series) >= season else 1
    return series[len(series) - length :][np.arange(STEPS) % length]


def with_errors(point: Floats, errors: Floats) -> Forecast:
    """A forecast of one number with the distribution of its errors.

    Parameters
    ----------
    point: (I, W) units. errors: (I, C, W) actual less forecast at C cutoffs; NaN where an item has none.
    """
    spread = np.nanquantile(errors, LEVELS, axis=1, method="weibull")
    return Forecast(point, np.maximum(point[..., None] + np.moveaxis(spread, 0, -1), 0.0))


def cutoffs(steps: int) -> range:
    """Steps before the end of a history at which a rule is tried."""
    return range(STEPS, STEPS + max(1, min(CUTOFFS, steps // 3)))


def by_rule(case: Case, rule: Rule) -> Forecast:
    """A rule's forecast of each item, with the errors it made at the item's last cutoffs."""
    shape = (len(case.items), len(cutoffs(case.history.shape[1])), STEPS + 1)
    point, errors = np.zeros((shape[0], shape[2])), np.full(shape, np.nan)
    for item, series in enumerate(lives(case)):
        point[item] = windows(np.maximum(rule(series), 0.0))
        for place, back in enumerate(cutoffs(len(series))):
            known = len(series) - back
            if known >= LEAST_TRAINING:
                came = series[known : known + STEPS]
                errors[item, place] = windows(came) - windows(np.maximum(rule(series[:known]), 0.0))
    return with_errors(point, errors)


def lives(case: Case) -> list[Floats]:
    """Each item's history from the start of its life."""
    return [np.ascontiguousarray(row[~np.isnan(row)]) for row in case.history]


def by_paths(case: Case, model: Any) -> Forecast:
    """A model's own expected units and simulated paths; where it fails, the history's mean and draws from it."""
    point, quantiles = [], []
    draw = np.random.default_rng(0)
    for series in lives(case):
        try:
            with np.errstate(all="ignore"):
                fitted = model.fit(series)
                expected = np.asarray(fitted.predict(STEPS)["mean"], dtype=np.float64)
                paths = np.asarray(fitted.simulate(STEPS, PATHS, seed=0), dtype=np.float64)
        except Exception:  # noqa: BLE001 - a library's model may fail in any way; a peer's item is not left out for it
            expected, paths = np.full(STEPS, np.nan), np.full((1, STEPS), np.nan)
        if not (np.isfinite(expected).all() and np.isfinite(paths).all()):
            expected, paths = np.full(STEPS, series.mean()), draw.choice(series, (PATHS, STEPS))
        point.append(windows(np.maximum(expected, 0.0)))
        quantiles.append(np.maximum(np.quantile(windows(paths), LEVELS, axis=0).T, 0.0))
    return Forecast(np.array(point), np.array(quantiles))


def by_mlforecast(case: Case) -> Forecast:
    """LightGBM on lags, rolling means and the date, recursively; its errors by a model trained before all cutoffs."""
    with warnings.catch_warnings():
        # LightGBM takes the missing lags of young items as they are.
        warnings.filterwarnings("ignore", "Found null values")
        return _by_mlforecast(case)


def _by_mlforecast(case: Case) -> Forecast:
    tried = cutoffs(case.history.shape[1])
    errors = np.full((len(case.items), len(tried), STEPS + 1), np.nan)
    earlier = learner(case).fit(long(case, tried[-1]), static_features=[], dropna=False)
    for place, back in enumerate(tried):
        known = long(case, back)
        expected = predicted(case, earlier, known)
        end = case.history.shape[1] - back
        came = windows(case.history[:, end : end + STEPS])
        errors[:, place] = came - windows(expected)
    model = learner(case).fit(long(case, 0), static_features=[], dropna=False)
    return with_errors(windows(predicted(case, model, long(case, 0))), errors)


def learner(case: Case) -> MLForecast:
    """Sensible defaults: recent lags, those of a season before where there are two, means of a month and a quarter."""
    seasonal = [case.season - 1, case.season, case.season + 1] if case.history.shape[1] >= 2 * case.season else []
    dates = {"D": ["dayofweek"], "7D": ["month", week_of_year], "MS": ["month"]}[case.frequency]
    return MLForecast(
        models=[
            LGBMRegressor(n_estimators=200, learning_rate=0.05, num_leaves=31, verbosity=-1, n_jobs=1, random_state=0)
        ],
        freq=case.frequency,
        lags=sorted({1, 2, 3, 4, 8, *seasonal}),
        lag_transforms={
            1: [
                RollingMean(4, min_samples=1),
                RollingMean(13, min_samples=1),
                RollingMean(26, min_samples=1),
                ExponentiallyWeightedMean(0.1),
            ]
        },
        date_features=dates,
        target_transforms=[LocalStandardScaler()],
    )


def week_of_year(dates: pd.DatetimeIndex) -> pd.Index:
    """ISO week."""
    return pd.Index(dates.isocalendar().week.astype("int64"))


def long(case: Case, back: int) -> pd.DataFrame:
    """unique_id, ds, y of the items' lives up to `back` steps before the origin, of those long enough."""
    end = case.history.shape[1] - back
    history = case.history[:, :end]
    old_enough = (~np.isnan(history)).sum(axis=1) >= LEAST_TRAINING
    item, step = np.nonzero(~np.isnan(history) & old_enough[:, None])
    return pd.DataFrame({"unique_id": item, "ds": case.starts[step], "y": history[item, step]})


def predicted(case: Case, model: MLForecast, known: pd.DataFrame) -> Floats:
    """(I, STEPS) expected units after what is known; NaN for items not in it."""
    found = model.predict(STEPS, new_df=known)
    expected = np.full((len(case.items), STEPS), np.nan)
    ids = found["unique_id"].to_numpy()[::STEPS]
    expected[ids] = np.maximum(found["LGBMRegressor"].to_numpy(np.float64).reshape(-1, STEPS), 0.0)
    return expected


def statsforecast_rule(model: Any) -> Rule:
    return lambda series: np.asarray(model.forecast(y=series, h=STEPS)["mean"], dtype=np.float64)


def peers(case: Case) -> Mapping[str, Callable[[], Forecast]]:
    """By name, each peer's forecast of a case."""
    short = case.season if case.season <= LONGEST_SEASON else 1
    return {
        "AutoETS": lambda: by_paths(case, AutoETS(season_length=short)),
        "AutoTheta": lambda: by_paths(case, AutoTheta(season_length=case.season)),
        "IMAPA": lambda: by_rule(case, statsforecast_rule(IMAPA())),
        "TSB": lambda: by_rule(case, statsforecast_rule(TSB(alpha_d=0.1, alpha_p=0.1))),
        "mlforecast + LightGBM": lambda: by_mlforecast(case),
        "seasonal naive": lambda: by_rule(case, lambda series: seasonal_naive(series, case.season)),
    }
