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
    cut_over_cap,
    forecast_level_uncertainty,
    item_costs,
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
from models.inventory.lead_times.fit import LeadTimes
from models.inventory.open_orders.rows import with_open_order_actions
from models.inventory.ordering.alternatives import alternatives
from models.inventory.ordering.at_stake import AtStake, backordered_at_stake, lost_sales_at_stake
from models.inventory.ordering.classical import BY_EXPECTED_COST, policies_of
from models.inventory.ordering.cost_curve import CostCurve
from models.inventory.ordering.options import Choice, largest_order, order_options
from models.inventory.ordering.order_constraints import apply_order_constraints
from models.inventory.ordering.order_cost_curve import (
    least_cost_levels,
    order_cost_curve,
    with_price_breaks,
    worthwhile,
)
from models.inventory.ordering.required import required_units
from models.inventory.ordering.set_levels import apply_overrides, levels_by_target
from models.inventory.position.inventory_position import units_by_item
from models.inventory.position.outlook import DailyMeans, next_order_day
from models.inventory.position.state import InventoryState, inventory_state
from models.inventory.position.stock_flow import StockFlow, stock_flow
from models.inventory.recommendations.notices import notices
from models.inventory.recommendations.plan import Plan
from models.inventory.recommendations.rows import inflow_by_day, policy_rows, recommendation_rows
from models.inventory.terms.columns import table
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
    state = inventory_state(
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
    distribution = state.demand
    class_target, abc, xyz, demand_class = class_targets(segments, state.items, dict(rules.service_target_by_class))
    is_lost = rules.unmet_demand == "lost"
    costs = item_costs(state, with_fed_channels(channel_mix, state), table(tables, "channel_costs"), rules)
    # Where unmet demand is lost, the cost curve weighs how long a unit too many waits when the forecast falls.
    weighed = (
        with_replacement(state, over_one_window(state, costs), distribution)
        if is_lost
        else with_uncertain_level(costs, forecast_level_uncertainty(state, distribution))
    )
    unspoilt, _, sellable = with_ending(state, weighed, distribution, rules.salvage_share_of_cost)
    weighed, keeps = with_spoiling(state, unspoilt, distribution, is_lost=is_lost)
    economic, batch = order_batches(state, costs, distribution)
    targets = service_targets(
        service_by=rules.service_by,
        critical_ratio=weighed.critical_ratio,
        cycle_service_target=rules.cycle_service_target,
        fill_rate_target=rules.fill_rate_target,
        class_target=class_target,
        item_target=state.parameters["service_target"].to_numpy(dtype=np.float64),
    )
    targets = shifted(sensible_targets(targets, weighed, state), abc, quantile_shift)
    flow = stock_flow(state, distribution, rules)
    means = DailyMeans.of(distribution)
    policy = policies_of(rules.policy, rules.policy_by_class, abc, xyz)
    by_cost = (targets.service_by == BY_COST) & (policy == BY_EXPECTED_COST)
    levels = levels_by_target(state, targets, flow, policy, economic, batch)
    plain = order_cost_curve(state, flow, targets, unspoilt, means, distribution, rules)
    curve = with_price_breaks(plain, state, means, rules)
    step = state.items["unit_step"].to_numpy(dtype=np.float64)
    rows = np.flatnonzero(by_cost & (targets.target > 0))
    levels, curve = least_cost_levels(levels, curve, plain, rows, flow, state.position, step)
    levels = apply_overrides(state, levels)
    order, binding = apply_order_constraints(state, levels, costs, np.fmin(sellable, keeps), rules, means)
    binding[(binding == PHASE_OUT) & (keeps < sellable)] = SHELF_LIFE
    required = required_units(state, by_cost, levels, order)
    order = np.where(required > 0, order, worthwhile(order, curve, by_cost))
    binding[(binding == MAXIMUM_ORDER) & (order_maximum(state, "maximum_order") >= cut_over_cap(state))] = CUT_OVER
    stake = _at_stake(state, flow, curve, order)
    look_again = next_order_day(
        means,
        position=state.position,
        reorder_point=levels.reorder_point,
        placed_on=state.calendar.placed_on,
        next_placed_on=state.calendar.next_placed_on,
        as_of=np.datetime64(as_of, "D"),
    )
    plan = Plan(
        state=state,
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
        alternatives=alternatives(state, distribution, flow, curve, order, rules),
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
    most = largest_order(state, curve, np.fmin(sellable, keeps), rules.overstock_days)
    choice = Choice(order, required, most)
    options = order_options(state, curve, choice, means, inflow_by_day(state, means), is_lost=is_lost)
    return Decisions(recommendations, policy_rows(plan), notices(plan, supply_days), options)


def _at_stake(state: InventoryState, flow: StockFlow, curve: CostCurve, order: Floats) -> AtStake:
    lines = state.supply.lines
    if flow.projection is None:
        in_time = lines["median_on"].to_numpy() <= state.calendar.expected_on[lines["item"].to_numpy(dtype=np.int64)]
        early = units_by_item(lines, len(state), lines["is_counted"].to_numpy(dtype=bool) & in_time)
        return backordered_at_stake(
            curve,
            position=np.nan_to_num(state.position),
            available=flow.free + early,
            order=order,
            until_arrival=state.until_arrival,
            protection=state.protection,
        )
    return lost_sales_at_stake(
        flow.projection,
        curve,
        available=flow.free,
        order=order,
        until_arrival=state.until_arrival,
        protection=state.protection,
        has_arrivals=units_by_item(lines, len(state), lines["is_expected"].to_numpy(dtype=bool)) > 0,
    )
