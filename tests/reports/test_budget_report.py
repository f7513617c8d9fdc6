"""What the director's page shows; its lines add up to its totals."""

import json
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from reports import budget_report, read_run
from reports.numbers import NOTHING, apportion, change
from tests.reports.factories import budget, idle, kpis, published
from tests.reports.page import Page

MONTHS = ["2026-12", *(f"2027-{month:02d}" for month in range(1, 12))]


@pytest.fixture(scope="module")
def found(small_files: dict[str, Path]) -> Page:
    return Page(small_files["budget"].read_text("utf-8"))


def number(cell: str) -> int:
    return int(cell.replace(",", "").replace("\N{MINUS SIGN}", "-"))


def tables(found: Page) -> dict[str, list[list[str]]]:
    return {name: rows for name, rows in found.tables.items() if name.startswith("By ")}


def heads(rows: list[list[str]]) -> list[str]:
    """Names of the columns: those that stand over two lines, with the group's before the name of one of several."""
    groups, names = rows[0], iter(rows[1])
    label, _, cost, _, units = groups
    revenue = [f"Net revenue {name}" for name in _first_group(names)]
    return [label, *revenue, cost, *(f"Margin {name}" for name in ("Expected", "Share", "P10", "P90")), units]


def _first_group(names: Iterator[str]) -> list[str]:
    """Names of the first group: up to the second `Expected`."""
    found = [next(names)]
    for name in names:
        if name == "Expected":
            break
        found.append(name)
    return found


def cells(found: Page, table: str, first: str) -> dict[str, str]:
    return dict(zip(heads(found.tables[table]), found.row(table, first), strict=True))


def test_expected_values_add_up_in_every_table_and_to_the_same_total(found: Page) -> None:
    totals = set()
    for name, rows in tables(found).items():
        names = heads(rows)
        lines = [
            dict(zip(names, row, strict=True)) for row in rows[2:] if not row[0].startswith(("The ", "All ", "Twelve"))
        ]
        total = cells(found, name, "Twelve" if name == "By month" else "All ")
        for column in ("Net revenue Expected", "Cost of goods", "Margin Expected", "Units"):
            assert sum(number(line[column]) for line in lines) == number(total[column])
        totals.add((total["Net revenue Expected"], total["Margin Expected"], total["Units"]))
    assert len(tables(found)) == 4
    assert len(totals) == 1


def test_last_year_is_compared_with_the_same_months_only(found: Page) -> None:
    months = [cells(found, "By month", label) for label in MONTHS]
    both = [month for month in months if month["Net revenue Last year"] != NOTHING]
    same = cells(found, "By month", "The 11 months that last year has")
    expected, before = (
        sum(number(month[f"Net revenue {name}"]) for month in both) for name in ("Expected", "Last year")
    )
    by_category = cells(found, "By category, twelve months", "All categories")

    assert len(both) == 11
    assert cells(found, "By month", "2027-11")["Net revenue Last year"] == NOTHING
    assert cells(found, "By month", "Twelve months")["Net revenue Last year"] == NOTHING
    assert (number(same["Net revenue Expected"]), number(same["Net revenue Last year"])) == (expected, before)
    assert same["Net revenue Change"] == by_category["Net revenue Change"] == change(expected / before - 1)
    assert number(by_category["Net revenue Expected, 11 months"]) == expected
    assert number(by_category["Net revenue Last year, 11 months"]) == before
    assert "compared for the 11 months that it has as well, 2026-12 to 2027-10; not for 2027-11" in found.text
    assert f"{expected:,} EUR expected, {before:,} EUR sold" in found.text


def test_a_budget_of_some_months_is_compared_with_the_same_months_only(tmp_path: Path) -> None:
    forecast, figures = budget([("Kitchen", "web", "DE")])
    is_plan = figures["name"] == "budget_plan"
    figures.loc[is_plan, "text"] = json.dumps(json.loads(str(figures.loc[is_plan, "text"].iloc[0]))[:3])
    engine, run_id = published(
        tmp_path, recommendations=[idle()], kpis=pd.concat([kpis(), figures]), budget_forecast=forecast
    )

    page = Page(budget_report(read_run(engine, run_id), tmp_path).read_text("utf-8"))

    three = [cells(page, "By month", label) for label in MONTHS[:3]]
    same = cells(page, "By month", "The 3 months that the budget has")
    expected, planned = (
        sum(number(month[f"Net revenue {name}"]) for month in three) for name in ("Expected", "Budget")
    )
    assert cells(page, "By month", "Twelve months")["Net revenue Budget"] == NOTHING
    assert same["Net revenue Against budget"] == change(expected / planned - 1)
    engine.dispose()


def test_budget_and_its_probability_stand_beside_the_forecast(found: Page) -> None:
    assert "chance of reaching it" in found.text
    assert number(cells(found, "By month", "2026-12")["Net revenue Budget"]) > 0


@pytest.mark.parametrize(
    ("promotions", "words"),
    [
        ("announced", "Promotions: only announced ones, until 2027-01-21. Last year"),
        ("announced", "of revenue was sold on promotion, so months without an announced promotion compare low"),
        ("as_last_year", "Promotions: announced ones, until 2027-01-21; beyond that last year's come again"),
    ],
)
def test_the_page_says_which_promotions_the_forecast_holds(tmp_path: Path, promotions: str, words: str) -> None:
    forecast, figures = budget([("Kitchen", "web", "DE")], promotions=promotions)
    engine, run_id = published(
        tmp_path, recommendations=[idle()], kpis=pd.concat([kpis(), figures]), budget_forecast=forecast
    )

    page = Page(budget_report(read_run(engine, run_id), tmp_path).read_text("utf-8"))

    assert words in page.text
    engine.dispose()


def test_assumptions_are_listed(found: Page) -> None:
    assert "Items without a known price: 2" in found.text
    assert "No channel costs were delivered" in found.text
    assert "amounts in EUR" in found.text


def test_a_run_without_a_budget_says_so(tmp_path: Path) -> None:
    engine, run_id = published(tmp_path, recommendations=[idle()], kpis=kpis())

    assert "This run holds no budget forecast" in budget_report(read_run(engine, run_id), tmp_path).read_text("utf-8")
    engine.dispose()


def test_without_last_year_and_budget_the_page_says_what_is_not_there(tmp_path: Path) -> None:
    forecast, figures = budget([("Kitchen", "web", "DE")])
    year = figures[figures["name"] == "budget_year"]
    engine, run_id = published(
        tmp_path, recommendations=[idle()], kpis=pd.concat([kpis(), year]), budget_forecast=forecast
    )

    text = budget_report(read_run(engine, run_id), tmp_path).read_text("utf-8")

    assert "Last year is not shown" in text
    assert "No budget was delivered" in text
    engine.dispose()


def test_apportioned_lines_add_up_and_stay_near() -> None:
    values = [0.5, 1.5, 2.5, -0.5, 10.49]

    lines = apportion(values)

    assert sum(lines) == round(sum(values))
    assert all(abs(line - value) < 1 for line, value in zip(lines, values, strict=True))
