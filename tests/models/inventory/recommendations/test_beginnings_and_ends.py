"""Items that are not sold yet, and items that end: their pace, and what is said of them."""

import numpy as np
import pandas as pd
import pytest

from models.inventory.position.pace import PaceDays, first_sale_ahead
from tests.models.inventory.company import AS_OF, day, decided, demand, item, only, order, parameter, stock, terms

TODAY = np.datetime64(AS_OF, "D")


def launched(first, *, on_hand=0, daily=5.0, **more):
    """An item that is sold from the day `first` after as_of on."""
    products = [{"sku": "A", "launched_on": day(first)}]
    return decided(inventory=[stock(on_hand)], products=products, sold=(first, 9999), daily=daily, **more)


def ending(last, *, on_hand=100, daily=5.0, **more):
    """An item that is sold until the day `last` after as_of."""
    products = [{"sku": "A", "discontinued_on": day(last)}]
    return decided(inventory=[stock(on_hand)], products=products, sold=(1, last), daily=daily, **more)


def exceptions(decisions):
    return dict(zip(decisions.exceptions["kind"], decisions.exceptions["message"], strict=True))


@pytest.mark.parametrize("first", [2, 12, 30, 90])
def test_nothing_is_out_of_stock_before_its_launch(first):
    assert "stockout_now" not in exceptions(launched(first))


@pytest.mark.parametrize("first", [-40, 0, 1])
def test_an_item_that_can_be_sold_tomorrow_and_has_nothing_is_out_of_stock(first):
    found = exceptions(launched(first))

    assert "out of stock and about 5 wanted a day" in found["stockout_now"]


@pytest.mark.parametrize("first", [1, 2, 12, 30, 90])
def test_the_pace_is_that_of_the_days_on_sale(first):
    row = only(launched(first))

    assert row["reasons"]["daily_demand"] == pytest.approx(5.0)
    assert "about 5 a day" in row["reasons"]["sentence"]


def test_the_sentence_says_from_when_on_and_that_nothing_is_there_yet():
    within, beyond = (only(launched(first))["reasons"]["sentence"] for first in (12, 40))

    assert "about 5 a day (P90 5.8) from 12 Apr on" in within
    assert within.startswith("Not in stock yet")
    assert "needed on its first day of sale" in within
    assert "not sold yet" not in within  # said once
    assert "about 5 a day from 10 May on" in beyond  # nothing is sold within the protection interval: no P90 of it


def test_an_order_that_comes_after_the_launch_is_told_as_a_risk_and_one_that_comes_before_is_not():
    late = exceptions(launched(5))

    assert (
        "to be sold from 2026-04-05 on, and 100% likely to run out before an order placed now arrives"
        in (late["at_risk"])
    )
    assert "at_risk" not in exceptions(launched(25))


def test_nothing_in_stock_lasts_no_day_also_before_the_launch():
    assert only(launched(30))["days_of_supply"] == 0
    assert only(launched(30, on_hand=10))["days_of_supply"] == pytest.approx(31)


def test_an_order_for_a_launch_is_not_placed_months_ahead():
    assert only(launched(12))["order_units"] > 0
    assert only(launched(90))["order_units"] == 0


def test_before_the_launch_there_is_nothing_to_order_yet_until_the_last_order_that_comes_in_time():
    row = only(launched(40))

    assert "Nothing to order yet: not on sale before 10 May; next review" in row["reasons"]["sentence"]
    lead = row["expected_on"] - row["placed_on"]
    assert row["order_by"] + lead < day(40) <= row["order_by"] + lead + pd.Timedelta(days=7)


def test_the_pace_of_an_ending_item_is_that_until_its_end():
    row = only(ending(15))

    assert row["reasons"]["daily_demand"] == pytest.approx(5.0)
    assert "about 5 a day (P90 5.7) until 15 Apr" in row["reasons"]["sentence"]


def test_an_item_that_ends_later_has_its_pace_without_a_date():
    assert "a day until" not in only(ending(200, on_hand=40))["reasons"]["sentence"]


def test_what_is_left_of_an_ending_item_is_not_overstock_without_demand():
    found = exceptions(ending(15, on_hand=100))

    assert "overstock" not in found
    assert found["ending_item"].endswith(
        "ends on 2026-04-15; 100 still to be sold, about 75 wanted until then, so about 25 will be left over"
    )


def test_what_comes_before_the_end_is_left_over_too():
    coming = [order(units=20, promise=5), order("P2", units=30, promise=40)]
    told = ending(15, on_hand=100, orders=coming).exceptions.set_index("kind").loc["ending_item"]
    figures = told["figures"]

    assert "100 still to be sold and 20 more to come, about 75 wanted until then" in told["message"]
    assert figures["left_over_units"] == pytest.approx(45)
    assert figures["value_base"] == pytest.approx(45 * 6)


def test_an_ending_item_that_sells_out_says_nothing_of_a_rest():
    assert exceptions(ending(15, on_hand=70))["ending_item"].endswith("70 still to be sold, about 75 wanted until then")


def test_what_is_left_after_the_end_is_overstock():
    found = exceptions(ending(-3, on_hand=20))

    assert "no demand is expected" in found["overstock"]
    assert "ended on 2026-03-28; 20 still to be sold" in found["ending_item"]


def test_a_phase_out_cuts_the_pace_and_the_rest_as_a_discontinuation_does():
    phased = [parameter("phase_out_on", day(15).date(), sku="A")]
    found = exceptions(decided(inventory=[stock(100)], parameters=phased, daily=5.0))

    assert found["ending_item"].endswith("about 75 wanted until then, so about 25 will be left over")
    assert "overstock" not in found


def test_an_item_that_is_launched_and_ends_has_the_pace_of_the_days_between():
    products = [{"sku": "A", "launched_on": day(5), "discontinued_on": day(14)}]
    row = only(decided(inventory=[stock(0)], products=products, sold=(5, 14), daily=5.0))

    assert row["reasons"]["daily_demand"] == pytest.approx(5.0)
    assert "from 5 Apr on until 14 Apr" in row["reasons"]["sentence"]


def test_an_item_without_a_source_has_the_pace_of_its_days_on_sale():
    reasons = only(launched(10, on_hand=3, supply=[]))["reasons"]

    assert reasons["daily_demand"] == pytest.approx(5.0)
    assert reasons["daily_demand_p90"] == pytest.approx(only(launched(10, supply=[]))["demand_p90"] / 19)


def test_a_pace_beyond_the_forecast_is_that_of_its_last_day():
    never = np.array([np.datetime64("NaT", "D")])
    pace = PaceDays.of(np.array([TODAY + 9999]), never, TODAY, np.array([28]), 526)

    assert (pace.first.tolist(), pace.last.tolist(), pace.days.tolist()) == ([526], [526], [1])
    ended = PaceDays.of(never, np.array([TODAY - 1]), TODAY, np.array([28]), 526)
    assert ended.days.tolist() == [0]
    assert ended.mean(demand([item()])).tolist() == [0.0]


def test_an_item_that_is_launched_tomorrow_is_sold_already():
    days = TODAY + np.array([0, 1, 2])

    assert np.isnat(first_sale_ahead(days, TODAY)).tolist() == [True, True, False]


def test_minimum_stock_in_days_counts_the_days_on_sale():
    parameters = [parameter("minimum_stock_days", 10)]
    soon = only(launched(8, parameters=parameters, supply=[terms()]))

    assert soon["reorder_point"] >= 50
