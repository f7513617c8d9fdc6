"""Calibration over the whole company: which model each item takes, how its level is corrected, how uncertain it is.

All of it is told by the backtest's totals over windows of several lengths, with forecasts of the model that the
*other* origins choose: weights of the level correction and parameters of the uncertainty per demand class, drawn to
the company's. Only parameters change, never a quantile afterwards.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
import pandas as pd

from features.arrays import Flags, Floats, Ints, Texts
from models.demand.backtesting.backtest import CHOICE_WINDOW, NEW_STEPS, WINDOWS, Backtest
from models.demand.backtesting.losses import mean_loss
from models.demand.backtesting.noise import order_size
from models.demand.calibration import shared_factors as factors
from models.demand.calibration.level_correction import (
    LEAST_UNITS,
    MODEL_ALONE,
    PRIOR,
    common_shocks,
    corrected,
    evidence,
    fit_weights,
    terms,
)
from models.demand.calibration.uncertainty import LEAST_EXPOSURE, SAMPLE, PastTotals, Uncertainty, fit, total_counts
from models.demand.candidates.blends import GLOBAL_WEIGHTS
from models.demand.candidates.local_models import FALLBACK

NEW = "new"
COMPANY = "*"

NEW_VARIANCE = 0.5
"""Variance of the log level of a new item where no new item was ever scored."""

ITEM_NOISE_PERIODS = 26.0

MOST_PERIODS = 200.0
"""Periods for which an item speaks at most when a class's ratio is told."""

EXCLUDED = 1e6
"""Relative loss of a candidate that an item may not use."""

CHOICE_ORIGINS = 40.0
"""Origins at which an item's own losses weigh as much as its class's: a few origins are one season's luck."""

LEAST_GAIN = 0.05
"""Relative loss by which a model of single items must be better than those that know all items, to be taken."""

WEIGHTS = ["few_order_weight", "few_baseline_weight", "few_model_weight", "baseline_weight", "model_weight"]
"""Columns of the level correction, in the order of `level_correction.terms`."""


@dataclass(frozen=True)
class Calibration:
    """Company-wide state after the backtests.

    Attributes
    ----------
    choices: one row per item: sku, location, demand_class, model.
    items: one row per item: sku, location, dispersion, level_variance (of the log level at the origin),
        dormant_probability, order_units (of a usual order).
    classes: one row per demand class, `new` and `*`: demand_class, order_steps, dispersion and level_variance (of
        a usual item), windows, coverage_90 (of totals over four steps), the weights of the level correction and the
        parameters of `Uncertainty`; growth and autocorrelation are over four steps.
    factors: one row per factor (company, market, category): sd of the log level, autocorrelation over 28 days.
    """

    choices: pd.DataFrame
    items: pd.DataFrame
    classes: pd.DataFrame
    factors: pd.DataFrame


@dataclass(frozen=True)
class _Told:
    """What the backtests say in counting steps; arrays (I, O, W), `levels` (I, O, W, 5), `group` (I, O)."""

    actual: Floats
    levels: Floats
    group: Texts
    ratio: Floats
    order: Floats
    exposure: Floats

    def without_shocks(self) -> "_Told":
        """The same with what all items of an origin share taken off what they sold."""
        shocks = common_shocks(self.actual, corrected(self.levels, PRIOR), self.ratio)
        return replace(self, actual=self.actual / shocks[None, :, None])

    def of(self, rows: Flags, weights: Floats | None = None) -> tuple[PastTotals, Floats]:
        """Known windows of the items and origins `rows` (I, O), and their levels (N, 5)."""
        known = np.isfinite(self.actual) & np.isfinite(self.levels).all(axis=3) & rows[:, :, None]
        known &= self.levels.sum(axis=3) > 0
        item, _, window = np.nonzero(known)
        levels = self.levels[known]
        mean = np.maximum(corrected(levels, PRIOR if weights is None else weights), LEAST_UNITS)
        start, end = np.array(WINDOWS).T
        return PastTotals(
            self.actual[known],
            mean,
            self.ratio[item],
            self.order[item],
            self.exposure[known],
            start[window],
            end[window],
        ), levels


def pool_calibration(backtests: Sequence[Backtest]) -> Calibration:
    """Choices, level correction and uncertainty from the backtests of all buckets.

    Raises
    ------
    ValueError: no backtest.
    """
    if not backtests:
        raise ValueError("pool_calibration: no backtests")
    items = pd.concat([b.items for b in backtests], ignore_index=True)
    demand_class = items["demand_class"].to_numpy(object)
    step = items["unit_step"].to_numpy(np.float64)
    noise = np.concatenate([b.noise for b in backtests])
    ratio, ratio_of = _dispersion(noise, demand_class)
    order = order_size(noise)
    told = _told(backtests, items, step, ratio, order)
    classes, weights, uncertainty = _classes(told, demand_class, ratio_of)
    of_item = [uncertainty[name] for name in demand_class]
    dispersion = np.array([of.dispersion(ratio[i]) for i, of in enumerate(of_item)]).reshape(-1)
    mean = np.maximum(
        corrected(told.levels, np.reshape([weights[name] for name in demand_class], (-1, 1, 1, len(WEIGHTS)))), 0.0
    )
    per_step = _newest(mean[:, :, CHOICE_WINDOW] / np.maximum(told.exposure[:, :, CHOICE_WINDOW], LEAST_EXPOSURE))
    usual = classes.set_index("demand_class")["level_variance"].astype(np.float64)
    variance = np.array(
        [
            of.variance(per_step[i], dispersion[i]) if np.isfinite(per_step[i]) else usual[demand_class[i]]
            for i, of in enumerate(of_item)
        ]
    ).reshape(-1)
    dormant = np.array([of.dormant(np.nan_to_num(per_step[i]), dispersion[i]) for i, of in enumerate(of_item)]).reshape(
        -1
    )
    choice = _choose(backtests, items)
    models = np.concatenate([b.models[choice[s]] for b, s in zip(backtests, _slices(backtests), strict=True)])
    # Nothing speaks for a model where an item was never scored.
    models[np.concatenate([b.scored for b in backtests]) == 0] = FALLBACK
    return Calibration(
        choices=items[["sku", "location", "demand_class"]].assign(model=models),
        items=items[["sku", "location"]].assign(
            dispersion=dispersion,
            level_variance=variance,
            dormant_probability=dormant,
            order_units=order * step,
        ),
        classes=classes,
        factors=factors.shared(items, told.actual[:, :, CHOICE_WINDOW], mean[:, :, CHOICE_WINDOW], dispersion),
    )


def _told(backtests: Sequence[Backtest], items: pd.DataFrame, step: Floats, ratio: Floats, order: Floats) -> _Told:
    each = step[:, None, None]
    actual = np.round(np.concatenate([b.actual for b in backtests]) / each)
    forecast = cross_fitted_forecasts(backtests, items) / each
    usual = np.concatenate([b.usual for b in backtests])[:, :, None] / each
    exposure = np.concatenate([b.exposure for b in backtests])
    age = np.concatenate([b.age_steps for b in backtests])
    group = np.where(age < NEW_STEPS, NEW, items["demand_class"].to_numpy(object)[:, None]).astype(object)
    lived = age[:, :, None].astype(np.float64)
    known = evidence(order[:, None, None], usual, lived, backtests[0].year_steps)
    levels = terms(order[:, None, None], usual, exposure, forecast, known)
    return _Told(actual, levels, group, ratio, order, exposure)


def _classes(
    told: _Told, demand_class: Texts, ratio_of: dict[str, float]
) -> tuple[pd.DataFrame, dict[str, Floats], dict[str, Uncertainty]]:
    """The table of classes; level weights and uncertainty by class."""
    weights: dict[str, Floats] = {}
    uncertainty: dict[str, Uncertainty] = {}
    rows = []
    calm = told.without_shocks()
    for name in [COMPANY, NEW, *sorted(set(demand_class))]:
        own = told.group != NEW if name == COMPANY else told.group == name
        windows, levels = calm.of(own)
        # A new item's level comes from items like it, not from its forecasts.
        weights[name] = (
            MODEL_ALONE
            if name == NEW
            else fit_weights(levels, windows.actual, windows.ratio, weights.get(COMPANY, PRIOR))
        )
        windows, _ = told.of(own, weights[name])
        usual = uncertainty.get(COMPANY)
        if usual is not None and name == NEW:
            usual = replace(usual, base_variance=max(usual.base_variance, NEW_VARIANCE))
        uncertainty[name] = fit(windows, usual)
        of, ratio = uncertainty[name], ratio_of.get(name, ratio_of[COMPANY])
        deciding = windows.take(
            (windows.start == WINDOWS[CHOICE_WINDOW][0]) & (windows.end == WINDOWS[CHOICE_WINDOW][1])
        )
        dispersion = of.dispersion(np.array([ratio]))
        order = told.order[demand_class == name] if name not in (COMPANY, NEW) else told.order
        typical = float(np.median(deciding.mean)) / WINDOWS[CHOICE_WINDOW][1] if len(deciding.mean) else 1.0
        rows.append(
            {
                "demand_class": name,
                "order_steps": float(np.median(order)) if len(order) else 1.0,
                "dispersion": float(dispersion[0]),
                **asdict(of),
                "level_variance": float(of.variance(np.array([typical]), dispersion)[0]),
                "windows": len(deciding.mean),
                "coverage_90": _coverage(deciding, of),
                **dict(zip(WEIGHTS, weights[name].tolist(), strict=True)),
            }
        )
    return pd.DataFrame(rows), weights, uncertainty


def _newest(values: Floats) -> Floats:
    """(I,) first known value of each row (I, O), NaN without."""
    known = np.isfinite(values)
    first = np.take_along_axis(values, known.argmax(axis=1)[:, None], axis=1)[:, 0] if values.size else values[:, 0]
    return np.asarray(np.where(known.any(axis=1), first, np.nan))


def _slices(backtests: Sequence[Backtest]) -> list[slice]:
    ends = np.cumsum([len(b.items) for b in backtests])
    return [slice(end - len(b.items), end) for b, end in zip(backtests, ends, strict=True)]


def _choose(backtests: Sequence[Backtest], items: pd.DataFrame, without: int | None = None) -> Ints:
    """(I,) index of the chosen candidate: own losses, relative to the item's, shrunk to those of its class.

    The origins lie in one stretch of the year and share its shocks. What they cannot show, a season that none of them
    crossed, is known to a model of all items; so one of single items must be better by `LEAST_GAIN`.

    Parameters
    ----------
    without: an origin that has no say.
    """
    known = np.concatenate([np.isfinite(b.actual[:, :, CHOICE_WINDOW]) for b in backtests])
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
        own = np.where(np.isnan(relative[rows]), EXCLUDED, relative[rows])
        score[rows] = weight * own + (1 - weight) * class_score
    knows_all = np.isin(backtests[0].models, list(GLOBAL_WEIGHTS))
    if knows_all.any():
        score[:, ~knows_all] += LEAST_GAIN
    return np.asarray(np.argmin(score, axis=1), dtype=np.int64)


def _column_means(values: Floats, default: Floats) -> Floats:
    """Means of the known values of each column, drawn to the default by ten observations."""
    known = np.isfinite(values)
    return np.asarray((np.where(known, values, 0.0).sum(axis=0) + 10 * default) / (known.sum(axis=0) + 10))


def cross_fitted_forecasts(backtests: Sequence[Backtest], items: pd.DataFrame) -> Floats:
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


def _dispersion(noise: Floats, groups: Texts) -> tuple[Floats, dict[str, float]]:
    """(I,) variance-to-mean ratio of periods, own evidence shrunk to the class; and by class, of a usual item.

    Orders of one item come in tens, those of another one by one: what a class shares is the ratio over the item's usual
    order (1 where orders are alike and come by chance), not the ratio. An item's own ratio is known from its second
    order on.
    """
    squared, free, _, sold, _ = noise.T
    size = order_size(noise)
    relative = squared / np.maximum(free, 1.0) / size
    informed = np.minimum(free, np.maximum(sold - 1, 0.0))
    overall = _weighted(relative, np.minimum(informed, MOST_PERIODS), 1.0)
    usual = float(np.median(size)) if len(size) else 1.0
    by_class = {name: max(overall * usual, 1.0) for name in (COMPANY, NEW)}
    result = np.empty(len(noise))
    for name in sorted(set(groups)):
        rows = groups == name
        shared = _weighted(relative[rows], np.minimum(informed[rows], MOST_PERIODS), overall)
        own = informed[rows] / (informed[rows] + ITEM_NOISE_PERIODS)
        result[rows] = size[rows] * (own * relative[rows] + (1 - own) * shared)
        by_class[name] = max(shared * float(np.median(size[rows])), 1.0)
    return np.maximum(result, 1.0), by_class


def _weighted(values: Floats, weights: Floats, prior: float) -> float:
    return float(((values * weights).sum() + 20 * prior) / (weights.sum() + 20))


def _coverage(windows: PastTotals, of: Uncertainty) -> float:
    """Share of outcomes at or below P90, the outcome's jump taken in its middle so that discreteness is no error."""
    used = windows.sample(SAMPLE)
    if not len(used.mean):
        return float("nan")
    return float((total_counts(used, of).mid_pit(used.actual) <= 0.9).mean())
