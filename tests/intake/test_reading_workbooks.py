"""Workbooks from outside are read as text, and what could harm is refused."""

import datetime as dt
import zipfile

import openpyxl
import pytest

from intake.sources import workbook as reading
from intake.sources.workbook import read_workbook
from settings import DataRefused


def book_of(file, *rows):
    """A workbook with one sheet."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(file)
    return file


def with_part(file, name, text):
    """The same workbook with one of its parts replaced."""
    with zipfile.ZipFile(file) as packed:
        parts = {part: packed.read(part) for part in packed.namelist()}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for part, content in (parts | {name: text}).items():
            packed.writestr(part, content)
    return file


def test_cells_are_text_as_the_source_writes_numbers(tmp_path):
    row = ["a", 1, 2.5, dt.datetime(2026, 3, 31), dt.datetime(2026, 3, 31, 12, 30), True, None]  # noqa: DTZ001
    file = book_of(tmp_path / "book.xlsx", row, ["b"])

    assert read_workbook(file, {"Sheet": ","})["Sheet"] == [
        ["a", "1", "2,5", "2026-03-31", "2026-03-31T12:30:00", "true", ""],
        ["b", "", "", "", "", "", ""],
    ]


def test_what_is_no_workbook_is_refused_by_name(tmp_path):
    (tmp_path / "book.xlsx").write_text("sku,units\n")

    with pytest.raises(DataRefused, match=r"book\.xlsx: not an \.xlsx workbook"):
        read_workbook(tmp_path / "book.xlsx", {})


def test_a_workbook_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(DataRefused, match="there is no such workbook"):
        read_workbook(tmp_path / "book.xlsx", {})


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path, monkeypatch):
    file = with_part(book_of(tmp_path / "book.xlsx", ["a"]), "xl/worksheets/sheet1.xml", b" " * 9_000_000)
    monkeypatch.setattr(reading, "LARGEST_UNPACKED_BYTES", 8 * 1024**2)
    monkeypatch.setattr(openpyxl, "load_workbook", lambda *a, **k: pytest.fail("unpacked"))

    assert file.stat().st_size < 100_000
    with pytest.raises(DataRefused, match=r"book\.xlsx: unpacks to 8 MiB, more than 8"):
        read_workbook(file, {})


def test_entities_that_swell_are_refused(tmp_path):
    laughs = (
        '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
        '<c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>'
    )
    file = with_part(book_of(tmp_path / "book.xlsx", ["a"]), "xl/worksheets/sheet1.xml", laughs)

    with pytest.raises(DataRefused, match=r"not readable as a workbook .*EntitiesForbidden"):
        read_workbook(file, {})


def test_a_huge_sheet_is_refused_while_it_is_read(tmp_path, monkeypatch):
    file = book_of(tmp_path / "book.xlsx", *[["a"]] * 12)
    monkeypatch.setattr(reading, "MOST_ROWS", 10)

    with pytest.raises(DataRefused, match="more than 10 rows"):
        read_workbook(file, {})


def test_without_the_safe_parser_nothing_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(openpyxl, "DEFUSEDXML", False)

    with pytest.raises(DataRefused, match="defusedxml"):
        read_workbook(book_of(tmp_path / "book.xlsx", ["a"]), {})
