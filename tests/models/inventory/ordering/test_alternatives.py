"""What the alternatives to a suggestion cost, and how they are stated."""

import pytest

from models.inventory.recommendations.reasons import Reasons
from reports.worklist import cost_alternatives
from tests.models.inventory.company import decided, only, parameter, stock, terms


def reasons_of(decisions):
    return Reasons.from_json(only(decisions)["reasons"])


def reasons(**given_all):
    return reasons_of(decided(**given_all))


def test_the_alternatives_are_the_differences_of_the_cost_curve():
    decisions = decided(inventory=[stock(18)], supply=[terms(order_multiple=6, fixed_cost_per_line=5)])
    why, curve = reasons_of(decisions), decisions.options.set_index("order_units")["expected_cost_base"]
    units = why.order_units

    assert why.cost_if_nothing == pytest.approx(curve[0.0] - curve[units])
    assert why.cost_if_pack_more == pytest.approx(curve[units + 6] - curve[units])
    assert why.cost_if_pack_less == pytest.approx(curve[units - 6] - curve[units])
    assert min(why.cost_if_nothing, why.cost_if_pack_more, why.cost_if_pack_less) >= 0


def test_there_is_no_pack_less_than_the_minimum():
    why = reasons(inventory=[stock(0)], supply=[terms(order_multiple=6, minimum_order_quantity=90)])

    assert why.order_units == 90
    assert why.cost_if_pack_less is None


def test_under_weekly_orders_a_week_later_is_the_next_order():
    why = reasons(inventory=[stock(18)])

    assert why.later_days == 7
    assert why.later_lost_units == pytest.approx(why.units_saved, rel=1e-6)


def test_a_week_later_costs_what_it_loses_less_the_holding_of_what_would_be_left():
    decisions = decided(inventory=[stock(18)], supply=[terms(order_multiple=12, fixed_cost_per_line=5)])
    why, rows = reasons_of(decisions), decisions.options.set_index("order_units")
    suggested, nothing = rows.loc[why.order_units], rows.loc[0.0]
    lost = nothing["lost_units"] - suggested["lost_units"]
    spared = suggested["leftover_units"] - nothing["leftover_units"]

    expected = why.underage_cost * lost - suggested["holding_per_unit_day"] * 7 * spared
    assert spared > 1
    assert why.cost_if_later == pytest.approx(expected, rel=1e-6)


def test_under_daily_orders_a_week_later_loses_a_weeks_sales():
    # Nothing is left when the order arrives: a week at 2 a day finds no stock.
    why = reasons(inventory=[stock(0)], review_days=1, supply=[terms(minimum_order_quantity=20)])

    assert why.later_days == 7
    assert why.later_lost_units == pytest.approx(14, rel=0.05)
    assert why.units_saved < 4
    assert "a week later costs 56 EUR more" in why.sentence


def test_where_demand_waits_a_week_later_keeps_customers_waiting():
    # 10 days at 2 a day wait when it would arrive and cost no more for it; of the 14 of the week after that it serves
    # what is left of 34: 14 less E[(D - 34)+] of a Poisson count of 34.
    why = reasons(inventory=[stock(0)], review_days=1, unmet_demand="backordered", supply=[terms(order_multiple=34)])

    assert why.later_lost_units == pytest.approx(14 - 2.32, abs=0.05)
    assert "a week later costs 47 EUR more" in why.sentence


def test_where_the_next_order_is_further_away_than_a_week_it_says_so():
    why = reasons(inventory=[stock(10)], review_days=28)

    assert why.later_days == 28
    assert "28 days later costs 222 EUR more" in why.sentence


def test_an_order_that_a_person_asks_for_is_told_as_such():
    why = reasons(inventory=[stock(90)], parameters=[parameter("minimum_stock_units", 99, sku="A")])

    assert why.required_by == "minimum stock"
    assert "required by the minimum stock, on cost alone it could wait" in why.sentence


def test_nothing_suggested_tells_what_the_smallest_order_would_cost():
    why = reasons(inventory=[stock(200)], supply=[terms(order_multiple=12, minimum_order_quantity=20)])
    (smallest,) = cost_alternatives(why)

    assert (smallest.what, smallest.units) == ("the smallest order now", 24)
    assert smallest.cost > 0


def test_the_alternatives_stand_in_the_order_in_which_people_ask():
    stated = cost_alternatives(reasons(inventory=[stock(0)], supply=[terms(order_multiple=6)]))

    assert [other.what for other in stated] == [
        "nothing before the next order",
        "the same a week later",
        "one pack less",
        "one pack more",
    ]
    assert stated[0].units == 0
    assert stated[3].units - stated[2].units == 12
