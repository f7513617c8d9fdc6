"""One row for each key, drawn from a file with many."""

import numpy as np
import pyarrow as pa

from data_contracts.acceptance.accepted import load_accepted
from data_contracts.tables import CONTRACTS
from intake.mapping.tables import map_tables
from intake.sources.raw import Delivery, RawTable
from settings import TableSource
from tests.data_contracts.company import ingest, rejected, warnings_of, write

COLUMNS = {"columns": {"sku": "code", "name": "text"}, "constants": {"category": "K"}, "distinct": True}


def lines(*rows: str) -> str:
    return "\n".join(("order,code,text,unit_price", *rows)) + "\n"


def products(root, **how):
    return ingest(root, table="products", **COLUMNS | how)


def kept(root, **how) -> list[list]:
    rows = load_accepted(products(root, **how))
    return rows[["sku", "name", "unit_price", "source_file", "source_line"]].replace(np.nan, None).to_numpy().tolist()


def test_the_first_row_of_each_key_stays_with_its_line(tmp_path):
    write(tmp_path, "sales.csv", lines("1,B,Bag,5", "2,A,Apron,7", "3,B,Bag,5"))

    intake = products(tmp_path)

    assert kept(tmp_path) == [["B", "Bag", 5.0, "sales.csv", 2], ["A", "Apron", 7.0, "sales.csv", 3]]
    assert warnings_of(intake) == {}


def test_values_that_differ_are_counted_and_the_first_reported(tmp_path):
    write(tmp_path, "sales.csv", lines("1,B,Bag,5", "2,B,bag!,5", "3,B,Bag,6", "4,B,Bag,5"))

    intake = products(tmp_path)

    found = intake.rule_results.set_index("rule").loc["products.distinct.differs"]
    assert load_accepted(intake)[["name", "unit_price"]].to_numpy().tolist() == [["Bag", 5.0]]
    assert (found["rows_checked"], found["rows_failed"]) == (4, 2)
    assert found["first_example"] == (
        "sales.csv: 2 of 4 rows give another value than the first row of their key, which is kept; "
        "the first is line 3: name of sku B is 'bag!', kept is 'Bag'"
    )


def test_what_the_first_row_leaves_empty_comes_from_the_next(tmp_path):
    write(tmp_path, "sales.csv", lines("1,B,,5", "2,B,Bag,"))

    assert kept(tmp_path) == [["B", "Bag", 5.0, "sales.csv", 2]]
    assert warnings_of(products(tmp_path)) == {}


def test_a_key_counts_once_over_all_files(tmp_path):
    write(tmp_path, "sales/1.csv", lines("1,B,,5", "1,B,,5"))
    write(tmp_path, "sales/2.csv", lines("2,A,Apron,7", "3,B,Bag,9"))

    intake = products(tmp_path, path="sales")

    assert kept(tmp_path, path="sales") == [["B", "Bag", 5.0, "1.csv", 2], ["A", "Apron", 7.0, "2.csv", 2]]
    assert warnings_of(intake) == {"products.distinct.differs": 1}


def test_batches_of_a_file_give_what_the_whole_file_gives():
    source = TableSource(path="x.csv", **COLUMNS)
    names = ["B", "A", "B", "C", "A", "A", "C", "C"]
    rows = pa.table({"code": names, "text": [None, "a", "b", "c", "a", "other", "c", "c"], "unit_price": ["1"] * 8})
    whole = RawTable("x.csv", "hash", rows, np.arange(2, 10))
    batches = [RawTable("x.csv", "hash", rows.slice(at, 2), np.arange(2 + at, 4 + at)) for at in (0, 2, 4, 6)]

    once, again = (
        next(
            map_tables(
                CONTRACTS["products"], source, None, [Delivery("x.csv", "hash", lambda given=given: iter(given))]
            )
        ).whole()
        for given in ([whole], batches)
    )

    assert (
        again.rows.to_pydict()
        == once.rows.to_pydict()
        == {"code": ["B", "A", "C"], "text": ["b", "a", "c"], "unit_price": ["1"] * 3}
    )
    assert again.lines.tolist() == once.lines.tolist() == [2, 3, 5]
    assert sum(note.rows for note in again.notes) == sum(note.rows for note in once.notes) == 1


def test_rows_without_a_key_are_one_row_that_the_contract_rejects(tmp_path):
    write(tmp_path, "sales.csv", lines("1,,Bag,5", "2,,Apron,7", "3,A,Apron,7"))

    out = rejected(tmp_path, table="products", **COLUMNS)

    assert out[["line", "rule"]].to_numpy().tolist() == [[2, "products.sku.present"]]


def test_codes_that_differ_by_blanks_are_left_to_the_setting_that_cuts_them(tmp_path):
    write(tmp_path, "sales.csv", lines("1,B,Bag,5", "2,B ,Bag,5"))

    assert [row[0] for row in kept(tmp_path)] == ["B", "B "]


def test_keys_may_be_put_together_and_values_computed(tmp_path):
    write(tmp_path, "sales.csv", lines("1,B,Bag,5", "2,B,Bag,6x", "3,C,Cap,4x"))
    columns = {"sku": "K-{code}", "name": "text", "unit_price": "= 2 * unit_price"}

    intake = products(tmp_path, columns=columns)

    assert load_accepted(intake)["sku"].tolist() == ["K-B", "K-C"]
    assert load_accepted(intake)["unit_price"].replace(np.nan, None).tolist() == [10.0, None]
    assert warnings_of(intake) == {"products.distinct.differs": 1, "products.unit_price.number": 1}
