"""Forecasts of companies whose truth is known, and of the histories that break forecasters."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from models.demand import backtest, forecast_scores, pool_calibration, pool_effects, summarise
from tests.models.demand import factories
from tests.models.demand.factories import (
    AS_OF,
    classes,
    company,
    distribution_of,
    fitted,
    history,
    planned,
)


@pytest.mark.parametrize(("period", "periods", "first", "last"), [("day", 760, 730, 758), ("week", 160, 156, 160)])
def test_forecasts_are_calibrated(period, periods, first, last):
    """Cumulative demand of four weeks after the origin lies below P50 and P90 about as often as they say."""
    whole, _ = company(400, periods, period=period, seed=11, drift=0.05, dispersion=2.0)
    cut = history(
        whole.units[:, :first],
        period=period,
        items={"category": whole.items["category"].to_numpy()},
        discount=whole.discount[:, : first + 540 // (1 if period == "day" else 7)],
        as_of=AS_OF - dt.timedelta(days=(periods - first) * (1 if period == "day" else 7)),
    )
    as_of = AS_OF - dt.timedelta(days=(periods - first) * (1 if period == "day" else 7))
    effects, _, calibration = fitted(cut, refit_on=as_of)

    demand = distribution_of(cut, effects, calibration, as_of)
    outcome = whole.units[:, first:last].sum(axis=1)
    middle = demand.interval(1, 28).mid_pit(outcome)

    assert np.mean(middle <= 0.5) == pytest.approx(0.5, abs=0.09)
    assert np.mean(middle <= 0.9) == pytest.approx(0.9, abs=0.05)
    assert demand.expected(1, 28).sum() == pytest.approx(outcome.sum(), rel=0.06)


@pytest.mark.parametrize(
    ("series", "low", "high"),
    [
        (np.zeros(400), 0.0, 0.2),
        (np.full(400, 4.0), 3.9, 4.1),
        (np.r_[np.zeros(399), 1.0], 0.0, 0.5),
        (np.r_[np.zeros(200), 500.0, np.zeros(199)], 0.0, 40.0),
        (np.r_[np.full(300, 2.0), np.full(100, 10.0)], 6.0, 11.0),
        (np.array([3.0]), 0.0, 6.0),
        (np.full(400, np.nan), 0.0, 1.0),
    ],
    ids=["zeros", "constant", "one sale", "one huge order", "step", "one observation", "never in stock"],
)
def test_awkward_histories_get_a_sane_plan(series, low, high):
    """Warnings are errors here: none of these may give one."""
    demand = planned(series).distribution

    daily = demand.expected(1, 28)[0] / 28
    assert low <= daily <= high
    assert np.isfinite(demand.quantile(0.95, 1, 28)).all()
    assert np.isfinite(demand.paths(32)).all()


def test_no_items_and_no_history_are_no_error():
    nobody = history(np.zeros((0, 100)))
    effects, proof, calibration = fitted(nobody)

    assert len(distribution_of(nobody, effects, calibration, AS_OF)) == 0
    assert forecast_scores(proof, calibration).empty


def test_an_item_sold_no_longer_is_forecast_to_its_last_day():
    units = np.full((1, 400), 5.0)
    ends = pd.Timestamp(AS_OF) + pd.Timedelta(days=10)

    demand = planned(units, items={"discontinued_on": ends}).distribution

    assert demand.expected(1, 10)[0] == pytest.approx(50, rel=0.05)
    assert demand.expected(11, 500)[0] == 0


def test_an_item_not_yet_launched_starts_on_its_day():
    alive = np.zeros((2, 400), bool)
    alive[0] = True
    starts = [pd.NaT, pd.Timestamp(AS_OF) + pd.Timedelta(days=21)]
    units = np.where(alive, 6.0, np.nan)
    demand = history(units, alive=alive, items={"launched_on": starts, "similar_sku": [None, "S0000"]})
    effects, _, calibration = fitted(demand)

    found = distribution_of(demand, effects, calibration, AS_OF)

    assert found.expected(1, 20)[1] == 0
    assert found.expected(21, 48)[1] == pytest.approx(6 * 28, rel=0.1)


def test_levels_are_brought_up_to_the_last_day():
    demand, _ = company(5, uplift=1.0)
    refit_on = AS_OF - dt.timedelta(days=6)
    effects, _, calibration = fitted(demand, refit_on=refit_on)
    later = demand.units.copy()
    later[:, -6:] += 30
    changed = history(later, items={"category": demand.items["category"].to_numpy()}, discount=demand.discount)

    assert np.all(
        distribution_of(changed, effects, calibration, AS_OF).expected(1, 28)
        > distribution_of(demand, effects, calibration, AS_OF).expected(1, 28)
    )


def test_buckets_and_order_of_items_do_not_change_a_forecast():
    demand, _ = company(12, 400)

    def part(rows):
        table = {"sku": demand.items["sku"].to_numpy()[rows], "category": demand.items["category"].to_numpy()[rows]}
        return history(demand.units[rows], items=table, discount=demand.discount[rows])

    effects = pool_effects([summarise(demand, AS_OF)])
    whole = pool_calibration([backtest(demand, effects, AS_OF, classes(demand))])
    parts = [part(slice(0, 5)), part(slice(5, 12))]
    split = pool_calibration([backtest(p, effects, AS_OF, classes(p)) for p in parts])

    pd.testing.assert_frame_equal(whole.items, split.items)
    np.testing.assert_array_equal(
        distribution_of(demand, effects, whole, AS_OF).mean[5:], distribution_of(parts[1], effects, whole, AS_OF).mean
    )


def test_monthly_companies_are_forecast_in_months():
    demand, mean = company(30, 60, period="month", mean_units=40)
    as_of = dt.date(2026, 6, 30)
    effects = pool_effects([summarise(demand, as_of)])
    proof = backtest(demand, effects, as_of, classes(demand))

    found = distribution_of(demand, effects, pool_calibration([proof]), as_of)

    assert found.lengths_days[:3].tolist() == [31, 31, 30]
    assert found.expected(1, 92).sum() == pytest.approx(mean[:, 60:63].sum(), rel=0.25)


def test_weekly_companies_are_forecast_in_weeks_then_months():
    demand, _ = company(10, 160, period="week")
    effects, _, calibration = fitted(demand)

    found = distribution_of(demand, effects, calibration, AS_OF)

    assert found.lengths_days[:26].tolist() == [7] * 26
    assert found.lengths_days[27] in (30, 31)
    assert found.lengths_days.sum() >= 365


def test_factories_agree_with_the_class_of_features():
    demand = factories.history(np.ones((2, 30)))

    assert demand.discount.shape == (2, 30 + 540)


def test_demand_counted_in_steps_is_calibrated_in_steps():
    rng = np.random.default_rng(6)
    pieces = rng.poisson(3.0, (40, 400)).astype(float)

    whole = fitted(history(pieces))[2]
    fractions = fitted(history(pieces * 0.25, items={"unit_step": 0.25}))[2]

    np.testing.assert_allclose(fractions.items["dispersion"], whole.items["dispersion"], rtol=0.02)
    np.testing.assert_allclose(fractions.items["level_variance"], whole.items["level_variance"], rtol=0.2)
