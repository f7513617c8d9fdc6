"""Which encoding a text file has, and its text as UTF-8 piece by piece."""

import codecs
from collections.abc import Iterable, Iterator

from intake.sources.stable_file import StableFile, decompressed
from settings import DataRefused

UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_BLANK = b"\xef\xbb\xbf \r\n\t"
_IN_CP1252 = bytes(sorted(set(range(256)) - {0x81, 0x8D, 0x8F, 0x90, 0x9D}))


def find_encoding(delivered: StableFile, declared: str | None) -> str:
    """The encoding in which the whole file can be read.

    Parameters
    ----------
    delivered: a text file, gzipped or not.
    declared: in the settings; None means UTF-8 where all bytes are, else Windows-1252.

    Raises
    ------
    DataRefused: the file is empty, holds zero bytes, or is not the UTF-8 that is declared (with the line).
    """
    name = delivered.file.name
    pieces = decompressed(delivered)
    first = next(pieces, b"")
    if first[:2] in UTF16_MARKS:
        _check_utf16(name, _and_then(first, pieces))
        return "utf-16"
    blank, zeros, fits_cp1252, utf8 = True, False, True, _Utf8Check()
    for piece in _and_then(first, pieces):
        blank = blank and not piece.strip(_BLANK)
        zeros = zeros or b"\x00" in piece
        fits_cp1252 = fits_cp1252 and (piece.isascii() or not piece.translate(None, _IN_CP1252))
        utf8.feed(piece)
    utf8.feed(b"", final=True)
    if blank:
        raise DataRefused(f"{name}: the file is empty; deliver it again")
    if zeros:
        raise DataRefused(f"{name}: holds zero bytes, so it is not CSV text; deliver it as CSV or Parquet")
    if declared in (None, "utf-8"):
        if utf8.fault_line is None:
            return "utf-8"
        if declared == "utf-8":
            raise DataRefused(
                f'{name} line {utf8.fault_line}: not UTF-8 as declared; declare encoding = "cp1252" or "latin-1"'
            )
    return declared if declared == "latin-1" else "cp1252" if fits_cp1252 else "latin-1"


def utf8_pieces(delivered: StableFile, encoding: str) -> Iterator[bytes]:
    """The text as UTF-8 without a byte order mark."""
    pieces = decompressed(delivered)
    if encoding == "utf-8":
        yield next(pieces, b"").removeprefix(codecs.BOM_UTF8)
        yield from pieces
        return
    first = next(pieces, b"").removeprefix(codecs.BOM_UTF8)
    for text in codecs.iterdecode(_and_then(first, pieces), encoding):
        yield text.encode()


class _Utf8Check:
    """Whether pieces of bytes are UTF-8, and the line of the first that is not."""

    def __init__(self) -> None:
        self.fault_line: int | None = None
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._lines = 0

    def feed(self, piece: bytes, *, final: bool = False) -> None:
        if self.fault_line is not None:
            return
        try:
            if final or not piece.isascii() or self._decoder.getstate()[0]:
                self._decoder.decode(piece, final)
        except UnicodeDecodeError as fault:
            self.fault_line = self._lines + fault.object.count(b"\n", 0, fault.start) + 1
        self._lines += piece.count(b"\n")


def _check_utf16(name: str, pieces: Iterable[bytes]) -> None:
    try:
        blank = not sum(1 for text in codecs.iterdecode(pieces, "utf-16") if text.strip())
    except UnicodeDecodeError as fault:
        raise DataRefused(f"{name}: not readable as utf-16; declare its encoding") from fault
    if blank:
        raise DataRefused(f"{name}: the file is empty; deliver it again")


def _and_then(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest
