"""The flows that run by themselves, declared once: `restock schedule` serves them, and prefect.yaml describes them."""

import asyncio
import dataclasses
import datetime as dt
import re
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from prefect.server.schemas.schedules import CronSchedule

from flows.execution.fingerprints import fingerprint
from settings import Settings, SettingsError
from settings.schema import NEVER


@dataclasses.dataclass(frozen=True)
class ScheduledFlow:
    """A flow with its times.

    Attributes
    ----------
    name: of the deployment, and of the setting that gives its times.
    entrypoint: file and function, as Prefect writes them.
    cron: minute, hour, day, month, day of the week.
    timezone: in which the cron text is read.
    parameters: of the flow, beside the settings file.
    description: what Prefect's pages say of it.
    """

    name: str
    entrypoint: str
    cron: str
    timezone: str
    parameters: dict[str, Any]
    description: str

    @property
    def module_path(self) -> str:
        """The function as it is imported."""
        return self.entrypoint.removesuffix(".py").replace(".py:", ".").replace("/", ".")

    def due(
        self, start: dt.datetime, *, until: dt.datetime | None = None, count: int | None = None
    ) -> list[dt.datetime]:
        """When it is due after `start`: the next times, or all of them until another instant."""
        schedule = CronSchedule(cron=self.cron, timezone=self.timezone)
        after = start + dt.timedelta(microseconds=1)
        return list(asyncio.run(schedule.get_dates(count, start=after, end=until)))


def scheduled_flows(settings: Settings) -> list[ScheduledFlow]:
    """The company's scheduled flows, without those that never run.

    Raises
    ------
    SettingsError: a cron text or the time zone cannot be read.
    """
    schedule = settings.schedule
    zone = schedule.timezone or settings.company.timezone
    declared = [
        ScheduledFlow(
            "nightly",
            "flows/nightly.py:replenish",
            schedule.nightly,
            zone,
            {"reports": True, "wait_minutes": schedule.wait_for_run_minutes},
            "Read, forecast, decide, publish, and write the reports.",
        ),
        ScheduledFlow(
            "simulation",
            "flows/simulation/simulate.py:replay",
            schedule.simulation,
            zone,
            {},
            "Replay the company's past and tune the ordered quantiles.",
        ),
    ]
    chosen = [each for each in declared if each.cron != NEVER]
    for each in chosen:
        _check(each)
    return chosen


def missed(flow: ScheduledFlow, since: dt.datetime, now: dt.datetime, within_days: int) -> list[dt.datetime]:
    """When it was due after it had last run, but not longer ago than so many days."""
    return flow.due(max(since, now - dt.timedelta(days=within_days)), until=now)


def catch_up_parameters(due: Sequence[dt.datetime], catch_up: str, timezone: str) -> list[dict[str, Any]]:
    """Parameters of the runs that make up for those missed, in their order.

    The newest is made up for by one run on the newest data. With "each", the ones before it are planned as of the
    day before they were due in the first half of a day, or that day.
    """
    if not due or catch_up == NEVER:
        return []
    earlier = due[:-1] if catch_up == "each" else []
    return [{"as_of": _planned_day(instant, timezone).isoformat()} for instant in earlier] + [{}]


def deployment_name(flow: ScheduledFlow, settings: Settings) -> str:
    """Name of a company's deployment: companies on one Prefect server do not take each other's."""
    company = re.sub(r"[^a-z0-9]+", "-", settings.company.name.lower()).strip("-")
    return f"{flow.name}-{company}-{fingerprint(str(settings.root.resolve()))[:6]}"


def prefect_yaml(settings: Settings, *, folder: str, settings_file: str, work_pool: str) -> dict[str, Any]:
    """The same deployments for a Prefect server with a work pool, as prefect.yaml has them.

    Parameters
    ----------
    settings: of the company.
    folder: where the program lies on the worker's machine.
    settings_file: the company's restock.toml there.
    work_pool: name of a pool of type `process`.
    """
    return {
        "name": "restock",
        "pull": [{"prefect.deployments.steps.set_working_directory": {"directory": folder}}],
        "deployments": [
            {
                "name": each.name,
                "description": each.description,
                "entrypoint": each.entrypoint,
                "parameters": {"settings_file": settings_file, **each.parameters},
                "schedules": [{"cron": each.cron, "timezone": each.timezone}],
                "concurrency_limit": 1,
                "work_pool": {"name": work_pool},
            }
            for each in scheduled_flows(settings)
        ],
    }


def _planned_day(due: dt.datetime, timezone: str) -> dt.date:
    local = due.astimezone(ZoneInfo(timezone))
    return local.date() - dt.timedelta(days=1 if local.hour < 12 else 0)


def _check(flow: ScheduledFlow) -> None:
    try:
        ZoneInfo(flow.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise SettingsError(
            f"schedule.timezone (else company.timezone) is {flow.timezone!r}, which is no time zone; write one such as "
            "Europe/Berlin"
        ) from None
    try:
        CronSchedule(cron=flow.cron, timezone=flow.timezone)
    except ValueError:
        raise SettingsError(
            f"schedule.{flow.name} is {flow.cron!r}, which is no cron text; write minute, hour, day, month and day of "
            f'the week, such as "15 3 * * *", or "{NEVER}"'
        ) from None
