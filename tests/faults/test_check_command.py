"""`restock check`: what it prints, what it writes, and how it ends."""

import json

import openpyxl

from tests.faults.shop import day, sale, shop
from tests.running import restock, restock_here


def test_a_refused_check_says_why_writes_the_page_and_the_workbook_and_ends_with_3(tmp_path):
    shop(tmp_path, inventory_csv="", sales=[sale(day(3), "CUP", channel="shop", units="1.5x")])

    code, out, err = restock("check", "--settings", tmp_path)

    page = (tmp_path / ".restock" / "check" / "check.html").read_text()
    book = openpyxl.load_workbook(tmp_path / ".restock" / "check" / "rejected.xlsx")
    assert code == 3
    assert out.startswith("Not good enough to plan, for 1 reason:\n1. inventory.csv: the file is empty; deliver it")
    assert "Refused: inventory.csv: the file is empty; deliver it again" in err
    assert page.index("inventory.csv: the file is empty; deliver it again") < page.index("units is not a number")
    assert book["sales"].max_row == 2
    assert "Traceback" not in err


def test_a_good_check_names_rows_the_worst_problems_and_what_to_do_and_takes_corrections_back(tmp_path):
    shop(tmp_path, sales=[sale(day(3), "CUP", channel="shop", units="1.5x")])

    code, out, err = restock_here("check", "--settings", tmp_path)

    assert code == 0, err
    assert out.startswith("The data are good enough to plan 3 items as of 2026-03-31.")
    assert "sales                         211          1          0" in out
    assert "1. sales: units is not a number; 1 row rejected: 20 EUR net revenue" in out
    assert 'sales.csv line 212: units is "1.5x", not a number; rejected (rule sales.units.number)' in out
    assert "What to do: write a plain number such as 3" in out
    workbook = tmp_path / ".restock" / "check" / "rejected.xlsx"
    assert f"then: restock correct {workbook} --settings {tmp_path}" in out

    book = openpyxl.load_workbook(workbook)
    header = [cell.value for cell in book["sales"][1]]
    book["sales"].cell(2, header.index("units") + 1).value = "15"
    book.save(workbook)
    corrected, said, _ = restock_here("correct", workbook, "--settings", tmp_path)
    code, out, _ = restock_here("check", "--settings", tmp_path, "--json")

    figures = json.loads(out)
    assert (corrected, code) == (0, 0)
    assert "sales: 1 row corrected, kept in" in said
    assert figures["good_enough"] is True
    assert figures["rejected_rows"] == 0
    assert [row["rule"] for row in figures["rules"]] == ["sales.corrections.applied"]
