"""From delivered rows to a frame with the contract's columns and types.

What cannot be read becomes missing, and its text is kept in a column `NAME__unread` beside it, where an
expectation finds it. Columns are read by their distinct values, so the cost grows with these and not with rows.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from data_contracts import parsing
from data_contracts.contract import Contract
from data_contracts.declarations import LATEST, SOURCE_FILE, SOURCE_LINE, UNREAD_ROW, Column
from intake.mapping.arrow_texts import COMPUTED, combined, encoded_texts, is_numeric, with_texts
from intake.mapping.column_matching import match_columns
from intake.mapping.selection import negative_where_returned, with_meanings
from intake.sources.files import number_format_is_undeclared
from intake.sources.raw import RawTable
from settings import SettingsError, TableSource

TEXT = pa.dictionary(pa.int32(), pa.string())
DAY = pa.timestamp("ns")

ARROW_TYPES = {"number": pa.float64(), "date": DAY, "flag": pa.bool_()}


@dataclass(frozen=True)
class Coerced:
    """Rows of one file, typed.

    Attributes
    ----------
    rows: all columns of the contract, their `__unread` columns, `source_file` and `source_line`.
    new_columns: columns of the file that the contract does not know and no mapping uses.
    """

    rows: pa.Table
    new_columns: tuple[str, ...]


def coerce(contract: Contract, raw: RawTable, source: TableSource, timezone: str = "UTC") -> Coerced:
    """Map the columns of one delivered file to the contract's, and read their values.

    Parameters
    ----------
    contract: of the table.
    raw: rows as delivered.
    source: mapping of columns, constants, and how numbers and dates are written.
    timezone: zone in which instants with an offset become days.

    Raises
    ------
    DataRefused: a required column is missing (the closest name is given), or dates or numbers are ambiguous.
    SettingsError: the mapping or a constant names a column that the table does not have.
    """
    delivered, new_columns = match_columns(contract, raw, source)
    columns: dict[str, pa.Array | pa.ChunkedArray] = {}
    for column in contract.columns:
        values = _delivered_values(raw, column, delivered, source)
        where = f"{raw.source}: {column.name}"
        if column.kind == "number":
            _refuse_ambiguous(values, where, contract.table, is_declared=not number_format_is_undeclared(raw, source))
        read, unread = _read(column, values, source, timezone, where, contract.table)
        columns[column.name] = _with_default(column, read)
        if column.has_unread:
            columns[column.unread] = unread
    columns |= negative_where_returned(columns, raw, source, contract.table)
    columns[UNREAD_ROW] = pa.nulls(raw.rows.num_rows, TEXT)
    columns[SOURCE_FILE] = _one_text(raw.source, raw.rows.num_rows)
    columns[SOURCE_LINE] = pa.array(raw.lines)
    rows = pa.table(columns, schema=arrow_schema(contract))
    return Coerced(rows=_with_malformed(contract, raw, rows), new_columns=new_columns)


def _refuse_ambiguous(values: pa.ChunkedArray | pa.Array, where: str, table: str, *, is_declared: bool) -> None:
    if values.type == COMPUTED or is_numeric(values.type):
        return
    texts = [text for text in encoded_texts(values).dictionary.to_pylist() if text is not None]
    parsing.refuse_mixed_currencies(texts, where)
    if not is_declared:
        parsing.refuse_ambiguous_numbers(texts, where, table)


def _with_malformed(contract: Contract, raw: RawTable, rows: pa.Table) -> pa.Table:
    """Rows that have no columns to speak of, as rows without values that an expectation finds by their text."""
    if not raw.malformed:
        return rows
    count, schema = len(raw.malformed), arrow_schema(contract)
    texts = pa.array([text for _, text in raw.malformed], pa.string()).dictionary_encode()
    columns: dict[str, pa.Array] = {field.name: pa.nulls(count, field.type) for field in schema}
    columns |= {column.name: _with_default(column, columns[column.name]) for column in contract.columns}
    columns |= {UNREAD_ROW: texts, SOURCE_FILE: _one_text(raw.source, count)}
    columns[SOURCE_LINE] = pa.array([line for line, _ in raw.malformed], pa.int64())
    both = pa.concat_tables([rows, pa.table(columns, schema=schema)]).unify_dictionaries()
    return both.take(pc.sort_indices(both, sort_keys=[(SOURCE_LINE, "ascending")]))


def arrow_schema(contract: Contract) -> pa.Schema:
    """Schema of coerced rows."""
    fields = []
    for column in contract.columns:
        fields.append(pa.field(column.name, ARROW_TYPES.get(column.kind, TEXT)))
        if column.has_unread:
            fields.append(pa.field(column.unread, TEXT))
    fields.append(pa.field(UNREAD_ROW, TEXT))
    return pa.schema([*fields, pa.field(SOURCE_FILE, TEXT), pa.field(SOURCE_LINE, pa.int64())])


def _delivered_values(
    raw: RawTable, column: Column, delivered: dict[str, str], source: TableSource
) -> pa.ChunkedArray | pa.Array:
    if column.name in delivered:
        return with_meanings(raw.rows.column(delivered[column.name]), source.meanings.get(column.name, {}))
    count = raw.rows.num_rows
    if column.name in source.constants:
        return _one_text(source.constants[column.name], count)
    return pa.nulls(count, pa.string())


def _one_text(text: str, count: int) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(count, np.int32)), pa.array([text], pa.string()))


def _read(
    column: Column, values: pa.ChunkedArray | pa.Array, source: TableSource, timezone: str, where: str, table: str
) -> tuple[pa.Array, pa.Array]:
    """Typed values and the texts that could not be read."""
    if values.type == COMPUTED:
        return _computed(column, values, table)
    typed = _read_typed(column, values, timezone)
    if typed is not None:
        return typed, pa.nulls(len(values), TEXT)
    encoded = encoded_texts(values)
    texts = encoded.dictionary.to_pylist()
    read = _read_texts(column, texts, source, timezone, where, table)
    if not column.has_unread:
        return with_texts(read, encoded), pa.nulls(len(values), TEXT)
    missing = parsing.is_missing(texts)
    failed = np.asarray(read.is_null()) & ~missing
    unread = pa.array([text if bad else None for text, bad in zip(texts, failed, strict=True)], pa.string())
    return read.take(encoded.indices), with_texts(unread, encoded)


def _computed(column: Column, values: pa.ChunkedArray | pa.Array, table: str) -> tuple[pa.Array, pa.Array]:
    if column.kind != "number":
        raise SettingsError(
            f"sources.{table}.columns.{column.name}: a formula is a number, and {column.name} holds a {column.kind}; "
            "name a column of the file, or a text such as {Column}"
        )
    number, text = combined(values).flatten()
    return number, text.dictionary_encode()


def _read_typed(column: Column, values: pa.ChunkedArray | pa.Array, timezone: str) -> pa.Array | None:
    """Values of Parquet and SQL that have the right type already; None where they must go through text."""
    kind, whole = values.type, combined(values)
    if column.kind == "number" and is_numeric(kind):
        numbers = whole.cast(pa.float64(), safe=False)
        return pc.if_else(pc.is_nan(numbers), pa.scalar(None, pa.float64()), numbers)
    if column.kind == "flag" and pa.types.is_boolean(kind):
        return whole
    if column.kind == "date" and (pa.types.is_date(kind) or pa.types.is_timestamp(kind)):
        if pa.types.is_timestamp(kind) and kind.tz is not None:
            whole = pc.local_timestamp(whole.cast(pa.timestamp(kind.unit, timezone)))
        return _month_start(column, _believable(whole.cast(pa.date32(), safe=False)))
    return None


def _read_texts(
    column: Column, texts: list[str], source: TableSource, timezone: str, where: str, table: str
) -> pa.Array:
    if column.kind in ("text", "currency", "country"):
        return pa.array(_cleaned(column, texts), pa.string())
    if column.kind == "setting":
        blank = parsing.is_missing(texts)
        read = parsing.read_parameter_values(texts, source.decimal, source.thousands)
        return pa.array([None if b else r for r, b in zip(read, blank, strict=True)], pa.string())
    filled = ~parsing.is_missing(texts)
    given = [text for text, there in zip(texts, filled, strict=True) if there]
    if column.kind == "date":
        days = np.full(len(texts), np.datetime64("NaT"), dtype="datetime64[D]")
        days[filled] = parsing.read_dates(given, source.date_format or (), timezone, where, table)
        return _month_start(column, pa.array(days.astype("datetime64[ns]"), DAY, mask=np.isnat(days)))
    numbers = np.full(len(texts), np.nan)
    if column.kind == "number":
        numbers[filled] = parsing.read_numbers(given, source.decimal, source.thousands, percent=column.is_fraction)
        return pa.array(numbers, pa.float64(), mask=np.isnan(numbers))
    numbers[filled] = parsing.read_flags(given)
    return pa.array(numbers == 1.0, pa.bool_(), mask=np.isnan(numbers))


def keeps_blanks(name: str) -> bool:
    """Whether blanks around texts of a column are kept: around codes of SKUs, where a setting says if they count."""
    return name in ("sku", "alias") or (name.endswith("_sku") and name != "supplier_sku")


def _cleaned(column: Column, texts: list[str]) -> list[str | None]:
    if keeps_blanks(column.name):
        return [text if text.strip() else None for text in texts]
    stripped = [text.strip() for text in texts]
    if column.kind in ("currency", "country"):
        stripped = [text.upper() for text in stripped]
    if column.choices:
        stripped = [_choice(column, text) for text in stripped]
    return [text or None for text in stripped]


def _choice(column: Column, text: str) -> str:
    plain = text.casefold().replace("-", "_").replace(" ", "_")
    plain = {"canceled": "cancelled"}.get(plain, plain)
    return plain if plain in column.choices else text


def _believable(days: pa.Array) -> pa.Array:
    """Days as nanoseconds, years that these cannot hold cut to the last and first believable day."""
    ends = (pa.scalar(pd.Timestamp(end).date(), pa.date32()) for end in ("1700-01-01", LATEST))
    earliest, latest = ends
    clipped = pc.min_element_wise(pc.max_element_wise(days, earliest, skip_nulls=False), latest, skip_nulls=False)
    return clipped.cast(DAY)


def _month_start(column: Column, days: pa.Array) -> pa.Array:
    return pc.floor_temporal(days, unit="month").cast(DAY) if column.name == "month" else days


def _with_default(column: Column, read: pa.Array) -> pa.Array:
    if column.default is None:
        return read
    if column.kind == "number":
        return read.fill_null(float(column.default))
    if column.kind == "flag":
        return read.fill_null(column.default == "true")
    if column.kind == "date":
        return read.fill_null(pa.scalar(pd.Timestamp(column.default), DAY))
    texts = pa.concat_arrays([read.dictionary, pa.array([column.default], pa.string())])
    return with_texts(texts, pa.DictionaryArray.from_arrays(read.indices.fill_null(len(texts) - 1), texts))
