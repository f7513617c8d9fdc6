"""From the fitted state to the demand distribution: levels brought up to `as_of`, effects put back."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from features.arrays import Days, Floats, Ints, Texts
from features.calendar import days_or
from models.demand import steps
from models.demand.backtesting.backtest import NEW_STEPS, seasonal_naive
from models.demand.calibration.calibrated_forecast import calibrated_distribution, corrected_periods
from models.demand.calibration.calibration import NEW, Calibration
from models.demand.candidates import blends, new_items
from models.demand.candidates import local_models as models_
from models.demand.candidates.local_models import Candidate, TimeLimit
from models.demand.distribution.demand_distribution import DemandDistribution
from models.demand.distribution.grid import forecast_grid, regrid
from models.demand.effects.known_effects import Effects, multipliers
from models.demand.global_model import GlobalModel

if TYPE_CHECKING:
    from features.history import DemandHistory


AHEAD_STEPS = 13
"""Steps that a model tells one by one; its last is held afterwards, so that no trend runs away."""

FLOOR_SHARE = 0.1
"""An item that still lives is told at least this share of its last year's rate, whatever its model says."""

DIGITS = 7
"""Significant digits kept of a mean: more is no knowledge, and the stored text is shorter."""


@dataclass(frozen=True)
class Prediction:
    """What is forecast, and how it came about.

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
    fine_days: int = 56,
    time_limit_seconds: float = 900.0,
    candidates: Sequence[Candidate] | None = None,
    global_model: GlobalModel | None = None,
) -> Prediction:
    """Forecast a bucket's items from the chosen models on all history up to `as_of`.

    Parameters
    ----------
    history: the bucket's demand; its last period ends at `as_of`.
    effects, calibration: fitted state of the company.
    as_of: last known day.
    fine_days: days told in the company's period, at least eight weeks or the longest protection interval.
    time_limit_seconds: time that slow models may take together.
    candidates: as in `backtest`.
    global_model: trained up to the refit date, for items that chose it; without one, or where it says nothing, they
        take the mean of the last eight steps.
    """
    period = effects.period
    width = steps.STEP_PERIODS[period]
    last = history.units.shape[1]
    factor = {True: multipliers(history, effects), False: multipliers(history, effects, season=False)}
    cut = steps.cut_steps(history, factor[True], last, width)
    lengths = cut.baseline.shape[1] - cut.first
    chosen = _choices(history, calibration)
    by_period, used, reasons = _model_forecasts(
        history, factor, cut, chosen, last, width, TimeLimit(time_limit_seconds), candidates, period, global_model
    )
    by_period = corrected_periods(history, calibration, by_period, cut, factor[True][:, last:], width)
    floor = FLOOR_SHARE * steps.baseline_rate(cut.baseline, steps.YEAR_STEPS[period]) / width
    by_period = np.maximum(by_period, floor[:, None] * factor[True][:, last:])
    is_new = lengths < NEW_STEPS
    rows = np.flatnonzero(is_new)
    if len(rows):
        rate = _new_rates(history, effects, factor[True][:, :last], last, rows)
        by_period[rows] = rate[:, None] * factor[True][rows, last:]
        used[rows] = NEW
    starts = history.future_starts.astype("datetime64[D]")
    days = _period_days(starts, period)
    by_period *= _alive_share(history, starts, days)
    grid = forecast_grid(as_of, period, int(days.sum()), max(56, fine_days))
    mean = _rounded(regrid(by_period, days, grid))
    distribution = calibrated_distribution(history, calibration, grid, mean, is_new, lengths, as_of)
    items = history.items[["sku", "location"]].copy()
    items["model"] = used
    items["is_new"] = is_new
    latest = factor[True][:, last:].mean(axis=1)
    items["level_per_step"] = by_period[:, : 4 * width].mean(axis=1) * width / latest
    items["fallback_reason"] = reasons
    return Prediction(distribution, items.reset_index(drop=True))


def _choices(history: "DemandHistory", calibration: Calibration) -> Texts:
    keys = zip(calibration.choices["sku"], calibration.choices["location"], strict=True)
    lookup = dict(zip(keys, calibration.choices["model"], strict=True))
    items = zip(history.items["sku"], history.items["location"], strict=True)
    return np.array([lookup.get(key, models_.FALLBACK) for key in items], dtype=object)


def _model_forecasts(
    history: "DemandHistory",
    factor: dict[bool, Floats],
    cut: steps.Steps,
    chosen: Texts,
    last: int,
    width: int,
    limit: TimeLimit,
    candidates: Sequence[Candidate] | None,
    period: str,
    global_model: GlobalModel | None,
) -> tuple[Floats, Texts, Texts]:
    """Units by future period (I, H), the model used and the reason of a fallback (I,)."""
    ahead = len(history.future_starts)
    pool = list(models_.default_candidates(period) if candidates is None else candidates)
    by_period = np.zeros((len(chosen), ahead))
    used, reasons = chosen.copy(), np.full(len(chosen), "", dtype=object)
    benchmark = chosen == models_.SEASONAL_NAIVE
    if benchmark.any():
        by_period[benchmark] = seasonal_naive(history, last, ahead, steps.NAIVE_SEASON[period])[benchmark]
    served = np.zeros(len(chosen), dtype=bool)
    year = steps.YEAR_STEPS[period]
    unseasoned = steps.cut_steps(history, factor[False], last, width)
    for candidate in pool:
        own = cut if candidate.with_season else unseasoned
        rows = np.flatnonzero((chosen == candidate.name) & (own.baseline.shape[1] - own.first >= candidate.least_steps))
        if not len(rows):
            continue
        repeats = candidate.name == models_.LAST_YEAR
        every = np.ones((len(rows), 1), dtype=bool)
        horizon = year if repeats else AHEAD_STEPS
        found, why = models_.forecast_safely([candidate], own.baseline[rows], own.first[rows], every, horizon, limit)
        by_period[rows] = _spread(found[:, 0], ahead, width, repeats) * factor[candidate.with_season][rows, last:]
        reasons[rows], served[rows] = why[:, 0], True
    shared = np.flatnonzero(np.isin(chosen, list(blends.GLOBAL_WEIGHTS)))
    if len(shared) and global_model is not None:
        told = _mixed(history, factor[True], cut, chosen, last, width, limit, pool, global_model)[shared]
        by_period[shared], served[shared] = np.nan_to_num(told), np.isfinite(told).all(axis=1)
    # A choice that the pool does not know, that needs a longer history, or that failed now, is served by the mean
    # of the last eight steps.
    unknown = ~benchmark & (~served | (reasons != ""))
    for i in np.flatnonzero(unknown & (cut.first < cut.baseline.shape[1])):
        by_period[i] = cut.baseline[i, cut.first[i] :][-8:].mean() / width * factor[True][i, last:]
        used[i] = models_.FALLBACK
    return by_period, used, reasons


def _mixed(
    history: "DemandHistory",
    factor: Floats,
    cut: steps.Steps,
    chosen: Texts,
    last: int,
    width: int,
    limit: TimeLimit,
    pool: Sequence[Candidate],
    global_model: GlobalModel,
) -> Floats:
    """(I, H) units of the items that chose the global model or a mixture with it; NaN for others."""
    ahead = len(history.future_starts)
    steady = [candidate for candidate in pool if candidate.name in blends.STEADY]
    least = np.array([candidate.least_steps for candidate in steady], dtype=np.int64)
    lengths = cut.baseline.shape[1] - cut.first
    wanted = np.isin(chosen, [name for name, weight in blends.GLOBAL_WEIGHTS.items() if weight < 1])
    pairs = wanted[:, None] & (lengths[:, None] >= least)
    found, _ = models_.forecast_safely(steady, cut.baseline, cut.first, pairs, AHEAD_STEPS, limit)
    flat = found.reshape(-1, AHEAD_STEPS)
    local = _spread(flat, ahead, width, repeats=False).reshape(*pairs.shape, ahead) * factor[:, None, last:]
    told = blends.global_by_period(global_model, history, factor, last, ahead, width)
    mixed = blends.mixtures(local, told)
    result = np.full(told.shape, np.nan)
    for b, name in enumerate(blends.GLOBAL_WEIGHTS):
        result[chosen == name] = mixed[chosen == name, b]
    return result


def _spread(by_step: Floats, ahead: int, width: int, repeats: bool) -> Floats:
    """Steps told (I, h) as periods (I, ahead): the last is held, or the year repeated."""
    step = np.arange(ahead) // width
    step = step % by_step.shape[1] if repeats else np.minimum(step, by_step.shape[1] - 1)
    return np.asarray(by_step[:, step] / width)


def _new_rates(history: "DemandHistory", effects: Effects, multiplier: Floats, last: int, rows: Ints) -> Floats:
    """(N,) units per period, effects apart, of items with a short history."""
    per_day, sold_share, worth = new_items.prior_levels(history, effects.levels, rows)
    width = steps.STEP_PERIODS[effects.period]
    days = {"day": 1.0, "week": 7.0, "month": 30.4375}[effects.period]
    prior_periods = worth * width
    alive = history.alive[rows, :last].copy()
    seen = np.where(alive & ~history.censored[rows, :last], history.estimated[rows, :last], 0.0)
    sold = (seen > 0).sum(axis=1)
    per_day = new_items.with_own_order_sizes(per_day, sold_share, seen.sum(axis=1) / np.maximum(sold, 1) / days, sold)
    # A life that is known by its first sale begins with one: that sale says nothing on how often others come.
    first = alive.argmax(axis=1) if last else np.zeros(len(rows), dtype=np.int64)
    begins_sold = (seen > 0)[np.arange(len(rows)), first] if last else np.zeros(len(rows), dtype=bool)
    by_sale = np.flatnonzero(history.items["launched_on"].isna().to_numpy()[rows] & begins_sold)
    alive[by_sale, first[by_sale]] = False
    units = np.where(alive, history.estimated[rows, :last], 0.0).sum(axis=1)
    exposure = np.where(alive, multiplier[rows], 0.0).sum(axis=1)
    return np.asarray((per_day * days * prior_periods + units) / (prior_periods + exposure))


def _period_days(starts: Days, period: str) -> Ints:
    if period == "month":
        following = (starts.astype("datetime64[M]") + 1).astype("datetime64[D]")
        return np.asarray((following - starts).astype(np.int64))
    return np.full(len(starts), 1 if period == "day" else 7, dtype=np.int64)


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
