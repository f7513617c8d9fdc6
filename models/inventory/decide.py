"""The decision for a bucket of items: what to order, from whom, how much and when, and why."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from features.resellable_returns import ExpectedReturns
from models.demand.distribution.demand_distribution import DemandDistribution
from models.inventory.costs.decision_costs import decision_costs
from models.inventory.lead_times.fit import LeadTimes
from models.inventory.open_orders.rows import with_open_order_proposals
from models.inventory.ordering.alternatives import alternatives, same_order_later
from models.inventory.ordering.at_stake import at_stake
from models.inventory.ordering.classical import BY_EXPECTED_COST, policies_of
from models.inventory.ordering.item_cost_curves import (
    least_cost_levels,
    order_cost_curve,
    with_price_breaks,
    worthwhile,
)
from models.inventory.ordering.levels import with_reached_levels
from models.inventory.ordering.options import OrderSizes, order_options
from models.inventory.ordering.order_constraints import apply_order_constraints, days_of_shares
from models.inventory.ordering.order_sizes import order_batches
from models.inventory.ordering.overrides import apply_overrides, required_units
from models.inventory.ordering.sending import lost_by_senders, worth_sending
from models.inventory.ordering.targets import decision_targets, levels_by_target
from models.inventory.ordering.waiting import Waiting, gain_of_line, pays_later, waits
from models.inventory.position.outlook import DailyMeans
from models.inventory.position.state import inventory_state
from models.inventory.position.stock_flow import stock_flow
from models.inventory.recommendations.exception_rows import exception_rows
from models.inventory.recommendations.plan import Plan
from models.inventory.recommendations.rows import policy_rows, recommendation_rows
from models.inventory.terms.columns import table
from models.inventory.terms.decision_rules import DecisionRules
from models.inventory.terms.order_limits import GAIN_BELOW_MINIMUM, SOURCE_STOCK
from models.inventory.terms.service_targets import BY_COST, item_classes


@dataclass(frozen=True)
class Decisions:
    """The decisions of a bucket; frames sorted by sku and location.

    Attributes
    ----------
    recommendations: one row per item at least, action "none" allowed; columns of the table `recommendations` but
        run_id. `reasons` holds the figures (JSON-able) and the `sentence`.
    policies: one row per item with a source; columns of the table `policies` but run_id.
    exceptions: columns sku, location, kind, severity (info, warning, critical), message, figures (JSON-able).
    options: for every item that could be ordered now from a supplier, what each quantity costs; see
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
    decided_on: dt.date | None = None,
    rates: Mapping[str, float] | None = None,
    quantile_shift: pd.DataFrame | None = None,
    returns: ExpectedReturns | None = None,
) -> Decisions:
    """Decide what to order: state, costs, targets, levels, curve, order, rows.

    The result of an item depends on no item of another SKU.

    Parameters
    ----------
    items: one row per planned item, sorted by sku and location; columns sku, location, and where known category,
        unit_step, launched_on, discontinued_on, successor_sku, first_sale_on, last_sale_on, unit_price_base,
        unit_cost_base, units_sold, fallback_reason (why the forecast is a stopgap), first_order_days (see `cut_over`).
    distribution: demand of the same items in the same order.
    lead_times: of all suppliers; see `fit_lead_times`.
    tables: canonical frames by name, the rows of the bucket's SKUs: supply_terms, transfer_terms, products, inventory,
        purchase_orders, receipts, transfers, planning_parameters; whole: suppliers, closures, channel_costs, locations.
        A table that is not there counts as empty.
    segments: columns sku, location, abc, xyz, demand_class.
    channel_mix: columns sku, location, channel, units_share, net_price_base, return_rate, resellable_share.
    planned_order_lines: lines of people's decisions: line_id, sku, location, supplier, units, due_on, state,
        exported_at, placed_on.
    rules: the company's.
    as_of: last day with data; the decision is made at its end.
    decided_on: day at whose end it is made where that is later: no order is placed before it.
    rates: base units for one unit of each currency; where not given, as the terms' `unit_cost_base` was converted.
    quantile_shift: columns abc, quantile_shift; see `with_quantile_shift`.
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
        decided_on=as_of if decided_on is None else max(decided_on, as_of),
        returns=returns,
    )
    costs = decision_costs(state, channel_mix, table(tables, "channel_costs"), rules)
    classes = item_classes(segments, state.items, rules.service_target_by_class)
    targets = decision_targets(state, costs.decision, classes, rules, quantile_shift)
    policy = policies_of(rules.policy, rules.policy_by_class, classes.abc, classes.xyz)
    by_cost = (targets.service_by == BY_COST) & (policy == BY_EXPECTED_COST)

    flow, means = stock_flow(state, rules), DailyMeans.of(state.demand)
    economic, batch = order_batches(state, costs.item)
    levels = levels_by_target(state, targets, flow, policy, economic, batch)
    plain = order_cost_curve(state, flow, targets, costs.decision, means, rules)
    curve = with_price_breaks(plain, state)
    levels, curve = least_cost_levels(levels, curve, plain, np.flatnonzero(by_cost & (targets.target > 0)), state)
    levels = with_reached_levels(apply_overrides(state, levels), state.position)

    order, binding = apply_order_constraints(state, levels, costs, rules, means)
    # A service target asks for what its sender can spare, not for what another place's own sales would pay for.
    on_cost = by_cost | (binding == SOURCE_STOCK)
    required = required_units(state, on_cost, levels, order)
    lost = lost_by_senders(
        order, state.sender, state.stock.available, costs.decision.underage, state.own_demand, days_of_shares(state)
    )
    wanted = np.where(required > 0, order, worth_sending(worthwhile(order, curve, on_cost), curve, lost))
    later = same_order_later(state, flow, curve, order, rules)
    gain = gain_of_line(curve, order, later)
    waiting = waits(curve, wanted, required, gain, rules.order_line_gain_minimum) | pays_later(order, wanted, binding)
    patient = Waiting(np.where(waiting, order, np.nan), np.where(waiting, gain, np.nan))
    order = np.where(waiting, 0.0, wanted)
    binding = np.where(waiting, GAIN_BELOW_MINIMUM, binding)

    plan = Plan(
        state=state,
        rules=rules,
        costs=costs.decision,
        targets=targets,
        classes=classes,
        policy=policy,
        levels=levels,
        economic=economic,
        order=order,
        required=required,
        binding=binding,
        stake=at_stake(state, flow, curve, order),
        alternatives=alternatives(state, curve, order, later.take_out(order <= 0)),
        waiting=patient,
        means=means,
        suppliers=table(tables, "suppliers"),
    )
    recommendations = recommendation_rows(plan)
    supply_days = recommendations["days_of_supply"].to_numpy(dtype=np.float64)
    return Decisions(
        recommendations=with_open_order_proposals(recommendations, plan, state.demand),
        policies=policy_rows(plan),
        exceptions=exception_rows(plan, supply_days),
        options=order_options(state, curve, costs, OrderSizes(order, required, wanted), means, rules),
    )
