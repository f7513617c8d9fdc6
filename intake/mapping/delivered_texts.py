"""The values of delivered rows as they were delivered: text under the names of the contract's columns."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from data_contracts import parsing
from data_contracts.contract import Contract
from data_contracts.declarations import UNREAD_ROW
from intake.mapping.arrow_texts import COMPUTED, combined, encoded_texts, is_numeric
from intake.mapping.column_matching import match_columns
from intake.sources.raw import RawTable
from settings import TableSource

Places = NDArray[np.int64]


def texts_at(contract: Contract, raw: RawTable, source: TableSource, places: Places) -> list[dict[str, str]]:
    """Texts of some rows, by canonical column; columns that are not delivered, or are constants, are left out.

    Parameters
    ----------
    contract, source: of the table.
    raw: rows as its settings map them.
    places: numbers of the rows.
    """
    matched, _ = match_columns(contract, raw, source)
    columns = {name: _texts(raw.rows.column(given).take(pa.array(places))) for name, given in matched.items()}
    return [{name: texts[row] or "" for name, texts in columns.items()} for row in range(len(places))]


def numbers_at(
    contract: Contract, raw: RawTable, source: TableSource, name: str, places: Places
) -> NDArray[np.float64]:
    """Numbers of some rows of a column, read with the other texts of the column as the intake reads them.

    Parameters
    ----------
    contract, source: of the table.
    raw: rows as its settings map them.
    name: of the contract's column.
    places: numbers of the rows.

    Returns
    -------
    float64 by row; NaN where a text is no number, where it is out of the contract's range, or where the column is not
    delivered.
    """
    column, matched = contract.column(name), match_columns(contract, raw, source)[0]
    unknown = np.full(len(places), np.nan)
    if name not in matched:
        return unknown
    values = raw.rows.column(matched[name])
    if values.type == COMPUTED:
        numbers = combined(values).flatten()[0].take(pa.array(places))
    elif is_numeric(values.type):
        numbers = values.take(pa.array(places)).cast(pa.float64(), safe=False)
    else:
        encoded = encoded_texts(values)
        read = parsing.read_numbers(
            encoded.dictionary.to_pylist(), source.decimal, source.thousands, percent=column.is_fraction
        )
        numbers = pa.array(read, pa.float64(), from_pandas=True).take(encoded.indices.take(pa.array(places)))
    found = np.asarray(numbers.to_pandas(), dtype=np.float64)
    lowest = column.minimum if isinstance(column.minimum, float | int) else -1e9
    highest = column.maximum if isinstance(column.maximum, float | int) else 1e9
    return np.where((found >= lowest) & (found <= highest), found, unknown)


def malformed_texts(text: str) -> dict[str, str]:
    """A row with too few or too many fields, of which only its text is known."""
    return {UNREAD_ROW: text}


def row_mark(texts: Mapping[str, str]) -> str:
    """A short mark of a row's texts, by which it is known again.

    >>> row_mark({"sku": "A", "units": ""}) == row_mark({"units": "", "sku": "A"})
    True
    """
    written = json.dumps(sorted(pair for pair in texts.items() if pair[1]), ensure_ascii=False)
    return hashlib.blake2b(written.encode(), digest_size=8).hexdigest()


def _texts(values: pa.ChunkedArray) -> list[Any]:
    if values.type == COMPUTED:
        return [
            None if value is None else value["text"] if value["number"] is None else f"{value['number']:.15g}"
            for value in values.to_pylist()
        ]
    encoded = encoded_texts(values)
    dictionary = encoded.dictionary.to_pylist()
    return [None if code is None else dictionary[code] for code in encoded.indices.to_pylist()]
