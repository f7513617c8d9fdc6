"""Notes on delivered rows: what is reported of them beside the rules of the contract."""

from collections.abc import Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Note:
    """Something that happened to rows of one source on the way to the contract.

    Attributes
    ----------
    rule: what kind of thing, as in `only.left_out`.
    source: file or query.
    rows, of_rows: how many rows it concerns, of how many.
    says: rest of the sentence "12 of 90 rows ...".
    example: the first of them, in words; empty where there is nothing to add.
    """

    rule: str
    source: str
    rows: int
    of_rows: int
    says: str
    example: str = ""

    @property
    def message(self) -> str:
        """The sentence for people."""
        return (
            f"{self.source}: {self.rows:,} of {self.of_rows:,} rows {self.says}{self.example and f'; {self.example}'}"
        )


def notes_as_results(table: str, notes: Sequence[Note]) -> list[tuple[str, str, str, str, int, int, str]]:
    """Notes as rows of rule results; those of several batches of one source are counted together.

    Returns
    -------
    Tuples of table, part, rule, outcome, rows checked, rows failed and message.
    """
    together: dict[tuple[str, str, str], Note] = {}
    for note in notes:
        kind = (note.rule, note.source, note.says)
        before = together.get(kind, replace(note, rows=0, of_rows=0))
        together[kind] = replace(before, rows=before.rows + note.rows, of_rows=before.of_rows + note.of_rows)
    return [
        (table, "*", f"{table}.{note.rule}", "warn", note.of_rows, note.rows, note.message)
        for note in together.values()
        if note.rows
    ]
