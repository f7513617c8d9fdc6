"""The last order of an item that ends is a newsvendor over the rest of its life."""

import pytest
from scipy import stats

from tests.models.inventory.company import day, decided, item, only, parameter, stock, terms


def last(on_hand=0, ends=45, lead=10, **company):
    """An item whose order arrives 30 days on, whose next one would 21 days later, and that ends in between."""
    return only(
        decided(
            [item(discontinued_on=day(ends))],
            inventory=[stock(on_hand)],
            supply=[terms(lead_time_days=lead)],
            **({"review_days": 21} | company),
        )
    )


def test_the_last_order_is_the_newsvendor_quantity_of_what_can_still_be_sold():
    row = last()

    assert row["expected_on"] == day(30)
    left = 15  # days on which it can be sold
    # 4 of margin lost for one too few; 6 of cost, and some holding, for one too many.
    holding = 6 * 0.20 / 365 * left
    ratio = 4 / (4 + 6 + holding)
    assert row["order_units"] == pytest.approx(stats.poisson.ppf(ratio, 2 * left), abs=1)


def test_it_is_told_as_the_last_one():
    sentence = last()["reasons"]["sentence"]

    assert "the last order before it ends 15 May" in sentence


def test_an_order_that_another_can_follow_is_not_the_last():
    row = last(ends=120)

    assert row["order_units"] > 0
    assert "last order" not in row["reasons"]["sentence"]


def test_a_slow_item_is_not_ordered_where_its_last_unit_hardly_sells_before_the_end():
    def ordered(ends):
        return only(
            decided(
                [item(discontinued_on=ends)],
                inventory=[stock(0)],
                daily=0.05,
                supply=[terms()],
                unmet_demand="backordered",
            )
        )["order_units"]

    # Ordered for day 16, it sells one until day 22 with a chance of a quarter; 4 are earned by that and 6 lost else.
    assert ordered(day(22)) == 0
    assert ordered(day(600)) > 0


def test_salvage_orders_more():
    assert last(salvage_share_of_cost=0.8)["order_units"] > last()["order_units"]


def test_phase_out_ends_an_item_as_discontinuation_does():
    phased = only(
        decided(
            inventory=[stock(0)],
            supply=[terms(lead_time_days=10)],
            parameters=[parameter("phase_out_on", day(45).date().isoformat(), sku="A")],
            review_days=21,
        )
    )

    assert phased["order_units"] == last()["order_units"]


def test_nothing_is_ordered_that_would_come_too_late():
    assert last(ends=29)["order_units"] == 0
