"""Texts that mean nothing, dates in several formats, and rows that are not read."""

import pandas as pd
import pytest

from settings import DataRefused, SettingsError
from tests.data_contracts.company import accepted, ingest, rejected, sale, sales_csv, warnings_of, write


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
