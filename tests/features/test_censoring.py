import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from features.censoring import demand_when_censored, demand_when_partly_in_stock, estimate_demand
from tests.features.factories import cases


@pytest.mark.parametrize("case", cases("censored"), ids=lambda case: case["id"])
def test_expected_demand_is_the_known_answer(case):
    sold = np.array(case["inputs"]["sales_until_empty"], dtype=float)

    expected = demand_when_censored(sold, np.full(len(sold), case["expected"]["rate"]))

    known = case["expected"]["expected_demand_when_censored"]
    assert expected == pytest.approx(known, rel=case["relative_tolerance"])


@pytest.mark.parametrize(("sold", "rate", "size"), [(3, 2.0, 1.5), (1, 0.2, 0.3), (10, 4.0, 8.0), (0, 2.0, 2.0)])
def test_conditional_expectation_is_that_of_the_negative_binomial(sold, rate, size):
    units = np.arange(20_000)
    chance = stats.nbinom.pmf(units, size, size / (rate + size))

    expected = demand_when_censored(np.array([float(sold)]), np.array([rate]), np.array([size]))[0]

    assert expected == pytest.approx((units * chance)[sold:].sum() / chance[sold:].sum())


def test_conditional_expectation_far_in_the_tail_stays_finite():
    assert demand_when_censored(np.array([500.0]), np.array([0.001])) == pytest.approx([500.0], abs=1.1)


def estimated(demand, observed, censored, unobserved, weekday=None, share=None):
    sales = np.where(observed | censored, demand, 0.0)
    return estimate_demand(sales, observed, censored, unobserved, weekday=weekday, period_days=1.0, share=share)


def test_observed_demand_is_left_as_it_is_and_lifeless_periods_are_zero():
    observed = np.array([[True, False, True]])
    none = np.zeros((1, 3), dtype=bool)

    assert estimated(np.array([[4.0, 9, 2]]), observed, none, none).tolist() == [[4, 0, 2]]


def test_days_without_stock_follow_trend_and_weekday():
    days = np.arange(364)
    demand = ((5 + 0.1 * days) * np.where(days % 7 == 5, 2.0, 1.0))[None, :]
    unobserved = np.zeros((1, 364), dtype=bool)
    unobserved[0, 200:214] = True

    found = estimated(demand, ~unobserved, np.zeros_like(unobserved), unobserved, weekday=days % 7)

    assert found[unobserved] == pytest.approx(demand[unobserved], rel=0.08)


def test_stockouts_do_not_lower_the_estimate():
    rng = np.random.default_rng(3)
    rate = np.exp(rng.normal(0.5, 0.8, (60, 1))) * np.ones((60, 365))
    demand = rng.poisson(rate).astype(float)
    in_stock = np.where(rng.random((60, 365)) < 0.15, rng.poisson(rate), 1e9)
    censored = (in_stock <= demand) & (in_stock > 0)
    unobserved = in_stock == 0
    sold = np.minimum(demand, in_stock)

    found = estimated(sold, ~censored & ~unobserved, censored, unobserved)

    assert sold[censored].sum() < 0.80 * demand[censored].sum()
    assert found[censored].sum() == pytest.approx(demand[censored].sum(), rel=0.06)
    assert found[unobserved].sum() == pytest.approx(rate[unobserved].sum(), rel=0.06)
    assert (found[censored] >= sold[censored]).all()


def test_an_item_that_always_sold_out_keeps_a_finite_level():
    censored = np.ones((1, 50), dtype=bool)

    found = estimated(np.ones((1, 50)), ~censored, censored, ~censored)

    assert (found > 1).all()
    assert (found < 10).all()


def test_an_item_without_any_observation_is_estimated_at_zero():
    unobserved = np.ones((1, 5), dtype=bool)

    assert estimated(np.zeros((1, 5)), ~unobserved, ~unobserved, unobserved).tolist() == [[0] * 5]


@pytest.mark.parametrize(
    ("sold", "rate", "size", "share"), [(3, 4.0, 1.5, 0.5), (0, 2.0, 0.7, 0.25), (9, 5.0, 4.0, 0.8)]
)
def test_demand_of_a_partial_period_is_the_conditional_expectation_of_thinned_demand(sold, rate, size, share):
    demand = np.arange(2_000)
    chance = stats.nbinom.pmf(demand, size, size / (rate + size)) * stats.binom.pmf(sold, demand, share)

    expected = demand_when_partly_in_stock(np.array([float(sold)]), np.array([rate]), size, np.array([share]))[0]

    assert expected == pytest.approx((demand * chance).sum() / chance.sum())


def test_a_share_of_none_leaves_the_mean_and_a_whole_share_the_sales():
    sold, rate = np.array([0.0, 5.0]), np.array([4.0, 4.0])

    assert demand_when_partly_in_stock(sold, rate, np.inf, np.array([0.0, 1.0])).tolist() == [4.0, 5.0]


@pytest.mark.parametrize("size", [np.inf, 2.0])
def test_demand_of_partial_days_is_unbiased(size):
    rng = np.random.default_rng(5)
    rate = np.exp(rng.normal(1.0, 0.6, (80, 1))) * np.ones((80, 300))
    demand = rng.poisson(rate if np.isinf(size) else rng.gamma(size, rate / size)).astype(float)
    partial = rng.random(rate.shape) < 0.3
    share = np.where(partial, rng.uniform(0.1, 0.9, rate.shape), 1.0)
    sold = rng.binomial(demand.astype(int), share).astype(float)

    found = estimated(sold, ~partial, partial, np.zeros_like(partial), share=share)

    assert sold[partial].sum() < 0.6 * demand[partial].sum()
    assert found[partial].sum() == pytest.approx(demand[partial].sum(), rel=0.02)
    assert np.abs(found - demand)[partial].sum() < 0.8 * np.abs(rate - demand)[partial].sum()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.2, 20.0), st.floats(0.3, 50.0))
def test_estimates_are_never_below_the_sales(seed, rate, size):
    rng = np.random.default_rng(seed)
    sold = rng.negative_binomial(size, size / (size + rate), (4, 60)).astype(float)
    kind = rng.integers(0, 3, sold.shape)
    share = np.where(rng.random(sold.shape) < 0.5, rng.random(sold.shape), np.nan)

    found = estimated(sold, kind == 0, kind == 1, kind == 2, share=share)

    assert np.isfinite(found).all()
    assert (found >= np.where(kind == 2, 0.0, sold)).all()


def test_days_without_stock_follow_their_neighbours_of_a_fast_seller():
    level = np.where(np.arange(120) < 60, 20.0, 60.0)[None, :]
    unobserved = np.zeros((1, 120), dtype=bool)
    unobserved[0, [40, 80]] = True

    found = estimated(level, ~unobserved, np.zeros_like(unobserved), unobserved)

    assert found[unobserved] == pytest.approx([20, 60], rel=0.2)


def test_a_long_gap_is_filled_from_as_many_days_around_it():
    rng = np.random.default_rng(5)
    demand = rng.poisson(5.0, (60, 240)).astype(float)
    gap = np.zeros((60, 240), dtype=bool)
    gap[:, 140:200] = True

    filled = estimated(demand, ~gap, np.zeros_like(gap), gap, weekday=np.arange(240) % 7)[:, 140:200].mean(axis=1)

    # The mean of 180 days of Poisson demand of 5 has a relative error of 1 / sqrt(900) = 3.3 %.
    assert np.sqrt(np.mean((filled / 5 - 1) ** 2)) < 0.035
    assert filled.mean() == pytest.approx(5, rel=0.01)


def test_two_gaps_are_each_filled_by_their_own_length():
    days = np.arange(200)
    demand = np.where(days < 100, 10.0, 40.0)[None, :]
    gaps = np.zeros((1, 200), dtype=bool)
    gaps[0, 40:42] = gaps[0, 140:142] = True

    found = estimated(demand, ~gaps, np.zeros_like(gaps), gaps)

    assert found[0, [40, 140]] == pytest.approx([10, 40], rel=0.15)
