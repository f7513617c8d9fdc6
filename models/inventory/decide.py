"""Tonight's decision for a bucket of items: what to order, from whom, how much and when, and why."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.demand.distribution import DemandDistribution
from models.inventory.at_stake import AtStake, backordered_at_stake, lost_sales_at_stake
from models.inventory.columns import numbers
from models.inventory.costs import ItemCosts
from models.inventory.economics import (
    costs_tonight,
    level_doubt,
    order_batches,
    over_one_window,
    sensible_targets,
    with_ending,
    with_uncertain_level,
)
from models.inventory.interval_demand import demand_before_selling
from models.inventory.lead_times import LeadTimes
from models.inventory.notices import notices
from models.inventory.outlook import DailyMeans, next_order_day
from models.inventory.parameters import class_targets
from models.inventory.plan import Plan
from models.inventory.policy import (
    Levels,
    backordered_levels,
    lost_sales_levels,
    with_set_levels,
)
from models.inventory.position import units_by_item
from models.inventory.projected_paths import project
from models.inventory.projection import Projection
from models.inventory.rows import policy_rows, recommendation_rows
from models.inventory.rules import DecisionRules
from models.inventory.settling import settled
from models.inventory.situation import Situation, situation, table
from models.inventory.targets import Targets, service_targets

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Decisions:
    """Tonight's decisions of a bucket; frames sorted by sku and location.

    Attributes:
        recommendations: one row per item at least, action "none" allowed; columns of the table `recommendations` but
            run_id. `reasons` holds the figures (JSON-able) and the `sentence`.
        policies: one row per item with a source; columns of the table `policies` but run_id.
        exceptions: columns sku, location, kind, severity (info, warning, critical), message, figures (JSON-able).
    """

    recommendations: pd.DataFrame
    policies: pd.DataFrame
    exceptions: pd.DataFrame


def decide(
    items: pd.DataFrame,
    distribution: DemandDistribution,
    lead_times: LeadTimes,
    tables: Mapping[str, pd.DataFrame],
    *,
    segments: pd.DataFrame,
    channel_mix: pd.DataFrame,
    planned_order_lines: pd.DataFrame,
    rules: DecisionRules,
    as_of: dt.date,
    rates: Mapping[str, float] | None = None,
) -> Decisions:
    """Decide what to order tonight.

    The result of an item depends on no item of another SKU.

    Parameters
    ----------
    items: one row per planned item, sorted by sku and location; columns sku, location, and as far as known category,
        unit_step, launched_on, discontinued_on, successor_sku, first_sale_on, last_sale_on, unit_price_base,
        unit_cost_base, fallback_reason (why the forecast is a stopgap).
    distribution: demand of the same items in the same order.
    lead_times: of all suppliers.
    tables: canonical frames by name, the rows of the bucket's SKUs: supply_terms, transfer_terms, products, inventory,
        purchase_orders, receipts, transfers, planning_parameters; whole: suppliers, closures, channel_costs, locations.
        A table that is not there counts as empty.
    segments: columns sku, location, abc, xyz, demand_class.
    channel_mix: columns sku, location, channel, units_share, net_price_base, return_rate, resellable_share.
    planned_order_lines: lines of people's decisions: line_id, sku, location, supplier, units, due_on, state,
        exported_at, placed_on.
    rules: the company's.
    as_of: last known day; the decision is made at its end.
    rates: base units for one unit of each currency; where not given, as the terms' `unit_cost_base` was converted.

    Returns
    -------
    Decisions.

    Raises
    ------
    ValueError: `items` and `distribution` are not the same items, or a planning parameter cannot be read.

    Source: docs/method.md.
    """
    items = items.reset_index(drop=True)
    if list(items["sku"]) != list(distribution.sku) or list(items["location"]) != list(distribution.location):
        raise ValueError("decide: items and distribution must hold the same items in the same order")
    known = situation(
        items,
        distribution,
        lead_times,
        tables,
        planned_order_lines,
        rules=rules,
        rates=dict(rates or {}) | {rules.base_currency: 1.0},
        as_of=as_of,
    )
    class_target, abc, xyz, demand_class = class_targets(segments, known.items, dict(rules.service_target_by_class))
    is_lost = rules.unmet_demand == "lost"
    costs = costs_tonight(known, channel_mix, table(tables, "channel_costs"), rules)
    doubt = level_doubt(known, distribution)
    told, _, _ = with_ending(known, with_uncertain_level(costs, doubt), distribution)
    weighed = with_uncertain_level(over_one_window(known, costs) if is_lost else costs, doubt)
    weighed, write_off, sellable = with_ending(known, weighed, distribution)
    economic, batch = order_batches(known, costs, distribution)
    targets = service_targets(
        service_by=rules.service_by,
        critical_ratio=weighed.critical_ratio,
        cycle_service_target=rules.cycle_service_target,
        fill_rate_target=rules.fill_rate_target,
        class_target=class_target,
        item_target=known.parameters["service_target"].to_numpy(dtype=np.float64),
    )
    targets = sensible_targets(targets, weighed, known)
    free, owed, counted, projection = _projected(known, distribution, rules)
    levels = _levels(known, targets, projection, free, owed, counted, economic, batch)
    means = DailyMeans.of(distribution)
    order, levels, binding, outgoing = settled(known, levels, costs, sellable, rules, means)
    # A unit left when the next order arrives has been held since tonight's arrived, whatever it costs later.
    held = costs.holding_per_unit_day * known.calendar.window_days + write_off
    stake = _at_stake(known, projection, free, order, costs, held)
    look_again = next_order_day(
        means,
        position=known.position - outgoing,
        reorder_point=levels.reorder_point,
        placed_on=known.calendar.placed_on,
        next_placed_on=known.calendar.next_placed_on,
        as_of=np.datetime64(as_of, "D"),
    )
    plan = Plan(
        known=known,
        rules=rules,
        costs=told,
        targets=targets,
        levels=levels,
        economic=economic,
        order=order,
        binding=binding,
        stake=stake,
        means=means,
        look_again=look_again,
        abc=abc,
        xyz=xyz,
        demand_class=demand_class,
        suppliers=table(tables, "suppliers"),
    )
    recommendations = recommendation_rows(plan)
    supply_days = recommendations["days_of_supply"].to_numpy(dtype=np.float64)
    return Decisions(recommendations, policy_rows(plan), notices(plan, supply_days))


def _projected(
    known: Situation, distribution: DemandDistribution, rules: DecisionRules
) -> tuple[Floats, Floats, Floats, Projection | None]:
    """Free stock, backorders that nothing covers, counted open units left after backorders, and the projected paths."""
    lines = known.supply.lines
    expected = lines["is_expected"].to_numpy(dtype=bool)
    counts = lines["is_counted"].to_numpy(dtype=bool)
    available = np.nan_to_num(known.stock.available)
    free, backlog = np.maximum(available, 0.0), np.maximum(-available, 0.0)
    counted = units_by_item(lines, len(known), counts)
    units = lines["units"].to_numpy(dtype=np.float64).copy()
    if backlog.any():
        # The first arrivals go to the customers who wait.
        left = backlog.copy()
        for line in np.argsort(lines["median_on"].to_numpy(), kind="stable"):
            item = int(lines["item"].iloc[line])
            if counts[line] and left[item] > 0:
                used = min(units[line], left[item])
                units[line] -= used
                left[item] -= used
    owed = np.maximum(backlog - counted, 0.0)
    net_counted = np.maximum(counted - backlog, 0.0)
    if rules.unmet_demand != "lost":
        return free, owed, net_counted, None
    rows = np.flatnonzero(expected)
    projection = project(
        distribution,
        scenarios=rules.scenarios,
        arrival=known.arrival,
        next_arrival=known.next_arrival,
        until_arrival=demand_before_selling(distribution, known.arrival_pmf, known.until_arrival),
        last_sale=known.ends_on,
        supply_item=lines["item"].to_numpy(dtype=np.int64)[rows],
        supply_units=units[rows],
        supply_arrivals=known.supply.arrivals.take(rows),
        supply_names=[f"{kind}|{number}" for kind, number in lines[["kind", "order_number"]].to_numpy()[rows]],
    )
    return free, owed, net_counted, projection


def _levels(
    known: Situation,
    targets: Targets,
    projection: Projection | None,
    free: Floats,
    owed: Floats,
    counted: Floats,
    economic: Floats,
    batch: Floats,
) -> Levels:
    """The levels of each item, with what people set."""
    if projection is None:
        levels = backordered_levels(
            known.position,
            targets=targets,
            until_arrival=known.until_arrival,
            protection=known.protection,
            economic_units=economic,
            batch_units=batch,
        )
    else:
        levels = lost_sales_levels(
            known.position,
            free,
            owed,
            counted,
            targets=targets,
            projection=projection,
            economic_units=economic,
            batch_units=batch,
        )
    parameters = known.parameters
    least = np.fmax(
        numbers(parameters, "minimum_stock_units"), numbers(parameters, "minimum_stock_days") * known.daily_demand
    )
    return with_set_levels(
        levels,
        known.position,
        lowest_level=least,
        set_level=known.protection.mean + numbers(parameters, "safety_stock_units"),
        step=known.items["unit_step"].to_numpy(dtype=np.float64),
    )


def _at_stake(
    known: Situation,
    projection: Projection | None,
    available: Floats,
    order: Floats,
    costs: ItemCosts,
    overage: Floats,
) -> AtStake:
    lines = known.supply.lines
    if projection is None:
        in_time = lines["median_on"].to_numpy() <= known.calendar.expected_on[lines["item"].to_numpy(dtype=np.int64)]
        early = units_by_item(lines, len(known), lines["is_counted"].to_numpy(dtype=bool) & in_time)
        return backordered_at_stake(
            position=np.nan_to_num(known.position),
            available=available + early,
            order=order,
            until_arrival=known.until_arrival,
            protection=known.protection,
            underage=costs.underage,
            overage=overage,
        )
    arriving = units_by_item(lines, len(known), lines["is_expected"].to_numpy(dtype=bool)) > 0
    return lost_sales_at_stake(
        projection,
        available=available,
        order=order,
        until_arrival=known.until_arrival,
        protection=known.protection,
        has_arrivals=arriving,
        underage=costs.underage,
        overage=overage,
    )
