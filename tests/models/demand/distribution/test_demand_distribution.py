"""The two readings of the demand distribution agree, and both agree with textbooks."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from models.demand import CountMixture, DemandDistribution, concatenate
from tests.models.demand.factories import AS_OF, distribution

SCENARIOS = 20_000


@pytest.mark.parametrize(
    "shape",
    [
        {},
        {"level_sd": 0.6, "level_autocorrelation": 0.5},
        {"daily_mean": 200.0, "dispersion": 1.0, "level_sd": 0.4},
        {"daily_mean": 0.05, "dispersion": 3.0, "level_sd": 0.8},
        {"level_sd": 0.0},
        {"dispersion": 1.0, "exposure": (0.9, 0.0, 0.3)},
    ],
)
def test_paths_and_intervals_are_one_distribution(shape):
    demand = distribution(**shape)
    daily = demand.daily_paths(SCENARIOS, 90)[0]

    for days in (1, 7, 28, 90):
        total = daily[:, :days].sum(axis=1)
        found = demand.interval(1, days)

        error = total.std() / np.sqrt(SCENARIOS)
        assert abs(total.mean() - found.mean[0]) < 4.5 * error
        fourth = np.mean((total - total.mean()) ** 4)
        sd_error = np.sqrt(max(fourth - total.var() ** 2, 0) / SCENARIOS) / (2 * total.std())
        assert abs(total.std() - found.sd[0]) < 4.5 * sd_error
        probabilities = np.array([0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99])
        quantiles = found.quantile(probabilities[None, :])[0]
        expected = found.cdf(quantiles[None, :])[0]
        seen = (total[:, None] <= quantiles).mean(axis=0)
        assert np.all(np.abs(seen - expected) < 4.5 * np.sqrt(expected * (1 - expected) / SCENARIOS) + 2e-3)
        assert total.mean() > 0
        shortage = np.maximum(total[:, None] - quantiles, 0).mean(axis=0)
        np.testing.assert_allclose(found.expected_shortage(quantiles[None, :])[0], shortage, rtol=0.12, atol=6 * error)


def test_grid_paths_agree_with_intervals_over_a_year():
    demand = distribution(level_sd=0.4)

    total = demand.paths(SCENARIOS)[0, :, :-1].sum(axis=1)
    found = demand.interval(1, int(demand.lengths_days[:-1].sum()))

    assert total.mean() == pytest.approx(found.mean[0], rel=0.02)
    assert total.std() == pytest.approx(found.sd[0], rel=0.04)


def test_mixture_over_end_days_agrees_with_paths():
    demand = distribution()
    pmf = np.zeros(61)
    pmf[10:61] = np.linspace(2, 1, 51)
    pmf /= pmf.sum()
    daily = demand.daily_paths(SCENARIOS, 60)[0].cumsum(axis=1)
    ends = np.random.default_rng(5).choice(61, SCENARIOS, p=pmf)
    total = daily[np.arange(SCENARIOS), ends - 1]

    found = demand.mixture(1, pmf)

    assert total.mean() == pytest.approx(found.mean[0], rel=0.02)
    assert total.std() == pytest.approx(found.sd[0], rel=0.03)
    for probability in (0.05, 0.5, 0.9, 0.99):
        quantile = found.quantile(probability)[0]
        assert np.mean(total <= quantile) == pytest.approx(found.cdf(quantile)[0], abs=0.012)


def test_mixture_of_one_end_is_the_interval():
    demand = distribution(3, daily_mean=[0.2, 2, 40])
    pmf = np.zeros(30)
    pmf[29] = 1

    mixed, plain = demand.mixture(4, pmf), demand.interval(4, 29)

    np.testing.assert_allclose(mixed.sd, plain.sd, rtol=1e-9)
    np.testing.assert_array_equal(mixed.quantile(0.95), plain.quantile(0.95))


def test_mixture_keeps_mean_and_variance_when_points_are_merged():
    demand = distribution(2, daily_mean=[1, 30])
    pmf = np.zeros(120)
    pmf[5:] = 1 / 115
    means, seconds = [], []
    for end in range(5, 120):
        part = demand.interval(1, end)
        means.append(part.mean)
        seconds.append(part.sd**2 + part.mean**2)

    mixed = demand.mixture(1, pmf)

    np.testing.assert_allclose(mixed.mean, np.mean(means, axis=0), rtol=1e-9)
    np.testing.assert_allclose(mixed.sd**2, np.mean(seconds, axis=0) - mixed.mean**2, rtol=1e-6)


@pytest.mark.parametrize(
    ("rate", "lead_times", "review", "service", "expected"),
    [
        (
            4,
            {5: 0.5, 7: 0.3, 12: 0.2},
            3,
            0.95,
            (40.0, 12.328828005937897, 65, 0.9528678971960363, 0.24875327047170545),
        ),
        (0.3, {10: 0.8, 45: 0.2}, 7, 0.98, (7.2, 4.983974317750842, 21, 0.9853517970584013, 0.03742865592862)),
    ],
)
def test_known_answers_with_a_lead_time_distribution(rate, lead_times, review, service, expected):
    """Cases mixed-lead-time-1 and -2: exact mixture over lead times, Poisson demand."""
    demand = distribution(daily_mean=1.0, dispersion=1.0, level_sd=0.0)
    flat = DemandDistribution(**{**vars(demand), "mean": rate * demand.lengths_days[None, :].astype(float)})
    pmf = np.zeros(60)
    for lead_time, probability in lead_times.items():
        pmf[lead_time + review] = probability

    protection = flat.mixture(1, pmf)
    level = protection.quantile(service)

    mean, sd, order_up_to, achieved, short = expected
    assert protection.mean[0] == pytest.approx(mean, rel=1e-6)
    assert protection.sd[0] == pytest.approx(sd, rel=1e-6)
    assert level[0] == order_up_to
    assert protection.cdf(level)[0] == pytest.approx(achieved, rel=1e-6)
    assert protection.expected_shortage(level)[0] == pytest.approx(short, rel=1e-6)


@pytest.mark.parametrize(
    ("sd", "autocorrelation", "periods", "expected"),
    [(10, 0.6, 14, 69.64616092241351), (3, 0.9, 30, 59.82201665278303)],
)
def test_standard_deviation_of_a_sum_of_autocorrelated_errors(sd, autocorrelation, periods, expected):
    """Cases autocorrelated-1 and -2: Var = sd^2 (n + 2 sum (n - k) rho^k), not the square-root rule.

    The mean is so large that the count's own noise, and what the logarithm bends, vanish beside the level's error.
    """
    mean = 1e16
    demand = distribution(
        daily_mean=0.0,
        dispersion=1.0,
        level_sd=sd * 1e-6,
        level_growth=0.0,
        level_autocorrelation=autocorrelation**28,
        exposure=(0, 0, 0),
    )
    flat = DemandDistribution(**{**vars(demand), "mean": mean * demand.lengths_days[None, :].astype(float)})

    found = flat.interval(1, periods).sd[0] / mean * 1e6

    assert found == pytest.approx(expected, rel=1e-5)


def test_a_wrong_level_is_wrong_every_day():
    wrong_level = distribution(level_autocorrelation=0.999, level_sd=0.5, exposure=(0, 0, 0), level_growth=0.0)
    no_level = distribution(level_sd=0.0)

    ratio = wrong_level.interval(1, 28).sd / wrong_level.interval(1, 1).sd

    assert ratio[0] > 2 * (no_level.interval(1, 28).sd / no_level.interval(1, 1).sd)[0]


def test_a_scenario_is_the_same_for_all_items():
    shared = distribution(200, dispersion=1.0, daily_mean=20, exposure=(0.9, 0.0, 0.0))
    alone = distribution(200, dispersion=1.0, daily_mean=20, exposure=(0.0, 0.0, 0.0))

    def spread_of_total(demand):
        total = demand.paths(500, 10).sum(axis=(0, 2))
        return total.std() / total.mean()

    assert spread_of_total(shared) > 0.2
    assert spread_of_total(alone) < 0.05


def test_paths_of_an_item_do_not_depend_on_its_neighbours_or_on_the_horizon():
    names = ["A", "B", "C"]
    together = distribution(3, names=names, categories=["x", "y", "x"])

    alone = together.take([2]).paths(64)
    short = together.paths(64, 20)

    np.testing.assert_array_equal(together.paths(64)[2], alone[0])
    np.testing.assert_array_equal(short, together.paths(64)[:, :, :20])


def test_paths_differ_by_date_and_item():
    demand = distribution(2)
    later = DemandDistribution(**{**vars(demand), "as_of": AS_OF.replace(day=27)})

    assert not np.array_equal(demand.paths(64, 20)[0], demand.paths(64, 20)[1])
    assert not np.array_equal(demand.paths(64, 20), later.paths(64, 20))


def test_fractional_demand_is_counted_in_steps():
    demand = distribution(unit_step=0.25, daily_mean=0.7)

    paths = demand.paths(200, 20)
    quantile = demand.quantile([[0.3, 0.6, 0.97]], 1, 9)

    np.testing.assert_array_equal(paths % 0.25, 0)
    np.testing.assert_array_equal(quantile % 0.25, 0)
    assert paths.mean() == pytest.approx(demand.mean[0, :20].mean(), rel=0.1)


def test_a_part_of_a_grid_period_has_its_days_share():
    demand = distribution()
    week = 56

    three_days = demand.interval(week + 1, week + 3).mean[0]

    assert three_days == pytest.approx(demand.mean[0, 56] * 3 / 7)
    assert demand.expected(week + 1, week + 3)[0] == pytest.approx(three_days)


def test_an_interval_that_ends_before_it_starts_is_empty():
    demand = distribution(2)

    nothing = demand.interval(5, 4)

    np.testing.assert_array_equal(nothing.mean, 0)
    np.testing.assert_array_equal(nothing.quantile(0.99), 0)
    np.testing.assert_array_equal(nothing.expected_shortage(0.0), 0)


def test_days_outside_the_forecast_are_refused():
    demand = distribution()

    with pytest.raises(ValueError, match="beyond the forecast"):
        demand.interval(1, 5000)
    with pytest.raises(ValueError, match="1 or more days after"):
        demand.interval(0, 5)
    with pytest.raises(ValueError, match="beyond the forecast"):
        demand.daily_paths(10, 5000)
    with pytest.raises(ValueError, match="sum to 1"):
        demand.mixture(1, np.array([0.0, 0.5]))
    with pytest.raises(ValueError, match=r"\[0, 1\)"):
        demand.quantile(1.0, 1, 5)


def test_each_item_may_have_its_own_interval():
    demand = distribution(3)

    own = demand.interval([1, 3, 8], [7, 5, 30])

    for i, (first, last) in enumerate([(1, 7), (3, 5), (8, 30)]):
        assert own.sd[i] == pytest.approx(demand.interval(first, last).sd[i])


def test_frames_keep_every_bit():
    demand = distribution(3, daily_mean=[0.1, 1 / 3, 12345.678])

    back = DemandDistribution.from_frame(demand.to_frame())

    for name, value in vars(demand).items():
        np.testing.assert_array_equal(getattr(back, name), value, err_msg=name)
    assert back.mean.dtype == demand.mean.dtype
    assert json.loads(demand.to_frame()["mean"].iloc[1])[0] == demand.mean[1, 0]


def test_rows_of_two_runs_are_not_read_as_one():
    frame = distribution(2).to_frame()
    frame.loc[1, "lengths_days"] = "[7]"

    with pytest.raises(ValueError, match="one run at a time"):
        DemandDistribution.from_frame(frame)


def test_blocks_join_in_order():
    demand = distribution(4)

    joined = concatenate([demand.take([0, 1]), demand.take([2]), demand.take([3])])

    np.testing.assert_array_equal(joined.sku, demand.sku)
    np.testing.assert_array_equal(joined.mean, demand.mean)


def test_impossible_parameters_are_refused():
    demand = distribution(2)

    with pytest.raises(ValueError, match="negative or unknown"):
        DemandDistribution(**{**vars(demand), "mean": demand.mean * -1})
    with pytest.raises(ValueError, match="below 1"):
        DemandDistribution(**{**vars(demand), "dispersion": np.array([0.5, 1])})
    with pytest.raises(ValueError, match="shape"):
        DemandDistribution(**{**vars(demand), "level_sd": np.array([0.5])})


@settings(max_examples=40, deadline=None)
@given(mean=st.floats(0.01, 500), dispersion=st.floats(1, 20), probability=st.floats(0.01, 0.999))
def test_counts_are_scipys_negative_binomial(mean, dispersion, probability):
    one = CountMixture(np.array([[mean]]), np.ones((1, 1)), np.array([[dispersion]]), np.ones(1))
    reference = stats.poisson(mean) if dispersion - 1 < 1e-6 else stats.nbinom(mean / (dispersion - 1), 1 / dispersion)
    grid = np.arange(0, 12000)
    units = float(reference.ppf(probability))

    assert one.cdf(units)[0] == pytest.approx(reference.cdf(units), rel=1e-6)
    assert one.pmf(units)[0] == pytest.approx(reference.pmf(units), rel=1e-5, abs=1e-12)
    assert one.cdf(one.quantile(probability))[0] >= probability - 1e-12
    assert one.cdf(one.quantile(probability) - 1)[0] < probability + 1e-12
    brute = (np.maximum(grid - units, 0) * reference.pmf(grid)).sum()
    assert one.expected_shortage(units)[0] == pytest.approx(brute, rel=1e-4, abs=1e-6)


@settings(max_examples=25, deadline=None)
@given(
    mean=st.floats(0.001, 300),
    dispersion=st.floats(1, 10),
    level_sd=st.floats(0, 0.9),
    last=st.integers(1, 200),
)
def test_quantiles_rise_and_shortage_falls(mean, dispersion, level_sd, last):
    total = distribution(daily_mean=mean, dispersion=dispersion, level_sd=level_sd).interval(1, last)

    quantiles = total.quantile([[0.0, 0.1, 0.5, 0.9, 0.99]])[0]
    shortage = total.expected_shortage(quantiles[None, :])[0]

    assert np.all(np.diff(quantiles) >= 0)
    assert np.all(np.diff(shortage) <= 1e-9)
    assert total.expected_shortage(0.0)[0] == pytest.approx(total.mean[0], rel=1e-6)
    assert total.expected_shortage(-2.0)[0] == pytest.approx(total.mean[0] + 2, rel=1e-6)
