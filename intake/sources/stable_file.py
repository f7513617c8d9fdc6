"""The bytes of delivered files: settled before they are read, unpacked while they are read."""

import gzip
import hashlib
import io
import stat
import time
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from settings import DataRefused
from settings.sources import ReadingLimits

PIECE_BYTES = 1 << 22
HELD_BYTES = 16 * 1024**2
"""Files up to this size are read once and held; larger ones are read again for each pass."""

_NO_FILE = {stat.S_ISFIFO: "a pipe", stat.S_ISSOCK: "a socket", stat.S_ISCHR: "a device", stat.S_ISBLK: "a device"}


@dataclass(frozen=True)
class StableFile:
    """A file that nobody was writing to when it was first read.

    Attributes
    ----------
    file: where it lies.
    content_hash: of its bytes.
    held: its bytes, where they are few.
    state: size and time of the last change, by which a change is noticed.
    limits: beyond which it is refused.
    """

    file: Path
    content_hash: str
    held: bytes | None
    state: tuple[int, int]
    limits: ReadingLimits = field(default_factory=ReadingLimits)

    def open(self) -> BinaryIO:
        """The bytes from the beginning.

        Raises
        ------
        DataRefused: the file has changed since it was first read.
        """
        if self.held is not None:
            return io.BytesIO(self.held)
        self.refuse_if_changed()
        return self.file.open("rb")

    def refuse_if_changed(self) -> None:
        """Called after the last byte was read, since a file may grow meanwhile."""
        if self.held is None and _state(self.file) != self.state:
            raise DataRefused(_being_written(self.file))


def stable_file(file: Path, limits: ReadingLimits | None = None) -> StableFile:
    """A delivered file, ready to be read.

    Parameters
    ----------
    file: to be read.
    limits: beyond which it is refused; those of the settings' defaults where not given.

    Raises
    ------
    DataRefused: somebody is writing to it; it is no file but a pipe or a device, or a link to nothing; or too large.
    """
    limits = limits or ReadingLimits()
    before = _state(file)
    if before[0] > limits.most_mib << 20:
        raise DataRefused(beyond(file.name, f"{before[0] >> 20:,} MiB", "most_mib", limits))
    if before[0] <= HELD_BYTES:
        held = _read_bytes(file)
        return StableFile(file, hashlib.blake2b(held, digest_size=16).hexdigest(), held, before, limits)
    digest, size = hashlib.blake2b(digest_size=16), 0
    with file.open("rb") as stream:
        while piece := stream.read(PIECE_BYTES):
            digest.update(piece)
            size += len(piece)
    if _state(file) != before or size != before[0]:
        raise DataRefused(_being_written(file))
    return StableFile(file, digest.hexdigest(), None, before, limits)


def _read_bytes(file: Path) -> bytes:
    """The bytes of a file that nobody is writing to while it is read."""
    before = _state(file)
    delivered = file.read_bytes()
    after = _state(file)
    if before != after or len(delivered) != after[0]:
        raise DataRefused(_being_written(file))
    return delivered


def decompressed(delivered: StableFile) -> Iterator[bytes]:
    """The bytes of a text file piece by piece, unpacked where it is gzipped.

    Raises
    ------
    DataRefused: it is broken or half-written as gzip, unpacks to more than can be meant, or changes meanwhile.
    """
    with closing(delivered.open()) as stream:
        packed = stream.read(2) == b"\x1f\x8b" or delivered.file.suffix == ".gz"
        stream.seek(0)
        pieces = _unzipped(delivered.file, stream) if packed else iter(lambda: stream.read(PIECE_BYTES), b"")
        yield from _within(delivered.limits, delivered.file.name, pieces)
    delivered.refuse_if_changed()


def _unzipped(file: Path, stream: BinaryIO) -> Iterator[bytes]:
    with gzip.open(stream) as text:
        while True:
            try:
                piece = text.read(PIECE_BYTES)
            except (EOFError, zlib.error, gzip.BadGzipFile) as fault:
                raise DataRefused(f"{file.name}: broken or half-written gzip ({fault}); deliver it again") from fault
            if not piece:
                return
            yield piece


def _within(limits: ReadingLimits, name: str, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same pieces, until there are too many bytes or lines, or reading them takes too long."""
    size, lines, began = 0, 0, time.monotonic()
    for piece in pieces:
        size, lines = size + len(piece), lines + piece.count(b"\n")
        refuse_beyond(limits, name, rows=lines, mib=size >> 20, seconds=time.monotonic() - began)
        yield piece


def within_limits(limits: ReadingLimits, name: str, tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """The same batches of rows of a file or a database, until there are too many, or reading them takes too long."""
    rows, size, began = 0, 0, time.monotonic()
    for table in tables:
        rows, size = rows + table.num_rows, size + table.nbytes
        seconds = time.monotonic() - began
        refuse_beyond(limits, name, rows=rows, columns=table.num_columns, mib=size >> 20, seconds=seconds)
        yield table


def refuse_beyond(
    limits: ReadingLimits, name: str, *, rows: int = 0, columns: int = 0, mib: float = 0, seconds: float = 0
) -> None:
    """Refuse a file that is larger than its settings allow.

    Parameters
    ----------
    limits: of the settings.
    name: of the file.
    rows, columns, mib, seconds: what was found so far.

    Raises
    ------
    DataRefused: with the file, the limit, and what to set.
    """
    found = {
        "most_rows": (rows, f"{rows:,} rows or lines"),
        "most_columns": (columns, f"{columns:,} columns"),
        "most_mib": (mib, f"{mib:,.0f} MiB unpacked"),
        "most_seconds": (seconds, f"{seconds:,.0f} seconds of reading"),
    }
    for limit, (amount, words) in found.items():
        if amount > getattr(limits, limit):
            raise DataRefused(beyond(name, words, limit, limits))


def beyond(name: str, found: str, limit: str, limits: ReadingLimits) -> str:
    """The sentence about a file that is larger than a limit."""
    allowed = getattr(limits, limit)
    return (
        f"{name}: {found} so far, more than limits.{limit} allows ({allowed:,}); if that is meant, set "
        f"limits = {{ {limit} = ... }} in its [sources.TABLE]; else deliver it again, split it into months, or let "
        "the query ask for less"
    )


def _state(file: Path) -> tuple[int, int]:
    try:
        found = file.stat()
    except FileNotFoundError:
        what = "a link to a file that is not there" if file.is_symlink() else "not there any more"
        raise DataRefused(f"{file.name}: {what}; deliver the file itself") from None
    except OSError as fault:
        raise DataRefused(f"{file.name}: cannot be looked at ({fault.strerror}); deliver the file itself") from fault
    no_file = next((what for test, what in _NO_FILE.items() if test(found.st_mode)), None)
    if no_file is not None:
        raise DataRefused(f"{file.name}: {no_file}, which has no end; deliver a file")
    return found.st_size, found.st_mtime_ns


def _being_written(file: Path) -> str:
    return f"{file.name}: the file is still being written; run again when it is complete"
