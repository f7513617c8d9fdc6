"""Answers of people: each text is read into its type in one place, or refused with how to write it."""

import datetime as dt

import pytest

from onboarding.answers import (
    Answers,
    ColumnConstant,
    ColumnSource,
    CompanyFact,
    EmptyRows,
    FileTable,
    UnwantedDates,
    refuse_unknown_names,
)
from settings import UsageError

SALES_SKU = ColumnSource("sales", "sku")


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        (CompanyFact.CURRENCY, " eur ", "EUR"),
        (CompanyFact.AS_OF, "2026-06-30", dt.date(2026, 6, 30)),
        (CompanyFact.LEAD_TIME_DAYS, "14", 14.0),
        (CompanyFact.DATE_ORDER, "day-first", "day-first"),
        (FileTable("x.csv"), "sales", "sales"),
        (SALES_SKU, "{Client}-{Product}", "{Client}-{Product}"),
        (ColumnConstant("sales", "channel"), "till", "till"),
        (EmptyRows("sales", "date"), "yes", True),
        (EmptyRows("sales", "date"), "no", False),
    ],
)
def test_an_answer_is_kept_under_its_key_in_its_type(key, text, value):
    assert Answers().with_answer(key, text).get(key) == value
    assert Answers().get(key) is None


def test_one_more_answer_leaves_the_others_as_they_were():
    before = Answers().with_answer(CompanyFact.COUNTRY, "DE").with_answer(SALES_SKU, "Item")

    after = before.with_answer(SALES_SKU, "Code")

    assert (before.get(SALES_SKU), after.get(SALES_SKU), after.country) == ("Item", "Code", "DE")


def test_the_column_of_unwanted_dates_becomes_unused():
    answers = Answers().with_answer(UnwantedDates("sales"), "date")

    assert answers.sources == {ColumnSource("sales", "date"): "none"}


@pytest.mark.parametrize(
    ("key", "text", "says"),
    [
        (CompanyFact.SUPPLIER, "...", "supplier is '...'; put your own value there"),
        (FileTable("sales_1.csv"), "", "table sales_1.csv is ''; put your own value there"),
        (CompanyFact.LEAD_TIME_DAYS, "soon", "lead time days is 'soon', not a number such as 14 or 0.19"),
        (CompanyFact.COST_SHARE, "1.5", "cost share is 1.5; it lies between 0 and 1"),
        (CompanyFact.AS_OF, "30.6.", "'30.6.' is not a date; write it as 2026-03-31"),
        (CompanyFact.COUNTRY, "Germany", "country is 'Germany', not a code of 2 letters such as DE"),
        (CompanyFact.PERIOD, "year", "period is 'year'; it is one of day, week, month"),
    ],
)
def test_a_text_that_cannot_be_the_answer_is_refused_with_how_to_write_it(key, text, says):
    with pytest.raises(UsageError) as refused:
        Answers().with_answer(key, text)

    assert str(refused.value) == says


@pytest.mark.parametrize(
    ("key", "text", "says"),
    [
        (FileTable("sale.csv"), "sales", "--table: there is no 'sale.csv'; did you mean 'sales.csv'?"),
        (FileTable("sales.csv"), "sale", "--table: there is no 'sale'; did you mean 'sales'?"),
        (ColumnConstant("sales", "chanel"), "x", "--constant sales: there is no 'chanel'; did you mean 'channel'?"),
        (EmptyRows("sale", "date"), "yes", "--leave-out: there is no 'sale'; did you mean 'sales'?"),
    ],
)
def test_names_that_do_not_exist_are_refused_with_the_nearest(key, text, says):
    with pytest.raises(UsageError) as refused:
        refuse_unknown_names(Answers().with_answer(key, text), ["sales.csv"])

    assert str(refused.value) == says
