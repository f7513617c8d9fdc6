"""CSV text of any common encoding, separator and line ending, with true line numbers."""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from intake.sources.csv_records import RecordReader, Records
from intake.sources.raw import Delivery, RawTable
from intake.sources.stable_file import StableFile, stable_file
from intake.sources.text_encoding import find_encoding, utf8_pieces
from settings import DataRefused, TableSource

SEPARATORS = (",", ";", "\t", "|")
BATCH_ROWS = 250_000
"""Rows that are held at once, and no more than the last piece of the file adds."""

_HEAD_BYTES = 1 << 20


def open_csv_file(file: Path, source: TableSource, wanted: Sequence[str]) -> Delivery:
    """A CSV or gzipped CSV file, whose rows are read as text.

    Parameters
    ----------
    file: the file.
    source: separator and encoding, where declared.
    wanted: column names that the header should have; they decide between possible separators.

    Raises
    ------
    DataRefused: the file is empty, half-written, no text, or broken as gzip; while it is read, that it ends inside a
        quoted field or a row.
    """
    delivered = stable_file(file)
    encoding = find_encoding(delivered, source.encoding)
    head = _head(delivered, encoding)
    separator = source.separator or _find_separator(head, wanted)
    header = _header(file, head, separator)

    def batches() -> Iterator[RawTable]:
        reader = RecordReader(file.name, utf8_pieces(delivered, encoding), separator, header)
        for records in _gathered(reader):
            yield RawTable(file.name, delivered.content_hash, records.rows, records.lines, records.malformed)

    return Delivery(file.name, delivered.content_hash, batches)


def _head(delivered: StableFile, encoding: str) -> str:
    head = b""
    for piece in utf8_pieces(delivered, encoding):
        head += piece
        if len(head) >= _HEAD_BYTES:
            break
    return head[:_HEAD_BYTES].decode(errors="ignore")


def _gathered(reader: RecordReader) -> Iterator[Records]:
    """Records in batches that are worth the work."""
    held: list[Records] = []
    count = 0
    for records in reader:
        held.append(records)
        count += len(records.lines) + len(records.malformed)
        if count >= BATCH_ROWS:
            yield _joined(held)
            held, count = [], 0
    if held:
        yield _joined(held)


def _joined(held: list[Records]) -> Records:
    return Records(
        pa.concat_tables([records.rows for records in held]),
        np.concatenate([records.lines for records in held]),
        tuple(row for records in held for row in records.malformed),
    )


def _find_separator(head: str, wanted: Sequence[str]) -> str:
    header = next((line for line in head.splitlines() if line.strip()), "")
    names = {name.casefold() for name in wanted}

    def found(separator: str) -> tuple[int, int]:
        fields = next(csv.reader([header], delimiter=separator), [])
        return sum(field.strip().casefold() in names for field in fields), len(fields)

    return max(SEPARATORS, key=found)


def _header(file: Path, head: str, separator: str) -> list[str]:
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=separator)
    header = next((fields for fields in reader if fields), [])
    names = [name.strip() for name in header]
    twice = sorted({name for name in names if names.count(name) > 1 and name})
    if twice:
        raise DataRefused(f"{file.name}: the header has column {twice[0]!r} twice; rename one")
    return [name or f"(column {position})" for position, name in enumerate(names, 1)]
