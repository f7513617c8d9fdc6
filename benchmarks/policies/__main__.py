"""Our rule against (s,S) with normal safety stock and the textbook formula, at equal fill rate, on real data.

    python -m benchmarks.policies --data DIR --json FILE

Both sides have *our* mean forecasts, the same lead times, demand, minimums and costs. The textbook's level is our mean
of the protection interval plus k standard deviations (of a day's demand, times the root of the days, with the term for
random lead times); k is swept over its whole range, and the standard deviation is the better for it, seen afterwards,
of two: of the demand itself, or of the errors of a 13-week mean. Ours is the level by service, its target swept.
Stock and fill rate are in money at cost. Curves are compared where both reach a fill rate of 0.90, 0.92, ... 0.98:
the mean log ratio of stock there, and of lost sales at the stock that the textbook needs there.

- VN2: 599 store-products, weekly, lead time two weeks, lost sales; only weeks known to be in stock are scored.
- Online Retail II: a sample of the codes by hash, daily, ordered on Sundays; its stock is not known (assumed there)
  and its lead times are not known (assumed 7, 10, 14 or 21 days with chances 0.25, 0.35, 0.25, 0.15); bulk lines cut.
- MAN: weekly, backordered, real lead times, minimums and fixed costs.

Models are refitted every 8 weeks and brought up to date at each review, on what lies before. Our defaults were chosen
on earlier or other data. True demand in stockouts is unknown, so periods out of stock are not scored.
"""

import argparse
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy import special

from benchmarks.calibration.sets import CompanyData, online_retail, sampled, vn2
from benchmarks.common import Outcome, run
from benchmarks.planning import OriginForecast, forecasts_at, item_keys
from benchmarks.policies.curves import OURS, Curve, compared, curve_of
from benchmarks.policies.rules import ProjectedRule, Supply, sd_of_demand, sd_of_errors, textbook_levels
from benchmarks.spare_parts import parts as spare_parts
from features.arrays import Floats, Ints
from models.inventory.simulation import LevelPolicy, Policy, World, simulate

TARGET_SCORES = np.array([-0.25, 0.25, 0.75, 1.25, 1.75, 2.25, 2.75])
"""Normal scores of our targets."""

FACTORS = np.arange(-1.0, 6.01, 0.25)
SD = {"sd of demand": sd_of_demand, "sd of errors": sd_of_errors}
WEEK = dt.timedelta(days=7)


@dataclass(frozen=True)
class Setting:
    """One data set as it is played: reviews at the ends of `dates`, `review_periods` periods apart."""

    name: str
    company: CompanyData
    dates: Sequence[dt.date]
    supply: Supply
    warm_up: int
    review_periods: int
    margin: float


def measure(arguments: argparse.Namespace) -> Outcome:
    sides: dict[str, Mapping[str, Curve]] = {}
    wanted = arguments.sets.split(",")
    for name, make in SETTINGS.items():
        if name in wanted:
            setting = make(arguments.data, arguments.items)
            forecasts = list(
                forecasts_at(
                    setting.company,
                    list(setting.dates),
                    refit_every=8,
                    fine_grid_days=56,
                    with_global=not arguments.local,
                )
            )
            sides[name] = lost_sales_curves(setting, forecasts)
    if "man" in wanted:
        sides["man"] = spare_parts_curves(arguments.data, arguments.items, with_global=not arguments.local)
    figures, tables = compared(sides)
    return Outcome(figures, tables)


def _vn2(data: Path, items: int) -> Setting:
    company = _some(vn2(data), items)
    last = company.lines["date"].max().date() + dt.timedelta(days=6)
    two_weeks = np.zeros(15)
    two_weeks[14] = 1.0
    return Setting("vn2", company, [last - k * WEEK for k in range(44, 0, -1)], Supply(two_weeks, 7, 7), 6, 1, 0.0)


def _retail(data: Path, items: int) -> Setting:
    company = _some(online_retail(data), min(items, 400) if items else 400)
    last = company.lines["date"].max().date()
    sunday = last - dt.timedelta(days=(last.weekday() + 1) % 7)
    chances = np.zeros(22)
    chances[[7, 10, 14, 21]] = [0.25, 0.35, 0.25, 0.15]
    return Setting(
        "online_retail", company, [sunday - k * WEEK for k in range(22, 0, -1)], Supply(chances, 7, 1), 35, 7, 0.4
    )


SETTINGS = {"vn2": _vn2, "online_retail": _retail}


def _some(company: CompanyData, items: int) -> CompanyData:
    return sampled(company, items / len(company.items)) if items else company


def lost_sales_curves(setting: Setting, forecasts: list[OriginForecast]) -> dict[str, Curve]:
    """Our curve and the textbook's, by name."""
    items = len(item_keys(setting.company))
    world = lost_sales_world(setting, forecasts[0])
    reviews = {number * setting.review_periods: forecast for number, forecast in enumerate(forecasts)}
    column = np.full(world.periods, -1)
    column[list(reviews)] = np.arange(len(forecasts))
    ours = ProjectedRule(reviews, special.ndtr(TARGET_SCORES), items, setting.supply)
    curves = {OURS: swept(world, ours, len(TARGET_SCORES))}
    for name, estimate in SD.items():
        sd = [estimate(forecast.history) for forecast in forecasts]
        levels = textbook_levels(forecasts, FACTORS, items, setting.supply, sd)
        curves[name] = swept(world, LevelPolicy(levels, levels, column), len(FACTORS))
    return curves


def lost_sales_world(setting: Setting, first: OriginForecast) -> World:
    """The periods from the first review's on; demand as known at the end, one-off bulk cut."""
    company, supply = setting.company, setting.supply
    last = company.lines["date"].max().date() + dt.timedelta(days=supply.period_days - 1)
    history = company.history(last)
    keys = list(zip(history.items["sku"], history.items["location"], strict=True))
    begins = int(np.searchsorted(history.period_starts, np.datetime64(first.as_of, "D"), side="right")) - 1
    place = {key: row for row, key in enumerate(item_keys(company))}
    rows = np.array([place[key] for key in keys], dtype=np.int64)
    shape = (len(place), len(history.period_starts) - begins)
    demand, scored, cost = np.zeros(shape), np.zeros(shape, dtype=bool), np.ones(len(place))
    demand[rows] = history.estimated[:, begins:]
    known = history.alive & np.isfinite(history.units) & ~history.censored
    scored[rows] = known[:, begins:] & (np.arange(shape[1]) >= setting.warm_up)
    if setting.margin:
        price = history.items["median_price_base"].fillna(0.0).to_numpy(np.float64)
        cost[rows] = price * (1 - setting.margin)
    stock = np.zeros(len(place))
    stock[first.rows] = np.ceil(first.distribution.expected(1, supply.protection_days + 7))
    leads = np.random.default_rng(0).choice(len(supply.lead_pmf), shape, p=supply.lead_pmf) // supply.period_days
    return World(
        demand=demand,
        scored=scored,
        initial_on_hand=stock,
        initial_arrivals=np.zeros(shape),
        lead_time_days=leads,
        can_order=np.ones(shape, dtype=bool),
        pack=np.ones(len(place)),
        minimum_order=np.zeros(len(place)),
        unit_cost=cost,
        holding_per_unit_day=np.zeros(len(place)),
        underage=np.zeros(len(place)),
        fixed_cost_per_order=np.zeros(len(place)),
        promised_lead_days=np.full(len(place), int(np.ceil(supply.mean_days / supply.period_days)), dtype=np.int64),
    )


def swept(world: World, policy: Policy, points: int) -> Curve:
    """The ledgers of all points of a sweep, played as one world."""
    many: dict[str, Any] = {}
    for name in world.__dataclass_fields__:
        value = getattr(world, name)
        if isinstance(value, np.ndarray):
            many[name] = np.tile(value, (points, *[1] * (value.ndim - 1)))
    return curve_of(simulate(replace(world, **many), policy), points, many["unit_cost"])


def spare_parts_curves(data: Path, items: int, *, with_global: bool) -> dict[str, Curve]:
    """The same for MAN, whose levels depend on no state: a level policy for each point."""
    company, parts = spare_parts.read_parts(data, items)
    parts = replace(parts, pack=parts.step)
    forecasts = spare_parts.forecasts(company, parts, with_global=with_global)
    world = spare_parts.world_of(parts, 0.95)
    column = np.arange(world.periods) // spare_parts.RENEWED
    ours = [spare_parts.our_levels(parts, forecasts, float(special.ndtr(score))) for score in TARGET_SCORES]
    curves = {OURS: _levels_curve(world, ours, column)}
    for name, estimate in SD.items():
        sd = [estimate(forecast.history) for forecast in forecasts]
        theirs = [_textbook_parts(parts, forecasts, sd, float(factor)) for factor in FACTORS]
        curves[name] = _levels_curve(world, theirs, column)
    return curves


def _levels_curve(world: World, levels: Sequence["spare_parts.Levels"], column: Ints) -> Curve:
    point, up_to = (np.concatenate([getattr(each, name) for each in levels]) for name in ("point", "up_to"))
    return swept(world, LevelPolicy(point, up_to, column), len(levels))


def _textbook_parts(
    parts: "spare_parts.Parts", forecasts: list[OriginForecast], sd: list[Floats], factor: float
) -> "spare_parts.Levels":
    level = np.zeros((len(parts.demand), len(forecasts)))
    mean = np.zeros(level.shape)
    for column, (forecast, daily) in enumerate(zip(forecasts, sd, strict=True)):
        days = 7 * parts.protection_weeks[forecast.rows]
        expected = forecast.distribution.expected(1, days)
        mean[forecast.rows, column] = expected / days * 7
        level[forecast.rows, column] = expected + factor * daily * np.sqrt(days)
    return spare_parts.levels_with_batch(parts, level, mean)


if __name__ == "__main__":
    run(
        "policies",
        __doc__,
        measure,
        items=(0, "items taken of each set, by hash; 0: all, and 400 of Online Retail"),
        local=(0, "1: local models only"),
        sets=("vn2,online_retail,man", "sets played, with commas"),
    )
