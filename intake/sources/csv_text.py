"""CSV text of any common encoding, separator and line ending, with true line numbers."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from intake.sources.csv_records import RecordReader, Records
from intake.sources.raw import Delivery, Note, RawTable
from intake.sources.stable_file import StableFile, refuse_beyond, stable_file
from intake.sources.text_encoding import UNREADABLE, TextEncoding, find_encoding, utf8_pieces
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
    delivered = stable_file(file, source.limits)
    encoding = find_encoding(delivered, source.encoding)
    head = _head(delivered, encoding)
    separator = source.separator or _find_separator(_line_of_header(head, source), wanted)
    header, lines_before = read_header(file, head, separator, source.header_line or ())
    refuse_beyond(source.limits, file.name, columns=len(header))
    broken = next((name for name in header if UNREADABLE in name), None)
    if broken is not None:
        raise DataRefused(
            f"{file.name}: the heading {broken!r} has bytes that are no {encoding.name} text; declare the encoding, or "
            "deliver it again"
        )

    def batches() -> Iterator[RawTable]:
        pieces = utf8_pieces(delivered, encoding)
        reader = RecordReader(file.name, pieces, separator, header, lines_before=lines_before, footers=source.footers)
        for records in _gathered(reader, header):
            read = records if encoding.is_whole else _without_unreadable(records, separator, encoding)
            yield _as_rows(file.name, delivered.content_hash, read)

    return Delivery(file.name, delivered.content_hash, batches)


def _as_rows(name: str, content_hash: str, records: Records) -> RawTable:
    """Records without the empty ones and without repetitions of the header; notes say how many lines are no rows."""
    header = records.rows.column_names
    empty = _all_equal(records.rows, dict.fromkeys(header, ""))
    repeated = _all_equal(records.rows, {each: each for each in header})
    count = len(records.lines) + len(records.malformed) + len(records.footers)
    left: dict[str, tuple[str, Sequence[int]]] = {
        "source.repeated_header": ("repeat the header, and are left out", records.lines[repeated].tolist()),
        "source.footers": ("are footers by the setting footers, and are left out", records.footers),
    }
    notes = tuple(
        Note(rule, name, len(lines), count, text, f"the first is line {lines[0]}")
        for rule, (text, lines) in left.items()
        if len(lines)
    )
    kept = ~(empty | repeated)
    rows, lines = records.rows, records.lines
    if not kept.all():
        rows, lines = rows.filter(pa.array(kept)), lines[kept]
    return RawTable(name, content_hash, rows, lines, records.malformed, notes=notes)


def _without_unreadable(records: Records, separator: str, encoding: TextEncoding) -> Records:
    """Rows with bytes that are no text are malformed: nobody knows what stood there."""
    found = np.zeros(records.rows.num_rows, dtype=bool)
    for column in records.rows.columns:
        found |= pc.match_substring(column, UNREADABLE).to_numpy(zero_copy_only=False)
    if not found.any():
        return records
    bad = records.rows.filter(pa.array(found)).to_pylist()
    texts = [f"(no {encoding.name} text) {separator.join(row.values())}" for row in bad]
    malformed = zip(records.lines[found].tolist(), texts, strict=True)
    kept = ~found
    return replace(
        records,
        rows=records.rows.filter(pa.array(kept)),
        lines=records.lines[kept],
        malformed=tuple(sorted([*records.malformed, *malformed])),
    )


def _all_equal(rows: pa.Table, texts: Mapping[str, str]) -> NDArray[np.bool_]:
    """Rows that have these texts, looked for in one column after the other while there are any."""
    found = np.ones(rows.num_rows, dtype=bool)
    for name, text in texts.items():
        found &= pc.equal(rows.column(name), text).to_numpy(zero_copy_only=False)
        if not found.any():
            break
    return found


def ends_of_text(file: Path, encoding: TextEncoding) -> tuple[str, str]:
    """The first and the last text of a file, of at most a few MiB each."""
    head = tail = b""
    for piece in utf8_pieces(stable_file(file), encoding):
        head = head if len(head) >= _HEAD_BYTES else head + piece
        tail = (tail + piece)[-_HEAD_BYTES:]
    return head[:_HEAD_BYTES].decode(errors="ignore"), tail.decode(errors="ignore")


def _head(delivered: StableFile, encoding: TextEncoding) -> str:
    head = b""
    for piece in utf8_pieces(delivered, encoding):
        head += piece
        if len(head) >= _HEAD_BYTES:
            break
    return head[:_HEAD_BYTES].decode(errors="ignore")


def _gathered(reader: RecordReader, header: list[str]) -> Iterator[Records]:
    """Records in batches that are worth the work; at least one."""
    held: list[Records] = []
    count, has_yielded = 0, False
    for records in reader:
        held.append(records)
        count += len(records.lines) + len(records.malformed) + len(records.footers)
        if count >= BATCH_ROWS:
            yield _joined(held)
            held, count, has_yielded = [], 0, True
    if held or not has_yielded:
        yield _joined(held or [Records.nothing(header)])


def _joined(held: list[Records]) -> Records:
    return Records(
        pa.concat_tables([records.rows for records in held]),
        np.concatenate([records.lines for records in held]),
        tuple(row for records in held for row in records.malformed),
        tuple(line for records in held for line in records.footers),
    )


def _line_of_header(head: str, source: TableSource) -> str:
    lines = head.splitlines()
    if source.header_line is not None:
        return next(iter(lines[source.header_line[-1] - 1 :]), "")
    return next((line for line in lines if line.strip()), "")


def _find_separator(header: str, wanted: Sequence[str]) -> str:
    names = {name.casefold() for name in wanted}

    def found(separator: str) -> tuple[int, int]:
        fields = _first_record([header], separator)
        return sum(field.strip().casefold() in names for field in fields), len(fields)

    return max(SEPARATORS, key=found)


def _first_record(lines: Iterable[str], separator: str) -> list[str]:
    """The first record that has fields; nothing where a field of it is longer than can be meant."""
    try:
        return next((fields for fields in csv.reader(lines, delimiter=separator) if fields), [])
    except csv.Error:
        return []


def read_header(file: Path, head: str, separator: str, header_line: Sequence[int]) -> tuple[list[str], int]:
    """Names of the columns, and how many lines of the file end with them; 0 where the first record is the header.

    Parameters
    ----------
    file: for messages.
    head: the first text of the file.
    separator: between its columns.
    header_line: lines on which a header stands; its texts are put together, one below the other.

    Raises
    ------
    DataRefused: a name stands there twice, or the file is shorter.
    """
    if not header_line:
        return column_names(file.name, [_first_record(io.StringIO(head, newline=""), separator)]), 0
    lines = list(io.StringIO(head, newline=""))
    if header_line[-1] > len(lines):
        raise DataRefused(
            f"{file.name}: header_line is {header_line[-1]}, and the file has {len(lines)} lines; deliver it again, or "
            "correct header_line"
        )
    records, end = [], 0
    for line in header_line:
        reader = csv.reader(lines[line - 1 :], delimiter=separator)
        records.append(next(reader, []))
        end = line - 1 + reader.line_num
    return column_names(file.name, records), end


def column_names(file: str, header: Sequence[Sequence[str]]) -> list[str]:
    """Names of columns from the records of a header: texts of a column put together, `(column 3)` where there is none.

    Raises
    ------
    DataRefused: two columns have one name.

    >>> column_names("f.csv", [["Date", "Sold", ""], ["", "pieces", "EUR"]])
    ['Date', 'Sold pieces', 'EUR']
    """
    width = max(map(len, header), default=0)
    if not width:
        raise DataRefused(
            f"{file}: the header cannot be read: it is empty, or a field of it is endless; deliver it again"
        )
    cells = [[field.strip() for field in fields] + [""] * (width - len(fields)) for fields in header]
    names = [" ".join(filter(None, column)) for column in zip(*cells, strict=True)]
    twice = next((name for name, count in Counter(names).items() if count > 1 and name), None)
    if twice is not None:
        raise DataRefused(f"{file}: the header has column {twice!r} twice; rename one")
    return [name or f"(column {position})" for position, name in enumerate(names, 1)]
