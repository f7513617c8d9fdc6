"""Texts that mean nothing, dates in several formats, and rows that are not read."""

import pandas as pd
import pytest

from intake.mapping.selection import negative_where_returned
from settings import DataRefused, SettingsError, TableSource
from tests.data_contracts.company import SALES_HEADER, accepted, ingest, rejected, sale, sales_csv, warnings_of, write

SALES = "date,sku,channel,units,net_revenue,currency"


def test_texts_that_mean_nothing_are_empty_in_any_column(tmp_path):
    rows = (sale(sku="A", location="unknown"), sale(sku="B", net_revenue="Pre-PQ 12"), sale(sku="C"))
    write(tmp_path, "sales.csv", sales_csv(*rows))
    missing = ["Unknown", "re:Pre-PQ.*"]

    kept, out = accepted(tmp_path, missing_values=missing), rejected(tmp_path, missing_values=missing)

    assert kept["sku"].tolist() == ["A", "C"]
    assert kept["location"].tolist() == [None, "BER"]
    assert out[["line", "rule"]].to_numpy().tolist() == [[3, "sales.net_revenue.present"]]


def test_a_pattern_matches_the_whole_text(tmp_path):
    write(tmp_path, "sales.csv", sales_csv(sale(sku="POSTER"), sale(sku="POST")))

    assert accepted(tmp_path, missing_values=["re:POST"])["sku"].tolist() == ["POSTER"]


def test_dates_are_read_by_the_format_that_fits(tmp_path):
    write(tmp_path, "sales.csv", sales_csv(sale(date="3/14/06"), sale(date="2-Jun-06"), sale(date="2006-07-01")))

    rows = accepted(tmp_path, date_format=["%m/%d/%y", "%d-%b-%y"])

    assert rows["date"].tolist() == [pd.Timestamp(day) for day in ("2006-03-14", "2006-06-02", "2006-07-01")]


def test_a_date_that_no_format_fits_is_rejected_with_its_text(tmp_path):
    write(tmp_path, "sales.csv", sales_csv(sale(date="3/14/06"), sale(date="N/A - From RDC")))

    rows = rejected(tmp_path, date_format=["%m/%d/%y", "%d-%b-%y"])

    assert rows[["line", "value"]].to_numpy().tolist() == [[3, "N/A - From RDC"]]


def test_a_date_that_two_formats_read_differently_is_refused(tmp_path):
    write(tmp_path, "sales.csv", sales_csv(sale(date="14/03/06"), sale(date="03/04/06")))

    with pytest.raises(
        DataRefused,
        match=r"sales.csv: date is '03/04/06': 2006-04-03 by %d/%m/%y and 2006-03-04 by %m/%d/%y; leave one",
    ):
        ingest(tmp_path, date_format=["%d/%m/%y", "%m/%d/%y"])


def test_two_formats_that_agree_are_no_contradiction(tmp_path):
    write(tmp_path, "sales.csv", sales_csv(sale(date="04/04/06")))

    assert accepted(tmp_path, date_format=["%d/%m/%y", "%m/%d/%y"])["date"].tolist() == [pd.Timestamp("2006-04-04")]


def test_rows_that_only_does_not_keep_are_left_out_and_reported(tmp_path):
    write(
        tmp_path,
        "sales.csv",
        sales_csv(sale(sku="A", channel="web"), sale(sku="B", channel=""), sale(sku="C", channel="Shop")),
    )

    intake = ingest(tmp_path, only={"channel": "web"})

    found = intake.rule_results.set_index("rule").loc["sales.only.left_out"]
    assert intake.parts["rows_read"].tolist() == [1]
    assert (found["rows_checked"], found["rows_failed"]) == (3, 2)
    assert found["first_example"] == (
        "sales.csv: 2 of 3 rows are left out: sources.sales.only keeps those where channel is 'web'; the first is line 3"
    )


def test_only_takes_several_texts_and_patterns_and_every_column_must_fit(tmp_path):
    rows = (
        sale("2026-03-02", sku, location=where)
        for sku, where in (("A", "BER"), ("B", "HAM"), ("C", "BERLIN"), ("X", "BER"))
    )
    write(tmp_path, "sales.csv", sales_csv(*rows))

    kept = accepted(tmp_path, only={"location": ["ham", "re:BER.*"], "sku": "re:[A-C]"})

    assert kept["sku"].tolist() == ["A", "B", "C"]


def test_nothing_left_out_is_not_reported(tmp_path):
    write(tmp_path, "sales.csv", sales_csv(sale()))

    assert warnings_of(ingest(tmp_path, only={"sku": "A"})) == {}


def test_a_column_of_only_that_is_not_there_is_wrong_use(tmp_path):
    write(tmp_path, "sales.csv", sales_csv(sale()))

    with pytest.raises(
        SettingsError, match=r"sources.sales.only names the column 'Channel', which .*; the closest is 'channel'"
    ):
        ingest(tmp_path, only={"Channel": "web"})


def test_rows_that_leave_out_names_are_left_out_and_reported(tmp_path):
    rows = (sale(sku="A"), sale(sku="B"), sale(sku="Total", units="2"), sale(sku="Summe A", units="1"))
    write(tmp_path, "sales.csv", sales_csv(*rows))

    intake = ingest(tmp_path, leave_out={"sku": ["total", "re:Summe .*"]})

    found = intake.rule_results.set_index("rule").loc["sales.leave_out.left_out"]
    assert (found["rows_checked"], found["rows_failed"]) == (4, 2)
    assert (
        "sources.sales.leave_out names those where sku is 'total' or 're:Summe .*'; the first is line 4"
        in (found["first_example"])
    )
    assert accepted(tmp_path, leave_out={"sku": ["total", "re:Summe .*"]})["sku"].tolist() == ["A", "B"]


def test_texts_of_a_column_are_read_as_what_they_mean_and_others_are_rejected(tmp_path):
    states = ("Versendet", "STORNIERT ", "completed", "", "offen")
    rows = (f"{sale(sku=sku)},{state}" for sku, state in zip("ABCDE", states, strict=True))
    write(tmp_path, "sales.csv", sales_csv(*rows, header=f"{SALES_HEADER},status"))
    meanings = {"status": {"versendet": "completed", "Storniert": "cancelled"}}

    kept, out = accepted(tmp_path, meanings=meanings), rejected(tmp_path, meanings=meanings)

    assert dict(zip(kept["sku"], kept["status"], strict=True)) == {
        "A": "completed", "B": "cancelled", "C": "completed", "D": "completed",
    }  # fmt: skip
    assert out["value"].tolist() == ["offen"]


@pytest.mark.parametrize(("units", "revenue"), [(2, 20.0), (-2, -20.0), (-2, 20.0)])
def test_units_and_revenue_of_returns_are_negative_whatever_their_sign_in_the_file(tmp_path, units, revenue):
    write(
        tmp_path,
        "sales.csv",
        f"Kind,{SALES}\nSale,2026-03-02,A,web,2,20,EUR\nReturn,2026-03-03,A,web,{units},{revenue},EUR\n",
    )

    rows = accepted(tmp_path, returns={"Kind": "return"})

    assert rows[["units", "net_revenue"]].to_numpy().tolist() == [[2.0, 20.0], [-2.0, -20.0]]


def test_returns_of_a_column_that_is_not_there_or_of_another_table_are_wrong_use(tmp_path):
    write(tmp_path, "sales.csv", sales_csv(sale()))

    with pytest.raises(SettingsError, match=r"sources.sales.returns names the column 'Kind', which .* does not have"):
        ingest(tmp_path, returns={"Kind": "return"})
    with pytest.raises(SettingsError, match=r"sources.products.returns: only sales have rows that are returns"):
        negative_where_returned({}, None, TableSource(path="x", returns={"Kind": "return"}), "products")
