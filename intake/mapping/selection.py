"""What settings select: texts that mean nothing or something else, rows that are wanted, rows that are returns."""

from collections.abc import Mapping, Sequence
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
    """The rows that `only` wants and `leave_out` does not name, and a note of how many are left out by each column.

    Raises
    ------
    SettingsError: a column is named that the rows do not have.
    """
    for key, names in (("only", source.only), ("leave_out", source.leave_out)):
        require_columns(list(names), raw.rows.column_names, f"sources.{table}.{key}", raw.source)
    for name, wanted in source.only.items():
        says = f"sources.{table}.only keeps those where {name} is {' or '.join(map(repr, wanted))}"
        raw = _keep(raw, has_text(raw, name, wanted), "only.left_out", says)
    for name, unwanted in source.leave_out.items():
        says = f"sources.{table}.leave_out names those where {name} is {' or '.join(map(repr, unwanted))}"
        raw = _keep(raw, ~has_text(raw, name, unwanted), "leave_out.left_out", says)
    return raw


def has_text(raw: RawTable, name: str, wanted: Sequence[str]) -> NDArray[np.bool_]:
    """Which rows have one of these texts in a column."""
    encoded = encoded_texts(raw.rows.column(name))
    by_code = np.append(is_selected(encoded.dictionary.to_pylist(), wanted), [False])
    found: NDArray[np.bool_] = by_code[encoded.indices.fill_null(len(by_code) - 1).to_numpy(zero_copy_only=False)]
    return found


def _keep(raw: RawTable, kept: NDArray[np.bool_], rule: str, says: str) -> RawTable:
    note = Note(
        rule=rule,
        source=raw.source,
        rows=int((~kept).sum()),
        total_rows=len(kept),
        text=f"are left out: {says}",
        example="" if kept.all() else f"the first is {line_or_row(raw.source)} {raw.lines[kept.argmin()]}",
    )
    return replace(raw, rows=raw.rows.filter(pa.array(kept)), lines=raw.lines[kept], notes=(*raw.notes, note))


def with_meanings(values: Values, meanings: Mapping[str, str]) -> Values:
    """A column's texts as what they mean, letter case and blanks around them aside; others stay as they are."""
    if not meanings:
        return values
    by_text = {text.strip().casefold(): meaning for text, meaning in meanings.items()}
    encoded = encoded_texts(values)
    texts = encoded.dictionary.to_pylist()
    meant = [text if text is None else by_text.get(text.strip().casefold(), text) for text in texts]
    return with_texts(pa.array(meant, pa.string()), encoded)


def negative_where_returned(
    columns: Mapping[str, Values], raw: RawTable, source: TableSource, table: str
) -> dict[str, Values]:
    """Units and revenue of the rows that `returns` names, as negative numbers.

    Parameters
    ----------
    columns: of the contract, as numbers.
    raw, source, table: the rows as delivered, their settings, and the table that they are of.

    Raises
    ------
    SettingsError: `returns` stands at another table than sales, or names a column that the rows do not have.
    """
    if not source.returns:
        return {}
    setting = f"sources.{table}.returns"
    if table != "sales":
        raise SettingsError(f"{setting}: only sales have rows that are returns; take it away")
    require_columns(list(source.returns), raw.rows.column_names, setting, raw.source)
    returned = np.zeros(raw.rows.num_rows, dtype=bool)
    for name, wanted in source.returns.items():
        returned |= has_text(raw, name, wanted)
    is_return = pa.array(returned)
    return {
        name: pc.if_else(is_return, pc.negate(pc.abs(columns[name])), columns[name])
        for name in ("units", "net_revenue")
    }
