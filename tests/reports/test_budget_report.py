"""What the director's page shows; its lines add up to its totals."""

from pathlib import Path

import pandas as pd
import pytest

from reports import budget_report, read_run
from reports.numbers import apportion
from tests.reports.factories import budget, idle, kpis, published
from tests.reports.page import Page


@pytest.fixture(scope="module")
def found(small_files: dict[str, Path]) -> Page:
    return Page(small_files["budget"].read_text("utf-8"))


def number(cell: str) -> int:
    return int(cell.replace(",", "").replace("\N{MINUS SIGN}", "-"))


def tables(found: Page) -> dict[str, list[list[str]]]:
    return {name: rows for name, rows in found.tables.items() if name.startswith("By ")}


def test_expected_values_add_up_in_every_table_and_to_the_same_total(found: Page) -> None:
    totals = set()
    for rows in tables(found).values():
        heads, *lines, total = rows
        for name in ("Net revenue, expected", "Cost of goods", "Margin", "Units", "Last year"):
            place = heads.index(name)
            known = [number(line[place]) for line in lines if line[place] != "\N{EN DASH}"]
            assert sum(known) == number(total[place])
        totals.add(tuple(total[heads.index(name)] for name in ("Net revenue, expected", "Margin", "Last year")))
    assert len(tables(found)) == 4
    assert len(totals) == 1


def test_the_month_without_a_complete_year_before_has_no_comparison(found: Page) -> None:
    heads = found.tables["By month"][0]
    november = found.row("By month", "2027-11")

    assert november[heads.index("Last year")] == "\N{EN DASH}"
    assert "months for which last year is known" in found.text


def test_budget_and_its_probability_stand_beside_the_forecast(found: Page) -> None:
    assert "chance of reaching it" in found.text
    heads = found.tables["By month"][0]
    assert number(found.row("By month", "2026-12")[heads.index("Budget")]) > 0


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
