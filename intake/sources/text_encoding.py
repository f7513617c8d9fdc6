"""Which encoding a text file has, and its text as UTF-8 piece by piece."""

import codecs
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from charset_normalizer import from_bytes

from intake.sources.letters import fitness
from intake.sources.stable_file import StableFile, decompressed
from settings import DataRefused

UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
UNREADABLE = "\ufffd"
"""What stands in a text where bytes were that its encoding does not have."""

CANDIDATES = (
    "cp1252", "cp1250", "cp1254", "iso8859-2", "mac-roman", "cp850", "cp1251", "koi8-r", "cp866", "cp1253", "cp932",
    "euc-jp", "gb18030", "big5", "cp949",
)  # fmt: skip
"""Encodings that are tried where a file is neither UTF-8 nor UTF-16; of those that give the same text the first."""

_BLANK = b"\xef\xbb\xbf \r\n\t"
_SAMPLE_BYTES = 1 << 16
_MARGIN = 0.1
_CHAOS_MARGIN = 0.05
_EAST_ASIAN = frozenset({"cp932", "euc-jp", "gb18030", "big5", "cp949"})
_WINDOWS_OR_DOS = {"cp1252", "cp850"}
"""Where few letters leave these two open, as `Lädchen` and `Lõdchen`, it is Windows: DOS has long written no files."""
_FEWEST_VALID = 2
_KANA = re.compile("[\u3041-\u30fe]")
_CONTROL = re.compile("[\x7f-\x9f]")


@dataclass(frozen=True)
class TextEncoding:
    """How a file's bytes are text.

    Attributes
    ----------
    name: of the encoding.
    is_whole: whether all bytes are text in it for sure; else rows with others are to be rejected.
    """

    name: str
    is_whole: bool = False


def find_encoding(delivered: StableFile, declared: str | None) -> TextEncoding:
    """The encoding in which the whole file can be read.

    Without a declaration: UTF-16 by its mark or its zero bytes, UTF-8 where nearly all bytes are, else the one whose
    letters fit a language best.

    Parameters
    ----------
    delivered: a text file, gzipped or not.
    declared: in the settings.

    Raises
    ------
    DataRefused: the file is empty, holds zero bytes, or is not the UTF-8 that is declared (with the line); or its
        letters fit several encodings, and none is declared.
    """
    name = delivered.file.name
    pieces = decompressed(delivered)
    first = next(pieces, b"")
    wide = _utf16(first)
    if wide is not None:
        _refuse_blank_utf16(name, _and_then(first, pieces), wide)
        return TextEncoding(wide)
    blank, zeros, utf8, sample = True, False, _Utf8Check(), b""
    for piece in _and_then(first, pieces):
        blank = blank and not piece.strip(_BLANK)
        zeros = zeros or b"\x00" in piece
        utf8.feed(piece)
        if len(sample) < _SAMPLE_BYTES and not piece.isascii():
            sample += b"\n".join(line for line in piece.split(b"\n") if not line.isascii())[:_SAMPLE_BYTES]
    utf8.feed(b"", final=True)
    if blank:
        raise DataRefused(f"{name}: the file is empty; deliver it again")
    if zeros:
        raise DataRefused(f"{name}: holds zero bytes, so it is not CSV text; deliver it as CSV or Parquet")
    if declared in (None, "utf-8"):
        if utf8.fault_line is None:
            return TextEncoding("utf-8", is_whole=True)
        if utf8.valid >= _FEWEST_VALID * utf8.faults:
            return TextEncoding("utf-8")
        if declared == "utf-8":
            raise DataRefused(
                f'{name} line {utf8.fault_line}: not UTF-8 as declared; declare encoding = "cp1252" or "latin-1"'
            )
    return TextEncoding(declared or _by_letters(name, sample))


def _by_letters(name: str, sample: bytes) -> str:
    """The encoding in which a text fits a language best.

    Raises
    ------
    DataRefused: two readings fit about as well.
    """
    readings: dict[str, str] = {}
    for encoding in CANDIDATES:
        text = sample.decode(encoding, errors="ignore")
        is_valid = len(text.encode(encoding, errors="ignore")) >= 0.99 * len(sample) and not _CONTROL.search(text)
        if is_valid and (encoding != "euc-jp" or _KANA.search(text)):
            readings.setdefault(text, encoding)
    fits = sorted(((fitness(text), text) for text in readings), key=lambda each: -each[0])
    if not fits:
        return "latin-1"
    if len(fits) > 1 and fits[1][0] > fits[0][0] - _MARGIN:
        (_, text), (_, other) = fits[:2]
        if {readings[text], readings[other]} <= _EAST_ASIAN and (found := _less_chaotic(sample, readings)):
            return found
        if {readings[text], readings[other]} == _WINDOWS_OR_DOS:
            return "cp1252"
        first, second = _differing(text, other)
        raise DataRefused(
            f"{name}: its letters may be {first!r}, in {readings[text]}, or {second!r}, in {readings[other]}; declare "
            f'encoding = "{readings[text]}" or "{readings[other]}"'
        )
    return readings[fits[0][1]]


def _less_chaotic(sample: bytes, readings: Mapping[str, str]) -> str | None:
    """Which of the East Asian encodings gives text as it is written, by the library `charset-normalizer`."""
    likely = sorted(
        from_bytes(sample, cp_isolation=sorted(_EAST_ASIAN & set(readings.values()))), key=lambda each: each.chaos
    )
    is_clear = likely and (len(likely) == 1 or likely[1].chaos > likely[0].chaos + _CHAOS_MARGIN)
    return readings.get(str(likely[0])) if is_clear else None


def _differing(text: str, other: str) -> tuple[str, str]:
    """The first words that two readings of the same bytes have for the same place."""
    pairs = zip(re.split(r"[\s;,|]+", text), re.split(r"[\s;,|]+", other), strict=False)
    return next(((first[:40], second[:40]) for first, second in pairs if first != second), (text[:40], other[:40]))


def utf8_pieces(delivered: StableFile, encoding: TextEncoding) -> Iterator[bytes]:
    """The text as UTF-8 without a byte order mark; `UNREADABLE` where bytes are no text."""
    pieces = decompressed(delivered)
    first = next(pieces, b"").removeprefix(codecs.BOM_UTF8)
    if encoding.is_whole:
        yield first
        yield from pieces
        return
    for text in codecs.iterdecode(_and_then(first, pieces), encoding.name, errors="replace"):
        yield text.removeprefix("\ufeff").encode()


class _Utf8Check:
    """How far pieces of bytes are UTF-8.

    Attributes
    ----------
    fault_line: of the first byte that is not; None where all are.
    faults, valid: how many places are not, and how many characters beyond ASCII are.
    """

    def __init__(self) -> None:
        self.fault_line: int | None = None
        self.faults = self.valid = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._lines = 0

    def feed(self, piece: bytes, *, final: bool = False) -> None:
        if final or not piece.isascii() or self._decoder.getstate()[0]:
            text = self._decoder.decode(piece, final)
            faults = text.count(UNREADABLE)
            if faults and self.fault_line is None:
                self.fault_line = self._lines + text.count("\n", 0, text.index(UNREADABLE)) + 1
            self.faults += faults
            self.valid += sum(map(text.count, _few_beyond_ascii(text))) if faults else 0
            self.valid += 0 if faults else int(not text.isascii())
        self._lines += piece.count(b"\n")


def _few_beyond_ascii(text: str) -> set[str]:
    return {sign for sign in set(text) if not sign.isascii() and sign != UNREADABLE}


def _utf16(first: bytes) -> str | None:
    """UTF-16 by its mark, or by zero bytes in every second place, as ASCII has them there."""
    if first[:2] in UTF16_MARKS:
        return "utf-16"
    head = first[:4096]
    even, odd = head[::2].count(0), head[1::2].count(0)
    if min(even, odd) == 0 and max(even, odd) > len(head) / 8:
        return "utf-16-le" if odd else "utf-16-be"
    return None


def _refuse_blank_utf16(name: str, pieces: Iterable[bytes], encoding: str) -> None:
    if not any(text.strip() for text in codecs.iterdecode(pieces, encoding, errors="replace")):
        raise DataRefused(f"{name}: the file is empty; deliver it again")


def _and_then(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest
