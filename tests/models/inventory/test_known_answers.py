"""Every case of known_answers.json that inventory formulas answer; each names its source."""

import json
from pathlib import Path

import numpy as np
import pytest

from models.inventory import (
    continuous_review,
    eoq,
    fill_rate,
    losses,
    lost_sales,
    lot_sizing,
    newsvendor,
    periodic_review,
    safety_stock,
)
from models.inventory.constraints import budgeted, joint_replenishment, open_to_buy
from models.inventory.position import allocation
from models.inventory.position import inventory_position as position
from models.inventory.terms import rounding

CASES = json.loads((Path(__file__).parent / "known_answers.json").read_text())

DEMAND_TOPICS = {"Croston", "demand classification", "demand rate from sales cut by stockouts, Poisson"}
"""Answered by features and models.demand, whose tests read the same file."""


def dense(pmf):
    """Probabilities of 0, 1, 2, ... units from those of named numbers of units."""
    probabilities = np.zeros(max(map(int, pmf)) + 1)
    for units, probability in pmf.items():
        probabilities[int(units)] += probability
    return probabilities


def discrete_newsvendor(demand_pmf, holding_cost, shortage_cost):
    values = [float(units) for units in demand_pmf]
    return newsvendor.newsvendor_discrete(holding_cost, shortage_cost, values, list(demand_pmf.values()))


def lost_sales_order(daily_demand_pmf, receipts_at_start_of_day, **inputs):
    receipts = {int(day): units for day, units in receipts_at_start_of_day.items()}
    return lost_sales.lost_sales_order(
        daily_demand_pmf=dense(daily_demand_pmf), receipts_at_start_of_day=receipts, **inputs
    )


def mixed_level(lead_time_days_pmf, **inputs):
    pmf = {float(days): probability for days, probability in lead_time_days_pmf.items()}
    return safety_stock.order_up_to_poisson_mixture(lead_time_days_pmf=pmf, **inputs)


def rs_fill_rate(target_fill_rate, order_up_to_level, **inputs):
    return {
        "fill_rate": fill_rate.rs_fill_rate_poisson(order_up_to_level=order_up_to_level, **inputs),
        "smallest_level_for_target": fill_rate.smallest_rs_level_poisson(target_fill_rate=target_fill_rate, **inputs),
    }


def correlated_sum(sd_per_period, autocorrelation, periods):
    return {
        "sd_of_sum": safety_stock.sd_of_sum(sd_per_period, autocorrelation, periods),
        "if_independent": safety_stock.sd_of_sum(sd_per_period, 0.0, periods),
    }


def position_by_date(on_hand, reserved, open_orders, lead_time_days, review_days, backordered=0):
    today = np.datetime64("2024-06-30")
    due = today + np.array([order["due_in_days"] for order in open_orders], dtype="timedelta64[D]")
    units = np.array([order["units"] for order in open_orders], dtype=float)
    available = np.array([on_hand - reserved - backordered], dtype=float)
    end = np.array([today + np.timedelta64(lead_time_days + review_days, "D")])
    counted = position.inventory_position(available, np.zeros(len(units), dtype=np.int64), units, due, end)
    return {"position_for_the_decision": counted[0], "naive_position": available[0] + units.sum()}


def fair_share(**inputs):
    found = allocation.fair_share_normal(**inputs)
    return {name: getattr(found, name) for name in ("allocation", "safety_factor", "stockout_probability")}


def best_orders(budget, items, rule):
    """Gain of the k-th unit = margin P(D >= k) - holding P(D < k)."""
    gains = []
    for row in items:
        below = np.cumsum(dense(row["demand_pmf"]))[:-1]
        gains.append(row["margin"] * (1 - below) - row["holding"] * below)
    found = budgeted.best_under_budget(budget, [row["unit_cost"] for row in items], gains)
    units = dict(zip([row["id"] for row in items], found.order_units.tolist(), strict=True))
    return {"order_units": units, "expected_gain": found.expected_gain, "spend": found.spend}


ANSWERS = {
    "best orders under a budget (exhaustive optimum)": best_orders,
    "joint replenishment, Silver heuristic": joint_replenishment.silver_joint_replenishment,
    "open to buy": open_to_buy.open_to_buy,
    "fair share of scarce stock, equal stockout probability": fair_share,
    "inventory position by date": position_by_date,
    "economic order quantity": eoq.economic_order_quantity,
    "EOQ with backorders": eoq.eoq_with_backorders,
    "all-units price breaks": eoq.eoq_all_units,
    "incremental price breaks": eoq.eoq_incremental,
    "newsvendor, normal demand": newsvendor.newsvendor_normal,
    "base stock over lead time plus review": newsvendor.newsvendor_normal,
    "newsvendor, Poisson demand": newsvendor.newsvendor_poisson,
    "newsvendor, empirical lumpy demand": discrete_newsvendor,
    "(r,Q) exact cost, continuous review": lambda **i: {"cost_rate": continuous_review.rq_cost_rate(**i)},
    "(r,Q): best r for a given Q": lambda **i: {"reorder_point": continuous_review.best_reorder_point(**i)},
    "(r,Q) EOQ + safety stock approximation": continuous_review.eoq_with_safety_stock,
    "(r,Q) exact, Poisson demand (Federgruen-Zheng)": continuous_review.best_rq_poisson,
    "(s,S) exact (Zheng-Federgruen), periodic review, Poisson": periodic_review.best_ss_poisson,
    "(s,S) power approximation": periodic_review.power_approximation,
    "(s,S) power approximation, revised for small order quantities": periodic_review.revised_power_approximation,
    "dynamic lot sizing": lot_sizing.wagner_whitin,
    "standard normal loss function": lambda z: {"loss": losses.standard_normal_loss(z)},
    "normal loss function": losses.normal_loss,
    "Poisson loss function": losses.poisson_loss,
    "gamma loss function": losses.gamma_loss,
    "safety stock with random lead time, normal": safety_stock.safety_stock_normal,
    "order-up-to level with a lead-time distribution, Poisson demand": mixed_level,
    "standard deviation of a sum of AR(1) errors": correlated_sum,
    "reorder point for a fill rate, backorders, normal": fill_rate.reorder_point_for_fill_rate,
    "fill rate, small order quantity": lambda **i: {"fill_rate": fill_rate.rq_fill_rate(**i)},
    "fill rate of (R,S), backorders, Poisson demand": rs_fill_rate,
    "lost sales: project stock to the arrival, then fill the delivery window": lost_sales_order,
    "minimum, multiple and policy": lambda **i: {"order_units": rounding.order_units(**i)},
}


@pytest.mark.parametrize(
    "case", [case for case in CASES if case["topic"] not in DEMAND_TOPICS], ids=lambda case: case["id"]
)
def test_formula_gives_the_known_answer(case):
    answer = ANSWERS[case["topic"]](**case["inputs"])

    for name, expected in case["expected"].items():
        found = answer[name] if isinstance(answer, dict) else getattr(answer, name)
        named = expected if isinstance(expected, dict) else {name: expected}
        found = found if isinstance(expected, dict) else {name: found}
        for key, value in named.items():
            np.testing.assert_allclose(
                found[key], value, rtol=max(case["relative_tolerance"], 1e-12), atol=1e-12, err_msg=name
            )
