import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.inventory.calendar.ordering_days import parse_weekdays
from models.inventory.calendar.working_days import WorkingDays, location_clock, supplier_clock
from tests.models.inventory.factories import KNOWN, closures, suppliers

START = dt.date(2024, 1, 1)


def days(*texts):
    return np.array(texts, dtype="datetime64[D]")


def clock_of(spans):
    """Clock of acme over 60 days from START, closed in spans of (first, last) day numbers."""
    closed = [(START + dt.timedelta(days=a), START + dt.timedelta(days=b)) for a, b in spans]
    return WorkingDays.from_closed({"acme": closed}, START, START + dt.timedelta(days=59))


def test_the_clock_stands_still_in_a_closure():
    clock = supplier_clock(suppliers(), closures(("acme", None, "2024-02-10", "2024-02-17")), **KNOWN)
    rows = clock.rows(["acme"])

    assert clock.advance(rows, days("2024-02-08"), 3) == days("2024-02-19")
    assert clock.count(rows, days("2024-02-08"), days("2024-02-19")) == 3


def test_a_closure_stops_its_own_supplier_only():
    clock = supplier_clock(suppliers(), closures(("other", None, "2024-02-10", "2024-02-17")), **KNOWN)

    assert clock.advance(clock.rows(["acme"]), days("2024-02-08"), 3) == days("2024-02-11")


def test_weekends_count_only_where_open():
    closed = supplier_clock(suppliers(), closures(), weekends_are_closed=True, **KNOWN)
    opened = supplier_clock(suppliers(), closures(), **KNOWN)
    friday = days("2024-04-12")

    assert closed.advance(closed.rows(["acme"]), friday, 1) == days("2024-04-15")
    assert opened.advance(opened.rows(["acme"]), friday, 1) == days("2024-04-13")


def test_holidays_are_those_of_the_suppliers_country():
    german = supplier_clock(suppliers("DE"), closures(), holidays_are_closed=True, **KNOWN)
    american = supplier_clock(suppliers("US"), closures(), holidays_are_closed=True, **KNOWN)
    unity_day, independence_day = days("2024-10-03"), days("2024-07-04")

    assert not german.is_open(german.rows(["acme"]), unity_day)
    assert american.is_open(american.rows(["acme"]), unity_day)
    assert not american.is_open(american.rows(["acme"]), independence_day)


@pytest.mark.parametrize("country", [None, "ZZ", np.nan])
def test_an_unknown_country_has_no_holidays(country):
    clock = supplier_clock(suppliers(country), closures(), holidays_are_closed=True, **KNOWN)

    assert clock.open.all()


def test_a_closure_without_an_end_is_one_day():
    frame = closures((None, "hall", "2024-02-10", None))
    clock = location_clock(frame, **KNOWN)

    assert clock.next_open(clock.rows(["hall"]), days("2024-02-10")) == days("2024-02-11")


def test_names_without_a_clock_are_always_open():
    clock = clock_of([(0, 59)])

    assert clock.rows(["acme", "nobody", None]).tolist() == [1, 0, 0]
    assert clock.advance(clock.rows(["nobody"]), days("2024-01-05"), 2) == days("2024-01-07")


spans = st.lists(st.tuples(st.integers(-5, 65), st.integers(0, 15)).map(lambda s: (s[0], s[0] + s[1])), max_size=6)


@settings(max_examples=200, deadline=None)
@given(spans, st.integers(-10, 70), st.integers(0, 40))
def test_advancing_agrees_with_walking_day_by_day(closed, begin, steps):
    clock = clock_of(closed)
    rows = clock.rows(["acme"])
    start = np.array([np.datetime64(START, "D") + begin])

    reached = clock.advance(rows, start, steps)

    def is_open(number):
        return not (0 <= number < 60) or not any(a <= number <= b for a, b in closed)

    walked, left = begin, steps
    while left:
        walked += 1
        left -= is_open(walked)
    assert (reached - np.datetime64(START, "D")).astype(int)[0] == walked
    assert clock.count(rows, start, reached)[0] == steps
    first_open = clock.next_open(rows, start)
    following = begin
    while not is_open(following):
        following += 1
    assert (first_open - np.datetime64(START, "D")).astype(int)[0] == following


@pytest.mark.parametrize(
    "text", ["mon,thu", "1,4", "Monday; Thursday", "thu mon", "1.0,4", "MON | THU.", "mo, thur", "mon+thu"]
)
def test_weekdays_are_read_as_names_or_numbers(text):
    assert [number for number, chosen in enumerate(parse_weekdays(text)) if chosen] == [0, 3]


def test_a_span_of_weekdays_may_run_over_the_week_end():
    assert parse_weekdays("sat-mon") == (True, False, False, False, False, True, True)


@pytest.mark.parametrize("text", ["0", "8", "funday", "mon-tue-wed", ",", "mon,,x"])
def test_what_is_no_weekday_is_named(text):
    with pytest.raises(ValueError, match="not a weekday"):
        parse_weekdays(text)


def test_suppliers_may_be_none():
    clock = supplier_clock(suppliers(names=()), closures(), weekends_are_closed=True, **KNOWN)

    assert clock.rows(pd.Series(["acme"], dtype=object)).tolist() == [0]
