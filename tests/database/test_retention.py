"""Which plans stay, and that those which go leave whole plans behind."""

import datetime as dt

import pandas as pd
import pytest
from sqlalchemy import text

from database import publishing, queries, retention
from database.publishing import sweep
from database.retention import expire_plans, expired_runs, kept_manifests
from settings import PublishError, RetentionSettings
from tests.database.factories import published

NOW = dt.datetime(2026, 11, 30, 4, 0, tzinfo=dt.UTC)
KEPT = RetentionSettings(daily_plan_days=30, monthly_plan_months=12, replaced_plan_days=7)


def plan(as_of, run_id=None, *, is_current=True, finished_days_ago=0):
    """A published run as retention sees it."""
    return {
        "run_id": run_id or as_of,
        "as_of": pd.Timestamp(as_of),
        "finished_at": pd.Timestamp(NOW) - pd.Timedelta(days=finished_days_ago),
        "is_current": is_current,
    }


def expired(*plans):
    return expired_runs(pd.DataFrame(plans), KEPT, NOW)


def test_every_day_is_kept_for_a_while_and_then_the_last_of_each_month():
    days = [
        "2026-11-29",
        "2026-10-31",
        "2026-10-30",
        "2026-10-29",
        "2026-09-30",
        "2026-09-29",
        "2025-11-30",
        "2025-10-31",
    ]

    assert expired(*map(plan, days)) == ["2026-10-29", "2026-09-29", "2025-10-31"]


def test_the_last_plan_of_a_month_stays_where_the_month_s_last_day_has_none():
    assert expired(plan("2026-11-29"), plan("2026-06-17"), plan("2026-06-12")) == ["2026-06-12"]


def test_the_newest_plan_stays_however_old_it_is():
    assert expired(plan("2020-01-01", finished_days_ago=2000)) == []


def test_a_replaced_plan_stays_for_some_days():
    replaced = [plan("2026-11-29", f"{ago}", is_current=False, finished_days_ago=ago) for ago in (6, 8)]

    assert expired(plan("2026-11-29"), *replaced) == ["8"]


def test_no_plan_at_all_is_no_fault(engine):
    assert expire_plans(engine, KEPT, NOW) == []


def test_rows_of_expired_plans_are_removed_and_their_headers_and_other_plans_stay(engine):
    old = published(engine, as_of=dt.date(2026, 3, 10), manifest=["old"])
    month_end = published(engine, as_of=dt.date(2026, 3, 31), manifest=["month"])
    newest = published(engine, as_of=dt.date(2026, 11, 29), manifest=["new"])

    removed = expire_plans(engine, KEPT, NOW)

    assert removed == [old]
    assert queries.current_run(engine, dt.date(2026, 3, 10)) is None
    assert queries.published_manifest(engine, dt.date(2026, 3, 10)) is None
    assert queries.run_record(engine, old).status == "expired"
    assert queries.current_run(engine).run_id == newest
    with engine.connect() as connection:
        counts = connection.execute(text("SELECT run_id, COUNT(*) FROM recommendations GROUP BY run_id")).all()
    assert {run_id: rows for run_id, rows in counts} == {month_end: 3, newest: 3}  # noqa: C416 - rows of SQLAlchemy
    assert sorted(map(str, kept_manifests(engine))) == ["['month']", "['new']"]
    assert expire_plans(engine, KEPT, NOW) == []
    assert sweep(engine) == []


def test_a_removal_that_was_interrupted_is_finished_by_the_next(engine, monkeypatch):
    old = published(engine, as_of=dt.date(2026, 3, 10))
    published(engine, as_of=dt.date(2026, 3, 31))
    published(engine, as_of=dt.date(2026, 11, 29))

    def cut(*_):
        raise PublishError("the database went away")

    with monkeypatch.context() as broken:
        broken.setattr(retention, "remove_run_rows", cut)
        with pytest.raises(PublishError):
            expire_plans(engine, KEPT, NOW)
    hidden = queries.current_run(engine, dt.date(2026, 3, 10))
    removed = expire_plans(engine, KEPT, NOW)

    assert hidden is None
    assert removed == [old]
    assert len(queries.run_rows(engine, "recommendations", old)) == 0


def test_rows_are_removed_in_batches(engine, monkeypatch):
    old = published(engine, as_of=dt.date(2026, 3, 10))
    published(engine, as_of=dt.date(2026, 3, 31))
    published(engine, as_of=dt.date(2026, 11, 29))
    monkeypatch.setattr(publishing, "SWEEP_ROWS", 2)

    expire_plans(engine, KEPT, NOW)

    assert len(queries.run_rows(engine, "recommendations", old)) == 0
