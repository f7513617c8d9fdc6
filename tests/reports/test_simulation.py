"""The replay of the past in the planner's report, and what marks a shadow plan."""

import datetime as dt

import pytest

from reports import order_workbook, planner_report, read_run
from tests.reports.factories import AS_OF, kpis, published, recommendation
from tests.reports.page import Page
from tests.reports.replay import SENTENCE, record_replay


@pytest.fixture
def run(tmp_path):
    engine, run_id = published(tmp_path, recommendations=[recommendation()], kpis=kpis())
    yield engine, run_id
    engine.dispose()


def page(run, tmp_path):
    return Page(planner_report(read_run(*run), tmp_path).read_text("utf-8"))


def test_the_newest_replay_stands_in_the_report_with_its_dates(run, tmp_path):
    record_replay(run[0])

    shown = page(run, tmp_path)

    assert SENTENCE in shown.text
    assert "2026-05-25 to 2026-11-22" in shown.text
    assert "A: ordering more pays" in shown.text
    rows = [row for row in shown.tables["Replay of the past"] if row[0].startswith("All items")]
    assert [row[1] for row in rows] == ["restock", "your orders"]
    assert rows[0][2].startswith("97.8 %")


def test_a_replay_of_later_days_is_not_shown_in_an_older_plan(run, tmp_path):
    record_replay(run[0], AS_OF + dt.timedelta(days=1))

    assert SENTENCE not in page(run, tmp_path).text


def test_without_a_replay_the_report_says_how_to_make_one(run, tmp_path):
    assert "restock simulate" in page(run, tmp_path).text


def test_a_shadow_plan_is_marked_and_its_workbook_is_no_order(tmp_path):
    text = "Since 2026-11-01 the shadow plans suggested 3 lines"
    engine, run_id = published(
        tmp_path, is_shadow=True, recommendations=[recommendation()], kpis=kpis(shadow_comparison=text)
    )

    shown, workbook = page((engine, run_id), tmp_path), order_workbook(read_run(engine, run_id), tmp_path)

    assert "shadow, nothing is ordered" in shown.text
    assert text in shown.text
    assert workbook.name == "shadow-2026-11-22.xlsx"
    engine.dispose()
