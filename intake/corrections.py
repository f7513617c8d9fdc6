"""Rows corrected by hand, read instead of what was delivered.

They are kept in `corrections/TABLE.jsonl` beside `restock.toml`, one a line: the file and line that were delivered, a
mark of the row as delivered, and its values as corrected, written as the file writes them. A correction holds for
that row alone: when the row in the file changes, it is read as delivered again.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa

from data_contracts import parsing
from data_contracts.atomic_files import write_atomically
from data_contracts.contract import Contract
from intake.mapping.arrow_texts import COMPUTED, combined, encoded_texts, is_numeric
from intake.mapping.column_matching import match_columns
from intake.mapping.delivered_texts import malformed_texts, row_mark, texts_at
from intake.sources.raw import Delivery, Note, RawTable
from settings import DataRefused, TableSource

FOLDER = "corrections"
APPLIED = "corrections.applied"


@dataclass(frozen=True)
class Correction:
    """One row, corrected.

    Attributes
    ----------
    file, line: where the row was delivered.
    mark: of the row as delivered, see `row_mark`.
    cells: canonical column = corrected text; columns that are not named stay as delivered.
    """

    file: str
    line: int
    mark: str
    cells: dict[str, str]

    @property
    def place(self) -> tuple[str, int, str]:
        """What a row has one correction of."""
        return self.file, self.line, self.mark


def corrections_file(table: str, root: Path) -> Path:
    """Where a table's corrections are kept."""
    return root / FOLDER / f"{table}.jsonl"


def read_corrections(table: str, root: Path) -> list[Correction]:
    """Corrections of a table, sorted by place; empty where there are none.

    Raises
    ------
    DataRefused: a line of the file is no correction.
    """
    file, found = corrections_file(table, root), []
    try:
        lines = file.read_text("utf-8").splitlines()
    except FileNotFoundError:
        return []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            kept = json.loads(line)
            cells = {str(name): str(text) for name, text in kept["cells"].items()}
            found.append(Correction(str(kept["file"]), int(kept["line"]), str(kept["mark"]), cells))
        except (ValueError, KeyError, TypeError, AttributeError) as fault:
            raise DataRefused(
                f"{file.name} line {number}: no correction as `restock correct` writes it ({fault}); delete the line, "
                "or run `restock correct` with the workbook again"
            ) from fault
    return sorted(found, key=lambda each: each.place)


def save_corrections(table: str, root: Path, new: Iterable[Correction]) -> Path:
    """Add corrections of a table to those kept; a newer one of the same row replaces the older."""
    together = {each.place: each for each in (*read_corrections(table, root), *new)}
    file = corrections_file(table, root)
    text = "".join(json.dumps(asdict(together[place]), ensure_ascii=False) + "\n" for place in sorted(together))
    write_atomically(file, lambda path: path.write_text(text, "utf-8"))
    return file


def with_corrections(contract: Contract, source: TableSource, root: Path, delivery: Delivery) -> Delivery:
    """The same delivery, rows that were corrected by hand read as corrected."""
    of_file = [each for each in read_corrections(contract.table, root) if each.file == delivery.source]
    return delivery.map_batches(partial(corrected, contract, source, of_file)) if of_file else delivery


def corrected(contract: Contract, source: TableSource, corrections: Sequence[Correction], raw: RawTable) -> RawTable:
    """A batch of rows with the corrections that fit it, and a note of how many.

    Parameters
    ----------
    contract, source: of the table.
    corrections: of the batch's file.
    raw: rows as the settings map them.
    """
    by_place = {(each.line, each.mark): each for each in corrections}
    wanted = {line for line, _ in by_place}
    places = np.flatnonzero(np.isin(raw.lines, list(wanted)))
    changes: dict[int, Correction] = {}
    for place, texts in zip(places, texts_at(contract, raw, source, places), strict=True):
        found = by_place.get((int(raw.lines[place]), row_mark(texts)))
        if found:
            changes[int(place)] = found
    repaired: list[tuple[int, str]] = []
    for line, text in raw.malformed:
        found = by_place.get((line, row_mark(malformed_texts(text))))
        if found:
            changes[raw.rows.num_rows + len(repaired)] = found
            repaired.append((line, text))
    if not changes:
        return raw
    rows = _with_empty_rows(raw.rows, len(repaired))
    matched, _ = match_columns(contract, raw, source)
    for name in contract.names:
        written = {place: each.cells[name] for place, each in changes.items() if name in each.cells}
        given = matched.get(name, name)
        is_told = given in rows.column_names or any(written.values())
        if not written or not is_told or name in source.constants:
            continue
        values = rows.column(given) if given in rows.column_names else pa.nulls(rows.num_rows, pa.string())
        column = _replaced(values, written, source, is_number=contract.column(name).kind == "number")
        rows = _set(rows, given, column)
    lines = np.concatenate([raw.lines, np.array([line for line, _ in repaired], dtype=np.int64)])
    order = np.argsort(lines, kind="stable")
    says = f"are read as corrected by hand in {FOLDER}/{contract.table}.jsonl"
    note = Note(APPLIED, raw.source, len(changes), rows.num_rows, says)
    return replace(
        raw,
        rows=rows.take(pa.array(order)) if repaired else rows,
        lines=lines[order],
        malformed=tuple(row for row in raw.malformed if row not in repaired),
        notes=(*raw.notes, note),
    )


def _with_empty_rows(rows: pa.Table, count: int) -> pa.Table:
    if not count:
        return rows
    empty = pa.table({name: pa.nulls(count, rows.column(name).type) for name in rows.column_names})
    return pa.concat_tables([rows, empty]).unify_dictionaries()


def _set(rows: pa.Table, name: str, values: pa.Array) -> pa.Table:
    if name in rows.column_names:
        return rows.set_column(rows.column_names.index(name), name, values)
    return rows.append_column(name, values)


def _replaced(
    values: pa.ChunkedArray | pa.Array, texts: Mapping[int, str], source: TableSource, *, is_number: bool
) -> pa.Array:
    """The column with some rows' texts in place of what was there.

    Text keeps its dictionary, in which texts may stand that decide how the column is read; numbers stay numbers,
    with the text of what is none beside them.
    """
    if values.type == COMPUTED or (is_number and is_numeric(values.type)):
        return _replaced_numbers(values, texts, source)
    encoded = encoded_texts(values)
    known = encoded.dictionary.to_pylist()
    codes = encoded.indices.to_pylist()
    for place, text in texts.items():
        if text and text not in known:
            known.append(text)
        codes[place] = known.index(text) if text else None
    return pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32()), pa.array(known, pa.string()))


def _replaced_numbers(
    values: pa.ChunkedArray | pa.Array, texts: Mapping[int, str], source: TableSource
) -> pa.StructArray:
    if values.type == COMPUTED:
        numbers, unread = (column.to_pylist() for column in combined(values).flatten())
    else:
        numbers = combined(values.cast(pa.float64(), safe=False)).to_pylist()
        unread = [None] * len(numbers)
    read = parsing.read_numbers(list(texts.values()), source.decimal, source.thousands)
    for (place, text), number in zip(texts.items(), read, strict=True):
        numbers[place] = None if np.isnan(number) else float(number)
        unread[place] = text if text.strip() and np.isnan(number) else None
    return pa.StructArray.from_arrays(
        [pa.array(numbers, pa.float64()), pa.array(unread, pa.string())], fields=list(COMPUTED)
    )
