"""From the fitted state to the demand distribution: levels brought up to `as_of`, effects put back."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from features.arrays import Days, Floats, Ints, Texts
from features.calendar import days_or, period_lengths_days
from models.demand import steps
from models.demand.backtesting.backtest import NEW_STEPS
from models.demand.calibration.calibrated_forecast import calibrated_distribution, corrected_periods
from models.demand.calibration.calibration import NEW, Calibration
from models.demand.candidates import blends
from models.demand.candidates.local_models import (
    FALLBACK,
    LAST_YEAR,
    SEASONAL_NAIVE,
    Candidate,
    TimeLimit,
    default_candidates,
    forecast_safely,
    seasonal_naive,
)
from models.demand.candidates.new_items import new_item_rates
from models.demand.distribution.demand_distribution import DemandDistribution
from models.demand.distribution.grid import forecast_grid, regrid
from models.demand.effects.known_effects import Effects
from models.demand.effects.origin import Origin, origin_at
from models.demand.global_model import GlobalModel

if TYPE_CHECKING:
    from features.history import DemandHistory


FLOOR_SHARE = 0.1
"""Least forecast of an item that is still sold, as a share of its last year's rate."""

DIGITS = 7
"""Significant digits kept of a mean: more would be false precision, and the stored text is shorter."""


@dataclass(frozen=True)
class Prediction:
    """A forecast and how it was made.

    Attributes
    ----------
    distribution: demand of the bucket's items.
    items: one row per item, in order: sku, location, model (as used), is_new, level_per_step (units of a step
        without effects), fallback_reason ("" for none).
    """

    distribution: DemandDistribution
    items: pd.DataFrame


def predict(
    history: "DemandHistory",
    effects: Effects,
    calibration: Calibration,
    as_of: dt.date,
    *,
    fine_grid_days: int = 56,
    time_limit_seconds: float = 900.0,
    candidates: Sequence[Candidate] | None = None,
    global_model: GlobalModel | None = None,
) -> Prediction:
    """Forecast a bucket's items with the chosen models on all history up to `as_of`.

    Parameters
    ----------
    history: the bucket's demand; its last period ends at `as_of`.
    effects, calibration: fitted state of the company.
    as_of: last known day.
    fine_grid_days: days forecast in the company's period, at least eight weeks or the longest protection interval.
    time_limit_seconds: time that slow models may take together.
    candidates: as in `backtest`.
    global_model: trained up to the refit date, for items that chose it; without one, or where it has no forecast, they
        take the mean of the last eight steps.
    """
    origin = origin_at(history, effects, history.units.shape[1])
    last, width, cut = origin.at, origin.step_periods, origin.steps[True]
    factor = origin.multipliers[True][:, last:]
    lengths = cut.baseline.shape[1] - cut.first
    pool = list(default_candidates(effects.period) if candidates is None else candidates)
    choices = _choices(history, calibration)
    by_period, used, reasons = _model_forecasts(origin, choices, pool, TimeLimit(time_limit_seconds), global_model)
    by_period = corrected_periods(history, calibration, by_period, cut, factor, width)
    floor = FLOOR_SHARE * steps.baseline_rate(cut.baseline, steps.YEAR_STEPS[effects.period]) / width
    by_period = np.maximum(by_period, floor[:, None] * factor)
    is_new = lengths < NEW_STEPS
    rows = np.flatnonzero(is_new)
    if len(rows):
        rate = new_item_rates(history, effects, origin.multipliers[True][:, :last], rows)
        by_period[rows] = rate[:, None] * factor[rows]
        used[rows] = NEW
    starts = history.future_starts.astype("datetime64[D]")
    days = period_lengths_days(starts, effects.period).astype(np.int64)
    by_period *= _alive_share(history, starts, days)
    grid = forecast_grid(as_of, effects.period, int(days.sum()), max(56, fine_grid_days))
    mean = _rounded(regrid(by_period, days, grid))
    distribution = calibrated_distribution(history, calibration, grid, mean, is_new, lengths, as_of)
    items = history.items[["sku", "location"]].copy()
    items["model"] = used
    items["is_new"] = is_new
    items["level_per_step"] = by_period[:, : 4 * width].mean(axis=1) * width / factor.mean(axis=1)
    items["fallback_reason"] = reasons
    return Prediction(distribution, items.reset_index(drop=True))


def _choices(history: "DemandHistory", calibration: Calibration) -> Texts:
    keys = zip(calibration.choices["sku"], calibration.choices["location"], strict=True)
    lookup = dict(zip(keys, calibration.choices["model"], strict=True))
    items = zip(history.items["sku"], history.items["location"], strict=True)
    return np.array([lookup.get(key, FALLBACK) for key in items], dtype=object)


def _model_forecasts(
    origin: Origin, chosen: Texts, pool: Sequence[Candidate], limit: TimeLimit, global_model: GlobalModel | None
) -> tuple[Floats, Texts, Texts]:
    """Units by future period (I, H), the model used and the reason of a fallback (I,)."""
    history, last, width = origin.history, origin.at, origin.step_periods
    ahead = len(history.future_starts)
    by_period = np.zeros((len(chosen), ahead))
    used, reasons = chosen.copy(), np.full(len(chosen), "", dtype=object)
    benchmark = chosen == SEASONAL_NAIVE
    if benchmark.any():
        by_period[benchmark] = seasonal_naive(history, last, ahead, steps.NAIVE_SEASON[history.period])[benchmark]
    served = np.zeros(len(chosen), dtype=bool)
    for candidate in pool:
        cut = origin.steps[candidate.with_season]
        rows = np.flatnonzero((chosen == candidate.name) & (cut.baseline.shape[1] - cut.first >= candidate.least_steps))
        if not len(rows):
            continue
        repeats = candidate.name == LAST_YEAR
        every = np.ones((len(rows), 1), dtype=bool)
        horizon = steps.YEAR_STEPS[history.period] if repeats else steps.AHEAD_STEPS
        found, why = forecast_safely([candidate], cut.baseline[rows], cut.first[rows], every, horizon, limit)
        factor = origin.multipliers[candidate.with_season][rows, last:]
        by_period[rows] = _spread(found[:, 0], ahead, width, repeats) * factor
        reasons[rows], served[rows] = why[:, 0], True
    shared = np.flatnonzero(np.isin(chosen, list(blends.GLOBAL_WEIGHTS)))
    if len(shared) and global_model is not None:
        blended = _blended(origin, chosen, pool, limit, global_model)[shared]
        by_period[shared], served[shared] = np.nan_to_num(blended), np.isfinite(blended).all(axis=1)
    # A choice that is not in the pool, that needs a longer history, or that failed now, is replaced by the mean of the
    # last eight steps.
    unserved = ~benchmark & (~served | (reasons != ""))
    cut = origin.steps[True]
    for i in np.flatnonzero(unserved & (cut.first < cut.baseline.shape[1])):
        mean = cut.baseline[i, cut.first[i] :][-8:].mean()
        by_period[i] = mean / width * origin.multipliers[True][i, last:]
        used[i] = FALLBACK
    return by_period, used, reasons


def _blended(
    origin: Origin, chosen: Texts, pool: Sequence[Candidate], limit: TimeLimit, global_model: GlobalModel
) -> Floats:
    """(I, H) units of the items that chose the global model or a blend with it; NaN for others."""
    ahead, width, cut = len(origin.history.future_starts), origin.step_periods, origin.steps[True]
    steady = [candidate for candidate in pool if candidate.name in blends.STEADY]
    least = np.array([candidate.least_steps for candidate in steady], dtype=np.int64)
    lengths = cut.baseline.shape[1] - cut.first
    wanted = np.isin(chosen, [name for name, weight in blends.GLOBAL_WEIGHTS.items() if weight < 1])
    pairs = wanted[:, None] & (lengths[:, None] >= least)
    found, _ = forecast_safely(steady, cut.baseline, cut.first, pairs, steps.AHEAD_STEPS, limit)
    flat = found.reshape(-1, steps.AHEAD_STEPS)
    factor = origin.multipliers[True][:, None, origin.at :]
    local = _spread(flat, ahead, width, repeats=False).reshape(*pairs.shape, ahead) * factor
    alone = blends.global_by_period(global_model, origin, ahead)
    blended = blends.blend(local, alone)
    result = np.full(alone.shape, np.nan)
    for b, name in enumerate(blends.GLOBAL_WEIGHTS):
        result[chosen == name] = blended[chosen == name, b]
    return result


def _spread(by_step: Floats, ahead: int, width: int, repeats: bool) -> Floats:
    """Forecasts by step (I, h) as periods (I, ahead): the last step is held, or the year repeated."""
    step = np.arange(ahead) // width
    step = step % by_step.shape[1] if repeats else np.minimum(step, by_step.shape[1] - 1)
    return np.asarray(by_step[:, step] / width)


def _alive_share(history: "DemandHistory", starts: Days, days: Ints) -> Floats:
    """(I, H) share of each future period between an item's launch and its discontinuation, both included."""
    begins = starts.astype(np.int64)
    ends = begins + days
    launch = days_or(history.items["launched_on"], np.datetime64(-(10**8), "D")).astype(np.int64)
    close = days_or(history.items["discontinued_on"], np.datetime64(10**8, "D")).astype(np.int64) + 1
    open_days = np.minimum(ends, close[:, None]) - np.maximum(begins, launch[:, None])
    return np.asarray(np.clip(open_days, 0, None) / days)


def _rounded(values: Floats) -> Floats:
    """Values to seven significant digits."""
    with np.errstate(divide="ignore"):
        digits = DIGITS - 1 - np.floor(np.log10(np.where(values > 0, values, 1.0)))
    scale = np.power(10.0, np.clip(digits, -12, 15))
    return np.asarray(np.round(values * scale) / scale)
