"""What has no end, or more than can be meant, is refused by name, with the limit and what to set."""

import gzip
import json
import os
import sqlite3
from contextlib import closing

import pyarrow as pa
import pytest
from pyarrow import parquet

from data_contracts.tables import CONTRACTS
from intake.sources.databases.engines import find_database
from intake.sources.databases.query import stream_query
from intake.sources.files import read_files
from onboarding.survey.sources import survey_folder
from settings import DataRefused, TableSource
from tests.data_contracts.company import SALES_HEADER, accepted, ingest, sale, sales_csv, write
from tests.intake.test_excel_files import workbook


def read(tmp_path, path, **source):
    return list(read_files(CONTRACTS["sales"], TableSource(path=path, **source), tmp_path))


def test_a_pipe_and_a_device_are_no_files(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "zero.csv").symlink_to("/dev/zero")

    with pytest.raises(DataRefused, match=r"pipe.csv: a pipe, which has no end; deliver a file"):
        read(tmp_path, "pipe.csv")
    with pytest.raises(DataRefused, match=r"zero.csv: a device, which has no end"):
        read(tmp_path, "zero.csv")


def test_a_link_to_nothing_is_named(tmp_path):
    (tmp_path / "sales.csv").symlink_to(tmp_path / "gone.csv")

    with pytest.raises(DataRefused, match=r"sales.csv: a link to a file that is not there"):
        read(tmp_path, "sales.csv")


def test_a_name_with_a_sign_of_globs_is_a_file_where_there_is_one(tmp_path):
    write(tmp_path, "sales [new].csv", sales_csv(sale()))

    assert accepted(tmp_path, path="sales [new].csv")["sku"].tolist() == ["A"]


@pytest.mark.parametrize(
    ("limits", "says"),
    [({"most_rows": 100}, r"more than limits.most_rows allows \(100\); if that is meant, set limits = { most_rows"),
     ({"most_mib": 1}, "more than limits.most_mib allows")],
)  # fmt: skip
def test_packed_blank_lines_end_at_the_limit(tmp_path, limits, says):
    (tmp_path / "sales.csv.gz").write_bytes(gzip.compress(SALES_HEADER.encode() + b"\n" * 3_000_000))

    with pytest.raises(DataRefused, match=rf"sales.csv.gz: .*{says}"):
        read(tmp_path, "sales.csv.gz", limits=limits)


@pytest.mark.parametrize("kind", ["csv", "parquet", "xlsx", "json", "database"])
def test_reading_ends_when_it_takes_too_long(tmp_path, monkeypatch, kind):
    path = delivered(tmp_path, kind)
    clock = iter(range(0, 10_000_000, 4_000))
    monkeypatch.setattr("intake.sources.stable_file.time.monotonic", lambda: next(clock))

    with pytest.raises(DataRefused, match=r"seconds of reading so far, more than limits.most_seconds allows"):
        read_all(tmp_path, path, {})


@pytest.mark.parametrize("kind", ["csv", "parquet", "xlsx", "json", "database"])
@pytest.mark.parametrize(("limit", "most"), [("most_rows", 1), ("most_columns", 1)])
def test_more_rows_or_columns_than_can_be_meant_are_refused_whatever_they_come_from(tmp_path, kind, limit, most):
    path = delivered(tmp_path, kind)

    assert read_all(tmp_path, path, {limit: 10}) > 0
    if (kind, limit) == ("json", "most_columns"):
        return  # names are those of objects, each of which has its own
    with pytest.raises(DataRefused, match=rf"more than limits.{limit} allows \({most}\)"):
        read_all(tmp_path, path, {limit: most})


def delivered(tmp_path, kind):
    """Two rows of sales in a file or a database of this kind; returned is where."""
    rows = pa.table({"sku": ["A", "B"], "units": [1, 2]})
    path = f"sales.{kind}"
    if kind == "csv":
        write(tmp_path, path, "sku,units\nA,1\nB,2\n")
    elif kind == "parquet":
        parquet.write_table(rows, tmp_path / path)
    elif kind == "xlsx":
        workbook(tmp_path / path, sales=[["sku", "units"], ["A", 1], ["B", 2]])
    elif kind == "json":
        write(tmp_path, path, json.dumps(rows.to_pylist()))
    else:
        with closing(sqlite3.connect(tmp_path / "shop.db")) as shop, shop:
            shop.execute("CREATE TABLE sales AS SELECT 'A' AS sku, 1 AS units UNION ALL SELECT 'B', 2")
    return path


def read_all(tmp_path, path, limits):
    """The number of rows that are read."""
    if path.endswith("database"):
        source = TableSource(url="sqlite:///shop.db", table="sales", limits=limits)
        return sum(batch.num_rows for batch in stream_query(find_database("sales", source.url, tmp_path), source, None))
    return sum(raw.rows.num_rows for raw in read(tmp_path, path, limits=limits))


def test_init_says_what_of_a_folder_is_no_file(tmp_path):
    write(tmp_path, "sales.csv", sales_csv(sale()))
    (tmp_path / "elsewhere").mkdir()
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "zero.csv").symlink_to("/dev/zero")
    (tmp_path / "lost.csv").symlink_to(tmp_path / "gone.csv")
    (tmp_path / "linked").symlink_to(tmp_path / "elsewhere")

    told = dict(survey_folder(tmp_path).unread)

    assert told == {
        "pipe.csv": "a pipe, which has no end; deliver a file",
        "zero.csv": "a device, which has no end; deliver a file",
        "lost.csv": "a link to a file that is not there; deliver the file itself",
        "linked": "a link to a folder, which is not followed; put the folder itself there",
    }


def test_parquet_of_too_many_equal_rows_is_refused_before_it_is_read(tmp_path):
    parquet.write_table(pa.table({"sku": pa.array(["A"] * 100_000).dictionary_encode()}), tmp_path / "sales.parquet")

    with pytest.raises(DataRefused, match=r"sales.parquet: 100,000 rows or lines so far, more than limits.most_rows"):
        read(tmp_path, "sales.parquet", limits={"most_rows": 99_999})


def test_a_parquet_column_that_is_there_twice_is_named(tmp_path):
    table = pa.Table.from_arrays([pa.array(["A"]), pa.array(["B"])], names=["sku", "sku"])
    parquet.write_table(table, tmp_path / "sales.parquet")

    with pytest.raises(DataRefused, match=r"sales.parquet: has column 'sku' twice"):
        read(tmp_path, "sales.parquet")


def test_headers_of_a_huge_field_or_too_many_columns_are_refused(tmp_path):
    write(tmp_path, "a.csv", "x" * 200_000 + ",b\n1,2\n")
    write(tmp_path, "b.csv", ",".join(f"c{number}" for number in range(20_000)) + "\n")

    with pytest.raises(DataRefused, match=r"a.csv: the header cannot be read"):
        read(tmp_path, "a.csv")
    with pytest.raises(DataRefused, match=r"b.csv: 20,000 columns so far, more than limits.most_columns"):
        read(tmp_path, "b.csv")
    assert len(survey_folder(tmp_path).unread) == 2


def test_json_that_is_nested_too_deeply_is_refused(tmp_path):
    write(tmp_path, "sales.json", '[{"a": ' + "[" * 100_000 + "]" * 100_000 + "}]")

    with pytest.raises(DataRefused, match=r"sales.json: lists nested too deeply"):
        read(tmp_path, "sales.json")
    write(tmp_path, "list.json", json.dumps([{"sku": "A"}] * 3))
    with pytest.raises(DataRefused, match=r"limits.most_rows"):
        read(tmp_path, "list.json", limits={"most_rows": 2})


def test_the_limit_is_of_a_table_and_others_are_read(tmp_path):
    write(tmp_path, "sales.csv", sales_csv(sale(), sale(sku="B")))

    with pytest.raises(DataRefused, match="most_rows"):
        ingest(tmp_path, limits={"most_rows": 2})
    assert len(accepted(tmp_path, limits={"most_rows": 3})) == 2
