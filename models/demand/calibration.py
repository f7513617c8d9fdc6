"""Calibration over the whole company: which model each item takes, and how uncertain its level is.

Moments of the *cumulative* forecast errors of the backtest give the size of the level's error (Prak, Teunter &
Syntetos 2017: errors of successive periods share a wrong level, so the square-root rule understates); the share of
outcomes below the forecast's high quantiles then scales it, per class, so that the quantiles that orders use cover
what they say. Only parameters change, never a quantile afterwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.demand import factors
from models.demand.backtest import DECIDING, NEW_STEPS, WINDOWS, Backtest
from models.demand.candidates import FALLBACK
from models.demand.counts import CountMixture
from models.demand.intervals import lognormal_counts
from models.demand.losses import mean_loss

Floats = npt.NDArray[np.float64]

NEW = "new"
EVERY = "*"

PRIOR_LEVEL_VARIANCE = 0.09
PRIOR_WINDOWS = 12.0
"""Windows at which a class's own level error weighs as much as the prior."""

NEW_LEVEL_VARIANCE = 0.5
ITEM_WINDOWS = 8.0
ITEM_NOISE_PERIODS = 26.0
NEVER = 1e6
"""Relative loss of a candidate that an item may not use."""

CHOICE_ORIGINS = 4.0
"""Origins at which an item's own losses weigh as much as its class's."""

COVERAGE_WINDOWS = 4000
"""Windows of a class on which the coverage is measured, at most."""

SCALES = np.exp(np.linspace(np.log(0.4), np.log(2.5), 13))


@dataclass(frozen=True)
class Calibration:
    """Company-wide state after the backtests.

    Attributes:
        choices: one row per item: sku, location, demand_class, model.
        items: one row per item: sku, location, dispersion, level_variance (of the log level over four steps).
        classes: one row per demand class, `new` and `*`: dispersion, level_variance, scale, windows, coverage_90.
        horizon: one row: level_growth, level_autocorrelation.
        factors: one row per factor (company, market, category): sd of the log level, autocorrelation over 28 days.
    """

    choices: pd.DataFrame
    items: pd.DataFrame
    classes: pd.DataFrame
    horizon: pd.DataFrame
    factors: pd.DataFrame


@dataclass(frozen=True)
class _Windows:
    """Deciding windows of all items and origins that were scored, flat; `item` indexes the company's items."""

    item: npt.NDArray[np.int64]
    actual: Floats
    forecast: Floats
    group: npt.NDArray[np.object_]


def pool_calibration(backtests: Sequence[Backtest]) -> Calibration:
    """Choices and uncertainty from the backtests of all buckets.

    Raises:
        ValueError: no backtest.
    """
    if not backtests:
        raise ValueError("pool_calibration: no backtests")
    items = pd.concat([b.items for b in backtests], ignore_index=True)
    if items.empty:
        return _nothing_known(items)
    choice = _choose(backtests, items)
    # Counts and their dispersion are in the item's steps.
    step = items["unit_step"].to_numpy(np.float64)[:, None, None]
    actual = np.concatenate([b.actual for b in backtests]) / step
    forecast = _honest_forecasts(backtests, items) / step
    noise = np.concatenate([b.noise for b in backtests])
    age = np.concatenate([b.age_steps for b in backtests])
    demand_class = items["demand_class"].to_numpy(object)
    dispersion, by_class = _dispersion(noise, demand_class)
    windows = _flat(actual[:, :, DECIDING], forecast[:, :, DECIDING], age, demand_class)
    variance, classes = _level_variance(windows, dispersion, by_class, demand_class)
    horizon = factors.horizon(actual, forecast, dispersion, variance)
    shared = factors.shared(items, actual[:, :, DECIDING], forecast[:, :, DECIDING], dispersion)
    models = np.concatenate([b.models[choice[s]] for b, s in zip(backtests, _slices(backtests), strict=True)])
    # Nothing speaks for a model where an item was never scored.
    models[np.concatenate([b.scored for b in backtests]) == 0] = FALLBACK
    return Calibration(
        choices=items[["sku", "location", "demand_class"]].assign(model=models),
        items=items[["sku", "location"]].assign(dispersion=dispersion, level_variance=variance),
        classes=classes,
        horizon=horizon,
        factors=shared,
    )


def _slices(backtests: Sequence[Backtest]) -> list[slice]:
    ends = np.cumsum([len(b.items) for b in backtests])
    return [slice(end - len(b.items), end) for b, end in zip(backtests, ends, strict=True)]


def _choose(backtests: Sequence[Backtest], items: pd.DataFrame, without: int | None = None) -> npt.NDArray[np.int64]:
    """(I,) index of the chosen candidate: own losses, relative to the item's, shrunk to those of its class.

    Parameters:
        without: an origin that has no say.
    """
    known = np.concatenate([np.isfinite(b.actual[:, :, DECIDING]) for b in backtests])
    losses = np.concatenate([b.origin_loss for b in backtests])
    if without is not None:
        known = known & (np.arange(known.shape[1]) != without)
    loss, scored = mean_loss(losses, known), known.sum(axis=1)
    usual = np.full(len(loss), np.nan)
    told = np.isfinite(loss).any(axis=1)
    usual[told] = np.nanmedian(loss[told], axis=1)
    relative = np.clip(loss / np.where(usual > 0, usual, np.nan)[:, None], 0.0, 5.0)
    groups = items["demand_class"].to_numpy(object)
    overall = _column_means(relative, np.ones(relative.shape[1]))
    score = np.empty(relative.shape)
    for name in sorted(set(groups)):
        rows = groups == name
        class_score = _column_means(relative[rows], overall)
        weight = (scored[rows] / (scored[rows] + CHOICE_ORIGINS))[:, None]
        own = np.where(np.isnan(relative[rows]), NEVER, relative[rows])
        score[rows] = weight * own + (1 - weight) * class_score
    return np.asarray(np.argmin(score, axis=1), dtype=np.int64)


def _column_means(values: Floats, default: Floats) -> Floats:
    """Means of the known values of each column, drawn to the default by ten observations."""
    known = np.isfinite(values)
    return np.asarray((np.where(known, values, 0.0).sum(axis=0) + 10 * default) / (known.sum(axis=0) + 10))


def _honest_forecasts(backtests: Sequence[Backtest], items: pd.DataFrame) -> Floats:
    """(I, O, W) forecasts of the candidate that the *other* origins choose.

    The errors of a model chosen by these very errors are too small (the winner's curse); so are levels set by them.
    """
    origins = backtests[0].actual.shape[1]
    result = np.concatenate([b.actual for b in backtests])
    for o in range(origins):
        choice = _choose(backtests, items, without=o)
        for b, rows in zip(backtests, _slices(backtests), strict=True):
            result[rows, o] = b.forecast[np.arange(len(b.items)), choice[rows], o]
    return result


def _dispersion(noise: Floats, groups: npt.NDArray[np.object_]) -> tuple[Floats, dict[str, float]]:
    """(I,) variance-to-mean ratio, own evidence shrunk to the class; and by class."""
    evidence = np.minimum(noise[:, 1], noise[:, 2])
    ratio = noise[:, 0] / np.maximum(noise[:, 1], 1.0)
    overall = _weighted(ratio, evidence, 1.5)
    by_class = {EVERY: overall, NEW: overall}
    result = np.empty(len(noise))
    for name in sorted(set(groups)):
        rows = groups == name
        by_class[name] = _weighted(ratio[rows], np.minimum(evidence[rows], 200.0), overall)
        own = evidence[rows] / (evidence[rows] + ITEM_NOISE_PERIODS)
        result[rows] = own * ratio[rows] + (1 - own) * by_class[name]
    return np.maximum(result, 1.0), {name: max(value, 1.0) for name, value in by_class.items()}


def _weighted(values: Floats, weights: Floats, prior: float) -> float:
    return float(((values * weights).sum() + 20 * prior) / (weights.sum() + 20))


def _flat(actual: Floats, forecast: Floats, age: npt.NDArray[np.int64], groups: npt.NDArray[np.object_]) -> _Windows:
    item, origin = np.nonzero(np.isfinite(actual) & np.isfinite(forecast) & (forecast > 0))
    group = np.where(age[item, origin] < NEW_STEPS, NEW, groups[item])
    return _Windows(item, actual[item, origin], forecast[item, origin], group.astype(object))


def _level_variance(
    windows: _Windows, dispersion: Floats, by_class: dict[str, float], groups: npt.NDArray[np.object_]
) -> tuple[Floats, pd.DataFrame]:
    """(I,) variance of the log level over the deciding window, and the table of classes."""
    phi = dispersion[windows.item]
    excess, weight = _excess(windows, phi)
    result = np.full(len(groups), PRIOR_LEVEL_VARIANCE)
    overall = _shrunk_variance(excess, weight, PRIOR_LEVEL_VARIANCE)
    rows = []
    for name in [EVERY, NEW, *sorted(set(groups))]:
        own = np.ones(len(windows.item), bool) if name == EVERY else windows.group == name
        prior = NEW_LEVEL_VARIANCE if name == NEW else overall
        variance = _shrunk_variance(excess[own], weight[own], prior)
        scale, coverage = _coverage(windows, phi, own, variance)
        rows.append((name, by_class.get(name, by_class[EVERY]), variance * scale, scale, int(own.sum()), coverage))
        members = groups == name
        if name in (EVERY, NEW) or not members.any():
            continue
        inside = members[windows.item] & own
        gained = np.bincount(windows.item[inside], (weight * excess)[inside], len(groups))
        evidence = np.bincount(windows.item[inside], weight[inside], len(groups))
        typical = np.median(weight[own]) if own.any() else 1.0
        shrunk = (gained + ITEM_WINDOWS * typical * variance) / (evidence + ITEM_WINDOWS * typical)
        result[members] = (np.clip(shrunk, variance / 3, variance * 3) * scale)[members]
    columns = ["demand_class", "dispersion", "level_variance", "scale", "windows", "coverage_90"]
    return np.clip(np.log1p(result), 0.0025, 1.0), pd.DataFrame(rows, columns=columns)


def _excess(windows: _Windows, phi: Floats) -> tuple[Floats, Floats]:
    """Squared relative errors beyond the count's noise, and their weights; outliers cut at four deviations."""
    mean = windows.forecast
    expected = phi * mean + PRIOR_LEVEL_VARIANCE * mean**2
    squared = np.minimum((windows.actual - mean) ** 2, 16 * expected)
    weight = (mean**2 / expected) ** 2
    return (squared - phi * mean) / mean**2, weight


def _shrunk_variance(excess: Floats, weight: Floats, prior: float) -> float:
    if not len(excess):
        return prior
    typical = float(np.mean(weight))
    total = float((weight * excess).sum()) + PRIOR_WINDOWS * typical * prior
    return float(np.clip(total / (float(weight.sum()) + PRIOR_WINDOWS * typical), 0.0025, 2.0))


def _coverage(windows: _Windows, phi: Floats, own: npt.NDArray[np.bool_], variance: float) -> tuple[float, float]:
    """Factor on the level's variance at which P80 to P95 cover what they say, and the coverage of P90 there.

    The coverage of a count's quantile is taken at the middle of its jump, so that discreteness is no error.
    """
    rows = np.flatnonzero(own)
    if len(rows) < 20:
        return 1.0, float("nan")
    rows = rows[np.linspace(0, len(rows) - 1, min(len(rows), COVERAGE_WINDOWS)).astype(np.int64)]
    mean, actual = windows.forecast[rows], windows.actual[rows]
    wanted = np.array([0.8, 0.9, 0.95])
    misses = []
    covered = []
    for scale in SCALES:
        counts = lognormal_counts(mean, variance * scale * mean**2, phi[rows])
        middle = middle_probability(counts, actual)
        share = (middle[:, None] <= wanted).mean(axis=0)
        misses.append(float(np.abs(share - wanted).sum()))
        covered.append(float(share[1]))
    best = int(np.argmin(misses))
    trust = len(rows) / (len(rows) + 50)
    return float(SCALES[best] ** trust), covered[best]


def middle_probability(counts: CountMixture, actual: Floats) -> Floats:
    """(I,) probability integral transform at the middle of the outcome's jump."""
    return np.asarray((counts.cdf(actual) + counts.cdf(actual - counts.unit_step)) / 2)


def _nothing_known(items: pd.DataFrame) -> Calibration:
    rows = [(EVERY, 1.5, PRIOR_LEVEL_VARIANCE, 1.0, 0, np.nan), (NEW, 1.5, NEW_LEVEL_VARIANCE, 1.0, 0, np.nan)]
    columns = ["demand_class", "dispersion", "level_variance", "scale", "windows", "coverage_90"]
    empty = np.zeros((0, 1, len(WINDOWS)))
    nothing = np.zeros(0)
    return Calibration(
        choices=items[["sku", "location", "demand_class"]].assign(model=pd.Series(dtype=object)),
        items=items[["sku", "location"]].assign(dispersion=nothing, level_variance=nothing),
        classes=pd.DataFrame(rows, columns=columns),
        horizon=factors.horizon(empty, empty, nothing, nothing),
        factors=factors.shared(items, empty[:, :, 0], empty[:, :, 0], nothing),
    )
