"""Money, dates and their forms as other systems write them: from `init` to what the mapping reads."""

import pytest

from data_contracts.acceptance.accepted import load_accepted
from data_contracts.acceptance.parts import PartStore
from data_contracts.tables import CONTRACTS
from intake.ingest import ingest_table
from onboarding.draft.settings_file import settings_text
from settings import UsageError, load_settings
from tests.onboarding.draft.folders import asked, drafted, folder, given, table


def read_sales(path, **answers):
    """Accepted sales as the settings read them that `init` drafts; nothing may be left to ask."""
    settings_draft = drafted(path, given(**answers))
    assert asked(settings_draft) == set()
    (path / "restock.toml").write_text(settings_text(settings_draft, "shop"), encoding="utf-8")
    settings = load_settings(path)
    intake = ingest_table(
        CONTRACTS["sales"], settings.sources["sales"], settings.root, PartStore(path / "parts"), settings.data
    )
    return load_accepted(intake)


WHAT_ALWAYS_IS_SAID = {
    "as_of": "2026-05-03",
    "supplier": "Acme",
    "lead_time_days": "14",
    "unit_cost": "4",
    "on_hand": "0",
}


def sales_of(tmp_path, text, **more):
    return read_sales(folder(tmp_path / "shop", sales__csv=text), **{**WHAT_ALWAYS_IS_SAID, **more})


@pytest.mark.parametrize(
    ("amounts", "revenue"),
    [
        (("$30.00", "$1,230.50"), 1260.5),
        (("0,90 €", "1.234,50\u00a0€"), 1235.4),
        (("EUR 1.234,50", "EUR 2,00"), 1236.5),
        (("1 234,50 zł", "2,00 zł"), 1236.5),
        (("1\u202f234,50 €", "2,00 €"), 1236.5),
        (("¥1,200", "¥800"), 2000.0),
        (("1'234.50", "CHF 2.00"), 1236.5),
        (("-$5.00", "$15.00"), 10.0),
        (("($5.00)", "$15.00"), 10.0),
        (("5.00-", "15.00"), 10.0),
        (("5.- Fr.", "15.50 Fr."), 20.5),
    ],
)
def test_amounts_with_signs_of_money_are_read(tmp_path, amounts, revenue):
    rows = "".join(
        f"2026-05-0{day};S{day};A-{day};{-1 if amount.startswith(('-', '(', '5.00-')) else 1};{amount}\n"
        for day, amount in enumerate(amounts, 1)
    )

    sales = sales_of(tmp_path, f"Date;Order No;SKU;Qty;Revenue\n{rows}")

    assert len(sales) == 2
    assert sales["net_revenue"].sum() == pytest.approx(revenue)


def test_a_price_with_a_sign_is_the_price_that_revenue_is_made_of(tmp_path):
    sales = sales_of(tmp_path, "date,article,Quantity,unit_price\n" + '2026-01-05,B-1,3.0,"0,90 €"\n' * 1)

    assert (sales["units"].sum(), sales["net_revenue"].sum()) == (3.0, pytest.approx(2.7))


def test_a_currency_that_only_the_amounts_name_is_not_asked(tmp_path):
    path = folder(tmp_path, sales__csv="Date,Order,SKU,Qty,Revenue\n2026-05-01,1,A,1,£5.00\n2026-05-02,2,A,1,£5.00\n")

    assert drafted(path).company["base_currency"].value == "GBP"


def test_amounts_of_another_currency_than_the_stated_one_are_named(tmp_path):
    path = folder(tmp_path, sales__csv="Date,Order,SKU,Qty,Revenue\n2026-05-01,1,A,1,$5.00\n2026-05-02,2,A,1,$5.00\n")

    notes = table(drafted(path, given()), "sales").notes

    assert notes == ("Revenue has amounts such as $5.00; taken as EUR, as you said",)


def test_two_currencies_in_one_column_are_refused(tmp_path):
    path = folder(tmp_path, sales__csv="Date,Order,SKU,Qty,Revenue\n2026-05-01,1,A,1,$5.00\n2026-05-02,2,A,1,5.00 €\n")

    with pytest.raises(UsageError, match=r"column Revenue: \$5.00 and 5.00 € are amounts of two currencies"):
        drafted(path, given())


@pytest.mark.parametrize(
    "dates",
    [
        ("2026/1/5", "2026/4/29"),
        ("2026-1-5", "2026-4-29"),
        ("5.1.2026", "29.4.2026"),
        ("2026.01.05", "2026.04.29"),
        ("20260105", "20260429"),
        ("46027", "46141"),
        ("46027.5", "46141.25"),
        ("5 Jan 2026", "29 Apr 2026"),
        ("Jan 5, 2026", "April 29, 2026"),
        ("5. Januar 2026", "29. April 2026"),
        ("5 janv. 2026", "29 avril 2026"),
        ("5 de enero de 2026", "29 de abril de 2026"),
        ("5 gennaio 2026", "29 aprile 2026"),
        ("5 stycznia 2026", "29 kwietnia 2026"),
        ("5 января 2026", "29 апреля 2026"),
        ("2026年1月5日", "2026年4月29日"),
        ("Mon, 5 Jan 2026", "Wed, 29 Apr 2026"),
        ("05-Jan-26", "29-Apr-26"),
        ("2026-01-05T08:00:00", "2026-04-29T09:30:00"),
        ("05/01/2026 08:00", "29/04/2026 09:30"),
    ],
)
def test_dates_of_many_forms_are_read(tmp_path, dates):
    rows = "".join(f"{day};S{number};A-{number};3;30\n" for number, day in enumerate(dates))

    sales = sales_of(tmp_path, f"Date;Order No;SKU;Qty;Revenue\n{rows}")

    assert [str(day.date()) for day in sales["date"]] == ["2026-01-05", "2026-04-29"]


def test_weeks_are_read_as_their_first_day(tmp_path):
    rows = "".join(f"2026-W{week:02d};S{week};A;3;30\n" for week in range(1, 13))

    sales = sales_of(tmp_path, f"Date;Order No;SKU;Qty;Revenue\n{rows}", period="week")

    assert [str(day.date()) for day in sales["date"]][:3] == ["2025-12-29", "2026-01-05", "2026-01-12"]


def test_the_1904_date_system_is_asked_where_both_could_be_and_obeyed(tmp_path):
    path = folder(tmp_path / "a", sales__csv="Date,Order,SKU,Qty,Revenue\n40000,1,A,1,5\n40010,2,A,1,5\n")

    likely = drafted(path, given(as_of="2026-05-03"))

    assert [question.flag for question in likely.likely if "date" in question.flag] == ["--date-system 1900|1904"]
    assert table(likely, "sales").keys["date_format"].value == "excel"
    sales = read_sales(path, **WHAT_ALWAYS_IS_SAID, date_system="1904")
    assert [str(day.date()) for day in sales["date"]] == ["2013-07-07", "2013-07-17"]


def test_dates_in_one_order_only_are_never_guessed(tmp_path):
    path = folder(tmp_path, sales__csv="Date,Order,SKU,Qty,Revenue\n3/4/2026,1,A,1,5\n5/4/2026,2,A,1,5\n")

    assert "--date-order" in asked(drafted(path, given(**WHAT_ALWAYS_IS_SAID)))


@pytest.mark.parametrize(
    "months", [("Jan 2026", "Feb 2026", "Mar 2026", "Apr 2026"), ("Januar 2026", "Februar 2026", "März 2026", "April 2026"),
               ("01/2026", "02/2026", "03/2026", "04/2026"), ("2026-01", "2026-02", "2026-03", "2026-04")],
)  # fmt: skip
def test_months_across_are_rows_of_their_first_days(tmp_path, months):
    text = ";".join(["SKU", *months]) + "\nA;1;2;3;4\nB;5;0;7;8\n"

    sales = sales_of(tmp_path, text, period="month", unit_price="10")

    assert (len(sales), sales["units"].sum(), sales["net_revenue"].sum()) == (7, 30, 300)
    assert sorted({str(day.date()) for day in sales["date"]})[:2] == ["2026-01-01", "2026-02-01"]
