"""Columns that a further file gives, by the columns that both have."""

import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from data_contracts.acceptance.outcomes import line_or_row
from data_contracts.contract import Contract
from intake.mapping.arrow_texts import combined, concatenate, row_codes, row_texts
from intake.mapping.selection import blank_missing_values, require_columns
from intake.mapping.unpivot import unpivoted
from intake.sources.databases.source import read_database
from intake.sources.files import read_files
from intake.sources.raw import Note, RawTable
from settings import DataRefused, TableSource
from settings.sources import JoinedFile


@dataclass(frozen=True)
class Joined:
    """A further file, read.

    Attributes
    ----------
    path: as the settings write it.
    on: columns by which its rows belong to others.
    rows: one for each distinct `on`, and rows without a full `on`.
    notes: what is to be reported of it.
    used: which of its rows belong to a row of the first file; filled while these are read.
    """

    path: str
    on: tuple[str, ...]
    rows: pa.Table
    notes: tuple[Note, ...]
    used: NDArray[np.bool_]

    def unused(self) -> tuple[Note, ...]:
        """Rows that belong to no row of the first file, once that is read whole."""
        first = int(self.used.argmin()) if len(self.used) else 0
        note = Note(
            rule="joined.unused",
            source=self.path,
            rows=int((~self.used).sum()),
            total_rows=len(self.used),
            text="belong to no row that they are joined to",
            example="" if self.used.all() else f"the first is {_key_text(self.rows, self.on, first)}",
        )
        return (note,) if note.rows else ()


def read_joined(contract: Contract, source: TableSource, position: int, root: Path) -> Joined:
    """A file of `[sources.TABLE] joined`, unpivoted where it is wide.

    It is matched on the columns of `on`, and where both files are unpivoted into the same column on that too.

    Raises
    ------
    DataRefused: the file is missing or broken, or has a key twice.
    SettingsError: it lacks a column of `on`.
    """
    joined, setting = source.joined[position], f"sources.{contract.table}.joined.{position}"
    reading = source.model_copy(
        update={
            "path": joined.path,
            "table": joined.table,
            "watermark": None,
            "sheet": joined.sheet,
            "header_line": joined.header_line,
            "footers": [],
            "url": source.url if joined.table else None,
            "query": None,
            "connector": None,
            "columns": {},
        }
    )
    of_joined = dataclasses.replace(contract, table=f"{contract.table}.joined.{position}")
    on = _on(joined, source)
    tables: list[RawTable] = []
    for delivered in _delivered(of_joined, reading, root):
        raw = _renamed(delivered, joined)
        raw = blank_missing_values(raw, source)
        if joined.unpivot is not None:
            raw = unpivoted(raw, joined.unpivot, source, f"{setting}.unpivot")
        require_columns(on, raw.rows.column_names, f"{setting}.on", raw.source)
        tables.append(raw)
    names = list(dict.fromkeys(name for raw in tables for name in raw.rows.column_names))
    rows = pa.table({name: concatenate([_column(raw.rows, name) for raw in tables]) for name in names})
    _refuse_repeats(rows, on, tables)
    return Joined(joined.place, on, rows, tuple(_malformed(tables)), np.zeros(rows.num_rows, dtype=bool))


def _delivered(contract: Contract, reading: TableSource, root: Path) -> Iterator[RawTable]:
    if reading.url is None:
        yield from read_files(contract, reading, root)
        return
    for delivery in read_database(contract, reading, root):
        yield from delivery.batches()


def _renamed(raw: RawTable, joined: JoinedFile) -> RawTable:
    """The rows with the key columns under the names that the first file gives them."""
    if not joined.matches:
        return raw
    require_columns(joined.matches, raw.rows.column_names, "joined.matches", raw.source)
    wanted = dict(zip(joined.matches, joined.on, strict=True))
    taken = set(wanted.values()) - set(wanted)
    names = [wanted.get(name, f"{joined.place}: {name}" if name in taken else name) for name in raw.rows.column_names]
    return dataclasses.replace(raw, rows=raw.rows.rename_columns(names))


def _on(joined: JoinedFile, source: TableSource) -> tuple[str, ...]:
    on = joined.on
    if joined.unpivot is not None and source.unpivot is not None and joined.unpivot.into == source.unpivot.into:
        on = [*on, joined.unpivot.into]
    return tuple(dict.fromkeys(on))


def _column(rows: pa.Table, name: str) -> pa.ChunkedArray | pa.Array:
    return rows.column(name) if name in rows.column_names else pa.nulls(rows.num_rows, pa.string())


def _refuse_repeats(rows: pa.Table, on: tuple[str, ...], tables: list[RawTable]) -> None:
    keys = row_codes([rows.column(name) for name in on])
    repeated = pd.Series(keys).duplicated().to_numpy() & _is_full(rows, on)
    if not repeated.any():
        return
    again = int(repeated.argmax())
    first = int((keys == keys[again]).argmax())
    places = [(raw.source, line) for raw in tables for line in raw.lines]
    (file, line), (before, earlier) = places[again], places[first]
    word = line_or_row(file)
    there = f"{word} {earlier}" if before == file else f"{before} {word} {earlier}"
    raise DataRefused(
        f"{file} {word} {line}: {_key_text(rows, on, again)} stands there already in {there} (repeated rows: "
        f"{repeated.sum():,}); one row for each {', '.join(on)} is needed: take the others away, or widen `on`"
    )


def _malformed(tables: Iterable[RawTable]) -> list[Note]:
    return [
        Note(
            rule="joined.malformed",
            source=raw.source,
            rows=len(raw.malformed),
            total_rows=raw.rows.num_rows + len(raw.malformed),
            text="have too few or too many fields and give nothing",
            example=f"the first is line {raw.malformed[0][0]}: {raw.malformed[0][1]}",
        )
        for raw in tables
        if raw.malformed
    ]


def with_joined(raw: RawTable, joined: Joined, setting: str) -> RawTable:
    """The rows with the columns of the further file; empty, and noted, where it has no row for them.

    Columns are compared as text, blanks around it aside. A column that both have and that is none of `on` is called
    `PATH: NAME` where it comes from the further file.

    Raises
    ------
    SettingsError: the rows lack a column of `on`.
    """
    require_columns(joined.on, raw.rows.column_names, f"{setting}.on", raw.source)
    found = _positions(raw.rows, joined)
    missing = found < 0
    joined.used[found[~missing]] = True
    rows, taken = raw.rows, pa.array(found, mask=missing)
    for name in joined.rows.column_names:
        if name not in joined.on:
            new = name if name not in raw.rows.column_names else f"{joined.path}: {name}"
            rows = rows.append_column(new, combined(joined.rows.column(name)).take(taken))
    first = int(missing.argmax()) if missing.any() else -1
    note = Note(
        rule="joined.unmatched",
        source=raw.source,
        rows=int(missing.sum()),
        total_rows=len(missing),
        text=f"have no row in {joined.path}; its columns stay empty there",
        example=""
        if first < 0
        else f"the first is {line_or_row(raw.source)} {raw.lines[first]}: {_key_text(raw.rows, joined.on, first)}",
    )
    return dataclasses.replace(raw, rows=rows, notes=(*raw.notes, note))


def _positions(rows: pa.Table, joined: Joined) -> NDArray[np.int64]:
    """For each row the position of the further file's row that belongs to it; -1 where there is none."""
    both = [concatenate([row_texts(rows.column(name)), row_texts(joined.rows.column(name))]) for name in joined.on]
    keys = row_codes(both)
    left, right = keys[: rows.num_rows], keys[rows.num_rows :]
    position = np.full(keys.max(initial=-1) + 2, -1, dtype=np.int64)
    full = np.flatnonzero(_is_full(joined.rows, joined.on))
    position[right[full]] = full
    position[-1] = -1
    return position[left]


def _is_full(rows: pa.Table, on: tuple[str, ...]) -> NDArray[np.bool_]:
    full = np.ones(rows.num_rows, dtype=bool)
    for name in on:
        full &= np.asarray(row_texts(rows.column(name)).is_valid())
    return full


def _key_text(rows: pa.Table, on: tuple[str, ...], position: int) -> str:
    return ", ".join(f"{name} {row_texts(rows.column(name).slice(position, 1))[0].as_py() or ''}" for name in on)
