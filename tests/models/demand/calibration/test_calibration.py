"""Calibration recovers what simulated companies are made of, and the distribution says what comes."""

import numpy as np
import pytest

from models.demand import pool_calibration, predict
from models.demand.calibration.uncertainty import SAMPLE, PastTotals, Uncertainty, fit_uncertainty, total_counts
from tests.models.demand.factories import AS_OF, counts, distribution, fitted, history

SPANS = np.array([(0, 1), (0, 2), (2, 3), (0, 4), (0, 8)])
WANTED = np.array([0.05, 0.25, 0.5, 0.75, 0.9, 0.95])


def simulated(rng, items=2000, *, mean=4.0, dispersion=2.0, level_sd=0.3, dormant=0.0):
    """PastTotals of items whose weekly demand has the given truth; the level's error lasts."""
    expected = rng.lognormal(0, 0.5, items) * mean
    awake = (rng.random(items) >= dormant) / (1 - dormant)
    level = expected * awake * rng.lognormal(-(level_sd**2) / 2, level_sd, items)
    weekly = counts(rng, np.repeat(level[:, None], 8, axis=1), dispersion)
    total = np.stack([weekly[:, start:end].sum(axis=1) for start, end in SPANS], axis=1)
    length = SPANS[:, 1] - SPANS[:, 0]
    each = np.ones_like(total)
    return PastTotals(
        actual=total.ravel(),
        mean=(expected[:, None] * length).ravel(),
        ratio=np.full(total.size, 2.0),
        order=np.ones(total.size),
        exposure=(each * length).ravel(),
        start=(each * SPANS[:, 0]).ravel().astype(int),
        end=(each * SPANS[:, 1]).ravel().astype(int),
    )


def shares_below(counted, actual):
    """Share of the randomised transform below each wanted probability, without its randomness."""
    low, high = counted.cdf(actual - 1)[:, None], counted.cdf(actual)[:, None]
    return np.clip((WANTED - low) / np.maximum(high - low, 1e-12), 0, 1).mean(axis=0)


@pytest.mark.parametrize(
    "truth",
    [
        {},
        {"dispersion": 1.0, "level_sd": 0.0},
        {"dispersion": 4.0, "level_sd": 0.6},
        {"mean": 0.3, "dispersion": 2.0, "dormant": 0.4},
        {"mean": 300.0, "level_sd": 0.4},
    ],
)
def test_fitted_windows_are_calibrated_at_every_length(truth):
    rng = np.random.default_rng(3)
    of = fit_uncertainty(simulated(rng, **truth))
    later = simulated(rng, **truth)

    for start, end in SPANS:
        rows = (later.start == start) & (later.end == end)
        part = later.take(rows)
        np.testing.assert_allclose(shares_below(total_counts(part, of), part.actual), WANTED, atol=0.05)


def test_counts_narrower_than_poisson_are_fitted_as_poisson():
    """Deliveries in fixed quantities scatter less than Poisson; the model's narrowest count is Poisson."""
    rng = np.random.default_rng(4)
    windows = simulated(rng, dispersion=1.0, level_sd=0.0)
    narrow = PastTotals(
        np.round(windows.mean), windows.mean, windows.ratio, windows.order, windows.exposure, windows.start, windows.end
    )

    of = fit_uncertainty(narrow)

    assert of.dispersion(np.array([2.0]))[0] < 1.1
    assert of.base_variance < 0.01
    per_step = narrow.mean / (narrow.end - narrow.start)
    assert of.dormant(per_step, of.dispersion(narrow.ratio)).max() < 0.02


def test_items_that_fall_dormant_are_found():
    windows = simulated(np.random.default_rng(5), mean=0.5, dormant=0.3)

    of = fit_uncertainty(windows)

    per_step = windows.mean / (windows.end - windows.start)
    assert of.dormant(per_step, of.dispersion(windows.ratio)).mean() == pytest.approx(0.3, abs=0.06)


def test_an_item_that_is_often_ordered_seldom_lies_dormant():
    of = Uncertainty(1.0, 0.1, 0.1, 0.1, 0.5, 0.4)

    seldom, often = of.dormant(np.array([0.01, 5.0]), np.ones(2))

    assert 0.35 < seldom < 0.4
    assert often < 0.02


def test_an_item_with_few_orders_is_less_certain_of_its_level():
    of = Uncertainty(1.0, 0.05, 1.0, 0.1, 0.8, 0.0)

    few, many = of.variance(np.array([0.1, 100.0]), np.array([2.0, 2.0]))

    assert few > 5 * many
    assert many == pytest.approx(0.05, rel=0.1)


def test_the_fit_does_not_depend_on_the_order_of_the_windows():
    windows = simulated(np.random.default_rng(6), 400)
    shuffled = windows.take(np.random.default_rng(7).permutation(len(windows.mean)))

    assert len(windows.mean) > SAMPLE
    assert fit_uncertainty(windows) == fit_uncertainty(shuffled)


def test_a_class_without_windows_takes_what_holds_for_the_company():
    company = Uncertainty(1.2, 0.07, 0.4, 0.15, 0.6, 0.05)
    nothing = simulated(np.random.default_rng(8), 1).take(np.zeros(0, dtype=int))

    own = fit_uncertainty(nothing, company)

    assert own.base_variance == pytest.approx(company.base_variance)
    assert own.dormant_probability == pytest.approx(company.dormant_probability)


def test_paths_of_items_that_may_lie_dormant_agree_with_their_intervals():
    found = distribution(dispersion=1.5, level_sd=0.4)
    demand = type(found)(**{**vars(found), "dormant_probability": np.array([0.35])})
    daily = demand.daily_paths(20_000, 90)[0]

    for days in (1, 7, 28, 90):
        total, interval = daily[:, :days].sum(axis=1), demand.interval(1, days)
        assert total.mean() == pytest.approx(interval.mean[0], rel=0.02)
        assert total.std() == pytest.approx(interval.sd[0], rel=0.03)
        assert interval.mean[0] == pytest.approx(demand.expected(1, days)[0])
        for probability in (0.3, 0.5, 0.75, 0.9, 0.95, 0.99):
            quantile = interval.quantile(probability)[0]
            assert np.mean(total <= quantile) == pytest.approx(interval.cdf(quantile)[0], abs=0.012)


def test_a_random_end_keeps_the_chance_of_lying_dormant():
    found = distribution(daily_mean=50.0)
    demand = type(found)(**{**vars(found), "dormant_probability": np.array([0.2])})
    pmf = np.r_[np.zeros(10), np.full(30, 1 / 30)]

    mixed = demand.mixture(1, pmf)

    assert mixed.cdf(0.0)[0] == pytest.approx(0.2, abs=1e-3)
    assert mixed.mean[0] == pytest.approx(np.mean([demand.expected(1, day)[0] for day in range(10, 40)]))


def test_totals_of_a_simulated_company_are_covered_by_its_forecast():
    """Four weeks ahead of 300 items: past windows alone give the width of the next ones."""
    rng = np.random.default_rng(10)
    level = rng.lognormal(0.5, 0.8, (300, 1)) * np.exp(np.cumsum(rng.normal(-0.005, 0.1, (300, 108)), axis=1))
    units = counts(rng, level, 1.8)
    past = history(units[:, :104], period="week")
    effects, proof, calibration = fitted(past)

    found = predict(past, effects, calibration, AS_OF).distribution.interval(1, 28)

    shares = shares_below(found, units[:, 104:].sum(axis=1))
    np.testing.assert_allclose(shares, WANTED, atol=0.07)
    assert pool_calibration([proof]).classes.equals(calibration.classes)
