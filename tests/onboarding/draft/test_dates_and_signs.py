"""How dates, numbers and currencies of a file are written: seen in its values, else asked."""

import datetime as dt

import pytest

from onboarding.answers import CompanyFact
from onboarding.questions import Guess
from settings import UsageError
from tests.onboarding.draft.folders import SALES, asked, drafted, folder, given, table


def test_a_date_that_could_be_read_two_ways_is_asked_and_the_answer_holds(tmp_path):
    folder(tmp_path, sales__csv="Date,Item,Qty,Revenue\n03/04/2026,A-1,1,7.00\n")

    before, after = drafted(tmp_path, given()), drafted(tmp_path, given(date_order="day-first"))

    assert "--date-order" in asked(before)
    assert "date_format" not in table(before, "sales").keys
    assert table(after, "sales").keys["date_format"].value == "%d/%m/%Y"


def test_a_date_that_values_decide_is_not_asked(tmp_path):
    folder(tmp_path, sales__csv="Date,Item,Qty,Revenue\n03/04/2026,A-1,1,7.00\n04/25/2026,A-1,1,7.00\n")

    settings_draft = drafted(tmp_path, given())

    assert "--date-order" not in asked(settings_draft)
    assert table(settings_draft, "sales").keys["date_format"].value == "%m/%d/%Y"


ORDERS = "PO number,Item,Order date,Qty,Supplier,ETA\nP1,A-1,{},48,Leaf,{}\n"
LINES = "Date,Item,Qty,Revenue\n{},A-1,1,7.00\n"


@pytest.mark.parametrize(
    ("ordered", "due", "sold", "order"),
    [
        ("15/04/2026", "05/12/2026", "2026-06-30", "day-first"),  # as another column of the file
        ("04/15/2026", "05/12/2026", "30/06/2026", "month-first"),  # the file goes before the folder
        ("04/05/2026", "05/12/2026", "06/30/2026", "month-first"),  # as another file
        ("04.05.2026", "12.05.2026", "06/30/2026", None),  # dots are no slashes
        ("04/05/2026", "05/12/2026", "30.06.2026", None),
    ],
)
def test_dates_that_are_written_alike_have_one_order_which_is_likely(tmp_path, ordered, due, sold, order):
    folder(tmp_path, po__csv=ORDERS.format(ordered, due), sales__csv=LINES.format(sold))

    settings_draft = drafted(tmp_path, given())

    taken = {each.suggested for each in settings_draft.likely if each.key is CompanyFact.DATE_ORDER}
    assert taken == ({order} if order else set())
    assert ("--date-order" in asked(settings_draft)) == (order is None)


def test_two_orders_of_day_and_month_in_one_file_are_asked_about(tmp_path):
    rows = "P1,A-1,25/04/2026,48,Leaf,04/30/2026\n"
    folder(tmp_path, po__csv="PO number,Item,Order date,Qty,Supplier,ETA\n" + rows)

    settings_draft = drafted(tmp_path, given())

    question = next(question for question in settings_draft.ambiguous if "two orders" in question.prompt)
    answered = drafted(tmp_path, given().with_answer(question.key, "expected_on"))
    assert (question.flag, question.choices) == ("--map purchase_orders.COLUMN=none", ("ordered_on", "expected_on"))
    assert question not in answered.ambiguous
    assert table(answered, "purchase_orders").keys["date_format"].value == "%d/%m/%Y"


def test_a_number_that_could_be_thousands_is_asked_unless_the_file_decides(tmp_path):
    folder(tmp_path / "open", sales__csv="Date;Item;Qty;Revenue\n2026-06-30;A-1;1;1.234\n")
    folder(tmp_path / "decided", sales__csv="Date;Item;Qty;Revenue\n2026-06-30;A-1;1,5;1.234\n")

    is_open, decided = drafted(tmp_path / "open", given()), drafted(tmp_path / "decided", given())

    assert "--decimal" in asked(is_open)
    assert "--decimal" not in asked(decided)
    keys = table(decided, "sales").keys
    assert (keys["decimal"].value, keys["thousands"].value) == (",", ".")


def test_the_answer_about_decimals_makes_the_other_sign_one_of_thousands(tmp_path):
    folder(tmp_path, sales__csv="Date;Item;Qty;Revenue\n2026-06-30;A-1;1;1.234\n")

    keys = table(drafted(tmp_path, given(decimal="comma")), "sales").keys

    assert (keys["decimal"].value, keys["thousands"].value) == (",", ".")


def test_currency_is_read_from_a_column_or_a_heading(tmp_path):
    folder(tmp_path / "column", sales__csv="Date,Item,Qty,Revenue,Currency\n2026-06-30,A-1,1,7.00,CHF\n")
    folder(tmp_path / "heading", sales__csv="Date,Item,Qty,Revenue (GBP)\n2026-06-30,A-1,1,7.00\n")

    by_column, by_heading = drafted(tmp_path / "column"), drafted(tmp_path / "heading")

    assert by_column.company["base_currency"].value == "CHF"
    assert by_heading.company["base_currency"].value == "GBP"
    assert table(by_heading, "sales").constants["currency"].value == "GBP"


def test_several_currencies_are_asked_about(tmp_path):
    folder(tmp_path, sales__csv="Date,Item,Qty,Revenue,Currency\n2026-06-30,A-1,1,7,CHF\n2026-06-30,A-1,1,7,EUR\n")

    assert "--currency" in asked(drafted(tmp_path))


def test_a_dollar_sign_is_no_currency(tmp_path):
    folder(tmp_path, sales__csv="Date,Item,Qty,Revenue ($)\n2026-06-30,A-1,1,7.00\n")

    assert "--currency" in asked(drafted(tmp_path))


def test_instants_with_an_offset_ask_for_the_time_zone_and_plain_days_do_not(tmp_path):
    folder(tmp_path / "zoned", sales__csv="Date,Item,Qty,Revenue\n2026-06-30 23:30:00 +0000,A-1,1,7.00\n")
    folder(tmp_path / "plain", sales__csv=SALES)

    assert "--timezone" in asked(drafted(tmp_path / "zoned", given()))
    assert "--timezone" not in asked(drafted(tmp_path / "plain", given()))


def test_old_stock_sets_the_day_and_new_stock_does_not(tmp_path):
    folder(tmp_path, stock__csv="Item,Stock\nTEA-1,5\n")

    old, new = (drafted(tmp_path, given(as_of=day)) for day in ("2026-03-31", "2026-06-30"))

    assert str(old.data["today"].value) == "2026-04-01"
    assert "today" not in new.data


@pytest.mark.parametrize("name", ["stock-2026-06-30.csv", "stock_20260630.csv"])
def test_a_date_in_the_name_of_a_stock_file_is_its_day(tmp_path, name):
    (tmp_path / name).write_text("Item,Stock\nTEA-1,5\n")

    assert table(drafted(tmp_path, given()), "inventory").constants["as_of"].value == dt.date(2026, 6, 30)


def test_a_column_with_both_orders_of_day_and_month_is_refused_whatever_was_said(tmp_path):
    rows = "25/03/2026,A-1,1,7.00\n04/25/2026,A-1,1,7.00\n"
    folder(tmp_path, sales__csv="Date,Item,Qty,Revenue\n" + rows)

    with pytest.raises(UsageError, match=r"25/03/2026 is day first and 04/25/2026 is month first.*split it"):
        drafted(tmp_path, given(date_order="day-first"))


def test_one_odd_value_does_not_hide_a_column_of_numbers_with_a_known_heading(tmp_path):
    folder(
        tmp_path, sales__csv=SALES, bestand__csv="Artikelnummer;Lager;Bestand\nTEA-1;Berlin;17,5\nTEA-2;Berlin;5 Stk\n"
    )

    settings_draft = drafted(tmp_path, given(as_of="2026-06-30"))

    inventory = table(settings_draft, "inventory")
    assert inventory.derived is False
    assert inventory.keys["decimal"].value == ","
    assert inventory.notes == ("Bestand has no number in 1 of 2 rows, such as 5 Stk; see the check",)
    assert "--on-hand" not in asked(settings_draft)


def test_a_given_decimal_sign_is_written_to_every_file_with_numbers(tmp_path):
    folder(tmp_path, sales__csv=SALES, stock__csv="Item;Stock\nTEA-1;17\nTEA-2;5\n")

    settings_draft = drafted(tmp_path, given(decimal="comma", as_of="2026-06-30"))

    assert table(settings_draft, "inventory").keys["decimal"] == Guess(",", "given", "given")


def test_a_few_rows_with_the_other_decimal_sign_are_a_fault_and_thousands_stay(tmp_path):
    rows = "".join(f"2026-06-30;A-{number};1;1.013,90\n" for number in range(40))
    folder(tmp_path, sales__csv=f"Date;Item;Qty;Revenue\n{rows}2026-06-30;A-1;1.5;7,00\n")

    settings_draft = drafted(tmp_path, given())

    sales = table(settings_draft, "sales")
    assert "--decimal" not in asked(settings_draft)
    assert (sales.keys["decimal"].value, sales.keys["thousands"].value) == (",", ".")
    assert sales.notes == ("Qty has 1.5 in 1 of 41 rows; taken as a fault",)


def test_two_decimal_signs_are_asked_about_with_real_examples_and_thousands_of_the_answer_stay(tmp_path):
    folder(tmp_path, sales__csv="Date;Item;Qty;Revenue\n2026-06-30;A-1;1;1.013,90\n2026-06-30;A-2;1;7.50\n")

    before, after = drafted(tmp_path, given()), drafted(tmp_path, given(decimal="comma"))

    question = next(each for each in before.ambiguous if each.key == CompanyFact.DECIMAL)
    assert "Revenue has 1.013,90 in 1 rows and Revenue has 7.50 in 1 rows" in question.prompt
    keys = table(after, "sales").keys
    assert (keys["decimal"].value, keys["thousands"].value) == (",", ".")


def test_columns_that_each_have_their_own_decimal_sign_are_read_one_by_one(tmp_path):
    folder(tmp_path, sales__csv="Date;Item;Qty;Revenue\n2026-06-30;A-1;1.0;1.013,90\n2026-06-30;A-2;2.0;7,00\n")

    sales = table(drafted(tmp_path, given()), "sales")

    assert "decimal" not in sales.keys
    assert sales.notes == ("Qty has 1.0 and Revenue has 1.013,90: each column is read with its own decimal sign",)
