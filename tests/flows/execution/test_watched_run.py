"""A flow is what its own work came to, whatever becomes of Prefect's API meanwhile."""

import pytest
from prefect import flow, task
from prefect.settings import PREFECT_API_URL, PREFECT_CLIENT_MAX_RETRIES, PREFECT_HOME, temporary_settings

from flows.execution.watched_run import own_work, run_watched, show
from settings import DataRefused


@task
def doubled(units):
    return 2 * units


@flow
@own_work
def plan(units):
    if units < 0:
        raise DataRefused("units are negative")
    return doubled(units)


class Engine:
    """Prefect's engine, whose API goes away at some moment."""

    def __init__(self, flow, *, before_work=False):
        self.fn, self._before_work = flow.fn, before_work

    def __call__(self, **parameters):
        if not self._before_work:
            self.fn(**parameters)
        raise ConnectionError("connection refused\nand more of it")


@pytest.fixture(autouse=True)
def nobody_answers(tmp_path):
    away = {PREFECT_API_URL: "http://127.0.0.1:9/api", PREFECT_HOME: tmp_path, PREFECT_CLIENT_MAX_RETRIES: 0}
    with temporary_settings(away):
        yield


def test_without_an_api_the_work_and_its_tasks_are_done_all_the_same():
    assert run_watched(plan, {"units": 2}, "the server did not start") == (4, "the server did not start")


def test_an_api_that_cannot_be_reached_by_the_engine_leaves_the_work_to_be_done_without_it():
    result, fault = run_watched(plan, {"units": 2}, None)

    assert result == 4
    assert fault is not None


@pytest.mark.parametrize("before_work", [True, False])
def test_a_fault_before_or_after_the_work_does_it_once(before_work):
    done = []

    @flow
    @own_work
    def once():
        done.append(1)
        return "published"

    result, fault = run_watched(Engine(once, before_work=before_work), {}, None)

    assert (result, done) == ("published", [1])
    assert fault == "Prefect's API went away (ConnectionError: connection refused)"


@pytest.mark.parametrize("fault", [None, "the server did not start"])
def test_what_the_work_raises_is_what_the_run_raises(fault):
    with pytest.raises(DataRefused, match="units are negative"):
        run_watched(plan, {"units": -1}, fault)


def test_a_reason_of_the_work_is_not_hidden_by_prefect_s_own_trouble():
    class Refusing(Engine):
        def __call__(self, **parameters):
            try:
                self.fn(**parameters)
            except DataRefused:
                raise ConnectionError("connection refused") from None

    with pytest.raises(DataRefused, match="units are negative"):
        run_watched(Refusing(plan), {"units": -1}, None)


def test_nothing_is_shown_where_no_flow_run_is():
    assert show(pytest.fail, "asked Prefect") is None


def test_what_cannot_be_shown_is_tried_once_and_is_no_fault_of_the_work(monkeypatch):
    asked = []

    def away(name):
        asked.append(name)
        raise ConnectionError("connection refused")

    @flow
    @own_work
    def shown():
        return [show(away, "progress"), show(away, "orders")]

    monkeypatch.setattr("flows.execution.watched_run.FlowRunContext.get", lambda: "a flow run")
    result, fault = run_watched(Engine(shown), {}, None)

    assert result == [None, None]
    assert asked == ["progress"]
    assert "connection refused" in fault
