"""Lost sales over paths, against exact enumeration."""

import datetime as dt

import numpy as np
import pytest
from scipy import stats

from models.inventory.calendar.day_distribution import DayDistribution
from models.inventory.position.projected_paths import drawn_days, project
from tests.models.inventory.company import AS_OF, demand, item
from tests.oracles.lost_sales import lost_sales_order

TODAY = np.datetime64(AS_OF, "D")
NEVER = np.array([np.datetime64("NaT", "D")])


def certain(days):
    return DayDistribution.from_days(np.array([[TODAY + days]]), np.ones((1, 1)))


def projected(daily=2.0, *, arrives=10, next_arrives=17, supply=(), scenarios=2000, until=None, **options):
    distribution = demand([item()], daily, **options)
    arrival = certain(arrives)
    due = np.array([[TODAY + when] for when, _ in supply], dtype="datetime64[D]").reshape(len(supply), 1)
    until = distribution.interval(1, arrives) if until is None else until
    return project(
        distribution,
        scenarios=scenarios,
        arrival=arrival,
        next_arrival=certain(next_arrives),
        until_arrival=until,
        last_sale=NEVER,
        supply_item=np.zeros(len(supply), dtype=np.int64),
        supply_units=np.array([float(units) for _, units in supply]),
        supply_arrivals=DayDistribution.from_days(due, np.ones((len(supply), 1))),
        supply_names=[f"P{number}" for number in range(len(supply))],
    )


def exact(daily, on_hand, arrives, window, target, receipts=None):
    pmf = stats.poisson.pmf(np.arange(60), daily)
    return lost_sales_order(
        on_hand=on_hand,
        receipts_at_start_of_day=receipts or {},
        daily_demand_pmf=pmf / pmf.sum(),
        days_to_arrival=arrives,
        window_days=window,
        critical_ratio=target,
    )


@pytest.mark.parametrize(("daily", "on_hand"), [(2.0, 0), (2.0, 12), (2.0, 25), (0.1, 0), (0.1, 2), (9.0, 60)])
@pytest.mark.parametrize("target", [0.8, 0.99])
def test_the_order_is_that_of_exact_enumeration(daily, on_hand, target):
    known = exact(daily, on_hand, 10, 7, target)
    paths = projected(daily)
    free, by_chance = np.array([float(on_hand)]), np.array([False])

    order = paths.fewest_units(free, np.array([target]), by_fill_rate=by_chance)

    assert order[0] == pytest.approx(known.order_units, abs=max(1, 0.02 * daily * 7))
    assert paths.expected_lost_before_arrival(free)[0] == pytest.approx(
        known.expected_lost_before_arrival, abs=0.05 * daily
    )
    assert paths.stock_on_arrival(free).mean() == pytest.approx(known.expected_stock_on_arrival, abs=0.05 * daily)


def test_receipts_on_the_way_are_sold_from_the_day_after_they_arrive():
    # An order that arrives on day 2 can be sold on day 3: receipts at the start of day 3.
    known = exact(2.0, 4, 10, 7, 0.9, receipts={3: 12})
    paths = projected(2.0, supply=[(2, 12)])

    order = paths.fewest_units(np.array([4.0]), np.array([0.9]), by_fill_rate=np.array([False]))

    assert order[0] == pytest.approx(known.order_units, abs=1)
    assert paths.expected_lost_before_arrival(np.array([4.0]))[0] == pytest.approx(
        known.expected_lost_before_arrival, abs=0.15
    )


def test_what_arrives_within_the_window_lowers_the_order():
    plain, helped = projected(2.0), projected(2.0, supply=[(12, 10)])
    given_both = (np.array([0.0]), np.array([0.9]))

    without = plain.fewest_units(*given_both, by_fill_rate=np.array([False]))
    with_arrival = helped.fewest_units(*given_both, by_fill_rate=np.array([False]))

    assert without[0] - 10 <= with_arrival[0] < without[0]


def test_a_window_of_few_large_orders_is_lost_order_by_order():
    """Half an order of about 40 a window, none on the way: what is lost without and with stock, by enumeration."""
    paths = projected(3.0, arrives=1, next_arrives=8, dispersion=50.0, order_steps=40.0, scenarios=400)
    orders, values = stats.poisson.pmf(np.arange(8), 21 / 40), np.arange(800)
    total = [stats.nbinom(40 * n / 9, 1 / 10).pmf(values) for n in range(1, 8)]

    lost = [paths.expected_lost_in_window(np.array([0.0]), np.array([float(units)]))[0] for units in (0, 40, 80)]

    expected = [orders[1:] @ [pmf @ np.maximum(values - stock, 0) for pmf in total] for stock in (0, 40, 80)]
    np.testing.assert_allclose(lost, expected, rtol=0.03)


def test_the_largest_stock_that_orders_is_the_last_one_with_an_order():
    paths = projected(1.3, dispersion=2.0, level_sd=0.4, scenarios=256)
    target, by_chance = np.array([0.95]), np.array([False])

    point = paths.largest_stock_that_orders(target, by_fill_rate=by_chance)

    assert paths.fewest_units(point, target, by_fill_rate=by_chance)[0] >= 1
    assert paths.fewest_units(point + 1, target, by_fill_rate=by_chance)[0] == 0


def test_fill_rate_is_the_share_of_the_windows_demand_that_is_served():
    paths = projected(2.0)
    free = np.array([0.0])

    order = paths.fewest_units(free, np.array([0.9]), by_fill_rate=np.array([True]))

    assert paths.expected_lost_in_window(free, order)[0] <= 0.1 * 14
    assert paths.expected_lost_in_window(free, order - 1)[0] > 0.1 * 14


def test_demand_before_the_arrival_has_no_sampling_noise():
    few = projected(2.0, scenarios=256)

    leaving = -few.net[0]

    assert leaving.mean() == pytest.approx(20.0, abs=0.02)
    assert np.quantile(leaving, 0.99, method="inverted_cdf") == stats.poisson.ppf(0.99, 20)


def test_a_path_of_more_arrivals_never_has_less_stock():
    poor, rich = projected(2.0, supply=[(3, 5)]), projected(2.0, supply=[(3, 9)])

    for free in (np.array([0.0]), np.array([11.0])):
        assert (rich.stock_on_arrival(free) >= poor.stock_on_arrival(free)).all()


def test_arrivals_inside_a_week_count_from_the_next_one():
    distribution = demand([item()], 2.0, period="week")
    early, late = (
        project(
            distribution,
            scenarios=64,
            arrival=certain(14),
            next_arrival=certain(21),
            until_arrival=distribution.interval(1, 14),
            last_sale=NEVER,
            supply_item=np.array([0]),
            supply_units=np.array([1000.0]),
            supply_arrivals=certain(when),
            supply_names=["P"],
        )
        for when in (0, 3)
    )

    assert (early.lowest == 0).all()  # there before the first week
    assert (late.lowest < 0).all()  # only before the second


def test_draws_are_spread_evenly_over_their_distribution():
    days = TODAY + np.arange(4)[None, :]
    arrival = DayDistribution.from_days(days, np.array([[0.5, 0.25, 0.0, 0.25]]))

    drawn = drawn_days(arrival, 64, ["P1"])

    found, count = np.unique(drawn, return_counts=True)
    assert dict(zip((found - TODAY).astype(int).tolist(), count.tolist(), strict=True)) == {0: 32, 1: 16, 3: 16}
    assert (drawn_days(arrival, 64, ["P1"]) == drawn).all()
    assert (drawn_days(arrival, 64, ["P2"]) != drawn).any()


def test_nothing_is_needed_after_the_last_sale():
    distribution = demand([item()], 2.0)
    paths = project(
        distribution,
        scenarios=64,
        arrival=certain(10),
        next_arrival=certain(17),
        until_arrival=distribution.interval(1, 8),
        last_sale=np.array([np.datetime64(AS_OF + dt.timedelta(days=8), "D")]),
        supply_item=np.zeros(0, dtype=np.int64),
        supply_units=np.zeros(0),
        supply_arrivals=DayDistribution(TODAY, np.zeros((0, 1))),
        supply_names=[],
    )

    order = paths.fewest_units(np.zeros(1), np.array([0.99]), by_fill_rate=np.array([False]))

    assert order.tolist() == [0.0]
