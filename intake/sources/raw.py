"""One delivered file, or one query result, before anything is read into it, and notes on its rows."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


@dataclass(frozen=True)
class Note:
    """Something that happened to rows of one source on the way to the contract.

    Attributes
    ----------
    rule: what kind of thing, as in `only.left_out`.
    source: file or query.
    rows, total_rows: how many rows it concerns, of how many.
    text: rest of the sentence "12 of 90 rows ...".
    example: the first of them, in words; empty where there is nothing to add.
    """

    rule: str
    source: str
    rows: int
    total_rows: int
    text: str
    example: str = ""

    @property
    def message(self) -> str:
        """The sentence for people."""
        example = f"; {self.example}" if self.example else ""
        return f"{self.source}: {self.rows:,} of {self.total_rows:,} rows {self.text}{example}"


@dataclass(frozen=True)
class RawTable:
    """Rows as delivered.

    Attributes
    ----------
    source: name shown to people, such as `sales-2026-03.csv`.
    content_hash: of the delivered bytes; equal for the same file under another name.
    rows: columns under their delivered names; text for CSV, typed for Parquet and SQL.
    lines: line of the file on which each row begins (the header is line 1), or the row's number.
    malformed: rows with too few or too many fields: line, and the text of the row.
    notes: what is to be reported of how the rows came to be, such as rows that the settings leave out.
    """

    source: str
    content_hash: str
    rows: pa.Table
    lines: NDArray[np.int64]
    malformed: tuple[tuple[int, str], ...] = ()
    notes: tuple[Note, ...] = field(default=(), kw_only=True)


@dataclass(frozen=True)
class Delivery:
    """One delivered file, or one query result, to be read from its beginning as often as needed.

    Attributes
    ----------
    source: name shown to people.
    content_hash: of the delivered bytes.
    batches: reads the rows in order, some at a time, so that no more than these are held; at least one batch,
        which may be empty. Each has the columns of all.
    """

    source: str
    content_hash: str
    batches: Callable[[], Iterator[RawTable]]

    @classmethod
    def from_rows(cls, raw: RawTable) -> "Delivery":
        """Rows already in memory, as one batch."""
        return cls(raw.source, raw.content_hash, lambda: iter((raw,)))

    def map_batches(self, change: Callable[[RawTable], RawTable]) -> "Delivery":
        """The delivery with each batch changed: for changes that look at one row at a time."""
        return replace(self, batches=lambda: map(change, self.batches()))

    def with_notes(self, notes: tuple[Note, ...]) -> "Delivery":
        """The delivery with further notes, once."""

        def batches() -> Iterator[RawTable]:
            for number, batch in enumerate(self.batches()):
                yield batch if number else replace(batch, notes=(*notes, *batch.notes))

        return replace(self, batches=batches)

    def map_rows_together(self, convert: Callable[[RawTable], RawTable]) -> "Delivery":
        """The delivery with all rows changed at once: for changes that look at several rows together."""
        return replace(self, batches=lambda: iter((convert(self.whole()),)))

    def whole(self) -> RawTable:
        """All rows in one batch."""
        batches = list(self.batches())
        if len(batches) == 1:
            return batches[0]
        return replace(
            batches[0],
            rows=pa.concat_tables([batch.rows for batch in batches]),
            lines=np.concatenate([batch.lines for batch in batches]),
            malformed=tuple(row for batch in batches for row in batch.malformed),
            notes=tuple(note for batch in batches for note in batch.notes),
        )
