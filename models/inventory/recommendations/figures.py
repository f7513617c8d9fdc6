"""The figures behind every line, from which its sentence is written."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from features.arrays import Ints
from models.inventory.costs.last_orders import is_last_order
from models.inventory.ordering.overrides import required_by
from models.inventory.position.inventory_position import units_by_item
from models.inventory.position.state import WITHOUT_SOURCE_DAYS, own_daily_demand
from models.inventory.recommendations.plan import Plan
from models.inventory.recommendations.reasons import Reasons
from models.inventory.recommendations.sentences import sentence
from models.inventory.terms.columns import days, numbers, texts


def reasons_of(plan: Plan, frame: pd.DataFrame) -> list[Reasons]:
    """The reasons of every item.

    Parameters
    ----------
    plan: the decided bucket.
    frame: its rows of recommendations; see `recommendation_rows`.
    """
    state = plan.state
    lines = state.supply.lines
    late = lines["is_expected"].to_numpy(dtype=bool) & ~lines["is_counted"].to_numpy(dtype=bool)
    too_late = units_by_item(lines, len(state), late)
    cumulative = np.cumsum(state.lead.pmf, axis=1)
    early, long = ((cumulative < share - 1e-12).sum(axis=1) for share in (0.1, 0.9))
    days_on_sale = _days_on_sale(plan)
    coming = next_deliveries(plan)
    sold_since = days(state.items, "first_sale_on")
    waiting = np.isfinite(plan.waiting.units)
    figures = {
        "on_hand": frame["on_hand"],
        "reserved": frame["reserved"].fillna(0.0),
        "backordered": frame["backordered"].fillna(0.0),
        "available": pd.Series(state.stock.available),
        "on_order": frame["on_order"],
        "on_order_too_late": too_late,
        "inventory_position": frame["inventory_position"],
        "reorder_point": frame["reorder_point"],
        "order_up_to_level": frame["order_up_to_level"],
        "safety_stock": frame["safety_stock"],
        "source": texts(state.terms, "source"),
        "supplier": frame["supplier_name"],
        "from_location": frame["from_location"],
        "lead_time_p10_days": early,
        "lead_time_p90_days": long,
        "lead_time_mean_days": state.lead.mean_days,
        "protection_days": state.calendar.protection_days,
        "daily_demand": state.daily_demand,
        "daily_demand_p90": np.where(days_on_sale > 0, frame["demand_p90"] / np.maximum(days_on_sale, 1), np.nan),
        "demand_mean": frame["demand_mean"],
        "demand_p90": frame["demand_p90"],
        "stockout_probability": frame["stockout_probability"],
        "expected_lost_units": frame["expected_lost_units"].fillna(0.0),
        "lost_before_arrival": plan.stake.lost_before_arrival,
        "short_before_arrival": plan.stake.short_before_arrival,
        "units_saved": plan.stake.units_saved,
        "returns_expected": state.returns_expected,
        "fed_daily_demand": np.maximum(state.daily_demand - own_daily_demand(state), 0.0),
        "is_last_order": is_last_order(state) & (frame["order_units"].to_numpy(dtype=np.float64) > 0),
        "leftover_units": plan.stake.leftover_units,
        "wanted_units": np.where(plan.levels.before_breaks > 0, plan.levels.before_breaks, plan.levels.wanted),
        "required_units": plan.required,
        "required_by": required_by(state, plan.targets, plan.policy),
        "cost_if_nothing": plan.alternatives.nothing,
        "cost_if_pack_more": plan.alternatives.pack_more,
        "cost_if_pack_less": plan.alternatives.pack_less,
        "cost_if_later": plan.alternatives.later,
        "later_days": plan.alternatives.later_days,
        "later_lost_units": plan.alternatives.later_lost,
        "pack_units": state.terms["pack_units"],
        "minimum_order_units": state.terms["minimum_order_units"],
        "order_units": frame["order_units"],
        "order_value": frame["order_value"],
        "order_value_base": frame["order_value_base"],
        "currency": frame["currency"],
        "unmet_demand": np.full(len(state), plan.rules.unmet_demand, dtype=object),
        "base_currency": np.full(len(state), plan.rules.base_currency, dtype=object),
        "money_at_stake": frame["money_at_stake"],
        "service_by": plan.targets.service_by,
        "target": plan.targets.target,
        "critical_ratio": plan.costs.critical_ratio,
        "underage_cost": plan.costs.underage,
        "overage_cost": plan.costs.overage,
        "overage_days": plan.costs.overage_days,
        "contribution": plan.costs.contribution,
        "sells_at_a_loss": (plan.targets.service_by == "cost") & (plan.costs.underage <= 0),
        "margin_is_assumed": plan.costs.margin_is_assumed,
        "binding_constraint": frame["binding_constraint"],
        "as_of": frame["as_of"],
        "first_gap": frame["first_gap_on"],
        "lasts_until": frame["lasts_until"],
        "order_by": frame["order_by"],
        "sells_from": state.sells_from.astype("datetime64[ns]"),
        "ends_on": state.ends_on.astype("datetime64[ns]"),
        "protection_end": state.calendar.next_expected_on.astype("datetime64[ns]"),
        "demand_days": state.pace_days.days,
        "next_delivery_on": coming["median_on"].to_numpy().astype("datetime64[ns]"),
        "next_delivery_units": coming["units"].fillna(0.0),
        "fixed_cost_base": state.terms["fixed_cost_base"].fillna(0.0),
        "units_sold": numbers(state.items, "units_sold"),
        "sold_since": sold_since.astype("datetime64[ns]"),
        "is_new": plan.is_new,
        "waiting_units": plan.waiting.units,
        "waiting_gain_base": plan.waiting.gain,
        "gain_minimum_base": np.where(waiting, plan.rules.order_line_gain_minimum, np.nan),
    }
    columns = {name: _plain(np.asarray(values)) for name, values in figures.items()}
    rows = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
    return [_with_sentence(Reasons(sentence="", **row)) for row in rows]


def _days_on_sale(plan: Plan) -> Ints:
    """(items,) days of sale in the interval that `demand_p90` is about."""
    state = plan.state
    today = np.datetime64(state.as_of, "D")
    reach = np.where(state.has_source, np.maximum(state.calendar.protection_days, 1), WITHOUT_SOURCE_DAYS)
    last = np.fmin(today + reach.astype("timedelta64[D]"), state.ends_on)
    before = np.where(np.isnat(state.sells_from), today, state.sells_from - 1)
    return np.maximum((last - before).astype(np.int64), 0)


def next_deliveries(plan: Plan) -> pd.DataFrame:
    """(items,) units and likely day (median_on) of the next delivery of each item; missing without one."""
    lines = plan.state.supply.lines
    expected = lines[lines["is_expected"].to_numpy(dtype=bool)].sort_values(["item", "median_on"], kind="stable")
    first = expected.drop_duplicates("item").set_index("item")
    return first[["median_on", "units"]].reindex(np.arange(len(plan.state)))


def _with_sentence(reasons: Reasons) -> Reasons:
    return replace(reasons, sentence=sentence(reasons))


def _plain(values: NDArray[Any]) -> list[Any]:
    """Values as Python's own: dates, str, bool, int, float; None for missing ones."""
    if values.dtype.kind == "M":
        return [None if pd.isna(value) else value for value in values.astype("datetime64[D]").tolist()]
    return [None if value is None or value != value else value for value in values.tolist()]  # noqa: PLR0124
