"""Scheduled flows served by Prefect: each in a process of its own when it is due, and once when it was missed."""

import asyncio
import contextlib
import datetime as dt
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from prefect import Flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.deployments.flow_runs import arun_deployment
from prefect.exceptions import ObjectNotFound
from prefect.runner import Runner
from prefect.schedules import Cron
from prefect.types.entrypoint import EntrypointType

from flows.deployments import ScheduledFlow, catch_up_parameters, missed
from flows.execution.prefect_server import PrefectAPI
from flows.execution.progress import log_line
from settings.secrets import safe_text

LOOK_SECONDS = 2.0
AGAIN_SECONDS = 15.0
STOP_SECONDS = 45.0
FINISHED = [StateType.COMPLETED, StateType.FAILED]


@dataclass(frozen=True)
class Served:
    """A scheduled flow of a company.

    Attributes
    ----------
    declared: its times and parameters.
    flow: the flow.
    name: of its deployment.
    settings_file: the company's restock.toml.
    catch_up: "newest", "each" or "never".
    within_days: how long ago a run may be missed to be caught up.
    made_at: when the plan that is shown was published, by whatever run; None for flows without one.
    """

    declared: ScheduledFlow
    flow: Flow[..., Any]
    name: str
    settings_file: str
    catch_up: str
    within_days: int
    made_at: dt.datetime | None

    @property
    def parameters(self) -> dict[str, Any]:
        """All parameters of its runs."""
        return {"settings_file": self.settings_file, **self.declared.parameters}


def serve(served: Sequence[Served], api: PrefectAPI) -> None:
    """Serve until the process is stopped; Prefect's server is started again where it dies or hangs.

    A run that fails or is refused ends by itself; the schedule goes on.
    """
    while True:
        thread = _Serving(served)
        thread.start()
        try:
            while not thread.ended.wait(LOOK_SECONDS):
                if api.server is not None and api.server.start_again_where_gone():
                    log_line("Prefect's server had gone; it was started again, and the schedule goes on")
        finally:
            thread.stop()
        log_line(f"Prefect could not be asked ({thread.fault}); serving again in {AGAIN_SECONDS:.0f} s")
        threading.Event().wait(AGAIN_SECONDS)


class _Serving(threading.Thread):
    """Prefect's runners, in a thread: Prefect takes the signals of the main one for itself."""

    def __init__(self, served: Sequence[Served]) -> None:
        super().__init__(name="serving", daemon=True)
        self.fault = "ended"
        # Not `join`: a signal that interrupts it lets Python 3.11 take the thread for dead.
        self.ended = threading.Event()
        self._served = served
        self._runners: list[Runner] = []
        self._loop = asyncio.new_event_loop()

    def run(self) -> None:
        # Prefect prints tracebacks of a server that is away; what matters is told in a line.
        with (
            Path(os.devnull).open("w") as nowhere,
            contextlib.redirect_stdout(nowhere),
            asyncio.Runner(loop_factory=lambda: self._loop) as runner,
        ):
            try:
                runner.run(self._serve())
            except Exception as fault:  # noqa: BLE001 - the schedule outlives whatever it is
                self.fault = safe_text(f"{type(fault).__name__}: {fault}").splitlines()[0]
            finally:
                self.ended.set()

    def stop(self) -> None:
        """End the runs that go on, and wait for their end."""
        started = [runner for runner in self._runners if runner.started and not self.ended.is_set()]
        for runner in started:
            with contextlib.suppress(Exception):  # Prefect's server may be away by now
                asyncio.run_coroutine_threadsafe(runner.astop(), self._loop).result(STOP_SECONDS)
        if started:
            self.ended.wait(STOP_SECONDS)

    async def _serve(self) -> None:
        for each in self._served:
            runner = Runner(name=each.name, limit=1, pause_on_shutdown=True)
            known_since = await _known_since(each)
            made = await each.flow.ato_deployment(
                each.name,
                schedule=Cron(each.declared.cron, timezone=each.declared.timezone),
                parameters=each.parameters,
                description=each.declared.description,
                entrypoint_type=EntrypointType.MODULE_PATH,
            )
            deployment = await runner.aadd_deployment(made)
            self._runners.append(runner)
            await _catch_up(each, deployment, known_since)
        await asyncio.gather(*(runner.start() for runner in self._runners))


async def _known_since(each: Served) -> dt.datetime | None:
    """When the flow was first served; None where it never was."""
    async with get_client() as client:
        try:
            deployment = await client.read_deployment_by_name(f"{each.flow.name}/{each.name}")
        except ObjectNotFound:
            return None
    return deployment.created


async def _catch_up(each: Served, deployment: UUID, known_since: dt.datetime | None) -> None:
    """Take the place of all runs that are overdue, as the settings say; Prefect would start each, or none."""
    now = dt.datetime.now(dt.UTC)
    async with get_client() as client:
        of_deployment = DeploymentFilter(id=DeploymentFilterId(any_=[deployment]))
        for run in await client.read_flow_runs(
            deployment_filter=of_deployment, flow_run_filter=_in_state([StateType.SCHEDULED])
        ):
            if run.expected_start_time is not None and run.expected_start_time <= now:
                await client.delete_flow_run(run.id)
        ended = await client.read_flow_runs(
            deployment_filter=of_deployment,
            flow_run_filter=_in_state(FINISHED),
            sort=FlowRunSort.START_TIME_DESC,
            limit=1,
        )
    if known_since is None:
        return
    begun = [instant for instant in (known_since, each.made_at, *(run.start_time for run in ended)) if instant]
    overdue = await asyncio.to_thread(missed, each.declared, max(begun), now, each.within_days)
    for parameters in catch_up_parameters(overdue, each.catch_up, each.declared.timezone):
        which = f" as of {parameters['as_of']}" if parameters else ""
        log_line(f"{each.declared.name}: the run due at {overdue[-1]:%Y-%m-%d %H:%M} was missed; caught up now{which}")
        await arun_deployment(deployment, parameters={**each.parameters, **parameters}, timeout=0, as_subflow=False)


def _in_state(states: list[StateType]) -> FlowRunFilter:
    return FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=states)))
