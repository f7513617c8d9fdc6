"""Faults of files, columns and text: what a shop's real files do to a night, and what a person is told."""

import gzip
import time

import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

from intake.sources.arrival import wait_for_files
from settings import DataRefused, TableSource
from tests.faults.shop import PRODUCTS, SALES, SKUS, check, csv, day, good_sales, only_reason, problem, sale, shop

# --- files


def test_a_missing_file_is_named_with_the_closest_name_and_what_to_do(tmp_path):
    shop(tmp_path, inventory_csv=None)
    (tmp_path / "inventory_march.csv").write_text("as_of,sku,location,on_hand\n")

    reason = only_reason(check(tmp_path))

    assert "inventory: there is no file inventory.csv" in reason
    assert "the closest name there is 'inventory_march.csv'; deliver it or correct sources.inventory.path" in reason


def test_late_stock_is_refused_with_both_dates_and_the_setting(tmp_path):
    shop(tmp_path, inventory_csv=csv("as_of,sku,location,on_hand", ["2026-03-20,TEA,BER,30"]))

    reason = only_reason(check(tmp_path))

    assert "inventory: the newest as_of is 2026-03-20, 11 days before 2026-03-31" in reason
    assert "data.max_data_age_days is 4; deliver newer inventory" in reason


def test_an_empty_file_is_refused_by_name(tmp_path):
    shop(tmp_path, sales_csv="")

    assert only_reason(check(tmp_path)) == "sales.csv: the file is empty; deliver it again"


@pytest.mark.parametrize("kind", ["gzip", "parquet"])
def test_a_half_written_file_is_refused_by_name(tmp_path, kind):
    shop(
        tmp_path,
        sales_csv=None,
        sources=f'[sources.sales]\npath = "sales.{"csv.gz" if kind == "gzip" else "parquet"}"\n',
    )
    if kind == "gzip":
        whole, file = gzip.compress(csv(SALES, good_sales()).encode()), tmp_path / "sales.csv.gz"
    else:
        parquet.write_table(pa.table({"sku": ["TEA"] * 1000}), tmp_path / "sales.parquet")
        file = tmp_path / "sales.parquet"
        whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])

    reason = only_reason(check(tmp_path))

    assert f"{file.name}: broken or half-written {'gzip' if kind == 'gzip' else 'Parquet'}" in reason
    assert "deliver it again" in reason


def test_a_file_that_ends_inside_a_row_is_refused_with_its_line(tmp_path):
    shop(tmp_path, sales_csv=csv(SALES, [*good_sales(), "2026-03-31,TEA,BER"]).rstrip("\n"))

    assert "sales.csv line 212: the file ends inside a row; deliver it again" in only_reason(check(tmp_path))


def test_a_file_that_is_still_growing_is_waited_for_by_the_setting(tmp_path):
    file, moments = tmp_path / "sales.csv", []

    def write_on(seconds):
        moments.append(seconds)
        if len(moments) < 4:
            with file.open("a") as stream:
                stream.write("more\n")

    file.write_text("begun\n")
    wait_for_files("sales", TableSource(path="sales.csv"), tmp_path, 60, sleep=write_on)

    assert moments == [1.0] * 4


def test_a_file_that_never_comes_is_waited_for_so_long_and_then_refused(tmp_path):
    shop(tmp_path, sales_csv=None, settings="wait_for_files_seconds = 1")

    started = time.monotonic()
    reason = only_reason(check(tmp_path))

    assert time.monotonic() - started >= 1
    assert "sales: there is no file sales.csv" in reason


def test_a_file_that_comes_while_it_is_waited_for_is_read(tmp_path):
    shop(tmp_path, sales_csv=None)
    clock = iter(range(100))

    def come(_seconds):
        (tmp_path / "sales.csv").write_text(csv(SALES, good_sales()))

    source = TableSource(path="sales.csv")
    wait_for_files("sales", source, tmp_path, 60, sleep=come, clock=lambda: float(next(clock)))

    assert check(tmp_path).refusals == ()


def test_without_the_setting_nothing_is_waited_for(tmp_path):
    def refuse(_seconds):
        raise AssertionError("slept")

    wait_for_files("sales", TableSource(path="nowhere.csv"), tmp_path, 0, sleep=refuse)


# --- columns


def test_a_missing_column_is_refused_with_the_closest_one_and_how_to_map_it(tmp_path):
    shop(tmp_path, sales_csv=csv(SALES.replace("units", "unitz"), good_sales()))

    reason = only_reason(check(tmp_path))

    assert "sales.csv: required column 'units' is missing; the closest is 'unitz'" in reason
    assert 'map it in [sources.sales.columns] as units = "..."' in reason


def test_a_new_column_is_reported_and_not_used(tmp_path):
    shop(
        tmp_path,
        products_csv=csv(PRODUCTS + ",colour", [f"{sku},{sku},Kitchen,10,4,EUR,red" for sku in ("TEA", "CUP", "POT")]),
    )

    found = check(tmp_path)

    told = problem(found, "products.columns.new")
    assert found.refusals == ()
    assert told.outcome == "warn"
    assert "products.csv: column 'colour' is not known and not used" in told.examples[0].message
    assert told.to_do == "nothing, unless it should be used: then map it in [sources.products.columns]"


def test_a_column_that_another_table_takes_from_the_same_file_is_no_news(tmp_path):
    rows = [f"{sku},{sku.title()},Kitchen,10,4,EUR,NORD,BER,7,red" for sku in SKUS]
    header = "sku,name,category,unit_price,unit_cost,currency,Lieferant,location,lead_time_days,colour"
    shop(
        tmp_path,
        products_csv=csv(header, rows),
        sources='[sources.supply_terms]\npath = "products.csv"\ncolumns = {supplier = "Lieferant"}\n',
    )

    found = check(tmp_path)

    messages = [each.message for each in problem(found, "products.columns.new").examples]
    assert len(messages) == 1
    assert "column 'colour' is not known" in messages[0]


def test_columns_in_another_order_are_fine(tmp_path):
    rows = [",".join(reversed(row.split(","))) for row in good_sales()]
    shop(tmp_path, sales_csv=csv(",".join(reversed(SALES.split(","))), rows))

    found = check(tmp_path)

    assert (found.refusals, found.problems) == ((), [])


def test_a_column_of_the_wrong_type_is_refused_with_the_first_line_and_the_share(tmp_path):
    shop(tmp_path, sales_csv=csv(SALES, [sale(day(20 + n), units="two") for n in range(5)] + good_sales(2)))

    found = check(tmp_path)

    assert "sales: 5 of 11 rows are rejected (45.5%), more than data.max_rejected_share allows (20.0%)" in only_reason(
        found
    )
    assert 'sales.csv line 2: units is "two", not a number; rejected (rule sales.units.number)' in only_reason(found)
    assert problem(found, "sales.units.number").rows == 5


# --- text


@pytest.mark.parametrize(
    "text",
    [
        csv(SALES, good_sales()).encode("utf-8-sig"),
        csv(SALES, good_sales()).replace("\n", "\r\n").encode(),
        csv(SALES, good_sales()).replace(",", ";").encode(),
        csv(SALES, good_sales()).replace(",", "\t").encode(),
        csv(SALES, [*good_sales(), sale(channel='"on the\nweb"')]).encode(),
        csv(SALES, [*good_sales(), sale(channel="Lädchen")]).encode("latin-1"),
        csv(SALES, [*good_sales(), sale(channel="Lädchen “x”")]).encode("cp1252"),
    ],
    ids=["bom", "crlf", "semicolon", "tab", "quoted newline", "latin-1", "windows-1252"],
)
def test_text_of_every_common_shape_is_read_right(tmp_path, text):
    shop(tmp_path, sales_csv=text)

    found = check(tmp_path)

    assert (found.refusals, found.problems) == ((), [])
    assert found.inputs.tables["demand_lines"]["units"].sum() in (420.0, 422.0)


def test_a_decimal_comma_is_read_where_it_is_unambiguous(tmp_path):
    rows = [sale(day(69), net_revenue='"1.234,5"') if i == 0 else row for i, row in enumerate(good_sales())]
    shop(tmp_path, sales_csv=csv(SALES, rows))

    lines = check(tmp_path).inputs.tables["demand_lines"]

    assert lines["net_revenue_base"].sum() == 1234.5 + 209 * 20


def test_an_ambiguous_order_of_day_and_month_is_refused_with_how_to_declare_it(tmp_path):
    rows = [f"{pd.Timestamp(row[:10]):%d/%m/%Y}{row[10:]}" for row in good_sales(9)]
    shop(tmp_path, sales_csv=csv(SALES, [f"03/04/2026{row[10:]}" for row in rows]))

    reason = only_reason(check(tmp_path))

    assert "sales.csv: date is '03/04/2026': day and month cannot be distinguished" in reason
    assert 'declare it in [sources.sales] as date_format = "%d/%m/%Y" or "%m/%d/%Y"' in reason


def test_a_declared_order_of_day_and_month_is_obeyed(tmp_path):
    rows = [f"{pd.Timestamp(row[:10]):%d/%m/%Y}{row[10:]}" for row in good_sales(9)]
    shop(
        tmp_path, sales_csv=csv(SALES, rows), sources='[sources.sales]\npath = "sales.csv"\ndate_format = "%d/%m/%Y"\n'
    )

    dates = check(tmp_path).inputs.tables["demand_lines"]["date"]

    assert (dates.min(), dates.max()) == (pd.Timestamp("2026-03-23"), pd.Timestamp("2026-03-31"))


def test_a_refusal_of_one_table_does_not_hide_what_is_wrong_with_the_others(tmp_path):
    shop(tmp_path, inventory_csv="", sales=[sale(units="1,5x".replace(",", "."))])

    found = check(tmp_path)

    assert only_reason(found) == "inventory.csv: the file is empty; deliver it again"
    assert problem(found, "sales.units.number").examples[0].line == 212


def test_the_intake_itself_refuses_what_the_check_tells(tmp_path):
    from flows.inputs import ingest_one
    from settings import load_settings

    shop(tmp_path, sales_csv="")

    with pytest.raises(DataRefused, match=r"sales\.csv: the file is empty"):
        ingest_one(load_settings(tmp_path), "sales")
