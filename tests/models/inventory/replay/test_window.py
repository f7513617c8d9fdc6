"""What happened: demand, deliveries, lead times and chances to order, from the company's own rows."""

import numpy as np
import pandas as pd
import pytest

from models.inventory.replay import reported_demand
from tests.models.inventory.factories import rules as decision_rules
from tests.models.inventory.replay.factories import calendar, day, history, order, window

START = str(calendar().ends[0])


def at(made, date):
    """Number of the period that a date lies in."""
    return int(np.flatnonzero(made.calendar.ends == np.datetime64(date))[0])


def test_a_day_without_stock_is_unknown_and_estimated():
    made = window(unknown_on=["2026-06-01"])

    assert not made.history.known[0, at(made, "2026-06-01")]
    assert made.history.known.sum() == made.history.known.size - 1
    assert made.history.demand[0, at(made, "2026-06-01")] == 2


def test_estimates_are_whole_units_and_the_same_every_time():
    days = pd.date_range("2026-05-05", "2026-06-10").astype(str)

    first, second = (window(daily=1.3, unknown_on=days).history for _ in range(2))

    assert np.array_equal(first.demand, second.demand)
    assert set(first.demand[~first.known]) == {1.0, 2.0}


def test_what_a_review_reported_of_a_stockout_is_kept():
    later_estimated_two = window(unknown_on=["2026-06-01"])
    then = history(7.0, unknown_on=["2026-06-01"], until=pd.Timestamp("2026-06-07").date())

    kept = window(unknown_on=["2026-06-01"], reported=[reported_demand(then, 7)])

    assert later_estimated_two.history.demand[0, at(kept, "2026-06-01")] == 2
    assert kept.history.demand[0, at(kept, "2026-06-01")] == 7


def test_receipts_can_be_sold_on_the_day_after():
    made = window(order("P1", "2026-04-01", 30, received_on="2026-05-10"))

    assert made.history.early_arrivals[0, at(made, "2026-05-11")] == 30
    assert made.history.own_arrivals.sum() == 0


def test_what_was_ordered_after_the_start_belongs_to_the_company_s_own_policy():
    made = window(order("P1", "2026-05-10", 30, received_on="2026-05-20"))

    assert made.history.early_arrivals.sum() == 0
    assert made.history.own_orders[0, at(made, "2026-05-10")] == 30
    assert made.history.own_arrivals[0, at(made, "2026-05-21")] == 30


def test_wholesale_and_what_was_sent_on_take_from_the_same_shelf():
    wholesale = {"date": day("2026-05-12"), "sku": "A", "location": "BER", "order_type": "wholesale", "units": 5.0}
    sent = {
        "transfer_number": "T", "line_number": "1", "sku": "A", "from_location": "BER", "to_location": "HAM",
        "shipped_on": day("2026-05-13"), "units": 4.0, "received_on": day("2026-05-15"),
    }  # fmt: skip

    made = window(lines=[wholesale | {"resellable_units": 0.0}], transfers=[sent])

    assert made.history.demand[0, at(made, "2026-05-12")] == 7
    assert made.history.demand[0, at(made, "2026-05-13")] == 6


def test_an_unrecorded_stock_at_the_start_is_four_weeks_of_sales():
    made = window(start_stock=None)

    assert made.history.start_stock.tolist() == [56.0]
    assert not made.items["stock_is_known"].any()


def test_a_real_late_order_is_late_for_every_policy_that_orders_in_its_week():
    made = window(order("P1", "2026-05-20", 30, received_on="2026-06-19"))

    lead = made.lead_periods[0]
    assert set(lead[at(made, "2026-05-13") : at(made, "2026-05-28")]) == {30}
    assert lead[at(made, "2026-05-05")] != 30


@pytest.mark.parametrize("lag", [0, 2])
def test_an_order_is_placed_after_the_decision_s_lag_on_an_ordering_day(lag):
    made = window(rules=decision_rules(decision_lag_days=lag), order_weekdays="wed")

    chances = made.calendar.ends[made.can_order[0]] + np.timedelta64(lag, "D")
    assert {pd.Timestamp(date).day_name() for date in chances} == {"Wednesday"}
    assert (made.placed_on[0][made.can_order[0]] == chances).all()


def test_the_hash_of_a_review_does_not_know_what_happened_later():
    quiet = window()
    later = window(order("P1", "2026-06-20", 500, received_on="2026-06-25"), unknown_on=["2026-06-21"])

    review = quiet.calendar.review_days.index(pd.Timestamp("2026-05-24").date())
    assert quiet.digest_until(review) == later.digest_until(review)
    assert quiet.digest_until(len(quiet.calendar.reviews) - 1) != later.digest_until(len(quiet.calendar.reviews) - 1)
