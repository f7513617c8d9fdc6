"""The measures of the accuracy benchmark on known distributions, and how peers without a distribution get one."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from benchmarks.accuracy.cases import Case
from benchmarks.accuracy.measures import CRPS_POINTS, LEVELS, WINDOW_STEPS, Forecast, crps, pinball, scored, summary
from benchmarks.accuracy.peers import by_rule, seasonal_naive, windows

EVEN = LEVELS[:CRPS_POINTS]


def test_pinball_weighs_what_is_short_by_the_quantile_and_what_is_over_by_the_rest():
    loss = pinball(np.array([[10.0], [10.0]]), np.array([[[7.0, 12.0]], [[10.0, 10.0]]]), np.array([0.9, 0.8]))

    assert loss == pytest.approx(np.array([[[2.7, 0.4]], [[0.0, 0.0]]]))


@pytest.mark.parametrize("actual", [-1.0, 0.0, 0.7])
def test_crps_of_a_normal_is_the_closed_form(actual):
    # Gneiting & Raftery (2007), "Strictly proper scoring rules", JASA 102, eq. 21.
    expected = actual * (2 * stats.norm.cdf(actual) - 1) + 2 * stats.norm.pdf(actual) - 1 / np.sqrt(np.pi)

    assert crps(np.array(actual), stats.norm.ppf(EVEN), EVEN) == pytest.approx(expected, abs=0.01)


def test_crps_of_a_forecast_without_spread_is_its_absolute_error():
    assert crps(np.array(3.0), np.full(CRPS_POINTS, 5.0), EVEN) == pytest.approx(2.0)


def poisson(mean_per_step):
    mean = mean_per_step[:, None] * WINDOW_STEPS
    return Forecast(mean, stats.poisson.ppf(LEVELS, mean[..., None]))


def test_who_knows_the_distribution_scores_best():
    rng = np.random.default_rng(5)
    mean = rng.uniform(0.3, 6.0, 3000)
    actual = windows(rng.poisson(mean[:, None], (len(mean), 4)).astype(float))
    known = np.ones(actual.shape, bool)
    true = poisson(mean)
    forecasts = {
        "high": poisson(mean * 1.2),
        "low": poisson(mean * 0.8),
        "narrow": Forecast(true.mean, np.repeat(true.mean[..., None], len(LEVELS), axis=2)),
        "wide": Forecast(true.mean, stats.nbinom.ppf(LEVELS, true.mean[..., None], 0.5)),
    }

    best = summary(scored(true, actual, known, mean, np.ones(len(mean))))
    others = {name: summary(scored(of, actual, known, mean, np.ones(len(mean)))) for name, of in forecasts.items()}

    for measure in ("scaled_pinball", "scaled_crps", "weighted_pinball"):
        assert all(best[measure] < other[measure] for other in others.values()), measure
    assert best["bias_total"] == pytest.approx(0.0, abs=0.02)
    assert others["high"]["bias_total"] == pytest.approx(0.2, abs=0.02)


def test_losses_are_scaled_by_the_mean_demand_and_unknown_windows_do_not_count():
    forecast = Forecast(np.full((2, 5), 3.0), np.full((2, 5, len(LEVELS)), 3.0))
    known = np.array([[True] * 5, [True, False, False, False, False]])

    found = scored(forecast, np.full((2, 5), 5.0), known, np.array([10.0, 2.0]), np.ones(2))

    mean_probability = np.mean(LEVELS[CRPS_POINTS:])
    assert found.pinball[0] == pytest.approx(2 * mean_probability / (10 * WINDOW_STEPS))
    assert found.pinball[1, 0] == pytest.approx(2 * mean_probability / 2)
    assert np.isnan(found.pinball[1, 1:]).all()
    assert summary(found)["wape_step"] == pytest.approx(2 / 5)


def case(history, season):
    items, steps = history.shape
    nothing = np.zeros((items, 5))
    return Case(
        name="made",
        origin=dt.date(2024, 6, 30),
        season=season,
        frequency="7D",
        starts=pd.date_range(end="2024-06-24", periods=steps, freq="7D"),
        items=pd.Index([str(item) for item in range(items)]),
        history=history,
        unit_step=np.ones(items),
        actual=nothing,
        known=nothing.astype(bool),
        ours=Forecast(nothing, np.zeros((items, 5, len(LEVELS)))),
    )


def test_a_peer_without_a_distribution_has_that_of_its_errors_on_steps_and_on_totals():
    season = np.array([4.0, 1.0, 0.0, 7.0])
    noise = np.where(np.arange(40) % 8 < 4, 0.0, 2.0)
    history = np.stack([np.tile(season, 10), np.tile(season, 10) + noise])
    history[0, :7] = np.nan

    found = by_rule(case(history, 4), lambda series: seasonal_naive(series, 4))

    assert found.mean[0] == pytest.approx([4.0, 1.0, 0.0, 7.0, 12.0])
    assert found.quantiles[0] == pytest.approx(np.broadcast_to(found.mean[0][:, None], (5, len(LEVELS))))
    # Each step of the second item is 2 above or below the step of the season before, its totals up to 8.
    assert found.quantiles[1, 4, -1] - found.mean[1, 4] == pytest.approx(8.0)
    assert found.quantiles[1, 0, -1] - found.mean[1, 0] == pytest.approx(2.0)
