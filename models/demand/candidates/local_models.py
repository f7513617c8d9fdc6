"""Forecasting candidates: statsforecast models on an item's baseline in steps; one that fails is replaced.

Intermittent methods: Croston (1972) with the correction of Syntetos & Boylan (2005); TSB, Teunter, Syntetos & Babai
(2011); ADIDA, Nikolopoulos et al. (2011); IMAPA, Petropoulos & Kourentzes (2015).
"""

import importlib
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import TYPE_CHECKING, Literal

import numpy as np

from features.arrays import Flags, Floats, Ints, Texts

if TYPE_CHECKING:
    from features.history import DemandHistory

Forecaster = Callable[[Floats, int], Floats]

SEASONAL_NAIVE = "seasonal_naive"
"""The benchmark: demand of the same weekday (or week, or month) of the season before, effects and all."""

LAST_YEAR = "last_year"
"""The item's own steps of a year before, its season in them, at the level of now."""

FALLBACK = "window_average_8"
"""The replacement for a model that fails."""

EXPLODES_BEYOND = 3.0
"""A forecast beyond this many times the largest step of the history is rejected."""


@dataclass(frozen=True)
class Candidate:
    """One way to forecast a baseline.

    Attributes
    ----------
    name: as in `forecast_scores`.
    forecast: (history of n steps, steps ahead h) -> (h,).
    group: items that may use it: all, intermittent, or slow (items that the caller names).
    least_steps: shortest history.
    with_season: whether the season is removed before and put back after; without, the item's level takes it.
    """

    name: str
    forecast: Forecaster
    group: Literal["all", "intermittent", "slow"] = "all"
    least_steps: int = 1
    with_season: bool = True


@dataclass
class TimeLimit:
    """Seconds that slow models may take together."""

    seconds: float
    clock: Callable[[], float] = time.monotonic
    spent: float = 0.0
    exceeded: bool = field(default=False)


def fast_candidates() -> list[Candidate]:
    """Models that every item can afford, about a hundred thousand a second."""
    models = _library()
    found = [
        Candidate(f"window_average_{n}", _of(models.WindowAverage(n)), least_steps=n if n > 4 else 2)
        for n in (4, 8, 13, 26)
    ]
    found += [
        Candidate(f"ses_{round(alpha * 100):02d}", _of(models.SimpleExponentialSmoothing(alpha)), least_steps=2)
        for alpha in (0.05, 0.1, 0.2, 0.4)
    ]
    found += [
        Candidate(LAST_YEAR, _at_current_level(models.SeasonalNaive(52), 52), least_steps=60, with_season=False),
        Candidate("window_average_4_no_season", _of(models.WindowAverage(4)), least_steps=4, with_season=False),
        Candidate("window_average_13_no_season", _of(models.WindowAverage(13)), least_steps=13, with_season=False),
        Candidate("croston_sba", _of(models.CrostonSBA()), "intermittent", least_steps=4),
        Candidate("tsb", _of(models.TSB(0.1, 0.05)), "intermittent", least_steps=4),
        Candidate("adida", _of(models.ADIDA()), "intermittent", least_steps=8),
        Candidate("imapa", _of(models.IMAPA()), "intermittent", least_steps=8),
    ]
    return found


def slow_candidates() -> list[Candidate]:
    """Models worth their time on big sellers alone, some hundred a second."""
    models = _library()
    return [
        Candidate("auto_ets", _of(models.AutoETS(season_length=1, damped=True)), "slow", least_steps=20),
        Candidate("theta", _of(models.DynamicOptimizedTheta(season_length=1)), "slow", least_steps=20),
    ]


def default_candidates(period: str = "week") -> list[Candidate]:
    """All candidates; a monthly company's year has 12 steps."""
    found = fast_candidates() + slow_candidates()
    if period != "month":
        return found
    last_year = Candidate(
        LAST_YEAR, _at_current_level(_library().SeasonalNaive(12), 12), least_steps=20, with_season=False
    )
    return [last_year if candidate.name == LAST_YEAR else candidate for candidate in found]


def seasonal_naive(history: "DemandHistory", at: int, ahead: int, season: int) -> Floats:
    """The benchmark (I, ahead): demand of one season before, or the last period's where history is shorter."""
    if at == 0:
        return np.zeros((len(history.items), ahead))
    length = season if at >= season else 1
    return history.estimated[:, at - length : at][:, np.arange(ahead) % length]


def forecast_safely(
    candidates: Sequence[Candidate],
    baseline: Floats,
    first: Ints,
    wanted: Flags,
    horizon: int,
    limit: TimeLimit,
) -> tuple[Floats, Texts]:
    """Forecasts of all wanted (item, candidate) pairs, failures replaced.

    Parameters
    ----------
    candidates: the M models.
    baseline: (I, N) units per step, NaN before `first`.
    first: (I,) first step of each item.
    wanted: (I, M) pairs to run.
    horizon: steps ahead.
    limit: time of the slow models; those left when it is over fall back.

    Returns
    -------
    (I, M, horizon) units per step, finite and >= 0 where wanted, NaN elsewhere; and (I, M) the reason of a
    fallback, "" where there was none.
    """
    items, models = wanted.shape
    result = np.full((items, models, horizon), np.nan)
    reasons = np.full((items, models), "", dtype=object)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for i in np.flatnonzero(wanted.any(axis=1)):
            series = np.ascontiguousarray(baseline[i, first[i] :])
            for m in np.flatnonzero(wanted[i]).tolist():
                reasons[i, m] = _run(candidates[m], series, result[i, m], limit)
                if reasons[i, m]:
                    result[i, m] = series[-8:].mean() if len(series) else 0.0
    return result, reasons


def eligible(
    candidates: Sequence[Candidate],
    lengths: Ints,
    intermittent: Flags,
    slow: Flags,
) -> Flags:
    """(I, M) which candidates an item may use: by length of history and by group."""
    columns = []
    for candidate in candidates:
        group = {"all": np.ones(len(lengths), bool), "intermittent": intermittent, "slow": slow}[candidate.group]
        columns.append(group & (lengths >= candidate.least_steps))
    return np.stack(columns, axis=1) if columns else np.zeros((len(lengths), 0), bool)


def _run(candidate: Candidate, series: Floats, out: Floats, limit: TimeLimit) -> str:
    """Forecast into `out`; the reason if it cannot be used."""
    slow = candidate.group == "slow"
    if slow and limit.spent > limit.seconds:
        limit.exceeded = True
        return "time limit"
    started = limit.clock() if slow else 0.0
    try:
        out[:] = candidate.forecast(series, len(out))
    except Exception as error:  # noqa: BLE001 - a library's model may fail in any way; none may stop the run
        return f"raised {type(error).__name__}"
    finally:
        if slow:
            limit.spent += limit.clock() - started
    reason = _fault(out, float(series.max(initial=0.0)))
    if not reason:
        np.maximum(out, 0.0, out=out)
    return reason


def _fault(forecast: Floats, largest_seen: float) -> str:
    """Why a forecast cannot be used; "" if it can."""
    if np.isnan(forecast).any():
        return "unknown values"
    if np.isinf(forecast).any():
        return "infinite"
    if forecast.max(initial=0.0) > EXPLODES_BEYOND * largest_seen + 1e-9:
        return "explodes"
    return "negative" if forecast.min(initial=0.0) < -0.01 * largest_seen else ""


def _library() -> ModuleType:
    """Models of statsforecast, imported at their first use: pages that only read a forecast need not wait for it."""
    return importlib.import_module("statsforecast.models")


def _of(model: object) -> Forecaster:
    def forecast(series: Floats, horizon: int) -> Floats:
        return np.asarray(model.forecast(y=series, h=horizon)["mean"], dtype=np.float64)  # type: ignore[attr-defined]

    return forecast


def _at_current_level(model: object, year: int) -> Forecaster:
    """A repetition of last year, times the last eight steps over the same eight of last year."""
    repeat = _of(model)

    def forecast(series: Floats, horizon: int) -> Floats:
        mean = series[-year:].mean()
        now, then = series[-8:].sum(), series[-8 - year : -year].sum()
        # Four mean steps on each side keep the ratio of small counts near one.
        ratio = (now + 4 * mean) / (then + 4 * mean) if mean > 0 else 1.0
        return repeat(series, horizon) * ratio

    return forecast
