"""Values are read as written, or not at all."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_contracts.parsing import read_dates, read_flags, read_numbers, read_parameter_values, written_days
from settings import DataRefused, SettingsError
from tests.data_contracts.company import SALES_HEADER, accepted, ingest, rejected, sale, sales_csv, warnings_of, write


def dates(*texts, date_format=(), timezone="UTC"):
    return [
        None if np.isnat(day) else str(day)
        for day in read_dates(list(texts), date_format, timezone, "f.csv: date", "sales")
    ]


def numbers(*texts, decimal=".", thousands=None):
    return [None if np.isnan(n) else n for n in read_numbers(list(texts), decimal, thousands).tolist()]


def test_iso_dates_with_and_without_a_time():
    assert (
        dates("2026-03-31", "2026-03-31 23:59:59", "2026-03-31T00:00", "20260331", "2026/03/31") == ["2026-03-31"] * 5
    )


def test_an_instant_becomes_the_day_in_the_companys_zone():
    assert dates("2026-03-31T23:30:00Z", "2026-03-29T01:30:00+01:00", timezone="Europe/Berlin") == [
        "2026-04-01",
        "2026-03-29",
    ]


def test_days_that_do_not_exist_are_not_read():
    assert dates("2026-02-29", "2024-02-29", "2026-13-01", "soon") == [None, "2024-02-29", None, None]


def test_a_declared_format_decides():
    assert dates("03/04/2026", date_format=["%d/%m/%Y"]) == ["2026-04-03"]
    assert dates("03/04/2026", date_format=["%m/%d/%Y"]) == ["2026-03-04"]


def test_another_date_of_the_column_tells_day_from_month():
    assert dates("03/04/2026", "25/04/2026") == ["2026-04-03", "2026-04-25"]
    assert dates("03.04.2026", "04.25.2026") == ["2026-03-04", "2026-04-25"]


@pytest.mark.parametrize("texts", [("03/04/2026",), ("25/04/2026", "04/25/2026")])
def test_ambiguous_days_and_months_are_refused_with_the_way_to_declare_them(texts):
    with pytest.raises(
        DataRefused, match=r'f.csv: date is .*declare it in \[sources.sales\] as date_format = "%d/%m/%Y" or "%m/%d/%Y"'
    ):
        dates(*texts)


def test_the_end_of_time_is_cut_to_the_last_believable_day():
    assert dates("9999-12-31") == ["2199-12-31"]


@given(st.dates(min_value=pd.Timestamp("1990-01-01").date(), max_value=pd.Timestamp("2199-12-31").date()))
def test_every_iso_date_comes_back(day):
    assert dates(day.isoformat()) == [day.isoformat()]
    assert dates(day.strftime("%d.%m.%Y"), date_format=["%d.%m.%Y"]) == [day.isoformat()]


def test_decimal_comma_and_thousands_as_declared():
    assert numbers("1.234,5", "-7", "0,25", decimal=",", thousands=".") == [1234.5, -7.0, 0.25]
    assert numbers("1 234,5", "1\u00a0234,5", decimal=",", thousands=" ") == [1234.5, 1234.5]
    assert numbers("1'234.5", thousands="'") == [1234.5]


def test_a_group_of_other_than_three_digits_is_no_number():
    assert numbers("1.5", "12.34.567", decimal=",", thousands=".") == [None, None]


def test_unambiguous_decimal_commas_are_read_undeclared():
    assert numbers("1.234,5", "1.234") == [1234.5, 1234.0]
    assert numbers("1,5", "12") == [1.5, 12.0]
    assert numbers("1,234.50", "1,234") == [1234.5, 1234.0]


def test_commas_that_could_mean_two_things_are_not_read():
    assert numbers("1,234", "7") == [None, 7.0]
    assert numbers("1,5", "2.5") == [None, 2.5]


@pytest.mark.parametrize("other", ["0.75", "1200", "12.5", "0.750", "1234.500", ".125", "1.5e3", "1,234.5"])
def test_another_number_of_the_column_tells_that_a_point_is_a_decimal_sign(tmp_path, other):
    write(tmp_path, "sales.csv", sales_csv(sale(units="1.200"), sale(sku="B", units=f'"{other}"')))

    assert accepted(tmp_path)["units"].iloc[0] == 1.2


def test_a_point_before_three_digits_is_refused_where_nothing_decides_and_read_as_declared(tmp_path):
    write(tmp_path, "sales.csv", sales_csv(sale(units="1.200"), sale(sku="B", units="7")))

    with pytest.raises(
        DataRefused,
        match=r"sales.csv: units is '1.200', which may mean 1.2 or 1200; declare it in \[sources.sales\] as "
        'decimal = "." for the first or decimal = "," and thousands = "." for the second',
    ):
        ingest(tmp_path)

    assert accepted(tmp_path, decimal=".")["units"].tolist() == [1.2, 7.0]
    assert accepted(tmp_path, decimal=",", thousands=".")["units"].tolist() == [1200.0, 7.0]


def test_numbers_grouped_by_points_twice_are_read_and_decide():
    assert numbers("1.234.567", "1.200") == [1234567.0, 1200.0]


def test_groups_before_a_declared_decimal_comma_need_no_declaration():
    assert numbers("3.749,70", "1.234.567", "1.234", decimal=",") == [3749.7, 1234567.0, None]


def test_numbers_of_parquet_are_never_ambiguous(tmp_path):
    rows = pd.DataFrame([sale().split(",")], columns=SALES_HEADER.split(",")).assign(units=1.234)
    rows.to_parquet(tmp_path / "sales.parquet")

    assert accepted(tmp_path, path="sales.parquet")["units"].tolist() == [1.234]


def test_what_is_no_number_is_not_read():
    assert numbers("1,5x", "abc", "1 2", "--1", "0x10", "1_000", "3 pcs", "EUR", "3 (4)", "$5 €") == [None] * 10
    assert numbers("1e3", " 5 ", "+2", "\u22123", ".5") == [1000.0, 5.0, 2.0, -3.0, 0.5]


@given(st.floats(allow_nan=False, allow_infinity=False, width=32))
def test_every_number_comes_back(value):
    assert numbers(repr(value)) == [value]


def test_percent_are_hundredths_where_a_fraction_is_asked_and_nothing_elsewhere():
    assert numbers("10 %", "7") == [None, 7.0]
    assert read_numbers(["12,5 %", "100%"], ",", None, percent=True).tolist() == [0.125, 1.0]


def test_yes_and_no():
    assert read_flags(["true", "YES", "1", "no", "F"]).tolist() == [1, 1, 1, 0, 0]
    assert np.isnan(read_flags(["perhaps"])[0])


def test_parameters_are_held_as_canonical_text():
    assert read_parameter_values(["24", "0,5", "2026-05-01", "Yes", "often"], ",", None) == [
        "24",
        "0.5",
        "2026-05-01",
        "true",
        None,
    ]


def test_an_ambiguous_date_in_a_file_is_refused_and_declared(tmp_path):
    write(tmp_path, "sales.csv", sales_csv(sale(date="03/04/2026")))

    with pytest.raises(DataRefused, match="day and month cannot be distinguished"):
        ingest(tmp_path)

    assert accepted(tmp_path, date_format="%d/%m/%Y")["date"].tolist() == [pd.Timestamp("2026-04-03")]


def test_columns_are_mapped_and_constants_filled(tmp_path):
    write(tmp_path, "sales.csv", "Day,Article,Qty,Amount\n2026-03-01,A,2,5\n")

    rows = accepted(
        tmp_path,
        columns={"date": "Day", "sku": "Article", "units": "Qty", "net_revenue": "Amount"},
        constants={"channel": "web", "currency": "eur"},
    )

    assert rows.loc[0, ["sku", "channel", "currency", "units"]].tolist() == ["A", "web", "EUR", 2.0]


def test_columns_may_stand_in_any_order_and_letter_case(tmp_path):
    write(tmp_path, "sales.csv", "Currency,Net Revenue,UNITS,channel,location,sku,date\nEUR,5,2,web,BER,A,2026-03-01\n")

    assert accepted(tmp_path)["net_revenue"].tolist() == [5.0]


def test_a_missing_required_column_is_refused_with_the_closest(tmp_path):
    write(tmp_path, "sales.csv", sales_csv(sale(), header=SALES_HEADER.replace("units", "unitz")))

    with pytest.raises(DataRefused, match=r"sales.csv: required column 'units' is missing; the closest is 'unitz'"):
        ingest(tmp_path)


def test_a_mapping_to_a_column_that_is_not_there_is_refused(tmp_path):
    write(tmp_path, "sales.csv", sales_csv(sale()))

    with pytest.raises(
        DataRefused, match=r"sales.csv: column 'Qty', which sources.sales.columns maps to 'units', is missing"
    ):
        ingest(tmp_path, columns={"units": "Qty"})


def test_a_mapping_of_an_unknown_column_is_wrong_use(tmp_path):
    write(tmp_path, "sales.csv", sales_csv(sale()))

    with pytest.raises(SettingsError, match="no column 'unitz'; did you mean 'units'"):
        ingest(tmp_path, columns={"unitz": "units"})


def test_a_new_column_is_reported_and_not_used(tmp_path):
    write(tmp_path, "sales.csv", sales_csv(sale() + ",red", header=SALES_HEADER + ",colour"))

    intake = ingest(tmp_path)

    assert warnings_of(intake) == {"sales.columns.new": 1}
    assert "colour" in intake.rule_results["first_example"].iloc[0]


def test_blanks_around_sku_codes_are_kept_for_the_setting_that_cuts_them(tmp_path):
    write(tmp_path, "sales.csv", sales_csv(sale(sku=" A "), sale(sku="  ")))

    assert accepted(tmp_path)["sku"].tolist() == [" A "]
    assert rejected(tmp_path)["rule"].tolist() == ["sales.sku.present"]


def test_codes_that_look_like_nothing_are_text(tmp_path):
    write(tmp_path, "suppliers.csv", "supplier,name,country,currency\nNA,None,NA,usd\n")

    assert accepted(tmp_path, table="suppliers", path="suppliers.csv").loc[
        0, ["supplier", "name", "country", "currency"]
    ].tolist() == ["NA", "None", "NA", "USD"]


def test_a_time_that_a_column_has_on_many_days_is_asked_of_pandas_once(monkeypatch):
    asked = []
    real = pd.to_datetime
    monkeypatch.setattr(written_days.pd, "to_datetime", lambda *a, **b: asked.append(a) or real(*a, **b))
    days = {str(written_days.read_written_day(f"2026-01-{day:02d} 13:07:09.123")) for day in range(1, 29)}

    assert len(days) == 28
    assert len(asked) <= 1
