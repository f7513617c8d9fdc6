"""From delivered rows to frames of text and back: rows that a connector makes, and those that it leaves out and why."""

from dataclasses import dataclass

import pandas as pd
import pyarrow as pa

from intake.sources.raw import Note, RawTable


@dataclass(frozen=True)
class ExcludedRows:
    """Rows of one file that are no rows of the table.

    Attributes
    ----------
    rows: how many.
    first_line: line of the file on which the first of them begins.
    why: the rule, and how to have it otherwise.
    """

    rows: int
    first_line: int
    why: str


def text_frame(raw: RawTable) -> pd.DataFrame:
    """The delivered rows as text, empty where nothing is there; the index numbers the rows."""
    columns = {
        name: raw.rows.column(name).cast(pa.string()).to_pandas().fillna("").astype(object)
        for name in raw.rows.column_names
    }
    return pd.DataFrame(columns, index=pd.RangeIndex(raw.rows.num_rows))


def exclude_rows(
    raw: RawTable, rows: pd.DataFrame, rules: dict[str, "pd.Series[bool]"]
) -> tuple[pd.DataFrame, tuple[ExcludedRows, ...]]:
    """The rows that no rule leaves out, and those left out by rule; a row is counted under the first that holds.

    Parameters
    ----------
    raw: what was delivered.
    rows: its rows, indexed by their number.
    rules: by reason, which rows it leaves out.
    """
    kept = pd.Series(data=True, index=rows.index)
    left_out = []
    for why, applies in rules.items():
        out = kept & applies
        if out.any():
            left_out.append(ExcludedRows(int(out.sum()), int(raw.lines[rows.index[out]][0]), why))
        kept &= ~applies
    return rows[kept], tuple(left_out)


def converted(raw: RawTable, rows: pd.DataFrame, left_out: tuple[ExcludedRows, ...] = ()) -> RawTable:
    """Rows made from the delivered ones, under their lines of the file, with notes on what was left out.

    Parameters
    ----------
    raw: what was delivered.
    rows: canonical columns of text, indexed by the number of the delivered row; several may come of one.
    left_out: rows that are no rows of the table.
    """
    notes = tuple(
        Note(
            rule="connector.left_out",
            source=raw.source,
            rows=each.rows,
            total_rows=raw.rows.num_rows,
            text=f"are left out: {each.why}",
            example=f"the first is line {each.first_line}",
        )
        for each in left_out
    )
    texts = {
        name: pa.array([None if pd.isna(v) or v == "" else str(v) for v in rows[name]], pa.string()) for name in rows
    }
    return RawTable(
        source=raw.source,
        content_hash=raw.content_hash,
        rows=pa.table(texts),
        lines=raw.lines[rows.index.to_numpy()],
        malformed=raw.malformed,
        notes=(*raw.notes, *notes),
    )
