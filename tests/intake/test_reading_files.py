"""Files of every common shape are read right, or refused by name."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from intake.sources.csv_text import open_csv_file
from settings import DataRefused, SettingsError, TableSource
from tests.data_contracts.company import SALES_HEADER, accepted, ingest, rejected, sale, sales_csv, warnings_of, write


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found_from_the_header(tmp_path, separator):
    write(tmp_path, "sales.csv", sales_csv(sale()).replace(",", separator))

    assert accepted(tmp_path)["units"].tolist() == [1.0]


@pytest.mark.parametrize(
    ("encoding", "written"),
    [("utf-8", None), ("utf-8-sig", None), ("cp1252", None), ("latin-1", "latin-1"), ("utf-16", None)],
)
def test_text_is_read_in_its_encoding(tmp_path, encoding, written):
    write(tmp_path, "sales.csv", sales_csv(sale(sku="Tüte-é")).encode(encoding))

    assert accepted(tmp_path, encoding=written)["sku"].tolist() == ["Tüte-é"]


def test_bytes_that_are_not_the_declared_utf8_are_refused_with_their_line(tmp_path):
    write(tmp_path, "sales.csv", sales_csv(sale(), sale(sku="Tüte")).encode("cp1252"))

    with pytest.raises(DataRefused, match=r"sales.csv line 3: not UTF-8 as declared"):
        ingest(tmp_path, encoding="utf-8")


def test_gzip_and_crlf_are_read(tmp_path):
    write(tmp_path, "sales.csv.gz", sales_csv(sale(), sale(sku="B")).replace("\n", "\r\n"))

    rows = accepted(tmp_path, path="sales.csv.gz")

    assert rows["sku"].tolist() == ["A", "B"]
    assert rows["source_line"].tolist() == [2, 3]


def test_lines_are_those_of_the_file_also_after_quoted_newlines_and_blank_lines(tmp_path):
    rows = (sale(sku='"A\nA"'), "", sale(sku="B"), sale(sku="C", units="x"))
    write(tmp_path, "sales.csv", sales_csv(*rows))

    intake = ingest(tmp_path)

    assert accepted(tmp_path)["source_line"].tolist() == [2, 5]
    assert rejected(tmp_path)["line"].tolist() == [6]
    assert warnings_of(intake) == {}


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.text(alphabet='ab" ,;\n\réß', max_size=6), st.integers(-99, 99)), min_size=1, max_size=8))
def test_fast_and_slow_readers_agree_with_the_lines_written(tmp_path_factory, rows):
    """Every field comes back as it was written, with the line on which its row begins."""
    lines, text = [], "sku,units\n"
    for sku, units in rows:
        lines.append(len(text.replace("\r\n", "\n").replace("\r", "\n").split("\n")))
        text += '"' + sku.replace('"', '""') + f'",{units}\n'
    file = write(tmp_path_factory.mktemp("csv"), "x.csv", text)

    raw = open_csv_file(file, TableSource(path="x.csv"), ["sku", "units"]).whole()

    assert raw.rows.column("sku").to_pylist() == [sku for sku, _ in rows]
    assert raw.rows.column("units").to_pylist() == [str(units) for _, units in rows]
    assert raw.lines.tolist() == lines


def test_a_folder_is_read_file_by_file_in_order_of_names(tmp_path):
    write(tmp_path, "sales/2026-02.csv", sales_csv(sale(date="2026-02-01", sku="B")))
    write(tmp_path, "sales/2026-01.csv", sales_csv(sale(date="2026-01-01", sku="A")))
    write(tmp_path, "sales/notes.md", "not data")
    write(tmp_path, "sales/.hidden.csv", "nothing")

    rows = accepted(tmp_path, path="sales")

    assert rows["sku"].tolist() == ["A", "B"]
    assert rows["source_file"].tolist() == ["2026-01.csv", "2026-02.csv"]


def test_a_glob_picks_files(tmp_path):
    write(tmp_path, "in/sales-1.csv", sales_csv(sale()))
    write(tmp_path, "in/stock-1.csv", "something,else\n")

    assert len(accepted(tmp_path, path="in/sales-*.csv")) == 1


def test_parquet_keeps_its_types(tmp_path):
    frame = pd.DataFrame(
        {
            "date": pd.to_datetime(["2026-03-01 08:26:00"]),
            "sku": [85048.0],
            "location": ["BER"],
            "channel": ["web"],
            "units": np.array([3], np.int32),
            "net_revenue": [4.5],
            "currency": ["EUR"],
            "on_promotion": [True],
        }
    )
    frame.to_parquet(tmp_path / "sales.parquet")

    row = accepted(tmp_path, path="sales.parquet").iloc[0]

    assert (row["date"], row["sku"], row["units"], row["on_promotion"]) == (
        pd.Timestamp("2026-03-01"),
        "85048",
        3.0,
        True,
    )


def test_a_query_is_read_in_an_order_of_its_own(tmp_path):
    import sqlalchemy as sa

    engine = sa.create_engine(f"sqlite:///{tmp_path / 'shop.db'}")
    frame = pd.DataFrame(
        [["2026-03-02", "B", "BER", "web", 1, 10.0, "EUR"], ["2026-03-01", "A", "BER", "web", 2, 9.5, "EUR"]]
    )
    frame.columns = SALES_HEADER.split(",")
    frame.to_sql("orders", engine, index=False)
    engine.dispose()

    forward = accepted(tmp_path, url="sqlite:///shop.db", query="select * from orders")
    backward = accepted(tmp_path, url="sqlite:///shop.db", query="select * from orders order by sku")

    pd.testing.assert_frame_equal(forward, backward)
    assert forward["units"].tolist() == [2.0, 1.0]
    assert set(forward["source_file"]) == {"sales query"}


def test_a_database_that_refuses_is_named_without_its_password(tmp_path, monkeypatch):
    monkeypatch.setenv("SHOP_URL", "postgresql+psycopg://reader:s3cret@127.0.0.1:1/shop?connect_timeout=1")

    with pytest.raises(DataRefused, match="sales query on postgresql") as refused:
        ingest(tmp_path, url="env:SHOP_URL", query="select 1")

    assert "s3cret" not in str(refused.value)


def test_an_unset_variable_is_named(tmp_path, monkeypatch):
    monkeypatch.delenv("NO_SUCH_URL", raising=False)

    with pytest.raises(SettingsError, match="NO_SUCH_URL"):
        ingest(tmp_path, url="env:NO_SUCH_URL", query="select 1")


BROKEN = {
    "empty.csv": b"",
    "blank.csv": b"\xef\xbb\xbf\r\n\r\n",
    "broken.csv.gz": b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xab",
    "no.csv.gz": b"date,sku\n",
    "broken.parquet": b"PAR1 something PAR1",
    "cut.csv": sales_csv(sale(), "2026-03-02,A,BER").encode().rstrip(b"\n"),
    "quote.csv": sales_csv(sale(), sale(sku='"A')).encode(),
    "binary.csv": b"PK\x03\x04\x00\x00\x00",
    "twice.csv": sales_csv(sale(), header=SALES_HEADER.replace("location", "sku")).encode(),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_files_are_refused_by_name(tmp_path, name):
    write(tmp_path, name, BROKEN[name])

    with pytest.raises(DataRefused, match=name.replace(".", r"\.")):
        ingest(tmp_path, path=name)


def test_a_parquet_file_cut_short_is_refused(tmp_path):
    parquet.write_table(pa.table({"sku": ["A"] * 1000}), tmp_path / "sales.parquet")
    whole = (tmp_path / "sales.parquet").read_bytes()
    (tmp_path / "sales.parquet").write_bytes(whole[: len(whole) // 2])

    with pytest.raises(DataRefused, match=r"sales\.parquet: broken or half-written Parquet"):
        ingest(tmp_path, path="sales.parquet")


def test_a_file_that_is_not_there_is_refused_with_the_closest_name(tmp_path):
    write(tmp_path, "sales_2026.csv", sales_csv(sale()))

    with pytest.raises(DataRefused, match=r"closest name there is 'sales_2026\.csv'"):
        ingest(tmp_path, path="sales.csv")


@pytest.mark.parametrize("name", ["sales.csv.tmp", "sales.csv.part"])
def test_files_under_way_by_their_name_are_refused(tmp_path, name):
    write(tmp_path, "in/a.csv", sales_csv(sale()))
    write(tmp_path, f"in/{name}", "")

    with pytest.raises(DataRefused, match="still being written"):
        ingest(tmp_path, path="in")


def test_a_file_that_grows_while_it_is_read_is_refused(tmp_path, monkeypatch):
    from pathlib import Path

    file = write(tmp_path, "sales.csv", sales_csv(sale()))
    read_bytes = Path.read_bytes

    def grow(path):
        delivered = read_bytes(path)
        if path == file:
            with file.open("ab") as stream:
                stream.write(b"more")
        return delivered

    monkeypatch.setattr(Path, "read_bytes", grow)

    with pytest.raises(DataRefused, match="still being written"):
        ingest(tmp_path)


def test_rows_with_too_few_or_too_many_fields_are_rejected_with_their_text(tmp_path):
    write(tmp_path, "sales.csv", sales_csv(sale(), "2026-03-02,A", sale() + ",more", sale(sku="B")))

    rows = rejected(tmp_path)

    assert rows["line"].tolist() == [3, 4]
    assert set(rows["rule"]) == {"sales.row.fields"}
    assert rows["value"].iloc[0] == "2026-03-02,A"
    assert accepted(tmp_path)["sku"].tolist() == ["A", "B"]
