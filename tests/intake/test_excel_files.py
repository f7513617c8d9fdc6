"""Workbooks that are delivered: sheets as tables, values as they are shown, errors and formulas by name."""

import datetime as dt

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from intake.sources.excel_file import open_excel_file
from onboarding.draft.settings_file import settings_text
from onboarding.survey.sources import survey_folder
from settings import DataRefused, TableSource, load_settings
from tests.onboarding.draft.folders import asked, drafted, given, table
from tests.onboarding.draft.test_written_forms import WHAT_ALWAYS_IS_SAID, read_sales

HEADER = ["Date", "Order No", "SKU", "Qty", "Revenue"]


def workbook(file, *, epoch=None, **sheets):
    """A workbook with these rows on its sheets; a cell that is a pair is a value and its format."""
    book = openpyxl.Workbook()
    if epoch is not None:
        book.epoch = epoch
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for number, row in enumerate(rows, 1):
            for column, value in enumerate(row, 1):
                cell = sheet.cell(number, column)
                if isinstance(value, tuple):
                    cell.value, cell.number_format = value
                else:
                    cell.value = value
    file.parent.mkdir(parents=True, exist_ok=True)
    book.save(file)
    return file


def day(number):
    return dt.datetime(2026, 1, number)  # noqa: DTZ001


def sales_rows(count=12):
    return [HEADER, *([day(n), f"S{n}", (n, "00000"), 3, 30.5] for n in range(1, count + 1))]


def rows_of(file, **source):
    return open_excel_file(file, TableSource(path=file.name, **source)).whole()


def test_a_folder_with_a_workbook_of_several_sheets_is_understood_and_read(tmp_path):
    products = [["SKU", "Name", "Category"], *([(n, "00000"), f"Tea {n}", "Tea"] for n in range(1, 13))]
    stock = [["SKU", "On hand"], *([(n, "00000"), 7] for n in range(1, 13))]
    workbook(tmp_path / "shop" / "export.xlsx", Sales=sales_rows(), Products=products, Stock=stock)

    sales = read_sales(tmp_path / "shop", **WHAT_ALWAYS_IS_SAID)

    settings = load_settings(tmp_path / "shop")
    assert {name: source.sheet for name, source in settings.sources.items()} == {
        "sales": "Sales", "products": "Products", "inventory": "Stock", "supply_terms": "Products",
    }  # fmt: skip
    assert (len(sales), sales["units"].sum(), sales["net_revenue"].sum()) == (12, 36, 366)
    assert sales["sku"].tolist()[:2] == ["00001", "00002"]
    assert (str(sales["date"].min().date()), str(sales["date"].max().date())) == ("2026-01-01", "2026-01-12")
    assert sales["source_line"].tolist()[0] == 2


def test_titles_and_totals_of_a_sheet_are_no_rows(tmp_path):
    rows = [["Sales by item"], ["Period", "January"], [], *sales_rows(), [None, None, "Total", 36, 366]]
    workbook(tmp_path / "shop" / "sales.xlsx", Sheet1=rows)

    sales = read_sales(tmp_path / "shop", **WHAT_ALWAYS_IS_SAID)

    assert (len(sales), sales["units"].sum(), sales["net_revenue"].sum()) == (12, 36, 366)
    assert "header_line = 4 " in (tmp_path / "shop" / "restock.toml").read_text()


def test_numbers_stored_as_text_are_read_beside_numbers(tmp_path):
    rows = [HEADER, [day(1), "S1", "A", "3", "1.234,50"], [day(2), "S2", "B", 2, 7.125], [day(3), "S3", "C", 1, "2,50"]]
    workbook(tmp_path / "shop" / "sales.xlsx", Sheet1=rows)

    sales = read_sales(tmp_path / "shop", **WHAT_ALWAYS_IS_SAID, decimal="comma")

    assert sales["net_revenue"].tolist() == [1234.5, 7.125, 2.5]


def test_dates_that_are_plain_numbers_are_serial_numbers(tmp_path):
    rows = [HEADER, [46027, "S1", "A", 3, 5.5], [46028.5, "S2", "B", 2, 7.125]]
    workbook(tmp_path / "shop" / "sales.xlsx", Sheet1=rows)

    sales = read_sales(tmp_path / "shop", **WHAT_ALWAYS_IS_SAID)

    assert [str(each.date()) for each in sales["date"]] == ["2026-01-05", "2026-01-06"]


def test_the_date_system_of_a_workbook_is_its_own(tmp_path):
    file = workbook(tmp_path / "sales.xlsx", epoch=CALENDAR_MAC_1904, Sheet1=[["Date"], [day(5)]])

    assert rows_of(file).rows.column("Date").to_pylist() == ["2026-01-05"]


def test_hidden_sheets_are_named_and_read_only_when_asked_for(tmp_path):
    file = workbook(tmp_path / "book.xlsx", Sales=sales_rows(), Old=[["SKU"], ["A"]])
    book = openpyxl.load_workbook(file)
    book["Old"].sheet_state = "hidden"
    book.save(file)

    survey = survey_folder(tmp_path)

    assert [each.name for each in survey.delivered] == ["book.xlsx"]
    assert [(name, why.split(";")[0]) for name, why in survey.unread] == [("book.xlsx/Old", "the sheet is hidden")]
    assert rows_of(file).rows.num_rows == 12
    assert rows_of(file, sheet="Old").rows.column("SKU").to_pylist() == ["A"]


def test_several_sheets_without_a_name_and_a_sheet_that_is_not_there_are_refused(tmp_path):
    file = workbook(tmp_path / "book.xlsx", Sales=sales_rows(), Stock=[["SKU"], ["A"]])

    with pytest.raises(DataRefused, match=r"book.xlsx: has the sheets 'Sales', 'Stock'; say which is read"):
        rows_of(file)
    with pytest.raises(DataRefused, match="there is no sheet 'sales'; the closest is 'Sales'"):
        rows_of(file, sheet="sales")


def test_cells_with_errors_are_empty_and_counted_with_the_first(tmp_path):
    file = workbook(tmp_path / "book.xlsx", Sales=[["SKU", "Price"], ["A", "#N/A"], ["#REF!", 3], ["C", 4]])

    raw = rows_of(file)

    assert raw.rows.to_pydict() == {"SKU": ["A", None, "C"], "Price": [None, 3.0, 4.0]}
    assert raw.notes[0].message == (
        "book.xlsx: 2 of 4 rows have a cell with an error in place of a value, which is read as empty; "
        "the first is cell B2, #N/A"
    )


def test_a_formula_without_a_stored_result_is_refused_by_its_cell(tmp_path):
    file = workbook(tmp_path / "book.xlsx", Sales=[["SKU", "Units", "Revenue"], ["A", 2, "=B2*3"]])

    with pytest.raises(DataRefused, match=r"book.xlsx, sheet Sales, cell C2: a formula without a stored result"):
        rows_of(file)


def test_percent_are_percent_and_other_formats_plain_numbers(tmp_path):
    file = workbook(
        tmp_path / "book.xlsx", A=[["x", "y", "z"], [(0.125, "0.0%"), (1234.5, '#,##0.00 "EUR"'), (7, "General")]]
    )

    assert rows_of(file).rows.to_pydict() == {"x": ["12.5%"], "y": [1234.5], "z": [7.0]}


def test_workbooks_of_one_form_are_one_table(tmp_path):
    for month in (1, 2):
        workbook(tmp_path / f"sales-2026-0{month}.xlsx", Sales=sales_rows(), Notes=[["Remark"], ["none"]])

    names = [each.name for each in survey_folder(tmp_path).delivered]

    assert names == ["sales-*.xlsx/Sales", "sales-*.xlsx/Notes"]


def test_a_workbook_that_is_none_is_named_and_the_rest_is_read(tmp_path):
    (tmp_path / "a.xlsx").write_text("no workbook")
    workbook(tmp_path / "sales.xlsx", Sheet1=sales_rows())

    survey = survey_folder(tmp_path)

    assert [each.name for each in survey.delivered] == ["sales.xlsx"]
    assert survey.unread[0][0] == "a.xlsx"
    assert "not an .xlsx workbook" in survey.unread[0][1]


def test_nothing_is_asked_of_numbers_that_are_numbers(tmp_path):
    workbook(
        tmp_path / "shop" / "sales.xlsx", Sheet1=[HEADER, [day(1), "S1", "A", 3, 1.234], [day(2), "S2", "B", 2, 7]]
    )

    settings_draft = drafted(tmp_path / "shop", given(**WHAT_ALWAYS_IS_SAID))

    assert asked(settings_draft) == set()
    assert "decimal" not in table(settings_draft, "sales").keys
    assert 'path = "sales.xlsx"' in settings_text(settings_draft, "shop")
