"""The order of events, what a policy may see, and what is counted."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.inventory.simulation import RecordedOrders, run_policy, simulate
from tests.models.inventory.simulation.factories import Reacting, Scripted, world
from tests.oracles.policies import base_stock, min_max

UNITS = st.integers(0, 12)


def one(ledger, name):
    return float(getattr(ledger, name)[0])


def test_unmet_demand_is_lost():
    """By hand: 6 - 4 = 2; 2 of 5, 3 lost; the 4 ordered on day 0 come on day 2: 4 - 1 = 3; 3 - 3; 0 of 2, 2 lost."""
    ledger = simulate(
        world([4, 5, 1, 3, 2], on_hand=6, holding_per_unit_day=0.5, underage=10, fixed_cost_per_order=7, unit_cost=3),
        Scripted([4, 0, 0, 0, 0]),
    )

    assert (one(ledger, "sold"), one(ledger, "lost"), one(ledger, "stockout_days")) == (10, 5, 2)
    assert (one(ledger, "stock_unit_days"), one(ledger, "empty_days")) == (2 + 0 + 3 + 0 + 0, 3)
    assert (one(ledger, "cycles"), one(ledger, "cycles_with_stockout")) == (1, 1)
    assert (one(ledger, "holding_cost"), one(ledger, "shortage_cost"), one(ledger, "ordering_cost")) == (2.5, 50, 7)
    assert one(ledger, "stock_value_days") == 15


def test_unmet_demand_waits_and_is_served_first():
    """By hand: day 1 owes 3; the 4 of day 2 serve them first, so its demand of 1 takes the last."""
    ledger = simulate(
        world([4, 5, 1, 3, 2], on_hand=6, unmet="backordered", underage=10, backlog_per_unit_day=0.25),
        Scripted([4, 0, 0, 0, 0]),
    )

    assert (one(ledger, "sold"), one(ledger, "lost")) == (4 + 2 + 1, 3 + 3 + 2)
    assert one(ledger, "backlog_unit_days") == 0 + 3 + 0 + 3 + 5
    assert one(ledger, "shortage_cost") == 10 * 8 + 0.25 * 11
    assert one(ledger, "final_backorders") == 5


@pytest.mark.parametrize("lead", [0, 1, 2])
def test_an_order_can_be_sold_the_day_after_its_lead_time(lead):
    policy = Scripted([[3, 0, 0, 0, 0, 0]])

    simulate(world([0] * 6, lead=lead), policy)

    stock = [state.on_hand[0] for state in policy.seen]
    assert stock == [0] * (1 + lead) + [3] * (len(stock) - 1 - lead)


def test_orders_can_cross():
    policy = Scripted([[5, 2, 0, 0, 0, 0]])

    simulate(world([0] * 6, lead=[4, 0, 0, 0, 0, 0]), policy)

    assert [state.on_hand[0] for state in policy.seen] == [0, 0, 2, 2, 2, 7]


def test_orders_are_whole_packs_and_minimums_where_one_can_be_placed():
    ledger = simulate(
        world([0, 0, 0], pack=4, minimum_order=6, can_order=[True, False, True]), Scripted([[1.0, 5.0, 9.0]])
    )

    assert (one(ledger, "orders"), one(ledger, "ordered_units")) == (2, 8 + 12)


def test_a_policy_sees_the_promise_and_not_the_arrival():
    policy = Scripted([[3, 0, 0, 0]])

    simulate(world([0] * 4, lead=3, promised_lead_days=1, arrivals=[0, 5, 0, 0]), policy)

    first, second, third, fourth = policy.open_seen
    assert (first.placed.tolist(), first.promised.tolist(), first.units.tolist()) == ([-1], [1], [5])
    assert (second.placed.tolist(), second.promised.tolist()) == ([0], [2])
    assert fourth.promised.tolist() == [2]
    assert third.item.tolist() == [0]
    assert policy.seen[1].on_order.tolist() == [3]


@given(
    demand=st.lists(UNITS, min_size=8, max_size=8),
    later=st.lists(UNITS, min_size=8, max_size=8),
    leads=st.lists(st.integers(0, 4), min_size=8, max_size=8),
    later_leads=st.lists(st.integers(0, 4), min_size=8, max_size=8),
    day=st.integers(0, 7),
    unmet=st.sampled_from(["lost", "backordered"]),
)
@settings(max_examples=60, deadline=None)
def test_no_order_depends_on_what_comes_later(demand, later, leads, later_leads, day, unmet):
    """Demand after the day, and how long orders placed from then on or still open take, are not seen.

    A lead time counts as later if with either draw the order has not arrived by the day.
    """
    changed = demand[: day + 1] + later[day + 1 :]
    hidden = [
        after if placed >= day or (placed + before + 1 > day and placed + after + 1 > day) else before
        for placed, (before, after) in enumerate(zip(leads, later_leads, strict=True))
    ]
    as_is, otherwise = Reacting(), Reacting()
    common = {"on_hand": 5, "unmet": unmet, "promised_lead_days": 2}

    simulate(world(demand, lead=leads, **common), as_is)
    simulate(world(changed, lead=hidden, **common), otherwise)

    assert np.array_equal(np.array(as_is.placed)[: day + 1], np.array(otherwise.placed)[: day + 1])


@given(
    demand=st.lists(st.lists(UNITS, min_size=9, max_size=9), min_size=1, max_size=3),
    arrivals=st.lists(UNITS, min_size=9, max_size=9),
    lead=st.integers(0, 5),
    level=st.integers(0, 40),
    on_hand=UNITS,
    pack=st.integers(1, 5),
    unmet=st.sampled_from(["lost", "backordered"]),
)
@settings(max_examples=80, deadline=None)
def test_nothing_is_made_and_nothing_vanishes(demand, arrivals, lead, level, on_hand, pack, unmet):
    """What was there and what was received is sold or there; what was ordered is received or on order."""
    tried = world(
        demand, lead=lead, on_hand=on_hand, arrivals=[arrivals] * len(demand), pack=pack, minimum_order=3, unmet=unmet
    )

    ledger = simulate(tried, base_stock(np.full(len(demand), level), 9, review=2))

    served_late = ledger.lost - ledger.final_backorders if unmet == "backordered" else 0.0
    np.testing.assert_allclose(on_hand + ledger.received_units, ledger.sold + served_late + ledger.final_on_hand)
    np.testing.assert_allclose(ledger.demand, ledger.sold + ledger.lost)
    np.testing.assert_allclose(ledger.ordered_units + sum(arrivals), ledger.received_units + ledger.final_on_order)


@given(scale=st.sampled_from([2, 3, 10]), demand=st.lists(UNITS, min_size=10, max_size=10), point=UNITS, up=UNITS)
@settings(max_examples=40, deadline=None)
def test_demand_stock_and_levels_scaled_together_scale_the_outcome(scale, demand, point, up):
    def outcome(times):
        tried = world(np.array(demand) * times, on_hand=4 * times, pack=3 * times, lead=2)
        return simulate(tried, min_max([point * times], [(point + up) * times], 10))

    one_fold, many_fold = outcome(1), outcome(scale)

    for name in ("sold", "lost", "stock_unit_days", "ordered_units", "final_on_hand"):
        np.testing.assert_allclose(getattr(many_fold, name), scale * getattr(one_fold, name), err_msg=name)
    assert one(many_fold, "orders") == one(one_fold, "orders")


def test_the_warm_up_is_played_and_not_counted():
    scored = [False, False, True, True, True]

    ledger = simulate(world([4, 5, 1, 3, 2], on_hand=6, scored=scored), Scripted([4, 0, 0, 0, 0]))

    assert (one(ledger, "days"), one(ledger, "demand"), one(ledger, "sold"), one(ledger, "orders")) == (3, 6, 4, 0)


def test_one_run_is_counted_with_and_without_unknown_days():
    tried = world([[4, 5, 1], [4, 5, 1]], on_hand=6, scored=[[True, True, True], [True, False, True]])
    every = np.ones((2, 3), dtype=bool)

    both = run_policy(tried, Scripted([[0, 0, 0], [0, 0, 0]]), {"known": tried.scored, "all": every})

    assert both["all"].lost.tolist() == [4, 4]
    assert both["known"].lost.tolist() == [4, 1]
    assert both["known"].days.tolist() == [3, 2]


def test_what_a_company_ordered_is_replayed_as_it_was():
    """Its orders count as orders, its receipts as receipts, in no packs and on no drawn lead time."""
    actual = RecordedOrders(orders=np.array([[5.0, 0, 0, 0]]), arrivals=np.array([[0, 0, 3.0, 2.0]]))

    ledger = simulate(world([1, 1, 1, 1], on_hand=1, pack=10, lead=9, fixed_cost_per_order=2), actual)

    assert (one(ledger, "ordered_units"), one(ledger, "orders"), one(ledger, "received_units")) == (5, 1, 5)
    assert (one(ledger, "sold"), one(ledger, "final_on_hand"), one(ledger, "final_on_order")) == (3, 3, 0)


@pytest.mark.parametrize("script", [[[-1.0, 0]], [[np.nan, 0]]])
def test_negative_or_unknown_orders_are_refused(script):
    with pytest.raises(ValueError, match="period 0: the policy orders negative or unknown units"):
        simulate(world([1, 1]), Scripted(script))


def test_orders_of_the_wrong_number_of_items_are_refused():
    with pytest.raises(ValueError, match="shape"):
        simulate(world([[1, 1], [1, 1]]), Scripted([[1, 1]]))


def test_what_is_seen_cannot_be_written_to():
    policy = Scripted([[0, 0]])
    simulate(world([1, 1], on_hand=3), policy)

    with pytest.raises(ValueError, match="read-only"):
        policy.seen[0].on_hand[0] = 9


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"demand": [np.nan, 1]}, "World.demand has negative or unknown values"),
        ({"demand": [1, 1], "on_hand": -1}, "World.initial_on_hand has negative"),
        ({"demand": [1, 1], "unmet": "forgotten"}, 'World.unmet is "forgotten"'),
        ({"demand": [1, 1], "arrivals": [[1]]}, "World.initial_arrivals has shape"),
    ],
)
def test_a_world_that_makes_no_sense_is_refused(columns, message):
    with pytest.raises(ValueError, match=message):
        world(**columns)
