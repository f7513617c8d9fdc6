"""What the buyers' workbook holds when it is read back."""

import datetime as dt
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy import Engine

from reports import order_workbook, read_run
from reports.numbers import about, expected_units_words
from tests.models.inventory.recommendations.factories import open_order_reasons, reasons
from tests.reports.factories import day, idle, kpis, policy, published, recommendation


def sheets(tmp_path: Path, *lines: dict[str, object], today: dt.date | None = None) -> dict[str, Worksheet]:
    engine, run_id = published(
        tmp_path,
        recommendations=list(lines),
        policies=[policy(sku=sku) for sku in sorted({str(line["sku"]) for line in lines})],
        kpis=kpis(),
    )
    book = openpyxl.load_workbook(order_workbook(read_run(engine, run_id, today=today), tmp_path))
    engine.dispose()
    return {sheet.title: sheet for sheet in book.worksheets}


def column(sheet: Worksheet, heading: str) -> list[object]:
    number = next(cell.column for cell in sheet[1] if cell.value == heading)
    return [sheet.cell(row, number).value for row in range(2, sheet.max_row + 1)]


def test_a_line_has_what_a_buyer_needs_as_numbers_and_dates(tmp_path: Path) -> None:
    sheet = sheets(tmp_path, recommendation(), recommendation(sku="B", order_units=4.0))["Order lines"]

    assert column(sheet, "SKU")[:2] == ["B", "KET-1"]
    assert column(sheet, "Units")[:2] == [4, 96]
    assert column(sheet, "Value")[1] == 384
    assert column(sheet, "Place on")[0] == pd.Timestamp("2026-11-23").to_pydatetime()
    assert column(sheet, "Packs")[1] == "2 packs of 48"
    assert sheet.freeze_panes == "C2"
    assert sheet.auto_filter.ref is not None
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.oddFooter is not None
    assert str(sheet.oddFooter.right.text) == "Page &P of &N"


def test_an_order_whose_day_has_passed_is_overdue(tmp_path: Path) -> None:
    lines = recommendation(), recommendation(sku="B", order_by=day(4))

    assert column(sheets(tmp_path, *lines, today=dt.date(2026, 11, 24))["Order lines"], "Overdue")[:2] == [
        None,
        "overdue",
    ]


def test_a_line_whose_review_has_passed_is_overdue_too(tmp_path: Path) -> None:
    figures = reasons(order_units=0.0, waiting_units=12.0, waiting_gain_base=0.4, gain_minimum_base=1.0)
    lines = [idle(sku=sku, order_by=day(on), reasons=figures.to_json()) for sku, on in (("A", 1), ("B", 9))]

    sheet = sheets(tmp_path, *lines, today=dt.date(2026, 11, 24))["Waiting"]

    assert list(zip(column(sheet, "SKU"), column(sheet, "Overdue"), strict=True))[:2] == [("A", "overdue"), ("B", None)]


def test_what_is_told_of_units_and_money_ends_where_it_matters() -> None:
    assert [expected_units_words(value) for value in (1.04, 8.88e-17)] == ["about 1 unit", "less than 0.1 units"]
    assert [about(value, "EUR") for value in (412.49, 0.00692, -0.0004)] == ["412 EUR", "0.01 EUR", "0 EUR"]


def test_totals_are_sums_that_follow_the_filter(tmp_path: Path) -> None:
    sheet = sheets(tmp_path, recommendation(), recommendation(sku="B"))["Order lines"]

    assert column(sheet, "Value, EUR")[-1] == "=SUBTOTAL(109,U2:U3)"
    assert next(cell.column_letter for cell in sheet[1] if cell.value == "Value, EUR") == "U"


def test_text_that_looks_like_a_formula_stays_text(tmp_path: Path) -> None:
    sheet = sheets(
        tmp_path,
        recommendation(sku="=1+1", name="@SUM(A1)", supplier_name="http://example.invalid", supplier_sku="0012"),
    )["Order lines"]

    cells = {head.value: cell for head, cell in zip(sheet[1], sheet[2], strict=True)}
    assert (cells["SKU"].value, cells["SKU"].data_type) == ("=1+1", "s")
    assert cells["Name"].data_type == "s"
    assert cells["Supplier"].hyperlink is None
    assert cells["Supplier's SKU"].value == "0012"


def test_suppliers_and_assumptions_have_sheets_of_their_own(tmp_path: Path) -> None:
    found = sheets(tmp_path, recommendation(), recommendation(sku="B"))

    assert column(found["Suppliers"], "Order total, EUR")[0] == 768
    words = {row[0].value: row[1].value for row in found["Assumptions"].iter_rows(min_row=3, max_col=2)}
    assert words["Base currency"] == "EUR"
    assert str(words["As of"]).startswith("2026-11-22")


def test_changes_of_open_orders_have_a_sheet_of_their_own_and_no_part_in_the_totals(tmp_path: Path) -> None:
    change = {"line_number": 2, "action": "expedite", "purchase_order_number": "PO-7", "order_units": 40.0}
    dates = {"current_expected_on": pd.Timestamp("2026-12-20"), "order_value": None, "order_value_base": None}
    why = {"reasons": open_order_reasons(action="expedite", phrase="would come too late").to_json()}

    found = sheets(tmp_path, recommendation(), recommendation(**change, **dates, **why))

    assert column(found["Order lines"], "Units")[-1] == "=SUBTOTAL(109,G2:G2)"
    assert column(found["Open orders"], "Order number")[0] == "PO-7"
    assert column(found["Open orders"], "Open units")[0] == 40
    assert column(found["Suppliers"], "Order total, EUR")[0] == 384


def test_the_planner_has_cells_of_her_own_that_take_only_what_they_are_for(tmp_path: Path) -> None:
    found = sheets(tmp_path, recommendation(), recommendation(sku="B"))
    sheet = found["Order lines"]
    own = {
        str(cell.value): cell.column_letter
        for cell in sheet[1]
        if cell.value in {"Your quantity", "Approve", "Comment"}
    }

    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}

    quantity, answer = (rules[f"{own[name]}2:{own[name]}3"] for name in ("Your quantity", "Approve"))
    assert (quantity.type, quantity.operator, quantity.formula1) == ("decimal", "greaterThanOrEqual", "0")
    assert (answer.type, answer.formula1) == ("list", '"yes,no"')
    assert [(sheet[f"{letter}2"].value, sheet[f"{letter}2"].protection.locked) for letter in own.values()] == [
        (None, False)
    ] * 3
    assert sheet["A2"].protection.locked
    words = {row[0].value: row[1].value for row in found["Assumptions"].iter_rows(min_row=3, max_col=2)}
    assert "does not read them back" in str(words["Your quantity, Approve, Comment"])


def test_nothing_to_order_is_said(tmp_path: Path) -> None:
    found = sheets(tmp_path, recommendation(action="none"))

    assert found["Order lines"]["A2"].value == "Nothing to order."


def test_the_same_run_gives_the_same_bytes(
    small_run: tuple[Engine, str], small_files: dict[str, Path], tmp_path: Path
) -> None:
    again = order_workbook(read_run(*small_run), tmp_path)

    assert again.read_bytes() == small_files["workbook"].read_bytes()
    with zipfile.ZipFile(again) as archive:
        assert archive.testzip() is None
