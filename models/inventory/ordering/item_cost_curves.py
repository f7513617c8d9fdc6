"""The order cost curve of each item, from its state, targets and costs, and the levels and quantities it favours."""

from dataclasses import replace

import numpy as np
import pandas as pd

from features.arrays import Flags, Floats, Ints
from models.inventory.costs.last_orders import sold_from_arrival
from models.inventory.costs.unit_costs import ItemCosts, critical_ratio
from models.inventory.costs.write_offs import write_offs
from models.inventory.ordering.cost_curve import CostCurve
from models.inventory.ordering.least_cost import largest_stock_that_pays, least_cost_quantity
from models.inventory.ordering.levels import Levels
from models.inventory.ordering.order_sizes import economic_quantity, order_minimum
from models.inventory.position.absorption import LONGEST_DAYS, absorption
from models.inventory.position.interval_demand import demand_quantiles
from models.inventory.position.outlook import DailyMeans
from models.inventory.position.projection import Projection
from models.inventory.position.state import InventoryState
from models.inventory.position.stock_flow import StockFlow
from models.inventory.terms.columns import numbers
from models.inventory.terms.decision_rules import DecisionRules
from models.inventory.terms.price_breaks import order_unit_cost, worthwhile_quantities
from models.inventory.terms.rounding import round_up
from models.inventory.terms.service_targets import BY_COST, Targets

_SAME = 1e-6


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
    costs: those behind the targets.
    means: mean demand by day.
    rules: the company's.

    Source: docs/method.md, Recommendation.
    """
    terms = state.terms
    later, last = later_pace(state, means, rules), state.offset(state.protection_end_on)
    unit_cost = terms["unit_cost"].to_numpy(dtype=np.float64)
    fixed = np.nan_to_num(terms["fixed_cost_base"].to_numpy(dtype=np.float64))
    pack, minimum = terms["pack_units"].to_numpy(dtype=np.float64), order_minimum(state)
    least = round_up(np.maximum(minimum, pack), pack)
    lasting = np.minimum(1.0 / np.maximum(later, 1.0 / LONGEST_DAYS), LONGEST_DAYS / least)
    economic = economic_quantity(1 / lasting, fixed, costs.holding_per_unit_day)
    longest = np.where(np.isnat(state.ends_on), LONGEST_DAYS, state.offset(state.ends_on) - last)
    batch = np.maximum(np.rint(np.minimum(economic, longest / lasting) / pack) * pack, least)
    is_lost = isinstance(flow.window, Projection)
    window = _owing(flow.window, flow.owed) if isinstance(flow.window, Projection) else flow.window
    stock = flow.free if is_lost else flow.available
    between = np.maximum(state.protection.mean - state.until_arrival.mean, 0.0)
    with_lines, alone = absorption(state, means, between)
    return CostCurve(
        window=window,
        absorption=with_lines,
        usual=alone,
        stock=stock,
        sold_until_end=sold_from_arrival(state, costs, rules.salvage_share_of_cost),
        level=between,
        reach_demand=state.protection.mean,
        revision_sd=revision_sd(state),
        underage=costs.underage,
        overage=overage_of_target(targets, costs),
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
        write_offs=write_offs(state, costs, means, rules.salvage_share_of_cost),
    )


def with_price_breaks(curve: CostCurve, state: InventoryState) -> CostCurve:
    """The curve at the prices of the terms' breaks, where the economic quantity may be one of them."""
    breaks = state.terms["price_breaks"].to_numpy(dtype=object)
    economic = worthwhile_quantities(
        curve.batch,
        breaks=breaks.tolist(),
        unit_cost=curve.unit_cost,
        extra_cost=state.terms["extra_cost_base"].fillna(0.0).to_numpy(dtype=np.float64) / curve.rate,
        fixed_cost=curve.fixed_cost / curve.rate,
        holding_per_unit_day=curve.holding_per_unit_day / curve.rate,
        daily_demand=1 / curve.days_per_unit,
    )
    economic_cost = order_unit_cost(economic, curve.unit_cost, breaks.tolist())
    share = np.divide(economic_cost, curve.unit_cost, out=np.ones(len(economic)), where=curve.unit_cost > 0)
    own = np.isfinite(numbers(state.parameters, "holding_cost_per_unit_day"))
    return replace(
        curve,
        batch=round_up(economic, curve.pack),
        price_breaks=breaks,
        economic_cost=economic_cost,
        holding_per_unit_day=curve.holding_per_unit_day * np.where(own, 1.0, share),
    )


def least_cost_levels(
    levels: Levels,
    curve: CostCurve,
    plain: CostCurve,
    rows: Ints,
    state: InventoryState,
) -> tuple[Levels, CostCurve]:
    """Levels of the items steered by cost, and the curves with the level found.

    The reorder point is the largest position at which a whole batch (pack, minimum, economic quantity) still saves more
    than it costs, arrivals fixed: a look ahead to the next order, which would bring the same batch. What is wanted is
    the quantity of least cost; in units where rounding up to packs and the minimum gives the same.

    Parameters
    ----------
    levels: of all items.
    curve, plain: of all items, with price breaks and without.
    rows: items steered by cost, ascending.
    state: of all items.
    """
    part, grain = curve.take(rows), state.items["unit_step"].to_numpy(dtype=np.float64)[rows]
    batch = np.maximum(np.ceil(part.batch / grain - 1e-9), 1.0) * grain
    # The level of the orders after this one is that of a window in which nothing else comes.
    usual = part.of_like_windows()
    stock = largest_stock_that_pays(usual, batch, grain)
    part = replace(part, level=usual.window.mean_on_arrival(np.maximum(stock, usual.window.lowest_stock(batch))))
    awaiting = (part.window.inflow_mean > 0) | part.absorption.has_lines
    others = np.flatnonzero(awaiting | (np.abs(part.absorption.fewer) > _SAME))
    stock[others] = largest_stock_that_pays(part.take(others), batch[others], grain[others], level_is_known=True)
    counted = np.nan_to_num(state.position[rows] - part.stock)
    point = np.where(part.underage > 0, stock + counted, -grain)
    if isinstance(part.window, Projection):
        # Where not even an empty shelf pays for an order, given what is on its way, the point lies below all of that.
        covered = (part.underage > 0) & (stock < 0)
        unit = demand_quantiles(state.protection.take(rows), critical_ratio(part.underage, part.overage)[:, None])
        point = np.where(covered, np.minimum(point, np.maximum(unit[:, 0] - grain, -grain)), point)
    level = part.level
    curve = replace(curve, level=_with(curve.level, rows, level))
    # Before a line that comes later an order bridges a gap, which no batch does: there the least cost itself decides.
    bridged = np.flatnonzero(awaiting & (part.underage > 0) & np.isfinite(state.position[rows]))
    before_lines = curve.take(rows[bridged])
    bridges = before_lines.pays(least_cost_quantity(before_lines))
    position, below = state.position[rows[bridged]], point[bridged]
    point[bridged] = np.where(bridges, np.maximum(below, position), np.minimum(below, position - grain[bridged]))
    up_to = point + batch
    compared = np.where(batch > grain + 1e-9, point, up_to)
    short = np.nan_to_num(state.position[rows], nan=np.inf) <= point + 1e-9
    wanted, before_breaks = np.zeros(len(rows)), np.zeros(len(rows))
    sized = np.flatnonzero(short)
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


def later_pace(state: InventoryState, means: DailyMeans, rules: DecisionRules) -> Floats:
    """(items,) mean units a day after the protection interval: over `overstock_days`, and no longer than it is sold."""
    last = state.offset(state.protection_end_on)
    ends = np.where(np.isnat(state.ends_on), last + rules.overstock_days, state.offset(state.ends_on))
    return means.rate_after(last, np.minimum(np.maximum(ends - last, 1), rules.overstock_days))


def worthwhile(order: Floats, curve: CostCurve, by_cost: Flags) -> Floats:
    """(items,) orders; 0 where one that is steered by cost would cost more than none, such as what a limit has cut."""
    rows = np.flatnonzero((order > 0) & by_cost)
    kept = order.copy()
    kept[rows] = np.where(curve.take(rows).pays(order[rows]), order[rows], 0.0)
    return kept
