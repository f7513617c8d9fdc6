"""The way of one input table from its source to accepted rows, part by part.

read -> map columns -> coerce -> cut into months -> validate what is new -> keep
"""

import datetime as dt
import hashlib
import json
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import parquet

from data_contracts.coercion import arrow_schema, coerce
from data_contracts.contract import SOURCE_FILE, SOURCE_LINE, Contract, dtype_of
from data_contracts.delivery import read_source
from data_contracts.expectations import row_checks
from data_contracts.expectations.row_checks import PART
from data_contracts.outcomes import RESULT_COLUMNS, accepted_rows, rejected_rows, rule_results
from data_contracts.parts import Decision, PartKey, PartStore, content_hash, place_hash, row_hashes
from data_contracts.table_intake import PART_COLUMNS, TableIntake, load_accepted, load_rejected
from settings import DataRefused, TableSource
from settings.schema import DataSettings

__all__ = ["TableIntake", "ingest_table", "load_accepted", "load_rejected"]

UNDATED = "undated"
WHOLE = "all"
ROWS_VALIDATED_AT_ONCE = 2_000_000
NOT_OF_VALIDATION = ("today", "accept_volume_on", "max_rejected_share", "max_volume_factor", "max_data_age_days")


def ingest_table(
    contract: Contract,
    source: TableSource,
    root: Path,
    store: PartStore,
    data: DataSettings,
    *,
    timezone: str = "UTC",
    ingested_at: str | None = None,
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

    Raises
    ------
    DataRefused: a file is missing or broken, a required column is missing, dates are ambiguous, a stop rule of the
        table fired, or too large a share of the rows is rejected.
    """
    frame, notes = _read(contract, source, root, timezone)
    months = _months(contract, frame)
    frame[PART] = months
    stamp = ingested_at or dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    keys = _part_keys(contract, frame, data)
    decisions = _decide(contract, frame, keys, store, stamp)
    parts, results = [], [notes]
    rules = contract.all_rules()
    for key, (positions, decision, was_cached) in decisions.items():
        rows = frame.iloc[positions].reset_index(drop=True)
        place = place_hash(
            list(rows[SOURCE_FILE].cat.categories), rows[SOURCE_FILE].cat.codes.to_numpy(), rows[SOURCE_LINE].to_numpy()
        )
        stored = store.rows(key, place)
        if stored is None:
            accepted = pa.Table.from_pandas(accepted_rows(contract, rows, decision, rules), preserve_index=False)
            stored = store.keep_rows(key, place, accepted, rejected_rows(contract, rows, decision, rules))
        count, rejected = (
            parquet.read_metadata(store.root / path).num_rows for path in (stored.accepted_path, stored.rejected_path)
        )
        parts.append(
            (
                f"{key.table}/{key.month}",
                key.month,
                key.content_hash,
                len(rows),
                count,
                rejected,
                stored.accepted_path,
                stored.rejected_path,
                was_cached,
            )
        )
        results.append(rule_results(contract, key.month, rows, decision, rules))
    intake = TableIntake(
        table=contract.table,
        root=store.root,
        parts=pd.DataFrame(parts, columns=list(PART_COLUMNS)),
        rule_results=pd.concat([part for part in results if len(part)], ignore_index=True)
        if any(map(len, results))
        else _no_results(),
    )
    _refuse_if_too_much_is_wrong(contract, intake, data)
    return intake


def _read(contract: Contract, source: TableSource, root: Path, timezone: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Coerced rows of all files, and what is to be told of the files themselves."""
    seen: dict[str, str] = {}
    tables, notes = [arrow_schema(contract).empty_table()], []
    for raw in read_source(contract, source, root):
        if raw.content_hash in seen:
            message = f"{raw.source}: the same content as {seen[raw.content_hash]}, counted once; take one of them away"
            notes.append((contract.table, "*", f"{contract.table}.source.delivered_twice", "warn", 1, 1, message))
            continue
        seen[raw.content_hash] = raw.source
        mapping = f"[sources.{contract.table}.columns]"
        coerced = coerce(contract, raw, source, timezone)
        tables.append(coerced.rows)
        notes += [
            (
                contract.table,
                "*",
                f"{contract.table}.columns.new",
                "warn",
                1,
                1,
                f"{raw.source}: column {name!r} is not known and not used; map it in {mapping} if it should be",
            )
            for name in coerced.new_columns
        ]
    rows = pa.concat_tables(tables).unify_dictionaries().combine_chunks()
    frame = rows.to_pandas()
    for column in contract.columns:
        if dtype_of(column) == "boolean":
            frame[column.name] = rows.column(column.name).to_pandas(types_mapper={pa.bool_(): pd.BooleanDtype()}.get)
    return frame, pd.DataFrame(notes, columns=list(RESULT_COLUMNS))


def _no_results() -> pd.DataFrame:
    return pd.DataFrame(
        {name: pd.Series(dtype="int64" if name.startswith("rows") else "object") for name in RESULT_COLUMNS}
    )


def _months(contract: Contract, frame: pd.DataFrame) -> pd.Categorical:
    if contract.month_column is None:
        codes, labels = np.zeros(len(frame), np.int64), [WHOLE]
    else:
        codes, found = pd.factorize(frame[contract.month_column].to_numpy().astype("datetime64[M]"), sort=True)
        labels = [*(str(month) for month in found), UNDATED]
        codes = np.where(codes < 0, len(found), codes)
    return pd.Categorical.from_codes(codes, dtype=pd.CategoricalDtype(labels))  # type: ignore[arg-type]


def _part_keys(contract: Contract, frame: pd.DataFrame, data: DataSettings) -> dict[PartKey, np.ndarray]:
    hashes, files = row_hashes(frame), frame[SOURCE_FILE].cat.codes.to_numpy()
    obeyed = data.model_dump(mode="json", exclude=set(NOT_OF_VALIDATION))
    judged_by = json.dumps(obeyed, sort_keys=True).encode() + Path(row_checks.__file__).read_bytes()
    settings_version = hashlib.blake2b(judged_by, digest_size=6).hexdigest()
    codes = frame[PART].cat.codes.to_numpy()
    version = contract.version
    keys = {}
    for code, month in enumerate(frame[PART].cat.categories):
        positions = np.flatnonzero(codes == code)
        if len(positions):
            digest = content_hash(hashes[positions], files[positions])
            keys[PartKey(contract.table, month, digest, version, settings_version)] = positions
    return keys


Decided = dict[PartKey, tuple["np.ndarray", Decision, bool]]


def _decide(
    contract: Contract, frame: pd.DataFrame, keys: dict[PartKey, np.ndarray], store: PartStore, stamp: str
) -> Decided:
    """The decision about every part: the kept one, or Great Expectations'; new parts are validated together."""
    decided: Decided = {}
    new: list[PartKey] = []
    for key, positions in keys.items():
        kept = store.decision(key)
        if kept is not None and kept.rows == len(positions):
            decided[key] = (positions, kept, True)
        else:
            new.append(key)
    while new:
        batch: list[PartKey] = []
        size = 0
        while new and (not batch or size + len(keys[new[0]]) <= ROWS_VALIDATED_AT_ONCE):
            size += len(keys[new[0]])
            batch.append(new.pop(0))
        for key, decision in _validate(contract, frame, [(key, keys[key]) for key in batch]):
            store.keep_decision(key, decision, stamp)
            decided[key] = (keys[key], decision, False)
    return {key: decided[key] for key in keys}


def _validate(
    contract: Contract, frame: pd.DataFrame, batch: list[tuple[PartKey, np.ndarray]]
) -> list[tuple[PartKey, Decision]]:
    from data_contracts.validation import validate_table  # noqa: PLC0415 - takes seconds

    ends = np.cumsum([len(positions) for _, positions in batch])
    rows = frame.iloc[np.concatenate([positions for _, positions in batch])].reset_index(drop=True)
    found = validate_table(rows, contract)
    decisions = []
    for (key, positions), end in zip(batch, ends, strict=True):
        start = int(end) - len(positions)
        failed = {
            rule: (broken[(broken >= start) & (broken < end)] - start).tolist() for rule, broken in found.failed.items()
        }
        decisions.append((key, Decision(rows=len(positions), failed={rule: p for rule, p in failed.items() if p})))
    return decisions


def _refuse_if_too_much_is_wrong(contract: Contract, intake: TableIntake, data: DataSettings) -> None:
    results = intake.rule_results
    stopped = results[(results["outcome"] == "stop") & (results["rows_failed"] > 0)]
    if len(stopped):
        raise DataRefused(stopped["first_example"].iloc[0])
    read, rejected = int(intake.parts["rows_read"].sum()), int(intake.parts["rows_rejected"].sum())
    if read == 0 or rejected <= data.max_rejected_share * read:
        return
    rows = load_rejected(intake)
    most = Counter(rows["rule"]).most_common(3)
    examples = "\n".join(
        f"  {count} by {rule}, first {rows.loc[rows['rule'] == rule, 'message'].iloc[0]}" for rule, count in most
    )
    raise DataRefused(
        f"{contract.table}: {rejected} of {read} rows are rejected ({rejected / read:.1%}), more than "
        f"data.max_rejected_share allows ({data.max_rejected_share:.1%}); "
        f"correct the source or its settings:\n{examples}"
    )
