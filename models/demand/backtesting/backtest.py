"""Rolling-origin backtest of one bucket's forecasts: what was expected from past days against what came.

Each origin uses history up to it; forecasts are compared over windows of whole steps with what was sold, on fully
observed periods (out-of-stock periods are left out of both). Losses are those of the *cumulative* demand over four
steps, an interval like those that orders protect: the pinball loss at the median and at high quantiles, scaled by the
item's mean demand; never MAPE.

Source: pinball loss, Koenker & Bassett (1978), "Regression quantiles", Econometrica 46.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from features.arrays import Days, Flags, Floats, Ints, Texts
from models.demand import steps
from models.demand.backtesting.losses import mean_loss, pinball
from models.demand.backtesting.noise import period_noise
from models.demand.effects.known_effects import Effects, multipliers
from models.demand.effects.origin import Origin, origin_at
from models.demand.global_model import GlobalModel
from models.demand.means.expected_demand import MODELS, expected_demand
from models.demand.means.local_models import SEASONAL_NAIVE, seasonal_naive

if TYPE_CHECKING:
    from features.history import DemandHistory


WINDOWS = ((0, 1), (0, 4), (4, 8), (8, 12), (0, 2), (2, 3), (0, 8))
"""Windows scored, in steps after the origin; losses are of the second, all of them calibrate."""

LOSS_WINDOW = 1
HORIZON = 12
LEAST_STEPS = 2
"""Steps of history at which an origin is scored for an item."""

NEW_STEPS = 8
"""An item with a shorter history at the origin is new."""


@dataclass(frozen=True)
class Backtest:
    """Outcome of one bucket's backtest: I items, O origins, M models, W windows.

    Attributes
    ----------
    items: one row per item: sku, location, category, market, unit_step, demand_class.
    models: (M,) names: the seasonal naive, then `MODELS`; the last is the one used.
    origins: (O,) datetime64[D], last known day of each origin, newest first.
    actual: (I, O, W) units sold on known periods of the window; NaN where too little is known.
    forecast: (I, M, O, W) units forecast on the same periods; NaN where not run.
    age_steps: (I, O) steps of history at the origin.
    exposure: (I, O, W) known periods of the window in steps, weighted by their known effects; NaN as in `actual`.
    origin_loss: (I, M, O) scaled pinball loss of four steps; NaN where not scored or not run.
    step_errors: (I, M, 2) sum of absolute and of signed errors of single steps; step_units: (I,) their units.
    naive_error: (I,) mean absolute difference of successive steps before the last origin, for MASE.
    noise: (I, 5) sums of `period_noise`, from which the dispersion of periods follows.
    failures: (I,) what failed among the models of single items at some origin, "" for nothing.
    """

    items: pd.DataFrame
    models: Texts
    origins: Days
    actual: Floats
    forecast: Floats
    age_steps: Ints
    exposure: Floats
    origin_loss: Floats
    step_errors: Floats
    step_units: Floats
    naive_error: Floats
    noise: Floats
    failures: Texts

    @property
    def scored(self) -> Floats:
        """(I,) origins at which an item was scored."""
        return np.asarray(np.isfinite(self.actual[:, :, LOSS_WINDOW]).sum(axis=1).astype(np.float64))

    @property
    def loss(self) -> Floats:
        """(I, M) mean scaled loss over all origins scored; NaN where a model could not run at each."""
        return mean_loss(self.origin_loss, np.isfinite(self.actual[:, :, LOSS_WINDOW]))


def backtest(
    history: "DemandHistory",
    effects: Effects,
    refit_on: dt.date,
    classes: pd.DataFrame,
    *,
    origins: int = 4,
    origin_effects: Mapping[dt.date, Effects] | None = None,
    global_models: Mapping[dt.date, GlobalModel] | None = None,
) -> Backtest:
    """Forecasts from past origins against the complete periods up to `refit_on`.

    Parameters
    ----------
    history: the bucket's demand.
    effects: known effects, pooled over the company.
    refit_on: last day whose demand may be used.
    classes: sku, location, demand_class (smooth, intermittent, erratic, lumpy, ...); items not in it are smooth.
    origins: how many, four steps apart, the newest four steps before `refit_on`.
    origin_effects: effects pooled over the company from rows up to each origin (`origin_dates`). An origin without
        them uses `effects`, which know the season of the very steps that are scored: its forecasts look better than
        they are.
    global_models: by origin (`origin_dates`), each trained on rows up to that day; without one the origin's forecasts
        are those of single items.
    """
    period, year = effects.period, steps.YEAR_STEPS[effects.period]
    width = steps.STEP_PERIODS[period]
    last = steps.periods_until(history, refit_on)
    names = np.array([SEASONAL_NAIVE, *MODELS], dtype=object)
    items = item_labels(history, classes)
    unit_step = items["unit_step"].to_numpy(np.float64)

    shape = (len(items), len(names), origins, len(WINDOWS))
    forecast, losses = np.full(shape, np.nan), np.full(shape[:3], np.nan)
    actual, exposure = np.full((len(items), *shape[2:]), np.nan), np.full((len(items), *shape[2:]), np.nan)
    age = np.zeros((len(items), origins), dtype=np.int64)
    errors, step_units, scored = np.zeros((*shape[:2], 2)), np.zeros(len(items)), np.zeros(len(items))
    failures = np.full(len(items), "", dtype=object)
    dates = np.full(origins, np.datetime64("NaT"), dtype="datetime64[D]")
    for o, (at, day) in enumerate(_origins(history, refit_on, origins)):
        dates[o] = day
        origin = origin_at(history, (origin_effects or {}).get(day, effects), at)
        found = _score_origin(origin, last, unit_step, (global_models or {}).get(day))
        forecast[:, :, o], losses[:, :, o] = found.forecast, found.loss
        actual[:, o], exposure[:, o] = found.actual, found.exposure
        age[:, o] = found.age_steps
        errors[found.scored] += found.step_errors[found.scored]
        step_units[found.scored] += found.step_units[found.scored]
        scored += found.scored
        failures = np.where(failures == "", found.failures, failures)
    scale = np.maximum(step_units / np.maximum(scored, 1), _typical_window(history, last, width, year))
    latest = multipliers(history, effects)
    return Backtest(
        items=items,
        models=names,
        origins=dates,
        actual=actual,
        forecast=forecast,
        age_steps=age,
        exposure=exposure,
        origin_loss=losses / np.maximum(scale, 1e-9)[:, None, None],
        step_errors=errors,
        step_units=step_units,
        naive_error=_naive_error(steps.cut_steps(history, latest, last, width)),
        noise=period_noise(history, latest, last, width, year),
        failures=failures,
    )


@dataclass(frozen=True)
class _OriginScores:
    """One origin of `Backtest`, with `loss` in units; `scored` (I,) items whose loss window is known."""

    actual: Floats
    forecast: Floats
    exposure: Floats
    age_steps: Ints
    scored: Flags
    loss: Floats
    step_errors: Floats
    step_units: Floats
    failures: Texts


def _score_origin(origin: Origin, last: int, unit_step: Floats, global_model: GlobalModel | None) -> _OriginScores:
    """Forecasts from one origin against what was sold afterwards up to period `last`, on fully observed periods."""
    history, at, width = origin.history, origin.at, origin.step_periods
    horizon = min(HORIZON, (last - at) // width)
    cut = origin.steps
    age = cut.baseline.shape[1] - cut.first
    expected = expected_demand(origin, global_model, horizon * width)
    naive = seasonal_naive(history, at, horizon * width, steps.NAIVE_SEASON[history.period])
    by_period = np.stack([naive, *(expected.by_period[name] for name in MODELS)], axis=1)

    span = slice(at, at + horizon * width)
    observed = steps.fully_observed(history)[:, span]
    items, models = len(unit_step), by_period.shape[1]
    in_steps = (items, horizon, width)
    sold = np.where(observed, history.estimated[:, span], 0.0).reshape(in_steps).sum(axis=2)
    predicted = (by_period * observed[:, None]).reshape(items, models, horizon, width).sum(axis=3)
    share = observed.reshape(in_steps).mean(axis=2)
    enough = (age[:, None] >= LEAST_STEPS) & (_by_window(share) >= np.diff(WINDOWS)[:, 0] / 2)
    actual = np.where(enough, _by_window(sold), np.nan)
    forecast = np.where(enough[:, None], _by_window(predicted), np.nan)
    scored = enough[:, LOSS_WINDOW]
    difference = predicted[:, :, :4] - sold[:, None, :4]
    spread = _provisional_spread(cut, unit_step, steps.YEAR_STEPS[history.period])
    loss = pinball(forecast[:, :, LOSS_WINDOW], np.nan_to_num(actual[:, LOSS_WINDOW]), spread)
    return _OriginScores(
        actual=actual,
        forecast=forecast,
        exposure=_by_window((origin.multipliers[:, span] * observed).reshape(in_steps).mean(axis=2)),
        age_steps=age,
        scored=scored,
        loss=np.where(scored[:, None], loss, np.nan),
        step_errors=np.stack([np.abs(difference).sum(axis=2), difference.sum(axis=2)], axis=2),
        step_units=sold[:, :4].sum(axis=1),
        failures=expected.failures,
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


def item_labels(history: "DemandHistory", classes: pd.DataFrame) -> pd.DataFrame:
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


def _typical_window(history: "DemandHistory", last: int, width: int, year_steps: int) -> Floats:
    """(I,) mean demand of four steps over the last year, the scale of the loss where recent sales are none."""
    recent = slice(max(0, last - year_steps * width), last)
    alive = history.alive[:, recent]
    units = np.where(alive, history.estimated[:, recent], 0.0).sum(axis=1)
    return np.asarray(units / np.maximum(alive.sum(axis=1), 1) * 4 * width)


def _naive_error(cut: steps.Steps) -> Floats:
    change = np.abs(np.diff(cut.units, axis=1))
    inside = np.arange(change.shape[1]) >= cut.first[:, None]
    return np.asarray(np.where(inside, change, 0.0).sum(axis=1) / np.maximum(inside.sum(axis=1), 1))
