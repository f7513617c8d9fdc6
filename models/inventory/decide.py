"""Tonight's decision for a bucket of items: what to order, from whom, how much and when, and why."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from features.arrays import Floats
from features.resellable_returns import ExpectedReturns
from models.demand.distribution.demand_distribution import DemandDistribution
from models.inventory.costs.economics import (
    costs_tonight,
    cut_over_cap,
    level_doubt,
    order_batches,
    order_maximum,
    over_one_window,
    sensible_targets,
    with_uncertain_level,
)
from models.inventory.costs.fed_channels import with_fed_channels
from models.inventory.costs.last_orders import with_ending
from models.inventory.costs.replacement import with_replacement
from models.inventory.costs.shelf_life import with_spoiling
from models.inventory.lead_times.learn import LeadTimes
from models.inventory.open_orders.rows import with_open_order_actions
from models.inventory.ordering.alternatives import alternatives
from models.inventory.ordering.at_stake import AtStake, backordered_at_stake, lost_sales_at_stake
from models.inventory.ordering.classical import BY_EXPECTED_COST, policies_of
from models.inventory.ordering.cost_curve import CostCurve
from models.inventory.ordering.options import Choice, largest_order, order_options
from models.inventory.ordering.order_constraints import settled
from models.inventory.ordering.order_cost_curve import least_cost_levels, tonights_curve, with_price_breaks, worthwhile
from models.inventory.ordering.required import required_units
from models.inventory.ordering.set_levels import levels_by_target, with_peoples_levels
from models.inventory.position.inventory_position import units_by_item
from models.inventory.position.outlook import DailyMeans, next_order_day
from models.inventory.position.state import Situation, situation, table
from models.inventory.position.stock_flow import StockFlow, stock_flow
from models.inventory.recommendations.notices import notices
from models.inventory.recommendations.plan import Plan
from models.inventory.recommendations.rows import inflow_by_day, policy_rows, recommendation_rows
from models.inventory.terms.decision_rules import DecisionRules
from models.inventory.terms.planning_parameters import class_targets
from models.inventory.terms.service_targets import BY_COST, service_targets, shifted
from models.inventory.terms.sizing import CUT_OVER, MAXIMUM_ORDER, PHASE_OUT, SHELF_LIFE


@dataclass(frozen=True)
class Decisions:
    """Tonight's decisions of a bucket; frames sorted by sku and location.

    Attributes
    ----------
    recommendations: one row per item at least, action "none" allowed; columns of the table `recommendations` but
        run_id. `reasons` holds the figures (JSON-able) and the `sentence`.
    policies: one row per item with a source; columns of the table `policies` but run_id.
    exceptions: columns sku, location, kind, severity (info, warning, critical), message, figures (JSON-able).
    options: for every item that could be ordered tonight from a supplier, what each quantity costs; see
        `order_options`.
    """

    recommendations: pd.DataFrame
    policies: pd.DataFrame
    exceptions: pd.DataFrame
    options: pd.DataFrame


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
    quantile_shift: pd.DataFrame | None = None,
    returns: ExpectedReturns | None = None,
) -> Decisions:
    """Decide what to order tonight.

    The result of an item depends on no item of another SKU.

    Parameters
    ----------
    items: one row per planned item, sorted by sku and location; columns sku, location, and as far as known category,
        unit_step, launched_on, discontinued_on, successor_sku, first_sale_on, last_sale_on, unit_price_base,
        unit_cost_base, fallback_reason (why the forecast is a stopgap), first_order_days (see `cut_over`).
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
    quantile_shift: columns abc, quantile_shift; see `targets.shifted`.
    returns: what comes back fit to sell, of the same items in the same order; None for nothing.

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
        returns=returns,
    )
    distribution = known.demand
    class_target, abc, xyz, demand_class = class_targets(segments, known.items, dict(rules.service_target_by_class))
    is_lost = rules.unmet_demand == "lost"
    costs = costs_tonight(known, with_fed_channels(channel_mix, known), table(tables, "channel_costs"), rules)
    # Where unmet demand is lost, the cost curve weighs how long a unit too many waits when the forecast falls.
    weighed = (
        with_replacement(known, over_one_window(known, costs), distribution)
        if is_lost
        else with_uncertain_level(costs, level_doubt(known, distribution))
    )
    unspoilt, _, sellable = with_ending(known, weighed, distribution, rules.salvage_share_of_cost)
    weighed, keeps = with_spoiling(known, unspoilt, distribution, is_lost=is_lost)
    economic, batch = order_batches(known, costs, distribution)
    targets = service_targets(
        service_by=rules.service_by,
        critical_ratio=weighed.critical_ratio,
        cycle_service_target=rules.cycle_service_target,
        fill_rate_target=rules.fill_rate_target,
        class_target=class_target,
        item_target=known.parameters["service_target"].to_numpy(dtype=np.float64),
    )
    targets = shifted(sensible_targets(targets, weighed, known), abc, quantile_shift)
    flow = stock_flow(known, distribution, rules)
    means = DailyMeans.of(distribution)
    policy = policies_of(rules.policy, rules.policy_by_class, abc, xyz)
    by_cost = (targets.service_by == BY_COST) & (policy == BY_EXPECTED_COST)
    levels = levels_by_target(known, targets, flow, policy, economic, batch)
    plain = tonights_curve(known, flow, targets, unspoilt, means, distribution, rules)
    curve = with_price_breaks(plain, known, means, rules)
    step = known.items["unit_step"].to_numpy(dtype=np.float64)
    rows = np.flatnonzero(by_cost & (targets.target > 0))
    levels, curve = least_cost_levels(levels, curve, plain, rows, flow, known.position, step)
    levels = with_peoples_levels(known, levels)
    order, binding = settled(known, levels, costs, np.fmin(sellable, keeps), rules, means)
    binding[(binding == PHASE_OUT) & (keeps < sellable)] = SHELF_LIFE
    required = required_units(known, by_cost, levels, order)
    order = np.where(required > 0, order, worthwhile(order, curve, by_cost))
    binding[(binding == MAXIMUM_ORDER) & (order_maximum(known, "maximum_order") >= cut_over_cap(known))] = CUT_OVER
    stake = _at_stake(known, flow, curve, order)
    look_again = next_order_day(
        means,
        position=known.position,
        reorder_point=levels.reorder_point,
        placed_on=known.calendar.placed_on,
        next_placed_on=known.calendar.next_placed_on,
        as_of=np.datetime64(as_of, "D"),
    )
    plan = Plan(
        known=known,
        rules=rules,
        costs=weighed,
        required=required,
        targets=targets,
        policy=policy,
        levels=levels,
        economic=economic,
        order=order,
        binding=binding,
        stake=stake,
        alternatives=alternatives(known, distribution, flow, curve, order, rules),
        means=means,
        look_again=look_again,
        abc=abc,
        xyz=xyz,
        demand_class=demand_class,
        suppliers=table(tables, "suppliers"),
    )
    recommendations = recommendation_rows(plan)
    supply_days = recommendations["days_of_supply"].to_numpy(dtype=np.float64)
    recommendations = with_open_order_actions(recommendations, plan, distribution)
    most = largest_order(known, curve, np.fmin(sellable, keeps), rules.overstock_days)
    choice = Choice(order, required, most)
    options = order_options(known, curve, choice, means, inflow_by_day(known, means), is_lost=is_lost)
    return Decisions(recommendations, policy_rows(plan), notices(plan, supply_days), options)


def _at_stake(known: Situation, flow: StockFlow, curve: CostCurve, order: Floats) -> AtStake:
    lines = known.supply.lines
    if flow.projection is None:
        in_time = lines["median_on"].to_numpy() <= known.calendar.expected_on[lines["item"].to_numpy(dtype=np.int64)]
        early = units_by_item(lines, len(known), lines["is_counted"].to_numpy(dtype=bool) & in_time)
        return backordered_at_stake(
            curve,
            position=np.nan_to_num(known.position),
            available=flow.free + early,
            order=order,
            until_arrival=known.until_arrival,
            protection=known.protection,
        )
    return lost_sales_at_stake(
        flow.projection,
        curve,
        available=flow.free,
        order=order,
        until_arrival=known.until_arrival,
        protection=known.protection,
        has_arrivals=units_by_item(lines, len(known), lines["is_expected"].to_numpy(dtype=bool)) > 0,
    )
