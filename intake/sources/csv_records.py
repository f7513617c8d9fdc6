"""Records of CSV text with their true line numbers, block by block.

Arrow's reader where every record of a block is one line; the standard library's, which knows lines, elsewhere.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import csv as arrow_csv

from data_contracts.parsing import is_listed
from settings import DataRefused

LONGEST_LINE_BYTES = 64 * 1024**2


@dataclass(frozen=True)
class Records:
    """Some records of a file.

    Attributes
    ----------
    rows: their fields as text, under the names of the header.
    lines: on which each begins; the header is line 1.
    malformed: records with too few or too many fields or a stray quote: line and text.
    footers: lines of records that are footers.
    """

    rows: pa.Table
    lines: NDArray[np.int64]
    malformed: tuple[tuple[int, str], ...] = ()
    footers: tuple[int, ...] = ()

    @classmethod
    def nothing(cls, header: Sequence[str]) -> "Records":
        """No records of these columns."""
        return cls(pa.table({name: pa.array([], pa.string()) for name in header}), np.array([], dtype=np.int64))


class RecordReader:
    """Reads the records of one file from its beginning.

    Parameters
    ----------
    name: of the file, for messages.
    pieces: its text as UTF-8.
    separator, header: of its columns.
    lines_before: first lines of the file that are not read, the header among them; 0 where the first record is the
        header.
    footers: texts and patterns of records that have fewer fields and are no rows.
    """

    def __init__(
        self,
        name: str,
        pieces: Iterable[bytes],
        separator: str,
        header: list[str],
        *,
        lines_before: int = 0,
        footers: Sequence[str] = (),
    ) -> None:
        self._name, self._separator, self._header, self._footers = name, separator, header, footers
        self._blocks = _blocks(name, without_lines(pieces, lines_before))
        self._next_line = 1 + lines_before
        self._seen_header = lines_before > 0
        self._last_malformed = 0
        self._ends_line = True

    def __iter__(self) -> Iterator[Records]:
        for block in self._blocks:
            self._ends_line = block.endswith((b"\n", b"\r"))
            yield self._by_arrow(block) or self._by_line(block)
        if self._last_malformed and self._last_malformed + 1 >= self._next_line and not self._ends_line:
            raise DataRefused(f"{self._name} line {self._last_malformed}: the file ends inside a row; deliver it again")

    def _by_arrow(self, block: bytes) -> Records | None:
        """Records of a block in which each is one line; None where this is not sure."""
        quoted = b'"' in block
        if quoted and not _has_plain_quotes(block, self._separator.encode()):
            return None
        if block.count(b"\r") != block.count(b"\r\n") or block[:1] in (b"\r", b"\n"):
            return None
        skipped = 0 if self._seen_header else 1
        lines = block.count(b"\n") + (0 if block.endswith(b"\n") else 1)
        try:
            rows = arrow_csv.read_csv(
                pa.py_buffer(block),
                read_options=arrow_csv.ReadOptions(column_names=self._header, skip_rows=skipped),
                parse_options=arrow_csv.ParseOptions(delimiter=self._separator, newlines_in_values=quoted),
                convert_options=arrow_csv.ConvertOptions(
                    column_types={name: pa.string() for name in self._header}, strings_can_be_null=False
                ),
            )
        except pa.ArrowInvalid:
            return None
        if rows.num_rows != lines - skipped:
            return None
        self._seen_header = True
        begin, self._next_line = self._next_line + skipped, self._next_line + lines
        return Records(rows, np.arange(begin, self._next_line, dtype=np.int64))

    def _by_line(self, block: bytes) -> Records:
        """Records that begin in a block; the last may end in a later one."""
        feed = _Lines(block, self._blocks)
        reader = csv.reader(feed, delimiter=self._separator, strict=True)
        first, width = self._next_line, len(self._header)
        records, lines, malformed, footers = [], [], [], []
        while not feed.at_block_end:
            begins = first + reader.line_num
            try:
                fields = next(reader)
            except csv.Error as fault:
                if "unexpected end of data" in str(fault) or "field larger" in str(fault):
                    raise DataRefused(
                        f"{self._name} line {begins}: a quoted field begins here and never ends; "
                        "the file is half-written or a quote is stray"
                    ) from fault
                malformed.append((begins, str(fault)))
                continue
            if not fields:
                continue
            if not self._seen_header:
                self._seen_header = True
            elif len(fields) == width:
                records.append(fields)
                lines.append(begins)
            elif self._is_footer(fields):
                footers.append(begins)
            else:
                malformed.append((begins, self._separator.join(fields)))
        self._next_line = first + reader.line_num
        self._ends_line = feed.ends_line
        self._last_malformed = malformed[-1][0] if malformed else self._last_malformed
        columns = list(zip(*records, strict=True)) if records else [() for _ in self._header]
        rows = {name: pa.array(values, pa.string()) for name, values in zip(self._header, columns, strict=True)}
        return Records(pa.table(rows), np.array(lines, dtype=np.int64), tuple(malformed), tuple(footers))

    def _is_footer(self, fields: list[str]) -> bool:
        if not self._footers or len(fields) > len(self._header):
            return False
        text = self._separator.join(fields).strip(f"{self._separator} ")
        return bool(is_listed([text], self._footers)[0])


class _Lines:
    """Lines of a block with their ends, then those of the blocks after it while a record goes on."""

    def __init__(self, block: bytes, further: Iterator[bytes]) -> None:
        self._further = further
        self._take(block)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self.at_block_end:
            self._take(next(self._further))
        self._place += 1
        return self._lines[self._place - 1]

    @property
    def at_block_end(self) -> bool:
        """Whether all lines that are held were handed out."""
        return self._place == len(self._lines)

    def _take(self, block: bytes) -> None:
        self._lines = list(io.StringIO(block.decode(), newline=""))
        self._place = 0
        self.ends_line = block.endswith((b"\n", b"\r"))


def _has_plain_quotes(block: bytes, sign: bytes) -> bool:
    """Whether each quote begins or ends a field, and each field ends in the block: all readers agree on these."""
    begin = block.count(sign + b'"') + block.count(b'\n"') + block.startswith(b'"')
    end = block.count(b'"' + sign) + block.count(b'"\n') + block.count(b'"\r') + block.endswith(b'"')
    return begin == end and begin + end == block.count(b'"')


def without_lines(pieces: Iterable[bytes], count: int) -> Iterator[bytes]:
    """The same text without its first lines."""
    pieces = iter(pieces)
    rest = b""
    for piece in pieces if count else ():
        rest += piece
        lines = rest.splitlines(keepends=True)
        if len(lines) > count:
            yield b"".join(lines[count:])
            break
    yield from pieces


def _blocks(name: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same text, cut at ends of lines only."""
    rest = b""
    for piece in pieces:
        cut = piece.rfind(b"\n") + 1
        block, rest = rest + piece[:cut], piece[cut:] if cut else rest + piece
        if not cut:
            # Old files end lines with a carriage return alone; one at the very end may be half of a pair.
            cut = rest.rfind(b"\r", 0, len(rest) - 1) + 1
            block, rest = rest[:cut], rest[cut:]
        if block:
            yield block
        if len(rest) > LONGEST_LINE_BYTES:
            raise DataRefused(
                f"{name}: a line of more than {LONGEST_LINE_BYTES >> 20} MiB; this is not CSV text, deliver it again"
            )
    if rest:
        yield rest
