"""Columns of delivered rows, of any type, as distinct texts and where each row finds its own."""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Values: TypeAlias = "pa.ChunkedArray | pa.Array"

TEXTS = pa.dictionary(pa.int32(), pa.string())

COMPUTED = pa.struct([("number", pa.float64()), ("text", pa.string())])
"""Type of a computed column: the number, or the text of what could not be computed."""


def combined(values: Values) -> pa.Array:
    """A column in one piece."""
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values


def encoded_texts(values: Values) -> pa.DictionaryArray:
    """Distinct texts of a column of any type, and where each row finds its own."""
    values = combined(values)
    if pa.types.is_dictionary(values.type):
        if values.dictionary.type != pa.string():
            values = pa.DictionaryArray.from_arrays(values.indices, _as_text(values.dictionary))
        return values
    return _as_text(values).dictionary_encode()


def row_texts(values: Values) -> pa.Array:
    """The text of each row, without the blanks around it; missing where nothing, or blanks only, is there."""
    encoded = encoded_texts(values)
    trimmed = pc.utf8_trim_whitespace(encoded.dictionary)
    return pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed).take(encoded.indices)


def with_texts(texts: pa.Array, encoded: pa.DictionaryArray) -> pa.DictionaryArray:
    """Rows with new texts in place of the encoded ones; equal new texts share one code."""
    again = texts.dictionary_encode()
    indices = again.indices.take(encoded.indices)
    return pa.DictionaryArray.from_arrays(indices, again.dictionary)


def concatenate(columns: Sequence[Values]) -> pa.Array:
    """Several columns, one after the other: under their common type, as numbers where all are, else as text."""
    types = {column.type for column in columns}
    if len(types) > 1 and all(map(is_numeric, types)):
        columns = [column.cast(pa.float64(), safe=False) for column in columns]
    elif len(types) > 1:
        columns = [encoded_texts(column).cast(TEXTS) for column in columns]
    return combined(pa.chunked_array([chunk for column in columns for chunk in _chunks(column)], columns[0].type))


def is_numeric(kind: pa.DataType) -> bool:
    """Whether values of the type are numbers."""
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def row_codes(columns: Sequence[Values]) -> NDArray[np.int64]:
    """For each row a number that rows with the same texts share, from 0 on; -1 where all are empty or blank."""
    together = _codes(columns[0])
    for column in columns[1:]:
        codes = _codes(column)
        pairs = (together + 1) * (codes.max(initial=-1) + 2) + codes + 1
        together = np.full_like(pairs, -1)
        together[pairs > 0] = pd.factorize(pairs[pairs > 0])[0]
    return together


def _codes(column: Values) -> NDArray[np.int64]:
    if column.type == COMPUTED:
        number, text = combined(column).flatten()
        return row_codes([number, text])
    encoded = encoded_texts(column)
    texts = pc.if_else(pc.equal(pc.utf8_trim_whitespace(encoded.dictionary), ""), None, encoded.dictionary)
    codes: NDArray[np.int64] = with_texts(texts, encoded).indices.fill_null(-1).to_numpy().astype(np.int64)
    return codes


def _chunks(column: Values) -> list[pa.Array]:
    return column.chunks if isinstance(column, pa.ChunkedArray) else [column]


def _as_text(values: pa.Array) -> pa.Array:
    if pa.types.is_string(values.type):
        return values
    if pa.types.is_floating(values.type):
        floats = values.to_numpy(zero_copy_only=False)
        texts = [
            None if np.isnan(f) else str(int(f)) if f.is_integer() and abs(f) < 2**53 else repr(float(f))
            for f in floats
        ]
        return pa.array(texts, pa.string())
    if pa.types.is_binary(values.type) or pa.types.is_nested(values.type):
        return pa.array([None if value is None else str(value) for value in values.to_pylist()], pa.string())
    return values.cast(pa.string())
