"""Rows of a database cut into months and sorted, in bounded memory, so that the database's order does not matter.

A month is the first seven characters of a day ("2026-03"). Its rows are sorted by all columns, so any way of
reading the same rows gives the same order. One month of one table is held in memory at a time.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.acceptance.parts import UNDATED, WHOLE
from data_contracts.contract import Contract
from intake.sources.databases.values import as_schema, common_schema
from settings import TableSource

ROWS_HELD = 500_000
_ISO_MONTH = r"^\d{4}-\d{2}(-|$)"

Chunks = list[pa.Table | Path]


def month_column(contract: Contract, source: TableSource, names: list[str]) -> str | None:
    """The delivered column by which the contract's table is cut into months; None where there is none."""
    if contract.month_column is None or contract.month_column in source.constants:
        return None
    wanted = source.columns.get(contract.month_column, contract.month_column).strip().casefold()
    return next((name for name in names if name.strip().casefold() == wanted), None)


def cut_into_months(batches: Iterable[pa.Table], by: str | None, folder: Path) -> dict[str, Chunks]:
    """Rows by month; beyond `ROWS_HELD` of them wait in files.

    Parameters
    ----------
    batches: with the same column names; types may differ.
    by: column whose month counts; None keeps all rows together.
    folder: for the files; it must exist.

    Returns
    -------
    Chunks of each month's rows, in memory or in Arrow files.
    """
    months: dict[str, Chunks] = defaultdict(list)
    held: dict[str, list[pa.Table]] = defaultdict(list)
    rows = 0
    for batch in batches:
        for month, part in _by_month(batch, by):
            held[month].append(part)
        rows += batch.num_rows
        if rows >= ROWS_HELD:
            for month, parts in held.items():
                months[month].append(_in_file(_joined(parts), folder))
            held.clear()
            rows = 0
    for month, parts in held.items():
        months[month] += parts
    return dict(months)


def _by_month(batch: pa.Table, by: str | None) -> Iterator[tuple[str, pa.Table]]:
    if by is None:
        yield WHOLE, batch
        return
    labels = _months_of(batch.column(by))
    for month in pc.unique(labels).to_pylist():
        yield month, batch.filter(pc.equal(labels, month))


def _months_of(days: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_date(days.type) or pa.types.is_timestamp(days.type):
        texts = pc.strftime(days, format="%Y-%m")
    elif pa.types.is_string(days.type):
        dated = pc.match_substring_regex(days, _ISO_MONTH)
        texts = pc.if_else(dated, pc.utf8_slice_codeunits(days, 0, 7), pa.scalar(None, pa.string()))
    else:
        texts = pa.chunked_array([pa.nulls(len(days), pa.string())])
    return texts.fill_null(UNDATED)


def _in_file(rows: pa.Table, folder: Path) -> Path:
    file = folder / f"{uuid.uuid4().hex}.arrow"
    with pa.ipc.new_file(file, rows.schema) as writer:
        writer.write_table(rows)
    return file


def rows_of(chunks: Chunks) -> pa.Table:
    """All rows of the chunks as one table, sorted by all its columns."""
    return sort_rows(_joined([chunk if isinstance(chunk, pa.Table) else _from_file(chunk) for chunk in chunks]))


def _from_file(file: Path) -> pa.Table:
    with pa.memory_map(str(file)) as mapped:
        return pa.ipc.open_file(mapped).read_all()


def _joined(parts: list[pa.Table]) -> pa.Table:
    schema = common_schema(part.schema for part in parts)
    joined = pa.concat_tables([as_schema(part, schema) for part in parts])
    for position, field in enumerate(joined.schema):
        # The type that other rows of the same answer had says nothing of these.
        if joined.num_rows and joined.column(position).null_count == joined.num_rows:
            joined = joined.set_column(position, pa.field(field.name, pa.null()), pa.nulls(joined.num_rows))
    return joined


def sort_rows(rows: pa.Table) -> pa.Table:
    """The rows sorted by all columns, the first one first; empty values come last."""
    if not rows.num_rows:
        return rows
    keys = [(str(position), "ascending") for position in range(rows.num_columns)]
    return rows.take(pc.sort_indices(rows.rename_columns([key for key, _ in keys]), sort_keys=keys)).combine_chunks()
