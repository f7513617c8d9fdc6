"""The committed files of the golden test, and how a plan differs from them."""

import csv
import hashlib
import io
import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from tests.golden.canonical import FIGURES, NUMBERS, TABLES, Layout

FOLDER = Path(__file__).parent / "expected"
HASHES = FOLDER / "hashes.json"
SHOWN = 20
"""Differences of a table that are told one by one."""

Row = dict[str, str]
Key = tuple[str, ...]


def hash_of(text: str) -> str:
    """SHA-256 of a table's text."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def expected_hashes() -> dict[str, dict[str, str]]:
    """Committed hash of each company and table."""
    hashes: dict[str, dict[str, str]] = json.loads(HASHES.read_text(encoding="utf-8")) if HASHES.exists() else {}
    return hashes


def expected_text(company: str, table: str) -> str:
    """Committed text of a company's table."""
    return _file(company, table).read_text(encoding="utf-8")


def write_expected(company: str, texts: Mapping[str, str]) -> None:
    """Replace what is expected of a company."""
    hashes = expected_hashes()
    hashes[company] = {table: hash_of(text) for table, text in texts.items()}
    for table, text in texts.items():
        _file(company, table).parent.mkdir(parents=True, exist_ok=True)
        _file(company, table).write_text(text, encoding="utf-8", newline="\n")
    HASHES.write_text(json.dumps(hashes, indent=2, sort_keys=True) + "\n", encoding="utf-8", newline="\n")


def changed_tables(company: str, texts: Mapping[str, str]) -> list[str]:
    """For each table whose hash is another one: what differs, as text to be read."""
    hashes = expected_hashes()[company]
    return [
        describe(f"{company}/{table}", TABLES[table], expected_text(company, table), text)
        for table, text in texts.items()
        if hash_of(text) != hashes[table]
    ]


def describe(title: str, layout: Layout, expected: str, actual: str) -> str:
    """Which rows are missing and extra, and which cells differ: how many, and the first `SHOWN` of them."""
    before, after = _by_key(layout, expected), _by_key(layout, actual)
    missing = [f"missing row {_named(key)}" for key in before if key not in after]
    extra = [f"extra row {_named(key)}" for key in after if key not in before]
    cells = [
        f"{_named(key)} {heading}: {_change(heading, before[key][heading], after[key][heading])}"
        for key in before
        if key in after
        for heading in layout.figures
        if before[key][heading] != after[key][heading]
    ]
    found = missing + extra + cells
    counts = f"{len(missing)} rows missing, {len(extra)} extra, {len(cells)} cells differ"
    rest = [f"... and {len(found) - SHOWN} more"] if len(found) > SHOWN else []
    return "\n  ".join([f"{title}: {counts}", *found[:SHOWN], *rest])


def _file(company: str, table: str) -> Path:
    return FOLDER / company / f"{table}.csv"


def _by_key(layout: Layout, text: str) -> dict[Key, Row]:
    """Rows by key; rows that share one are numbered from the second on."""
    rows: dict[Key, Row] = {}
    seen: Counter[Key] = Counter()
    for row in csv.DictReader(io.StringIO(text, newline="")):
        key = tuple(row[heading] for heading in layout.key)
        seen[key] += 1
        rows[key if seen[key] == 1 else (*key, f"#{seen[key]}")] = row
    return rows


def _named(key: Key) -> str:
    return "/".join(part or "-" for part in key)


def _change(heading: str, expected: str, actual: str) -> str:
    """Both values; of a cell with many, those that only one of the two has."""
    if heading in (NUMBERS, FIGURES):
        before, after = Counter(expected.split()), Counter(actual.split())
        expected, actual = (" ".join(part.elements()) for part in (before - after, after - before))
    return f"expected {expected or 'nothing'}, is {actual or 'nothing'}"
