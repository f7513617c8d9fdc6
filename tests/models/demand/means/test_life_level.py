"""What rare and new items are expected to sell: known answers of the posterior mean, and its place in the forecast."""

import numpy as np
import pandas as pd
import pytest

from models.demand import pool_effects, summarise
from models.demand.effects.origin import origin_at
from models.demand.means.life_level import life_level
from tests.models.demand.factories import AS_OF, distribution_of, fitted, history


def test_without_a_sale_the_level_of_items_like_it_falls_with_every_day_in_stock():
    """Gamma prior of shape 1 and mean 5 (5 a day in the category): after 8 days 1 / (0.2 + 8) a day, after 28 0.035."""
    rng = np.random.default_rng(3)
    units = np.vstack([rng.poisson(5.0, (12, 400)), np.zeros((3, 400))]).astype(float)
    alive = np.ones(units.shape, bool)
    for item, days in ((12, 8), (13, 28), (14, 0)):
        alive[item, : 400 - days] = False
    launched = [pd.NaT] * 12 + [pd.Timestamp(AS_OF) - pd.Timedelta(days=days - 1) for days in (8, 28, 0)]
    demand = history(np.where(alive, units, np.nan), alive=alive, items={"launched_on": launched})
    effects = pool_effects([summarise(demand, AS_OF)])

    found = life_level(origin_at(demand, effects, 400))

    assert found[:12] == pytest.approx(units[:12].mean(axis=1), rel=0.02)
    assert found[12:] == pytest.approx([0.122, 0.0355, 5.0], rel=0.1)


def test_a_similar_item_counts_for_two_orders_and_own_sales_for_the_rest():
    """A hundred days at 0.1 a day of the similar item: 20 days for its two orders; own 40 days bring four more."""
    units = np.zeros((2, 400))
    units[0, ::10] = 1.0
    units[1, 365::10] = 1.0
    alive = np.ones(units.shape, bool)
    alive[1, :360] = False
    launched = [pd.NaT, pd.Timestamp(AS_OF) - pd.Timedelta(days=39)]
    demand = history(
        np.where(alive, units, np.nan), alive=alive, items={"similar_sku": [None, "S0000"], "launched_on": launched}
    )
    effects = pool_effects([summarise(demand, AS_OF)])

    share = effects.levels["sold_share"].iloc[0]
    orders = -np.log(1 - share)

    assert life_level(origin_at(demand, effects, 400))[1] == pytest.approx(
        (2 * share / orders + 4) / (2 / orders + 40), rel=0.02
    )


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
