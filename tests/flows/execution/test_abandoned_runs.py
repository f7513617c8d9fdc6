"""Runs that Prefect shows as running: those that may still wait for the lock are left alone."""

import datetime as dt

from flows.execution.abandoned_runs import may_wait

NOW = dt.datetime(2026, 6, 10, 4, 0, tzinfo=dt.UTC)


def begun(minutes_ago):
    return NOW - dt.timedelta(minutes=minutes_ago)


def test_a_run_may_wait_as_long_as_its_parameter_says():
    assert may_wait({"wait_minutes": 240}, begun(200), NOW)
    assert not may_wait({"wait_minutes": 240}, begun(300), NOW)


def test_a_run_by_hand_or_one_that_has_not_begun_does_not_wait():
    assert not may_wait({"wait_minutes": 0}, begun(0), NOW)
    assert not may_wait({}, begun(1), NOW)
    assert not may_wait({"wait_minutes": 240}, None, NOW)
