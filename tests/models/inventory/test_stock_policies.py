import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from models.inventory.continuous_review import (
    best_reorder_point,
    best_rq_poisson,
    eoq_with_safety_stock,
    rq_cost_rate,
)
from models.inventory.losses import normal_loss, poisson_loss
from models.inventory.newsvendor import (
    critical_ratio,
    newsvendor_discrete,
    newsvendor_normal,
    newsvendor_poisson,
)
from models.inventory.periodic_review import (
    best_ss_discrete,
    best_ss_poisson,
    power_approximation,
    revised_power_approximation,
)

costs = st.floats(0.05, 50)


@settings(max_examples=100)
@given(costs, costs, st.floats(0, 300), st.floats(0, 80), st.floats(-50, 50))
def test_no_level_is_cheaper_than_the_newsvendors(holding, shortage, mean, sd, off):
    best = newsvendor_normal(holding, shortage, mean, sd)
    loss = normal_loss(best.order_up_to_level + off, mean, sd)

    assert best.expected_cost <= holding * loss.expected_leftover + shortage * loss.expected_shortage + 1e-7


@settings(max_examples=100)
@given(costs, costs, st.floats(0, 200))
def test_the_poisson_level_is_the_smallest_that_reaches_the_ratio(holding, shortage, mean):
    level = newsvendor_poisson(holding, shortage, mean).order_up_to_level
    ratio = critical_ratio(holding, shortage)

    assert level == int(level)
    assert stats.poisson.cdf(level, mean) >= ratio - 1e-9
    assert level == 0 or stats.poisson.cdf(level - 1, mean) < ratio + 1e-9


def test_a_ratio_that_is_reached_exactly_needs_no_unit_more():
    pmf = [0.1] * 10  # 0.1 nine times is 0.8999999999999999

    assert newsvendor_discrete(1, 9, range(10), pmf).order_up_to_level == 8


def test_values_need_not_be_sorted():
    assert newsvendor_discrete(1, 1, [5, 0, 2], [0.25, 0.5, 0.25]).order_up_to_level == 0


@pytest.mark.parametrize("probabilities", [[0.5, 0.4], [1.5, -0.5], []])
def test_what_is_no_distribution_is_refused(probabilities):
    with pytest.raises(ValueError, match="sum to 1"):
        newsvendor_discrete(1, 1, range(len(probabilities)), probabilities)


@pytest.mark.parametrize(("overage", "underage"), [(0, 1), (1, 0), (-1, 2), (float("nan"), 1)])
def test_costs_that_are_not_above_zero_have_no_ratio(overage, underage):
    with pytest.raises(ValueError, match="above 0"):
        critical_ratio(overage, underage)


def inventory(**changes):
    return {
        "holding_cost": 0.225,
        "shortage_cost": 7.5,
        "demand_rate": 1300,
        "demand_sd": 150,
        "lead_time": 1 / 12,
    } | changes


@settings(max_examples=60, deadline=None)
@given(st.floats(1, 2000), st.floats(0, 400), st.floats(0.01, 20), st.floats(0.01, 2), st.floats(-100, 100))
def test_no_reorder_point_is_cheaper_for_a_quantity(quantity, sd, shortage, lead_time, off):
    given_costs = inventory(demand_sd=sd, shortage_cost=shortage, lead_time=lead_time)
    point = best_reorder_point(quantity, **given_costs)

    best = rq_cost_rate(point, quantity, fixed_cost=8, **given_costs)

    assert best <= rq_cost_rate(point + off, quantity, fixed_cost=8, **given_costs) * (1 + 1e-9) + 1e-9


def test_the_rq_cost_is_the_newsvendors_averaged_over_positions():
    mean, sd = 1300 / 12, 150 * (1 / 12) ** 0.5
    positions = 100 + 250 * (np.arange(200_000) + 0.5) / 200_000
    loss = normal_loss(positions, mean, sd)
    averaged = float((0.225 * loss.expected_leftover + 7.5 * loss.expected_shortage).mean()) + 8 * 1300 / 250

    assert rq_cost_rate(100, 250, fixed_cost=8, **inventory()) == pytest.approx(averaged, rel=1e-8)


def test_certain_demand_orders_the_economic_quantity_with_backorders():
    certain = inventory(demand_sd=0)

    def cost(quantity):
        return rq_cost_rate(best_reorder_point(quantity, **certain), quantity, fixed_cost=8, **certain)

    best = optimize.minimize_scalar(cost, bounds=(10, 2000), method="bounded", options={"xatol": 1e-6})
    expected = (2 * 8 * 1300 * 0.225 * 7.5 / (0.225 + 7.5)) ** 0.5
    assert best.fun == pytest.approx(expected, rel=1e-9)


def test_the_approximation_costs_little_more_than_the_best():
    approximate = eoq_with_safety_stock(fixed_cost=8, **inventory())
    point = best_reorder_point(approximate.order_quantity, **inventory())

    worse = rq_cost_rate(approximate.reorder_point, approximate.order_quantity, fixed_cost=8, **inventory())
    assert 1.0 < worse / rq_cost_rate(point, approximate.order_quantity, fixed_cost=8, **inventory()) < 1.2


def newsvendor_cost(level, holding, shortage, mean):
    loss = poisson_loss(level, mean)
    return holding * loss.expected_leftover + shortage * loss.expected_shortage


@settings(max_examples=40, deadline=None)
@given(st.floats(0.5, 20), st.floats(0.5, 100), st.floats(0, 200), st.floats(0.1, 8), st.floats(0, 3))
def test_no_other_poisson_rq_is_cheaper(holding, shortage, fixed, rate, lead_time):
    best = best_rq_poisson(
        holding_cost=holding, shortage_cost=shortage, fixed_cost=fixed, demand_mean=rate, lead_time=lead_time
    )
    r0, q0 = int(best.reorder_point), int(best.order_quantity)

    for r in range(r0 - 4, r0 + 5):
        for q in range(max(1, q0 - 4), q0 + 5):
            positions = np.arange(r + 1, r + q + 1, dtype=float)
            average = newsvendor_cost(positions, holding, shortage, rate * lead_time).sum()
            assert best.cost_rate <= (fixed * rate + average) / q + 1e-9


def long_run_cost(s, big_s, pmf, holding, shortage, fixed, over_lead_time):
    """The stationary cost of (s,S), by solving the chain of positions after ordering."""
    levels = np.arange(s + 1, big_s + 1)
    move = np.zeros((len(levels), len(levels)))
    for row, level in enumerate(levels):
        for units, probability in enumerate(pmf):
            after = level - units
            move[row, len(levels) - 1 if after <= s else after - s - 1] += probability
    system = np.vstack([move.T - np.eye(len(levels)), np.ones(len(levels))])
    share = np.linalg.lstsq(system, np.append(np.zeros(len(levels)), 1.0), rcond=None)[0]
    orders = sum(share[row] * pmf[max(level - s, 0) :].sum() for row, level in enumerate(levels))
    units = np.arange(len(over_lead_time))
    kept = [
        holding * (np.maximum(level - units, 0) @ over_lead_time)
        + shortage * (np.maximum(units - level, 0) @ over_lead_time)
        for level in levels
    ]
    return float(share @ np.array(kept) + fixed * orders)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.floats(0.02, 1), min_size=2, max_size=6),
    st.floats(0.3, 5),
    st.floats(0.5, 20),
    st.floats(0, 40),
    st.integers(0, 2),
)
def test_no_other_ss_is_cheaper(weights, holding, shortage, fixed, lead_time):
    pmf = np.array(weights) / np.sum(weights)
    over_lead_time = pmf
    for _ in range(lead_time):
        over_lead_time = np.convolve(over_lead_time, pmf)
    best = best_ss_discrete(holding, shortage, fixed, pmf, lead_time)
    s0, big_s0 = int(best.reorder_point), int(best.order_up_to_level)

    def cost(s, big_s):
        return long_run_cost(s, big_s, pmf, holding, shortage, fixed, over_lead_time)

    assert best.cost_rate == pytest.approx(cost(s0, big_s0), rel=1e-6)
    for s in range(s0 - 3, s0 + 4):
        for big_s in range(max(s + 1, big_s0 - 3), big_s0 + 4):
            assert best.cost_rate <= cost(s, big_s) * (1 + 1e-6) + 1e-9


def test_poisson_and_discrete_demand_agree():
    pmf = stats.poisson.pmf(np.arange(60), 6)

    for lead_time in (0, 2):
        poisson, discrete = best_ss_poisson(1, 4, 5, 6, lead_time), best_ss_discrete(1, 4, 5, pmf, lead_time)
        assert (poisson.reorder_point, poisson.order_up_to_level) == (
            discrete.reorder_point,
            discrete.order_up_to_level,
        )
        assert poisson.cost_rate == pytest.approx(discrete.cost_rate, rel=1e-9)


def test_without_a_fixed_cost_the_best_policy_is_base_stock():
    policy = best_ss_poisson(1, 9, 0, 10)

    assert policy.reorder_point == policy.order_up_to_level - 1
    assert policy.order_up_to_level == newsvendor_poisson(1, 9, 10).order_up_to_level


def test_without_demand_there_is_no_policy():
    with pytest.raises(ValueError, match="demand"):
        best_ss_discrete(1, 9, 5, [1.0])


def test_the_power_approximation_is_near_the_best_for_large_quantities():
    approximate, best = power_approximation(1, 9, 64, 10, 10**0.5), best_ss_poisson(1, 9, 64, 10)

    assert approximate.reorder_point == pytest.approx(best.reorder_point, abs=1.5)
    assert approximate.order_up_to_level == pytest.approx(best.order_up_to_level, abs=3)


@given(
    st.floats(0.1, 10), st.floats(0.1, 50), st.floats(0, 500), st.floats(0.1, 300), st.floats(0, 60), st.floats(0, 5)
)
def test_the_revision_never_orders_above_the_newsvendor_for_small_quantities(h, p, fixed, mean, sd, lead_time):
    policy = revised_power_approximation(h, p, fixed, mean, sd, lead_time)
    newsvendor = newsvendor_normal(h, p, mean, sd, lead_time_periods=lead_time).order_up_to_level

    assert policy.reorder_point <= policy.order_up_to_level
    if policy.order_quantity <= 1.5 * mean:
        assert policy.order_up_to_level <= newsvendor


def test_without_a_fixed_cost_the_revision_is_the_newsvendor():
    policy = revised_power_approximation(1, 9, 0, 50, 8)

    assert policy.reorder_point == policy.order_up_to_level == newsvendor_normal(1, 9, 50, 8).order_up_to_level


def test_the_published_approximation_needs_a_fixed_cost():
    with pytest.raises(ValueError, match="above 0"):
        power_approximation(1, 9, 0, 50, 8)
