"""Runs that were killed: Prefect shows them as running until the next run closes them."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from prefect import runtime
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowFilter, FlowFilterName, FlowRunFilter, FlowRunFilterState
from prefect.client.schemas.filters import FlowRunFilterStateType as StateTypes
from prefect.client.schemas.objects import StateType
from prefect.states import Crashed

from flows.execution.watched_run import show


def close_abandoned_runs(flow_name: str, settings_file: str) -> None:
    """Mark this company's runs that never ended as crashed, where Prefect answers.

    To be called with the company's run lock held: then no other run of it can be alive, but those that wait for the
    lock as long as their parameter `wait_minutes` says.
    """
    show(_close, flow_name, settings_file)


def may_wait(parameters: Mapping[str, Any], begun: dt.datetime | None, now: dt.datetime) -> bool:
    """Whether a run that began then may still wait for the end of another one."""
    return begun is not None and now - begun < dt.timedelta(minutes=parameters.get("wait_minutes") or 0)


def _close(flow_name: str, settings_file: str) -> None:
    state = FlowRunFilterState(type=StateTypes(any_=[StateType.RUNNING, StateType.PENDING]))
    with get_client(sync_client=True) as client:
        found = client.read_flow_runs(
            flow_filter=FlowFilter(name=FlowFilterName(any_=[flow_name])), flow_run_filter=FlowRunFilter(state=state)
        )
        for run in found:
            if str(run.id) == str(runtime.flow_run.id) or run.parameters.get("settings_file") != settings_file:
                continue
            if may_wait(run.parameters, run.start_time, dt.datetime.now(dt.UTC)):
                continue
            client.set_flow_run_state(run.id, Crashed(message="killed; the next run took its place"), force=True)
