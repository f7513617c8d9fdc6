"""Delivered rows that a connector leaves out: counted, with the reason, so that they can be reported."""

from dataclasses import dataclass, replace

import pandas as pd

from intake.connectors.frames import raw_table
from intake.sources.note import Note
from intake.sources.raw import RawTable


@dataclass(frozen=True)
class LeftOut:
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


ConvertedTable = RawTable
"""Rows made by a connector; its notes say what was left out."""


def without(
    raw: RawTable, rows: pd.DataFrame, rules: dict[str, "pd.Series[bool]"]
) -> tuple[pd.DataFrame, tuple[LeftOut, ...]]:
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
            left_out.append(LeftOut(int(out.sum()), int(raw.lines[rows.index[out]][0]), why))
        kept &= ~applies
    return rows[kept], tuple(left_out)


def converted(raw: RawTable, rows: pd.DataFrame, left_out: tuple[LeftOut, ...] = ()) -> ConvertedTable:
    """The rows as a delivered table (see `raw_table`), with notes of what was left out."""
    notes = tuple(
        Note(
            rule="connector.left_out",
            source=raw.source,
            rows=each.rows,
            of_rows=raw.rows.num_rows,
            says=f"are left out: {each.why}",
            example=f"the first is line {each.first_line}",
        )
        for each in left_out
    )
    return replace(raw_table(raw, rows), notes=(*raw.notes, *notes))
