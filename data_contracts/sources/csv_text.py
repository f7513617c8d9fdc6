"""CSV text of any common encoding, separator and line ending, with true line numbers."""

import csv
import gzip
import hashlib
import io
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

from data_contracts.sources.raw import RawTable
from settings import DataRefused, TableSource

SEPARATORS = (",", ";", "\t", "|")
LARGEST_TEXT_BYTES = 4 * 1024**3
_BLOCK = 1 << 22


def read_csv_file(file: Path, source: TableSource, wanted: Sequence[str]) -> RawTable:
    """Rows of a CSV or gzipped CSV file as text.

    Parameters
    ----------
    file: the file.
    source: separator and encoding, where declared.
    wanted: column names that the header should have; they decide between possible separators.

    Raises
    ------
    DataRefused: the file is empty, half-written, no text, broken as gzip, or ends inside a quoted field.
    """
    delivered = read_settled(file)
    content_hash = hashlib.blake2b(delivered, digest_size=16).hexdigest()
    raw_bytes = _decompress(file, delivered) if delivered[:2] == b"\x1f\x8b" or file.suffix == ".gz" else delivered
    if not raw_bytes.strip(b"\xef\xbb\xbf \r\n\t"):
        raise DataRefused(f"{file.name}: the file is empty; deliver it again")
    utf8 = _as_utf8(file, raw_bytes, source.encoding)
    separator = source.separator or _find_separator(utf8, wanted)
    rows, lines, malformed = _parse(file, utf8, separator)
    return RawTable(source=file.name, content_hash=content_hash, rows=rows, lines=lines, malformed=malformed)


def read_settled(file: Path) -> bytes:
    """The bytes of a file that nobody is writing to while it is read."""
    before = file.stat()
    delivered = file.read_bytes()
    after = file.stat()
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(delivered) != after.st_size:
        raise DataRefused(f"{file.name}: the file is still being written; run again when it is complete")
    return delivered


def _decompress(file: Path, delivered: bytes) -> bytes:
    pieces, size = [], 0
    try:
        with gzip.open(io.BytesIO(delivered)) as stream:
            while piece := stream.read(_BLOCK):
                size += len(piece)
                if size > LARGEST_TEXT_BYTES:
                    raise DataRefused(
                        f"{file.name}: unpacks to more than {LARGEST_TEXT_BYTES >> 30} GiB; split it into months"
                    )
                pieces.append(piece)
    except (EOFError, zlib.error, gzip.BadGzipFile) as fault:
        raise DataRefused(f"{file.name}: broken or half-written gzip ({fault}); deliver it again") from fault
    return b"".join(pieces)


def _as_utf8(file: Path, raw_bytes: bytes, encoding: str | None) -> bytes:
    if raw_bytes[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _decoded(file, raw_bytes, "utf-16").encode()
    text_bytes = raw_bytes.removeprefix(b"\xef\xbb\xbf")
    if b"\x00" in text_bytes:
        raise DataRefused(f"{file.name}: holds zero bytes, so it is no CSV text; deliver it as CSV or Parquet")
    if encoding in (None, "utf-8"):
        if text_bytes.isascii():
            return text_bytes
        try:
            text_bytes.decode("utf-8")
        except UnicodeDecodeError as fault:
            if encoding == "utf-8":
                line = text_bytes.count(b"\n", 0, fault.start) + 1
                raise DataRefused(
                    f'{file.name} line {line}: not UTF-8 as declared; declare encoding = "cp1252" or "latin-1"'
                ) from fault
        else:
            return text_bytes
    try:
        return _decoded(file, text_bytes, encoding or "cp1252").encode()
    except DataRefused:
        return text_bytes.decode("latin-1").encode()


def _decoded(file: Path, raw_bytes: bytes, encoding: str) -> str:
    try:
        return raw_bytes.decode(encoding)
    except UnicodeDecodeError as fault:
        raise DataRefused(f"{file.name}: not readable as {encoding}; declare its encoding") from fault


def _find_separator(utf8: bytes, wanted: Sequence[str]) -> str:
    header = _first_line(utf8)
    names = {name.casefold() for name in wanted}

    def found(separator: str) -> tuple[int, int]:
        fields = next(csv.reader([header], delimiter=separator), [])
        return sum(field.strip().casefold() in names for field in fields), len(fields)

    return max(SEPARATORS, key=found)


def _first_line(utf8: bytes) -> str:
    text = utf8[: 1 << 20].decode("utf-8", errors="ignore")
    return next((line for line in text.splitlines() if line.strip()), "")


Parsed = tuple[pa.Table, "np.ndarray[tuple[int], np.dtype[np.int64]]", tuple[tuple[int, str], ...]]


def _parse(file: Path, utf8: bytes, separator: str) -> Parsed:
    """Arrow's reader where every record is one line; the standard library's, which knows lines, elsewhere."""
    header = _header(file, utf8, separator)
    if utf8[:1] in (b"\r", b"\n"):
        return _parse_line_by_line(file, utf8, separator, header)
    ends = utf8.count(b"\n") + (0 if utf8.endswith(b"\n") else 1)
    try:
        rows = arrow_csv.read_csv(
            pa.BufferReader(utf8),
            read_options=arrow_csv.ReadOptions(column_names=header, skip_rows=1, block_size=_BLOCK),
            parse_options=arrow_csv.ParseOptions(delimiter=separator, newlines_in_values=b'"' in utf8),
            convert_options=arrow_csv.ConvertOptions(
                column_types={name: pa.string() for name in header}, strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        return _parse_line_by_line(file, utf8, separator, header)
    if rows.num_rows != ends - 1 or b"\r" in utf8.replace(b"\r\n", b""):
        return _parse_line_by_line(file, utf8, separator, header)
    return rows, np.arange(2, rows.num_rows + 2, dtype=np.int64), ()


def _header(file: Path, utf8: bytes, separator: str) -> list[str]:
    reader = csv.reader(io.StringIO(utf8[: 1 << 20].decode("utf-8", errors="ignore"), newline=""), delimiter=separator)
    header = next((fields for fields in reader if fields), [])
    names = [name.strip() for name in header]
    twice = sorted({name for name in names if names.count(name) > 1 and name})
    if twice:
        raise DataRefused(f"{file.name}: the header has column {twice[0]!r} twice; rename one")
    return [name or f"(column {position})" for position, name in enumerate(names, 1)]


def _parse_line_by_line(file: Path, utf8: bytes, separator: str, header: list[str]) -> Parsed:
    records, lines, malformed = [], [], []
    reader = csv.reader(io.StringIO(utf8.decode("utf-8"), newline=""), delimiter=separator, strict=True)
    width, seen_header, begins = len(header), False, 1
    next_record: Callable[[], list[str]] = reader.__next__
    while True:
        try:
            fields = next_record()
        except StopIteration:
            break
        except csv.Error as fault:
            if "unexpected end of data" in str(fault) or "field larger" in str(fault):
                raise DataRefused(
                    f"{file.name} line {begins}: a quoted field begins here and never ends; "
                    "the file is half-written or a quote is stray"
                ) from fault
            malformed.append((begins, str(fault)))
            begins = reader.line_num + 1
            continue
        line, begins = begins, reader.line_num + 1
        if not fields:
            continue
        if not seen_header:
            seen_header = True
        elif len(fields) == width:
            records.append(fields)
            lines.append(line)
        else:
            malformed.append((line, separator.join(fields)))
    if malformed and malformed[-1][0] + 1 >= begins and not utf8.endswith((b"\n", b"\r")):
        raise DataRefused(f"{file.name} line {malformed[-1][0]}: the file ends inside a row; deliver it again")
    columns = list(zip(*records, strict=True)) if records else [() for _ in header]
    table = pa.table({name: pa.array(list(values), pa.string()) for name, values in zip(header, columns, strict=True)})
    return table, np.array(lines, dtype=np.int64), tuple(malformed)
