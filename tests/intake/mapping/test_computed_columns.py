"""Text with columns in it, and formulas of columns and numbers."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from intake.mapping.expressions import parse, with_computed
from intake.sources.raw import RawTable
from settings import SettingsError, TableSource
from tests.data_contracts.company import SALES_HEADER, accepted, ingest, rejected, sale, sales_csv, warnings_of, write

CONSTANTS = {"date": "2026-03-02", "channel": "web", "currency": "EUR", "location": "BER"}


def lines(*rows: str, header: str = "Client,Product,units,price") -> str:
    return "\n".join((header, *rows)) + "\n"


def computed(root, **columns) -> list:
    mapped = {"sku": "Product", "net_revenue": "price"} | columns
    rows = accepted(root, columns=mapped, constants=CONSTANTS)
    return rows[next(iter(columns))].tolist()


def test_a_template_puts_columns_into_text_and_fills_up_with_zeros(tmp_path):
    write(tmp_path, "sales.csv", lines("7,12,1,10", "8, 1234 ,1,10"))

    assert computed(tmp_path, sku="C{Client}-{Product:03}") == ["C7-012", "C8-1234"]


def test_numbers_and_dates_of_parquet_go_into_text(tmp_path):
    table = pa.table({"Client": [7, 8], "Product": [12.0, 13.5], "units": [1, 1], "price": [10.0, 10.0]})
    parquet.write_table(table, tmp_path / "sales.csv.parquet")

    rows = accepted(
        tmp_path,
        path="sales.csv.parquet",
        columns={"sku": "{Client}-{Product}", "net_revenue": "price"},
        constants=CONSTANTS,
    )

    assert rows["sku"].tolist() == ["7-12", "8-13.5"]


def test_a_template_with_an_empty_part_is_empty_and_so_rejected(tmp_path):
    write(tmp_path, "sales.csv", lines("7,12,1,10", ",12,1,10"))

    rows = rejected(tmp_path, columns={"sku": "{Client}-{Product}", "net_revenue": "price"}, constants=CONSTANTS)

    assert rows[["line", "rule"]].to_numpy().tolist() == [[3, "sales.sku.present"]]


def test_a_date_can_be_put_together(tmp_path):
    write(tmp_path, "sales.csv", lines("A,2026,3,1,10", header="sku,year,month,units,net_revenue"))

    rows = accepted(tmp_path, columns={"date": "{year}-{month:02}-01"}, constants={"channel": "web", "currency": "EUR"})

    assert rows["date"].dt.strftime("%Y-%m-%d").tolist() == ["2026-03-01"]


def test_a_product_multiplies_columns_and_numbers(tmp_path):
    write(tmp_path, "sales.csv", lines("7,12,3,10.5", "7,13,-2,4"))

    assert computed(tmp_path, net_revenue="= units * price * 2") == [63.0, -16.0]
    assert computed(tmp_path, net_revenue="= -units * -1 * {price}") == [31.5, -8.0]
    assert computed(tmp_path, units="= -units") == [-3.0, 2.0]


def test_factors_are_read_as_the_source_writes_numbers(tmp_path):
    write(tmp_path, "sales.csv", "Product;units;price\n12;2;1.234\n")

    rows = accepted(
        tmp_path,
        columns={"sku": "Product", "net_revenue": "= units * price"},
        constants=CONSTANTS,
        decimal=",",
        thousands=".",
    )

    assert rows["net_revenue"].tolist() == [2468.0]


def test_a_factor_that_is_no_number_is_rejected_with_the_texts_of_all(tmp_path):
    write(tmp_path, "sales.csv", lines("7,12,3,10", "7,13,2,4x", "7,14,2,"))

    rows = rejected(tmp_path, columns={"sku": "Product", "net_revenue": "= units * price"}, constants=CONSTANTS)

    assert rows[["line", "rule", "value"]].to_numpy().tolist() == [
        [3, "sales.net_revenue.number", "2 * 4x"],
        [4, "sales.net_revenue.present", ""],
    ]


def test_a_formula_adds_subtracts_divides_and_follows_parentheses(tmp_path):
    write(tmp_path, "sales.csv", lines("7,12,4,10", "7,13,-2,4"))

    assert computed(tmp_path, net_revenue="= units * (price - 2) / 2 + 1") == [17.0, -1.0]
    assert computed(tmp_path, net_revenue="= abs(units) * {price}-(1-units)") == [43.0, 5.0]
    assert computed(tmp_path, net_revenue="= sign({units}) * price") == [10.0, -4.0]


def test_an_empty_cell_makes_a_formula_empty_unless_a_number_stands_for_it(tmp_path):
    write(tmp_path, "sales.csv", lines("7,12,3,10,0.25", "7,13,2,4,", header="Client,Product,units,price,Discount"))

    rows = rejected(
        tmp_path, columns={"sku": "Product", "net_revenue": "= price * (1 - Discount)"}, constants=CONSTANTS
    )

    assert rows[["line", "rule"]].to_numpy().tolist() == [[3, "sales.net_revenue.present"]]
    assert computed(tmp_path, net_revenue="= price * (1 - {Discount or 0})") == [7.5, 4.0]


def test_a_division_by_zero_is_no_number(tmp_path):
    write(tmp_path, "sales.csv", lines("7,12,0,10"))

    assert computed(tmp_path, unit_price="= {price} / {units}")[0] != 0


def test_columns_that_go_into_others_are_not_reported_as_new(tmp_path):
    write(tmp_path, "sales.csv", lines("7,12,3,10"))

    intake = ingest(
        tmp_path, columns={"sku": "{Client}-{Product}", "net_revenue": "= units * price"}, constants=CONSTANTS
    )

    assert warnings_of(intake) == {}


def test_a_delivered_column_whose_name_looks_like_an_expression_is_that_column(tmp_path):
    write(tmp_path, "sales.csv", sales_csv(sale(), header=SALES_HEADER.replace("sku", "{sku}")))

    assert accepted(tmp_path, columns={"sku": "{sku}"})["sku"].tolist() == ["A"]


@pytest.mark.parametrize("written", ["{Cliend}-{Product}", "= Cliend * units"])
def test_a_column_that_is_not_there_is_wrong_use_with_the_nearest(tmp_path, written):
    write(tmp_path, "sales.csv", lines("7,12,3,10"))

    with pytest.raises(
        SettingsError,
        match=r"sources.sales.columns.net_revenue = .* names the column 'Cliend', which sales.csv does not have; the closest is 'Client'",
    ):
        computed(tmp_path, net_revenue=written)


@pytest.mark.parametrize("written", ["{Client", "Client}", "{a}{", "{a}}"])
def test_a_brace_without_a_partner_is_wrong_use(written):
    with pytest.raises(SettingsError, match="a brace is unmatched"):
        parse(written, "sources.sales.columns.sku")


@pytest.mark.parametrize(
    "written",
    ["=", "= ", "= units *", "= * units", "= units ** price", "= -", "= (units", "= units {price}", "= units)"],
)
def test_a_missing_factor_is_wrong_use(written):
    with pytest.raises(SettingsError, match="a factor is missing"):
        parse(written, "sources.sales.columns.units")


def test_a_column_with_a_star_in_its_name_stands_in_braces():
    assert parse("= {a * b} * -2 * c d", "x").columns == ["a * b", "c d"]


def test_a_product_is_no_text(tmp_path):
    write(tmp_path, "sales.csv", lines("7,12,3,10"))

    with pytest.raises(SettingsError, match=r"columns.sku: a formula is a number, and sku holds a text"):
        computed(tmp_path, sku="= units * price")


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(-999, 999), st.integers(0, 99999)), min_size=1, max_size=6))
def test_products_equal_plain_arithmetic(rows):
    table = pa.table({"a": [str(a) for a, _ in rows], "b": [f"{b / 100:.2f}" for _, b in rows]})
    raw = RawTable("x.csv", "hash", table, np.arange(2, len(rows) + 2))
    source = TableSource(path="x.csv", columns={"unit_price": "= a * b * -0.5"})

    made = with_computed(raw, source, "products").rows.column("= a * b * -0.5").to_pylist()

    assert [value["text"] for value in made] == [None] * len(rows)
    assert [value["number"] for value in made] == pytest.approx([a * (b / 100) * -0.5 for a, b in rows])


def test_of_columns_with_a_bar_between_them_the_first_that_is_filled_counts(tmp_path):
    write(tmp_path, "sales.csv", lines("7,12,1,10", " ,12,1,10", "8,,1,10"))

    assert computed(tmp_path, sku="{Client|Product}") == ["7", "12", "8"]
    assert parse("C{Client|Product:03}", "sku").columns == ["Client", "Product"]
