"""Excel workbooks that are delivered: one sheet as rows, its values as they are shown."""

import datetime as dt
import re
import time
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from openpyxl.utils import get_column_letter

from intake.sources.csv_text import column_names
from intake.sources.raw import Delivery, Note, RawTable
from intake.sources.stable_file import refuse_beyond, stable_file
from intake.sources.workbook import MOST_COLUMNS, MOST_ROWS, open_workbook
from settings import DataRefused, TableSource, closest
from settings.sources import ReadingLimits

EXCEL_ENDINGS = (".xlsx", ".xlsm")

_ROWS_BETWEEN_CHECKS = 1_000
_LEADING_ZEROS = re.compile(r"0{2,}")
_PERCENT = re.compile(r'[^"\\]*%[^"\\]*')

Cell = str | int | float | None


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook.

    Attributes
    ----------
    name: of the sheet.
    rows: number of the row from 1, and its cells, without empty rows: texts, dates as ISO texts, numbers, None.
    errors: cells that hold an error such as #N/A, as a reference and the error.
    is_hidden: whether people who open the workbook do not see it.
    """

    name: str
    rows: tuple[tuple[int, tuple[Cell, ...]], ...]
    errors: tuple[tuple[str, str], ...]
    is_hidden: bool


def open_excel_file(file: Path, source: TableSource) -> Delivery:
    """One sheet of a workbook; `lines` are the numbers of its rows.

    Columns of numbers are numbers, all others are text. Codes keep the zeros that their format shows; formulas give
    the results that are stored with them; cells with errors are empty, and counted.

    Parameters
    ----------
    file: the workbook.
    source: the sheet, the rows of its header and its decimal sign, where declared.

    Raises
    ------
    DataRefused: the file is no workbook or larger than can be meant; the sheet is not there, or not named where
        several have values; a formula has no stored result; the header has a name twice.
    """
    delivered = stable_file(file, source.limits)
    sheets = read_sheets(file, source.sheet, source.limits)
    sheet = _chosen(file, sheets, source.sheet)
    name = file.name if source.sheet is None else f"{file.name}, sheet {sheet.name}"
    rows, lines = _as_table(name, sheet, source)
    refuse_beyond(source.limits, name, rows=rows.num_rows, columns=rows.num_columns)
    content_hash = f"{delivered.content_hash}/{sheet.name}"
    notes = () if not sheet.errors else (_error_note(name, sheet),)
    return Delivery.from_rows(RawTable(name, content_hash, rows, lines, notes=notes))


def read_sheets(file: Path, only: str | None = None, limits: ReadingLimits | None = None) -> list[Sheet]:
    """The sheets of a workbook that hold values, or the named one.

    Parameters
    ----------
    file: the workbook.
    only: the name of a sheet.
    limits: beyond which it is refused; those of the settings' defaults where not given.

    Raises
    ------
    DataRefused: the file is no workbook or larger than can be meant, or a formula has no stored result.
    """
    with open_workbook(file, stored_results=True) as book:
        wanted = [each for each in book.worksheets if only is None or each.title == only]
        if only is not None and not wanted:
            raise DataRefused(_no_sheet(file, only, [each.title for each in book.worksheets]))
        sheets = [_read_sheet(file, each, limits or ReadingLimits()) for each in wanted]
    for name in _sheets_with_formulas(file, [each.title for each in wanted]):
        _refuse_formulas_without_result(file, name, next(each for each in sheets if each.name == name))
    return [each for each in sheets if each.rows or only is not None]


def _read_sheet(file: Path, sheet: Any, limits: ReadingLimits) -> Sheet:
    sheet.reset_dimensions()  # what files say of their size is often wrong
    rows: list[tuple[int, tuple[Cell, ...]]] = []
    errors: list[tuple[str, str]] = []
    began = time.monotonic()  # the limits are those of one pass over the sheet
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        if number % _ROWS_BETWEEN_CHECKS == 0 or number == 1:
            refuse_beyond(limits, f"{file.name}, sheet {sheet.title}", rows=number, seconds=time.monotonic() - began)
        if all(cell.value is None for cell in cells):
            continue
        if len(rows) >= MOST_ROWS or len(cells) > MOST_COLUMNS:
            raise DataRefused(
                f"{file.name}, sheet {sheet.title}, row {number}: more than {MOST_ROWS:,} rows or {MOST_COLUMNS} "
                "columns; save it as CSV, or in several workbooks"
            )
        values: list[Cell] = []
        for column, cell in enumerate(cells, start=1):
            if cell.data_type == "e":
                errors.append((f"{get_column_letter(column)}{number}", str(cell.value)))
                values.append(None)
            else:
                values.append(_value(cell))
        if any(value is not None for value in values):
            rows.append((number, tuple(values)))
    return Sheet(sheet.title, tuple(rows), tuple(errors), sheet.sheet_state != "visible")


def _value(cell: Any) -> Cell:
    """A cell as it is shown, where that is more than its number."""
    value = cell.value
    if isinstance(value, str):
        return value if value.strip() else None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number(value, cell.number_format or "")
    if isinstance(value, dt.datetime):
        return (value.date() if value.time() == dt.time() else value).isoformat()
    return None if value is None else str(value)


def _number(value: float, form: str) -> Cell:
    whole = int(value) if float(value).is_integer() and abs(value) < 2**53 else value
    if isinstance(whole, int) and _LEADING_ZEROS.fullmatch(form):
        return str(whole).zfill(len(form))
    return f"{value * 100:.12g}%" if _PERCENT.fullmatch(form) else whole


def _sheets_with_formulas(file: Path, names: Sequence[str]) -> list[str]:
    with zipfile.ZipFile(file) as packed:
        parts = [name for name in packed.namelist() if name.startswith("xl/worksheets/") and name.endswith(".xml")]
        if not any(b"<f" in packed.read(part) for part in parts):
            return []
    return list(names)


def _refuse_formulas_without_result(file: Path, name: str, sheet: Sheet) -> None:
    values = dict(sheet.rows)
    errors = {place for place, _ in sheet.errors}
    with open_workbook(file, stored_results=False) as book:
        formulas = book[name]
        formulas.reset_dimensions()
        for number, cells in enumerate(formulas.iter_rows(), start=1):
            for column, cell in enumerate(cells, start=1):
                place = f"{get_column_letter(column)}{number}"
                row = values.get(number, ())
                has_result = place in errors or (len(row) >= column and row[column - 1] is not None)
                if cell.data_type == "f" and not has_result and not _is_empty_text(cell.value):
                    raise DataRefused(
                        f"{file.name}, sheet {name}, cell {place}: a formula without a stored result; open the "
                        "workbook in a spreadsheet program and save it again, or deliver values"
                    )


def _is_empty_text(formula: Any) -> bool:
    """Whether a formula can give an empty text, which is stored as no result."""
    return '""' in str(getattr(formula, "text", formula))


def _chosen(file: Path, sheets: Sequence[Sheet], wanted: str | None) -> Sheet:
    if wanted is not None:
        return sheets[0]
    shown = [sheet for sheet in sheets if not sheet.is_hidden]
    if not shown:
        raise DataRefused(f"{file.name}: no sheet that is not hidden has values; deliver it again, or say which: sheet")
    if len(shown) > 1:
        names = ", ".join(repr(sheet.name) for sheet in shown)
        raise DataRefused(f'{file.name}: has the sheets {names}; say which is read, as in sheet = "{shown[0].name}"')
    return shown[0]


def _no_sheet(file: Path, wanted: str, names: Sequence[str]) -> str:
    near = closest(wanted, names)
    hint = f"the closest is {near!r}" if near else f"it has {', '.join(names)}"
    return f"{file.name}: there is no sheet {wanted!r}; {hint}; correct sheet, or deliver the workbook again"


def _as_table(name: str, sheet: Sheet, source: TableSource) -> tuple[pa.Table, np.ndarray[Any, np.dtype[np.int64]]]:
    if not sheet.rows:
        raise DataRefused(f"{name}: the sheet is empty; deliver it again")
    at = source.header_line or [sheet.rows[0][0]]
    by_number = dict(sheet.rows)
    missing = next((number for number in at if number not in by_number), None)
    if missing is not None:
        raise DataRefused(f"{name}: header_line is {missing}, and row {missing} is empty; correct header_line")
    rows = [(number, cells) for number, cells in sheet.rows if number > at[-1]]
    width = max(len(cells) for cells in [*(by_number[number] for number in at), *(cells for _, cells in rows)])
    header = [[_text(cell, ".") or "" for cell in by_number[number]] for number in at]
    names = column_names(name, [cells + [""] * (width - len(cells)) for cells in header])
    columns = {
        each: _column([cells[place] if place < len(cells) else None for _, cells in rows], source.decimal)
        for place, each in enumerate(names)
    }
    has_values = {
        each: values
        for each, values in columns.items()
        if not (each.startswith("(column") and not len(values.drop_null()))
    }
    return pa.table(has_values), np.array([number for number, _ in rows], dtype=np.int64)


def _column(values: Iterable[Cell], decimal: str) -> pa.Array:
    cells = list(values)
    filled = [value for value in cells if value is not None]
    if filled and all(not isinstance(value, str) for value in filled):
        return pa.array([None if value is None else float(value) for value in cells], pa.float64())
    return pa.array([_text(value, decimal) for value in cells], pa.string())


def _text(value: Cell, decimal: str) -> str | None:
    """A cell as text; a number among texts in the way in which the source writes numbers, never as if grouped."""
    if value is None or isinstance(value, str):
        return value
    text = f"{value:.15g}"
    if re.fullmatch(r"-?\d+\.\d{3}", text):
        text += "0"
    return text.replace(".", decimal)


def _error_note(name: str, sheet: Sheet) -> Note:
    place, error = sheet.errors[0]
    rows = len({re.sub(r"\D", "", cell) for cell, _ in sheet.errors})
    return Note(
        rule="source.error_cells",
        source=name,
        rows=rows,
        total_rows=len(sheet.rows),
        text="have a cell with an error in place of a value, which is read as empty",
        example=f"the first is cell {place}, {error}",
    )
