"""Coerced rows of a table, cut into months while they arrive and handed out a month at a time."""

import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import numpy as np
import pandas as pd
import pyarrow as pa

from data_contracts.acceptance.parts import UNDATED, WHOLE
from data_contracts.contract import Contract, dtype_of
from data_contracts.expectations.row_checks import PART
from intake.mapping.coercion import TEXT, arrow_schema

HELD_ROWS = 500_000
"""Rows of a table that are held; all of a larger table lie in a file until their month is asked for."""


class RowsByMonth:
    """Rows by month, in the order in which they came.

    The file of a large table has no name where the system allows it, so that nothing is left behind whatever ends the
    process.

    Parameters
    ----------
    contract: of the table.
    folder: in which the file of a large table lies; made when it is needed.
    """

    def __init__(self, contract: Contract, folder: Path) -> None:
        self._contract, self._folder = contract, folder
        self._schema = pa.schema(
            [pa.field(each.name, pa.string() if each.type == TEXT else each.type) for each in arrow_schema(contract)]
        )
        self._slices: dict[str, list[Callable[[], pa.Table]]] = {}
        self._counts: Counter[str] = Counter()
        self._held: list[tuple[str, int, pa.Table]] = []
        self._held_rows = 0
        self._file: IO[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()

    @property
    def months(self) -> list[str]:
        """Months that have rows, in order; rows without a date come last."""
        return sorted(self._slices, key=lambda month: (month == UNDATED, month))

    def add(self, rows: pa.Table) -> None:
        """Further rows, with the schema of coerced rows."""
        if rows.num_rows == 0:
            return
        codes, labels = self._months_of(rows)
        filled = [name for name in rows.column_names if rows.column(name).null_count < len(codes)]
        rows = rows.select(filled).cast(pa.schema([self._schema.field(name) for name in filled]))
        if (np.diff(codes) < 0).any():
            order = np.argsort(codes, kind="stable")
            rows, codes = rows.take(order), codes[order]
        starts = np.searchsorted(codes, np.arange(len(labels) + 1))
        for label, start, end in zip(labels, starts[:-1], starts[1:], strict=True):
            self._hold(label, rows.slice(start, end - start))
        if self._held_rows > HELD_ROWS:
            self._write_held()

    def count(self, month: str) -> int:
        """How many rows a month has that was not taken yet."""
        return self._counts[month]

    def take(self, month: str) -> pa.Table:
        """The rows of a month, texts as plain strings; they are not handed out again."""
        tables = [read() for read in self._slices.pop(month)]
        rows = pa.concat_tables(tables, promote_options="default")
        columns = [
            rows.column(field.name) if field.name in rows.column_names else pa.nulls(rows.num_rows, field.type)
            for field in self._schema
        ]
        return pa.table(columns, schema=self._schema)

    def _months_of(self, rows: pa.Table) -> tuple[np.ndarray, list[str]]:
        """For each row the number of its label, and the labels in order."""
        if self._contract.month_column is None:
            return np.zeros(rows.num_rows, np.int64), [WHOLE]
        months = rows.column(self._contract.month_column).to_numpy().astype("datetime64[M]")
        codes, found = pd.factorize(months, sort=True)
        if (codes < 0).any():
            return np.where(codes < 0, len(found), codes), [*map(str, found), UNDATED]
        return codes, [*map(str, found)]

    def _hold(self, month: str, rows: pa.Table) -> None:
        slices = self._slices.setdefault(month, [])
        self._held.append((month, len(slices), rows))
        slices.append(lambda: rows)
        self._held_rows += rows.num_rows
        self._counts[month] += rows.num_rows

    def _write_held(self) -> None:
        if self._file is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 - closed by __exit__
        for month, place, rows in self._held:
            self._slices[month][place] = _written(self._file, rows)
        self._held, self._held_rows = [], 0


def _written(file: IO[bytes], rows: pa.Table) -> Callable[[], pa.Table]:
    """Write rows to the end of a file; returned is what reads them."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema, options=pa.ipc.IpcWriteOptions(compression="lz4")) as writer:
        writer.write_table(rows.combine_chunks())
    begin = file.seek(0, 2)
    size = file.write(sink.getvalue())

    def read() -> pa.Table:
        file.seek(begin)
        return pa.ipc.open_stream(file.read(size)).read_all()

    return read


def typed_frame(contract: Contract, month: str, rows: pa.Table) -> pd.DataFrame:
    """Rows of one month as validation takes them: text as categories, numbers float64, dates datetime64[ns], and
    the month in a column of its own.
    """
    encoded = [
        column.combine_chunks().dictionary_encode() if pa.types.is_string(column.type) else column
        for column in rows.columns
    ]
    frame: pd.DataFrame = pa.table(encoded, names=rows.column_names).to_pandas()
    for column in contract.columns:
        if dtype_of(column) == "boolean":
            frame[column.name] = rows.column(column.name).to_pandas(types_mapper={pa.bool_(): pd.BooleanDtype()}.get)
    frame[PART] = months_column([month], [len(frame)])
    return frame


def months_column(months: list[str], sizes: list[int]) -> pd.Categorical:
    """Each month as often as it has rows."""
    return pd.Categorical(np.repeat(np.array(months, dtype=object), sizes), categories=months)
