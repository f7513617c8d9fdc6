"""The workbook of rejected rows: as delivered, with the reason beside them, to be corrected."""

import io
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from reports.pages import write_file

FILE, LINE, WRONG, TO_DO, MARK = "File", "Line", "What is wrong", "What to do", "Mark (leave as it is)"
FIXED = (FILE, LINE, WRONG, TO_DO)
FIRST_SHEET = "How to"
_WIDTHS = {FILE: 26, LINE: 8, WRONG: 54, TO_DO: 48, MARK: 20}
_HOW_TO = (
    "Rejected rows, one sheet a table, as in their files. They are not used in the plan.",
    "1. Correct the cells. The coloured cell is the one that the rule rejected; every white cell may be changed.",
    "2. Write values as the file does: the same decimal sign, the same order of day and month.",
    "3. Rows that should stay rejected: delete them or leave them unchanged. Unchanged rows are ignored.",
    "4. Save the workbook and run:  restock correct {name}",
    "The corrections are stored in the folder corrections beside restock.toml. Each applies to one row of one file:",
    "if that row changes in the file, it is read as delivered again. The files themselves are not changed.",
    "Where you can, correct the source instead: otherwise the next export has the same mistake again.",
)


def write_rejected_workbook(file: Path, sheets: Mapping[str, pd.DataFrame], not_shown: Mapping[str, int]) -> Path:
    """Write the rejected rows as an Excel workbook.

    Parameters
    ----------
    file: where it goes.
    sheets: by table, rows with the columns `FIXED`, then those of the table as text, then `MARK`; a column `wrong`
        names the column of the table that the rule found wrong.
    not_shown: by table, rejected rows that are not in its sheet.

    Returns
    -------
    The file. Every cell is written as text: what begins like a formula stays text.
    """
    memory = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(memory, options)
    formats = {
        "head": book.add_format({"bold": True, "bg_color": "#E9ECF0", "bottom": 2, "border_color": "#535C68"}),
        "text": book.add_format({"num_format": "@", "valign": "top"}),
        "wrong": book.add_format({"num_format": "@", "valign": "top", "bg_color": "#FBE3D6"}),
        "note": book.add_format({"num_format": "@", "valign": "top", "text_wrap": True, "font_color": "#454D58"}),
        "title": book.add_format({"bold": True, "font_size": 14}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
    }
    _how_to(book.add_worksheet(FIRST_SHEET), formats, file.name, sheets, not_shown)
    for table, rows in sheets.items():
        _table(book.add_worksheet(table), rows, formats)
    book.close()
    return write_file(file, memory.getvalue())


def _how_to(
    sheet: Worksheet,
    formats: Mapping[str, Format],
    name: str,
    sheets: Mapping[str, pd.DataFrame],
    not_shown: Mapping[str, int],
) -> None:
    sheet.set_column(0, 0, 110)
    sheet.write_string(0, 0, "Rejected rows to correct", formats["title"])
    counts = [f"{table}: {len(rows):,} rows" for table, rows in sheets.items()]
    counts += [f"{table}: {rows:,} further rows are not shown" for table, rows in not_shown.items() if rows]
    if not sheets:
        counts = ["No row is rejected: there is nothing to correct."]
    for line, text in enumerate([*(text.format(name=name) for text in _HOW_TO), *counts], start=2):
        sheet.write_string(line, 0, text, formats["wrap"])


def _table(sheet: Worksheet, rows: pd.DataFrame, formats: Mapping[str, Format]) -> None:
    names = [name for name in rows.columns if name != "wrong"]
    for number, name in enumerate(names):
        sheet.set_column(number, number, _WIDTHS.get(name, 16))
        sheet.write_string(0, number, name, formats["head"])
    wrong = rows["wrong"].tolist()
    for number, name in enumerate(names):
        kind = "note" if name in {*FIXED, MARK} else "text"
        for line, text in enumerate(rows[name], start=1):
            style = formats["wrong" if name == wrong[line - 1] else kind]
            if text == "":
                sheet.write_blank(line, number, None, style)
            else:
                sheet.write_string(line, number, str(text), style)
    sheet.freeze_panes(1, len(FIXED))
    sheet.autofilter(0, 0, max(len(rows), 1), len(names) - 1)
