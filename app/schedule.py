"""`restock schedule`: the nightly run and the weekly simulation served by Prefect, without any set-up."""

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

from app.stopping import stop_on_signals
from app.terminal import echo, echo_json, err
from flows.execution.prefect_server import prefect_api
from flows.execution.run import run_folder
from settings import Settings, UsageError, load_settings, settings_file_in

if TYPE_CHECKING:
    from database.queries import RunRecord
    from flows.serving import Served

SHOWN_TIMES = 3
STOP_SECONDS = 90.0
"""Longer than for a run: the runs that the schedule has started are to end first."""


def run_schedule(settings_file: Path, *, only_next: bool, as_json: bool) -> None:
    """Tell when the next runs are, and serve them until the process is stopped.

    Parameters
    ----------
    settings_file: the company's restock.toml, or its folder.
    only_next: tell the next runs and end.
    as_json: tell them for a program.

    Raises
    ------
    UsageError: nothing is scheduled.
    SettingsError: a cron text or the time zone cannot be read.
    RunLocked: another schedule of this company is going on.
    RestockError: Prefect's server does not start or answer.
    """
    settings = load_settings(settings_file)
    settings_file = settings_file_in(settings_file).resolve()
    if only_next:
        _tell_next(settings, as_json=as_json)
        return
    home = run_folder(settings) / "prefect-schedule"
    records = settings.retention.prefect_records_megabytes
    with prefect_api(home, what="schedule", schedules=True, records_megabytes=records) as api:
        from app.company import open_company
        from database.queries import current_run

        _, engine = open_company(settings_file, create=True)
        from flows.serving import serve

        shown = current_run(engine)
        served = _served(settings, settings_file, shown)
        api.wait_until_ready()
        _tell_next(settings, as_json=as_json)
        if not as_json:
            echo("No plan is published yet." if shown is None else f"The plan as of {shown.as_of} is shown until then.")
        stop_on_signals(within_seconds=STOP_SECONDS)
        try:
            serve(served, api)
        except KeyboardInterrupt:
            err.print("The schedule is stopped, and with it all that it had started; it catches up what it misses.")


def _served(settings: Settings, settings_file: Path, shown: "RunRecord | None") -> "list[Served]":
    from importlib import import_module

    from flows.deployments import deployment_name, scheduled_flows
    from flows.serving import Served

    schedule = settings.schedule
    served = []
    for each in scheduled_flows(settings):
        module, _, function = each.module_path.rpartition(".")
        flow = getattr(import_module(module), function)
        made_at = shown.finished_at if shown is not None and each.name == "nightly" else None
        served.append(
            Served(
                each,
                flow,
                deployment_name(each, settings),
                str(settings_file),
                schedule.catch_up,
                schedule.catch_up_within_days,
                made_at,
            )
        )
    return served


def _tell_next(settings: Settings, *, as_json: bool) -> None:
    from zoneinfo import ZoneInfo

    from flows.deployments import scheduled_flows

    declared = scheduled_flows(settings)
    if not declared:
        raise UsageError('schedule.nightly and schedule.simulation are both "never"; give one of them a cron text')
    now = dt.datetime.now(dt.UTC)
    times = {each.name: each.due(now, count=SHOWN_TIMES) for each in declared}
    if as_json:
        echo_json({"schedule": times})
        return
    echo(f"{settings.company.name}: the next runs, in the time of {declared[0].timezone}")
    for each in declared:
        shown = ", ".join(f"{time.astimezone(ZoneInfo(each.timezone)):%a %Y-%m-%d %H:%M}" for time in times[each.name])
        echo(f"  {each.name} ({each.cron}): {shown}")
