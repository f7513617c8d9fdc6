"""What values tell of how they are written, and what they leave open."""

import datetime as dt

import pytest

from onboarding.survey.values import date_form, number_form, read_values


def test_a_day_above_twelve_decides_the_order_of_the_column():
    form = date_form(["03/04/2026", "25/04/2026"])

    assert (form.order, form.formats, form.unclear) == ("day-first", ("%d/%m/%Y",), None)


def test_a_month_first_column_is_told_by_a_second_number_above_twelve():
    form = date_form(["03/04/26", "03/14/26"])

    assert (form.order, form.formats) == ("month-first", ("%m/%d/%y",))


def test_numbers_up_to_twelve_leave_the_order_of_day_and_month_open():
    form = date_form(["03/04/2026", "05/06/2026"])

    assert form.order is None
    assert form.unclear == "03/04/2026"


def test_both_orders_in_one_column_are_told_with_an_example_of_each():
    form = date_form(["03/04/2026", "25/03/2026", "04/25/2026"])

    assert (form.both, form.order, form.unclear) == (("25/03/2026", "04/25/2026"), None, None)


def test_dots_do_not_decide_the_order():
    assert date_form(["03.04.2026"]).unclear == "03.04.2026"


def test_a_time_behind_the_date_is_part_of_the_format():
    assert date_form(["25.04.2026 10:30"]).formats == ("%d.%m.%Y %H:%M",)


@pytest.mark.parametrize("texts", [["2-Jun-06", "14-Nov-06"], ["5. März 2026"], ["2026/1/5"], ["2026-W03"]])
def test_dates_with_one_meaning_need_neither_order_nor_format(texts):
    assert read_values(texts).kind == "date"
    assert (date_form(texts).formats, date_form(texts).unclear) == ((), None)


def test_instants_with_an_offset_are_seen():
    assert date_form(["2026-03-01 10:22:33 -0500"]).zoned
    assert not date_form(["2026-03-01 10:22:33"]).zoned


@pytest.mark.parametrize(
    ("texts", "decimal", "thousands"),
    [
        (["12,50", "7"], ",", None),
        (["12.50", "7"], ".", None),
        (["1.234,5"], ",", "."),
        (["1,234.5"], ".", ","),
        (["1.234.567"], ",", "."),
        (["0.125"], ".", None),
        (["1.250", "12500"], ".", None),
    ],
)
def test_decimal_and_thousands_signs_are_read_from_values(texts, decimal, thousands):
    form = number_form(texts)

    assert (form.decimal, form.thousands, form.unclear) == (decimal, thousands, None)


@pytest.mark.parametrize("text", ["1.234", "1,234"])
def test_three_digits_behind_one_sign_stay_open(text):
    assert number_form([text, "7"]).unclear == text


def test_signs_that_contradict_each_other_stay_open():
    assert number_form(["1.5", "1,5"]).unclear is not None


def test_texts_that_say_that_nothing_is_there_do_not_hide_a_column_of_dates():
    values = read_values(["2-Jun-06", "Date Not Captured", "N/A - From RDC", ""])

    assert values.kind == "date"
    assert values.nothing == ("Date Not Captured", "N/A - From RDC")


def test_yes_and_no_are_flags_and_ones_and_zeros_are_numbers():
    assert read_values(["True", "False"]).kind == "flag"
    assert read_values(["1", "0"]).kind == "number"


def test_codes_are_text_even_where_some_are_digits():
    assert read_values(["85123A", "85048", "POST"]).kind == "text"


def test_one_typing_error_among_few_different_numbers_leaves_them_numbers():
    values = read_values(["1", "2", "2x"], rows=[700, 200, 1])

    assert (values.kind, values.odd) == ("number", "2x")
    assert read_values(["1", "2", "2x"], rows=[700, 200, 300]).kind == "text"


WEEKS = [dt.date(2026, 1, 5) + dt.timedelta(days=9 * step) for step in range(16)]


@pytest.mark.parametrize(
    ("form", "order"), [("%y/%m/%d", "year-first"), ("%d/%m/%y", "day-first"), ("%m/%d/%y", "month-first")]
)
def test_which_of_two_digits_is_the_year_shows_in_many_days_of_few_years(form, order):
    found = date_form([day.strftime(form) for day in WEEKS])

    assert (found.order, found.formats) == (order, (form,))


@pytest.mark.parametrize("texts", [["26/01/05", "26/01/06"], ["01/01/23", "01/02/23", "01/01/24", "01/01/25"]])
def test_a_year_of_two_digits_that_may_be_the_day_stays_open(texts):
    found = date_form(texts)

    assert (found.order, found.unclear, found.may_be_year_first) == (None, texts[0], True)


def test_a_year_of_two_digits_is_first_where_no_other_order_is_a_date():
    assert date_form(["26/01/30", "32/02/05"]).formats == ("%y/%m/%d",)
