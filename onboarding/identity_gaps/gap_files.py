"""Identity gaps as CSV files in the format of their tables, and all of them with their evidence."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from data_contracts.atomic_files import write_atomically
from data_contracts.tables import CONTRACTS
from onboarding.identity_gaps.identity_gap import IdentityGap

ALL_FILE = "all.csv"
"""File of all gaps with their evidence, which is no input of a run."""

_COLUMNS = ("kind", "table", "line", "evidence", "units", "money", "confidence")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_identity_gaps(gaps: Sequence[IdentityGap], folder: Path) -> list[Path]:
    """Write `TABLE.csv` for each table that something is proposed for, and `all.csv`; returns the files.

    The lines of a table's file have its canonical columns, sorted by the money concerned. Files of earlier checks
    are taken away. A line that proposes another change of the same product's row has both. A line with a value that a
    spreadsheet would take for a formula stands in `all.csv` alone, as text.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for table in sorted({found.table for found in gaps}):
        lines = [line for line in _merged(found for found in gaps if found.table == table) if _is_plain(line)]
        if not lines:
            continue
        names = [name for name in CONTRACTS[table].names if any(line.get(name) for line in lines)]
        rows = [[line.get(name, "") for name in names] for line in lines]
        written.append(_write(folder / f"{table}.csv", names, rows))
    evidence = [
        [
            found.kind,
            found.table,
            _safe(_csv([list(found.line.values())]).strip()),
            _safe(found.evidence),
            f"{found.units:.15g}",
            f"{found.money:.2f}",
            f"{found.confidence:.2f}",
        ]
        for found in gaps
    ]
    written.append(_write(folder / ALL_FILE, list(_COLUMNS), evidence))
    for old in folder.glob("*.csv"):
        if old not in written:
            old.unlink()
    return written


def _merged(gaps: Iterable[IdentityGap]) -> list[dict[str, str]]:
    """One line per product's row, with every change that is proposed for it; lines that are added as they are."""
    lines: list[dict[str, str]] = []
    of_sku: dict[str, dict[str, str]] = {}
    for found in gaps:
        if not found.changes:
            lines.append(found.line)
        elif found.line["sku"] in of_sku:
            own = of_sku[found.line["sku"]]
            own.update({name: found.line[name] for name in found.changes})
        else:
            of_sku[found.line["sku"]] = dict(found.line)
            lines.append(of_sku[found.line["sku"]])
    return lines


def _is_plain(line: dict[str, str]) -> bool:
    return not any(value.startswith(_FORMULA) for value in line.values())


def _safe(text: str) -> str:
    """Text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _csv(rows: Iterable[Sequence[str]]) -> str:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return stream.getvalue()


def _write(file: Path, names: list[str], rows: list[list[str]]) -> Path:
    text = _csv([names, *rows])
    write_atomically(file, lambda path: path.write_text(text, "utf-8"))
    return file
