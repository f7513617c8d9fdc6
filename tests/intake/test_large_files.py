"""Large files are read in batches, and what is found does not depend on where these are cut."""

import gzip
import tracemalloc

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from data_contracts.acceptance.accepted import load_accepted, load_rejected
from data_contracts.tables import CONTRACTS
from intake import monthly_validation, rows_by_month
from intake.delivery import read_source
from intake.mapping.coercion import coerce
from intake.mapping.whole_file_formats import with_whole_file_formats
from intake.sources import csv_records, csv_text, parquet_file
from intake.sources import stable_file as settled
from settings import DataRefused, TableSource
from tests.data_contracts.company import accepted, ingest, rejected, sale, sales_csv, warnings_of, write


@pytest.fixture
def cut(monkeypatch):
    """Read in pieces of so many bytes and batches of so many rows, all beyond a few rows on disk."""

    def small(piece_bytes=64, batch_rows=3, held_rows=2):
        monkeypatch.setattr(settled, "HELD_BYTES", 0)
        monkeypatch.setattr(settled, "PIECE_BYTES", piece_bytes)
        monkeypatch.setattr(csv_text, "BATCH_ROWS", batch_rows)
        monkeypatch.setattr(parquet_file, "BATCH_ROWS", batch_rows)
        monkeypatch.setattr(rows_by_month, "HELD_ROWS", held_rows)

    return small


@st.composite
def sales_files(draw):
    """Sales of a few months with whatever is wrong in files: unreadable, ragged, repeated and quoted rows."""
    cents, dates = draw(st.sampled_from([".", ","])), draw(st.sampled_from(["%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y"]))
    days = st.dates(min_value=pd.Timestamp("2026-01-01").date(), max_value=pd.Timestamp("2026-03-31").date())
    good = st.builds(
        lambda day, sku, units, price: (
            f'{day.strftime(dates)};{sku};BER;web;{units};"{price // 100}{cents}{price % 100:02d}";EUR'
        ),
        days,
        st.sampled_from(["A", "B", '"C\nC"', '"D "" D"', "É"]),
        st.integers(-2, 3),
        st.integers(-200_000, 200_000).map(abs),
    )
    bad = st.sampled_from(
        ["", "2026-01-03;A", "soon;A;BER;web;1;1;EUR", "31.01.2026;A;BER;web;x;1.234;EUR", "a;b;c;d;e;f;g;h"]
    )
    rows = draw(st.lists(good | good | good | bad, min_size=1, max_size=25))
    end = draw(st.sampled_from(["\n", "\r\n"]))
    return end.join(["date;sku;location;channel;units;net_revenue;currency", *rows, ""])


def months_of(file):
    """Coerced rows by month, or why they are refused."""
    contract, source = CONTRACTS["sales"], TableSource(path=file.name)
    with rows_by_month.RowsByMonth(contract, file.parent) as rows:
        try:
            for delivery in read_source(contract, source, file.parent):
                for raw in with_whole_file_formats(delivery).batches():
                    rows.add(coerce(contract, raw, source).rows)
        except DataRefused as refused:
            return str(refused)
        return {month: rows.take(month).to_pydict() for month in rows.months}


@settings(max_examples=60, deadline=None)
@given(
    text=sales_files(),
    piece=st.integers(4, 400),
    rows=st.integers(1, 9),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"]),
)
def test_batches_of_any_size_give_the_rows_of_the_whole_file(tmp_path_factory, text, piece, rows, encoding):
    file = write(tmp_path_factory.mktemp("cut"), "sales.csv", text.encode(encoding))

    whole = months_of(file)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(settled, "HELD_BYTES", 0)
        patched.setattr(settled, "PIECE_BYTES", piece)
        patched.setattr(csv_text, "BATCH_ROWS", rows)
        patched.setattr(rows_by_month, "HELD_ROWS", rows)
        cut_up = months_of(file)

    assert cut_up == whole


@settings(max_examples=5, deadline=None)
@given(text=sales_files(), rows=st.integers(1, 9))
def test_batches_of_any_size_give_the_accepted_and_rejected_rows_of_the_whole_file(tmp_path_factory, text, rows):
    def outcome():
        root = tmp_path_factory.mktemp("company")
        write(root, "sales.csv", text)
        try:
            found = ingest(root)
        except DataRefused as refused:
            return str(refused)
        frames = (found.parts, found.rule_results, load_rejected(found), load_accepted(found))
        return [frame.astype(object).where(frame.notna(), None).to_dict("list") for frame in frames]

    whole = outcome()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(settled, "HELD_BYTES", 0)
        patched.setattr(settled, "PIECE_BYTES", 50)
        patched.setattr(csv_text, "BATCH_ROWS", rows)
        patched.setattr(rows_by_month, "HELD_ROWS", rows)
        patched.setattr(monthly_validation, "ROWS_VALIDATED_AT_ONCE", rows)
        cut_up = outcome()

    assert cut_up == whole


@settings(max_examples=200, deadline=None)
@given(
    rows=st.lists(
        st.tuples(st.text(alphabet='ab" ,;\n\réß', max_size=6), st.integers(-99, 99)), min_size=1, max_size=12
    ),
    piece=st.integers(1, 40),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_fields_and_lines_are_read_right_wherever_the_text_is_cut(rows, piece, end):
    lines, text = [], f"sku,units{end}"
    for sku, units in rows:
        lines.append(len(text.replace("\r\n", "\n").replace("\r", "\n").split("\n")))
        text += '"' + sku.replace('"', '""') + f'",{units}{end}'
    encoded = text.encode()
    pieces = [encoded[start : start + piece] for start in range(0, len(encoded), piece)]

    found = list(csv_records.RecordReader("x.csv", pieces, ",", ["sku", "units"]))

    assert [sku for part in found for sku in part.rows.column("sku").to_pylist()] == [sku for sku, _ in rows]
    assert [line for part in found for line in part.lines.tolist()] == lines
    assert not any(part.malformed for part in found)


def test_a_text_of_the_last_batch_decides_how_the_first_is_read(tmp_path, cut):
    cut()
    early = [sale(date="03/04/2026", units="1.234")] * 9
    write(tmp_path, "sales.csv", sales_csv(*early, sale(date="31/01/2026", units='"1,5"')))

    rows = accepted(tmp_path)

    assert sorted(rows["date"].unique()) == [pd.Timestamp("2026-01-31"), pd.Timestamp("2026-04-03")]
    assert sorted(rows["units"].unique()) == [1.5, 1234.0]


def test_dates_that_only_a_later_batch_contradicts_are_refused_with_the_first_of_them(tmp_path, cut):
    cut()
    write(
        tmp_path,
        "sales.csv",
        sales_csv(*[sale(date="03/04/2026")] * 9, sale(date="31/01/2026"), sale(date="01/31/2026")),
    )

    with pytest.raises(DataRefused, match=r"sales\.csv: date is '03/04/2026': days and months change places"):
        ingest(tmp_path)


def test_a_byte_of_the_last_batch_decides_the_encoding(tmp_path, cut):
    cut()
    write(tmp_path, "sales.csv", sales_csv(*[sale(sku=f"S{n}") for n in range(30)], sale(sku="Tüte")).encode("cp1252"))

    assert accepted(tmp_path)["sku"].iloc[-1] == "Tüte"
    with pytest.raises(DataRefused, match=r"sales.csv line 32: not UTF-8 as declared"):
        ingest(tmp_path, encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "content", "reported"),
    [
        (
            "cut.csv",
            sales_csv(*[sale()] * 9, "2026-03-02,A,BER").rstrip("\n").encode(),
            "line 11: the file ends inside a row",
        ),
        (
            "quote.csv",
            sales_csv(*[sale()] * 9, sale(currency='"EUR')).encode(),
            "line 11: a quoted field begins here and never ends",
        ),
        ("zero.csv", sales_csv(*[sale()] * 9, "\x00").encode(), "holds zero bytes"),
        (
            "half.csv.gz",
            gzip.compress(sales_csv(*[sale(sku=f"S{n}") for n in range(99)]).encode())[:-20],
            "broken or half-written gzip",
        ),
        ("blank.csv", b"\r\n" * 99, "the file is empty"),
    ],
)
def test_what_is_wrong_at_the_end_of_a_large_file_is_refused_and_nothing_is_kept(
    tmp_path, cut, name, content, reported
):
    cut()
    write(tmp_path, name, content)

    with pytest.raises(DataRefused, match=name) as refused:
        ingest(tmp_path, path=name)

    assert reported in str(refused.value)
    assert [file for file in (tmp_path / "parts").rglob("*") if file.is_file()] == []


def test_a_large_file_that_changes_between_its_readings_is_refused(tmp_path, cut, monkeypatch):
    cut()
    file = write(tmp_path, "sales.csv", sales_csv(*[sale(sku=f"S{n}") for n in range(30)]))
    add = rows_by_month.RowsByMonth.add

    def grow(rows, table):
        with file.open("a") as stream:
            stream.write(sale() + "\n")
        add(rows, table)

    monkeypatch.setattr(rows_by_month.RowsByMonth, "add", grow)

    with pytest.raises(DataRefused, match=r"sales\.csv: the file is still being written"):
        ingest(tmp_path)


def test_the_same_large_file_again_is_counted_once_and_reported(tmp_path, cut):
    cut()
    for name in ("a.csv", "b.csv"):
        write(tmp_path, f"in/{name}", sales_csv(*[sale(sku=f"S{n}") for n in range(30)]))

    intake = ingest(tmp_path, path="in")

    assert intake.parts["rows_accepted"].sum() == 30
    assert warnings_of(intake) == {"sales.source.delivered_twice": 1}


def test_a_new_column_is_reported_once_and_not_once_a_batch(tmp_path, cut):
    cut()
    rows = [sale(sku=f"S{n}") + ",red" for n in range(30)]
    write(tmp_path, "sales.csv", sales_csv(*rows, header=sales_csv().strip() + ",colour"))

    assert warnings_of(ingest(tmp_path)) == {"sales.columns.new": 1}


def test_ragged_rows_of_a_large_file_keep_their_lines_and_texts(tmp_path, cut):
    cut()
    rows = [sale(sku=f"S{n}") for n in range(30)]
    rows[11] = "2026-03-02,A"
    rows[20] = '2026-03-02,"A\n",BER'
    write(tmp_path, "sales.csv", sales_csv(*rows))

    found = rejected(tmp_path)

    assert found["line"].tolist() == [13, 22]
    assert found["value"].tolist() == ["2026-03-02,A", "2026-03-02,A\n,BER"]
    assert accepted(tmp_path)["source_line"].tolist() == [*range(2, 13), *range(14, 22), *range(24, 33)]


def test_large_parquet_files_are_read_in_batches_with_their_types_and_row_numbers(tmp_path, cut):
    cut()
    days = pd.date_range("2026-01-25", periods=20)
    frame = pd.DataFrame(
        {
            "date": [*days[:-1].strftime("%d/%m/%Y"), "soon"],
            "sku": [f"S{n}" for n in range(20)],
            "location": "BER",
            "channel": "web",
            "units": np.arange(1, 21, dtype=np.int32),
            "net_revenue": 4.5,
            "currency": pd.Categorical(["EUR"] * 20),
        }
    )
    parquet.write_table(pa.Table.from_pandas(frame, preserve_index=False), tmp_path / "sales.parquet", row_group_size=7)

    rows = accepted(tmp_path, path="sales.parquet")

    assert rows["date"].tolist() == days[:-1].tolist()
    assert rows["units"].tolist() == list(range(1, 20))
    assert rejected(tmp_path, path="sales.parquet")["line"].tolist() == [20]


def test_settings_that_map_rows_decide_over_the_whole_file_too(tmp_path, cut):
    cut()
    rows = [f"2026-03-02,S{n},BER,web,2,1.000,EUR" for n in range(9)]
    write(
        tmp_path,
        "sales.csv",
        sales_csv(*rows, '2026-03-02,Z,BER,web,2,"1,5",EUR', header="date,sku,location,channel,units,price,currency"),
    )

    rows = accepted(tmp_path, columns={"net_revenue": "= units * price"})

    assert rows["net_revenue"].tolist() == [2000.0] * 9 + [3.0]


def test_rows_are_not_held_until_all_are_read(tmp_path, cut, monkeypatch):
    cut(piece_bytes=1 << 12, batch_rows=100, held_rows=100)
    monkeypatch.setattr(csv_text, "_HEAD_BYTES", 1 << 12)
    contract = CONTRACTS["sales"]

    def most_held(months):
        """By Python, numpy and Arrow while so many months of 100 rows each are read and cut into months."""
        days = pd.date_range("2000-01-01", periods=months, freq="MS").strftime("%Y-%m-%d")
        write(tmp_path, "sales.csv", sales_csv(*(sale(date=day, sku=f"S{n}") for day in days for n in range(100))))
        held, before = [], pa.total_allocated_bytes()
        tracemalloc.start()
        with rows_by_month.RowsByMonth(contract, tmp_path) as rows:
            for delivery in read_source(contract, TableSource(path="sales.csv"), tmp_path):
                for raw in with_whole_file_formats(delivery).batches():
                    rows.add(coerce(contract, raw, TableSource(path="sales.csv")).rows)
                    held.append(pa.total_allocated_bytes() - before)
        held.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        return max(held[:-1]) + held[-1]

    assert most_held(120) < 3 * most_held(12), "ten times the rows, of which no more than places in a file are held"


def test_no_file_of_rows_is_left_after_a_refusal(tmp_path, cut):
    cut()
    write(tmp_path, "sales.csv", sales_csv(*[sale(sku=f"S{n}", units="x") for n in range(30)]))

    with pytest.raises(DataRefused, match="30 of 30 rows are rejected"):
        ingest(tmp_path, max_rejected_share=0.5)

    left = {file.suffix for file in (tmp_path / "parts").rglob("*") if file.is_file()}
    assert left == {".json", ".parquet"}


def test_a_new_file_beside_a_known_one_leaves_its_parts_alone(tmp_path):
    write(tmp_path, "in/2026-02.csv", sales_csv(sale(date="2026-02-01")))
    ingest(tmp_path, path="in")
    before = {file: file.stat().st_mtime_ns for file in (tmp_path / "parts" / "sales" / "2026-02").rglob("*")}
    write(tmp_path, "in/2026-01.csv", sales_csv(sale(date="2026-01-01")))

    ingest(tmp_path, path="in")

    assert {file: file.stat().st_mtime_ns for file in (tmp_path / "parts" / "sales" / "2026-02").rglob("*")} == before
