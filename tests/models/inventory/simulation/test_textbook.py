"""Simulated service and cost against exact formulas, within the sampling error of independent items."""

import json
from pathlib import Path

import numpy as np
import pytest

from models.inventory.simulation import measures, simulate
from tests.models.inventory.simulation.factories import world
from tests.oracles.policies import FixedQuantity, base_stock, min_max

CASES = {case["id"]: case for case in json.loads((Path(__file__).parents[1] / "known_answers.json").read_text())}
ERRORS = 4.0
"""Standard errors that a mean over items may be off."""


def poisson(mean, items, periods, seed=1):
    return np.random.default_rng(seed).poisson(mean, (items, periods)).astype(float)


def within_error(per_item, expected):
    spread = per_item.std(ddof=1) / len(per_item) ** 0.5
    assert abs(per_item.mean() - expected) < ERRORS * spread, (per_item.mean(), expected, spread)


def after(warm_up, periods):
    return np.arange(periods) >= warm_up


@pytest.mark.parametrize("name", ["rs-fill-rate-1", "rs-fill-rate-2"])
def test_base_stock_gives_the_fill_rate_of_the_formula(name):
    """Orders cannot be sold before the day after they arrive, so L days pass in full, as the formula counts them."""
    case = CASES[name]["inputs"]
    items, periods = 1500, 40 + 7 * 30
    tried = world(
        poisson(case["daily_demand_mean"], items, periods),
        lead=case["lead_time_days"],
        on_hand=case["order_up_to_level"],
        scored=after(40, periods),
        unmet="backordered",
    )

    ledger = simulate(tried, base_stock([case["order_up_to_level"]] * items, periods, review=case["review_days"]))

    expected = CASES[name]["expected"]["fill_rate"]
    rate = case["daily_demand_mean"]
    within_error(ledger.lost - (1 - expected) * ledger.demand, 0.0)
    within_error(ledger.demand / ledger.days, rate)


@pytest.mark.parametrize("name", ["newsvendor-poisson-1", "newsvendor-poisson-2", "newsvendor-poisson-4"])
def test_a_level_filled_every_period_costs_what_the_newsvendor_expects(name):
    case, expected = CASES[name]["inputs"], CASES[name]["expected"]
    items, periods = 400, 60
    tried = world(
        poisson(case["demand_mean"], items, periods),
        lead=0,
        on_hand=expected["order_up_to_level"],
        holding_per_unit_day=case["holding_cost"],
        underage=case["shortage_cost"],
    )

    ledger = simulate(tried, base_stock([expected["order_up_to_level"]] * items, periods))

    within_error(ledger.cost / ledger.days, expected["expected_cost"])


@pytest.mark.parametrize("name", ["ss-exact-1", "ss-exact-2"])
def test_the_best_s_s_costs_what_zheng_and_federgruen_say(name):
    case, best = CASES[name]["inputs"], CASES[name]["expected"]
    items, periods = 500, 260
    tried = world(
        poisson(case["demand_mean"], items, periods),
        lead=0,
        on_hand=best["order_up_to_level"],
        scored=after(60, periods),
        unmet="backordered",
        holding_per_unit_day=case["holding_cost"],
        backlog_per_unit_day=case["shortage_cost"],
        fixed_cost_per_order=case["fixed_cost"],
    )

    def cost(point, level):
        return simulate(tried, min_max([point] * items, [level] * items, periods)).cost / 200

    within_error(cost(best["reorder_point"], best["order_up_to_level"]), best["cost_rate"])
    assert cost(best["reorder_point"] + 2, best["order_up_to_level"] + 2).mean() > best["cost_rate"]
    assert cost(best["reorder_point"] - 2, best["order_up_to_level"] - 2).mean() > best["cost_rate"]


def test_fixed_quantities_cost_what_federgruen_and_zheng_say():
    """Continuous review as 40 short periods for each unit of time: demand comes one by one."""
    case, best = CASES["rq-poisson-1"]["inputs"], CASES["rq-poisson-1"]["expected"]
    parts, items = 40, 1200
    periods = parts * 24
    column = np.zeros(periods, dtype=np.int64)
    tried = world(
        poisson(case["demand_mean"] / parts, items, periods),
        lead=case["lead_time"] * parts - 1,
        on_hand=best["reorder_point"] + best["order_quantity"],
        scored=after(8 * parts, periods),
        unmet="backordered",
        holding_per_unit_day=case["holding_cost"] / parts,
        backlog_per_unit_day=case["shortage_cost"] / parts,
        fixed_cost_per_order=case["fixed_cost"],
    )
    levels = np.full((items, 1), best["reorder_point"]), np.full((items, 1), best["order_quantity"])

    ledger = simulate(tried, FixedQuantity(*levels, column, in_multiples=True))

    np.testing.assert_allclose(ledger.cost.mean() / 16, best["cost_rate"], rtol=0.02)


@pytest.mark.parametrize("name", ["mixed-lead-time-1", "mixed-lead-time-2"])
def test_cycle_service_over_random_lead_times_is_that_of_the_mixture(name):
    """Each item keeps one lead time, so that orders do not cross, which the formula takes for granted.

    Slow items do not order at every review, so the chance is read from the stock just before a review's arrival.
    """
    case, expected = CASES[name]["inputs"], CASES[name]["expected"]
    chances = {int(days): chance for days, chance in case["lead_time_days_pmf"].items()}
    items, review, level = 4000, case["review_days"], expected["order_up_to_level"]
    lead = np.repeat(list(chances), np.rint(np.array(list(chances.values())) * items).astype(int))
    ends = (lead // review + 6) * review + lead
    periods = int(ends.max()) + 1
    tried = world(
        poisson(case["daily_demand_mean"], items, periods),
        lead=lead[:, None],
        on_hand=level,
        scored=np.arange(periods) == ends[:, None],
        unmet="backordered",
    )

    ledger = simulate(tried, base_stock([level] * items, periods, review=review))

    within_error((ledger.backlog_unit_days == 0).astype(float), expected["cycle_service"])
    within_error(ledger.backlog_unit_days, expected["expected_units_short"])


def test_fill_rate_is_not_cycle_service():
    tried = world(poisson(3, 300, 240), lead=5, on_hand=60, scored=after(40, 240))

    found = measures(simulate(tried, base_stock([36] * 300, 240, review=7))).iloc[0]

    assert found["cycle_service"] < found["fill_rate"] - 0.1
