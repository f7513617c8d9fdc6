from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.inventory.calendar.day_distribution import DayDistribution
from models.inventory.calendar.replenishment_calendar import replenishment_calendar
from models.inventory.calendar.working_days import location_clock, supplier_clock
from tests.models.inventory.factories import AS_OF, KNOWN, calendar, closures, suppliers


def on(text):
    return np.array([text], dtype="datetime64[D]")


def test_an_order_is_placed_after_the_decision_lag():
    plan = calendar("2024-04-10", lead_time_days=5, lag=2)

    assert plan.placed_on == on("2024-04-12")
    assert plan.expected_on == on("2024-04-17")


def test_the_protection_interval_ends_when_the_next_order_arrives():
    plan = calendar("2024-04-10", lead_time_days=5, lag=1)

    assert plan.next_placed_on == on("2024-04-12")
    assert plan.next_expected_on == on("2024-04-17")
    assert plan.protection_days == 7  # 11 to 17 April
    assert plan.window_days == 1


def test_weekly_company_without_lag_covers_the_third_week():
    """VN2: what is ordered before week 1 is on the shelf when week 3 begins."""
    plan = calendar("2024-04-14", lead_time_days=14, lag=0, next_as_of="2024-04-21")

    assert plan.placed_on == on("2024-04-14")
    assert plan.expected_on == on("2024-04-28")  # sellable from 29 April
    assert plan.next_expected_on == on("2024-05-05")
    assert plan.protection_days == 21
    assert plan.window_days == 7


def test_the_lag_holds_for_the_next_decision_too():
    plan = calendar("2024-04-14", lag=2, next_as_of="2024-04-21")

    assert plan.placed_on == on("2024-04-16")
    assert plan.next_placed_on == on("2024-04-23")


def test_no_items_have_an_empty_calendar():
    plan = replenishment_calendar(
        pd.DataFrame({"supplier": [], "location": []}, dtype=object),
        as_of=AS_OF,
        decision_lag_days=1,
        lead_time_pmf=np.zeros((0, 5)),
        lead_time_mean_days=np.zeros(0),
        suppliers=supplier_clock(suppliers(), closures(), **KNOWN),
        locations=location_clock(closures(), **KNOWN),
    )

    assert plan.to_frame().empty
    assert plan.protection_end.from_day(np.datetime64(AS_OF)).probability.shape[0] == 0


@pytest.mark.parametrize("review_days", [7, 7.0, 1, np.nan])
def test_weekly_reviews_of_a_weekly_company_are_its_decisions(review_days):
    plan = calendar("2024-04-14", lag=0, next_as_of="2024-04-21", review_days=review_days)

    assert plan.placed_on == on("2024-04-14")
    assert plan.next_placed_on == on("2024-04-21")


def test_fortnightly_reviews_of_a_weekly_company_keep_to_its_weekday():
    weeks = pd.date_range("2024-04-14", periods=6, freq="7D")
    placed = {
        calendar(f"{week:%F}", lag=0, next_as_of=f"{week + pd.Timedelta(days=7):%F}", review_days=14).placed_on[0]
        for week in weeks
    }

    assert all(day.astype("datetime64[D]").item().weekday() == 6 for day in placed)
    assert len(placed) in (3, 4)


def test_order_weekdays_hold_and_win_over_review_days():
    plan = calendar("2024-04-10", lag=1, order_weekdays="mon,thu", review_days=30)  # a Wednesday

    assert plan.placed_on == on("2024-04-11")
    assert plan.next_placed_on == on("2024-04-15")


def test_weekday_numbers_mean_the_same():
    assert calendar(order_weekdays="1,4").placed_on == calendar(order_weekdays="mon,thu").placed_on


def test_nothing_is_ordered_while_the_supplier_is_closed():
    closed = closures(("acme", None, "2024-04-11", "2024-04-16"))

    assert calendar("2024-04-10", closed=closed).placed_on == on("2024-04-17")
    assert calendar("2024-04-10", closed=closed, order_weekdays="mon").placed_on == on("2024-04-22")


def test_the_lead_time_stands_still_while_the_supplier_is_closed():
    closed = closures(("acme", None, "2024-04-13", "2024-04-20"))

    assert calendar("2024-04-10", lead_time_days=5, closed=closed).expected_on == on("2024-04-24")


def test_weekends_and_holidays_stop_the_lead_time_where_set():
    plan = calendar("2024-04-25", lead_time_days=5, weekends=True, holidays=True)  # 1 May is a holiday

    assert plan.placed_on == on("2024-04-26")
    assert plan.expected_on == on("2024-05-06")


def test_an_arrival_waits_for_the_location_to_open():
    closed = closures((None, "hall", "2024-04-16", "2024-04-18"))
    plan = calendar("2024-04-10", lead_time_days=5, closed=closed)

    assert plan.expected_on == on("2024-04-19")
    assert plan.next_expected_on == on("2024-04-19")


def test_an_order_before_a_long_closure_must_last_through_it():
    closed = closures(("acme", None, "2024-02-10", "2024-02-24"))
    plain = calendar("2024-02-08", lead_time_days=20)
    ahead = calendar("2024-02-08", lead_time_days=20, closed=closed)

    assert ahead.protection_days == plain.protection_days + 15


def test_protection_days_round_a_mean_lead_time_up():
    plan = calendar("2024-04-10", lead_time_days=5.2, pmf={5: 0.8, 6: 0.2})

    assert plan.expected_on == on("2024-04-17")
    assert plan.protection_days == 8


def test_the_end_of_the_protection_interval_mixes_over_lead_times():
    closed = closures((None, "hall", "2024-04-17", "2024-04-18"))
    plan = calendar("2024-04-10", lead_time_days=6.5, pmf={5: 0.5, 6: 0.25, 9: 0.25}, closed=closed)
    end = plan.protection_end.from_day(np.datetime64("2024-04-10"))

    assert {int(d): float(end.probability[0, d]) for d in np.flatnonzero(end.probability[0])} == {9: 0.75, 11: 0.25}
    arrival = plan.arrival.from_day(np.datetime64("2024-04-10"))
    assert {int(d): float(arrival.probability[0, d]) for d in np.flatnonzero(arrival.probability[0])} == {
        6: 0.5,
        9: 0.25,
        10: 0.25,
    }


def test_a_supplier_that_is_closed_for_good_cannot_be_ordered_from():
    plan = calendar(closed=closures(("acme", None, "2024-01-01", "2099-12-31")))

    assert not plan.orderable[0]
    assert calendar().orderable[0]


def test_a_next_decision_before_this_one_is_refused():
    with pytest.raises(ValueError, match="not after"):
        calendar("2024-04-14", next_as_of="2024-04-14")


@settings(max_examples=20, deadline=None)
@given(
    review_days=st.integers(1, 40),
    weekdays=st.none() | st.sets(st.integers(1, 7), min_size=1).map(lambda s: ",".join(map(str, sorted(s)))),
    closed=st.tuples(st.integers(0, 40), st.integers(0, 30)),
    weekends=st.booleans(),
)
def test_successive_runs_agree_on_ordering_days(review_days, weekdays, closed, weekends):
    begin = pd.Timestamp("2024-03-01") + pd.Timedelta(days=closed[0])
    closure = closures(("acme", None, begin, begin + pd.Timedelta(days=closed[1])))
    options = {"review_days": review_days, "order_weekdays": weekdays, "closed": closure, "weekends": weekends}
    runs = [calendar(f"{run:%F}", **options) for run in pd.date_range("2024-03-01", periods=25)]

    for plan, following in pairwise(runs):
        is_at_once = plan.placed_on[0] == np.datetime64(plan.as_of) + 1
        assert following.placed_on[0] == (plan.next_placed_on if is_at_once else plan.placed_on)[0]
        assert plan.next_placed_on[0] > plan.placed_on[0]
        assert plan.protection_days[0] >= plan.window_days[0]


def test_outcomes_before_and_beyond_are_counted_at_the_ends():
    days = np.array([["2024-01-01", "2024-01-03", "2024-01-09"]], dtype="datetime64[D]")
    plan = DayDistribution.from_days(days, np.array([[0.25, 0.5, 0.25]]))

    moved = plan.from_day(np.datetime64("2024-01-02"), columns=4)

    assert moved.probability.tolist() == [[0.25, 0.5, 0.0, 0.25]]
