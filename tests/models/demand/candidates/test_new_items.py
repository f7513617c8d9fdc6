"""Items without enough history of their own."""

import numpy as np
import pytest

from models.demand import predict
from tests.models.demand.factories import AS_OF, distribution_of, fitted, history


def test_new_items_start_from_the_similar_one_and_move_to_their_own_sales():
    periods = 400

    def forecast_after(own_days, own_rate):
        alive = np.ones((3, periods), bool)
        alive[2, : periods - own_days] = False
        units = np.vstack([np.full(periods, 20.0), np.full(periods, 1.0), np.full(periods, own_rate)])
        similar = {"similar_sku": [None, None, "S0000"]}
        demand = history(np.where(alive, units, np.nan), alive=alive, items=similar)
        effects, _, calibration = fitted(demand)
        prediction = predict(demand, effects, calibration, AS_OF)
        assert bool(prediction.items["is_new"][2])
        return prediction.distribution.expected(1, 28)[2] / 28

    assert 10 < forecast_after(7, 2.0) < 20
    assert forecast_after(42, 2.0) < forecast_after(7, 2.0)
    assert forecast_after(49, 2.0) < 10


def test_a_young_company_is_forecast_from_its_own_few_weeks():
    """All items are new and a third of them sell now and then: none is forecast at zero, each moves to its own rate."""
    rng = np.random.default_rng(6)
    rate = np.repeat([2.0, 0.15], [40, 20])

    def forecast_after(days):
        units = rng.poisson(rate[:, None], (60, days)).astype(float)
        seen = units.cumsum(axis=1) > 0
        seen[:, -1] = True
        demand = history(np.where(seen, units, np.nan), alive=seen)
        effects, _, calibration = fitted(demand)
        return distribution_of(demand, effects, calibration, AS_OF).expected(1, 28) / 28

    for days, slow in ((14, 1.2), (42, 0.6)):
        expected = forecast_after(days)
        assert expected.min() > 0
        assert expected[:40].mean() == pytest.approx(2.0, rel=0.15)
        assert 0.1 < expected[40:].mean() < slow


def test_a_new_item_is_ordered_in_its_own_size_as_often_as_similar_ones():
    """Similar items sell 100 at a time every tenth week, the new one has sold 2 at once, in its first week."""
    weeks = 104
    units = np.zeros((21, weeks))
    for i in range(20):
        units[i, i % 10 :: 10] = 100.0
    alive = np.ones(units.shape, bool)
    units[20, -5], alive[20, :-5] = 2.0, False
    demand = history(np.where(alive, units, np.nan), period="week", alive=alive)
    effects, _, calibration = fitted(demand)

    found = distribution_of(demand, effects, calibration, AS_OF).expected(1, 70)

    assert 80 < found[:20].mean() < 130
    # About one order in ten weeks; similar items count as much as one own order on its size.
    assert 2 < found[20] < 2 * np.sqrt(100 / 2)


def test_a_new_item_is_less_certain_than_an_old_one():
    alive = np.ones((30, 500), bool)
    alive[0, :480] = False
    units = np.random.default_rng(2).poisson(3.0, (30, 500)).astype(float)
    demand = history(np.where(alive, units, np.nan), alive=alive)
    effects, _, calibration = fitted(demand)

    found = distribution_of(demand, effects, calibration, AS_OF)

    assert found.level_sd[0] > 2 * np.median(found.level_sd[1:])
