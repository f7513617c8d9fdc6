"""The buyers' workbook: order lines, totals by supplier, and what the figures rest on."""

import datetime as dt
import io
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from models.inventory.terms.money_rounding import minor_digits
from reports.limits import limit_rows
from reports.pages import write_file
from reports.quality import missing_tables
from reports.reading import RunData, records
from reports.worklist import all_items, by_supplier, changes, one_per_item, suggestions, waiting

# Heading, key of the row, kind of the cell, width in characters.
Column = tuple[str, str, str, float]

_LINES: list[Column] = [
    ("Supplier", "supplier_words", "text", 22),
    ("SKU", "sku", "text", 16),
    ("Supplier's SKU", "supplier_sku", "text", 16),
    ("Name", "name", "text", 34),
    ("Location", "location", "text", 11),
    ("Action", "action_words", "text", 10),
    ("Units", "order_units", "units", 10),
    ("Packs", "pack_words", "text", 15),
    ("Your quantity", "", "own quantity", 10),
    ("Approve", "", "own answer", 9),
    ("Comment", "", "own comment", 30),
    ("Order number", "purchase_order_number", "text", 14),
    ("From location", "from_location", "text", 13),
    ("Place on", "placed_on", "date", 11),
    ("Order by", "order_by", "date", 11),
    ("Overdue", "overdue_words", "text", 9),
    ("Expected on", "expected_on", "date", 11),
    ("Unit cost", "unit_cost", "unit cost", 11),
    ("Currency", "currency", "text", 9),
    ("Value", "order_value", "money", 13),
    ("Value, {base}", "order_value_base", "base", 14),
    ("Money at stake, {base}", "money_at_stake", "base", 14),
    ("Status", "state_words", "text", 14),
    ("On hand", "on_hand", "units", 10),
    ("Incoming", "on_order", "units", 10),
    ("Inventory position", "inventory_position", "units", 10),
    ("Days of supply", "days_of_supply", "days", 9),
    ("Lasts until", "lasts_until", "date", 11),
    ("Forecast P50", "demand_p50", "units", 10),
    ("Forecast P90", "demand_p90", "units", 10),
    ("Protection days", "protection_days", "days", 10),
    ("Chance of stockout", "stockout_probability", "percent", 10),
    ("Confidence", "confidence", "text", 11),
    ("Class", "item_class", "text", 7),
    ("Why", "sentence", "text", 70),
]
_CHANGES: list[Column] = [
    ("Supplier", "supplier_words", "text", 22),
    ("Order number", "purchase_order_number", "text", 16),
    ("Order line", "purchase_order_line", "text", 8),
    ("Action", "action_words", "text", 10),
    ("SKU", "sku", "text", 16),
    ("Supplier's SKU", "supplier_sku", "text", 16),
    ("Name", "name", "text", 34),
    ("Location", "location", "text", 11),
    ("Open units", "order_units", "units", 10),
    ("Likely on", "current_expected_on", "date", 11),
    ("Ask for", "expected_on", "date", 11),
    ("Ask by", "order_by", "date", 11),
    ("Overdue", "overdue_words", "text", 9),
    ("Approve", "", "own answer", 9),
    ("Comment", "", "own comment", 30),
    ("Saves, {base}", "money_at_stake", "base", 14),
    ("Status", "state_words", "text", 14),
    ("On hand", "on_hand", "units", 10),
    ("Days of supply", "days_of_supply", "days", 9),
    ("Class", "item_class", "text", 7),
    ("Why", "sentence", "text", 90),
]
_WAITING: list[Column] = [
    ("Supplier", "supplier_words", "text", 22),
    ("SKU", "sku", "text", 16),
    ("Name", "name", "text", 34),
    ("Location", "location", "text", 11),
    ("Units", "waiting_units", "units", 10),
    ("Gains, {base}", "waiting_gain", "base", 14),
    ("Next review", "order_by", "date", 11),
    ("Overdue", "overdue_words", "text", 9),
    ("Why", "sentence", "text", 90),
]
_SUPPLIERS: list[Column] = [
    ("Supplier", "supplier_words", "text", 30),
    ("Lines", "lines", "units", 9),
    ("Units", "units", "units", 11),
    ("Order total, {base}", "value", "base", 16),
    ("Minimum order, {base}", "minimum", "base", 16),
    ("Share of minimum", "minimum_share", "percent", 11),
    ("Free freight and containers", "limits", "text", 44),
    ("Place on", "placed_on", "date", 12),
    ("First arrival", "expected_first", "date", 12),
    ("Last arrival", "expected_last", "date", 12),
    ("Mean lead time, days", "lead_time_mean_days", "days", 11),
    ("Money at stake, {base}", "at_stake", "base", 16),
]
_LIMITS: list[Column] = [
    ("Limit", "what", "text", 18),
    ("Applies to", "scope", "text", 18),
    ("Month", "month", "date", 11),
    ("Unit", "unit", "text", 7),
    ("Limit value", "limit_value", "money", 14),
    ("Without limit", "wanted", "money", 14),
    ("Used", "used", "money", 14),
    ("Share used", "share", "percent", 10),
    ("Looser by", "looser_by", "money", 12),
    ("Saves, {base}", "saving_if_looser", "base", 12),
    ("Tighter by", "tighter_by", "money", 12),
    ("Costs, {base}", "cost_if_tighter", "base", 12),
    ("Details", "sentence", "text", 90),
]
# Cells for the planner, empty and unlocked: what may be written into each.
_OWN: dict[str, dict[str, Any]] = {
    "own quantity": {
        "validate": "decimal",
        "criteria": ">=",
        "value": 0,
        "input_title": "Your quantity",
        "input_message": "Units, not packs. Empty: as suggested.",
        "error_title": "Not a quantity",
        "error_message": "Enter a number of units, 0 or more.",
    },
    "own answer": {
        "validate": "list",
        "source": ["yes", "no"],
        "error_title": "Not an answer",
        "error_message": "Choose yes or no, or leave it empty.",
    },
    "own comment": {},
}
_SUMMED = {"order_units", "order_value_base", "money_at_stake", "lines", "units", "value", "at_stake", "waiting_gain"}


def order_workbook(data: RunData, folder: Path) -> Path:
    """Write the order lines of a run as an Excel workbook.

    Parameters
    ----------
    data: the run, as `read_run` gives it.
    folder: where the file goes; made if it is missing.

    Returns
    -------
    The file, `orders-AS_OF.xlsx`, or `shadow-AS_OF.xlsx` where the plan is not to be ordered; the same run gives the
    same bytes. Text is written as text: a name that begins like a formula stays a name.
    """
    kind = "shadow" if data.run.is_shadow else "orders"
    return write_file(folder / f"{kind}-{data.as_of}.xlsx", workbook_bytes(data))


def workbook_bytes(data: RunData) -> bytes:
    """The workbook as bytes."""
    memory = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": False,
    }
    items = all_items(data)
    book = xlsxwriter.Workbook(memory, options)
    created = data.run.finished_at or data.run.started_at
    book.set_properties(
        {
            "title": f"{'Shadow plan, not orders' if data.run.is_shadow else 'Orders'} {data.as_of}",
            "company": data.company,
            "created": created.replace(tzinfo=None, microsecond=0),
        }
    )
    formats = _formats(book, data.currency)
    order = suggestions(one_per_item(items))
    order = order.sort_values(["supplier_words", "sku", "location", "line_number"], na_position="last", kind="stable")
    _table(book.add_worksheet("Order lines"), _LINES, records(order), formats, data, freeze_columns=2)
    moved = changes(items).sort_values(["supplier_words", "purchase_order_number", "sku", "location"], kind="stable")
    if len(moved):
        _table(book.add_worksheet("Open orders"), _CHANGES, records(moved), formats, data, freeze_columns=3)
    patient = waiting(items)
    if len(patient):
        _table(book.add_worksheet("Waiting"), _WAITING, records(patient), formats, data, freeze_columns=2)
    _table(book.add_worksheet("Suppliers"), _SUPPLIERS, by_supplier(items, data), formats, data, freeze_columns=1)
    limits = limit_rows(data)
    if limits:
        _table(book.add_worksheet("Limits"), _LIMITS, limits, formats, data, freeze_columns=2)
    _assumptions(book.add_worksheet("Assumptions"), formats, data)
    book.close()
    return memory.getvalue()


def _formats(book: xlsxwriter.Workbook, currency: str) -> dict[str, Format]:
    digits = minor_digits(currency)
    amount = "#,##0" + ("." + "0" * digits if digits else "")
    numbers = {
        "text": "@",
        "units": "#,##0",
        "days": "#,##0.0",
        "date": "yyyy-mm-dd",
        "money": "#,##0.00##",
        "unit cost": "#,##0.00####",
        "base": amount,
        "percent": "0%",
    }
    formats = {name: book.add_format({"num_format": number, "valign": "top"}) for name, number in numbers.items()}
    for name, number in (("own quantity", "#,##0.###"), ("own answer", "@"), ("own comment", "@")):
        own = {"num_format": number, "valign": "top", "bg_color": "#FFF8DC", "border": 1, "border_color": "#D7DCE2"}
        formats[name] = book.add_format(own | {"locked": False})
    formats["fraction"] = book.add_format({"num_format": "#,##0.###", "valign": "top"})
    for name in ["units", "base", "text"]:
        formats[f"total {name}"] = book.add_format({"num_format": numbers[name], "bold": True, "top": 1})
    formats["head"] = book.add_format(
        {
            "bold": True,
            "text_wrap": True,
            "valign": "vcenter",
            "bg_color": "#E9ECF0",
            "bottom": 2,
            "border_color": "#535C68",
        }
    )
    formats["title"] = book.add_format({"bold": True, "font_size": 14})
    formats["bold"] = book.add_format({"bold": True, "valign": "top"})
    formats["wrap"] = book.add_format({"text_wrap": True, "valign": "top"})
    return formats


def _table(
    sheet: Worksheet,
    columns: list[Column],
    rows: list[dict[str, Any]],
    formats: dict[str, Format],
    data: RunData,
    *,
    freeze_columns: int,
) -> None:
    for number, (heading, _, kind, width) in enumerate(columns):
        sheet.set_column(number, number, width)
        sheet.write_string(0, number, heading.format(base=data.currency), formats["head"])
        for line, row in enumerate(rows, start=1):
            _cell(sheet, line, number, row.get(columns[number][1]), kind, formats)
        if rows and _OWN.get(kind):
            sheet.data_validation(1, number, len(rows), number, _OWN[kind])
    sheet.set_row(0, 32)
    sheet.freeze_panes(1, freeze_columns)
    sheet.autofilter(0, 0, max(len(rows), 1), len(columns) - 1)
    if rows:
        _totals(sheet, columns, rows, formats)
    else:
        sheet.write_string(1, 0, "Nothing to order.")
    _print_setup(sheet, data)
    sheet.repeat_rows(0)


def _cell(sheet: Worksheet, line: int, column: int, value: Any, kind: str, formats: dict[str, Format]) -> None:
    if value is None or value == "":
        sheet.write_blank(line, column, None, formats[kind])
    elif kind == "text":
        sheet.write_string(line, column, str(value), formats["text"])
    elif kind == "date":
        sheet.write_datetime(line, column, dt.datetime.combine(value, dt.time()), formats["date"])
    else:
        is_part = kind == "units" and float(value) != round(float(value))
        sheet.write_number(line, column, float(value), formats["fraction" if is_part else kind])


def _totals(sheet: Worksheet, columns: list[Column], rows: list[dict[str, Any]], formats: dict[str, Format]) -> None:
    """A line of sums below a blank one, so that sorting and filtering leave it alone; they follow the filter."""
    line = len(rows) + 2
    sheet.write_string(line, 0, "Total of the rows shown", formats["total text"])
    for number, (_, key, kind, _) in enumerate(columns[1:], start=1):
        style = formats.get(f"total {kind}", formats["total text"])
        if key not in _SUMMED:
            sheet.write_blank(line, number, None, formats["total text"])
            continue
        letter = xlsxwriter.utility.xl_col_to_name(number)
        known = round(sum(float(row[key]) for row in rows if row.get(key) is not None), 4)
        sheet.write_formula(line, number, f"=SUBTOTAL(109,{letter}2:{letter}{len(rows) + 1})", style, known)


def _assumptions(sheet: Worksheet, formats: dict[str, Format], data: RunData) -> None:
    run = data.run
    notes: list[tuple[str, str]] = [
        ("Company", data.company),
        ("As of", f"{data.as_of}: the last day of the data"),
        ("Run", run.run_id),
        ("Published", f"{run.finished_at:%Y-%m-%d %H:%M} UTC" if run.finished_at else "not yet"),
        ("Base currency", data.currency),
        (
            "Value",
            "in the currency of the supplier's terms, named beside it; converted at the last rate up to the as-of date",
        ),
        ("Units", "sales units, not packs"),
        (
            "Forecast P50, P90",
            "demand over the protection days: from tomorrow until the next order after this one can arrive",
        ),
        ("Incoming", "units on order that arrive within the protection days, and approved or exported lines"),
        ("Money at stake", "expected cost of waiting until the next review instead of ordering on the day in Place on"),
        (
            "Open orders",
            "changes of what is on order already; what each saves is not in the order totals",
        ),
        ("Order by", "the last ordering day before waiting raises the expected cost"),
        (
            "Your quantity, Approve, Comment",
            "coloured cells for what you decide and for handing the sheet on; restock does not read them back yet",
        ),
    ]
    notes = [(label.name.capitalize(), label.meaning) for label in data.labels] + notes
    notes += [(f"Without {row['table']}", row["cost"]) for row in missing_tables(data)]
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 100)
    sheet.write_string(0, 0, "Assumptions", formats["title"])
    for line, (label, words) in enumerate(notes, start=2):
        sheet.write_string(line, 0, label, formats["bold"])
        sheet.write_string(line, 1, words, formats["wrap"])
    _print_setup(sheet, data)


def _print_setup(sheet: Worksheet, data: RunData) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    company = data.company.replace("&", "&&")
    sheet.set_header(f"&L{company[:80]}&C&A&Ras of {data.as_of}, {data.currency}")
    sheet.set_footer(f"&Lrun {data.run.run_id}&RPage &P of &N")
