"""What settings select: texts and columns by name or pattern, texts that mean nothing, rows that are wanted."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data_contracts.acceptance.outcomes import line_or_row
from data_contracts.parsing import is_listed
from intake.mapping.arrow_texts import Values, encoded_texts, with_texts
from intake.sources.raw import Note, RawTable
from settings import SettingsError, TableSource, closest


def is_selected(texts: Sequence[str | None], wanted: Sequence[str]) -> NDArray[np.bool_]:
    """Which texts the settings name, as in `is_listed`, blanks around both aside; missing ones are never named."""
    stripped = [each if each.startswith("re:") else each.strip() for each in wanted]
    named: NDArray[np.bool_] = is_listed([(text or "").strip() for text in texts], stripped)
    is_there: NDArray[np.bool_] = np.array([text is not None for text in texts], dtype=bool)
    return named & is_there


def require_columns(names: Sequence[str], available: Sequence[str], setting: str, source: str) -> None:
    """Refuse a setting that names a column which the delivered rows do not have.

    Raises
    ------
    SettingsError: the first such column, with the closest that is there.
    """
    for name in names:
        if name not in available:
            near = closest(name, available)
            hint = f"the closest is {near!r}" if near else f"it has {', '.join(available)}"
            raise SettingsError(
                f"{setting} names the column {name!r}, which {source} does not have; {hint}; correct it"
            )


def blank_missing_values(raw: RawTable, source: TableSource) -> RawTable:
    """The rows with nothing where a text stands that means nothing (`missing_values`), in every column of text."""
    if not source.missing_values:
        return raw
    columns = {name: _emptied(raw.rows.column(name), source.missing_values) for name in raw.rows.column_names}
    return replace(raw, rows=pa.table(columns))


def _emptied(values: Values, missing_values: list[str]) -> Values:
    kind = values.type.value_type if pa.types.is_dictionary(values.type) else values.type
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
        return values
    encoded = encoded_texts(values)
    named = is_selected(encoded.dictionary.to_pylist(), missing_values)
    if not named.any():
        return values
    return with_texts(pc.if_else(pa.array(named), pa.scalar(None, pa.string()), encoded.dictionary), encoded)


def select_rows(raw: RawTable, source: TableSource, table: str) -> RawTable:
    """The rows that have one of the texts of `only` in each of its columns, and a note of how many are left out.

    Raises
    ------
    SettingsError: `only` names a column that the rows do not have.
    """
    require_columns(list(source.only), raw.rows.column_names, f"sources.{table}.only", raw.source)
    for name, wanted in source.only.items():
        encoded = encoded_texts(raw.rows.column(name))
        by_code = np.append(is_selected(encoded.dictionary.to_pylist(), wanted), [False])
        kept = by_code[encoded.indices.fill_null(len(by_code) - 1).to_numpy(zero_copy_only=False)]
        note = Note(
            rule="only.left_out",
            source=raw.source,
            rows=int((~kept).sum()),
            total_rows=len(kept),
            text=f"are left out: sources.{table}.only keeps those where {name} is {' or '.join(map(repr, wanted))}",
            example="" if kept.all() else f"the first is {line_or_row(raw.source)} {raw.lines[kept.argmin()]}",
        )
        raw = replace(raw, rows=raw.rows.filter(pa.array(kept)), lines=raw.lines[kept], notes=(*raw.notes, note))
    return raw
