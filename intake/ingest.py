"""The way of one input table from its source to accepted rows, part by part.

read -> map columns -> coerce -> cut into months -> validate what is new -> keep

Files are read in batches and judged month by month, so the memory that is needed grows with the largest month and
not with the table.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import pandas as pd

from data_contracts.acceptance.accepted import PART_COLUMNS, TableIntake, load_rejected
from data_contracts.acceptance.outcomes import ACROSS, RESULT_COLUMNS
from data_contracts.acceptance.parts import PartStore
from data_contracts.acceptance.rejected_share import too_many_rejected
from data_contracts.contract import Contract
from data_contracts.derived_rules import REPEATED_WITHOUT_ORDER
from intake.delivery import read_source
from intake.mapping.coercion import coerce
from intake.mapping.column_matching import format_dependent_columns, uses_column
from intake.mapping.whole_file_formats import with_whole_file_formats
from intake.monthly_validation import validate_months
from intake.rows_by_month import RowsByMonth
from intake.sources.raw import Delivery, Note
from settings import DataRefused, TableSource
from settings.schema import DataSettings

Result = tuple[str, str, str, str, int, int, str]


def ingest_table(
    contract: Contract,
    source: TableSource,
    root: Path,
    store: PartStore,
    data: DataSettings,
    *,
    timezone: str = "UTC",
    ingested_at: str | None = None,
    others: Collection[tuple[Contract, TableSource]] = (),
) -> TableIntake:
    """Read everything that a table's source lists, and judge the parts that are new.

    Parameters
    ----------
    contract: of the table.
    source: its `[sources.TABLE]`.
    root: folder of `restock.toml`; paths are relative to it.
    store: where parts are kept.
    data: `[data]`.
    timezone: zone in which instants with an offset become days.
    ingested_at: instant written beside new parts, for people; the clock's where not given. No result depends on it.
    others: further tables that are read from the same files, whose columns are no news.

    Raises
    ------
    DataRefused: a file is missing or broken, a required column is missing, dates are ambiguous, a stop rule of the
        table fired, or too large a share of the rows is rejected, or counted once for want of an order number.
    """
    stamp = ingested_at or dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    with RowsByMonth(contract, store.root) as rows:
        notes = _read(contract, source, root, store.root / "databases", timezone, rows, others)
        judged = validate_months(contract, rows, store, data, stamp)
    results = [pd.DataFrame(notes, columns=list(RESULT_COLUMNS)), *(each.results for each in judged)]
    intake = TableIntake(
        table=contract.table,
        root=store.root,
        parts=pd.DataFrame([each.part for each in judged], columns=list(PART_COLUMNS)),
        rule_results=pd.concat([part for part in results if len(part)], ignore_index=True)
        if any(map(len, results))
        else _no_results(),
    )
    _refuse_if_too_much_is_wrong(contract, intake, data)
    _refuse_if_too_much_counts_once(contract, intake, data)
    return intake


def _read(
    contract: Contract,
    source: TableSource,
    root: Path,
    kept: Path,
    timezone: str,
    rows: RowsByMonth,
    others: Collection[tuple[Contract, TableSource]],
) -> list[Result]:
    """Coerced rows of all files into `rows`; returned are the results that concern the files themselves."""
    seen: dict[str, str] = {}
    notes: list[Result] = []
    total_rows: list[Note] = []
    for delivery in read_source(contract, source, root, kept):
        if delivery.content_hash in seen:
            first = seen[delivery.content_hash]
            message = f"{delivery.source}: the same content as {first}, counted once; take one of them away"
            notes.append((contract.table, ACROSS, f"{contract.table}.source.delivered_twice", "warn", 1, 1, message))
            continue
        seen[delivery.content_hash] = delivery.source
        new_columns, noted = _read_delivery(contract, source, timezone, delivery, rows)
        mapping = f"[sources.{contract.table}.columns]"
        notes += [
            (
                contract.table,
                ACROSS,
                f"{contract.table}.columns.new",
                "warn",
                1,
                1,
                f"{delivery.source}: column {name!r} is not known and not used; map it in {mapping} if it should be",
            )
            for name in new_columns
            if not any(uses_column(*other, name) for other in others)
        ]
        total_rows += noted
    return [*notes, *_notes_as_results(contract.table, total_rows)]


def _read_delivery(
    contract: Contract, source: TableSource, timezone: str, delivery: Delivery, rows: RowsByMonth
) -> tuple[tuple[str, ...], list[Note]]:
    """Coerced rows of one file into `rows`; returned are its new columns and the notes on its rows."""
    new_columns: tuple[str, ...] = ()
    noted: list[Note] = []
    for raw in with_whole_file_formats(delivery, partial(format_dependent_columns, contract, source)).batches():
        coerced = coerce(contract, raw, source, timezone)
        rows.add(coerced.rows)
        new_columns = coerced.new_columns
        noted += raw.notes
    return new_columns, noted


def _notes_as_results(table: str, notes: Sequence[Note]) -> list[Result]:
    """Notes as rows of rule results; those of several batches of one source are counted together.

    Returns
    -------
    Tuples of table, part, rule, outcome, rows checked, rows failed and message.
    """
    together: dict[tuple[str, str, str], Note] = {}
    for note in notes:
        kind = (note.rule, note.source, note.text)
        before = together.get(kind, replace(note, rows=0, total_rows=0))
        together[kind] = replace(before, rows=before.rows + note.rows, total_rows=before.total_rows + note.total_rows)
    return [
        (table, ACROSS, f"{table}.{note.rule}", "warn", note.total_rows, note.rows, note.message)
        for note in together.values()
        if note.rows
    ]


def _no_results() -> pd.DataFrame:
    return pd.DataFrame(
        {name: pd.Series(dtype="int64" if name.startswith("rows") else "object") for name in RESULT_COLUMNS}
    )


def _refuse_if_too_much_is_wrong(contract: Contract, intake: TableIntake, data: DataSettings) -> None:
    results = intake.rule_results
    stopped = results[(results["outcome"] == "stop") & (results["rows_failed"] > 0)]
    if len(stopped):
        raise DataRefused(stopped["first_example"].iloc[0])
    read, rejected = int(intake.parts["rows_read"].sum()), int(intake.parts["rows_rejected"].sum())
    if read == 0 or rejected <= data.max_rejected_share * read:
        return
    reason = too_many_rejected(contract.table, read, load_rejected(intake), data.max_rejected_share)
    if reason is not None:
        raise DataRefused(reason)


def _refuse_if_too_much_counts_once(contract: Contract, intake: TableIntake, data: DataSettings) -> None:
    """Rows that nothing distinguishes may be one sale twice or two sales; of many, one would be wrong either way."""
    results = intake.rule_results
    found = results[(results["rule"] == f"{contract.table}.{REPEATED_WITHOUT_ORDER}") & (results["rows_failed"] > 0)]
    read, again = int(intake.parts["rows_read"].sum()), int(found["rows_failed"].sum())
    if again <= data.max_rejected_share * read:
        return
    raise DataRefused(
        f"{contract.table}: {again} of {read} rows ({again / read:.1%}) are duplicates of another row of their file "
        f"and have no order number, so they would be left out; data.max_rejected_share allows "
        f"{data.max_rejected_share:.1%}; map the order number as order in [sources.{contract.table}.columns]; where "
        "the file has none, export it, or sum the sales of each day; where rows really are there twice, delete them:\n"
        f"  first {found['first_example'].iloc[0]}"
    )
