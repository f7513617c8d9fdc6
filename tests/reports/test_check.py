"""The page of `restock check` and its workbook: the reasons first, each cause once, text as text."""

import dataclasses
import datetime as dt

import openpyxl
import pandas as pd

from data_contracts.quarantine.problems import DataProblem, Example
from data_contracts.quarantine.worth import Worth
from onboarding.identity_gaps.identity_gap import IdentityGap
from reports.check import CheckSummary, SourceRows, check_page, worth_in_words
from reports.rejected_workbook import FILE, LINE, MARK, TO_DO, WRONG, write_rejected_workbook
from tests.reports.page import Page

EXAMPLE = Example(file="sales.csv", line=812, column="units", value="1,5x", message="not a number")


def problem(**changed):
    """A problem as the check finds it."""
    base = DataProblem(
        outcome="reject",
        table="sales",
        rule="sales.units.number",
        says="units is not a number",
        to_do="write a plain number",
        rows=12,
        worth=Worth(money=412.5, unknown=2, of="net revenue"),
        examples=(EXAMPLE,),
    )
    return dataclasses.replace(base, **changed)


def checked(**changed):
    """What a check of a small shop shows."""
    base = CheckSummary(
        company="Tea & Co",
        currency="EUR",
        as_of=dt.date(2026, 3, 31),
        items=3,
        reasons=(),
        tables=[SourceRows("sales", read=1000, rejected=12, warned=1)],
        problems=[problem()],
        workbook="rejected.xlsx",
        correct="restock correct rejected.xlsx",
    )
    return dataclasses.replace(base, **changed)


def history(*shares):
    """Runs of one table, of which these shares of 1,000 rows were rejected."""
    days = pd.date_range(end="2026-03-31", periods=len(shares))
    rows = [(day, "sales", 1000, round(1000 * share)) for day, share in zip(days, shares, strict=True)]
    return pd.DataFrame(rows, columns=["as_of", "table", "rows_checked", "rows_rejected"])


def test_a_problem_says_how_many_what_they_are_worth_where_and_what_to_do():
    page = Page(check_page(checked()))

    assert "12 rows, 412 EUR net revenue (without 2 rows whose value cannot be read)" in page.text
    assert "write a plain number" in page.text
    assert page.tables["Examples of sales.units.number"][1] == ["sales.csv", "812", "units", "1,5x"]
    assert "1 of 12 rows; all are in rejected.xlsx." in page.text
    assert page.unclosed == []


def test_what_follows_from_a_cause_stands_with_it():
    follows = ("412 sales rows of TEA-0412 follow from it",)
    worth = Worth(units=500.0, money=6000.0, of="net revenue")

    page = Page(check_page(checked(problems=[problem(follows=follows, followers=412, followers_worth=worth)])))

    assert "412 sales rows of TEA-0412 follow from it; together 500 units, 6,000 EUR net revenue" in page.text


def test_what_is_likely_the_same_product_stands_with_why_and_what_to_do():
    line = {"bundle": "MUG-5", "component": "MUG", "units": "5"}
    gap = IdentityGap("multipack", "bundles", line, "the name of 'MUG-5' says '5-pack'", 212.0, 16960.0, 0.9)

    page = Page(check_page(checked(gaps=[gap], more_gaps=7, gaps_folder=".restock/proposals")))

    row = page.tables["Suspected aliases, packs and successors"][1]
    assert row == [
        "multipack",
        "the name of 'MUG-5' says '5-pack'",
        "212",
        "17,000 EUR",
        "90 %",
        "add in bundles: bundle = MUG-5, component = MUG, units = 5",
    ]
    assert "And 7 more in all.csv there." in page.text
    assert "No alias, pack or successor is suspected" in Page(check_page(checked())).text


def test_what_is_counted_is_called_by_its_name():
    page = Page(check_page(checked(problems=[problem(rule="sales.gap", rows=1, worth=Worth())])))

    assert "1 time" in page.text
    assert "1 row" not in page.text


def test_a_refusal_stands_before_everything_else():
    text = Page(check_page(checked(reasons=["inventory.csv: empty"], items=None))).text

    assert "not good enough to plan" in text
    assert text.index("inventory.csv: empty") < text.index("units is not a number")
    assert "items can be planned" not in text


def test_what_needs_nothing_is_folded_away_and_not_counted():
    page = check_page(checked(problems=[problem(), problem(rule="sales.sku.alias", to_do="nothing: it is resolved")]))

    assert "1 more that need no action" in page
    assert page.index("<details>") < page.index("sales.sku.alias")


def test_text_of_the_data_is_shown_as_text():
    bad = dataclasses.replace(EXAMPLE, file="<script>alert(1)</script>.csv", value="<b>x</b>")

    page = check_page(checked(company="<i>Co</i>", problems=[problem(examples=(bad,))], reasons=["<u>why</u>"]))

    assert "<script>alert" not in page
    assert all(tag not in page for tag in ("<b>x", "<i>Co", "<u>why"))


def test_the_share_of_rejected_rows_is_drawn_by_run_and_the_last_is_labelled():
    page = check_page(checked(history=history(0.0, 0.02, 0.012)))

    assert page.count('class="dot"') == 3
    assert ">1.2 %</text>" in page
    assert "3 runs, 2026-03-29 to 2026-03-31: at most 2 %, last 1.2 %." in page


def test_sources_without_a_rejected_row_are_named_and_an_empty_history_says_so():
    assert "In 2 runs no row of any source was rejected." in Page(check_page(checked(history=history(0, 0)))).text
    assert "No plan is published yet." in Page(check_page(checked())).text


def test_of_one_row_is_spoken_in_the_singular():
    worth = Worth(units=1.0, money=5.0, unknown=1, of="net revenue")

    assert worth_in_words(worth, "EUR") == "1 unit, 5 EUR net revenue (without 1 row whose value cannot be read)"


def test_messages_that_stand_for_more_say_how_many_there_are():
    shown = tuple(Example(None, None, None, None, f"gap {n}") for n in range(5))
    gaps = problem(rule="sales.gap", outcome="warn", rows=12, examples=shown)

    assert "5 of 12 times." in Page(check_page(checked(problems=[gaps]))).text


def test_worth_that_is_not_known_is_left_out():
    assert worth_in_words(Worth(), "EUR") == ""


def test_the_workbook_holds_text_alone_and_marks_the_wrong_cell(tmp_path):
    row = {FILE: "s.csv", LINE: "3", WRONG: "why", TO_DO: "what", "sku": "=cmd|'/c calc'!A1", "units": "-1", MARK: "ab"}

    file = write_rejected_workbook(
        tmp_path / "r.xlsx", {"sales": pd.DataFrame([{**row, "wrong": "units"}])}, {"sales": 9}
    )

    book = openpyxl.load_workbook(file)
    cells = {book["sales"].cell(1, place).value: book["sales"].cell(2, place) for place in range(1, 8)}
    assert {cell.data_type for cell in cells.values()} == {"s"}
    assert {cell.number_format for cell in cells.values()} == {"@"}
    assert cells["sku"].value == "=cmd|'/c calc'!A1"
    assert cells["units"].fill.start_color.rgb != cells["sku"].fill.start_color.rgb
    texts = [cell.value for line in book["How to"].iter_rows() for cell in line if cell.value]
    assert "sales: 9 further rows are not shown" in texts
