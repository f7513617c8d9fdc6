"""The nightly flow: what a planning run does, in the order of the rooms."""

import contextlib
import datetime as dt
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from prefect import flow
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from data_contracts.as_of import company_today
from database.engine import connect
from database.locks import HeldLock, run_lock
from database.migrations import check_schema
from database.planned_lines import open_planned_lines
from database.publishing import record_refused_run
from database.queries import current_run, published_manifest
from database.simulations import accepted_tuning
from flows import artifacts
from flows.coupling import couple_orders
from flows.deciding import add_up_budget, decide_orders
from flows.execution import progress
from flows.execution.abandoned_runs import close_abandoned_runs
from flows.execution.fingerprints import code_version, fingerprint, settings_hash
from flows.execution.retention import tidy_after_run
from flows.execution.run import PlanningRun, open_run
from flows.execution.stages import run_once, run_stage
from flows.execution.watched_run import own_work
from flows.fitting import fit_models
from flows.inputs import (
    Reading,
    company_inputs,
    decision_day,
    groups_of,
    past_reading,
    prepare,
    read_sources,
    save_stock_snapshots,
    with_newest_events,
    with_snapshots,
)
from flows.publishing import publish
from flows.report_files import write_report_files
from reports.reading import records
from settings import RestockError, RunLocked, Settings, load_settings
from settings.secrets import safe_text, secrets_kept_from_errors

FLOW = "nightly_replenishment"
LOCK_LOOK_SECONDS = 20.0


@flow(name=FLOW, flow_run_name="plan of {settings_file}", validate_parameters=True)
@own_work
@secrets_kept_from_errors()
def replenish(
    settings_file: str,
    as_of: str | None = None,
    reread: bool = False,
    reports: bool = False,
    wait_minutes: float = 0,
) -> dict[str, Any]:
    """Plan one day.

    1. Take the company's run lock and read what people have decided.
    2. Read and validate the sources, or what a past run had read.
    3. Find the day, and assemble the tables under canonical identity.
    4. Build demand histories; pool what the company's items share.
    5. Fit the global models; compare models on rolling origins; choose and calibrate.
    6. Forecast, decide what to order, weigh the orders against what they share, and turn it into money.
    7. Write, audit, switch.
    8. Write the reports, where they are wanted.

    Parameters
    ----------
    settings_file: the company's restock.toml.
    as_of: plan a past day (ISO) with what was known then; the newest inventory's day when not given.
    reread: for a past day: read the sources again instead of what that day's run had read.
    reports: write the reports of the published plan to files.
    wait_minutes: how long another run's end is waited for, before this one is refused.

    Returns
    -------
    run_id, as_of, items, rejected_rows, exceptions, notes, labels; reports (paths), where they were written.

    Raises
    ------
    SettingsError, DataRefused, PublishError, RunLocked: nothing is published, and the last plan stays visible.
    RestockError: the plan is published, and its reports could not be written.
    """
    settings = load_settings(Path(settings_file))
    engine = connect(settings.database.url, settings.root)
    check_schema(engine)
    wanted = dt.date.fromisoformat(as_of) if as_of else None
    with (
        _lock_when_free(engine, wait_minutes) as lock,
        artifacts.progress_artifact(),
        _refusal_kept(engine, settings, wanted),
    ):
        close_abandoned_runs(FLOW, settings_file)
        reading = _read(engine, settings, wanted, reread=reread)
        day = decision_day(reading, settings, wanted)
        reading = with_newest_events(with_snapshots(reading, settings, day), settings, day)
        planned = _planned_lines(engine, settings, day if wanted else None)
        tuned = _tuned(engine, settings, day if wanted else None)
        run = open_run(settings, day, reading.manifest_hash, fingerprint([planned, tuned]))
        outcome = _plan(engine, lock, run, reading, planned, tuned)
        tidy_after_run(settings, engine, dt.datetime.now(dt.UTC))
        if reports:
            outcome["reports"] = _write_reports(settings, engine, day)
    return outcome


def _write_reports(settings: Settings, engine: Engine, day: dt.date) -> list[str]:
    run = current_run(engine, day)
    assert run is not None
    progress.stage("Write the reports", 1)
    try:
        return [str(file) for file in write_report_files(settings, engine, run)]
    except Exception as fault:
        raise RestockError(
            f"the plan as of {day} is published as run {run.run_id}, but its reports could not be written "
            f"({type(fault).__name__}: {fault}); write them with `restock report`"
        ) from fault


@contextlib.contextmanager
def _lock_when_free(engine: Engine, wait_minutes: float) -> Iterator[HeldLock]:
    until = time.monotonic() + 60 * wait_minutes
    told = False
    with contextlib.ExitStack() as stack:
        while True:
            try:
                lock = stack.enter_context(run_lock(engine))
                break
            except RunLocked as locked:
                if time.monotonic() >= until:
                    raise
                if not told:
                    progress.stage(f"Wait: {locked}", 1)
                told = True
                time.sleep(LOCK_LOOK_SECONDS)
        yield lock


@contextlib.contextmanager
def _refusal_kept(engine: Engine, settings: Settings, wanted: dt.date | None) -> Iterator[None]:
    """Keep a run that ends before it publishes, so that `restock status` tells of it; later ends are kept already."""
    started = dt.datetime.now(dt.UTC)
    try:
        yield
    except RunLocked:
        raise
    except Exception as error:
        name = "" if isinstance(error, RestockError) else f"{type(error).__name__}: "
        reason = safe_text(f"{name}{error}").strip().partition("\n")[0]
        with contextlib.suppress(SQLAlchemyError, RestockError):  # the run's own error is the one to be told
            record_refused_run(
                engine,
                as_of=wanted or company_today(settings),
                started_at=started,
                code_version=code_version(),
                settings_hash=settings_hash(settings),
                message=reason,
            )
        raise


def _plan(
    engine: Engine,
    lock: HeldLock,
    run: PlanningRun,
    reading: Reading,
    planned: list[dict[str, Any]],
    tuned: dict[str, float],
) -> dict[str, Any]:
    prepared = run_once(prepare, run, "Assemble the tables", manifest=reading.manifest)
    groups = groups_of(prepared, run.settings.run.tasks)
    save_stock_snapshots(reading, run.settings, run.day)
    inputs = company_inputs(prepared)
    fitted = fit_models(run, prepared)
    plans = run_stage(
        decide_orders, run, groups, "Forecast and decide", len(inputs.items),
        prepared=prepared, fitted=fitted, planned_lines=planned, tuned=tuned,
    )  # fmt: skip
    coupled = run_once(
        couple_orders, run, "Weigh orders against limits", prepared=prepared, plans=plans, planned_lines=planned
    )
    budget = run_once(add_up_budget, run, "Add up the budget", prepared=prepared, plans=plans)
    outcome = publish(engine, lock, run, reading, prepared, plans, coupled, budget)
    artifacts.write(outcome, inputs, engine)
    return outcome


def _read(engine: Engine, settings: Settings, as_of: dt.date | None, *, reread: bool) -> Reading:
    """The newest day reads the sources; an older one uses what its last published run had read."""
    if as_of is not None and not reread:
        newest, manifest = current_run(engine), published_manifest(engine, as_of)
        if manifest is not None and newest is not None and as_of < newest.as_of:
            return past_reading(manifest, settings)
    return read_sources(settings)


def _planned_lines(engine: Engine, settings: Settings, past_day: dt.date | None) -> list[dict[str, Any]]:
    """What people have decided to order, as it stood at the end of a past day, or now."""
    frame = open_planned_lines(engine, until=_end_of(past_day, settings))
    return [
        {
            name: value if isinstance(value, float) else None if pd.isna(value) else str(value)
            for name, value in row.items()
        }
        for row in records(frame)
    ]


def _tuned(engine: Engine, settings: Settings, past_day: dt.date | None) -> dict[str, float]:
    """Shift of the quantile ordered at, by class, as the newest replay accepted it by the end of a past day, or now."""
    if not settings.simulation.use_tuning:
        return {}
    return {
        row["abc"]: row["quantile_shift"] for row in records(accepted_tuning(engine, until=_end_of(past_day, settings)))
    }


def _end_of(past_day: dt.date | None, settings: Settings) -> dt.datetime | None:
    if past_day is None:
        return None
    return dt.datetime.combine(past_day, dt.time.max, ZoneInfo(settings.company.timezone))
