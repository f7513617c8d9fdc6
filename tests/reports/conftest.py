"""Runs to report on, published once for all tests of this folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from reports import budget_report, order_workbook, planner_report, read_run
from tests.reports.company import company
from tests.reports.factories import published


@pytest.fixture(scope="session")
def small_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, str]]:
    engine, run_id = published(tmp_path_factory.mktemp("company"), reconstructed=True, **company(120))
    yield engine, run_id
    engine.dispose()


@pytest.fixture(scope="session")
def small_files(small_run: tuple[Engine, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    data = read_run(*small_run)
    folder = tmp_path_factory.mktemp("reports")
    return {
        "planner": planner_report(data, folder),
        "workbook": order_workbook(data, folder),
        "budget": budget_report(data, folder),
    }
