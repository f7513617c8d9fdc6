"""One row for each key, such as the products of a file of order lines."""

import dataclasses
from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from data_contracts.acceptance.outcomes import line_or_row
from data_contracts.contract import Contract
from intake.mapping.arrow_texts import COMPUTED, Values, combined, concatenate, row_codes, row_texts
from intake.mapping.coercion import keeps_blanks
from intake.mapping.column_matching import match_columns
from intake.sources.raw import Note, RawTable
from settings import TableSource


def distinct_rows(contract: Contract, source: TableSource, tables: Iterable[RawTable]) -> Iterator[RawTable]:
    """One row for each key of the contract, over all files and batches of a table's source.

    The first row of a key stays, in the order of files and lines. What it leaves empty is filled with the first value
    that a later row of the key gives. Rows that give another value, compared as text, are counted in a note. Only
    columns that the contract uses are handed on. What is held in memory grows with the keys, not with the rows.

    Parameters
    ----------
    contract, source: of the table; columns are matched as in `match_columns`.
    tables: one or several of each file.

    Returns
    -------
    One table for each file, with the rows that it was first to give.

    Raises
    ------
    DataRefused, SettingsError: as in `match_columns`.
    """
    files: list[RawTable] = []
    kept: dict[str, Values] = {}
    file_of, line_of = np.zeros(0, np.int64), np.zeros(0, np.int64)
    for raw in tables:
        matched, _ = match_columns(contract, raw, source)
        if not files or (files[-1].source, files[-1].content_hash) != (raw.source, raw.content_hash):
            files.append(dataclasses.replace(raw, malformed=(), notes=()))
        delivered = {name: raw.rows.column(matched[name]) for name in contract.names if name in matched}
        both = _one_below_the_other(kept, len(line_of), delivered, len(raw.lines))
        file_of = np.append(file_of, np.full(len(raw.lines), len(files) - 1))
        line_of = np.append(line_of, raw.lines)
        first, given, note = _by_key(both, contract.key, raw, line_of)
        kept = {name: both[name].take(positions) for name, positions in given.items()}
        file_of, line_of = file_of[first], line_of[first]
        malformed, notes = (*files[-1].malformed, *raw.malformed), (*files[-1].notes, *raw.notes, note)
        files[-1] = dataclasses.replace(files[-1], malformed=malformed, notes=notes)
    for position, file in enumerate(files):
        mine = file_of == position
        rows = {source.columns.get(name, name): values.filter(pa.array(mine)) for name, values in kept.items()}
        yield dataclasses.replace(file, rows=pa.table(rows), lines=line_of[mine])


def _one_below_the_other(
    above: dict[str, Values], rows_above: int, below: dict[str, Values], rows_below: int
) -> dict[str, Values]:
    both = {}
    for name in dict.fromkeys([*above, *below]):
        kind = (above if name in above else below)[name].type
        both[name] = concatenate(
            [above.get(name, pa.nulls(rows_above, kind)), below.get(name, pa.nulls(rows_below, kind))]
        )
    return both


def _by_key(
    columns: dict[str, Values], key: tuple[str, ...], raw: RawTable, lines: NDArray[np.int64]
) -> tuple[NDArray[np.int64], dict[str, pa.Array], Note]:
    """First row of each key in order of rows, by column the row that gives its value first, and rows that differ.

    The rows of `raw` are the last of `columns`.
    """
    comparable = {
        name: values if values.type == COMPUTED or keeps_blanks(name) else row_texts(values)
        for name, values in columns.items()
    }
    keys = [comparable[name] for name in key if name in columns]
    key_of = row_codes(keys) if keys else np.zeros(len(lines), np.int64)
    key_of[key_of < 0] = nameless = int(key_of.max(initial=-1)) + 1
    first = np.sort(np.unique(key_of, return_index=True)[1])
    given, differing = {}, []
    for name, values in comparable.items():
        codes = row_codes([values])
        filled = np.flatnonzero(codes >= 0)
        having, where = np.unique(key_of[filled], return_index=True)
        giver = np.full(nameless + 1, -1, np.int64)
        giver[having] = filled[where]
        given[name] = pa.array(giver[key_of[first]], mask=giver[key_of[first]] < 0)
        differs = (codes >= 0) & (codes != codes[giver[key_of]]) & (key_of != nameless)
        differing.append(differs)
    any_differs = np.logical_or.reduce(differing) if differing else np.zeros(len(lines), dtype=bool)
    example = ""
    if any_differs.any():
        row = int(any_differs.argmax())
        name = next(name for name, differs in zip(columns, differing, strict=True) if differs[row])
        one = {each: values.slice(row, 1) for each, values in columns.items()}
        key_text = ", ".join(f"{each} {_text(one[each])}" for each in key if each in one)
        stays = _text(columns[name].take(given[name].filter(pa.array(key_of[first] == key_of[row]))))
        example = (
            f"the first is {line_or_row(raw.source)} {lines[row]}: "
            f"{name} of {key_text} is {_text(one[name])!r}, kept is {stays!r}"
        )
    note = Note(
        rule="distinct.differs",
        source=raw.source,
        rows=int(any_differs.sum()),
        total_rows=len(raw.lines),
        text="give another value than the first row of their key, which is kept",
        example=example,
    )
    return first, given, note


def _text(one: Values) -> str:
    if one.type == COMPUTED:
        number, text = combined(one).flatten()
        one = number if number[0].is_valid else text
    return row_texts(one)[0].as_py() or ""
