"""What counts as coming: each unit once, in time or not."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.inventory.position.feed_matching import unseen_lines
from models.inventory.position.inventory_position import inventory_position, stock_on, units_by_item
from models.inventory.position.open_supply import open_purchase_orders
from tests.models.inventory.company import AS_OF, day, decided, frame, item, line, only, order, stock, terms

CASES = {case["id"]: case for case in json.loads((Path(__file__).parents[1] / "known_answers.json").read_text())}
NOTHING = pd.DataFrame()


def feed(*orders):
    made = frame(list(orders), order())
    return made.assign(ordered_on=pd.to_datetime(made["ordered_on"]), expected_on=pd.to_datetime(made["expected_on"]))


def unseen(lines, orders, transfers=NOTHING):
    return unseen_lines(pd.DataFrame(lines), feed(*orders), transfers)["line_id"].tolist()


def position(**given_all):
    return only(decided(inventory=[stock(20)], **given_all))["inventory_position"]


def test_open_order_too_late():
    """inventory_cases.json, open-order-too-late: what arrives after the protection interval does not help now."""
    case = CASES["open-order-too-late"]["inputs"]
    today = np.datetime64(AS_OF, "D")
    due = np.array([row["due_in_days"] for row in case["open_orders"]])
    units = np.array([row["units"] for row in case["open_orders"]], dtype=float)
    end = today + np.array([case["lead_time_days"] + case["review_days"]])

    found = inventory_position([case["on_hand"] - case["reserved"]], np.zeros(2, int), units, today + due, end)

    assert found.tolist() == [CASES["open-order-too-late"]["expected"]["position_for_the_decision"]]


def test_reserved_and_backordered_units_are_not_there():
    assert only(decided(inventory=[stock(20, reserved=3, backordered=4)]))["inventory_position"] == 13


def test_open_units_are_ordered_less_received():
    received = [{"order_number": "P1", "line_number": "1", "received_on": day(-1), "received_units": 4.0}]

    assert position(orders=[order(units=10, promise=3)], receipts=received) == 26


def test_more_received_than_ordered_is_nothing_open():
    received = pd.DataFrame({"order_number": ["P1"], "line_number": ["1"], "received_units": [15.0]})

    assert open_purchase_orders(feed(order(units=10)), received)["open_units"].tolist() == [0.0]


@pytest.mark.parametrize("state", ["closed", "cancelled", "received"])
def test_finished_orders_bring_nothing(state):
    assert position(orders=[order(promise=3, status=state)]) == 20


def test_an_order_that_arrives_too_late_is_shown_and_not_counted():
    row = only(decided(inventory=[stock(20)], orders=[order(units=30, promise=60)]))

    assert row["inventory_position"] == 20
    assert row["on_order"] == 0
    assert row["reasons"]["on_order_too_late"] == 30


def test_overdue_orders_count_until_their_time_is_up_and_are_told():
    late, lost = (decided(inventory=[stock(20)], orders=[order(offset=-90, promise=when)]) for when in (-20, -61))

    assert only(late)["inventory_position"] == 30
    assert only(lost)["inventory_position"] == 20
    severity = [d.exceptions.set_index("kind").loc["overdue_order", "severity"] for d in (late, lost)]
    assert severity == ["warning", "critical"]


def test_transfers_in_transit_count_where_they_go():
    moving = {
        "transfer_number": "T1",
        "line_number": "1",
        "sku": "A",
        "from_location": "AMS",
        "to_location": "BER",
        "shipped_on": day(-1),
        "units": 6.0,
        "expected_on": day(2),
        "received_on": pd.NaT,
    }

    assert position(transfers=[moving]) == 26
    assert position(transfers=[moving | {"received_on": day(0)}]) == 20


def test_an_approved_and_an_exported_line_count_and_an_open_one_does_not():
    assert position(lines=[line(state="approved")]) == 30
    assert position(lines=[line(state="exported")]) == 30
    assert position(lines=[line(state="open")]) == 20
    assert position(lines=[line(state="cancelled")]) == 20


def test_a_line_that_comes_back_with_its_reference_counts_once_whatever_changed():
    same = order(units=10, promise=5, external_reference="L1")
    changed = order(units=40, promise=9, offset=20 - 60, supplier="nordwind", external_reference="L1")

    assert position(lines=[line()], orders=[same]) == 30
    assert position(lines=[line()], orders=[changed]) == 60


def test_a_line_that_comes_back_without_reference_counts_once():
    assert position(lines=[line(units=10)], orders=[order(units=10, offset=-4, promise=5)]) == 30


def test_a_line_that_comes_back_changed_a_little_and_without_reference_counts_as_the_feed_says():
    assert position(lines=[line(units=10)], orders=[order(units=12, offset=-3, promise=6)]) == 32


def test_a_line_that_never_comes_back_counts_and_is_told_after_some_days():
    fresh, old = (decided(inventory=[stock(20)], lines=[line(placed=placed)]) for placed in (-7, -8))

    assert only(fresh)["inventory_position"] == only(old)["inventory_position"] == 30
    assert "unseen_export" not in fresh.exceptions["kind"].tolist()
    assert "unseen_export" in old.exceptions["kind"].tolist()


def test_a_received_order_that_was_ours_is_not_counted_again():
    received = [{"order_number": "P1", "line_number": "1", "received_on": day(-1), "received_units": 10.0}]

    assert position(lines=[line()], orders=[order(external_reference="L1")], receipts=received) == 20


def test_two_lines_and_one_order_leave_one_line_to_count():
    assert unseen([line("L1", units=10), line("L2", units=24)], [order(units=24, offset=-4)]) == ["L1"]


def test_an_order_of_another_supplier_item_or_time_is_not_ours():
    other = [order(supplier="nordwind"), order(sku="B"), order(location="AMS"), order(offset=-60), order(units=99)]

    for one in other:
        assert unseen([line(units=10)], [one]) == ["L1"]


def test_a_transfer_without_supplier_is_sought_among_the_transfers():
    moved = pd.DataFrame([{"sku": "A", "to_location": "BER", "shipped_on": day(-4), "units": 10.0}])

    assert unseen([line(supplier=None)], [], moved) == []
    assert unseen([line(supplier=None)], [order()]) == ["L1"]


def test_backorders_take_the_first_arrivals():
    owed = only(decided(inventory=[stock(0, backordered=15)], orders=[order(units=10, promise=2)]))
    clear = only(decided(inventory=[stock(0)]))

    assert owed["inventory_position"] == -5
    assert owed["order_units"] == clear["order_units"] + 5


def test_old_inventory_rows_say_nothing():
    items = pd.DataFrame([item()])
    inventory = pd.DataFrame([stock(5) | {"as_of": day(-8)}])

    assert not stock_on(items, inventory, as_of=AS_OF).known.any()
    assert stock_on(items, inventory, as_of=AS_OF, within_days=31).on_hand.tolist() == [5.0]


@settings(max_examples=15, deadline=None)
@given(
    units=st.lists(st.integers(1, 30), min_size=1, max_size=4),
    how=st.lists(st.sampled_from(["reference", "alike", "changed", "never"]), min_size=4, max_size=4),
    states=st.lists(st.sampled_from(["approved", "exported", "confirmed"]), min_size=4, max_size=4),
)
def test_every_line_counts_exactly_once_in_each_case_of_the_feed(units, how, states):
    lines, orders, expected = [], [], 0
    for number, (size, case, state) in enumerate(zip(units, how, states, strict=False)):
        # A week between lines, so that without a reference only one order can be meant.
        placed = -5 - 20 * number
        lines.append(line(f"L{number}", units=size, placed=placed, due=5, state=state))
        brought = size + 1 if case == "changed" else size
        reference = f"L{number}" if case == "reference" else None
        if case != "never":
            orders.append(order(f"P{number}", units=brought, offset=placed, promise=5, external_reference=reference))
        expected += brought

    row = only(decided(inventory=[stock(20)], lines=lines, orders=orders, scenarios=32, supply=[terms()]))

    assert row["inventory_position"] == 20 + expected


def test_units_of_no_lines_are_numbers_of_the_same_kind():
    none = pd.DataFrame({"item": pd.Series(dtype="int64"), "units": pd.Series(dtype="float64")})

    assert units_by_item(none, 2).dtype == np.float64
