import contextlib
import datetime as dt
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from database import connect, queries
from database.locks import SILENT_SECONDS, run_lock
from database.publishing import sweep
from settings import RunLocked, SettingsError
from tests.database.factories import published

WRITE_FOR_EVER = """
import sys
from database import connect
from database.locks import run_lock
from database.publishing import write_rows
from tests.database.factories import recommendations, run
engine = connect(sys.argv[1])
with run_lock(engine) as lock:
    run_id = run(engine, lock=lock)
    for part in range(10_000):
        write_rows(engine, "recommendations", recommendations(200).assign(location=f"L{part}"), run_id)
        print(run_id, flush=True)
"""


def test_the_second_of_two_runs_is_refused_with_the_reason(engine):
    with run_lock(engine), pytest.raises(RunLocked, match=rf"process {os.getpid()} on .*, since 2"), run_lock(engine):
        pass
    with run_lock(engine):
        pass


def test_a_run_killed_while_it_writes_leaves_the_old_plan_and_no_lock(engine, database_url):
    good = published(engine)
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITE_FOR_EVER, database_url],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    with writer:
        killed = {writer.stdout.readline().strip() for _ in range(3)}.pop()
        with pytest.raises(RunLocked, match=f"process {writer.pid}"), run_lock(engine):
            pass
        writer.send_signal(signal.SIGKILL)

    assert len(queries.run_rows(engine, "recommendations", killed)) >= 600
    assert queries.current_run(engine).run_id == good
    with _eventually_locked(engine):
        assert sweep(engine) == [killed]
    assert len(queries.run_rows(engine, "recommendations", killed)) == 0
    assert len(queries.recommendations(engine, good)) == 3
    assert "killed" in queries.run_record(engine, killed).message


def _eventually_locked(engine):
    """The lock, within the moment that a server needs to see that a client is gone."""

    @contextlib.contextmanager
    def lock():
        for _ in range(50):
            try:
                with run_lock(engine):
                    yield
                    return
            except RunLocked:
                time.sleep(0.1)
        raise AssertionError("the lock of a dead run was not freed")

    return lock()


@pytest.mark.parametrize(("silent_seconds", "is_dead"), [(SILENT_SECONDS / 2, False), (SILENT_SECONDS * 2, True)])
def test_a_holder_on_another_machine_is_dead_when_it_is_silent_for_long(sqlite_url, silent_seconds, is_dead):
    engine = connect(sqlite_url)
    then = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=silent_seconds)
    with engine.begin() as connection:
        connection.execute(
            text("INSERT INTO run_locks VALUES ('nightly run', 't', NULL, 'elsewhere', 1, '1', :then, :then)"),
            {"then": then.replace(tzinfo=None).isoformat(sep=" ")},
        )

    if is_dead:
        with run_lock(engine):
            pass
    else:
        with pytest.raises(RunLocked, match="process 1 on elsewhere"), run_lock(engine):
            pass
    engine.dispose()


def test_a_reused_process_number_is_not_taken_for_the_holder(sqlite_url):
    engine = connect(sqlite_url)
    with run_lock(engine), engine.begin() as connection:
        connection.execute(text("UPDATE run_locks SET process_started = '1'"))
        row = connection.execute(text("SELECT * FROM run_locks")).one()
    with engine.begin() as connection:
        marks = dict(enumerate(row))
        connection.execute(
            text(f"INSERT INTO run_locks VALUES ({', '.join(f':v{n}' for n in marks)})"),
            {f"v{n}": value for n, value in marks.items()},
        )

    with run_lock(engine):
        pass
    engine.dispose()


def test_the_lock_is_freed_when_the_run_fails(engine):
    with pytest.raises(ZeroDivisionError), run_lock(engine):
        raise ZeroDivisionError

    with run_lock(engine):
        pass


def test_sqlite_files_are_found_from_the_folder_of_the_settings(tmp_path):
    engine = connect("sqlite:///data/restock.db", tmp_path)
    with engine.connect() as connection:
        pragmas = [
            connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "foreign_keys", "busy_timeout")
        ]

    assert (tmp_path / "data" / "restock.db").exists()
    assert pragmas == ["wal", 1, 30000]
    engine.dispose()


def test_the_url_can_be_read_from_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("PLAN_DB", f"sqlite:///{tmp_path / 'x.db'}")
    monkeypatch.setenv("PLAN_PG", "postgres://u@h/d")

    assert connect("env:PLAN_DB").url.database == str(tmp_path / "x.db")
    assert connect("env:PLAN_PG").url.drivername == "postgresql+psycopg"


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("env:NO_SUCH_VARIABLE", "NO_SUCH_VARIABLE .* is not set"),
        ("not a url with pa55word", "is not a database URL; write it as"),
        ("mysql://u:pa55word@h/d", "names a mysql database"),
        ("sqlite://", "names no file"),
    ],
)
def test_a_senseless_url_is_refused_without_showing_it(url, message):
    with pytest.raises(SettingsError, match=message) as told:
        connect(url)
    assert "pa55word" not in str(told.value)
