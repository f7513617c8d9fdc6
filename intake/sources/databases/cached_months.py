"""Rows of a database as they were read: a Parquet file for each month, and one small file that names them.

Months are written first, under names that hold their hash; then the small file is replaced in one step. A reading
that is killed leaves what was there. Where a file is missing or damaged, all is read again.
"""

import datetime as dt
import hashlib
import json
import shutil
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from data_contracts.atomic_files import file_hash, write_atomically
from intake.sources.databases.months import rows_of, sort_rows
from intake.sources.databases.query_result import QueryResult
from intake.sources.databases.values import as_schema, common_schema, typed_by_values
from intake.sources.databases.watermark import Kind, ends_of, is_before
from intake.sources.raw import RawTable

NOTE = "kept.json"
ROWS_HANDED_ON = 200_000
SECONDS_OF_A_DAY = 86_400


@dataclass(frozen=True)
class Month:
    """Rows of one month.

    Attributes
    ----------
    file: name in the folder; holds the hash of its bytes.
    rows: how many.
    ends: least and greatest watermark as text; None where all are empty, or there is no watermark.
    """

    file: str
    rows: int
    ends: tuple[str, str] | None


@dataclass(frozen=True)
class CachedRows:
    """All rows of one source.

    Attributes
    ----------
    folder: of the files.
    fingerprint: of the settings, the database and the query that they were read by.
    names: columns, in order.
    kind: of the watermark; None where no row has one yet.
    read_on: day of the last reading.
    months: by name, sorted.
    """

    folder: Path
    fingerprint: str
    names: tuple[str, ...]
    kind: Kind | None
    read_on: dt.date
    months: Mapping[str, Month]

    @property
    def content_hash(self) -> str:
        """Of all rows: the same however many readings it took."""
        files = [(name, month.file) for name, month in self.months.items()]
        return hashlib.blake2b(json.dumps([self.names, files]).encode(), digest_size=16).hexdigest()

    def batches(self, source: str) -> Iterator[RawTable]:
        """The rows in their order, some at a time, at least one batch; `lines` are numbers of rows from 1."""
        schemas = [parquet.read_schema(self.folder / month.file) for month in self.months.values()]
        schema = common_schema(schemas or [pa.schema([(name, pa.null()) for name in self.names])])
        first = 1
        for month in self.months.values():
            for rows in _pieces(self.folder / month.file, schema):
                yield self._raw(source, rows, first)
                first += rows.num_rows
        if not self.months:
            yield self._raw(source, schema.empty_table(), first)

    def _raw(self, source: str, rows: pa.Table, first: int) -> RawTable:
        # Equal batches of one answer are not the same file delivered twice.
        return RawTable(
            source=source,
            content_hash=f"{self.content_hash}-{first}",
            rows=rows,
            lines=np.arange(first, first + rows.num_rows, dtype=np.int64),
        )


def _pieces(file: Path, schema: pa.Schema) -> Iterator[pa.Table]:
    with parquet.ParquetFile(file) as month:
        if month.schema_arrow.equals(schema):
            for batch in month.iter_batches(ROWS_HANDED_ON):
                yield pa.Table.from_batches([batch])
            return
        rows = sort_rows(as_schema(month.read(), schema))
    for start in range(0, rows.num_rows, ROWS_HANDED_ON):
        yield rows.slice(start, ROWS_HANDED_ON)


def load_cached_rows(folder: Path, fingerprint: str) -> CachedRows | None:
    """What is kept in a folder; None where nothing is, something else is, or a file is missing or damaged."""
    try:
        text = (folder / NOTE).read_text("utf-8")
        note = json.loads(text)
        check = note.pop("check")
        months = {
            name: Month(month["file"], month["rows"], _pair(month["ends"])) for name, month in note["months"].items()
        }
        kept = CachedRows(
            folder,
            note["fingerprint"],
            tuple(note["names"]),
            note["kind"],
            dt.date.fromisoformat(note["read_on"]),
            months,
        )
        whole = check == _check(note) and all(
            file_hash(folder / month.file) == month.file.rpartition("-")[2].removesuffix(".parquet")
            for month in months.values()
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return kept if whole and kept.fingerprint == fingerprint else None


def _pair(ends: list[str] | None) -> tuple[str, str] | None:
    return (ends[0], ends[1]) if ends else None


def save_cached_rows(kept: CachedRows) -> None:
    """Make these the rows of the folder, in one step; files that nobody reads any more are taken away."""
    before = _named(kept.folder)
    note = {
        "fingerprint": kept.fingerprint,
        "names": list(kept.names),
        "kind": kept.kind,
        "read_on": kept.read_on.isoformat(),
        "months": {name: asdict(month) for name, month in kept.months.items()},
    }
    text = json.dumps(note | {"check": _check(note)})
    write_atomically(kept.folder / NOTE, lambda path: path.write_text(text, "utf-8"))
    remove_unused_files(kept.folder, before | {month.file for month in kept.months.values()})


def _check(note: Mapping[str, object]) -> str:
    return hashlib.blake2b(json.dumps(note, sort_keys=True).encode(), digest_size=8).hexdigest()


def _named(folder: Path) -> set[str]:
    try:
        note = json.loads((folder / NOTE).read_text("utf-8"))
        return {month["file"] for month in note["months"].values()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return set()


def remove_unused_files(folder: Path, needed: set[str]) -> None:
    """Take away what no reading that may still go on beside this one uses: it is older than a day."""
    for path in folder.iterdir():
        if path.name == NOTE or path.name in needed or time.time() - path.stat().st_mtime < SECONDS_OF_A_DAY:
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def merge_months(
    before: CachedRows | None, answer: QueryResult, watermark: str | None, folder: Path
) -> dict[str, Month]:
    """Months in which the answer replaces every kept row from its `since` on, and every one without a watermark.

    Parameters
    ----------
    before: rows kept so far; None for a first reading.
    answer: as taken down.
    watermark: column that `since` is compared with.
    folder: in which the months are written.
    """
    months = {}
    for name in sorted({*answer.months, *(before.months if before else ())}):
        chunks = list(answer.months.get(name, []))
        old = before.months.get(name) if before else None
        if before is not None and old is not None and watermark is not None and answer.since is not None:
            rows = parquet.ParquetFile(before.folder / old.file).read()
            stays = is_before(rows.column(watermark), answer.since).fill_null(fill_value=False)
            if not chunks and pc.all(stays).as_py():
                months[name] = old
                continue
            chunks.append(typed_by_values(rows.filter(stays)))
        rows = rows_of(chunks)
        if rows.num_rows:
            months[name] = _written(name, rows, watermark, folder)
    return months


def _written(name: str, rows: pa.Table, watermark: str | None, folder: Path) -> Month:
    temporary = folder / f".writing-{uuid.uuid4().hex}"
    parquet.write_table(rows, temporary, compression="zstd")
    file = f"{name}-{file_hash(temporary)}.parquet"
    temporary.replace(folder / file)
    return Month(file, rows.num_rows, None if watermark is None else ends_of(rows.column(watermark)))
