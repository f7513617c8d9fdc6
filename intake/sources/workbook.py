"""Excel workbooks that people hand in: read as text, by a parser that no entity, formula or zip bomb gets past."""

import datetime as dt
import io
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter

from settings import DataRefused

LARGEST_FILE_BYTES = 64 * 1024**2
LARGEST_UNPACKED_BYTES = 512 * 1024**2
MOST_ROWS = 200_000
MOST_COLUMNS = 200

Sheet = list[list[str]]


def read_workbook(file: Path, decimal: dict[str, str]) -> dict[str, Sheet]:
    """Cells of every sheet as text, rows of equal length; empty cells are empty texts.

    Parameters
    ----------
    file: an .xlsx workbook.
    decimal: sign in which numbers of a sheet are written out, by its name; `.` for sheets that are not named.

    Raises
    ------
    DataRefused: the file is none, is larger than can be meant, or a cell holds a formula or an error.
    """
    with open_workbook(file, stored_results=False) as book:
        return {sheet.title: _cells(file, sheet, decimal.get(sheet.title, ".")) for sheet in book.worksheets}


@contextmanager
def open_workbook(file: Path, *, stored_results: bool) -> Iterator[Any]:
    """A workbook to be read cell by cell, by a parser that no bomb gets past; whatever fails meanwhile is refused.

    Parameters
    ----------
    file: an .xlsx workbook.
    stored_results: whether cells with formulas hold the results that were stored with them, not the formulas.

    Raises
    ------
    DataRefused: the file is none, is larger than can be meant, or is broken.
    """
    if not openpyxl.DEFUSEDXML:
        raise DataRefused(
            f"{file.name}: workbooks are read with the package defusedxml alone; install it, and take "
            "OPENPYXL_DEFUSEDXML out of the environment"
        )
    _refuse_bombs(file)
    try:
        delivered = io.BytesIO(file.read_bytes())
        with warnings.catch_warnings(action="ignore"):  # of styles and extensions that openpyxl does not know
            book = openpyxl.load_workbook(delivered, read_only=True, data_only=stored_results, keep_links=False)
            try:
                yield book
            finally:
                book.close()
    except DataRefused:
        raise
    except Exception as fault:  # a broken workbook fails anywhere in the library
        cause = fault.__cause__ or fault.__context__ or fault
        raise DataRefused(
            f"{file.name}: not readable as a workbook ({type(cause).__name__}: {cause}); save it again as .xlsx"
        ) from fault


def _refuse_bombs(file: Path) -> None:
    try:
        if file.stat().st_size > LARGEST_FILE_BYTES:
            raise DataRefused(f"{file.name}: larger than {LARGEST_FILE_BYTES >> 20} MiB; hand in fewer rows")
        with zipfile.ZipFile(file) as packed:
            unpacked = sum(member.file_size for member in packed.infolist())
    except FileNotFoundError:
        raise DataRefused(f"{file}: there is no such workbook; give the one that was corrected") from None
    except (zipfile.BadZipFile, OSError) as fault:
        raise DataRefused(f"{file.name}: not an .xlsx workbook ({fault}); save it as .xlsx") from fault
    if unpacked > LARGEST_UNPACKED_BYTES:
        raise DataRefused(
            f"{file.name}: unpacks to {unpacked >> 20:,} MiB, more than {LARGEST_UNPACKED_BYTES >> 20}; "
            "hand in fewer rows"
        )


def _cells(file: Path, sheet: Any, decimal: str) -> Sheet:
    rows: Sheet = []
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        if number > MOST_ROWS or len(cells) > MOST_COLUMNS:
            raise DataRefused(
                f"{file.name}, sheet {sheet.title}: more than {MOST_ROWS:,} rows or {MOST_COLUMNS} columns; "
                "hand in fewer rows"
            )
        rows.append([_text(file, sheet.title, number, column, cell, decimal) for column, cell in enumerate(cells, 1)])
    width = max(map(len, rows), default=0)
    return [[*row, *[""] * (width - len(row))] for row in rows]


def _text(file: Path, sheet: str, row: int, column: int, cell: Any, decimal: str) -> str:
    if cell.data_type in {"f", "e"}:
        kind = "a formula" if cell.data_type == "f" else f"the error {cell.value}"
        raise DataRefused(
            f"{file.name}, sheet {sheet}, cell {get_column_letter(column)}{row}: holds {kind}; formulas are not read; "
            "write the value itself, as text"
        )
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.datetime):
        return (value.date() if value.time() == dt.time() else value).isoformat()
    if isinstance(value, int | float):
        return f"{value:.15g}".replace(".", decimal)
    return str(value)
