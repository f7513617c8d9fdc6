"""Policies in the past: the stock and orders of ours at a review, what its levels are, and what the naive rules do."""

import datetime as dt
from dataclasses import fields, replace

import numpy as np
import pandas as pd
import pytest

from models.inventory.replay import (
    NO_LEVELS,
    Costs,
    ReviewLevels,
    company_orders,
    four_weeks_cover,
    normal_safety_stock,
    replayed,
    review_levels,
    state_at,
    with_replay_state,
)
from models.inventory.simulation import run_policy, simulate
from tests.models.inventory.company import demand
from tests.models.inventory.factories import rules as decision_rules
from tests.models.inventory.replay.factories import calendar, order, tables, window

NOTHING = {"underage": np.array([np.nan]), "holding_per_unit_day": np.array([np.nan])}


def levels(point, up_to):
    return ReviewLevels(np.array([float(point)]), np.array([float(up_to)]), **NOTHING)


def costs(count=1, underage=10.0):
    return Costs(np.full(count, 5.0), np.full(count, 0.01), np.full(count, underage))


def review_of(made, date):
    return made.calendar.review_days.index(dt.date.fromisoformat(date))


def decided(order_units=0.0, position=100.0, point=80.0, up_to=120.0):
    """A recommendation and a policy of item A."""
    item = {"sku": "A", "location": "BER"}
    rows = pd.DataFrame([item | {"line_number": 1, "order_units": order_units, "inventory_position": position}])
    figures = {
        "reorder_point": point,
        "order_up_to_level": up_to,
        "underage_cost": 4.0,
        "holding_cost_per_unit_day": 0.02,
    }
    return rows, pd.DataFrame([item | figures])


def found_levels(made, review=0, **changes):
    state = state_at(made, [], review)
    distribution = demand([{"sku": "A", "location": "BER"}], 2.0, as_of=made.calendar.review_days[review])
    rows, policy = decided(**({"position": float(state.position[0])} | changes))
    return state, review_levels(made, review, state, distribution, rows, policy)


def test_at_the_first_review_stands_what_the_company_had():
    made = window(order("P1", "2026-04-01", 30, received_on="2026-04-22"), start_stock=50.0)

    state = state_at(made, [], 0)

    assert (state.on_hand[0], state.position[0]) == (
        50.0,
        50.0 + 30.0 * (made.calendar.ends[7] >= np.datetime64("2026-04-22")),
    )


def test_stock_falls_by_what_is_sold_until_the_levels_order():
    made = window(start_stock=50.0)

    state = state_at(made, [levels(NO_LEVELS, 0)], 1)

    assert state.on_hand[0] == 50 - 7 * 2
    assert not len(state.orders.item)


def test_orders_of_earlier_reviews_are_open_or_have_arrived():
    made = window(start_stock=50.0, lead_time_days=10.0)
    policy = [levels(60, 100), levels(NO_LEVELS, 0), levels(NO_LEVELS, 0)]

    second, fourth = state_at(made, policy[:1], 1), state_at(made, policy, 3)

    assert second.position[0] > 50
    assert second.orders.units.sum() >= 50
    assert fourth.on_hand[0] > 50 - 21 * 2
    assert not (fourth.orders.placed >= 0).any()


def test_what_stands_at_a_review_does_not_depend_on_what_comes_after_it():
    early = window(start_stock=20.0)
    later = window(order("P9", "2026-06-20", 900, received_on="2026-06-24"), start_stock=20.0)
    review = review_of(early, "2026-05-24")
    policy = [levels(30, 60)] * review

    first, second = state_at(early, policy, review), state_at(later, policy, review)

    assert (first.on_hand == second.on_hand).all()
    assert (first.position == second.position).all()


def test_a_review_s_tables_show_the_replay_s_stock_and_orders_and_none_of_the_company_s_later_ones():
    own = order("P1", "2026-05-10", 30, received_on="2026-05-20")
    made = window(own, start_stock=50.0)
    state = state_at(made, [levels(60, 100)], 1)

    shown = with_replay_state(made, state, tables(own))

    assert shown["inventory"]["on_hand"].tolist() == state.on_hand.tolist()
    assert shown["purchase_orders"]["order_number"].str.startswith("replay-").all()
    assert shown["purchase_orders"]["ordered_units"].sum() == state.orders.units.sum()
    assert shown["receipts"].empty


def test_an_item_ordered_at_a_review_is_brought_to_position_and_order():
    state, found = found_levels(window(), order_units=70.0, point=10.0)

    assert found.order_up_to[0] == state.position[0] + 70
    assert found.reorder_point[0] >= state.position[0]


def test_an_item_held_back_below_its_reorder_point_waits_for_the_next_review():
    _, found = found_levels(window(start_stock=10.0), order_units=0.0, point=80.0)

    assert found.reorder_point[0] == NO_LEVELS


def test_an_item_above_its_reorder_point_keeps_the_review_s_levels():
    _, found = found_levels(window(start_stock=200.0), point=80.0, up_to=120.0)

    assert (found.reorder_point[0], found.order_up_to[0]) == (80.0, 120.0)


def test_levels_for_a_later_ordering_day_leave_out_the_demand_until_then():
    made = window(start_stock=200.0, order_weekdays="thu")

    _, found = found_levels(made, point=80.0, up_to=120.0)

    assert (found.reorder_point[0], found.order_up_to[0]) == (80.0 - 4 * 2, 120.0 - 4 * 2)


def test_an_item_that_the_review_does_not_plan_is_not_ordered():
    made = window()
    state = state_at(made, [], 0)
    distribution = demand([{"sku": "B", "location": "BER"}], as_of=made.calendar.review_days[0])
    rows, policy = decided()

    found = review_levels(made, 0, state, distribution, rows.assign(sku="B"), policy.assign(sku="B"))

    assert found.reorder_point[0] == NO_LEVELS


def test_the_company_s_own_orders_bring_the_stock_that_they_brought():
    made = window(order("P1", "2026-05-10", 300, received_on="2026-05-20"), start_stock=100.0)

    ledger = simulate(made.world(costs()), company_orders(made))

    days = len(made.calendar.ends) - 1
    assert ledger.lost[0] + ledger.sold[0] == 56 * 2
    assert ledger.final_on_hand[0] == 100 + 300 - days * 2


def test_days_of_unknown_demand_can_be_left_out_of_the_score():
    made = window(unknown_on=["2026-06-01", "2026-06-02"])
    world = made.world(costs())
    masks = {"all": world.scored, "known": made.world(costs(), all_days=False).scored}

    ledgers = run_policy(world, four_weeks_cover(made), masks)

    assert ledgers["all"].days[0] - ledgers["known"].days[0] == 2


def test_four_weeks_cover_holds_four_weeks_beyond_the_lead_time():
    made = window(lead_time_days=10.0)

    level = four_weeks_cover(made).order_up_to

    review = made.items["review_days"].to_numpy()
    assert level[0] == pytest.approx(2 * (28 + 10 + review[0]))


def test_the_normal_rule_knows_only_what_was_sold_before_each_review():
    on = calendar()
    quiet, later = window(on=on), window(on=on, unknown_on=["2026-06-25"])

    first, second = (normal_safety_stock(made, costs(), cycle_service=0.95).reorder_point for made in (quiet, later))

    assert np.array_equal(first[:, :-1], second[:, :-1])


def test_the_normal_rule_without_spread_covers_the_mean_until_the_next_arrival():
    made = window(lead_time_days=10.0)

    point = normal_safety_stock(made, costs(), cycle_service=0.95).reorder_point

    assert point[0] == pytest.approx(2 * (10 + made.items["review_days"].iloc[0]))


def test_a_policy_s_levels_serve_everything_when_they_are_high_enough():
    made = window(start_stock=100.0, rules=decision_rules(decision_lag_days=1))

    ledger = simulate(made.world(costs()), replayed(made, [levels(60, 80)]))

    assert ledger.lost[0] == 0
    assert ledger.orders[0] > 1


def test_a_group_of_which_nothing_can_be_replayed_is_of_no_items_at_every_review():
    one = window()
    made = replace(
        one,
        items=one.items.iloc[:0],
        history=replace(
            one.history, **{field.name: getattr(one.history, field.name)[:0] for field in fields(one.history)}
        ),
        **{name: getattr(one, name)[:0] for name in ("can_order", "placed_on", "promised_on", "lead_periods")},
    )
    distribution = demand([{"sku": "A", "location": "BER"}], 2.0, as_of=made.calendar.review_days[0])
    kept = []
    for review in range(2):
        state = state_at(made, kept, review)
        assert len(state.on_hand) == len(state.position) == len(state.orders.item) == 0
        assert with_replay_state(made, state, {})["inventory"].empty
        kept.append(review_levels(made, review, state, distribution, *decided()))
    world = made.world(costs(0))

    for policy in (
        replayed(made, kept),
        company_orders(made),
        normal_safety_stock(made, costs(0), cycle_service=0.95),
        four_weeks_cover(made),
    ):
        assert len(simulate(world, policy).days) == 0
