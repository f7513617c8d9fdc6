"""A second file gives the rows of the first more columns."""

import sqlite3
from contextlib import closing

import numpy as np
import pytest

from data_contracts.acceptance.accepted import load_accepted
from settings import DataRefused, SettingsError
from tests.data_contracts.company import accepted, ingest, rejected, warnings_of, write

CONSTANTS = {"channel": "web", "currency": "EUR", "location": "BER", "date": "2026-03-02"}
PRICES = {
    "joined": [{"path": "prices.csv", "on": ["sku"]}],
    "constants": CONSTANTS,
    "columns": {"net_revenue": "price"},
}


def files(root, sales: str, prices: str) -> None:
    write(root, "sales.csv", sales)
    write(root, "prices.csv", prices)


def messages_of(intake) -> dict[str, str]:
    found = intake.rule_results
    return dict(zip(found["rule"], found["first_example"], strict=True))


def test_rows_take_the_columns_of_the_row_with_the_same_key(tmp_path):
    files(tmp_path, "order,sku,units\n1,B,1\n2,A,2\n3,B,3\n", "sku,price\nA,10\nB,20\n")

    rows = accepted(tmp_path, **PRICES)

    assert rows["net_revenue"].tolist() == [20.0, 10.0, 20.0]


def test_rows_without_a_partner_keep_empty_and_are_reported(tmp_path):
    files(tmp_path, "sku,units\nA,1\nC,2\n,3\n", "sku,price\nA,10\n,99\n")

    intake = ingest(
        tmp_path,
        table="products",
        **PRICES | {"columns": {"unit_price": "price"}, "constants": {"name": "N", "category": "K"}},
    )

    assert load_accepted(intake)["unit_price"].replace(np.nan, None).tolist() == [10.0, None]
    assert warnings_of(intake)["products.joined.unmatched"] == 2
    assert messages_of(intake)["products.joined.unmatched"] == (
        "sales.csv: 2 of 3 rows have no row in prices.csv; its columns stay empty there; the first is line 3: sku C"
    )


def test_half_a_key_belongs_to_nothing_and_may_repeat(tmp_path):
    files(tmp_path, "sku,size,units\nA,,1\nB,L,2\n", "sku,size,price\nB,L,10\nA,,99\nA,,98\n")

    intake = ingest(tmp_path, **PRICES | {"joined": [{"path": "prices.csv", "on": ["sku", "size"]}]})

    assert load_accepted(intake)["net_revenue"].tolist() == [10.0]
    assert warnings_of(intake)["sales.joined.unmatched"] == 1


def test_a_key_given_twice_is_refused_with_both_lines(tmp_path):
    files(tmp_path, "sku,units\nA,1\n", "sku,price\nA,10\nB,5\nA,11\n")

    with pytest.raises(
        DataRefused, match=r"prices.csv line 4: sku A stands there already in line 2 \(repeated rows: 1\)"
    ):
        ingest(tmp_path, **PRICES)


def test_two_wide_files_are_matched_on_the_column_that_both_become(tmp_path):
    files(tmp_path, "sku,2026-03-02,2026-03-03\nA,1,2\n", "sku,2026-03-03,2026-03-02\nA,30,20\n")
    dates = {"columns": "re:2026.*", "into": "date"}

    rows = accepted(
        tmp_path,
        unpivot=dates | {"values": "units"},
        joined=[{"path": "prices.csv", "on": ["sku"], "unpivot": dates | {"values": "price"}}],
        columns={"net_revenue": "= units * price"},
        constants={"channel": "web", "currency": "EUR", "location": "BER"},
    )

    assert rows["net_revenue"].tolist() == [20.0, 60.0]


def test_a_column_of_both_files_keeps_its_own_and_the_other_is_named_by_its_file(tmp_path):
    files(tmp_path, "sku,units,note\nA,1,mine\n", "sku,price,note\nA,10,theirs\n")
    columns = {"net_revenue": "price", "customer": "note", "market": "prices.csv: note"}

    rows = accepted(tmp_path, **PRICES | {"columns": columns})

    assert rows[["customer", "market"]].to_numpy().tolist() == [["mine", "theirs"]]


def test_broken_rows_of_the_second_file_are_reported(tmp_path):
    files(tmp_path, "sku,units\nA,1\n", "sku,price\nA,10\nB\n")

    intake = ingest(tmp_path, **PRICES)

    assert "prices.csv: 1 of 2 rows have too few or too many fields" in messages_of(intake)["sales.joined.malformed"]


def test_a_key_column_that_a_file_lacks_is_wrong_use_with_the_nearest(tmp_path):
    files(tmp_path, "sku,units\nA,1\n", "SKU code,price\nA,10\n")

    with pytest.raises(
        SettingsError,
        match=r"joined.0.on names the column 'sku', which prices.csv does not have; the closest is 'SKU code'",
    ):
        ingest(tmp_path, **PRICES)


def test_a_second_file_that_is_not_there_is_refused_with_the_closest(tmp_path):
    files(tmp_path, "sku,units\nA,1\n", "sku,price\nA,10\n")

    with pytest.raises(
        DataRefused, match=r"there is no file price.csv .*the closest name there is 'prices.csv'.*joined.0.path"
    ):
        ingest(tmp_path, **PRICES | {"joined": [{"path": "price.csv", "on": ["sku"]}]})


def test_a_table_of_the_same_database_is_joined_and_rows_without_a_partner_stay_empty(tmp_path):
    with closing(sqlite3.connect(tmp_path / "shop.db")) as shop, shop:
        shop.execute("CREATE TABLE lines (order_id, code, units)")
        shop.executemany("INSERT INTO lines VALUES (?, ?, ?)", [(7, "A", 2), (8, "B", 3), (9, "C", 4)])
        shop.execute("CREATE TABLE orders (id, day, revenue)")
        shop.executemany("INSERT INTO orders VALUES (?, ?, ?)", [(7, "2026-03-02", 10.0), (8, "2026-03-03", 20.0)])
    source = {
        "url": "sqlite:///shop.db", "query": "SELECT * FROM lines",
        "joined": [{"table": "orders", "on": ["order_id"], "matches": ["id"]}],
        "columns": {"sku": "code", "date": "day", "net_revenue": "revenue"},
        "constants": {"channel": "web", "currency": "EUR", "location": "BER"},
    }  # fmt: skip

    rows = accepted(tmp_path, **source).sort_values("sku")

    assert rows[["sku", "units", "net_revenue"]].to_numpy().tolist() == [["A", 2, 10], ["B", 3, 20]]
    assert rows["date"].dt.day.tolist() == [2, 3]
    assert rejected(tmp_path, **source)["rule"].unique().tolist() == ["sales.date.present"]
