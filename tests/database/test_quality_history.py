"""How good the data of past plans were, read from what the runs kept."""

import datetime as dt

import pandas as pd
from sqlalchemy import insert

from database.queries import quality_history
from database.tables import TABLES


def plan(engine, as_of, run_id, checked, rejected, *, is_current=True):
    """A run with two parts of sales, and its rejected rows."""
    instant = dt.datetime(2026, 4, 1, tzinfo=dt.UTC)
    run = {
        "run_id": run_id, "as_of": as_of, "status": "published", "started_at": instant, "code_version": "1",
        "settings_hash": "s", "manifest_hash": "m", "manifest": {}, "reconstructed": False, "reproducible": True,
        "is_shadow": False,
    }  # fmt: skip
    rules = [
        {"table": "sales", "part": part, "rule": rule, "outcome": "reject", "rows_checked": rows, "rows_failed": 0}
        for part, rows in (("2026-02", checked - 10), ("2026-03", 10), ("*", 999))
        for rule in ("a", "b")
    ]
    with engine.begin() as connection:
        connection.execute(insert(TABLES["runs"]), run)
        if is_current:
            connection.execute(
                insert(TABLES["current_runs"]), {"as_of": as_of, "run_id": run_id, "switched_at": instant}
            )
        connection.execute(insert(TABLES["data_quality"]), [{"run_id": run_id, **row} for row in rules])
        for line in range(rejected):
            row = {"run_id": run_id, "table": "sales", "source": "s.csv", "line": line, "rule": "a"}
            connection.execute(insert(TABLES["rejected_rows"]), row)


def test_rows_of_each_dates_plan_are_counted_once(engine):
    plan(engine, dt.date(2026, 3, 30), "first", 100, 3)
    plan(engine, dt.date(2026, 3, 31), "second", 110, 0)
    plan(engine, dt.date(2026, 3, 31), "superseded", 500, 5, is_current=False)

    found = quality_history(engine)

    assert found.to_dict("list") == {
        "as_of": [pd.Timestamp("2026-03-30"), pd.Timestamp("2026-03-31")],
        "table": ["sales", "sales"],
        "rows_checked": [100, 110],
        "rows_rejected": [3, 0],
    }


def test_only_the_newest_dates_are_told(engine):
    for day in (28, 29, 30):
        plan(engine, dt.date(2026, 3, day), f"run-{day}", 20, 1)

    assert quality_history(engine, days=2)["as_of"].dt.day.tolist() == [29, 30]


def test_without_a_plan_there_is_no_history(engine):
    assert quality_history(engine).empty
