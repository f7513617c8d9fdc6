"""What database drivers return, as Arrow columns whose type does not depend on how the rows came in batches.

Drivers type each value, and SQLite may type each row of a column differently. A column's type is the join of its
values' kinds (whole < decimal or floating; anything that does not mix is text), so that the same rows read in one
piece or in several runs are the same table.
"""

import datetime as dt
import json
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from functools import reduce
from typing import Any

import pyarrow as pa

MOMENT = pa.timestamp("us")
INSTANT = pa.timestamp("us", "UTC")
LARGEST_EXACT_FLOAT = 2**53
WHOLE_DIGITS = 19
MOST_DIGITS = 76


def arrow_column(values: Sequence[object]) -> pa.Array:
    """One column of a batch: numbers, flags, days, moments, instants (as UTC) or text; text where kinds mix."""
    kinds = set(map(type, values)) - {type(None)}
    if not kinds:
        return pa.nulls(len(values))
    try:
        typed = _typed(values, kinds)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        typed = None
    return pa.array(map(text_of, values), pa.string()) if typed is None else typed


def _typed(values: Sequence[object], kinds: set[type]) -> pa.Array | None:
    if kinds == {int}:
        return _whole(values)
    if kinds <= {int, float}:
        return pa.array(values, pa.float64())
    if kinds == {Decimal}:
        finite = all(value.is_finite() for value in values if isinstance(value, Decimal))
        return pa.array(values) if finite else None
    if kinds == {dt.datetime}:
        zoned = {value.tzinfo is not None for value in values if isinstance(value, dt.datetime)}
        return None if len(zoned) > 1 else pa.array(values, INSTANT if zoned.pop() else MOMENT)
    plain = {frozenset({bool}): pa.bool_(), frozenset({str}): pa.string(), frozenset({dt.date}): pa.date32()}
    kind = plain.get(frozenset(kinds))
    return None if kind is None else pa.array(values, kind)


def _whole(values: Sequence[object]) -> pa.Array:
    """Whole numbers; as decimals where a float could not hold them, so that a join with floats never rounds."""
    numbers = [value for value in values if isinstance(value, int)]
    if max(map(abs, numbers)) <= LARGEST_EXACT_FLOAT:
        return pa.array(values, pa.int64())
    return pa.array([None if value is None else Decimal(str(value)) for value in values])


def text_of(value: object) -> str | None:
    r"""One value as text, the same whatever type it was kept in meanwhile.

    Bytes that are printable UTF-8 are that text; others are written as `0x` and hexadecimal digits.

    >>> text_of(Decimal("5.00")), text_of(5.0), text_of(b"A-1"), text_of(b"\x00\xff")
    ('5', '5', 'A-1', '0x00ff')
    """
    if value is None or isinstance(value, str):
        return value
    for kinds, write in _WRITTEN:
        if isinstance(value, kinds):
            return write(value)
    return str(value)


def _text_of_float(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) <= LARGEST_EXACT_FLOAT else repr(value)


def _text_of_decimal(value: Decimal) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _text_of_bytes(value: bytes) -> str:
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError:
        return f"0x{value.hex()}"
    return text if text.isprintable() else f"0x{value.hex()}"


def _text_of_moment(value: dt.datetime) -> str:
    return (value if value.tzinfo is None else value.astimezone(dt.UTC)).isoformat()


def _text_of_structure(value: object) -> str:
    return json.dumps(value, default=text_of, ensure_ascii=False, sort_keys=True)


_WRITTEN: tuple[tuple[type | tuple[type, ...], Callable[[Any], str]], ...] = (
    (bool, lambda flag: "true" if flag else "false"),
    (float, _text_of_float),
    (Decimal, _text_of_decimal),
    ((bytes, bytearray, memoryview), lambda value: _text_of_bytes(bytes(value))),
    (dt.datetime, _text_of_moment),
    ((dt.date, dt.time), lambda value: value.isoformat()),
    ((dict, list, tuple), _text_of_structure),
)


def common_schema(schemas: Iterable[pa.Schema]) -> pa.Schema:
    """The schema that holds the rows of all of them; they have the same column names in the same order."""
    return reduce(
        lambda one, other: pa.schema(
            [pa.field(a.name, _common_type(a.type, b.type)) for a, b in zip(one, other, strict=True)]
        ),
        schemas,
    )


def _common_type(one: pa.DataType, other: pa.DataType) -> pa.DataType:
    if one == other or pa.types.is_null(other):
        return one
    if pa.types.is_null(one):
        return other
    if {one, other} == {pa.int64(), pa.float64()}:
        return pa.float64()
    if all(pa.types.is_decimal(kind) or kind == pa.int64() for kind in (one, other)):
        scale = max(_digits(kind)[1] for kind in (one, other))
        digits = scale + max(_digits(kind)[0] for kind in (one, other))
        return pa.string() if digits > MOST_DIGITS else _decimal(digits, scale)
    return pa.string()


def _digits(kind: pa.DataType) -> tuple[int, int]:
    """Digits before and after the point."""
    return (kind.precision - kind.scale, kind.scale) if pa.types.is_decimal(kind) else (WHOLE_DIGITS, 0)


def _decimal(digits: int, scale: int) -> pa.DataType:
    return pa.decimal128(digits, scale) if digits <= 38 else pa.decimal256(digits, scale)


def as_schema(rows: pa.Table, schema: pa.Schema) -> pa.Table:
    """The same rows in the types of a schema that holds them."""
    columns = []
    for column, field in zip(rows.columns, schema, strict=True):
        if column.type == field.type:
            columns.append(column)
        elif pa.types.is_string(field.type) and not pa.types.is_null(column.type):
            columns.append(pa.array(map(text_of, column.to_pylist()), pa.string()))
        else:
            columns.append(column.cast(field.type))
    return pa.table(columns, schema=schema)


def typed_by_values(rows: pa.Table) -> pa.Table:
    """The same rows; a column without any value has no type, whatever rows gave it one that are there no more."""
    columns = [pa.nulls(len(column)) if column.null_count == len(column) else column for column in rows.columns]
    return pa.table(columns, names=rows.column_names)
