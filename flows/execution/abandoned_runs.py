"""Runs that were killed: Prefect shows them as running until the next run closes them."""

from prefect import runtime
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowFilter, FlowFilterName, FlowRunFilter, FlowRunFilterState
from prefect.client.schemas.filters import FlowRunFilterStateType as StateTypes
from prefect.client.schemas.objects import StateType
from prefect.states import Crashed


def close_abandoned_runs(flow_name: str, settings_file: str) -> int:
    """Mark this company's runs that never ended as crashed; returns how many there were.

    To be called with the company's run lock held: then no other run of it can be alive.
    """
    state = FlowRunFilterState(type=StateTypes(any_=[StateType.RUNNING, StateType.PENDING]))
    closed = 0
    with get_client(sync_client=True) as client:
        found = client.read_flow_runs(
            flow_filter=FlowFilter(name=FlowFilterName(any_=[flow_name])), flow_run_filter=FlowRunFilter(state=state)
        )
        for run in found:
            if str(run.id) == str(runtime.flow_run.id) or run.parameters.get("settings_file") != settings_file:
                continue
            client.set_flow_run_state(run.id, Crashed(message="killed; the next run took its place"), force=True)
            closed += 1
    return closed
