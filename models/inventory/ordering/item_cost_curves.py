"""The order cost curve of each item, from its state, targets and costs, and the levels and quantities it favours."""

from dataclasses import replace

import numpy as np
import pandas as pd

from features.arrays import Flags, Floats, Ints
from models.inventory.costs.shelf_life import freshness
from models.inventory.costs.unit_costs import ItemCosts, critical_ratio
from models.inventory.ordering.cost_curve import LONGEST_DAYS, CostCurve
from models.inventory.ordering.least_cost import largest_stock_that_pays, least_cost_quantity
from models.inventory.ordering.levels import Levels
from models.inventory.ordering.order_sizes import economic_quantity, order_minimum
from models.inventory.position.interval_demand import demand_quantiles
from models.inventory.position.outlook import DailyMeans
from models.inventory.position.projection import Projection
from models.inventory.position.state import InventoryState
from models.inventory.position.stock_flow import StockFlow
from models.inventory.terms.decision_rules import DecisionRules
from models.inventory.terms.price_breaks import order_unit_cost, worthwhile_quantities
from models.inventory.terms.rounding import round_up
from models.inventory.terms.service_targets import BY_COST, Targets


def overage_of_target(targets: Targets, costs: ItemCosts) -> Floats:
    """(items,) what a unit left costs, so that an item steered by cost is cheapest at its target."""
    ratio = targets.target
    implied = np.divide(costs.underage * (1 - ratio), ratio, out=costs.overage.copy(), where=ratio > 0)
    return np.where((targets.service_by == BY_COST) & (ratio > 0), implied, costs.overage)


def order_cost_curve(
    state: InventoryState,
    flow: StockFlow,
    targets: Targets,
    costs: ItemCosts,
    means: DailyMeans,
    rules: DecisionRules,
) -> CostCurve:
    """The curve of each item, at the price of a small order.

    Parameters
    ----------
    state, flow, targets: see there.
    costs: those behind the targets, before spoilage, which the curve prices itself.
    means: mean demand by day.
    rules: the company's.

    Source: docs/method.md, Recommendation.
    """
    terms = state.terms
    later = means.rate_after(state.offset(state.protection_end_on), rules.overstock_days)
    unit_cost = terms["unit_cost"].to_numpy(dtype=np.float64)
    fixed = np.nan_to_num(terms["fixed_cost_base"].to_numpy(dtype=np.float64))
    pack, minimum = terms["pack_units"].to_numpy(dtype=np.float64), order_minimum(state)
    least = round_up(np.maximum(minimum, pack), pack)
    lasting = np.minimum(1.0 / np.maximum(later, 1.0 / LONGEST_DAYS), LONGEST_DAYS / least)
    economic = economic_quantity(1 / lasting, fixed, costs.holding_per_unit_day)
    batch = np.maximum(np.rint(np.minimum(economic, LONGEST_DAYS / lasting) / pack) * pack, least)
    projection = None if flow.projection is None else _owing(flow.projection, flow.owed)
    between = np.maximum(state.protection.mean - state.until_arrival.mean, 0.0)
    fresh = freshness(state, costs, means, is_lost=projection is not None)
    return CostCurve(
        projection=projection,
        protection=state.protection,
        stock=np.nan_to_num(state.position) if projection is None else flow.free,
        level=np.zeros(len(state)) if projection is None else state.protection.mean - state.until_arrival.mean,
        window_demand=between if projection is None else projection.window_rate.mean(axis=1),
        reach_demand=state.protection.mean if projection is not None else np.zeros(len(state)),
        revision_sd=revision_sd(state),
        underage=costs.underage,
        overage=np.where(np.isfinite(fresh.demand_ratio), costs.overage, overage_of_target(targets, costs)),
        holding_per_unit_day=costs.holding_per_unit_day,
        days_per_unit=lasting,
        fixed_cost=fixed,
        batch=batch,
        pack=pack,
        minimum=minimum,
        unit_cost=unit_cost,
        rate=terms["rate_to_base"].fillna(1.0).to_numpy(dtype=np.float64),
        price_breaks=np.full(len(state), None, dtype=object),
        economic_cost=unit_cost,
        freshness=fresh,
    )


def with_price_breaks(curve: CostCurve, state: InventoryState, means: DailyMeans, rules: DecisionRules) -> CostCurve:
    """The curve at the prices of the terms' breaks, where the economic quantity may be one of them."""
    breaks = state.terms["price_breaks"].to_numpy(dtype=object)
    economic = worthwhile_quantities(
        curve.batch,
        breaks=breaks.tolist(),
        unit_cost=curve.unit_cost,
        extra_cost=state.terms["extra_cost_base"].fillna(0.0).to_numpy(dtype=np.float64) / curve.rate,
        fixed_cost=curve.fixed_cost / curve.rate,
        holding_per_unit_day=curve.holding_per_unit_day / curve.rate,
        daily_demand=means.rate_after(state.offset(state.protection_end_on), rules.overstock_days),
        longest_cover_days=float(rules.overstock_days),
    )
    return replace(
        curve,
        batch=round_up(economic, curve.pack),
        price_breaks=breaks,
        economic_cost=order_unit_cost(economic, curve.unit_cost, breaks.tolist()),
    )


def least_cost_levels(
    levels: Levels,
    curve: CostCurve,
    plain: CostCurve,
    rows: Ints,
    state: InventoryState,
    flow: StockFlow,
) -> tuple[Levels, CostCurve]:
    """Levels of the items steered by cost, and the curves with the level found.

    The reorder point is the largest position at which a whole batch (pack, minimum, economic quantity) still saves more
    than it costs, arrivals fixed: a look ahead to the next order, which would bring the same batch. What is wanted is
    the quantity of least cost; in units where rounding up to packs and the minimum gives the same.

    Parameters
    ----------
    levels: of all items; where unmet demand waits their reorder points stand, else they are found here.
    curve, plain: of all items, with price breaks and without.
    rows: items steered by cost, ascending.
    state, flow: of all items.
    """
    part, grain = curve.take(rows), state.items["unit_step"].to_numpy(dtype=np.float64)[rows]
    batch = np.maximum(np.ceil(part.batch / grain - 1e-9), 1.0) * grain
    several = batch > grain + 1e-9
    point, up_to, compared = (
        getattr(levels, name)[rows] for name in ("reorder_point", "order_up_to_level", "compared")
    )
    level = point
    if part.projection is not None:
        stock = largest_stock_that_pays(part, batch, grain)
        point = np.where(part.underage > 0, stock + flow.counted[rows], -grain)
        # Where not even an empty shelf pays for an order, given what is on its way, the point lies below all of that.
        covered = (part.underage > 0) & (stock < 0)
        unit = demand_quantiles(state.protection.take(rows), critical_ratio(part.underage, part.overage)[:, None])
        point = np.where(covered, np.minimum(point, np.maximum(unit[:, 0] - grain, -grain)), point)
        level = part.stock_on_arrival(np.maximum(stock, 0.0))
        up_to = point + batch
        compared = np.where(several, point, up_to)
    curve = replace(curve, level=_with(curve.level, rows, level))
    short = np.nan_to_num(state.position[rows], nan=np.inf) <= point + 1e-9
    wanted, before_breaks = np.where(short, levels.wanted[rows], 0.0), np.zeros(len(rows))
    sized = np.flatnonzero(short & (several | (part.projection is not None)))
    some = rows[sized]
    wanted[sized], before_breaks[sized] = _wanted(
        curve.take(some), replace(plain, level=curve.level).take(some), grain[sized]
    )
    return levels.with_rows(rows, Levels(point, up_to, compared, wanted, before_breaks)), curve


def _wanted(curve: CostCurve, plain: CostCurve, step: Floats) -> tuple[Floats, Floats]:
    """(items,) the quantity of least cost, and the one before price breaks.

    Both in units, where rounding them up gives the packs of least cost.
    """
    best = least_cost_quantity(curve)
    wanted, before_breaks = best.copy(), best.copy()
    broken = np.array([text is not None for text in curve.price_breaks], dtype=bool)
    rows = np.flatnonzero((curve.smallest_order() > step + 1e-9) | broken)
    if len(rows):
        some = plain.take(rows)
        free = least_cost_quantity(replace(some, pack=step[rows], minimum=np.zeros(len(rows))))
        rounded = round_up(free, some.pack, some.minimum)
        same, raised = np.abs(rounded - best[rows]) < 1e-6 * some.pack, broken[rows] & (best[rows] > rounded)
        wanted[rows] = np.where(same, free, best[rows])
        before_breaks[rows] = np.where(same | raised, free, best[rows])
    return wanted, before_breaks


def _with(values: Floats, rows: Ints, changed: Floats) -> Floats:
    """A copy of `values` with other ones at `rows`."""
    result = values.copy()
    result[rows] = changed
    return result


def revision_sd(state: InventoryState) -> Floats:
    """(items,) how far the log of the forecast is expected to move until the next order is placed.

    A forecast that uses all information moves as its error's variance grows with the horizon; that of an item with few
    days of sales moves as its own sales come in.
    """
    days = np.maximum((state.calendar.next_placed_on - state.calendar.placed_on).astype(np.float64), 1.0)
    first = state.items["first_sale_on"] if "first_sale_on" in state.items else pd.Series(pd.NaT, state.items.index)
    today = np.datetime64(state.as_of, "D")
    age = (today - pd.to_datetime(first).to_numpy().astype("datetime64[D]")).astype(np.float64)
    learned = np.where(np.isfinite(age) & (age >= 0), days / (np.maximum(age, 1.0) + days), 0.0)
    demand = state.demand
    return np.asarray(demand.level_sd * np.sqrt(demand.level_growth * days / 28.0 + learned))


def _owing(projection: Projection, units: Floats) -> Projection:
    """Paths on which `units` (items,) of each item go elsewhere first."""
    return replace(projection, net=projection.net - units[:, None]) if units.any() else projection


def worthwhile(order: Floats, curve: CostCurve, by_cost: Flags) -> Floats:
    """(items,) orders; 0 where one that is steered by cost would cost more than none, such as what a limit has cut."""
    rows = np.flatnonzero((order > 0) & by_cost)
    kept = order.copy()
    kept[rows] = np.where(curve.take(rows).pays(order[rows]), order[rows], 0.0)
    return kept
