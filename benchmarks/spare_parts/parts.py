"""MAN spare parts: what our levels cost against the textbook's, with real lead times, minimums and costs.

    python -m benchmarks.spare_parts --data DIR --json FILE

Each week orders are decided at its end and can be sold lead time + 1 weeks later; what is not in stock waits, and costs
the shortage cost for each unit and week, set so that it and a week's holding have a critical ratio of 0.90, 0.95 or
0.99. All policies order at or below s, up to s + economic quantity, minimums (and, in the second table, whole packs)
obeyed; they differ in how s and the mean come about. Levels are renewed every 4 weeks, our models refitted every 8, on
the weeks before. 46 weeks are known at the start, 20 are played and not scored (the longest lead time is 16), the last
44 are scored. Smoothing constants of SBA and TSB are those that, seen afterwards, cost least: a favour to them.

Parts sold in fractions (881 of 3,451) are counted in tenths; the 1,854 that never sell are in, cost nobody anything,
and are left out of the intervals. Our defaults were chosen on other data and on weeks before week 54 of these.
"""

import argparse
import datetime as dt
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.calibration.sets import CompanyData, man
from benchmarks.common import Outcome, Shown, bootstrap_interval, folder
from benchmarks.planning import OriginForecast, forecasts_at, item_keys
from benchmarks.spare_parts import rivals
from features.arrays import Flags, Floats, Ints
from models.inventory.ordering.levels import backordered_levels
from models.inventory.ordering.order_sizes import economic_quantity
from models.inventory.simulation import Ledger, LevelPolicy, World, measures, simulate
from models.inventory.terms.rounding import round_up
from models.inventory.terms.service_targets import BY_COST, Targets

RATIOS = (0.90, 0.95, 0.99)
START, WARM_UP, RENEWED, REFIT = 46, 20, 4, 8
WEEK = dt.timedelta(days=7)
OURS = "restock"
NORMAL, NORMAL_BATCH = "(R,s,S), normal", "(R,s,S), normal, best s for the batch"
BOOTSTRAP = "Willemain's bootstrap"
SMOOTHERS = {"SBA": rivals.sba, "TSB": rivals.tsb}
CONSTANTS = (0.05, 0.1, 0.2)


@dataclass(frozen=True)
class Parts:
    """The parts, sorted by code: weekly demand (I, T) and the columns of their terms, (I,)."""

    demand: Floats
    step: Floats
    unit_cost: Floats
    holding_per_week: Floats
    fixed_cost: Floats
    lead_weeks: Ints
    minimum: Floats
    pack: Floats

    @property
    def protection_weeks(self) -> Ints:
        """(I,) weeks from a decision until the next order can be sold."""
        return self.lead_weeks + 1


@dataclass(frozen=True)
class Levels:
    """Reorder points and order-up-to levels, (I, renewals)."""

    point: Floats
    up_to: Floats


def measure(arguments: argparse.Namespace) -> Outcome:
    company, parts = read_parts(arguments.data, arguments.items)
    known = forecasts(company, parts, with_global=not arguments.local)
    figures: dict[str, Any] = {"items": len(parts.demand), "items_that_sell": int((parts.demand > 0).any(axis=1).sum())}
    tables = []
    for name, packs in (("minimums", np.ones(len(parts.pack))), ("minimums_and_packs", parts.pack)):
        tried = replace(parts, pack=np.where(parts.pack > 0, packs * (packs > 1) + parts.step * (packs <= 1), packs))
        figures[name], shown = _compared(tried, known)
        tables.append(replace(shown, title=f"{shown.title}, {name.replace('_', ' ')} obeyed"))
    return Outcome(figures | figures["minimums"], tables)


def read_parts(data: Path, items: int) -> tuple[CompanyData, Parts]:
    """The parts as a company and as arrays; `items` of them by hash, 0 for all."""
    company = man(data)
    wide = pd.read_parquet(folder(data, "spare_parts") / "man_weekly.parquet")
    wide.index = pd.Index("M" + wide["item"].astype(str).str.zfill(5))
    if items:
        chosen = sorted(company.items["sku"], key=lambda sku: zlib.crc32(f"sample/{sku}".encode()))[:items]
        company = replace(company, items=company.items[company.items["sku"].isin(chosen)].reset_index(drop=True))
    skus = [sku for sku, _ in item_keys(company)]
    wide, step = wide.loc[skus], company.items.set_index("sku").loc[skus, "unit_step"].to_numpy(np.float64)
    weeks = [name for name in wide.columns if name[0] == "w" and name[1:].isdigit()]
    demand = np.round(wide[weeks].to_numpy(np.float64) / step[:, None]) * step[:, None]

    def column(name: str) -> Floats:
        return wide[name].to_numpy(np.float64)

    return company, Parts(
        demand=demand,
        step=step,
        unit_cost=column("cost_price_eur"),
        holding_per_week=column("holding_cost_eur_per_unit_year") / 52,
        fixed_cost=column("fixed_cost_per_order_eur"),
        lead_weeks=wide["lead_time_weeks"].to_numpy(np.int64),
        minimum=column("min_order_qty"),
        pack=column("units_per_pack"),
    )


def forecasts(company: CompanyData, parts: Parts, *, with_global: bool) -> list[OriginForecast]:
    """What is known at each renewal of the levels."""
    renewals = range(START, parts.demand.shape[1], RENEWED)
    dates = [company.begins + (week + 1) * WEEK - dt.timedelta(days=1) for week in renewals]
    days = 7 * int(parts.protection_weeks.max())
    return list(
        forecasts_at(company, dates, refit_every=REFIT // RENEWED, fine_grid_days=days, with_global=with_global)
    )


def _compared(parts: Parts, known: list[OriginForecast]) -> tuple[dict[str, Any], Shown]:
    figures: dict[str, Any] = {}
    rows = []
    bootstrap = _bootstrap(parts)
    sells: Flags = np.asarray((parts.demand > 0).any(axis=1))
    for place, ratio in enumerate(RATIOS):
        ledgers = _ledgers(parts, known, ratio, bootstrap[:, :, place])
        ledgers = {name: ledger.take(sells) for name, ledger in ledgers.items()}
        ours = ledgers[OURS]
        figures[f"{ratio:.2f}"] = by_ratio = {}
        for name, ledger in ledgers.items():
            cost_ratio, interval = ratio_of_costs(ours, ledger)
            found = measures(ledger, periods_per_year=52).iloc[0]
            by_ratio[name] = {
                "cost": found["cost"],
                "ratio_ours_to_this": cost_ratio,
                "interval": interval,
                "fill_rate": found["fill_rate"],
                "stock_value": found["stock_value"],
            }
            money = [f"{found[column]:,.0f}" for column in ("cost", "holding_cost", "shortage_cost", "ordering_cost")]
            against = "" if name == OURS else f"{cost_ratio:.3f} ({interval[0]:.3f} to {interval[1]:.3f})"
            stock = f"{found['stock_value']:,.0f}"
            rows.append([f"{ratio:.2f} {name}", *money, stock, f"{found['fill_rate']:.3f}", against])
    columns = ["critical ratio, policy", "cost", "holding", "shortage", "ordering", "stock", "fill rate", "ours / this"]
    return figures, Shown("Cost in EUR of the last 44 weeks", columns, rows)


def _ledgers(parts: Parts, known: list[OriginForecast], ratio: float, bootstrap: Floats) -> dict[str, Ledger]:
    """Ours, and the rivals at their best constants."""
    world = world_of(parts, ratio)
    found = {OURS: _played(world, our_levels(parts, known, ratio))}
    seen = {NORMAL: (rivals.all_weeks, False), NORMAL_BATCH: (rivals.all_weeks, True)}
    for name, (estimate, for_batch) in seen.items():
        found[name] = _played(world, _textbook(parts, ratio, estimate, for_batch=for_batch))
    for name, smoother in SMOOTHERS.items():
        tried = [_played(world, _textbook(parts, ratio, partial(smoother, constant=c))) for c in CONSTANTS]
        found[name] = min(tried, key=lambda ledger: float(ledger.cost.sum()))
    mean = np.column_stack([rivals.all_weeks(parts.demand[:, : week + 1]).mean for week in _renewals(parts)])
    found[BOOTSTRAP] = _played(world, levels_with_batch(parts, bootstrap * parts.step[:, None], mean))
    return found


def _renewals(parts: Parts) -> range:
    return range(START, parts.demand.shape[1], RENEWED)


def our_levels(parts: Parts, known: list[OriginForecast], ratio: float) -> Levels:
    """Levels of the backordered rule, as `decide` has them, from each renewal's demand distribution."""
    point = np.full((len(parts.demand), len(known)), -1.0)
    up_to = point.copy()
    for column, forecast in enumerate(known):
        rows, demand = forecast.rows, forecast.distribution
        last = 7 * parts.protection_weeks[rows]
        protection, until = demand.interval(1, last), demand.interval(1, last - 7)
        rate = demand.expected(1, last) / last
        economic = economic_quantity(rate, parts.fixed_cost[rows], parts.holding_per_week[rows] / 7)
        least = round_up(np.maximum(parts.minimum, parts.step)[rows], parts.pack[rows])
        levels = backordered_levels(
            np.zeros(len(rows)),
            targets=Targets(np.full(len(rows), BY_COST, dtype=object), np.full(len(rows), ratio)),
            until_arrival=until,
            protection=protection,
            economic_units=economic,
            batch_units=np.maximum(least, economic),
        )
        point[rows, column], up_to[rows, column] = levels.reorder_point, levels.order_up_to_level
    return Levels(point, up_to)


def _textbook(
    parts: Parts, ratio: float, estimate: Callable[[Floats], rivals.Smoothed], *, for_batch: bool = False
) -> Levels:
    level, mean = [], []
    for week in _renewals(parts):
        smoothed = estimate(parts.demand[:, : week + 1])
        mean.append(smoothed.mean)
        if for_batch:
            batch = np.maximum(
                round_up(np.maximum(parts.minimum, parts.step), parts.pack), _economic(parts, smoothed.mean)
            )
            level.append(rivals.normal_level_for_batch(smoothed, parts.protection_weeks, ratio, batch))
        else:
            level.append(rivals.normal_level(smoothed, parts.protection_weeks, ratio))
    return levels_with_batch(parts, np.column_stack(level), np.column_stack(mean))


def levels_with_batch(parts: Parts, level: Floats, mean: Floats) -> Levels:
    """Order when the position is below the level, up to the economic quantity above; nothing before a first sale."""
    step = parts.step[:, None]
    point = np.where(mean > 0, np.ceil(level / step - 1e-9) * step - step, -1.0)
    quantity = np.column_stack([_economic(parts, column) for column in mean.T])
    return Levels(point, point + np.maximum(np.rint(quantity / step), 1.0) * step)


def _economic(parts: Parts, weekly_mean: Floats) -> Floats:
    return economic_quantity(weekly_mean / 7, parts.fixed_cost, parts.holding_per_week / 7)


def _bootstrap(parts: Parts) -> Floats:
    """(I, renewals, ratios) levels in steps."""
    whole = np.rint(parts.demand / parts.step[:, None])
    levels = [
        rivals.bootstrap_levels(whole[:, : week + 1], parts.protection_weeks, RATIOS, seed=week)
        for week in _renewals(parts)
    ]
    return np.stack(levels, axis=1)


def world_of(parts: Parts, ratio: float) -> World:
    """The weeks after those known at the start, with the mean demand of lead time and review in stock."""
    demand = parts.demand[:, START:]
    cover = parts.demand[:, :START].mean(axis=1) * parts.protection_weeks
    return World(
        demand=demand,
        scored=np.broadcast_to(np.arange(demand.shape[1]) >= WARM_UP, demand.shape).copy(),
        initial_on_hand=np.ceil(cover / parts.step - 1e-9) * parts.step,
        initial_arrivals=np.zeros(demand.shape),
        lead_time_days=np.broadcast_to(parts.lead_weeks[:, None], demand.shape).copy(),
        can_order=np.ones(demand.shape, dtype=bool),
        pack=parts.pack,
        minimum_order=parts.minimum,
        unit_cost=parts.unit_cost,
        holding_per_unit_day=parts.holding_per_week,
        underage=np.zeros(len(demand)),
        fixed_cost_per_order=parts.fixed_cost,
        unmet="backordered",
        backlog_per_unit_day=parts.holding_per_week * ratio / (1 - ratio),
    )


def _played(world: World, levels: Levels) -> Ledger:
    column = np.arange(world.periods) // RENEWED
    return simulate(world, LevelPolicy(levels.point, levels.up_to, column))


def ratio_of_costs(ours: Ledger, theirs: Ledger) -> tuple[float, list[float]]:
    """Our cost over theirs, and its 95 % interval by resampling items."""
    mine, other = ours.cost, theirs.cost

    def ratio(rows: Ints) -> float:
        return float(mine[rows].sum() / other[rows].sum())

    return ratio(np.arange(len(mine))), list(bootstrap_interval(ratio, len(mine)))
