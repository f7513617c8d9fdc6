"""Rolling-origin backtest of the candidates of one bucket.

Each origin sees history up to it; forecasts are compared over windows of whole steps with what was really sold,
on periods whose demand is known in full (out-of-stock periods are left out of both). The choice is by the loss of
the *cumulative* demand over four steps, an interval like those that orders protect: the pinball loss at the median
and at high quantiles (Koenker & Bassett 1978), scaled by the item's mean demand; never by MAPE.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.arrays import Days, Flags, Floats, Ints, Texts
from models.demand import steps
from models.demand.backtesting.losses import mean_loss, pinball
from models.demand.backtesting.noise import period_noise
from models.demand.candidates import blends
from models.demand.candidates import local_models as models_
from models.demand.candidates.local_models import Candidate, TimeLimit
from models.demand.effects.known_effects import Effects, multipliers
from models.demand.global_model import GlobalModel

if TYPE_CHECKING:
    from features.history import DemandHistory


WINDOWS = ((0, 1), (0, 4), (4, 8), (8, 12), (0, 2), (2, 3), (0, 8))
"""Scored windows, in steps after the origin; the second decides, all of them calibrate."""

CHOICE_WINDOW = 1
HORIZON = 12
LEAST_STEPS = 2
"""Steps of history at which an origin is scored for an item."""

NEW_STEPS = 8
"""An item with a shorter history at the origin is new."""


@dataclass(frozen=True)
class Backtest:
    """Outcome of one bucket's backtest: I items, O origins, M candidates, W windows.

    Attributes
    ----------
    items: one row per item: sku, location, category, market, unit_step, demand_class.
    models: (M,) names of the candidates.
    origins: (O,) datetime64[D], last known day of each origin, newest first.
    actual: (I, O, W) units sold on known periods of the window; NaN where too little is known.
    forecast: (I, M, O, W) units forecast on the same periods; NaN where not run.
    age_steps: (I, O) steps of history at the origin.
    usual: (I, O) units per step of the year before the origin, effects apart; NaN where an origin has no steps.
    exposure: (I, O, W) known periods of the window in steps, counted by their known effects; NaN as in `actual`.
    origin_loss: (I, M, O) scaled pinball loss of the deciding window; NaN where not scored or not run.
    step_errors: (I, M, 2) sum of absolute and of signed errors of single steps; step_units: (I,) their units.
    naive_error: (I,) mean absolute difference of successive steps before the last origin, for MASE.
    noise: (I, 5) sums that tell the dispersion of periods, of `period_noise`.
    year_steps: steps of a year.
    fallbacks: one row per failure: sku, location, model, origin, reason.
    timed_out: whether the time limit forced a fallback.
    """

    items: pd.DataFrame
    models: Texts
    origins: Days
    actual: Floats
    forecast: Floats
    age_steps: Ints
    usual: Floats
    exposure: Floats
    origin_loss: Floats
    step_errors: Floats
    step_units: Floats
    naive_error: Floats
    noise: Floats
    year_steps: int
    fallbacks: pd.DataFrame
    timed_out: bool

    @property
    def scored(self) -> Floats:
        """(I,) origins at which an item was scored."""
        return np.asarray(np.isfinite(self.actual[:, :, CHOICE_WINDOW]).sum(axis=1).astype(np.float64))

    @property
    def loss(self) -> Floats:
        """(I, M) mean scaled loss over all origins scored; NaN where a candidate could not run at each."""
        return mean_loss(self.origin_loss, np.isfinite(self.actual[:, :, CHOICE_WINDOW]))


def backtest(
    history: "DemandHistory",
    effects: Effects,
    refit_on: dt.date,
    classes: pd.DataFrame,
    slow_items: npt.ArrayLike,
    *,
    origins: int = 4,
    time_limit_seconds: float = 900.0,
    candidates: Sequence[Candidate] | None = None,
    origin_effects: Mapping[dt.date, Effects] | None = None,
    global_models: Mapping[dt.date, GlobalModel] | None = None,
) -> Backtest:
    """Compare the candidates on the complete periods up to `refit_on`.

    Parameters
    ----------
    history: the bucket's demand.
    effects: known effects, pooled over the company.
    refit_on: last day whose demand may be used.
    classes: sku, location, demand_class (smooth, intermittent, erratic, lumpy, ...); items not in it are smooth.
    slow_items: (I,) bool, items on which slow models may compete.
    origins: how many, four steps apart, the newest four steps before `refit_on`.
    time_limit_seconds: time that slow models may take together.
    candidates: instead of the default ones; the benchmark is always added in front.
    origin_effects: effects pooled over the company from rows up to each origin (`origin_dates`). An origin without
        them is given `effects`, which know the season of the very steps that are scored: its local candidates
        look better than they are.
    global_models: by origin (`origin_dates`), each trained on rows up to that day; an origin without one leaves
        the global candidates out there. None: local models only.
    """
    period = effects.period
    width = steps.STEP_PERIODS[period]
    last = steps.periods_until(history, refit_on)
    chosen = list(models_.default_candidates(period) if candidates is None else candidates)
    shared = list(blends.GLOBAL_WEIGHTS) if global_models else []
    names = np.array([models_.SEASONAL_NAIVE, *(c.name for c in chosen), *shared], dtype=object)
    items = item_classes(history, classes)
    groups = (is_intermittent(items), np.asarray(slow_items, dtype=bool))
    shape = (len(items), len(names), origins, len(WINDOWS))
    forecast = np.full(shape, np.nan)
    actual = np.full((len(items), origins, len(WINDOWS)), np.nan)
    usual, exposure = np.full(actual.shape[:2], np.nan), np.full(actual.shape, np.nan)
    age = np.zeros((len(items), origins), dtype=np.int64)
    errors, losses = np.zeros((*shape[:2], 2)), np.full(shape[:3], np.nan)
    step_units, scored = np.zeros(len(items)), np.zeros(len(items))
    known = steps.fully_observed(history)
    latest = multipliers(history, effects)
    limit = TimeLimit(time_limit_seconds)
    failures = [_failures(items, chosen, "", np.full((len(items), len(chosen)), "", dtype=object))]
    dates = np.full(origins, np.datetime64("NaT"), dtype="datetime64[D]")
    for o, (at, day) in enumerate(_origins(history, refit_on, origins)):
        dates[o] = day
        known_at_origin = (origin_effects or {}).get(day, effects)
        factors = {
            True: multipliers(history, known_at_origin),
            False: multipliers(history, known_at_origin, season=False),
        }
        horizon = min(HORIZON, (last - at) // width)
        cut = steps.cut_steps(history, factors[True], at, width)
        age[:, o] = cut.baseline.shape[1] - cut.first
        usual[:, o] = steps.baseline_rate(cut.baseline, steps.YEAR_STEPS[period])
        by_period, reasons = _origin_forecasts(history, factors, at, width, horizon, chosen, groups, limit)
        failures.append(_failures(items, chosen, str(dates[o]), reasons))
        if shared:
            of_day = (global_models or {}).get(day)
            by_period = _with_global(by_period, names, history, factors[True], at, width, of_day)
        span = slice(at, at + horizon * width)
        seen = np.where(known[:, span], history.estimated[:, span], 0.0).reshape(len(items), horizon, width)
        told = (by_period * known[:, None, span]).reshape(len(items), len(names), horizon, width).sum(axis=3)
        share = known[:, span].reshape(len(items), horizon, width).mean(axis=2)
        enough = (age[:, o, None] >= LEAST_STEPS) & (_by_window(share) >= np.diff(WINDOWS)[:, 0] / 2)
        actual[:, o] = np.where(enough, _by_window(seen.sum(axis=2)), np.nan)
        forecast[:, :, o] = np.where(enough[:, None], _by_window(told), np.nan)
        exposure[:, o] = _by_window(
            (factors[True][:, span] * known[:, span]).reshape(len(items), horizon, width).mean(axis=2)
        )
        counted = enough[:, CHOICE_WINDOW]
        difference = told[:, :, :4] - seen.sum(axis=2)[:, None, :4]
        errors[counted] += np.stack([np.abs(difference).sum(axis=2), difference.sum(axis=2)], axis=2)[counted]
        step_units[counted] += seen.sum(axis=2)[:, :4].sum(axis=1)[counted]
        spread = _provisional_spread(cut, items["unit_step"].to_numpy(np.float64), steps.YEAR_STEPS[period])
        outcome = np.nan_to_num(actual[:, o, CHOICE_WINDOW])
        losses[counted, :, o] = pinball(forecast[:, :, o, CHOICE_WINDOW], outcome, spread)[counted]
        scored += counted
    scale = np.maximum(
        step_units / np.maximum(scored, 1), _usual_window(history, last, width, steps.YEAR_STEPS[period])
    )
    return Backtest(
        items=items,
        models=names,
        origins=dates,
        actual=actual,
        forecast=forecast,
        age_steps=age,
        usual=usual,
        exposure=exposure,
        origin_loss=losses / np.maximum(scale, 1e-9)[:, None, None],
        step_errors=errors,
        step_units=step_units,
        naive_error=_naive_error(steps.cut_steps(history, latest, last, width)),
        noise=period_noise(history, latest, last, width, steps.YEAR_STEPS[period]),
        year_steps=steps.YEAR_STEPS[period],
        fallbacks=pd.concat(failures, ignore_index=True),
        timed_out=limit.exceeded,
    )


def _by_window(by_step: Floats) -> Floats:
    """Sums (..., W) over the steps (..., horizon) of each window; NaN for windows that the horizon does not reach."""
    reached = [by_step[..., start:end].sum(axis=-1) if end <= by_step.shape[-1] else None for start, end in WINDOWS]
    unknown = np.full(by_step.shape[:-1], np.nan)
    return np.stack([unknown if total is None else total for total in reached], axis=-1)


def origin_dates(history: "DemandHistory", refit_on: dt.date, origins: int) -> list[dt.date]:
    """Last known day of each origin of `backtest`, newest first; fewer than `origins` where the history is short."""
    return [day for _, day in _origins(history, refit_on, origins)]


def _origins(history: "DemandHistory", refit_on: dt.date, origins: int) -> list[tuple[int, dt.date]]:
    """Periods known at each origin, and the last of their days."""
    width = steps.STEP_PERIODS[history.period]
    last = steps.periods_until(history, refit_on)
    ends = np.concatenate([history.period_starts, history.future_starts[:1]]).astype("datetime64[D]")
    places = [last - 4 * width * (o + 1) for o in range(origins)]
    return [(at, (ends[at] - np.timedelta64(1, "D")).astype(dt.date)) for at in places if at >= 2 * width]


def item_classes(history: "DemandHistory", classes: pd.DataFrame) -> pd.DataFrame:
    """One row per item of the history, in order: sku, location, category, market, unit_step, demand_class."""
    items = history.items[["sku", "location", "category", "market", "unit_step"]].copy()
    items["unit_step"] = items["unit_step"].fillna(1.0).astype(np.float64)
    items[["category", "market"]] = items[["category", "market"]].fillna("").astype(str)
    found = items.merge(
        classes[["sku", "location", "demand_class"]].drop_duplicates(["sku", "location"]),
        on=["sku", "location"],
        how="left",
        validate="many_to_one",
    )
    found["demand_class"] = found["demand_class"].fillna("smooth").astype(str)
    return found.reset_index(drop=True)


def is_intermittent(items: pd.DataFrame) -> Flags:
    """(I,) whether intermittent methods may compete."""
    return items["demand_class"].isin(["intermittent", "lumpy"]).to_numpy(bool)


def seasonal_naive(history: "DemandHistory", at: int, ahead: int, season: int) -> Floats:
    """The benchmark (I, ahead): demand of one season before, or the last period's where history is shorter."""
    if at == 0:
        return np.zeros((len(history.items), ahead))
    length = season if at >= season else 1
    return history.estimated[:, at - length : at][:, np.arange(ahead) % length]


def _origin_forecasts(
    history: "DemandHistory",
    factors: dict[bool, Floats],
    at: int,
    width: int,
    horizon: int,
    chosen: Sequence[Candidate],
    groups: tuple[Flags, Flags],
    limit: TimeLimit,
) -> tuple[Floats, Texts]:
    """Units by period (I, 1 + M, horizon * width), the benchmark first; and the reasons of fallbacks (I, M)."""
    ahead = horizon * width
    by_period = np.full((len(history.items), 1 + len(chosen), ahead), np.nan)
    reasons = np.full((len(history.items), len(chosen)), "", dtype=object)
    by_period[:, 0] = seasonal_naive(history, at, ahead, steps.NAIVE_SEASON[history.period])
    for with_season, factor in factors.items():
        columns = [m for m, candidate in enumerate(chosen) if candidate.with_season == with_season]
        if not columns:
            continue
        cut = steps.cut_steps(history, factor, at, width)
        part = [chosen[m] for m in columns]
        lengths = cut.baseline.shape[1] - cut.first
        wanted = models_.allowed(part, lengths, *groups)
        found, why = models_.forecast_safely(part, cut.baseline, cut.first, wanted, horizon, limit)
        spread_out = np.repeat(found / width, width, axis=2) * factor[:, None, at : at + ahead]
        for k, m in enumerate(columns):
            by_period[:, 1 + m] = spread_out[:, k]
            reasons[:, m] = why[:, k]
    return by_period, reasons


def _with_global(
    local: Floats,
    names: Texts,
    history: "DemandHistory",
    factor: Floats,
    at: int,
    width: int,
    model: GlobalModel | None,
) -> Floats:
    """Forecasts by period of the benchmark and the local candidates, followed by those that use the global model."""
    ahead = local.shape[2]
    told = np.full((len(local), ahead), np.nan)
    if model is not None:
        told = blends.global_by_period(model, history, factor, at, ahead, width)
    steady = local[:, np.flatnonzero(np.isin(names[: local.shape[1]], blends.STEADY))]
    return np.concatenate([local, blends.mixtures(steady, told)], axis=1)


def _failures(items: pd.DataFrame, chosen: Sequence[Candidate], origin: str, reasons: Texts) -> pd.DataFrame:
    """One row per failure: sku, location, model, origin, reason."""
    row, column = np.nonzero(reasons != "")
    names = np.array([candidate.name for candidate in chosen], dtype=object)
    return pd.DataFrame(
        {
            "sku": items["sku"].to_numpy(object)[row],
            "location": items["location"].to_numpy(object)[row],
            "model": names[column],
            "origin": np.full(len(row), origin, dtype=object),
            "reason": reasons[row, column],
        }
    )


def _provisional_spread(cut: steps.Steps, unit_step: Floats, year_steps: int) -> Floats:
    """(I, 2) variance-to-mean ratio of steps before the origin, and a level error of 25 %."""
    recent = cut.baseline[:, -year_steps:]
    alive = ~np.isnan(recent)
    count = np.maximum(alive.sum(axis=1), 1)
    filled = np.where(alive, recent, 0.0)
    mean = filled.sum(axis=1) / count
    # Differences of neighbours: a trend or a step of the level is no noise.
    change = np.where(alive[:, 1:] & alive[:, :-1], np.diff(filled, axis=1), 0.0)
    variance = (change**2).sum(axis=1) / 2 / np.maximum(count - 1, 1)
    ratio = np.clip(variance / np.maximum(mean, 1e-9), unit_step, 1e4 * unit_step)
    return np.column_stack([np.where(mean > 0, ratio, unit_step), np.full(len(mean), 0.25**2)])


def _usual_window(history: "DemandHistory", last: int, width: int, year_steps: int) -> Floats:
    """(I,) mean demand of four steps over the last year, the scale of the loss where recent sales are none."""
    recent = slice(max(0, last - year_steps * width), last)
    alive = history.alive[:, recent]
    units = np.where(alive, history.estimated[:, recent], 0.0).sum(axis=1)
    return np.asarray(units / np.maximum(alive.sum(axis=1), 1) * 4 * width)


def _naive_error(cut: steps.Steps) -> Floats:
    change = np.abs(np.diff(cut.units, axis=1))
    inside = np.arange(change.shape[1]) >= cut.first[:, None]
    return np.asarray(np.where(inside, change, 0.0).sum(axis=1) / np.maximum(inside.sum(axis=1), 1))
