"""Where in a file its table is: below which lines of titles, under which header, above which totals and footers."""

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import takewhile

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from intake.sources.csv_text import SEPARATORS
from onboarding.survey.headings import read_heading
from onboarding.survey.plain_words import plain
from onboarding.survey.values import is_date, is_number
from onboarding.survey.vocabulary import vocabulary

MOST_LINES = 60
_FEWEST_DATES = 4
_NEARLY_FULL = 0.6
_ALWAYS = 0.95
_LAST_ROWS = 20
_TOTALS = re.compile(
    r"(grand |sub|zwischen|gesamt|end)?(summe|sum|total|totals|totale|totaal|totali|totaux|suma|somme|gesamt|razem|"
    r"celkem|spolu|osszesen|toplam|\u0438\u0442\u043e\u0433\u043e|\u0432\u0441\u0435\u0433\u043e|\u5408\u8a08|\u5c0f\u8a08|"
    r"\u5408\u8ba1|\u603b\u8ba1|\u5c0f\u8ba1)"
)
_STEM = re.compile(
    "sum|som|tot|gesamt|razem|celkem|spolu|sszesen|toplam|\u0438\u0442\u043e\u0433|\u0432\u0441\u0435\u0433|[\u5408\u5c0f\u603b]",
    re.IGNORECASE,
)

Records = Sequence[tuple[int, Sequence[str]]]
"""Line and cells of the first records that are not empty."""


@dataclass(frozen=True)
class TableLayout:
    """Where in a file its table is.

    Attributes
    ----------
    header_line: lines of the header; empty where it is the first record.
    footers: patterns of lines that are too short to be rows.
    leave_out: column = texts or patterns of rows that are totals or footers.
    """

    header_line: tuple[int, ...] = ()
    footers: tuple[str, ...] = ()
    leave_out: dict[str, tuple[str, ...]] = field(default_factory=dict)


def find_separator(text: str) -> str:
    """The sign that cuts most of the first lines into equally many fields, and into most; a comma where none does."""
    lines = [line for line in text[: 1 << 18].splitlines()[:MOST_LINES] if line.strip()]

    def cut(sign: str) -> tuple[int, int, int, bool]:
        counts = Counter(map(len, _records(lines, sign)))
        fields, agreeing = max(counts.items(), key=lambda each: (each[0] > 1, each[1], each[0]), default=(0, 0))
        header = lines[0].count(sign) if lines else 0
        return (agreeing if fields > 1 else 0), fields, header, sign == ","

    return max(SEPARATORS, key=cut)


def first_records(text: str, separator: str) -> Records:
    """Line and cells of a text file's first records."""
    lines = text[: 1 << 18].splitlines(keepends=True)[:MOST_LINES]
    found: list[tuple[int, list[str]]] = []
    reader, begins = csv.reader(lines, delimiter=separator), 1
    try:
        for cells in reader:
            found.append((begins, [cell.strip() for cell in cells]))
            begins = reader.line_num + 1
    except csv.Error:
        pass  # what is broken is named by who reads it
    return [(line, cells) for line, cells in found if any(cells)]


def find_header(records: Records) -> tuple[int, ...]:
    """Lines of the header; empty where it is the first record, or cannot be told from rows.

    Titles have few cells or values in them; a second line of a header groups columns or gives their units.
    """
    width = _typical_width([cells for _, cells in records])
    like = [_is_like_header(cells, width) for _, cells in records]
    if not any(like):
        return ()
    first = like.index(True)
    best = max((row for row in range(len(records)) if like[row]), key=lambda row: (_known(records[row][1]), -row))
    header = best if _known(records[best][1]) >= _known(records[first][1]) + 2 else first
    is_first = header == 0
    if header + 2 < len(records) and _is_second_line(records, header):
        upper, lower = (records[row][1] for row in (header, header + 1))
        if _is_whole(lower) and _known(lower) > _known(upper):
            return (records[header + 1][0],)
        return records[header][0], records[header + 1][0]
    return () if is_first else (records[header][0],)


def _is_second_line(records: Records, header: int) -> bool:
    """Whether the record after a header belongs to it: where rows have numbers and dates it has none."""
    lower, rows = records[header + 1][1], [cells for _, cells in records[header + 2 :]]
    typed = [
        column
        for column in range(max(map(len, rows)))
        if sum(_is_value(_cell(cells, column)) for cells in rows) >= _NEARLY_FULL * len(rows)
    ]
    texts = [_cell(lower, column) for column in typed]
    return bool(typed) and any(texts) and not any(map(_is_value, filter(None, texts)))


def _typical_width(rows: Sequence[Sequence[str]]) -> int:
    """How many cells most rows have; rows are in the later part."""
    filled = [sum(map(bool, cells)) for cells in rows[len(rows) // 2 :]]
    return int(np.median(filled)) if filled else 0


def _is_like_header(cells: Sequence[str], width: int) -> bool:
    filled = [cell for cell in cells if cell]
    dates = sum(map(is_date, filled))
    plain_texts = [cell for cell in filled if not is_number(cell) and not is_date(cell)]
    if len(filled) < 2 or len(filled) < _NEARLY_FULL * width or not plain_texts:
        return False
    is_wide = dates >= _FEWEST_DATES
    return is_wide or len(plain_texts) == len(filled)


def _is_whole(cells: Sequence[str]) -> bool:
    """Whether each column has a name of its own."""
    return all(cells) and len(set(cells)) == len(cells)


def _is_value(text: str) -> bool:
    return is_number(text) or is_date(text)


def _cell(cells: Sequence[str], column: int) -> str:
    return cells[column] if column < len(cells) else ""


def _known(cells: Sequence[str]) -> int:
    """How many cells are usual headings of our columns."""
    headings = [read_heading(cell) for cell in cells if cell]
    return sum(heading.plain in _names() or heading.bare in _names() for heading in headings)


@cache
def _names() -> frozenset[str]:
    columns = vocabulary().columns
    return frozenset({plain(name) for name in columns} | {name for names in columns.values() for name in names})


def _records(lines: Sequence[str], separator: str) -> list[list[str]]:
    try:
        return list(csv.reader(lines, delimiter=separator))
    except csv.Error:
        return []


def find_footers(text: str, separator: str, width: int) -> tuple[str, ...]:
    """Patterns of the last lines of a text that have fewer fields than the header, and are no row that was cut off."""
    lines = [line for line in text[-(1 << 16) :].splitlines()[-_LAST_ROWS:] if line.strip()]
    records = [next(csv.reader([line], delimiter=separator), []) for line in lines]
    rows = [cells for cells in records if len(cells) == width]
    last = list(takewhile(lambda cells: len(cells) < width, reversed(records)))
    first_is_value = bool(rows) and sum(_is_value(cells[0].strip()) for cells in rows) >= _NEARLY_FULL * len(rows)
    footers = [
        cells
        for cells in last
        if len(cells) == 1 and (first_is_value != _is_value(cells[0].strip()) or is_total(cells[0]))
    ]
    if not rows or len(footers) < len(last):
        return ()
    return tuple(dict.fromkeys(as_pattern(separator.join(cells).strip(f"{separator} ")) for cells in footers))


def find_totals(rows: pd.DataFrame) -> tuple[dict[str, tuple[str, ...]], NDArray[np.bool_]]:
    """Rows that are totals or footers with all fields: by which texts of which columns they are left out.

    They lack what nearly all other rows have, and say that they are totals, or are the last and have one cell.

    Returns
    -------
    Texts and patterns by column; and which of the rows they are.
    """
    filled = rows != ""
    says = {str(name): _says_total(column) for name, column in rows.items()}
    is_total_row = np.logical_or.reduce(list(says.values())) if says else np.zeros(len(rows), dtype=bool)
    has_one = (filled.sum(axis=1) <= 1).to_numpy() & (len(rows.columns) > 2)
    is_last = np.logical_and.accumulate((has_one | is_total_row)[::-1])[::-1]
    candidate = is_total_row | (has_one & is_last)
    if not candidate.any() or candidate.all():
        return {}, np.zeros(len(rows), dtype=bool)
    others = filled[~candidate].mean()
    always = others.index[others >= _ALWAYS]
    lacks = (~filled[always]).sum(axis=1).to_numpy()
    found = candidate & (lacks >= min(2, len(always)))
    unwanted: dict[str, list[str]] = {}
    for place in np.flatnonzero(found):
        cells = {str(name): text for name, text in rows.iloc[place].items() if text}
        if not cells:
            continue
        name = next((each for each in cells if says[each][place]), next(iter(cells)))
        if (pattern := as_pattern(cells[name])) not in unwanted.setdefault(name, []):
            unwanted[name].append(pattern)
    return {name: tuple(patterns) for name, patterns in unwanted.items()}, found


def _says_total(column: "pd.Series[str]") -> NDArray[np.bool_]:
    codes, distinct = pd.factorize(column)
    by_code = [_STEM.search(str(text)) is not None and is_total(str(text)) for text in distinct]
    found: NDArray[np.bool_] = np.array(by_code, dtype=bool)[codes]
    return found


def is_total(text: str) -> bool:
    """Whether a text names a row of totals.

    >>> is_total("Zwischensumme A-1:"), is_total("Total 2026"), is_total("Totalisator")
    (True, True, False)
    """
    words = plain(text).split()
    return bool(words) and (
        _TOTALS.fullmatch(words[0]) is not None or _TOTALS.fullmatch(" ".join(words[:2])) is not None
    )


def as_pattern(text: str) -> str:
    r"""A text that is the same in every file as it is; else a pattern: any digits, or anything after a word of totals.

    >>> as_pattern("Summe"), as_pattern("Total: 7"), as_pattern("Page 1")
    ('Summe', 're:Total\\b.*', 're:Page\\ \\d+')
    """
    stripped = text.strip()
    if is_total(stripped) and not re.fullmatch(r"[^\W\d_]+", stripped):
        word = re.match(r"\W*([^\W\d_]+)", stripped)
        return f"re:{re.escape(word[0])}\\b.*" if word else stripped
    if not any(sign.isdigit() for sign in stripped):
        return stripped
    return "re:" + re.sub(r"\d+", lambda _: r"\d+", re.escape(stripped))
