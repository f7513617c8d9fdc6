"""Wide files, with a column for each date or each product, as a row for each filled cell."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from data_contracts import parsing
from intake.mapping.arrow_texts import combined, concatenate, encoded_texts, is_numeric
from intake.mapping.selection import is_selected
from intake.sources.raw import RawTable
from settings import SettingsError, TableSource
from settings.sources import Unpivot


def unpivoted(raw: RawTable, how: Unpivot, source: TableSource, setting: str) -> RawTable:
    """One row for each filled cell of the columns that `how` names, in the order of lines, then of columns.

    Empty cells are left out, and zeros where asked. Each row keeps its line of the file, and says by the header
    which column of the line it is.

    Parameters
    ----------
    raw: rows as delivered.
    how: which columns, and under which names headers and cells are handed on.
    source: how numbers are written.
    setting: where `how` stands, for messages.

    Raises
    ------
    SettingsError: no header is named, or a new name is taken.
    """
    names = raw.rows.column_names
    is_wide = is_selected(names, how.columns)
    wide = [name for name, found in zip(names, is_wide, strict=True) if found]
    kept = [name for name, found in zip(names, is_wide, strict=True) if not found]
    if not wide:
        raise SettingsError(
            f"{setting}.columns is {', '.join(how.columns)}, which names no column of {raw.source}; "
            f"it has {', '.join(names)}; correct it"
        )
    for key, new in (("into", how.into), ("values", how.values)):
        if new in kept or how.into == how.values:
            raise SettingsError(f"{setting}.{key} is {new!r}, a name that is taken in {raw.source}; choose another")
    rows = raw.rows.num_rows
    cells = concatenate([raw.rows.column(name) for name in wide])
    row_by_row = np.arange(rows * len(wide)).reshape(len(wide), rows).T.ravel()
    chosen = row_by_row[_is_kept(cells, how, source)[row_by_row]]
    column_of, row_of = np.divmod(chosen, max(rows, 1))
    columns = {name: combined(raw.rows.column(name)).take(pa.array(row_of)) for name in kept}
    columns[how.into] = pa.DictionaryArray.from_arrays(
        pa.array(column_of.astype(np.int32)),
        pa.array([how.names.get(name.strip(), name) for name in wide], pa.string()),
    )
    columns[how.values] = cells.take(pa.array(chosen))
    return replace(raw, rows=pa.table(columns), lines=raw.lines[row_of])


def _is_kept(cells: pa.Array, how: Unpivot, source: TableSource) -> NDArray[np.bool_]:
    if is_numeric(cells.type):
        numbers: NDArray[np.float64] = cells.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
        filled: NDArray[np.bool_] = ~np.isnan(numbers)
        return filled & (numbers != 0) if how.drop_zeros else filled
    encoded = encoded_texts(cells)
    texts = encoded.dictionary.to_pylist()
    kept = ~parsing.is_missing(texts)
    if how.drop_zeros:
        given = [text for text, there in zip(texts, kept, strict=True) if there]
        kept[kept] = parsing.read_numbers(given, source.decimal, source.thousands) != 0
    by_code = np.append(kept, [False])
    rows: NDArray[np.bool_] = by_code[encoded.indices.fill_null(len(texts)).to_numpy(zero_copy_only=False)]
    return rows
