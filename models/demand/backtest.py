"""Rolling-origin backtest of the candidates of one bucket.

Each origin sees history up to it; forecasts are compared over windows of whole steps with what was really sold,
on periods whose demand is known in full (out-of-stock periods are left out of both). The choice is by the loss of
the *cumulative* demand over four steps, an interval like those that orders protect: the pinball loss at the median
and at high quantiles (Koenker & Bassett 1978), scaled by the item's mean demand; never by MAPE.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.demand import candidates as models_
from models.demand import steps
from models.demand.candidates import Candidate, TimeLimit
from models.demand.effects import Effects, multipliers
from models.demand.losses import mean_loss, pinball
from models.demand.noise import period_noise

if TYPE_CHECKING:
    from features.history import DemandHistory

Floats = npt.NDArray[np.float64]

WINDOWS = ((0, 1), (0, 4), (4, 8), (8, 12))
"""Scored windows, in steps after the origin; the second decides."""

DECIDING = 1
HORIZON = 12
LEAST_STEPS = 2
"""Steps of history at which an origin is scored for an item."""

NEW_STEPS = 8
"""An item with a shorter history at the origin is new."""


@dataclass(frozen=True)
class Backtest:
    """Outcome of one bucket's backtest: I items, O origins, M candidates, W windows.

    Attributes:
        items: one row per item: sku, location, category, market, unit_step, demand_class.
        models: (M,) names of the candidates.
        origins: (O,) datetime64[D], last known day of each origin, newest first.
        actual: (I, O, W) units sold on known periods of the window; NaN where too little is known.
        forecast: (I, M, O, W) units forecast on the same periods; NaN where not run.
        age_steps: (I, O) steps of history at the origin.
        origin_loss: (I, M, O) scaled pinball loss of the deciding window; NaN where not scored or not run.
        step_errors: (I, M, 2) sum of absolute and of signed errors of single steps; step_units: (I,) their units.
        naive_error: (I,) mean absolute difference of successive steps before the last origin, for MASE.
        noise: (I, 3) sums that tell the dispersion of periods: squared scaled errors, degrees of freedom, units.
        fallbacks: one row per failure: sku, location, model, origin, reason.
        timed_out: whether the time limit forced a fallback.
    """

    items: pd.DataFrame
    models: npt.NDArray[np.object_]
    origins: npt.NDArray[np.datetime64]
    actual: Floats
    forecast: Floats
    age_steps: npt.NDArray[np.int64]
    origin_loss: Floats
    step_errors: Floats
    step_units: Floats
    naive_error: Floats
    noise: Floats
    fallbacks: pd.DataFrame
    timed_out: bool

    @property
    def scored(self) -> Floats:
        """(I,) origins at which an item was scored."""
        return np.asarray(np.isfinite(self.actual[:, :, DECIDING]).sum(axis=1).astype(np.float64))

    @property
    def loss(self) -> Floats:
        """(I, M) mean scaled loss over all origins scored; NaN where a candidate could not run at each."""
        return mean_loss(self.origin_loss, np.isfinite(self.actual[:, :, DECIDING]))


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
) -> Backtest:
    """Compare the candidates on the complete periods up to `refit_on`.

    Parameters:
        history: the bucket's demand.
        effects: known effects, pooled over the company.
        refit_on: last day whose demand may be used.
        classes: sku, location, demand_class (smooth, intermittent, erratic, lumpy, ...); items not in it are smooth.
        slow_items: (I,) bool, items on which slow models may compete.
        origins: how many, four steps apart, the newest four steps before `refit_on`.
        time_limit_seconds: time that slow models may take together.
        candidates: instead of the default ones; the benchmark is always added in front.
    """
    period = effects.period
    width = steps.STEP_PERIODS[period]
    last = steps.periods_until(history, refit_on)
    chosen = list(models_.default_candidates(period) if candidates is None else candidates)
    names = np.array([models_.SEASONAL_NAIVE, *(c.name for c in chosen)], dtype=object)
    items = item_classes(history, classes)
    groups = (is_intermittent(items), np.asarray(slow_items, dtype=bool))
    shape = (len(items), len(names), origins, len(WINDOWS))
    forecast = np.full(shape, np.nan)
    actual = np.full((len(items), origins, len(WINDOWS)), np.nan)
    age = np.zeros((len(items), origins), dtype=np.int64)
    errors, losses = np.zeros((*shape[:2], 2)), np.full(shape[:3], np.nan)
    step_units, scored = np.zeros(len(items)), np.zeros(len(items))
    known = steps.known_demand(history)
    factors = {True: multipliers(history, effects), False: multipliers(history, effects, season=False)}
    limit = TimeLimit(time_limit_seconds)
    failures = [_failures(items, chosen, "", np.full((len(items), len(chosen)), "", dtype=object))]
    ends = np.concatenate([history.period_starts, history.future_starts[:1]]).astype("datetime64[D]")
    dates = np.full(origins, np.datetime64("NaT"), dtype="datetime64[D]")
    for o in range(origins):
        at = last - 4 * width * (o + 1)
        if at < 2 * width:
            continue
        dates[o] = ends[at] - np.timedelta64(1, "D")
        horizon = min(HORIZON, (last - at) // width)
        cut = steps.cut_steps(history, factors[True], at, width)
        age[:, o] = cut.baseline.shape[1] - cut.first
        by_period, reasons = _origin_forecasts(history, factors, at, width, horizon, chosen, groups, limit)
        failures.append(_failures(items, chosen, str(dates[o]), reasons))
        span = slice(at, at + horizon * width)
        seen = np.where(known[:, span], history.estimated[:, span], 0.0).reshape(len(items), horizon, width)
        told = (by_period * known[:, None, span]).reshape(len(items), len(names), horizon, width).sum(axis=3)
        share = known[:, span].reshape(len(items), horizon, width).mean(axis=2)
        ready = age[:, o] >= LEAST_STEPS
        for w, (start, end) in enumerate(WINDOWS):
            if end <= horizon:
                enough = ready & (share[:, start:end].mean(axis=1) >= 0.5)
                actual[:, o, w] = np.where(enough, seen.sum(axis=2)[:, start:end].sum(axis=1), np.nan)
                forecast[:, :, o, w] = np.where(enough[:, None], told[:, :, start:end].sum(axis=2), np.nan)
        counted = ready & ~np.isnan(actual[:, o, DECIDING])
        difference = told[:, :, :4] - seen.sum(axis=2)[:, None, :4]
        errors[counted, :, 0] += np.abs(difference).sum(axis=2)[counted]
        errors[counted, :, 1] += difference.sum(axis=2)[counted]
        step_units[counted] += seen.sum(axis=2)[:, :4].sum(axis=1)[counted]
        spread = _provisional_spread(cut, items["unit_step"].to_numpy(np.float64))
        outcome = np.where(counted, actual[:, o, DECIDING], 0.0)
        losses[counted, :, o] = pinball(forecast[:, :, o, DECIDING], outcome, spread)[counted]
        scored += counted
    scale = np.maximum(step_units / np.maximum(scored, 1), _usual_window(history, last, width))
    return Backtest(
        items=items,
        models=names,
        origins=dates,
        actual=actual,
        forecast=forecast,
        age_steps=age,
        origin_loss=losses / np.maximum(scale, 1e-9)[:, None, None],
        step_errors=errors,
        step_units=step_units,
        naive_error=_naive_error(steps.cut_steps(history, factors[True], last, width)),
        noise=period_noise(history, factors[True], last, width),
        fallbacks=pd.concat(failures, ignore_index=True),
        timed_out=limit.exceeded,
    )


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


def is_intermittent(items: pd.DataFrame) -> npt.NDArray[np.bool_]:
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
    groups: tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]],
    limit: TimeLimit,
) -> tuple[Floats, npt.NDArray[np.object_]]:
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


def _failures(
    items: pd.DataFrame, chosen: Sequence[Candidate], origin: str, reasons: npt.NDArray[np.object_]
) -> pd.DataFrame:
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


def _provisional_spread(cut: steps.Steps, unit_step: Floats) -> Floats:
    """(I, 2) variance-to-mean ratio of steps before the origin, and a level error of 25 %."""
    recent = cut.baseline[:, -52:]
    alive = ~np.isnan(recent)
    count = np.maximum(alive.sum(axis=1), 1)
    filled = np.where(alive, recent, 0.0)
    mean = filled.sum(axis=1) / count
    # Differences of neighbours: a trend or a step of the level is no noise.
    change = np.where(alive[:, 1:] & alive[:, :-1], np.diff(filled, axis=1), 0.0)
    variance = (change**2).sum(axis=1) / 2 / np.maximum(count - 1, 1)
    ratio = np.clip(variance / np.maximum(mean, 1e-9), unit_step, 1e4 * unit_step)
    return np.column_stack([np.where(mean > 0, ratio, unit_step), np.full(len(mean), 0.25**2)])


def _usual_window(history: "DemandHistory", last: int, width: int) -> Floats:
    """(I,) mean demand of four steps over the last year, the scale of the loss where recent sales are none."""
    recent = slice(max(0, last - 52 * width), last)
    alive = history.alive[:, recent]
    units = np.where(alive, history.estimated[:, recent], 0.0).sum(axis=1)
    return np.asarray(units / np.maximum(alive.sum(axis=1), 1) * 4 * width)


def _naive_error(cut: steps.Steps) -> Floats:
    change = np.abs(np.diff(cut.units, axis=1))
    inside = np.arange(change.shape[1]) >= cut.first[:, None]
    return np.asarray(np.where(inside, change, 0.0).sum(axis=1) / np.maximum(inside.sum(axis=1), 1))
