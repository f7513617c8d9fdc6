"""Figures of the company that can be read in two ways: the planner is told which way they were read."""

import pytest

from tests.models.inventory.company import day, decided, only, order, stock


def exceptions(decisions):
    return dict(zip(decisions.exceptions["kind"], decisions.exceptions["message"], strict=True))


@pytest.mark.parametrize(
    ("on_hand", "backordered", "told"), [(-5, 5, True), (-5, 2, True), (-5, 0, False), (0, 5, False), (5, 5, False)]
)
def test_negative_stock_beside_backorders_is_told_with_the_reading_that_was_used(on_hand, backordered, told):
    decisions = decided(inventory=[stock(on_hand, backordered=backordered)])

    assert ("owed_twice" in exceptions(decisions)) == told
    owed = -only(decisions)["inventory_position"]
    if told:
        assert f"so {owed:,.0f} count as owed to customers" in exceptions(decisions)["owed_twice"]


def test_an_order_received_in_part_without_a_receipt_is_told_and_counted_whole():
    decisions = decided(inventory=[stock(18)], orders=[order("PX", units=100, promise=3, status="partly_received")])

    assert (
        "PX is received in part and none of its receipts is there, so all 100 ordered units count as still to come"
        in (exceptions(decisions)["receipts_missing"])
    )
    assert only(decisions)["on_order"] == 100


def test_an_order_received_in_part_with_its_receipt_is_not_told():
    part = order("PX", units=100, promise=3, status="partly_received")
    came = [{"order_number": "PX", "line_number": "1", "received_on": day(-1), "received_units": 60.0}]
    decisions = decided(inventory=[stock(18)], orders=[part], receipts=came)

    assert "receipts_missing" not in exceptions(decisions)
    assert only(decisions)["on_order"] == 40


def test_an_open_order_without_receipts_is_as_it_should_be():
    assert "receipts_missing" not in exceptions(decided(inventory=[stock(18)], orders=[order(units=100, promise=3)]))
