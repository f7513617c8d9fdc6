"""A scheduled run waits for another one's end; a run by hand is refused at once."""

import threading

import pytest

from database.locks import run_lock
from flows import nightly
from settings import RunLocked


def test_a_run_that_does_not_wait_is_refused_with_who_goes_on(engine):
    with (
        run_lock(engine),
        pytest.raises(RunLocked, match="another run is going on: process"),
        nightly._lock_when_free(engine, 0),
    ):
        pass


def test_a_run_that_waits_begins_when_the_other_has_ended(engine, monkeypatch):
    monkeypatch.setattr(nightly, "LOCK_LOOK_SECONDS", 0.05)
    holds, may_end = threading.Event(), threading.Event()

    def other():
        with run_lock(engine):
            holds.set()
            may_end.wait(30)

    thread = threading.Thread(target=other)
    thread.start()
    holds.wait(30)
    threading.Timer(0.3, may_end.set).start()
    with nightly._lock_when_free(engine, 1) as lock:
        ended = may_end.is_set()
    thread.join()

    assert ended
    assert lock.token
