"""`restock simulate`: the company's own past replayed, week by week, with what was known then."""

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from prefect import flow

from data_contracts.declarations import SOURCE_FILE, SOURCE_LINE
from database.engine import connect
from database.migrations import check_schema
from database.simulations import record_simulation
from flows.execution import progress
from flows.execution.abandoned_runs import close_abandoned_runs
from flows.execution.fingerprints import code_version, fingerprint, settings_hash
from flows.execution.retention import keep_newest
from flows.execution.run import PlanningRun, keep_snapshot, run_folder
from flows.execution.stages import Job, group_name, run_jobs, run_once, run_stage
from flows.execution.storage import Stored, fetch, store
from flows.execution.watched_run import own_work
from flows.fitting import FittedModels, fit_models
from flows.inputs import (
    Reading,
    accepted_tables,
    company_inputs,
    decision_day,
    groups_of,
    prepare,
    read_sources,
    with_snapshots,
)
from flows.simulation.replay import ReplaySpan, decide_review, forecast_review, observe_history
from flows.simulation.score import GroupScores, score_group, score_replay
from identity.past_stock import PastStock, as_it_stood, stock_of
from intake.point_in_time import as_known_on
from models.inventory.replay import ALL, ALL_DAYS, ReplayCalendar, replay_calendar
from reports.reading import records
from settings import DataRefused, Settings, load_settings
from settings.secrets import secrets_kept_from_errors

FLOW = "simulate_past"
LEAST_HISTORY_WEEKS = 13
"""Weeks of sales before the first fit of models: with less there is nothing to compare them on."""

KEPT_FOLDERS = 400
"""Folders of fits and reviews kept on disk: those of two or three replays of half a year."""

_KNOWN_BY = {"sales": "date", "stock_levels": "date", "inventory": "as_of", "fx_rates": "date"}


@flow(name=FLOW, flow_run_name="past of {settings_file}", validate_parameters=True)
@own_work
@secrets_kept_from_errors()
def replay(settings_file: str, until: str | None = None, weeks: int | None = None) -> dict[str, Any]:
    """Replay the company's past.

    1. Read and validate the sources; find the newest day and the reviews before it.
    2. Fit models every few weeks on what was known then.
    3. Forecast at each review with what was known then; collect what really happened.
    4. Decide, review by review, on the stock that the decisions before had led to.
    5. Compare with the company's own orders and naive rules; tune; record.

    Weeks that were replayed before, with the same rows, settings and code, are found again.

    Parameters
    ----------
    settings_file: the company's restock.toml.
    until: last day of the replay (ISO); the newest inventory's day when not given.
    weeks: weeks that are scored; the settings' when not given.

    Returns
    -------
    The outcome as `restock simulate --json` prints it.

    Raises
    ------
    DataRefused: the data cannot be planned on, or the history is too short for so many weeks.
    """
    settings = load_settings(Path(settings_file))
    engine = connect(settings.database.url, settings.root)
    check_schema(engine)
    close_abandoned_runs(FLOW, settings_file)
    reading = read_sources(settings)
    day = decision_day(reading, settings, dt.date.fromisoformat(until) if until else None)
    reading = with_snapshots(reading, settings, day)
    company, asked = settings.company, settings.simulation
    calendar = replay_calendar(
        day,
        weeks=weeks or asked.weeks,
        warm_up_weeks=asked.warm_up_weeks,
        refit_weeks=asked.refit_weeks,
        period=company.period,
        week_starts_on=company.week_starts_on,
    )
    accepted = accepted_tables(reading, settings)
    refuse_short_history(accepted["sales"], calendar, weeks or asked.weeks)
    start = as_it_stood(accepted, calendar.ends[0].item(), settings)
    found = _replay(settings, calendar, reading, ReplayRuns(settings, accepted))
    codes = {"code_version": code_version(), "settings_hash": settings_hash(settings)}
    found["header"]["notes"] += [f"At the start: {worked_out}" for worked_out in start.reconstructed]
    simulation = record_simulation(engine, found["header"] | codes, found["results"], found["tuning"])
    keep_newest(run_folder(settings) / "replays", KEPT_FOLDERS)
    return outcome(found, simulation)


def _replay(settings: Settings, calendar: ReplayCalendar, reading: Reading, runs: "ReplayRuns") -> dict[str, Any]:
    day: dt.date = calendar.ends[-1].item()
    prepared = run_once(prepare, runs.of(day, "end"), "Assemble the tables", manifest=reading.manifest)
    groups = groups_of(prepared, settings.run.workers)
    inputs = company_inputs(prepared)
    fits = {day: _fit(runs.of(day, "fit"), reading) for day in calendar.fit_days}
    weeks = _forecast(calendar, reading, runs, groups, fits)
    span = runs.of(day, "span", [calendar.ends.astype(str).tolist(), calendar.fits.astype(str).tolist()])
    observed = run_stage(
        observe_history, span, groups, "Collect what really happened", len(inputs.items),
        calendar={"calendar": store(calendar, span.folder_for("calendar", "calendar"))}, prepared=prepared,
        pooled={day.isoformat(): fit.pooled for day, fit in fits.items()}, weeks=weeks,
    )  # fmt: skip
    reviews = _decide(calendar, runs, groups, fits, weeks, observed)
    last = runs.of(day, "score", [span.key, [found[-1]["digest"] for found in reviews.values()]])
    scored = run_stage(
        score_group, last, groups, "Compare policies", len(inputs.items),
        observed=observed, reviews=reviews, weeks=weeks, has_own_orders=len(inputs.tables["purchase_orders"]) > 0,
    )  # fmt: skip
    return score_replay(
        settings,
        [fetch(GroupScores, scored[group_name(group)]) for group in groups],
        key=last.key,
        first_day=calendar.ends[calendar.scored.argmax()].item(),
        last_day=day,
        weeks=round(float(calendar.days[calendar.scored].sum()) / 7),
    )


def _fit(run: PlanningRun, reading: Reading) -> FittedModels:
    """Models fitted as on that day."""
    title = f"Fit {run.as_of}: "
    prepared = run_once(prepare, run, f"{title}Assemble the tables", manifest=reading.manifest)
    return fit_models(run, prepared, title=title)


def _forecast(
    calendar: ReplayCalendar,
    reading: Reading,
    runs: "ReplayRuns",
    groups: list[list[int]],
    fits: Mapping[dt.date, FittedModels],
) -> list[dict[str, Stored]]:
    """Each review's forecasts and tables, as known then."""
    progress.stage("Forecast at each review", len(calendar.reviews))
    jobs = []
    for day, fitted_on in zip(calendar.review_days, calendar.fits, strict=True):
        fitted = fits[fitted_on.item()]
        run = runs.of(day, "forecast_review", [fitted.calibrated, groups])
        given = {
            "manifest": reading.manifest,
            "until": calendar.ends[-1].item().isoformat(),
            "groups": groups,
            "fitted": fitted,
        }
        jobs.append(Job(forecast_review, run, [], given))
    return run_jobs(jobs)


def _decide(
    calendar: ReplayCalendar,
    runs: "ReplayRuns",
    groups: list[list[int]],
    fits: Mapping[dt.date, FittedModels],
    weeks: Sequence[dict[str, Stored]],
    observed: dict[str, Stored],
) -> dict[str, list[Stored]]:
    """What each review decided, by group of buckets; each starts from those before it."""
    windows = {name: fetch(ReplaySpan, stored).window for name, stored in observed.items()}
    # Each review of a group tells how many items it decided.
    total = len(calendar.review_days) * sum(len(window) for window in windows.values())
    progress.stage("Decide at each review", total)
    decided: dict[str, list[Stored]] = {group_name(group): [] for group in groups}
    for review, day in enumerate(calendar.review_days):
        pooled = fits[calendar.fits[review].item()].pooled
        jobs = []
        for group in groups:
            name = group_name(group)
            depends = [windows[name].digest_until(review), weeks[review][name]["digest"], pooled["company"]["digest"]]
            depends += [stored["digest"] for stored in decided[name]]
            run = runs.of(day, "decide_review", [*depends, runs.settings.simulation.scenarios, name])
            given = {"week": weeks[review], "observed": observed, "pooled": pooled, "before": decided[name]}
            jobs.append(Job(decide_review, run, group, given))
        for found in run_jobs(jobs):
            for name, stored in found.items():
                decided[name] = [*decided[name], stored]
    return decided


def refuse_short_history(sales: pd.DataFrame, calendar: ReplayCalendar, weeks: int) -> None:
    """See that sales reach back far enough for the first fit of a replay of so many weeks.

    Raises
    ------
    DataRefused: they do not; the message names how many weeks are possible.
    """
    first = pd.Timestamp(sales["date"].min()).date()
    needed = calendar.fit_days[0] - dt.timedelta(weeks=LEAST_HISTORY_WEEKS)
    if first > needed:
        possible = weeks - int(np.ceil((first - needed).days / 7))
        advice = f"ask for --weeks {possible}, or deliver" if possible >= 1 else "deliver"
        raise DataRefused(
            f"sales: a replay of {weeks} weeks needs sales from {needed} on ({LEAST_HISTORY_WEEKS} weeks to fit "
            f"models on and the warm-up before {calendar.ends[calendar.scored.argmax()].item()}), and the first sale "
            f"is of {first}; {advice} older sales"
        )


class ReplayRuns:
    """Runs of a replay, keyed by the rows known then, the settings and the code."""

    def __init__(self, settings: Settings, accepted: Mapping[str, pd.DataFrame]) -> None:
        self.settings, self._snapshot = settings, keep_snapshot(settings)
        self._folder = run_folder(settings) / "replays"
        self._undone = {name: accepted[name] for name in _UNDONE if name in accepted}
        self._rows = {name: _row_hashes(frame) for name, frame in accepted.items() if name not in _UNDONE}
        self._dates = {
            name: accepted[name][_KNOWN_BY[name]].to_numpy().astype("datetime64[D]")
            for name in self._rows
            if name in _KNOWN_BY
        }
        self._accepted = accepted
        self._stock: PastStock | None = None
        self._known: dict[dt.date, str] = {}

    def of(self, day: dt.date, kind: str, depends: object = None) -> PlanningRun:
        """The run of a day for some purpose, and what else its results depend on."""
        if day not in self._known:
            self._known[day] = self._hash(day)
        parts = [kind, day.isoformat(), self._known[day], settings_hash(self.settings), code_version(), depends]
        key = fingerprint(parts)
        return PlanningRun(self._snapshot, day.isoformat(), key, str(self._folder / f"{day.isoformat()}-{key}"))

    def _hash(self, day: dt.date) -> str:
        total = hashlib.blake2b(digest_size=16)
        moment = np.datetime64(day, "D")
        for name, rows in sorted(self._rows.items()):
            known = rows
            if name in self._dates:
                dates = self._dates[name]
                known = rows[dates == moment if name == "inventory" else dates <= moment]
            total.update(name.encode())
            total.update(known.tobytes())
        total.update(_row_hashes(self._stock_worked_out(day)).tobytes())
        for name, frame in sorted(as_known_on(self._undone, day).tables.items()):
            total.update(name.encode())
            total.update(_row_hashes(frame).tobytes())
        return total.hexdigest()

    def _stock_worked_out(self, day: dt.date) -> pd.DataFrame:
        """What `as_it_stood` adds to the stock that was known on the day."""
        inventory = self._accepted["inventory"]
        counted = set(inventory.loc[inventory["as_of"] == pd.Timestamp(day), "location"])
        if counted >= set(inventory["location"]):
            return inventory.iloc[:0]
        self._stock = self._stock or stock_of(self._accepted, self.settings)
        return self._stock.on(day, counted)


_UNDONE = ("purchase_orders", "receipts", "transfers")
"""Tables of which later events are undone, not only cut: hashed as they stood then."""


def _row_hashes(frame: pd.DataFrame) -> NDArray[np.uint64]:
    """(rows,) hash of each row's values, whatever file it stood in."""
    values = frame.drop(columns=[name for name in (SOURCE_FILE, SOURCE_LINE) if name in frame])
    hashes: NDArray[np.uint64] = pd.util.hash_pandas_object(values, index=False).to_numpy().astype(np.uint64)
    return hashes


def outcome(found: Mapping[str, Any], simulation_id: str) -> dict[str, Any]:
    """The outcome as `--json` prints it: the header, every policy's figures over all items, and the tuning."""
    header, results = found["header"], found["results"]
    overall = results[(results["scope"] == ALL) & (results["days"] == ALL_DAYS)]
    policies = {
        policy: {row["measure"]: {name: row[name] for name in ("value", "low", "high")} for row in records(rows)}
        for policy, rows in overall.groupby("policy", sort=False)
    }
    shown = {name: header[name] for name in header if name not in {"code_version", "settings_hash"}}
    return {
        "simulation_id": simulation_id,
        **shown,
        "as_of": str(header["as_of"]),
        "first_day": str(header["first_day"]),
        "policies": policies,
        "tuning": records(found["tuning"]),
    }
