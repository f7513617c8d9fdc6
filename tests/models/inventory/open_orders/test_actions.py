"""Open orders that come too late, too early or for nothing."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.inventory.open_orders.moves import effect_of_move, short_by_day
from tests.models.inventory.company import AS_OF, day, decided, item, order, stock, terms

QUICK = settings(max_examples=12, deadline=None)


def changes(decisions):
    """The proposals to change open orders."""
    return decisions.recommendations[decisions.recommendations["line_number"] > 1].reset_index(drop=True)


def proposal(**company):
    """The one proposal."""
    found = changes(decided(**company))
    assert len(found) == 1
    return found.iloc[0]


def late(on_hand=20, units=100, promise=40, quickest=20, orders=None, **company):
    """Too little stock for an order that comes late; its supplier has once delivered in `quickest` days."""
    once = order("R1", offset=-90, units=10, status="received")
    received = {"order_number": "R1", "line_number": "1", "received_on": day(quickest - 90), "received_units": 10.0}
    return {
        "inventory": [stock(on_hand)],
        "orders": [once, *([order(units=units, promise=promise)] if orders is None else orders)],
        "receipts": [received],
        "supply": [terms(lead_time_days=45)],
    } | company


def early(on_hand=200, units=400, promise=10, **company):
    """Much stock, and an order about to come."""
    return {"inventory": [stock(on_hand)], "orders": [order(units=units, promise=promise)]} | company


def test_an_order_that_comes_after_the_shelf_is_empty_is_to_be_expedited():
    row = proposal(**late())

    assert (row["action"], row["purchase_order_number"], row["purchase_order_line"]) == ("expedite", "P1", "1")
    assert row["expected_on"] < row["current_expected_on"] == day(40)
    # 20 units last 10 days; of about 30 days at 2 a day without stock and a margin of 4 on each, no more is saved.
    assert 100 < row["money_at_stake"] < 240
    assert row["order_units"] == 100
    assert np.isnan(row["order_value"])


def test_an_order_that_comes_long_before_it_is_needed_is_to_be_postponed():
    row = proposal(**early())

    assert row["action"] == "postpone"
    assert row["expected_on"] > row["current_expected_on"] == day(10)
    assert row["expected_on"] <= day(100)  # 200 units last 100 days


def test_an_order_that_nobody_needs_is_to_be_cancelled():
    row = proposal(**early(on_hand=500))

    assert row["action"] == "cancel"
    assert pd.isna(row["expected_on"])


def test_what_is_left_over_at_an_items_end_is_to_be_cancelled():
    row = proposal(**early(on_hand=70, items=[item(discontinued_on=day(40))]))

    assert row["action"] == "cancel"
    # 80 are sold until then, 70 are there: about 390 of 400 are written off at 6 each, and 10 sales of 4 are lost.
    assert row["money_at_stake"] == pytest.approx(390 * 6 - 10 * 4, rel=0.03)


def test_what_an_ordinary_order_brings_in_time_is_not_saved_by_hurrying():
    # 100 units last 50 days; an order takes 10, the call-off comes after 80 and can be had after 20.
    found = changes(decided(**late(on_hand=100, promise=80, supply=[terms(lead_time_days=10)])))

    assert "expedite" not in found["action"].tolist()


def test_nothing_is_expedited_to_come_quicker_than_the_supplier_has_ever_been():
    lead = {quickest: (proposal(**late(quickest=quickest))["expected_on"] - day(-5)).days for quickest in (20, 30)}

    assert lead[20] >= 20
    assert lead[30] >= 30
    assert changes(decided(**late(quickest=45))).empty


def test_what_is_turned_away_leaves_the_position_above_the_reorder_point():
    row = proposal(**early())
    reasons = row["reasons"]

    assert row["action"] in {"postpone", "cancel"}
    assert reasons["position_after"] >= row["reorder_point"]
    # 400 that are needed in time for the position stay within the protection interval.
    needed = changes(decided(**early(on_hand=30, units=400), open_order_gain_minimum=1.0))
    assert not needed["action"].isin(["cancel"]).any()
    assert all(why["position_after"] > why["reorder_point"] for why in needed["reasons"])


def test_salvage_makes_a_cancellation_worth_less():
    ending = early(on_hand=70, items=[item(discontinued_on=day(40))])

    written_off, salvaged = proposal(**ending), proposal(**ending, salvage_share_of_cost=0.5)

    assert salvaged["money_at_stake"] < 0.6 * written_off["money_at_stake"]


def test_what_comes_in_time_is_left_alone():
    assert changes(decided(inventory=[stock(30)], orders=[order(units=40, promise=10)])).empty


def test_no_alarm_for_little_money():
    assert changes(decided(**early(), open_order_gain_minimum=200.0)).empty
    assert changes(decided(**early(), open_order_gain_share=0.2)).empty


@pytest.mark.parametrize("status", ["shipped", "partly_received"])
def test_what_is_shipped_can_be_hurried_at_most(status):
    shipped = [order(units=400, promise=10, status=status)]

    assert changes(decided(inventory=[stock(200)], orders=shipped)).empty
    assert proposal(**late(orders=[order(units=100, promise=40, status=status)]))["action"] == "expedite"


def test_an_order_about_to_arrive_is_not_turned_away():
    assert changes(decided(**early(promise=3))).empty
    assert not changes(decided(**early(promise=3), open_order_notice_days=2)).empty


def test_an_order_given_up_for_lost_is_left_to_the_exceptions():
    forgotten = [order(units=100, offset=-150, promise=-100)]

    assert changes(decided(**late(orders=forgotten))).empty


def test_no_unit_is_counted_on_twice():
    two = [order("P1", units=150, promise=10), order("P2", units=150, promise=12)]

    found = changes(decided(inventory=[stock(250)], orders=two))

    # 250 last 125 days: of the 300 coming, some are needed within half a year.
    assert found["action"].tolist().count("cancel") <= 1


@pytest.mark.parametrize("on_hand", [0, 10])
def test_an_empty_shelf_keeps_the_delivery_that_it_waits_for_however_much_comes_afterwards(on_hand):
    coming = [order("P1", units=200, promise=10), order("P2", units=900, promise=60, status="shipped")]

    found = changes(decided(inventory=[stock(on_hand)], orders=coming, supply=[terms(lead_time_days=70)]))

    # P2 alone lasts for more than a year, but of P1 two a day are sold until it comes.
    assert "cancel" not in found["action"].tolist()


def test_an_empty_shelf_counts_on_no_other_late_order_that_may_be_later_still():
    late = [order(f"P{k}", offset=-46 + k, units=168, promise=-4 + k) for k in (1, 2, 3)]
    coming = [*late, order("P4", offset=-2, units=138, promise=46)]
    supply = [terms(lead_time_days=42, lead_time_sd_days=12, unit_cost=12.0)]

    found = changes(decided(inventory=[stock(0)], daily=1.5, price=30.0, orders=coming, supply=supply))

    # The three come within a few days of each other, if all goes well: one would do, but nobody knows which.
    assert found.loc[found["action"] == "cancel", "purchase_order_number"].tolist() == ["P4"]


def test_two_late_orders_are_not_both_paid_for_the_same_sales():
    one = changes(decided(**late(units=200)))
    two = changes(decided(**late(orders=[order("P1", units=200, promise=40), order("P2", units=200, promise=40)])))

    assert two["money_at_stake"].sum() <= 1.1 * one["money_at_stake"].sum()


def test_proposals_stand_beside_their_items_row_and_repeat_no_value():
    decisions = decided(**early())
    rows = decisions.recommendations

    assert rows["line_number"].tolist() == [1, 2]
    assert rows["on_hand"].tolist() == [200, 200]
    assert rows["order_value_base"].isna().tolist() == [False, True]
    assert list(rows.columns) == list(decided(inventory=[stock(200)]).recommendations.columns)


def test_reasons_are_json_with_a_sentence_that_names_order_day_and_money():
    row = proposal(**late())

    assert json.loads(json.dumps(row["reasons"])) == row["reasons"]
    sentence = row["reasons"]["sentence"]
    assert "order P1 from Acme" in sentence
    assert "earlier" in sentence
    assert sentence.endswith("EUR.")


def test_backordered_lines_first_serve_the_customers_who_wait():
    owed = decided(**early() | {"inventory": [stock(0, backordered=380)]}, unmet_demand="backordered")

    assert "cancel" not in changes(owed)["action"].tolist()


@QUICK
@given(
    on_hand=st.integers(0, 600),
    units=st.integers(1, 500),
    promise=st.integers(1, 90),
    daily=st.just(0.0) | st.floats(1e-12, 8.0),  # forecasts are told to the fifteenth decimal
    ends=st.none() | st.integers(1, 200),
)
def test_a_proposal_is_never_worth_less_than_asked(on_hand, units, promise, daily, ends):
    items = [item(discontinued_on=pd.NaT if ends is None else day(ends))]
    found = changes(
        decided(items, inventory=[stock(on_hand)], orders=[order(units=units, promise=promise)], daily=daily)
    )

    assert (found["money_at_stake"] >= 50 - 0.01).all()
    assert (found["order_units"] == units).all()
    soonest = pd.Timestamp(AS_OF)
    assert (found["expected_on"].dropna() > soonest).all()


def walk(available, inflow, demand):
    """Units lost, and unit-days in stock, of one path, day by day."""
    stock_left, lost, unit_days = available, 0.0, 0.0
    for came, asked in zip(inflow, demand, strict=True):
        stock_left += came
        sold = min(stock_left, asked)
        lost += asked - sold
        stock_left -= sold
        unit_days += stock_left
    return lost, unit_days


@QUICK
@given(data=st.data())
def test_moving_a_line_is_worth_what_walking_day_by_day_says(data):
    days = 12
    numbers = st.integers(0, 6)
    demand = np.array(data.draw(st.lists(numbers, min_size=days, max_size=days)), dtype=float)
    others = np.array(data.draw(st.lists(st.integers(0, 3), min_size=days, max_size=days)), dtype=float)
    available, units = float(data.draw(st.integers(0, 20))), float(data.draw(st.integers(1, 20)))
    first, second = sorted(data.draw(st.lists(st.integers(0, days - 1), min_size=2, max_size=2)))

    short = short_by_day(np.array([available]), others[None, None], demand[None, None])
    sold, unit_days = effect_of_move(short, np.array([units]), np.array([[first]]), np.array([[second]]))

    results = []
    for arrives in (first, second):
        inflow = others.copy()
        inflow[arrives] += units
        results.append(walk(available, inflow[:second], demand[:second]))
    (lost_first, lying_first), (lost_second, lying_second) = results
    assert sold[0] == pytest.approx(lost_second - lost_first)
    assert unit_days[0] == pytest.approx(lying_first - lying_second)
