"""The quantile ordered at, set on the past: found where it pays, shrunk, refused where it may be chance."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.inventory.ordering.tuning import SHIFTS, tune, window_costs
from models.inventory.terms.service_targets import shifted_ratio
from tests.models.inventory.company import demand

THEORY = int(np.flatnonzero(SHIFTS == 0)[0])


def costs(items, best, noise, seed=0, depth=1.0):
    """(items, shifts) costs around 10 that are least at `best`."""
    rng = np.random.default_rng(seed)
    return 10 + depth * np.square(SHIFTS - best)[None, :] * 4 + rng.normal(0, noise, (items, len(SHIFTS)))


def tuned(items=100, best=0.6, noise=0.1, depth=1.0, abc=None):
    classes = np.full(items, "A", dtype=object) if abc is None else abc
    windows = np.full(items, 8)
    found = tune(costs(items, best, noise, 1, depth), costs(items, best, noise, 2, depth), classes, windows)
    return found.set_index("abc")


def test_a_shift_that_saves_in_both_halves_is_accepted_and_shrunk_to_theory():
    row = tuned().loc["A"]

    assert row["accepted"]
    assert row["best"] == 0.6
    assert 0 < row["tuned"] < 0.6
    assert row["low"] > 0
    assert "less" in row["text"]


def test_more_items_are_moved_further():
    assert tuned(items=400).loc["A", "tuned"] > tuned(items=40).loc["A", "tuned"]


def test_a_gain_that_may_be_chance_is_refused():
    row = tuned(items=30, noise=8.0, depth=0.05).loc["A"]

    assert not row["accepted"]


def test_noise_alone_is_rarely_accepted_and_promises_no_gain():
    accepted, gains = 0, []
    for seed in range(40):
        halves = (10 + np.random.default_rng(100 * seed + half).normal(0, 3, (60, len(SHIFTS))) for half in range(2))
        found = tune(*halves, np.full(60, "A", dtype=object), np.full(60, 8), draws=200).iloc[0]
        accepted += int(found["accepted"])
        gains.append(found["gain_share"])

    assert accepted <= 4
    assert np.mean(gains) < 0.005


def test_few_items_stay_at_theory():
    row = tuned(items=10).loc["A"]

    assert (row["tuned"], row["accepted"]) == (0.0, False)


def test_classes_are_tuned_by_themselves():
    abc = np.array(["A"] * 100 + ["C"] * 100, dtype=object)
    even = np.concatenate([costs(100, 0.4, 0.1, 1), costs(100, -0.4, 0.1, 2)])
    odd = np.concatenate([costs(100, 0.4, 0.1, 3), costs(100, -0.4, 0.1, 4)])

    found = tune(even, odd, abc, np.full(200, 4)).set_index("abc")

    assert found.loc["A", "tuned"] > 0 > found.loc["C", "tuned"]


@given(st.floats(0.01, 0.99), st.floats(0.0, 1.0))
def test_a_shift_upwards_never_lowers_the_ratio(ratio, shift):
    up = shifted_ratio(np.array([ratio]), shift)[0]

    assert ratio - 1e-9 <= up < 1


def figures(**changes):
    return pd.DataFrame([{"target": 0.9, "service_by": "cost", "underage_cost": 9.0} | changes])


def test_the_cost_of_a_window_is_short_units_at_underage_and_left_ones_at_overage():
    forecast = demand([{"sku": "A", "location": "BER"}], 1.0, dispersion=1.0)
    level = forecast.interval(1, 10).quantile(0.9)[0]

    short = window_costs(forecast, figures(), np.array([level + 2]), np.array([10]))[0, THEORY]
    left = window_costs(forecast, figures(), np.array([level - 3]), np.array([10]))[0, THEORY]

    assert short == pytest.approx(2 * 9.0)
    assert left == pytest.approx(3 * 1.0)


@pytest.mark.parametrize("changes", [{"service_by": "cycle_service"}, {"underage_cost": 0.0}])
def test_items_that_are_not_steered_by_cost_tell_nothing(changes):
    forecast = demand([{"sku": "A", "location": "BER"}])

    assert np.isnan(window_costs(forecast, figures(**changes), np.array([20.0]), np.array([10]))).all()


def test_a_window_of_unknown_demand_tells_nothing():
    forecast = demand([{"sku": "A", "location": "BER"}])

    assert np.isnan(window_costs(forecast, figures(), np.array([np.nan]), np.array([10]))).all()
