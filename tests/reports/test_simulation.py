"""The replay of the past in the planner's report, and what marks a shadow plan."""

import datetime as dt

import pandas as pd
import pytest

from database.simulations import record_simulation
from models.inventory.simulation.measures import MEASURES
from reports import order_workbook, planner_report
from tests.reports.factories import AS_OF, kpis, published, recommendation
from tests.reports.page import Page

SENTENCE = (
    "Over the last 26 weeks restock would have served 97.8 % of demand (your orders: 95.1 %) with 12 % less stock."
)


def replayed(engine, as_of=AS_OF):
    rows = [
        {
            "days": "all days", "scope": scope, "policy": policy, "measure": measure, "items": 2, "value": value,
            "low": 0.9 * value, "high": 1.1 * value, "difference": 0.0, "difference_low": 0.0, "difference_high": 0.0,
            "ratio": 1.0, "ratio_low": 1.0, "ratio_high": 1.0,
        }
        for scope in ("A", "all")
        for policy, value in (("your orders", 0.951), ("restock", 0.978))
        for measure in MEASURES
    ]  # fmt: skip
    header = {
        "key": "k", "as_of": as_of, "first_day": as_of - dt.timedelta(days=181), "weeks": 26, "items": 2,
        "items_left_out": 0, "currency": "EUR", "sentence": SENTENCE, "notes": ["Stock was guessed"],
        "code_version": "c", "settings_hash": "s",
    }  # fmt: skip
    tuning = {
        "abc": "A", "parameter": "quantile_shift", "theory": 0.0, "best": 0.3, "tuned": 0.2, "gain_share": 0.04,
        "low": 0.01, "high": 0.07, "items": 50, "windows": 400, "accepted": True, "text": "A: ordering more pays",
    }  # fmt: skip
    record_simulation(
        engine, header, pd.DataFrame(rows), pd.DataFrame([tuning]), at=dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
    )


@pytest.fixture
def run(tmp_path):
    engine, run_id = published(tmp_path, recommendations=[recommendation()], kpis=kpis())
    yield engine, run_id
    engine.dispose()


def page(run, tmp_path):
    return Page(planner_report(*run, tmp_path).read_text("utf-8"))


def test_the_newest_replay_stands_in_the_report_with_its_dates(run, tmp_path):
    replayed(run[0])

    shown = page(run, tmp_path)

    assert SENTENCE in shown.text
    assert "2026-05-25 to 2026-11-22" in shown.text
    assert "A: ordering more pays" in shown.text
    rows = [row for row in shown.tables["Replay of the past"] if row[0].startswith("All items")]
    assert [row[1] for row in rows] == ["restock", "your orders"]
    assert rows[0][2].startswith("97.8 %")


def test_a_replay_of_later_days_is_not_shown_in_an_older_plan(run, tmp_path):
    replayed(run[0], AS_OF + dt.timedelta(days=1))

    assert SENTENCE not in page(run, tmp_path).text


def test_without_a_replay_the_report_says_how_to_make_one(run, tmp_path):
    assert "restock simulate" in page(run, tmp_path).text


def test_a_shadow_plan_is_marked_and_its_workbook_is_no_order(tmp_path):
    text = "Since 2026-11-01 the shadow plans suggested 3 lines"
    engine, run_id = published(
        tmp_path, is_shadow=True, recommendations=[recommendation()], kpis=kpis(shadow_comparison=text)
    )

    shown, workbook = page((engine, run_id), tmp_path), order_workbook(engine, run_id, tmp_path)

    assert "shadow, nothing is ordered" in shown.text
    assert text in shown.text
    assert workbook.name == "shadow-2026-11-22.xlsx"
    engine.dispose()
