"""The bytes of delivered files: settled before they are read, unpacked while they are read."""

import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from settings import DataRefused

PIECE_BYTES = 1 << 22
HELD_BYTES = 16 * 1024**2
"""Files up to this size are read once and held; larger ones are read again for each pass."""

LARGEST_TEXT_BYTES = 4 * 1024**3


@dataclass(frozen=True)
class StableFile:
    """A file that nobody was writing to when it was first read.

    Attributes
    ----------
    file: where it lies.
    content_hash: of its bytes.
    held: its bytes, where they are few.
    state: size and time of the last change, by which a change is noticed.
    """

    file: Path
    content_hash: str
    held: bytes | None
    state: tuple[int, int]

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


def stable_file(file: Path) -> StableFile:
    """A delivered file, ready to be read.

    Raises
    ------
    DataRefused: somebody is writing to it.
    """
    before = _state(file)
    if before[0] <= HELD_BYTES:
        held = _read_bytes(file)
        return StableFile(file, hashlib.blake2b(held, digest_size=16).hexdigest(), held, before)
    digest, size = hashlib.blake2b(digest_size=16), 0
    with file.open("rb") as stream:
        while piece := stream.read(PIECE_BYTES):
            digest.update(piece)
            size += len(piece)
    if _state(file) != before or size != before[0]:
        raise DataRefused(_being_written(file))
    return StableFile(file, digest.hexdigest(), None, before)


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
        yield from _unzipped(delivered.file, stream) if packed else iter(lambda: stream.read(PIECE_BYTES), b"")
    delivered.refuse_if_changed()


def _unzipped(file: Path, stream: BinaryIO) -> Iterator[bytes]:
    size = 0
    with gzip.open(stream) as text:
        while True:
            try:
                piece = text.read(PIECE_BYTES)
            except (EOFError, zlib.error, gzip.BadGzipFile) as fault:
                raise DataRefused(f"{file.name}: broken or half-written gzip ({fault}); deliver it again") from fault
            if not piece:
                return
            size += len(piece)
            if size > LARGEST_TEXT_BYTES:
                raise DataRefused(
                    f"{file.name}: unpacks to more than {LARGEST_TEXT_BYTES >> 30} GiB; split it into months"
                )
            yield piece


def _state(file: Path) -> tuple[int, int]:
    found = file.stat()
    return found.st_size, found.st_mtime_ns


def _being_written(file: Path) -> str:
    return f"{file.name}: the file is still being written; run again when it is complete"
