"""JSON files are read as rows, or refused with the place."""

import gzip

import pytest

from intake.sources import json_file
from intake.sources.json_file import read_json_file
from settings import DataRefused
from tests.data_contracts.company import accepted, write


def rows_of(tmp_path, text):
    return read_json_file(write(tmp_path, "x.json", text))


def test_each_object_of_the_list_is_a_row_of_texts(tmp_path):
    raw = rows_of(tmp_path, '[{"a": 1, "b": true, "c": null}, {"a": 2.50, "d": {"e": ["ü", 1]}}]')

    assert raw.rows.to_pylist() == [
        {"a": "1", "b": "true", "c": None, "d": None},
        {"a": "2.5", "b": None, "c": None, "d": '{"e": ["ü", 1]}'},
    ]
    assert raw.lines.tolist() == [1, 2]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_list_may_stand_in_an_object_and_in_any_unicode(tmp_path, encoding):
    raw = rows_of(tmp_path, '{"count": 1, "orders": [{"a": "ü"}]}'.encode(encoding))

    assert raw.rows.to_pylist() == [{"a": "ü"}]


def test_a_gzipped_file_is_unpacked(tmp_path):
    write(tmp_path, "x.json.gz", gzip.compress(b'[{"a": 1}]'))

    assert read_json_file(tmp_path / "x.json.gz").rows.to_pylist() == [{"a": "1"}]


def test_a_half_written_gzip_is_refused_by_name(tmp_path):
    write(tmp_path, "x.json.gz", gzip.compress(b'[{"a": 1}]')[:-9])

    with pytest.raises(DataRefused, match=r"x\.json\.gz: broken or half-written gzip"):
        read_json_file(tmp_path / "x.json.gz")


def test_more_than_can_be_held_is_refused_while_it_is_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(json_file, "LARGEST_BYTES", 1 << 20)
    write(tmp_path, "x.json.gz", gzip.compress(b"[" + b" " * (1 << 25) + b"]"))

    with pytest.raises(DataRefused, match=r"x\.json\.gz: more than 1 MiB of JSON.*several files"):
        read_json_file(tmp_path / "x.json.gz")


def test_an_empty_list_has_no_rows(tmp_path):
    assert rows_of(tmp_path, "[]").rows.num_rows == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[{"a": 1},\n {"a": }]', r"x.json line 2 column 8: not JSON \(Expecting value\).*deliver it again"),
        ('[{"a": 1}', r"x.json line 1 column 10: not JSON"),
        (" \n", r"x.json: the file is empty"),
        (b'[{"a": "\xfc"}]', r"x.json line 1: not UTF-8"),
        ('{"a": [], "b": [1]}', r"x.json: holds an object with 2 lists \(a, b\); one list of objects is needed"),
        ("7", r"x.json: holds 7; one list"),
        ('[{"a": 1}, 7]', r"x.json element 2: 7 is not an object"),
        ("[" * 100_000, r"x.json: lists nested too deeply"),
        ("[" + "9" * 5000 + "]", r"x.json: a number in it cannot be read"),
    ],
)
def test_what_is_no_list_of_objects_is_refused_with_the_place(tmp_path, text, message):
    with pytest.raises(DataRefused, match=message):
        rows_of(tmp_path, text)


def test_a_table_is_read_from_a_json_file(tmp_path):
    write(
        tmp_path,
        "sales.json",
        '[{"date": "2026-03-02", "sku": "A", "location": "B", "channel": "web", "units": 2, "net_revenue": 9.5, "currency": "EUR"}]',
    )

    rows = accepted(tmp_path, path="sales.json")

    assert rows[["sku", "units", "net_revenue", "source_line"]].to_numpy().tolist() == [["A", 2.0, 9.5, 1]]
