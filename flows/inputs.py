"""From the company's sources to the run's inputs: read, validate, find the day, resolve, cut into buckets."""

import dataclasses
import datetime as dt
import json
import math
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from prefect import task
from prefect.futures import as_completed
from prefect.task_runners import ThreadPoolTaskRunner

from data_contracts.acceptance.accepted import TableIntake, load_accepted, load_rejected
from data_contracts.acceptance.cross_table_rules import check_sources, validate_across_tables, without_future_rows
from data_contracts.acceptance.parts import UNDATED, WHOLE, PartStore
from data_contracts.acceptance.rejected_share import tables_with_too_many_rejected
from data_contracts.as_of import company_today, determine_as_of, last_complete_day
from data_contracts.declarations import EVERYTHING
from data_contracts.tables import CONTRACTS
from features.channel_mix import pooled_mix
from features.items import planned_items
from features.resellable_returns import return_profile
from features.sales_gaps import gap_results, sales_gaps
from features.stock_recording import stock_recording, stock_recording_results
from features.stock_rows import counted_later_results, no_row_results
from flows.execution import progress
from flows.execution.fingerprints import fingerprint
from flows.execution.run import PlanningRun, bucket_groups, run_folder
from flows.execution.stages import TaskResult, stage_task
from flows.execution.storage import Stored, fetch, store
from flows.results import Bucket, Inputs
from identity.past_stock import as_it_stood
from identity.resolve import resolve_identity
from identity.stock_snapshots import FOLDER, Snapshot, SnapshotStore, add_stock_history, newest_counts
from intake.ingest import ingest_table
from intake.point_in_time import EVENTS
from intake.sources.arrival import wait_for_files
from settings import DataRefused, Settings
from settings.secrets import secrets_kept_from_errors

SNAPSHOTS = "stock_snapshots"
"""Entry of the manifest for the kept stock that a run used."""

KNOWN_UNTIL = "known_until"
"""Entry of the manifest for the last day of which a newest plan knew what happened."""

DECIDED_ON = "decided_on"
"""Entry of the manifest for the day at whose end a newest plan was decided, where that is after its data's."""

ITEMS_OF_A_BUCKET = 32
"""Items of a bucket at most, as long as the company may have more buckets: each costs reading and writing files."""

LARGE_TABLES = ("demand_lines", "sales", "stock_levels", "fx_rates")
"""Not handed on whole: only as buckets' rows, or not at all."""

BUCKET_TABLES = (
    "demand_lines", "stock_levels", "products", "supply_terms", "transfer_terms", "purchase_orders", "transfers",
    "inventory",
)  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Reading:
    """What the sources hold now, or what a past run had read.

    known_until: last day of which orders, receipts, transfers and stock are known, beyond the plan's day; None for a
        past plan, which knows nothing later.
    decided_on: day at whose end a newest plan is decided, where that is after the plan's day: no order is placed before
        it, and the decision lag counts from it.
    """

    intakes: dict[str, TableIntake]
    from_manifest: bool
    snapshots: tuple[Snapshot, ...] = ()
    known_until: dt.date | None = None
    decided_on: dt.date | None = None

    @property
    def manifest(self) -> dict[str, Any]:
        """JSON-able list of all parts and snapshots, from which the same day can be planned again."""
        kept = {table: json.loads(intake.to_json()) for table, intake in self.intakes.items()}
        tables = {table: {**intake, "root": ""} for table, intake in kept.items()}  # the company's folder may move
        until, decided = (None if day is None else day.isoformat() for day in (self.known_until, self.decided_on))
        snapshots = [dataclasses.asdict(snapshot) for snapshot in self.snapshots]
        return tables | {SNAPSHOTS: snapshots, KNOWN_UNTIL: until, DECIDED_ON: decided}

    @property
    def parts(self) -> pd.DataFrame:
        """One row per part of any table: table, month, content_hash, rows_read, rows_accepted, rows_rejected, path."""
        frames = [intake.parts.assign(table=table) for table, intake in self.intakes.items()]
        return pd.concat(frames, ignore_index=True).rename(columns={"accepted_path": "path"})

    @property
    def manifest_hash(self) -> str:
        """Hash of the parts' and snapshots' contents, and of nothing about where or when they were read."""
        parts = {
            table: intake.parts[["month", "content_hash"]].to_dict("list") for table, intake in self.intakes.items()
        }
        snapshots = [dataclasses.asdict(snapshot) for snapshot in self.snapshots]
        return fingerprint([parts, snapshots, str(self.known_until), str(self.decided_on)])


def read_sources(settings: Settings) -> Reading:
    """Read and validate every source, a task per table.

    Raises
    ------
    SettingsError, DataRefused: see `data_contracts`.
    """

    @task(name="read", task_run_name="read {table}", persist_result=False)
    @secrets_kept_from_errors()
    def read_one(table: str) -> str:
        """Read and validate one table; parts that were validated before are not validated again."""
        # The settings are no parameter, because a source's URL may hold a password.
        return ingest_one(settings, table).to_json()

    check_sources(settings)
    progress.stage("Read and validate the sources", len(settings.sources))
    # The large tables first, so that they do not wait for a free worker at the end.
    tables = sorted(settings.sources, key=lambda table: (table not in {"sales", "stock_levels"}, table))
    read: dict[str, TableIntake] = {}
    # Threads of its own, as a stage has them: without Prefect there is no flow run that has any.
    runner: ThreadPoolTaskRunner[str] = ThreadPoolTaskRunner(max_workers=settings.run.workers)
    with runner:
        for future in as_completed([runner.submit(read_one, {"table": table}) for table in tables]):
            intake = TableIntake.from_json(future.result())
            read[intake.table] = intake
            progress.advance()
    return Reading({table: read[table] for table in sorted(read)}, from_manifest=False)


def ingest_one(settings: Settings, table: str) -> TableIntake:
    """One table of the company's sources, read and judged."""
    parts = PartStore(run_folder(settings) / "parts")
    zone = settings.company.timezone
    wait_for_files(table, settings.sources[table], settings.root, settings.data.wait_for_files_seconds)
    source = settings.sources[table]
    others = [
        (CONTRACTS[name], other)
        for name, other in settings.sources.items()
        if name != table and other.path is not None and other.path == source.path
    ]
    return ingest_table(CONTRACTS[table], source, settings.root, parts, settings.data, timezone=zone, others=others)


def past_reading(manifest: Mapping[str, Any], settings: Settings) -> Reading:
    """What a past run had read, from the company's kept parts.

    Raises
    ------
    DataRefused: one of its parts is no longer kept.
    """
    root = str(run_folder(settings) / "parts")
    tables = {table: intake for table, intake in manifest.items() if table not in {SNAPSHOTS, KNOWN_UNTIL, DECIDED_ON}}
    intakes = {table: TableIntake.from_json(json.dumps({**intake, "root": root})) for table, intake in tables.items()}
    for intake in intakes.values():
        for path in intake.parts["accepted_path"]:
            if not (intake.root / path).is_file():
                raise DataRefused(
                    f"{intake.table}: {intake.root / path} of that run's inputs is gone; run with --reread"
                )
    snapshots = tuple(Snapshot(**kept) for kept in manifest.get(SNAPSHOTS, []))
    known_until, decided_on = (_day(manifest.get(name)) for name in (KNOWN_UNTIL, DECIDED_ON))
    return Reading(intakes, from_manifest=True, snapshots=snapshots, known_until=known_until, decided_on=decided_on)


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def with_snapshots(reading: Reading, settings: Settings, as_of: dt.date) -> Reading:
    """The reading with the kept stock of the days that the inventory does not cover, up to `as_of`.

    What a past run had read names its snapshots itself.
    """
    if reading.from_manifest:
        return reading
    days = load_accepted(reading.intakes["inventory"])["as_of"].dropna().unique()
    delivered = {pd.Timestamp(day).date().isoformat() for day in days}
    since = as_of - dt.timedelta(days=settings.forecast.history_days)
    return dataclasses.replace(reading, snapshots=tuple(_snapshot_store(settings).kept(since, as_of, delivered)))


def with_newest_events(reading: Reading, settings: Settings, as_of: dt.date) -> Reading:
    """The reading as the newest plan uses it: with what has happened since `as_of`; a past day's is as it was.

    It is decided at the end of yesterday on the company's clock, such as of a week that ended days ago. What happened
    after the company's date is an error of the data, and not used.
    """
    if reading.from_manifest:
        return reading
    tables = {name: load_accepted(reading.intakes[name]) for name in ("inventory", *EVENTS) if name in reading.intakes}
    if as_of < _newest_day(tables["inventory"], settings):
        return reading
    today = pd.Timestamp(company_today(settings))
    happened = [tables[name][column] for name, column in {"inventory": "as_of", **EVENTS}.items() if name in tables]
    if "transfers" in tables:
        happened.append(tables["transfers"]["received_on"])
    days = pd.concat(happened, ignore_index=True)
    newest: Any = days[days <= today].max()
    yesterday = (today - pd.Timedelta(days=1)).date()
    return dataclasses.replace(
        reading,
        known_until=as_of if pd.isna(newest) else max(newest.date(), as_of),
        decided_on=yesterday if yesterday > as_of else None,
    )


def save_stock_snapshots(reading: Reading, settings: Settings, as_of: dt.date) -> None:
    """Keep the inventory just read, day by day, for the runs to come; days in the future are left out."""
    if not reading.from_manifest:
        today = max(as_of, company_today(settings))
        _snapshot_store(settings).keep(load_accepted(reading.intakes["inventory"]), today)


def accepted_tables(reading: Reading, settings: Settings) -> dict[str, pd.DataFrame]:
    """Accepted rows of every table, with the stock of every known day in them."""
    accepted = {table: load_accepted(intake) for table, intake in reading.intakes.items()}
    return add_stock_history(accepted, _snapshot_store(settings).load(reading.snapshots), settings)


def _snapshot_store(settings: Settings) -> SnapshotStore:
    return SnapshotStore(run_folder(settings) / FOLDER)


def decision_day(reading: Reading, settings: Settings, as_of: dt.date | None) -> dt.date:
    """The day at whose end the decision is made."""
    needed = {table: load_accepted(reading.intakes[table]) for table in ("inventory", "sales")}
    return determine_as_of(needed, settings, as_of)


def assemble(reading: Reading, settings: Settings, as_of: dt.date) -> Inputs:
    """All tables as they were known at `as_of`, checked against each other, under canonical identity.

    Raises
    ------
    DataRefused: a stop rule fired, or too large a share of a table's rows is rejected by all steps together.
    """
    accepted = accepted_tables(reading, settings)
    past = without_future_rows(accepted, as_of, settings)
    known = as_it_stood(past.tables, as_of, settings, known_until=reading.known_until)
    checked = validate_across_tables(known.tables, as_of, settings, snapshots=past.tables["inventory"])
    resolved = resolve_identity(checked.tables, settings, as_of)
    _refuse_too_many_rejected(reading, known.tables, [checked.rejected, resolved.rejected], settings, as_of)
    tables = resolved.tables | {"inventory": newest_counts(resolved.tables["inventory"])}
    items = planned_items(tables, as_of=as_of, planned_if_sold_within_days=settings.data.planned_if_sold_within_days)
    if items.empty:
        raise DataRefused("nothing to plan: no item has terms, stock, open orders or recent sales; check the sources")
    rejected = [load_rejected(intake) for intake in reading.intakes.values()]
    results = [intake.rule_results for intake in reading.intakes.values()]
    rhythm = {"period": settings.company.period, "week_starts_on": settings.company.week_starts_on}
    lines, stockouts = tables["demand_lines"], tables["stockouts"]
    of_history = [
        gap_results(sales_gaps(lines, stockouts, as_of, **rhythm), settings.company.period),
        stock_recording_results(stock_recording(tables, items, as_of, **rhythm)),
        no_row_results(tables, items, as_of, **rhythm),
        counted_later_results(tables["inventory"], as_of, settings.company.period),
    ]
    return Inputs(
        tables=tables,
        items=items,
        rejected=_joined([*rejected, past.rejected, checked.rejected, resolved.rejected]),
        results=_joined([*results, past.results, checked.results, resolved.results, *of_history]),
        reconstructed=list(known.reconstructed) if as_of < _newest_day(accepted["inventory"], settings) else [],
        sales_known_from=_first_day(lines["date"]),
        pooled_mix=pooled_mix(lines, as_of),
        returns=return_profile(lines, items, as_of),
        decided_on=reading.decided_on,
    )


def _refuse_too_many_rejected(
    reading: Reading,
    known: Mapping[str, pd.DataFrame],
    later: Sequence[pd.DataFrame],
    settings: Settings,
    as_of: dt.date,
) -> None:
    """Refuse tables of which all steps together reject too large a share: single rows, across tables, identity.

    Parameters
    ----------
    known: accepted rows by table, as of the plan's day.
    later: rows of these that were rejected after.
    """
    last, read, rejected = f"{as_of:%Y-%m}", {}, list(later)
    for table, intake in reading.intakes.items():
        months = intake.parts["month"]
        judged = dataclasses.replace(intake, parts=intake.parts[months.isin([WHOLE, UNDATED]) | (months <= last)])
        rejected.append(load_rejected(judged))
        read[table] = len(known[table]) + len(rejected[-1])
    reasons = tables_with_too_many_rejected(read, _joined(rejected), settings.data.max_rejected_share)
    if reasons:
        raise DataRefused("\n".join(reasons))


@stage_task("prepare")
def prepare(run: PlanningRun, group: str, buckets: list[int], manifest: dict[str, Any]) -> TaskResult:
    """Assemble the tables and write the company's and each bucket's rows."""
    settings = run.settings
    inputs = assemble(past_reading(manifest, settings), settings, run.day)
    count = bucket_count(len(inputs.items), settings.run.buckets)
    rows_of = {name: rows_by_bucket(inputs.tables[name], count) for name in BUCKET_TABLES}
    of_items = rows_by_bucket(inputs.items, count)
    results: dict[str, Stored] = {}
    for bucket in range(count):
        tables = {name: inputs.tables[name].iloc[rows[bucket]].reset_index(drop=True) for name, rows in rows_of.items()}
        tables["receipts"] = receipts_of(inputs.tables["receipts"], tables["purchase_orders"])
        items = inputs.items.iloc[of_items[bucket]].reset_index(drop=True)
        results[bucket_name(bucket)] = store(Bucket(tables, items), run.folder_for("prepare", bucket_name(bucket)))
    whole = {name: frame for name, frame in inputs.tables.items() if name not in LARGE_TABLES}
    company = dataclasses.replace(inputs, tables=whole)
    results["company"] = store(company, run.folder_for("prepare", "company"))
    return {"results": results, "items": len(inputs.items)}


def bucket_count(items: int, most: int) -> int:
    """Buckets of a company: a power of two that leaves each some 16 to 32 items, at most `most`.

    >>> [bucket_count(items, 16) for items in (1, 33, 300, 100_000)]
    [1, 2, 16, 16]
    """
    return min(most, 1 << math.ceil(math.log2(max(1, items / ITEMS_OF_A_BUCKET))))


def groups_of(prepared: Mapping[str, Stored], tasks: int) -> list[list[int]]:
    """The buckets that `prepare` wrote, divided into at most `tasks` groups."""
    return bucket_groups(len(prepared) - 1, tasks)


def bucket_name(bucket: int) -> str:
    """A bucket's name, which sorts as its number."""
    return f"{bucket:04d}"


def company_inputs(prepared: Mapping[str, Stored]) -> Inputs:
    """The company's part of what `prepare` wrote."""
    return fetch(Inputs, prepared["company"])


def bucket_of(skus: "pd.Series[str]", buckets: int) -> "pd.Series[int]":
    """Bucket of each SKU, 0 to `buckets` - 1; all locations of a SKU share one.

    The same on every machine, interpreter and day: CRC-32 of the SKU in UTF-8, modulo `buckets`.

    Parameters
    ----------
    skus: SKU codes, none missing.
    buckets: number of buckets, at least 1.

    Returns
    -------
    int64 series with the index of `skus`.

    >>> bucket_of(pd.Series(["A-1", "B-2"]), 16).tolist()
    [0, 3]
    """
    codes, distinct = pd.factorize(skus)
    of_distinct = np.array([zlib.crc32(str(sku).encode()) % buckets for sku in distinct], dtype="int64")
    return pd.Series(of_distinct[codes], index=skus.index, name="bucket", dtype="int64")


def rows_by_bucket(frame: pd.DataFrame, buckets: int) -> list[np.ndarray]:
    """Positions of each bucket's rows; rows for every SKU belong to every bucket."""
    number = bucket_of(frame["sku"].fillna(EVERYTHING), buckets).to_numpy()
    every = (frame["sku"].isna() | (frame["sku"] == EVERYTHING)).to_numpy()
    return [np.flatnonzero((number == bucket) | every) for bucket in range(buckets)]


def receipts_of(receipts: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    """The receipts of some orders."""
    key = ["order_number", "line_number"]
    inside = pd.MultiIndex.from_frame(receipts[key]).isin(pd.MultiIndex.from_frame(orders[key]))
    return receipts[inside].reset_index(drop=True)


def _newest_day(inventory: pd.DataFrame, settings: Settings) -> dt.date:
    """Last complete day of which the sources know the stock."""
    newest: Any = inventory["as_of"].max()
    return last_complete_day(pd.Timestamp(newest).date(), settings.company.period, settings.company.week_starts_on)


def _first_day(dates: "pd.Series[pd.Timestamp]") -> dt.date | None:
    first: Any = dates.min()
    return None if pd.isna(first) else pd.Timestamp(first).date()


def _joined(frames: list[pd.DataFrame]) -> pd.DataFrame:
    filled = [frame for frame in frames if len(frame)]
    joined = pd.concat(filled, ignore_index=True) if filled else frames[0]
    if "line" in joined:
        joined["line"] = joined["line"].astype(np.float64)
    for name in ("value", "source", "message"):
        if name in joined:
            joined[name] = [None if pd.isna(text) else str(text) for text in joined[name]]
    return joined
