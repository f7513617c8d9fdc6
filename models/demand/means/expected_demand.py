"""Expected demand by period: the weighted mean of three levels, with the known effects put back.

    level = w life + (1 - w) (3/4 all items + 1/4 local),   w = 2 / (2 + steps with a sale)

`local` is what the item's own recent steps tell, `all items` the global model's forecast, `life` the posterior mean
over the item's whole life with items like it as the prior. One set of weights holds for all items: a choice item by
item rests on a few origins of one part of a year and is mostly their luck. An item with few orders leans on its whole
life, since what it sold lately is chance; one with many hardly at all.

The weights were chosen on origins of VN2, MAN, Online Retail and car parts that lie before those that the benchmarks
report.
"""

from dataclasses import dataclass

import numpy as np

from features.arrays import Floats, Texts
from models.demand.effects.origin import Origin
from models.demand.global_model import GlobalModel, forecast_level
from models.demand.means.life_level import life_level
from models.demand.means.local_models import local_level
from models.demand.steps import AHEAD_STEPS, PERIOD_DAYS

GLOBAL_SHARE = 0.75
"""Weight of the global model beside the local models."""

LIFE_ORDERS = 2.0
"""Steps with a sale at which recent demand counts as much as the whole life."""

SHORT_HISTORY_PERIODS = 13.0
MOST_SHORT_DAYS = 91.0
"""Periods, and days at most, for which a company's oldest item is known below which the whole life alone counts: so few
numbers an item show no trend."""

LOCAL, ALL_ITEMS, COMBINED = "local", "all_items", "combined"
MODELS = (LOCAL, ALL_ITEMS, COMBINED)
"""Forecasts that are compared in the backtest, beside the seasonal naive; the last is the one used."""


@dataclass(frozen=True)
class ExpectedDemand:
    """Expected demand of I items in P periods.

    Attributes
    ----------
    by_period: (I, P) units, by name of `MODELS`; NaN where a model has none. The combined one always has.
    level_per_step: (I,) units of a step without the known effects, mean of the next four.
    failures: (I,) what failed among the local models, "" for nothing.
    """

    by_period: dict[str, Floats]
    level_per_step: Floats
    failures: Texts


def expected_demand(origin: Origin, global_model: GlobalModel | None, ahead: int) -> ExpectedDemand:
    """Expected demand of the periods after an origin.

    Beyond the steps that the global model forecasts, the local level is held: it is free of the season, and of what the
    global model expects of the next weeks alone.

    Parameters
    ----------
    origin: the bucket, T past and H future periods.
    global_model: trained on rows up to the origin; None without.
    ahead: periods, at most H.
    """
    width, cut = origin.step_periods, origin.steps
    horizon = min(AHEAD_STEPS, (origin.multipliers.shape[1] - origin.at) // width)
    local, failures = local_level(cut)
    all_items = np.full((len(local), horizon + 1), np.nan)
    if global_model is not None:
        all_items[:, :horizon] = forecast_level(global_model, origin, horizon)
    life = life_level(origin) * width
    weight = LIFE_ORDERS / (LIFE_ORDERS + _steps_with_a_sale(cut.baseline))
    short = min(SHORT_HISTORY_PERIODS * PERIOD_DAYS[origin.effects.period], MOST_SHORT_DAYS)
    if origin.effects.levels["days"].max() < short:
        weight = np.ones(len(weight))
    own = np.where(np.isfinite(local), local, life)[:, None]
    recent = np.where(np.isfinite(all_items), GLOBAL_SHARE * all_items + (1 - GLOBAL_SHARE) * own, own)
    combined = weight[:, None] * life[:, None] + (1 - weight[:, None]) * recent
    step = np.minimum(np.arange(ahead) // width, horizon)
    factor = origin.multipliers[:, origin.at : origin.at + ahead] / width
    return ExpectedDemand(
        by_period={
            LOCAL: local[:, None] * factor,
            ALL_ITEMS: all_items[:, step] * factor,
            COMBINED: combined[:, step] * factor,
        },
        level_per_step=combined[:, : min(4, horizon + 1)].mean(axis=1),
        failures=failures,
    )


def _steps_with_a_sale(baseline: Floats) -> Floats:
    return np.asarray((np.nan_to_num(baseline) > 0).sum(axis=1).astype(np.float64))
