import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from models.inventory.fill_rate import (
    exact_reorder_point_for_fill_rate,
    reorder_point_for_fill_rate,
    rq_fill_rate,
    rs_fill_rate_poisson,
    smallest_rs_level_poisson,
)
from models.inventory.lost_sales import lost_sales_order, project_stock
from models.inventory.safety_stock import order_up_to_poisson_mixture, safety_stock_normal, sd_of_sum

pmfs = st.dictionaries(st.integers(0, 40), st.floats(0.01, 1), min_size=1, max_size=5).map(
    lambda weights: {days: weight / sum(weights.values()) for days, weight in weights.items()}
)


@settings(max_examples=80, deadline=None)
@given(st.floats(0, 20), pmfs, st.floats(0, 14), st.floats(0.01, 0.9999))
def test_the_level_is_the_smallest_that_reaches_the_service(rate, pmf, review, target):
    found = order_up_to_poisson_mixture(
        daily_demand_mean=rate, lead_time_days_pmf=pmf, review_days=review, cycle_service_level=target
    )

    def service(level):
        return sum(share * stats.poisson.cdf(level, rate * (days + review)) for days, share in pmf.items())

    assert found.cycle_service == pytest.approx(service(found.order_up_to_level), rel=1e-9)
    assert found.cycle_service >= target - 1e-9
    assert found.order_up_to_level == 0 or service(found.order_up_to_level - 1) < target + 1e-9


def test_one_lead_time_needs_less_than_a_mixture_of_the_same_mean():
    options = {"daily_demand_mean": 4, "review_days": 3, "cycle_service_level": 0.98}
    fixed = order_up_to_poisson_mixture(lead_time_days_pmf={10: 1.0}, **options)
    mixed = order_up_to_poisson_mixture(lead_time_days_pmf={5: 0.5, 15: 0.5}, **options)

    assert mixed.protection_demand_mean == pytest.approx(fixed.protection_demand_mean)
    assert mixed.order_up_to_level > fixed.order_up_to_level


@pytest.mark.parametrize("pmf", [{}, {5: 0.5}, {5: 1.5, 6: -0.5}])
def test_lead_times_must_be_a_distribution(pmf):
    with pytest.raises(ValueError, match="sum to 1"):
        order_up_to_poisson_mixture(daily_demand_mean=1, lead_time_days_pmf=pmf, review_days=1, cycle_service_level=0.9)


def test_known_demand_and_lead_time_need_no_safety_stock():
    stock = safety_stock_normal(
        daily_demand_mean=20, daily_demand_sd=0, lead_time_mean_days=14, cycle_service_level=0.99
    )

    assert (stock.safety_stock, stock.level) == (0, 280)


@pytest.mark.parametrize("level", [0, 1, 1.2])
def test_a_service_level_of_certainty_is_refused(level):
    with pytest.raises(ValueError, match="between 0 and 1"):
        safety_stock_normal(daily_demand_mean=20, daily_demand_sd=6, lead_time_mean_days=14, cycle_service_level=level)


@given(st.floats(0, 50), st.floats(-1, 1), st.integers(0, 60))
def test_the_sd_of_a_sum_is_that_of_its_covariance_matrix(sd, correlation, periods):
    apart = np.abs(np.subtract.outer(np.arange(periods), np.arange(periods))).astype(float)
    variance = (sd**2 * np.power(correlation, apart)).sum() if periods else 0.0

    assert sd_of_sum(sd, correlation, periods) == pytest.approx(max(variance, 0) ** 0.5, rel=1e-6, abs=1e-4)


@settings(max_examples=100, deadline=None)
@given(st.floats(0, 500), st.floats(0.1, 200), st.floats(1, 2000), st.floats(0.05, 0.9999))
def test_reorder_points_give_the_fill_rate_that_was_asked_for(mean, sd, quantity, target):
    options = {"lead_time_demand_mean": mean, "lead_time_demand_sd": sd, "order_quantity": quantity}
    simple = reorder_point_for_fill_rate(fill_rate=target, **options)
    exact = exact_reorder_point_for_fill_rate(fill_rate=target, **options)

    assert rq_fill_rate(reorder_point=exact.reorder_point, **options) == pytest.approx(target, abs=1e-9)
    assert rq_fill_rate(reorder_point=simple.reorder_point, **options) >= target - 1e-9
    assert simple.reorder_point >= exact.reorder_point - 1e-6


def test_the_simple_fill_rate_misses_when_the_order_is_small_against_the_spread():
    options = {"lead_time_demand_mean": 80, "lead_time_demand_sd": 60, "order_quantity": 20}

    simple = reorder_point_for_fill_rate(fill_rate=0.9, **options)

    assert rq_fill_rate(reorder_point=simple.reorder_point, **options) > 0.94


def test_certain_demand_may_run_short_by_the_share_allowed():
    point = reorder_point_for_fill_rate(
        lead_time_demand_mean=50, lead_time_demand_sd=0, order_quantity=200, fill_rate=0.99
    )

    assert point.reorder_point == pytest.approx(48)


@pytest.mark.parametrize("target", [1.0, 1.5, -0.1])
def test_a_fill_rate_of_certainty_is_refused(target):
    with pytest.raises(ValueError, match="below 1"):
        reorder_point_for_fill_rate(
            lead_time_demand_mean=50, lead_time_demand_sd=9, order_quantity=20, fill_rate=target
        )


@settings(max_examples=80, deadline=None)
@given(st.floats(0.01, 20), st.floats(0, 60), st.floats(0.5, 30), st.floats(0, 0.9999))
def test_the_rs_level_is_the_smallest_for_its_fill_rate(rate, lead_time, review, target):
    options = {"daily_demand_mean": rate, "lead_time_days": lead_time, "review_days": review}
    level = smallest_rs_level_poisson(target_fill_rate=target, **options)

    assert rs_fill_rate_poisson(order_up_to_level=level, **options) >= target - 1e-9
    if level:
        assert rs_fill_rate_poisson(order_up_to_level=level - 1, **options) < target + 1e-9


def test_the_rs_fill_rate_is_what_a_simulation_serves():
    rng = np.random.default_rng(1)
    level, rate, lead_time, review, cycles = 20, 1.5, 4, 5, 200_000
    before = rng.poisson(rate * lead_time, cycles)
    after = before + rng.poisson(rate * review, cycles)
    short = np.maximum(after - level, 0) - np.maximum(before - level, 0)

    exact = rs_fill_rate_poisson(
        daily_demand_mean=rate, lead_time_days=lead_time, review_days=review, order_up_to_level=level
    )
    assert exact == pytest.approx(1 - short.sum() / (after - before).sum(), abs=0.002)


def test_nothing_demanded_is_all_served():
    assert rs_fill_rate_poisson(daily_demand_mean=0, lead_time_days=5, review_days=7, order_up_to_level=0) == 1


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 6),
    st.dictionaries(st.integers(1, 4), st.integers(0, 4), max_size=2),
    st.lists(st.floats(0.05, 1), min_size=1, max_size=4),
    st.integers(0, 4),
    st.integers(0, 3),
    st.floats(0, 0.995),
)
def test_lost_sales_agree_with_every_path_tried_out(on_hand, receipts, weights, days, window, ratio):
    pmf = np.array(weights) / np.sum(weights)
    lost, stock_left, needs = 0.0, {}, {}
    for path in itertools.product(range(len(pmf)), repeat=days):
        probability, stock = float(np.prod(pmf[list(path)])), on_hand
        for day, units in enumerate(path, start=1):
            stock += receipts.get(day, 0)
            lost += probability * max(units - stock, 0)
            stock = max(stock - units, 0)
        stock_left[stock] = stock_left.get(stock, 0) + probability
    for path in itertools.product(range(len(pmf)), repeat=window):
        for stock, share in stock_left.items():
            need = max(sum(path) - stock, 0)
            needs[need] = needs.get(need, 0) + share * float(np.prod(pmf[list(path)]))

    found = lost_sales_order(
        on_hand=on_hand,
        receipts_at_start_of_day=receipts,
        daily_demand_pmf=pmf,
        days_to_arrival=days,
        window_days=window,
        critical_ratio=ratio,
    )

    assert found.expected_lost_before_arrival == pytest.approx(lost, abs=1e-9)
    assert found.expected_stock_on_arrival == pytest.approx(sum(s * p for s, p in stock_left.items()), abs=1e-9)
    assert found.probability_empty_on_arrival == pytest.approx(stock_left.get(0, 0), abs=1e-12)
    reached = [q for q in range(max(needs) + 1) if sum(p for n, p in needs.items() if n <= q) >= ratio - 1e-12]
    assert found.order_units == reached[0]


def test_stock_below_zero_is_refused():
    with pytest.raises(ValueError, match="negative"):
        project_stock(-1, {}, [1.0], 3)
