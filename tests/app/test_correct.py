"""`restock correct` as a person sees it: a workbook handed in, and what became of its rows."""

import json

import openpyxl
import pytest

from tests.faults.shop import day, sale, shop
from tests.running import restock_here


@pytest.fixture
def folder(tmp_path):
    """A checked shop with one rejected row of sales."""
    shop(tmp_path, sales=[sale(day(3), "CUP", channel="shop", units="1.5x")])
    code, _, err = restock_here("check", "--settings", tmp_path)
    assert code == 0, err
    return tmp_path


def edited(folder, **cells):
    """The workbook of the check, with cells of the first rejected row of sales written over."""
    file = folder / ".restock" / "check" / "rejected.xlsx"
    book = openpyxl.load_workbook(file)
    header = [cell.value for cell in book["sales"][1]]
    for name, value in cells.items():
        book["sales"].cell(2, header.index(name) + 1).value = value
    book.save(file)
    return file


def correct(folder, workbook, *options):
    return restock_here("correct", workbook, "--settings", folder, *options)


def test_a_corrected_row_is_kept_and_the_next_command_is_named(folder):
    code, out, err = correct(folder, edited(folder, units="15"))

    assert code == 0, err
    assert f"sales: 1 row corrected, kept in {folder / 'corrections' / 'sales.jsonl'}; 0 left as they were" in out
    assert out.rstrip().endswith(f"Now see what is left:  restock check --settings {folder}")


def test_a_workbook_that_was_not_changed_corrects_nothing(folder):
    code, out, err = correct(folder, edited(folder))

    assert code == 0, err
    assert out == "sales: 0 rows corrected; 1 left as they were\n"
    assert not (folder / "corrections").exists()


def test_a_row_that_still_fails_is_kept_and_says_why(folder):
    code, out, err = correct(folder, edited(folder, units="many"))

    assert code == 0, err
    assert "   1 of them still fails: " in out
    assert 'units is "many", not a number' in out


def test_figures_for_a_program_keep_their_keys(folder):
    code, out, err = correct(folder, edited(folder, units="15"), "--json")

    assert code == 0, err
    assert json.loads(out) == {
        "tables": {
            "sales": {
                "corrected": 1,
                "unchanged": 0,
                "file": str(folder / "corrections" / "sales.jsonl"),
                "still_failing": [],
            }
        },
        "ignored_sheets": [],
    }


def test_a_sheet_that_is_no_table_is_named_and_not_read(folder):
    file = edited(folder, units="15")
    book = openpyxl.load_workbook(file)
    book.create_sheet("notes")["A1"] = "hello"
    book.save(file)

    code, out, err = correct(folder, file)

    assert code == 0, err
    assert "The sheet 'notes' is not a table of [sources] and was not read." in out


def test_a_workbook_without_a_table_is_wrong_use(folder, tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Shopping"
    book.save(tmp_path / "mine.xlsx")

    code, _, err = correct(folder, tmp_path / "mine.xlsx")

    assert code == 2
    assert "mine.xlsx: no sheet is a table of [sources]; its sheets are Shopping" in " ".join(err.split())


def test_a_sheet_without_the_places_of_its_rows_is_refused(folder):
    file = edited(folder, units="15")
    book = openpyxl.load_workbook(file)
    book["sales"].delete_cols(1)
    book.save(file)

    code, _, err = correct(folder, file)

    assert code == 3
    assert "column 'File' is missing" in " ".join(err.split())
    assert not (folder / "corrections").exists()


def test_a_workbook_that_is_not_there_is_refused(folder):
    code, _, err = correct(folder, folder / "nowhere.xlsx")

    assert code in (2, 3)
    assert "nowhere.xlsx" in err
