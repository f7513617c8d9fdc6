"""Demand in orders of many units: the mixture over numbers of orders against its definition."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from models.demand.backtesting.noise import order_size, period_noise
from models.demand.distribution.compound_poisson import as_compound_poisson, order_size_and_ratio
from models.demand.distribution.counts import CountMixture
from models.demand.distribution.intervals import lognormal_counts
from models.demand.distribution.paths import daily_paths
from tests.models.demand.factories import distribution, history

ONE = np.ones(1)


def certain(rate, dispersion):
    """Counts of one item whose level is known."""
    return CountMixture(np.array([[float(rate)]]), np.ones((1, 1)), np.array([[float(dispersion)]]), ONE)


def test_an_item_ordered_by_the_hundred_is_mostly_not_asked_for():
    plain, orders = certain(30, 150), as_compound_poisson(certain(30, 150), 100 * ONE, 150 * ONE)

    # A Poisson number of orders with mean 0.3, and hardly any order of none.
    assert orders.cdf(0.0)[0] == pytest.approx(np.exp(-0.3), abs=0.005)
    assert plain.cdf(0.0)[0] < 0.4
    assert orders.mean[0] == pytest.approx(30)
    assert orders.sd[0] == pytest.approx(plain.sd[0])


def test_totals_are_those_of_drawn_orders():
    rng = np.random.default_rng(3)
    size, ratio = order_size_and_ratio(20 * ONE, 30 * ONE)
    drawn = rng.poisson(1.5, 200_000) * size[0]
    drawn = rng.poisson(rng.gamma(drawn / (ratio[0] - 1), ratio[0] - 1))
    counted = as_compound_poisson(certain(30, 30), 20 * ONE, 30 * ONE)

    for units in (0, 10, 25, 60, 120):
        assert counted.cdf(float(units))[0] == pytest.approx(np.mean(drawn <= units), abs=0.004)
        short = np.maximum(drawn - units, 0).mean()
        assert counted.expected_shortage(float(units))[0] == pytest.approx(short, abs=0.15)


def test_demand_step_by_step_stays_a_negative_binomial():
    few_at_once, frequent = certain(5, 2.5), certain(5000, 30)

    assert as_compound_poisson(few_at_once, 1.2 * ONE, 2.5 * ONE) is few_at_once
    assert as_compound_poisson(frequent, 20 * ONE, 30 * ONE) is frequent
    expected = stats.nbinom(5 / 1.5, 1 / 2.5).cdf(7)
    assert few_at_once.cdf(7.0)[0] == pytest.approx(expected)


@settings(max_examples=60, deadline=None)
@given(
    mean=st.floats(0.01, 500),
    relative_sd=st.floats(0, 1.5),
    dispersion=st.floats(1, 400),
    order=st.floats(0, 300),
    dormant=st.floats(0, 0.9),
)
def test_mean_and_variance_stay(mean, relative_sd, dispersion, order, dormant):
    parameters = (mean * ONE, (mean * relative_sd) ** 2 * ONE, dispersion * ONE, dormant * ONE)

    plain, orders = lognormal_counts(*parameters), lognormal_counts(*parameters, order * ONE)

    assert orders.weights.sum() == pytest.approx(1)
    assert orders.mean[0] == pytest.approx(plain.mean[0], rel=1e-6)
    assert orders.sd[0] == pytest.approx(plain.sd[0], rel=0.02)


def test_paths_and_intervals_agree():
    found = distribution(daily_mean=2.0, dispersion=40.0, order_steps=25.0)
    drawn = daily_paths(found, 20_000, 90)[0]

    for days in (1, 7, 28, 90):
        totals, total = drawn[:, :days].sum(axis=1), found.interval(1, days)
        for probability in (0.1, 0.5, 0.9, 0.99):
            units = total.quantile(probability)[0]
            assert np.mean(totals <= units) == pytest.approx(total.cdf(units)[0], abs=0.012)


@pytest.mark.parametrize("daily", [26.0, 29.0])
def test_many_orders_are_nearly_alike_in_both_families(daily):
    """About 18 and 21 orders in the interval: one on each side of the bound."""
    found = distribution(daily_mean=daily, dispersion=50.0, order_steps=40.0)

    totals, total = daily_paths(found, 20_000, 28).sum(axis=2)[0], found.interval(1, 28)

    for probability in (0.05, 0.5, 0.9, 0.99):
        units = total.quantile(probability)[0]
        assert np.mean(totals <= units) == pytest.approx(probability, abs=0.02)


def test_the_size_of_an_order_is_estimated_where_most_periods_pass_without():
    """Known periods, those with demand and their units: 52 weeks of an order of 30 in four, and of 200 in each."""
    noise = np.array([[0, 0, 52.0, 13.0, 390.0], [0, 0, 52.0, 52.0, 10_400.0], [0, 0, 52.0, 0.0, 0.0]])

    sold_now_and_then, every_week, never = order_size(noise)

    assert 24 < sold_now_and_then < 30
    assert every_week == 1
    assert never == 1


def test_quiet_seasons_are_no_time_between_orders():
    """An item that sells a hundred a week in season and none out of it is not ordered by the hundred."""
    rng = np.random.default_rng(5)
    season = np.tile(np.r_[np.full(26, 1.96), np.full(26, 0.04)], 2)
    demand = history(rng.poisson(50 * season)[None, :].astype(float), period="week")
    multiplier = np.c_[season[None, :], np.ones((1, len(demand.future_starts)))]

    noise = period_noise(demand, multiplier, 104, 1, 52)

    assert order_size(noise)[0] < 1.5
    assert noise[0, 0] / noise[0, 1] < 2


def test_sparse_orders_of_a_hundred_have_the_ratio_of_a_hundred():
    units = np.zeros((1, 364))
    units[0, 40::80] = 100.0
    demand = history(units)

    noise = period_noise(demand, np.ones((1, 364 + len(demand.future_starts))), 364, 7, 52)

    assert noise[0, 0] / noise[0, 1] > 60
