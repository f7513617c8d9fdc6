"""Calibration over the whole company: how uncertain forecasts are, by demand class and item.

All of it comes from the backtest's totals over windows of several lengths: parameters of the uncertainty per demand
class, shrunk towards the company's. Only parameters change, never a quantile afterwards.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
import pandas as pd

from features.arrays import Flags, Floats, Texts
from models.demand.backtesting.backtest import LOSS_WINDOW, NEW_STEPS, WINDOWS, Backtest
from models.demand.backtesting.noise import order_size
from models.demand.calibration.shared_factors import fit_shared_factors
from models.demand.calibration.uncertainty import (
    LEAST_EXPOSURE,
    SAMPLE,
    PastTotals,
    Uncertainty,
    fit_uncertainty,
    total_counts,
)
from models.demand.effects.known_effects import COMPANY

NEW = "new"

NEW_VARIANCE = 0.5
"""Variance of the log level of a new item where no new item was ever scored."""

ITEM_NOISE_PERIODS = 26.0

MOST_PERIODS = 200.0
"""Periods for which an item counts at most in its class's ratio."""

LEAST_UNITS = 1e-3
"""Least forecast of a past window, in counting steps, so that every outcome has a probability above zero."""


@dataclass(frozen=True)
class Calibration:
    """Company-wide state after the backtests.

    Attributes
    ----------
    items: one row per item: sku, location, demand_class, dispersion, level_variance (of the log level at the origin),
        dormant_probability, order_units (of a typical order).
    classes: one row per demand class, `new` and `*`: demand_class, order_steps, dispersion and level_variance (of
        a typical item), windows, coverage_90 (of totals over four steps) and the
        parameters of `Uncertainty`; growth and autocorrelation are over four steps.
    factors: one row per factor (company, market, category): sd of the log level, autocorrelation over 28 days.
    """

    items: pd.DataFrame
    classes: pd.DataFrame
    factors: pd.DataFrame


@dataclass(frozen=True)
class _WindowTotals:
    """The backtests' windows in counting steps; arrays (I, O, W), `group` (I, O)."""

    actual: Floats
    mean: Floats
    group: Texts
    ratio: Floats
    order: Floats
    exposure: Floats

    def of(self, rows: Flags) -> PastTotals:
        """Known windows of the items and origins `rows` (I, O)."""
        known = np.isfinite(self.actual) & np.isfinite(self.mean) & rows[:, :, None]
        item, _, window = np.nonzero(known)
        start, end = np.array(WINDOWS).T
        return PastTotals(
            self.actual[known],
            np.maximum(self.mean[known], LEAST_UNITS),
            self.ratio[item],
            self.order[item],
            self.exposure[known],
            start[window],
            end[window],
        )


def pool_calibration(backtests: Sequence[Backtest]) -> Calibration:
    """Uncertainty from the backtests of all buckets.

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
    totals = _window_totals(backtests, demand_class, step, ratio, order)
    classes, uncertainty = _classes(totals, demand_class, ratio_of)
    mean = totals.mean[:, :, LOSS_WINDOW]
    per_step = _newest(mean / np.maximum(totals.exposure[:, :, LOSS_WINDOW], LEAST_EXPOSURE))
    own = _item_uncertainty(demand_class, uncertainty, classes, ratio, per_step)
    return Calibration(
        items=items[["sku", "location", "demand_class"]].assign(**own, order_units=order * step),
        classes=classes,
        factors=fit_shared_factors(items, totals.actual[:, :, LOSS_WINDOW], mean, own["dispersion"]),
    )


def _item_uncertainty(
    demand_class: Texts, uncertainty: dict[str, Uncertainty], classes: pd.DataFrame, ratio: Floats, per_step: Floats
) -> dict[str, Floats]:
    """(I,) dispersion, level variance and dormant probability of each item, by its class's parameters.

    Parameters
    ----------
    demand_class: (I,) names; uncertainty, classes: their parameters, and the table of `Calibration`.
    ratio: (I,) variance-to-mean ratio of periods.
    per_step: (I,) newest known mean, steps of demand per model step; NaN without.
    """
    of_item = [uncertainty[name] for name in demand_class]
    typical = classes.set_index("demand_class")["level_variance"].astype(np.float64)
    dispersion = np.array([of.dispersion(ratio[i]) for i, of in enumerate(of_item)]).reshape(-1)
    variance = [
        of.variance(per_step[i], dispersion[i]) if np.isfinite(per_step[i]) else typical[demand_class[i]]
        for i, of in enumerate(of_item)
    ]
    dormant = [of.dormant(np.nan_to_num(per_step[i]), dispersion[i]) for i, of in enumerate(of_item)]
    return {
        "dispersion": dispersion,
        "level_variance": np.array(variance).reshape(-1),
        "dormant_probability": np.array(dormant).reshape(-1),
    }


def _window_totals(
    backtests: Sequence[Backtest], demand_class: Texts, step: Floats, ratio: Floats, order: Floats
) -> _WindowTotals:
    each = step[:, None, None]
    age = np.concatenate([b.age_steps for b in backtests])
    return _WindowTotals(
        actual=np.round(np.concatenate([b.actual for b in backtests]) / each),
        mean=np.concatenate([b.forecast[:, -1] for b in backtests]) / each,
        group=np.where(age < NEW_STEPS, NEW, demand_class[:, None]).astype(object),
        ratio=ratio,
        order=order,
        exposure=np.concatenate([b.exposure for b in backtests]),
    )


def _classes(
    totals: _WindowTotals, demand_class: Texts, ratio_of: dict[str, float]
) -> tuple[pd.DataFrame, dict[str, Uncertainty]]:
    """The table of classes, and uncertainty by class."""
    uncertainty: dict[str, Uncertainty] = {}
    rows = []
    for name in [COMPANY, NEW, *sorted(set(demand_class))]:
        past = totals.of(totals.group != NEW if name == COMPANY else totals.group == name)
        company = uncertainty.get(COMPANY)
        if company is not None and name == NEW:
            company = replace(company, base_variance=max(company.base_variance, NEW_VARIANCE))
        uncertainty[name] = fit_uncertainty(past, company)
        order = totals.order[demand_class == name] if name not in (COMPANY, NEW) else totals.order
        ratio = ratio_of.get(name, ratio_of[COMPANY])
        rows.append({"demand_class": name, **_class_row(uncertainty[name], past, order, ratio)})
    return pd.DataFrame(rows), uncertainty


def _class_row(of: Uncertainty, past: PastTotals, order: Floats, ratio: float) -> dict[str, float]:
    """One class in the table of `Calibration`: its parameters, and the dispersion and variance of a typical item."""
    start, end = WINDOWS[LOSS_WINDOW]
    deciding = past.take((past.start == start) & (past.end == end))
    dispersion = of.dispersion(np.array([ratio]))
    typical = float(np.median(deciding.mean)) / end if len(deciding.mean) else 1.0
    return {
        "order_steps": float(np.median(order)) if len(order) else 1.0,
        "dispersion": float(dispersion[0]),
        **asdict(of),
        "level_variance": float(of.variance(np.array([typical]), dispersion)[0]),
        "windows": len(deciding.mean),
        "coverage_90": _coverage(deciding, of),
    }


def _newest(values: Floats) -> Floats:
    """(I,) first known value of each row (I, O), NaN without."""
    known = np.isfinite(values)
    first = np.take_along_axis(values, known.argmax(axis=1)[:, None], axis=1)[:, 0] if values.size else values[:, 0]
    return np.asarray(np.where(known.any(axis=1), first, np.nan))


def _dispersion(noise: Floats, groups: Texts) -> tuple[Floats, dict[str, float]]:
    """(I,) variance-to-mean ratio of periods, own evidence shrunk towards the class; and by class, of a typical item.

    Orders of one item come in tens, those of another one by one: what a class shares is the ratio over the item's
    typical order (1 where orders are alike and come by chance), not the ratio. An item's own ratio counts from its
    second order on.
    """
    squared, free, _, sold, _ = noise.T
    size = order_size(noise)
    relative = squared / np.maximum(free, 1.0) / size
    informed = np.minimum(free, np.maximum(sold - 1, 0.0))
    overall = _weighted(relative, np.minimum(informed, MOST_PERIODS), 1.0)
    typical = float(np.median(size)) if len(size) else 1.0
    by_class = {name: max(overall * typical, 1.0) for name in (COMPANY, NEW)}
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


def _coverage(totals: PastTotals, of: Uncertainty) -> float:
    """Share of outcomes at or below P90, by the mid-PIT, so that discreteness is no error."""
    used = totals.sample(SAMPLE)
    if not len(used.mean):
        return float("nan")
    return float((total_counts(used, of).mid_pit(used.actual) <= 0.9).mean())
