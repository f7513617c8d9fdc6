import contextlib
import sqlite3
import threading
from decimal import Decimal

import numpy as np
import pandas as pd
import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from database import queries
from database.auditing import audit_run
from database.locks import run_lock
from database.publishing import begin_run, fail_run, make_current, sweep, write_rows
from settings import PublishError, RunLocked
from tests.database.factories import AS_OF, published, recommendation, recommendations, run


def test_readers_see_a_run_only_after_the_switch(engine):
    frame = recommendations()
    run_id = run(engine)
    write_rows(engine, "recommendations", frame, run_id)
    audit_run(engine, run_id, {"recommendations": 3})
    before = queries.current_run(engine)

    make_current(engine, run_id)

    assert before is None
    assert queries.current_run(engine).run_id == run_id
    assert queries.current_run(engine).items == 3


def test_the_greatest_date_is_current_and_older_ones_can_be_asked_for(engine):
    newer = published(engine)
    older = published(engine, as_of=AS_OF.replace(day=2, month=2))

    assert queries.current_run(engine).run_id == newer
    assert queries.current_run(engine, AS_OF.replace(day=2, month=2)).run_id == older
    assert queries.current_run(engine, AS_OF.replace(year=2020)) is None


def test_a_rerun_replaces_the_run_of_its_date(engine):
    published(engine)

    again = published(engine)

    assert queries.current_run(engine, AS_OF).run_id == again
    assert list(queries.runs(engine)["is_current"]).count(True) == 1


@pytest.mark.parametrize(
    ("expected", "options", "message"),
    [
        ({"recommendations": 4}, {}, "recommendations has 3 rows, 4 were to be written"),
        ({"recommendations": 3, "kpis": 1}, {}, "kpis has 0 rows, 1 were to be written"),
        ({}, {}, "recommendations has 3 rows, 0 were to be written"),
        (
            {"recommendations": 3},
            {"items": pd.DataFrame({"sku": ["S000000", "S000001", "S000002", "X"], "location": ["L"] * 4})},
            "1 items without a recommendation, such as X at L",
        ),
        (
            {"recommendations": 3},
            {"items": pd.DataFrame({"sku": ["S000000", "S000001"], "location": ["L"] * 2})},
            "1 items not planned, such as S000002 at L",
        ),
        (
            {"recommendations": 3},
            {"totals": {"recommendations": {"order_value_base": Decimal("0.3001")}}},
            "recommendations.order_value_base sums to 0.3000, not to 0.3001",
        ),
    ],
)
def test_a_run_that_fails_its_audit_is_never_switched_to(engine, expected, options, message):
    good = published(engine)
    bad = run(engine)
    write_rows(engine, "recommendations", recommendations(order_value_base=0.1), bad)

    with pytest.raises(PublishError, match=message):
        audit_run(engine, bad, expected, **options)
    with pytest.raises(PublishError, match="is failed; only an audited run may be published"):
        make_current(engine, bad)

    assert queries.current_run(engine).run_id == good
    assert message in queries.run_record(engine, bad).message


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"order_units": -1.0}, "negative units, such as A at L"),
        ({"action": "order"}, "an order or transfer of no units"),
        ({"order_value": 3.0}, "a value without a currency"),
        ({"stockout_probability": 1.1}, "a probability outside 0 to 1"),
        ({"action": "burn"}, "an unknown action"),
        ({"action": "cancel"}, "a change of no open order"),
        ({"as_of": pd.Timestamp("2020-01-01")}, "another as_of than the run"),
    ],
)
def test_senseless_recommendations_fail_the_audit(engine, changes, message):
    run_id = run(engine)
    write_rows(engine, "recommendations", pd.DataFrame([recommendation(**changes)]), run_id)

    with pytest.raises(PublishError, match=message):
        audit_run(engine, run_id, {"recommendations": 1})


def test_rows_of_an_item_without_recommendation_fail_the_audit(engine):
    run_id = run(engine)
    write_rows(engine, "recommendations", recommendations(1), run_id)
    write_rows(engine, "policies", pd.DataFrame({"sku": ["S000000", "S9"], "location": "L"}), run_id)

    with pytest.raises(PublishError, match="policies has items without a recommendation, such as S9 at L"):
        audit_run(engine, run_id, {"recommendations": 1, "policies": 2})


@pytest.mark.parametrize(("total", "passes"), [(30.0, True), (30.01, False)])
def test_budget_totals_are_the_sums_of_their_parts(engine, total, passes):
    run_id = run(engine)
    groups = [("A", 10.0), ("B", 20.0), ("*", total)]
    frame = pd.DataFrame(
        [
            {"month": pd.Timestamp("2026-04-01"), "category": c, "channel": c, "market": c, "currency": "EUR",
             "margin_mean": m, "units_mean": m}
            for c, m in groups
        ]
    )  # fmt: skip
    write_rows(engine, "budget_forecast", frame, run_id)

    if passes:
        audit_run(engine, run_id, {"budget_forecast": 3})
    else:
        with pytest.raises(
            PublishError, match=r"budget_forecast.margin_mean of 2026-04 is 30.0100, its parts sum to 30"
        ):
            audit_run(engine, run_id, {"budget_forecast": 3})


def test_a_run_that_was_audited_takes_no_more_rows(engine):
    run_id = run(engine)
    audit_run(engine, run_id, {})

    with pytest.raises(PublishError, match="is audited, not running"):
        write_rows(engine, "recommendations", recommendations(), run_id)


def test_a_named_part_is_written_once_however_often_its_task_is_repeated(engine, monkeypatch):
    monkeypatch.setattr("database.publishing.BATCH_ROWS", 2)
    run_id = run(engine)
    for _ in range(3):
        write_rows(engine, "recommendations", recommendations(5), run_id, part="bucket 1")

    assert len(queries.run_rows(engine, "recommendations", run_id)) == 5


def test_two_frames_under_one_part_name_are_refused(engine):
    run_id = run(engine)
    write_rows(engine, "kpis", pd.DataFrame({"name": ["a"]}), run_id, part="x")

    with pytest.raises(PublishError, match="1 rows were written before and 2 are given now"):
        write_rows(engine, "kpis", pd.DataFrame({"name": ["a", "b"]}), run_id, part="x")


def test_failed_and_abandoned_runs_are_swept_and_published_ones_stay(engine, monkeypatch):
    monkeypatch.setattr("database.publishing.SWEEP_ROWS", 2)
    good = published(engine)
    failed, abandoned = run(engine), run(engine)
    for run_id in (failed, abandoned):
        write_rows(engine, "recommendations", recommendations(5), run_id)
    fail_run(engine, failed, "because")

    swept = sweep(engine)

    assert sorted(swept) == sorted([failed, abandoned])
    rows = {run_id: len(queries.run_rows(engine, "recommendations", run_id)) for run_id in (good, failed, abandoned)}
    assert rows == {good: 3, failed: 0, abandoned: 0}
    assert queries.run_record(engine, failed).message == "because"
    assert sweep(engine) == []


def test_a_swept_run_that_wakes_up_can_neither_write_nor_publish(engine):
    zombie = run(engine)
    audit_run(engine, zombie, {})
    sweep(engine)

    with pytest.raises(PublishError, match="is failed"):
        write_rows(engine, "recommendations", recommendations(), zombie)
    with pytest.raises(PublishError, match="is failed"):
        make_current(engine, zombie)


def test_the_run_of_a_live_holder_of_the_lock_is_not_swept(engine):
    with run_lock(engine) as lock:
        mine = run(engine, lock=lock)
        assert sweep(engine) == []
    assert sweep(engine) == [mine]


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("step", ["begin", "write", "audit", "switch"])
def test_a_connection_cut_at_commit_makes_exactly_one_plan(engine, monkeypatch, step, moment):
    monkeypatch.setattr("database.faults.FIRST_WAIT_SECONDS", 0.0)
    cut = _CutAtCommit(engine, moment)
    with cut.armed(step == "begin"):
        run_id = run(engine)
    with cut.armed(step == "write"):
        write_rows(engine, "recommendations", recommendations(), run_id)
    with cut.armed(step == "audit"):
        audit_run(engine, run_id, {"recommendations": 3})
    with cut.armed(step == "switch"):
        make_current(engine, run_id)

    assert cut.cuts == 1
    assert list(queries.runs(engine)["run_id"]) == [run_id]
    assert queries.current_run(engine).run_id == run_id
    assert len(queries.recommendations(engine, run_id)) == 3


class _CutAtCommit:
    """Cuts the connection once, before COMMIT is sent or while its answer is on the way."""

    def __init__(self, engine, moment):
        self.engine, self.moment, self.cuts, self.on = engine, moment, 0, False
        real = engine.dialect.do_commit

        def commit(connection):
            if not self.on:
                return real(connection)
            self.on, self.cuts = False, self.cuts + 1
            if self.moment == "after":
                real(connection)
            else:
                engine.dialect.do_rollback(connection)
            raise self._lost()

        engine.dialect.do_commit = commit

    def armed(self, on):
        self.on = on
        return contextlib.nullcontext()

    def _lost(self):
        if self.engine.dialect.name == "sqlite":
            return sqlite3.OperationalError("database is locked")
        return psycopg.OperationalError("server closed the connection unexpectedly")


@pytest.mark.postgres
def test_a_connection_ended_by_the_server_while_rows_are_copied_is_tried_again(postgres_url, monkeypatch):
    from database import connect, publishing

    monkeypatch.setattr("database.faults.FIRST_WAIT_SECONDS", 0.0)
    engine = connect(postgres_url)
    real, calls = publishing._copy, []

    def copy(connection, table, batch):
        calls.append(1)
        if len(calls) == 1:
            own = connection.execute(text("SELECT pg_backend_pid()")).scalar()
            killer = connect(postgres_url)
            with killer.begin() as other:
                other.execute(text("SELECT pg_terminate_backend(:own)"), {"own": own})
            killer.dispose()
        real(connection, table, batch)

    monkeypatch.setattr(publishing, "_copy", copy)
    run_id = run(engine)
    write_rows(engine, "recommendations", recommendations(), run_id)

    assert len(calls) == 2
    assert len(queries.run_rows(engine, "recommendations", run_id)) == 3
    engine.dispose()


def test_concurrent_readers_never_see_half_a_run(engine):
    sizes = {published(engine, recommendations(40)): 40}
    stop, seen = threading.Event(), []

    def read():
        while not stop.is_set():
            current = queries.current_run(engine).run_id
            seen.append((current, len(queries.recommendations(engine, current))))

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for count in (55, 70, 85):
        sizes[published(engine, recommendations(count))] = count
    stop.set()
    for reader in readers:
        reader.join()

    assert len(seen) > 3
    assert {count for run_id, count in seen if sizes[run_id] != count} == set()


def test_many_writers_at_once_wait_for_each_other(engine, monkeypatch, caplog):
    monkeypatch.setattr("database.publishing.BATCH_ROWS", 50)
    run_id, faults = run(engine), []

    def write(bucket):
        try:
            frame = recommendations(200).assign(location=f"L{bucket}")
            write_rows(engine, "recommendations", frame, run_id, part=f"bucket {bucket}")
        except Exception as fault:  # noqa: BLE001 - whatever it is, the test shows it
            faults.append(fault)

    writers = [threading.Thread(target=write, args=(bucket,)) for bucket in range(6)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert faults == []
    assert "trying again" not in caplog.text  # they wait in line; none has to start over
    audit_run(engine, run_id, {"recommendations": 1200})


def test_a_run_whose_lock_was_taken_over_may_not_publish(engine):
    with run_lock(engine) as lock:
        run_id = run(engine, lock=lock)
        audit_run(engine, run_id, {})
        with engine.begin() as connection:
            connection.execute(text("UPDATE run_locks SET token = 'another'"))

        with pytest.raises(RunLocked, match="another run took the lock"):
            make_current(engine, run_id, lock=lock)

    assert queries.current_run(engine) is None


def test_a_fault_that_lasts_is_told_at_once(engine):
    run_id = run(engine)
    frame = pd.concat([recommendations(1), recommendations(1)])

    with pytest.raises(PublishError, match=r"writing recommendations: the database refused it: .*(UNIQUE|unique)"):
        write_rows(engine, "recommendations", frame, run_id)


def test_a_read_only_database_is_told_with_what_to_do(sqlite_url, monkeypatch):
    from database import connect

    engine = connect(sqlite_url)
    with engine.begin() as connection:
        connection.execute(text("PRAGMA query_only = ON"))

    with pytest.raises(PublishError, match=r"readonly.*give this user the right to write"):
        begin_run(engine, as_of=AS_OF, code_version="1", settings_hash="", manifest_hash="", manifest=[])
    engine.dispose()


def test_a_full_disk_is_told_and_the_last_plan_stays(sqlite_url):
    from database import connect

    engine = connect(sqlite_url)
    good, run_id = published(engine), run(engine)
    with engine.connect() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar()
        connection.execute(text(f"PRAGMA max_page_count = {pages + 2}"))
        connection.rollback()

    with pytest.raises(PublishError, match=r"full.*free some space"):
        write_rows(engine, "recommendations", recommendations(5000), run_id)
    assert queries.current_run(engine).run_id == good
    engine.dispose()


def test_an_unreachable_server_is_tried_a_few_times_and_then_told(monkeypatch):
    from database import connect

    monkeypatch.setattr("time.sleep", lambda seconds: None)
    engine = connect("postgresql://restock:secret@127.0.0.1:1/none")

    with pytest.raises(PublishError, match="did not answer in") as told:
        run(engine)
    assert "secret" not in str(told.value)


def test_retries_wait_longer_each_time_and_end():
    from database.faults import retrying

    waits = []

    def locked():
        raise OperationalError("", {}, sqlite3.OperationalError("database is locked"))

    with pytest.raises(PublishError, match="in 7 tries"):
        retrying(locked, "testing", sleep=waits.append)
    assert waits == pytest.approx([0.1, 0.2, 0.4, 0.8, 1.6, 3.2])
    assert np.diff(waits).min() > 0
