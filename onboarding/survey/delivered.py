"""One delivered file, group of files or database table, as far as it has to be read to know what it is."""

import csv
import gzip
import io
import zlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Literal

import pandas as pd
import pyarrow as pa
from pyarrow import csv as arrow_csv
from pyarrow import parquet

from intake.sources.csv_text import SEPARATORS
from intake.sources.files import JSON_ENDINGS, PARQUET_ENDINGS
from intake.sources.json_file import read_json_file
from onboarding.survey.headings import Heading, read_heading
from onboarding.survey.values import Kind, Values, read_values
from settings import DataRefused

HEAD_BYTES = 48 * 1024**2
HEAD_ROWS = 600_000


@dataclass(frozen=True)
class DeliveredTable:
    """What one source of a table would read.

    Attributes
    ----------
    name: for people: the file, the glob that stands for several, or the database's table.
    place: `path`, or `url` and `table`, as they stand under `[sources.TABLE]`.
    rows: as delivered, as text; of a large file its first ones.
    typed: what columns are by their type, in Parquet files and databases.
    separator, encoding: of a CSV file, where not a comma and not UTF-8.
    whole: whether all rows were looked at.
    skus: the column whose values are SKUs of the products, where its heading does not say so.
    """

    name: str
    place: dict[str, str]
    rows: pd.DataFrame
    typed: dict[str, Kind]
    separator: str | None = None
    encoding: str | None = None
    whole: bool = True
    skus: str | None = None

    @cached_property
    def contents(self) -> dict[str, Values]:
        """What each column's values are."""
        found = {}
        for name in self.rows.columns:
            counts = self.rows[name].value_counts(sort=False)
            found[name] = read_values([str(text) for text in counts.index], self.typed.get(name), counts.tolist())
        return found

    @cached_property
    def headings(self) -> dict[str, Heading]:
        """What each column's heading says."""
        return {name: read_heading(name) for name in self.rows.columns}

    @property
    def columns(self) -> tuple[str, ...]:
        """Headings as delivered."""
        return tuple(self.rows.columns)

    def is_unique(self, columns: Iterable[str]) -> bool:
        """Whether no two of the rows that were looked at agree in these columns."""
        return not self.rows.duplicated(list(columns)).any()


def inspect_file(file: Path, root: Path) -> DeliveredTable:
    """A file's columns and values.

    Raises
    ------
    DataRefused: the file is empty, broken, or of no known kind.
    """
    name = file.relative_to(root).as_posix()
    place, ending = {"path": name}, file.name.lower()
    if file.stat().st_size == 0:
        raise DataRefused(f"{file.name}: the file is empty; deliver it again")
    if ending.endswith(PARQUET_ENDINGS):
        rows, whole = _parquet_rows(file)
        return DeliveredTable(name, place, as_texts(rows), types_of(rows), whole=whole)
    if ending.endswith(JSON_ENDINGS):
        rows = read_json_file(file).rows
        return DeliveredTable(name, place, as_texts(rows), types_of(rows))
    head, whole = _head(file)
    text, encoding = _decoded(head)
    separator = _separator(text)
    rows = _csv_rows(file.name, text, separator)
    return DeliveredTable(name, place, as_texts(rows), {}, None if separator == "," else separator, encoding, whole)


def _parquet_rows(file: Path) -> tuple[pa.Table, bool]:
    try:
        delivered = parquet.ParquetFile(file)
        batches: list[pa.RecordBatch] = []
        for batch in delivered.iter_batches(HEAD_ROWS):
            batches.append(batch)
            if sum(each.num_rows for each in batches) >= HEAD_ROWS:
                break
        rows = pa.Table.from_batches(batches, delivered.schema_arrow)
    except (pa.ArrowException, OSError) as fault:
        raise DataRefused(f"{file.name}: broken or half-written Parquet; deliver it again") from fault
    return rows, rows.num_rows == delivered.metadata.num_rows


def _csv_rows(name: str, text: str, separator: str) -> pa.Table:
    """Rows as text; those with too few or too many fields are left to the check."""
    names = [field.strip() for field in next(filter(None, csv.reader(io.StringIO(text), delimiter=separator)), [])]
    twice = [each for each, count in Counter(names).items() if count > 1 and each]
    if not names or twice:
        raise DataRefused(
            f"{name}: the header has column {twice[0]!r} twice; rename one" if twice else f"{name}: empty"
        )
    columns = [each or f"(column {position})" for position, each in enumerate(names, 1)]
    try:
        return arrow_csv.read_csv(
            pa.BufferReader(text.lstrip("\r\n").encode()),
            read_options=arrow_csv.ReadOptions(column_names=columns, skip_rows=1, block_size=1 << 26),
            parse_options=arrow_csv.ParseOptions(
                delimiter=separator, newlines_in_values=True, invalid_row_handler=lambda _row: "skip"
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(columns, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid as fault:
        raise DataRefused(f"{name}: not readable as CSV ({str(fault).splitlines()[0]}); deliver it again") from fault


def as_texts(rows: pa.Table) -> pd.DataFrame:
    """All values as text, empty where nothing is there."""
    return pd.DataFrame(
        {
            name: rows.column(name).cast(pa.string()).fill_null("").to_pandas().astype(object)
            if not pa.types.is_nested(rows.schema.field(name).type)
            else [str(value) for value in rows.column(name).to_pylist()]
            for name in rows.column_names
        }
    )


def as_one_table(parts: list[DeliveredTable], path: str) -> DeliveredTable:
    """Several files of one form as one."""
    first = parts[0]
    rows = pd.concat([part.rows for part in parts], ignore_index=True)
    return replace(first, name=path, place={"path": path}, rows=rows, whole=all(part.whole for part in parts))


def _head(file: Path) -> tuple[bytes, bool]:
    """The first bytes of a file, unpacked and cut at a line's end, and whether they are all."""
    with file.open("rb") as stream:
        packed = stream.read(2) == b"\x1f\x8b"
    try:
        with gzip.open(file) if packed else file.open("rb") as stream:
            head = stream.read(HEAD_BYTES + 1)
    except (EOFError, OSError, zlib.error) as fault:
        raise DataRefused(f"{file.name}: broken or half-written gzip ({fault}); deliver it again") from fault
    if len(head) <= HEAD_BYTES:
        return head, True
    return head[: head.rfind(b"\n") + 1], False


def _decoded(head: bytes) -> tuple[str, Literal["cp1252"] | None]:
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return head.decode("utf-16", errors="replace"), None
    try:
        return head.decode("utf-8-sig"), None
    except UnicodeDecodeError:
        return head.decode("cp1252", errors="replace"), "cp1252"


def _separator(text: str) -> str:
    """The sign that cuts the first lines into equally many columns, and into most."""
    lines = [line for line in text[: 1 << 16].lstrip("\ufeff").splitlines() if line.strip()][:20]
    header = lines[0] if lines else ""
    return max(SEPARATORS, key=lambda sign: (header.count(sign), sign == ","))


def types_of(rows: pa.Table) -> dict[str, Kind]:
    """What the columns of typed rows are; those of text are left out."""
    kinds: dict[str, Kind] = {}
    for field in rows.schema:
        if pa.types.is_integer(field.type) or pa.types.is_floating(field.type) or pa.types.is_decimal(field.type):
            kinds[field.name] = "number"
        elif pa.types.is_date(field.type) or pa.types.is_timestamp(field.type):
            kinds[field.name] = "date"
        elif pa.types.is_boolean(field.type):
            kinds[field.name] = "flag"
    return kinds
