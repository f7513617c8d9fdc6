from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.inventory.eoq import economic_order_quantity, eoq_all_units, eoq_incremental, eoq_with_backorders
from models.inventory.lot_sizing import wagner_whitin
from models.inventory.terms.rounding import order_units, round_up

costs = st.floats(0.1, 500)
rates = st.floats(0.1, 5000)


@given(costs, costs, rates, st.floats(0.2, 5))
def test_no_quantity_is_cheaper_than_the_economic_one(fixed, holding, rate, factor):
    best = economic_order_quantity(fixed, holding, rate)
    other = best.order_quantity * factor

    assert fixed * rate / other + holding * other / 2 >= best.cost_rate * (1 - 1e-12)


@given(costs, costs, costs, rates)
def test_backorders_lower_the_cost_and_vanish_when_dear(fixed, holding, stockout, rate):
    plain, waiting = economic_order_quantity(fixed, holding, rate), eoq_with_backorders(fixed, holding, stockout, rate)

    assert waiting.cost_rate <= plain.cost_rate
    assert eoq_with_backorders(fixed, holding, 1e12, rate).cost_rate == pytest.approx(plain.cost_rate, rel=1e-6)


prices = st.lists(st.floats(1, 100), min_size=1, max_size=4, unique=True).map(lambda p: sorted(p, reverse=True))


@st.composite
def tiers(draw):
    unit_costs = draw(prices)
    steps = draw(st.lists(st.floats(1, 800), min_size=len(unit_costs) - 1, max_size=len(unit_costs) - 1))
    return [0.0, *np.cumsum(steps).tolist()], unit_costs


@settings(max_examples=150)
@given(st.floats(0, 500), st.floats(0.01, 1), rates, tiers(), st.floats(0.5, 5000))
def test_no_quantity_beats_the_one_found_for_price_breaks(fixed, holding_rate, rate, tier, quantity):
    breakpoints, unit_costs = tier
    at = np.searchsorted(breakpoints, quantity, side="right") - 1
    price = unit_costs[at]
    sizes = np.diff([*breakpoints[: at + 1], quantity])
    purchase = float(sizes @ np.array(unit_costs[: at + 1]))

    all_units = price * rate + fixed * rate / quantity + holding_rate * price * quantity / 2
    incremental = (fixed + purchase) * rate / quantity + holding_rate * purchase / 2

    assert eoq_all_units(fixed, holding_rate, rate, *tier).cost_rate <= all_units * (1 + 1e-9)
    assert eoq_incremental(fixed, holding_rate, rate, *tier).cost_rate <= incremental * (1 + 1e-9)


def test_one_price_is_the_plain_economic_order():
    plain = economic_order_quantity(50, 0.2 * 7, 300)

    for order in (eoq_all_units(50, 0.2, 300, [0], [7]), eoq_incremental(50, 0.2, 300, [0], [7])):
        assert order.order_quantity == pytest.approx(plain.order_quantity)
        assert order.cost_rate == pytest.approx(plain.cost_rate + 7 * 300)


@pytest.mark.parametrize(("breakpoints", "unit_costs"), [([10], [5]), ([0, 5, 5], [3, 2, 1]), ([0], [1, 2]), ([], [])])
def test_breakpoints_that_do_not_ascend_from_zero_are_refused(breakpoints, unit_costs):
    with pytest.raises(ValueError, match="ascend"):
        eoq_all_units(1, 0.1, 10, breakpoints, unit_costs)


def test_holding_for_nothing_has_no_economic_quantity():
    with pytest.raises(ValueError, match="holding cost"):
        economic_order_quantity(1, 0, 10)


def cheapest_plan(demand, fixed, holding):
    """All choices of order periods, tried out."""
    periods = range(len(demand))
    best = np.inf
    for number in range(len(demand) + 1):
        for chosen in combinations(periods, number):
            cost = fixed * number
            for period in periods:
                before = [order for order in chosen if order <= period]
                if demand[period] and not before:
                    cost = np.inf
                elif demand[period]:
                    cost += demand[period] * holding * (period - before[-1])
            best = min(best, cost)
    return best


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.integers(0, 60) | st.just(0), min_size=0, max_size=7),
    st.floats(0, 300),
    st.floats(0, 5),
)
def test_lot_sizes_cost_no_more_than_any_plan(demand, fixed, holding):
    plan = wagner_whitin(demand, fixed, holding)

    assert plan.cost == pytest.approx(cheapest_plan(demand, fixed, holding))
    stock = np.cumsum(plan.orders) - np.cumsum(np.array(demand, dtype=float))
    assert (stock >= -1e-9).all()
    assert fixed * (plan.orders > 0).sum() + holding * stock.sum() == pytest.approx(plan.cost)


def test_lot_sizes_follow_costs_that_change():
    plan = wagner_whitin([10, 10], fixed_cost=[5, 100], holding_cost=1, unit_cost=[2, 0])

    assert plan.orders.tolist() == [20, 0]
    assert plan.cost == 5 + 40 + 10


@given(st.floats(0, 1e5), st.floats(0.1, 100), st.floats(0, 1000))
def test_rounding_gives_whole_multiples_not_below_minimum_or_need(units, multiple, minimum):
    ordered = float(round_up(units, multiple, minimum))

    assert ordered / multiple == pytest.approx(round(ordered / multiple), abs=1e-6)
    if units <= 1e-9:
        assert ordered == 0
    else:
        assert ordered >= max(units, minimum) * (1 - 1e-6)
        assert ordered - multiple < max(units, minimum, multiple * 1e-6) * (1 + 1e-6)


def test_a_multiple_with_rounding_errors_is_not_one_too_many():
    assert round_up(0.1 * 3, order_multiple=0.1) == pytest.approx(0.3)


@pytest.mark.parametrize(("position", "expected"), [(31, 0), (30, 12), (19, 12), (18, 24), (6, 36), (-100, 132)])
def test_lots_lift_the_position_above_the_reorder_point(position, expected):
    assert order_units("(s,nQ)", position, reorder_point=30, order_quantity=12) == expected


def test_nothing_is_ordered_at_or_above_the_level():
    positions = np.array([72, 80, 71.0])

    assert order_units("(R,S)", positions, order_up_to_level=72).tolist() == [0, 0, 1]


def test_a_reorder_point_above_the_level_orders_nothing_negative():
    assert order_units("(s,S)", 50, reorder_point=60, order_up_to_level=40) == 0


def test_a_policy_without_its_level_is_refused():
    with pytest.raises(ValueError, match="needs reorder_point"):
        order_units("(s,S)", 50, order_up_to_level=40)


def test_an_unknown_policy_is_refused():
    with pytest.raises(ValueError, match="known are"):
        order_units("(x)", 50)


def test_missing_multiples_and_minimums_mean_none():
    assert order_units("(R,S)", 1, order_up_to_level=4, order_multiple=np.nan, minimum_order_quantity=np.nan) == 3
