"""Stock counted after the plan's day, and what moved after the count: each unit is in one place."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.inventory.position.open_supply import open_lines
from models.inventory.position.stock_counts import received_after_count, without_elapsed_days
from tests.models.inventory.company import AS_OF, day, decided, demand, frame, item, only, order, stock, terms


def received(offset, units=10.0):
    return {"order_number": "P1", "line_number": "1", "received_on": day(offset), "received_units": float(units)}


def sent(shipped=1, received_on=None, units=6.0):
    row = {"transfer_number": "T", "line_number": "1", "sku": "A", "from_location": "AMS", "to_location": "BER"}
    came = pd.NaT if received_on is None else day(received_on)
    return row | {"shipped_on": day(shipped), "units": units, "expected_on": day(2), "received_on": came}


def counted(on_hand, offset, **columns):
    return stock(on_hand, **columns) | {"as_of": day(offset)}


def row_of(**given_all):
    return only(decided(**{"inventory": [stock(20)]} | given_all))


def lines_of(orders, receipts, inventory, transfers=()):
    return open_lines(
        pd.DataFrame([item()]),
        frame(orders, order()),
        frame(receipts, ["order_number", "line_number", "received_on", "received_units"]),
        frame(transfers),
        pd.DataFrame(columns=["state"]),
        inventory=frame(inventory),
        as_of=AS_OF,
    )


def test_an_order_placed_after_the_count_is_on_order():
    assert row_of(orders=[order(offset=1, units=200, promise=10)])["inventory_position"] == 220


@pytest.mark.parametrize("status", ["open", "received", "closed"])
def test_what_came_after_the_count_is_still_to_come_on_the_day_it_came(status):
    late = order(promise=-90, offset=-100, status=status)  # nobody would still expect it

    found = row_of(orders=[late], receipts=[received(1)])
    line = lines_of([late], [received(1)], [stock(20)])

    assert found["inventory_position"] == 30
    assert (line["units"].tolist(), line["expected_on"].tolist()) == ([10.0], [day(1)])


def test_of_an_order_received_in_part_after_the_count_the_rest_is_expected_as_before():
    lines = lines_of([order(promise=5)], [received(1, 4)], [stock(20)])

    assert dict(zip(lines["expected_on"], lines["units"], strict=True)) == {day(1): 4.0, day(5): 6.0}


def test_nothing_is_proposed_about_what_has_come():
    plan = decided(inventory=[stock(0)], orders=[order(units=10, promise=20)], receipts=[received(6)])

    assert plan.recommendations["line_number"].tolist() == [1]


def test_what_came_before_a_newer_count_is_in_it():
    newer = [counted(30, 3)]

    assert row_of(inventory=newer, orders=[order(promise=2)], receipts=[received(2)], period="week")[
        "inventory_position"
    ] == pytest.approx(30)
    assert row_of(inventory=newer, orders=[order(promise=2)], receipts=[received(4)], period="week")[
        "inventory_position"
    ] == pytest.approx(40)


def test_a_count_newer_than_the_last_complete_week_is_used_as_it_is_and_its_days_demand_is_behind_it():
    at_end, midweek = (
        row_of(inventory=[counted(30, offset)], period="week", unmet_demand="backordered") for offset in (0, 3)
    )

    assert midweek["on_hand"] == 30
    assert midweek["days_of_supply"] > at_end["days_of_supply"] + 2
    assert at_end["demand_mean"] - midweek["demand_mean"] == pytest.approx(3 * 2)
    assert 6 <= at_end["order_up_to_level"] - midweek["order_up_to_level"] <= 8  # and their variance


def test_elapsed_days_take_their_share_of_each_period():
    week = demand([item(), item("B")], 2.0, period="week")

    rest = without_elapsed_days(week, np.array([3, 0]))

    assert rest.mean[:, 0].tolist() == [8.0, 14.0]
    assert (rest.mean[:, 1:] == week.mean[:, 1:]).all()


def test_what_was_sent_after_the_sender_was_counted_is_not_sold_there_too():
    both = [item(location="AMS"), item(location="BER")]
    shelves = [stock(20, location="AMS"), stock(20, location="BER")]

    found = decided(both, inventory=shelves, transfers=[sent()], supply=[terms(location="AMS"), terms(location="BER")])
    before = decided(
        both, inventory=shelves, transfers=[sent(shipped=0)], supply=[terms(location="AMS"), terms(location="BER")]
    )

    assert found.recommendations.set_index("location")["inventory_position"].to_dict() == {"AMS": 14, "BER": 26}
    assert before.recommendations.set_index("location")["inventory_position"].to_dict() == {"AMS": 20, "BER": 26}


def test_a_transfer_received_after_the_receiver_was_counted_is_still_to_come():
    assert row_of(transfers=[sent(-3, received_on=1)])["inventory_position"] == 26
    assert row_of(transfers=[sent(-3, received_on=0)])["inventory_position"] == 20


@settings(max_examples=25, deadline=None)
@given(
    parts=st.lists(st.tuples(st.integers(-5, 6), st.integers(1, 9)), max_size=5),
    count=st.integers(0, 5),
    rest=st.integers(0, 9),
)
def test_every_unit_of_an_order_is_either_in_the_stock_or_to_come(parts, count, rest):
    total = sum(units for _, units in parts) + rest
    receipts = [received(offset, units) for offset, units in parts]
    in_stock = sum(units for offset, units in parts if offset <= count)
    if not total:
        return

    lines = lines_of([order(units=total, offset=-9)], receipts, [counted(in_stock, count)])

    assert in_stock + lines["units"].sum() == total


def test_no_receipts_are_no_receipts():
    assert received_after_count(frame([order()]), pd.DataFrame(), pd.DataFrame(), AS_OF).empty
