"""Rejected rows go out as a workbook, come back corrected, and hold for the rows that they were made for."""

import sqlite3

import openpyxl
import pandas as pd
import pytest
from pyarrow import parquet

from app.check.correct import correct_rows
from app.check.files import write_files
from data_contracts.acceptance.accepted import load_accepted, load_rejected
from intake.corrections import corrections_file, read_corrections
from settings import DataRefused, UsageError, load_settings
from tests.data_contracts.company import write
from tests.faults.shop import SALES, check, csv, day, good_sales, problem, sale, shop


def written(root):
    """The workbook of rejected rows of a shop."""
    _, workbook, checked = write_files(load_settings(root), root, check(root))
    return workbook, checked


def correct(root, workbook, table="sales", **cells):
    """Write cells of the first row of a sheet, as a person would, and hand the workbook in."""
    book = openpyxl.load_workbook(workbook)
    header = [cell.value for cell in book[table][1]]
    for name, value in cells.items():
        book[table].cell(2, header.index(name) + 1).value = value
    book.save(workbook)
    correct_rows(root, workbook, as_json=False)


def sales_of(root):
    """Accepted rows of the sales, by line."""
    return load_accepted(check(root).intakes["sales"]).set_index("source_line")


def test_the_workbook_has_the_row_as_delivered_the_reason_and_what_to_do(tmp_path):
    shop(tmp_path, sales=[sale(day(3), "CUP", channel="shop", units="1.5x", net_revenue="=1+1")])

    workbook, checked = written(tmp_path)

    book = openpyxl.load_workbook(workbook)
    row = dict(zip(*([cell.value for cell in line] for line in book["sales"].iter_rows(max_row=2)), strict=True))
    assert book.sheetnames == ["How to", "sales"]
    assert (row["File"], row["Line"], row["sku"], row["units"]) == ("sales.csv", "212", "CUP", "1.5x")
    assert row["What is wrong"].startswith('sales.csv line 212: units is "1.5x", not a number')
    assert row["What to do"].startswith("write a plain number such as 3")
    assert {cell.data_type for line in book["sales"].iter_rows() for cell in line if cell.value} == {"s"}
    assert row["net_revenue"] == "=1+1"
    assert checked.correct.startswith("restock correct ")


def test_a_corrected_row_is_read_instead_of_the_rejected_one_and_reported(tmp_path):
    shop(tmp_path, sales=[sale(day(3), "CUP", channel="shop", units="1.5x")])
    workbook, _ = written(tmp_path)

    correct(tmp_path, workbook, units="15")

    found = check(tmp_path)
    row = load_accepted(found.intakes["sales"]).set_index("source_line").loc[212]
    told = problem(found, "sales.corrections.applied")
    assert (row["units"], row["sku"], row["source_file"]) == (15.0, "CUP", "sales.csv")
    assert len(load_rejected(found.intakes["sales"])) == 0
    assert told.examples[0].message == (
        "sales.csv: 1 of 211 rows are read as corrected by hand in corrections/sales.jsonl"
    )
    assert (tmp_path / "sales.csv").read_text().endswith("1.5x,20,EUR\n")


def test_numbers_that_excel_made_are_written_as_the_file_writes_them(tmp_path):
    rows = [row.replace(",", ";").replace("20;EUR", "20,5;EUR") for row in good_sales()]
    bad = sale(day(3), "CUP", channel="shop", net_revenue="?").replace(",", ";")
    shop(
        tmp_path,
        sales_csv=csv(SALES.replace(",", ";"), [*rows, bad]),
        sources='[sources.sales]\npath = "sales.csv"\ndecimal = ","\n',
    )
    workbook, _ = written(tmp_path)

    correct(tmp_path, workbook, net_revenue=1234.5, date=pd.Timestamp(day(4)).to_pydatetime())

    row = sales_of(tmp_path).loc[212]
    assert (row["net_revenue"], row["date"]) == (1234.5, pd.Timestamp(day(4)))


def test_a_row_that_changes_in_its_file_is_read_as_delivered_again(tmp_path):
    shop(tmp_path, sales=[sale(day(3), "CUP", channel="shop", units="1.5x")])
    workbook, _ = written(tmp_path)
    correct(tmp_path, workbook, units="15")
    file = tmp_path / "sales.csv"
    file.write_text(file.read_text().replace("1.5x", "3"))

    found = check(tmp_path)
    _, checked = written(tmp_path)

    assert load_accepted(found.intakes["sales"]).set_index("source_line").loc[212, "units"] == 3.0
    assert any(
        note.startswith("sales: 1 of 1 corrections in corrections/sales.jsonl fit no row") for note in checked.notes
    )


def test_a_broken_row_without_columns_can_be_written_anew(tmp_path):
    shop(tmp_path, sales=[f"{day(3)},CUP,BER", sale(day(2), "CUP", channel="shop")])
    workbook, _ = written(tmp_path)

    good = {"date": day(3), "sku": "CUP", "location": "BER", "channel": "shop", "units": "4", "net_revenue": "40"}
    correct(tmp_path, workbook, **good, currency="EUR")

    rows = sales_of(tmp_path)
    assert rows.loc[212, ["units", "channel"]].tolist() == [4.0, "shop"]
    assert rows.loc[213, "units"] == 2.0


@pytest.mark.parametrize("decimal", [".", ","])
def test_rows_of_parquet_files_are_corrected_beside_numbers_that_stay_numbers(tmp_path, decimal):
    frame = pd.DataFrame([row.split(",") for row in [*good_sales(), sale(day(3), "CUP", channel="shop")]])
    frame.columns = SALES.split(",")
    frame = frame.astype({"units": float, "net_revenue": float})
    frame.loc[210, "units"] = float("inf")
    frame.loc[0, "net_revenue"] = 20.5
    source = f'[sources.sales]\npath = "sales.parquet"\ndecimal = "{decimal}"\n'
    shop(tmp_path, sales_csv=None, sources=source)
    frame.to_parquet(tmp_path / "sales.parquet")
    workbook, _ = written(tmp_path)

    correct(tmp_path, workbook, units="6")

    rows = sales_of(tmp_path)
    assert rows.loc[211, "units"] == 6.0
    assert rows.loc[1, "net_revenue"] == 20.5
    assert parquet.read_metadata(tmp_path / "sales.parquet").num_rows == 211


SHOPIFY = "Name,Created at,Financial Status,Currency,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku"


@pytest.mark.parametrize("ending", ["csv", "csv.gz"])
def test_a_row_that_a_connector_made_is_corrected_under_our_names(tmp_path, ending):
    shop(
        tmp_path,
        sales_csv=None,
        sources=f'[sources.sales]\npath = "orders.{ending}"\nconnector = "shopify_orders"\n[company]\ndefault_location = "BER"\n',
    )
    orders = [f"#{n},{day(n)} 10:00:00 +0100,paid,EUR,{'2x' if n == 9 else 2},Tea,10,TEA" for n in range(1, 70)]
    write(tmp_path, f"orders.{ending}", csv(SHOPIFY, orders))
    workbook, _ = written(tmp_path)

    correct(tmp_path, workbook, units="3", net_revenue="30")

    found = check(tmp_path)
    row = load_accepted(found.intakes["sales"]).set_index("source_line").loc[10]
    assert (row["units"], row["net_revenue"], row["order"]) == (3.0, 30.0, "#9")
    assert found.rejected.empty


def test_rows_of_a_database_are_listed_and_refused_as_corrections(tmp_path):
    shop(tmp_path, sales_csv=None, sources='[sources.sales]\nurl = "sqlite:///shop.db"\ntable = "sold"\n')
    rows = [line.split(",") for line in [*good_sales(), sale(day(3), "CUP", channel="shop", units="1.5x")]]
    with sqlite3.connect(tmp_path / "shop.db") as database:
        database.execute(f"CREATE TABLE sold ({SALES.replace('units', 'units NUMERIC')})")
        database.executemany("INSERT INTO sold VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
    database.close()
    workbook, _ = written(tmp_path)
    sheet = openpyxl.load_workbook(workbook)["sales"]

    with pytest.raises(DataRefused, match=r"sheet sales: 1 rows are corrected.*read from a database.*correct them in"):
        correct(tmp_path, workbook, units="15")

    assert [cell.value for cell in sheet[1]][3] == "What to do"
    assert sheet.cell(2, 4).value.startswith("write a plain number")
    assert sheet.cell(2, 4).value.endswith("do it at the source: corrections of a database are not taken back")
    assert not (tmp_path / "corrections").exists()


def test_rows_without_a_change_are_not_taken(tmp_path, capsys):
    shop(tmp_path, sales=[sale(day(3), "CUP", channel="shop", units="1.5x")])
    workbook, _ = written(tmp_path)

    correct(tmp_path, workbook)

    assert "sales: 0 rows corrected; 1 left as they were" in capsys.readouterr().out
    assert read_corrections("sales", tmp_path) == []


def test_a_workbook_with_rows_corrected_before_is_unchanged_where_nobody_changes_it(tmp_path, capsys):
    shop(tmp_path, sales=[sale(day(3), "CUP", channel="shop", units="1.5x")])
    workbook, _ = written(tmp_path)
    correct(tmp_path, workbook, units="still wrong")
    first = capsys.readouterr().out
    workbook, _ = written(tmp_path)

    correct(tmp_path, workbook)

    assert "sales: 1 row corrected, kept in" in first
    assert '1 of them still fails: sales.csv line 212: units is "still wrong", not a number' in first
    assert f"Now see what is left:  restock check --settings {tmp_path}" in first
    assert "sales: 0 rows corrected; 1 left as they were" in capsys.readouterr().out


def test_advice_writes_numbers_as_the_file_does_and_may_be_followed(tmp_path):
    rows = [row.replace(",", ";") for row in good_sales()]
    bad = sale(day(3), "CUP", channel="shop", net_revenue="?").replace(",", ";")
    source = '[sources.sales]\npath = "sales.csv"\ndecimal = ","\n'
    shop(tmp_path, sales_csv=csv(SALES.replace(",", ";"), [*rows, bad]), sources=source)
    workbook, _ = written(tmp_path)
    told = problem(check(tmp_path), "sales.net_revenue.number").to_do

    correct(tmp_path, workbook, net_revenue="41,85")

    assert told.startswith("write a plain number such as 41,85;")
    assert sales_of(tmp_path).loc[212, "net_revenue"] == 41.85


def test_a_second_workbook_adds_to_the_corrections_and_a_later_one_of_a_row_wins(tmp_path):
    shop(tmp_path, sales=[sale(day(3), "CUP", channel="shop", units="1.5x")])
    workbook, _ = written(tmp_path)
    correct(tmp_path, workbook, units="still wrong")
    workbook, _ = written(tmp_path)
    shown = [cell.value for cell in openpyxl.load_workbook(workbook)["sales"][2]]

    correct(tmp_path, workbook, units="15")

    assert "still wrong" in shown
    assert [each.cells["units"] for each in read_corrections("sales", tmp_path)] == ["15"]


def test_rows_of_the_other_tables_have_sheets_of_their_own(tmp_path):
    more = [f"TEA,B{n},NORD,4,EUR,7" for n in range(9)]
    shop(tmp_path, sales=[sale(day(3), channel="shop", units="x")], supply_terms=[*more, "TEA,HAM,NORD,4,EUR,soon"])
    workbook, _ = written(tmp_path)

    correct(tmp_path, workbook, "supply_terms", lead_time_days="9")

    found = check(tmp_path)
    assert load_accepted(found.intakes["supply_terms"]).iloc[-1][["location", "lead_time_days"]].tolist() == [
        "HAM",
        9.0,
    ]
    assert len(load_rejected(found.intakes["sales"])) == 1


# --- workbooks that are refused


def test_a_workbook_that_is_none_of_ours_is_refused(tmp_path):
    shop(tmp_path)
    book = openpyxl.Workbook()
    book.save(tmp_path / "other.xlsx")

    with pytest.raises(UsageError, match=r"other\.xlsx: no sheet is a table of \[sources\]; its sheets are Sheet"):
        correct_rows(tmp_path, tmp_path / "other.xlsx", as_json=False)


def test_a_row_that_does_not_say_what_it_corrects_is_refused_with_its_place(tmp_path):
    shop(tmp_path, sales=[sale(day(3), units="x")])
    workbook, _ = written(tmp_path)

    with pytest.raises(DataRefused, match=r"rejected\.xlsx, sheet sales, row 2: File, Line or .* is empty or changed"):
        correct(tmp_path, workbook, Line="")


def test_a_formula_is_refused_with_its_cell(tmp_path):
    shop(tmp_path, sales=[sale(day(3), units="x")])
    workbook, _ = written(tmp_path)

    with pytest.raises(DataRefused, match=r"sheet sales, cell [A-Z]+2: holds a formula; formulas are not read"):
        correct(tmp_path, workbook, units="=HYPERLINK(A1)")

    assert not corrections_file("sales", tmp_path).exists()


def test_a_broken_line_of_the_corrections_is_refused_with_its_place(tmp_path):
    shop(tmp_path)
    (tmp_path / "corrections").mkdir()
    (tmp_path / "corrections" / "sales.jsonl").write_text('\n{"file": "sales.csv"}\n')

    found = check(tmp_path)

    assert found.refusals[0].startswith("sales.jsonl line 2: no correction as `restock correct` writes it")
