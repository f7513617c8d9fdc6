"""What is in force on the day on which the order is placed decides, not what was at the end of the data."""

import numpy as np
import pytest

from models.inventory.terms.supply_terms import item_terms
from tests.models.inventory.company import day, decided, frame, item, only, parameter, stock, terms

FRIDAY = "friday"  # AS_OF is a Tuesday: the order is placed three days later


def row_of(supply=None, parameters=(), **given):
    return only(decided(inventory=[stock(0)], supply=supply, parameters=parameters, **given))


@pytest.mark.parametrize(("begins", "cost"), [(0, 5.0), (1, 5.0), (3, 5.0), (4, 6.0)])
def test_the_price_in_force_on_the_day_of_the_order_is_taken(begins, cost):
    rows = [terms(unit_cost=6.0, order_weekdays=FRIDAY)]
    rows += [terms(unit_cost=5.0, order_weekdays=FRIDAY, valid_from=day(begins))]

    found = row_of(rows)

    assert found["placed_on"] == day(3)
    assert found["order_value_base"] == pytest.approx(cost * found["order_units"])


def test_the_supplier_and_lead_time_of_the_day_of_the_order_are_taken():
    rows = [terms(order_weekdays=FRIDAY, is_preferred=False)]
    rows += [terms(supplier="nordwind", lead_time_days=30, order_weekdays=FRIDAY, valid_from=day(2), is_preferred=True)]

    found = row_of(rows)

    assert found["supplier"] == "nordwind"
    assert found["expected_on"] == day(33)


def test_a_longer_lead_time_that_comes_into_force_moves_the_learned_one():
    rows = [terms(order_weekdays=FRIDAY), terms(lead_time_days=25, order_weekdays=FRIDAY, valid_from=day(2))]

    assert row_of(rows)["expected_on"] == day(28)


def test_terms_that_change_the_ordering_days_themselves_are_followed():
    rows = [terms(order_weekdays=FRIDAY), terms(order_weekdays="thursday", valid_from=day(1))]

    assert row_of(rows)["placed_on"] == day(2)


@pytest.mark.parametrize(
    ("begins", "ends", "stopped"), [(1, None, True), (4, None, False), (-9, 1, False), (-9, 3, True)]
)
def test_a_stop_counts_on_the_day_of_the_order(begins, ends, stopped):
    stop = parameter("do_not_order", "true", valid_from=begins, valid_to=ends, sku="A")

    found = row_of([terms(order_weekdays=FRIDAY)], [stop])

    assert (found["order_units"] == 0) == stopped


def test_items_with_orders_on_different_days_have_different_terms():
    rows = [
        terms(sku, unit_cost=cost, valid_from=begins) for sku in "AB" for cost, begins in ((6.0, None), (5.0, day(2)))
    ]

    found = item_terms(
        frame([item("A"), item("B")]), frame(rows), frame([]), frame([]),
        placed_on=np.array([day(1), day(2)], dtype="datetime64[D]"), rates={"EUR": 1.0},
    )  # fmt: skip

    assert found["unit_cost"].tolist() == [6.0, 5.0]
