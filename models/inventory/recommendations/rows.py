"""The rows that a decision is published as: recommendations with their reasons, and policies."""

import dataclasses
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from features.arrays import Days, Floats, Texts
from models.inventory.ordering.classical import BY_EXPECTED_COST
from models.inventory.ordering.levels import fill_rate_of_level
from models.inventory.position.interval_demand import demand_quantiles
from models.inventory.position.inventory_position import units_by_item
from models.inventory.position.state import NAT
from models.inventory.position.stock_flow import inflow_by_day
from models.inventory.recommendations.figures import reasons_of
from models.inventory.recommendations.plan import Plan
from models.inventory.recommendations.reasons import stored_reasons
from models.inventory.terms.columns import KEY, item_rows, texts
from models.inventory.terms.money_rounding import line_values, rounded_money
from models.inventory.terms.price_breaks import order_unit_cost
from models.inventory.terms.service_targets import BY_COST
from models.inventory.terms.supply_terms import TRANSFER

ORDER, MOVE, NOTHING = "order", "transfer", "none"
_LONGEST_DAYS = 3650


def recommendation_rows(plan: Plan) -> pd.DataFrame:
    """One row per item: the columns of the table `recommendations` but run_id."""
    state, levels, stake = plan.state, plan.levels, plan.stake
    terms, calendar, stock = state.terms, state.calendar, state.stock
    sourced = state.has_source
    ordered = plan.order > 0
    moved = (terms["source"] == TRANSFER).to_numpy(dtype=bool)
    counted = state.supply.lines["is_counted"].to_numpy(dtype=bool)
    on_order = units_by_item(state.supply.lines, len(state), counted)
    quantiles = demand_quantiles(state.protection, np.broadcast_to([0.5, 0.9, 0.95], (len(state), 3)))
    cost = order_unit_cost(plan.order, terms["unit_cost"].to_numpy(dtype=np.float64), terms["price_breaks"].tolist())
    currency = texts(terms, "currency")
    currency[moved] = plan.rules.base_currency
    value = line_values(plan.order, np.where(sourced, cost, np.nan), currency.tolist())
    supply_days = plan.means.days_of_supply(stock.available)
    after_days = plan.means.days_of_supply(state.position + plan.order)
    gap, lasting = _gap_and_lasting(plan)
    today = np.datetime64(state.as_of, "D")

    def of_source(values: NDArray[Any]) -> NDArray[Any]:
        return np.where(sourced, values, np.nan)

    def dated(values: Days) -> Days:
        return np.where(sourced & calendar.orderable, values, NAT).astype("datetime64[ns]")

    frame = pd.DataFrame(
        {
            "as_of": np.full(len(state), today.astype("datetime64[ns]")),
            "sku": state.items["sku"].to_numpy(dtype=object),
            "location": state.items["location"].to_numpy(dtype=object),
            "line_number": np.ones(len(state), dtype=np.int64),
            "supplier": texts(terms, "supplier"),
            "action": np.where(ordered, np.where(moved, MOVE, ORDER), NOTHING).astype(object),
            "order_units": plan.order,
            "purchase_order_number": np.full(len(state), None, dtype=object),
            "purchase_order_line": np.full(len(state), None, dtype=object),
            "from_location": texts(terms, "from_location"),
            "order_by": dated(np.where(ordered, calendar.placed_on, plan.next_review_on)),
            "placed_on": dated(calendar.placed_on),
            "expected_on": dated(calendar.expected_on),
            "current_expected_on": np.full(len(state), np.datetime64("NaT", "ns")),
            "unit_cost": of_source(cost),
            "currency": currency,
            "order_value": value,
            "order_value_base": _in_base(
                value, terms["rate_to_base"].to_numpy(dtype=np.float64), plan.rules.base_currency
            ),
            "reorder_point": of_source(levels.reorder_point),
            "order_up_to_level": of_source(levels.order_up_to_level),
            "safety_stock": of_source(levels.compared - state.protection.mean),
            "on_hand": stock.on_hand,
            "on_order": on_order,
            "reserved": np.where(stock.known, stock.reserved, np.nan),
            "backordered": np.where(stock.known, stock.backordered, np.nan),
            "inventory_position": state.position,
            "protection_days": of_source(calendar.protection_days.astype(np.float64)),
            "demand_mean": state.protection.mean,
            "demand_p50": quantiles[:, 0],
            "demand_p90": quantiles[:, 1],
            "demand_p95": quantiles[:, 2],
            "days_of_supply": np.minimum(supply_days, _LONGEST_DAYS),
            "days_of_supply_after": np.minimum(after_days, _LONGEST_DAYS),
            "stockout_probability": np.where(stock.known & sourced, stake.stockout_probability, np.nan),
            "expected_lost_units": np.where(stock.known & sourced, stake.expected_lost_units, np.nan),
            "money_at_stake": np.where(
                stock.known & sourced, _rounded(stake.money_at_stake, plan.rules.base_currency), 0.0
            ),
            "binding_constraint": plan.binding,
            "status": np.full(len(state), "open", dtype=object),
            "name": texts(state.items, "name"),
            "category": texts(state.items, "category"),
            "supplier_name": _supplier_names(plan),
            "supplier_sku": texts(terms, "supplier_sku"),
            "abc": plan.classes.abc,
            "xyz": plan.classes.xyz,
            "lasts_until": state.day_after(lasting, _LONGEST_DAYS),
            "first_gap_on": state.day_after(gap, _LONGEST_DAYS),
            "confidence": _confidence(plan),
        }
    )
    return frame.assign(reasons=pd.Series([reasons.to_json() for reasons in reasons_of(plan, frame)], dtype=object))


def record_quantile_shift(
    recommendations: pd.DataFrame, policies: pd.DataFrame, quantile_shift: Mapping[str, float]
) -> pd.DataFrame:
    """Recommendations whose reasons name the tuned shift that their item was ordered with, where it was.

    Parameters
    ----------
    recommendations, policies: see `Decisions`.
    quantile_shift: by ABC class, as given to `decide`.
    """
    by_cost = policies.loc[policies["service_by"] == BY_COST, [*KEY, "abc"]]
    row = item_rows(recommendations, by_cost)
    shift = by_cost["abc"].map(dict(quantile_shift)).fillna(0.0).to_numpy(np.float64)
    moved = [float(shift[place]) if place >= 0 else 0.0 for place in row]
    reasons = [
        dataclasses.replace(stored_reasons(stored), quantile_shift=by).to_json() if by else stored
        for stored, by in zip(recommendations["reasons"], moved, strict=True)
    ]
    return recommendations.assign(reasons=pd.Series(reasons, index=recommendations.index, dtype=object))


def policy_rows(plan: Plan) -> pd.DataFrame:
    """One row per item with a source: the columns of the table `policies` but run_id."""
    state, levels, costs = plan.state, plan.levels, plan.costs
    supplier = texts(state.terms, "supplier")
    frame = pd.DataFrame(
        {
            "sku": state.items["sku"].to_numpy(dtype=object),
            "location": state.items["location"].to_numpy(dtype=object),
            "supplier": np.where(pd.isna(supplier), texts(state.terms, "from_location"), supplier),
            "policy": _policy_names(plan),
            "service_by": plan.targets.service_by,
            "target": plan.targets.target,
            "reorder_point": levels.reorder_point,
            "order_up_to_level": levels.order_up_to_level,
            "safety_stock": levels.compared - state.protection.mean,
            "cycle_service": state.protection.cdf(np.maximum(levels.compared, 0.0)),
            "fill_rate": fill_rate_of_level(
                np.maximum(levels.compared, 0.0),
                state.until_arrival,
                state.protection,
                levels.order_up_to_level - levels.compared,
            ),
            "critical_ratio": costs.critical_ratio,
            "underage_cost": costs.underage,
            "overage_cost": costs.overage,
            "holding_cost_per_unit_day": costs.holding_per_unit_day,
            "eoq": np.where(plan.economic > 0, plan.economic, np.nan),
            "lead_time_mean_days": state.lead.mean_days,
            "lead_time_sd_days": state.lead.sd_days,
            "lead_time_source": state.lead.source,
            "protection_days": state.calendar.protection_days.astype(np.float64),
            "abc": plan.classes.abc,
            "xyz": plan.classes.xyz,
            "demand_class": plan.classes.demand_class,
            "binding_constraint": plan.binding,
        }
    )
    return frame[state.has_source].reset_index(drop=True)


def _policy_names(plan: Plan) -> Texts:
    """The classical policy where one is set; else "cost", or the form of the levels that a service target gives."""
    by_level = np.where(plan.levels.order_up_to_level - plan.levels.compared > 1e-9, "(R,s,S)", "(R,S)").astype(object)
    by_level[plan.targets.service_by == BY_COST] = BY_EXPECTED_COST
    return np.where(plan.policy == BY_EXPECTED_COST, by_level, plan.policy)


def _in_base(value: Floats, rate: Floats, base: str) -> Floats:
    """Rounded line values in base currency, rounded again: the totals add rounded lines."""
    result = np.full(len(value), np.nan)
    for row in np.flatnonzero(np.isfinite(value) & np.isfinite(rate)):
        exact = Decimal(repr(float(value[row]))) * Decimal(repr(float(rate[row])))
        result[row] = float(rounded_money(exact, base))
    return result


def _rounded(money: Floats, currency: str) -> Floats:
    return np.array([float(rounded_money(amount, currency)) for amount in money])


def _gap_and_lasting(plan: Plan) -> tuple[Floats, Floats]:
    """(items,) days after `as_of`: of the first gap without an order, and that stock lasts with the suggestion."""
    state = plan.state
    inflow = inflow_by_day(state, plan.means)
    gap = plan.means.first_gap(state.stock.available, inflow)
    arrives = np.where(plan.order > 0, state.offset(state.calendar.expected_on), 0)
    is_lost = plan.rules.unmet_demand == "lost"
    return gap, plan.means.lasting_days(state.stock.available, inflow, plan.order, arrives, is_lost=is_lost)


def _supplier_names(plan: Plan) -> Texts:
    supplier = texts(plan.state.terms, "supplier")
    if plan.suppliers.empty or "name" not in plan.suppliers.columns:
        return supplier
    named = plan.suppliers.drop_duplicates("supplier", keep="last").set_index("supplier")["name"]
    names = texts(named.reindex(supplier).to_frame(), "name")
    return np.where(pd.isna(names), supplier, names)


def _confidence(plan: Plan) -> Texts:
    """How far to trust a line: by the spread of demand to be covered, and by what had to be assumed."""
    state = plan.state
    spread = np.divide(
        state.protection.sd, state.protection.mean, out=np.full(len(state), 9.9), where=state.protection.mean > 0
    )
    weak = plan.is_new | pd.notna(texts(state.items, "fallback_reason")) | plan.costs.margin_is_assumed
    return np.where(weak | (spread > 1.2), "low", np.where(spread <= 0.5, "high", "medium")).astype(object)
