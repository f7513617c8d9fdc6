"""`restock simulate`: the company's own past replayed, week by week, with what was known then."""

import dataclasses
import datetime as dt
import hashlib
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from prefect import flow
from prefect.task_runners import ThreadPoolTaskRunner

from data_contracts.contract import SOURCE_FILE, SOURCE_LINE
from database.engine import connect
from database.migrations import check_schema
from database.simulations import record_simulation
from flows.execution import progress
from flows.execution.abandoned_runs import close_left_behind
from flows.execution.fingerprints import code_version, fingerprint, settings_hash
from flows.execution.run import Night, bucket_groups, run_folder
from flows.execution.stages import Job, run_jobs, run_once, run_stage
from flows.execution.storage import Stored, fetch, store
from flows.forecasting import build_features, calibrate, pool, run_backtests
from flows.intake import Reading, accepted_tables, company_inputs, day_of, prepare, read_sources, with_snapshots
from flows.simulation.replay import Stretch, group_name, know_week, review_week, see_what_happened
from flows.simulation.score import Scored, score_group, score_replay
from flows.training import gather_lessons, learn
from intake.point_in_time import known_at
from models.inventory.replay import ALL, ALL_DAYS, ReplayCalendar, replay_calendar
from reports.reading import records
from settings import DataRefused, Settings, load_settings

FLOW = "simulate_past"
LEAST_HISTORY_WEEKS = 13
"""Weeks of sales before the first fit of models: with less there is nothing to compare them on."""

KEPT_FOLDERS = 400
"""Folders of nights and reviews kept on disk: those of two or three replays of half a year."""

_KNOWN_BY = {"sales": "date", "stock_levels": "date", "inventory": "as_of", "fx_rates": "date"}


def simulate_past(settings_file: str, until: str | None = None, weeks: int | None = None) -> dict[str, Any]:
    """Replay with as many workers as the company's settings say; see `replay`."""
    workers = load_settings(Path(settings_file)).run.workers
    runner: Any = ThreadPoolTaskRunner(max_workers=workers)
    outcome: dict[str, Any] = replay.with_options(task_runner=runner)(settings_file, until, weeks)
    return outcome


@flow(name=FLOW, flow_run_name="past of {settings_file}", validate_parameters=True)
def replay(settings_file: str, until: str | None = None, weeks: int | None = None) -> dict[str, Any]:
    """Replay the company's past.

    1. Read and validate the sources; find the newest day and the reviews before it.
    2. Fit models every few weeks on what was known then.
    3. Forecast at each review with what was known then; see what really happened.
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
    file = Path(settings_file)
    settings = load_settings(file)
    engine = connect(settings.database.url, settings.root)
    check_schema(engine)
    close_left_behind(FLOW, settings_file)
    reading = read_sources(settings, file)
    day = day_of(reading, settings, dt.date.fromisoformat(until) if until else None)
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
    _refuse_short_history(accepted["sales"], calendar, weeks or asked.weeks)
    nights = _Nights(settings, file, accepted)
    found = _replay(settings, calendar, reading, nights)
    codes = {"code_version": code_version(), "settings_hash": settings_hash(settings)}
    simulation = record_simulation(engine, found["header"] | codes, found["results"], found["tuning"])
    _prune(settings)
    return told(found, simulation)


@dataclasses.dataclass(frozen=True)
class Fitted:
    """What a fit left: results of the nightly stages up to the choice of models."""

    pooled: dict[str, Stored]
    learned: dict[str, Stored]
    calibrated: dict[str, Stored]


def _replay(settings: Settings, calendar: ReplayCalendar, reading: Reading, nights: "_Nights") -> dict[str, Any]:
    groups = bucket_groups(settings.run.buckets, settings.run.workers)
    day: dt.date = calendar.ends[-1].item()
    end = nights.of(day, "end")
    prepared = run_once(prepare, end, "Unite the tables", manifest=reading.manifest)
    fits = {day: _fit(nights.of(day, "fit"), reading) for day in calendar.fit_days}
    weeks = _know(calendar, reading, nights, groups, fits)
    stretch = nights.of(
        calendar.ends[-1].item(), "stretch", [calendar.ends.astype(str).tolist(), calendar.fits.astype(str).tolist()]
    )
    kept = {"calendar": store(calendar, stretch.place("calendar", "calendar"))}
    pooled = {day.isoformat(): fit.pooled for day, fit in fits.items()}
    progress.stage("See what happened", len(company_inputs(prepared).items))
    jobs = [
        Job(
            see_what_happened,
            stretch,
            group,
            {"calendar": kept, "prepared": prepared, "pooled": pooled, "weeks": weeks},
        )
        for group in groups
    ]
    happened = {name: stored for found in run_jobs(jobs) for name, stored in found.items()}
    reviews = _review(calendar, nights, groups, fits, weeks, happened)
    progress.stage("Compare policies", len(groups))
    last = nights.of(day, "score", [stretch.key, [found[-1]["digest"] for found in reviews.values()]])
    own = len(company_inputs(prepared).tables["purchase_orders"]) > 0
    given = {"happened": happened, "reviews": reviews, "weeks": weeks, "has_own_orders": own}
    scored = [
        stored
        for found in run_jobs([Job(score_group, last, group, given) for group in groups])
        for stored in found.values()
    ]
    return score_replay(
        settings,
        [fetch(Scored, stored) for stored in scored],
        key=last.key,
        first_day=calendar.ends[calendar.scored.argmax()].item(),
        last_day=day,
        weeks=round(float(calendar.days[calendar.scored].sum()) / 7),
    )


def _fit(night: Night, reading: Reading) -> Fitted:
    """Models fitted as on the night of that day."""
    run, forecast, on = night.settings.run, night.settings.forecast, night.as_of
    groups = bucket_groups(run.buckets, run.tasks)
    prepared = run_once(prepare, night, f"Fit {on}: unite", manifest=reading.manifest)
    items = len(company_inputs(prepared).items)
    features = run_stage(build_features, night, groups, f"Fit {on}: histories", items, prepared=prepared)
    pooled = run_once(pool, night, f"Fit {on}: pool", prepared=prepared, features=features)
    lessons = run_stage(gather_lessons, night, groups, f"Fit {on}: lessons", items, features=features, pooled=pooled)
    days = [[place] for place in range(1 + forecast.backtest_origins)]
    learned = run_stage(learn, night, days, f"Fit {on}: learn", len(days), features=features, lessons=lessons)
    backtests = run_stage(
        run_backtests, night, groups, f"Fit {on}: compare", items, features=features, pooled=pooled, learned=learned
    )
    calibrated = run_once(calibrate, night, f"Fit {on}: choose", backtests=backtests)
    return Fitted(pooled, learned, calibrated)


def _know(
    calendar: ReplayCalendar,
    reading: Reading,
    nights: "_Nights",
    groups: list[list[int]],
    fits: Mapping[dt.date, Fitted],
) -> list[dict[str, Stored]]:
    """Each review's forecasts and tables, as known then."""
    progress.stage("Forecast at each review", len(calendar.reviews))
    jobs = []
    for day, fitted_on in zip(calendar.review_days, calendar.fits, strict=True):
        fit = fits[fitted_on.item()]
        night = nights.of(day, "know", [fit.calibrated, groups])
        given = {
            "manifest": reading.manifest,
            "until": calendar.ends[-1].item().isoformat(),
            "groups": groups,
            "fitted": dataclasses.asdict(fit),
        }
        jobs.append(Job(know_week, night, [], given))
    return run_jobs(jobs)


def _review(
    calendar: ReplayCalendar,
    nights: "_Nights",
    groups: list[list[int]],
    fits: Mapping[dt.date, Fitted],
    weeks: Sequence[dict[str, Stored]],
    happened: dict[str, Stored],
) -> dict[str, list[Stored]]:
    """What each review decided, by group of buckets; each stands on those before it."""
    progress.stage("Decide at each review", len(calendar.reviews))
    pasts = {name: fetch(Stretch, stored).past for name, stored in happened.items()}
    decided: dict[str, list[Stored]] = {name: [] for name in happened}
    for review, day in enumerate(calendar.review_days):
        fit = fits[calendar.fits[review].item()]
        jobs = []
        for group in groups:
            name = group_name(group)
            depends = [pasts[name].digest_until(review), weeks[review][name]["digest"], fit.pooled["company"]["digest"]]
            depends += [stored["digest"] for stored in decided[name]]
            night = nights.of(day, "review", [*depends, nights.settings.simulation.scenarios, name])
            given = {"week": weeks[review], "happened": happened, "pooled": fit.pooled, "before": decided[name]}
            jobs.append(Job(review_week, night, group, given))
        for found in run_jobs(jobs):
            for name, stored in found.items():
                decided[name] = [*decided[name], stored]
    return decided


def _refuse_short_history(sales: pd.DataFrame, calendar: ReplayCalendar, weeks: int) -> None:
    first = pd.Timestamp(sales["date"].min()).date()
    needed = calendar.fit_days[0] - dt.timedelta(weeks=LEAST_HISTORY_WEEKS)
    if first > needed:
        possible = weeks - int(np.ceil((first - needed).days / 7))
        advice = f"ask for --weeks {possible}, or deliver" if possible >= 1 else "deliver"
        raise DataRefused(
            f"sales: a replay of {weeks} weeks needs sales from {needed} on ({LEAST_HISTORY_WEEKS} weeks to learn from "
            f"and the warm-up before {calendar.ends[calendar.scored.argmax()].item()}), and the first sale is of "
            f"{first}; {advice} older sales"
        )


class _Nights:
    """Nights of a replay, keyed by the rows known then, the settings and the code."""

    def __init__(self, settings: Settings, file: Path, accepted: Mapping[str, pd.DataFrame]) -> None:
        self.settings, self._file = settings, file
        self._folder = run_folder(settings) / "replays"
        self._undone = {name: accepted[name] for name in _UNDONE if name in accepted}
        self._rows = {name: _row_hashes(frame) for name, frame in accepted.items() if name not in _UNDONE}
        self._dates = {
            name: accepted[name][_KNOWN_BY[name]].to_numpy().astype("datetime64[D]")
            for name in self._rows
            if name in _KNOWN_BY
        }
        self._known: dict[dt.date, str] = {}

    def of(self, day: dt.date, kind: str, depends: object = None) -> Night:
        """The night of a day for some purpose, and what else its results depend on."""
        if day not in self._known:
            self._known[day] = self._hash(day)
        parts = [kind, day.isoformat(), self._known[day], settings_hash(self.settings), code_version(), depends]
        key = fingerprint(parts)
        return Night(str(self._file.resolve()), day.isoformat(), key, str(self._folder / f"{day.isoformat()}-{key}"))

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
        for name, frame in sorted(known_at(self._undone, day).tables.items()):
            total.update(name.encode())
            total.update(_row_hashes(frame).tobytes())
        return total.hexdigest()


_UNDONE = ("purchase_orders", "receipts", "transfers")
"""Tables of which later events are undone, not only cut: hashed as they stood then."""


def _row_hashes(frame: pd.DataFrame) -> NDArray[np.uint64]:
    """(rows,) hash of each row's values, whatever file it stood in."""
    values = frame.drop(columns=[name for name in (SOURCE_FILE, SOURCE_LINE) if name in frame])
    hashes: NDArray[np.uint64] = pd.util.hash_pandas_object(values, index=False).to_numpy().astype(np.uint64)
    return hashes


def told(found: Mapping[str, Any], simulation_id: str) -> dict[str, Any]:
    """The outcome as JSON tells it: the header, every policy's figures in all, and the tuning."""
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


def _prune(settings: Settings) -> None:
    """Keep what the newest replays went through; what they said is in the database."""
    folder = run_folder(settings) / "replays"
    folders = sorted((place for place in folder.iterdir() if place.is_dir()), key=lambda place: place.stat().st_mtime)
    for old in folders[:-KEPT_FOLDERS]:
        shutil.rmtree(old, ignore_errors=True)
