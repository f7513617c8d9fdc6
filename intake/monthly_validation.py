"""The months of a table, one after the other: known ones looked up, new ones validated and kept."""

import gc
import hashlib
import inspect
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import parquet

from data_contracts.acceptance.outcomes import accepted_rows, duplicate_rows, rejected_rows, rule_results
from data_contracts.acceptance.parts import PartKey, PartStore, Verdict, content_hash, provenance_hash, row_hashes
from data_contracts.contract import Contract
from data_contracts.declarations import SOURCE_FILE, SOURCE_LINE
from data_contracts.expectations import row_checks, screening
from data_contracts.expectations.row_checks import PART
from data_contracts.expectations.screening import broken_rows
from intake.rows_by_month import RowsByMonth, months_column, typed_frame
from settings.schema import DataSettings

ROWS_VALIDATED_AT_ONCE = 250_000
"""Months are validated together up to this many rows; a larger month alone."""

MANY_ROWS = 50_000
"""From so many validated rows on it is worth a sixth of a second to free what validation leaves behind."""

NOT_OF_VALIDATION = (
    "today", "accept_volume_on", "max_rejected_share", "max_volume_factor", "max_data_age_days",
    "wait_for_files_seconds",
)  # fmt: skip


@dataclass(frozen=True)
class ValidatedPart:
    """One part as it was judged.

    Attributes
    ----------
    part: values of `PART_COLUMNS`.
    results: one row per rule; columns as in `RESULT_COLUMNS`.
    """

    part: tuple[object, ...]
    results: pd.DataFrame


def validate_months(
    contract: Contract, rows: RowsByMonth, store: PartStore, data: DataSettings, ingested_at: str
) -> list[ValidatedPart]:
    """Judge every month, in order; no more are held than are validated together.

    Parameters
    ----------
    contract: of the table.
    rows: coerced rows; taken.
    store: where parts are kept.
    data: `[data]`.
    ingested_at: instant written beside new parts.
    """
    judged: dict[str, ValidatedPart] = {}
    versions = contract.version, _version(data)
    months = rows.months
    waiting: dict[PartKey, pa.Table] = {}
    for month in months:
        if waiting and sum(map(len, waiting.values())) + rows.count(month) > ROWS_VALIDATED_AT_ONCE:
            judged |= _judge_new(contract, waiting, store, ingested_at)
            waiting = {}
        taken = rows.take(month)
        frame = typed_frame(contract, month, taken)
        digest = content_hash(row_hashes(frame), frame[SOURCE_FILE].cat.codes.to_numpy())
        key = PartKey(contract.table, month, digest, *versions)
        kept = store.verdict(key)
        if kept is not None and kept.rows == len(frame):
            judged[month] = _keep(contract, key, frame, kept, store, was_cached=True)
        else:
            waiting[key] = taken
        del taken, frame  # the next month needs their room
    judged |= _judge_new(contract, waiting, store, ingested_at)
    return [judged[month] for month in months]


def _version(data: DataSettings) -> str:
    """Hash of the settings and checks that validation obeys."""
    obeyed = data.model_dump(mode="json", exclude=set(NOT_OF_VALIDATION))
    checks = b"".join(Path(inspect.getfile(module)).read_bytes() for module in (row_checks, screening))
    return hashlib.blake2b(json.dumps(obeyed, sort_keys=True).encode() + checks, digest_size=6).hexdigest()


def _judge_new(
    contract: Contract, waiting: dict[PartKey, pa.Table], store: PartStore, ingested_at: str
) -> dict[str, ValidatedPart]:
    """Validate parts together, then keep what was decided about each."""
    if not waiting:
        return {}
    parts = list(waiting.items())
    for (key, _), verdict in zip(parts, verdicts := _verdicts(contract, parts), strict=True):
        store.save_verdict(key, verdict, ingested_at)
    if sum(len(rows) for _, rows in parts) >= MANY_ROWS:
        # Great Expectations' contexts refer to themselves and to the frame, so the frames of all months would pile up.
        gc.collect()
        pa.default_memory_pool().release_unused()
    return {
        key.month: _keep(contract, key, typed_frame(contract, key.month, rows), verdict, store, was_cached=False)
        for (key, rows), verdict in zip(parts, verdicts, strict=True)
    }


def _verdicts(contract: Contract, parts: list[tuple[PartKey, pa.Table]]) -> list[Verdict]:
    sizes = [len(rows) for _, rows in parts]
    together = typed_frame(contract, "", pa.concat_tables([rows for _, rows in parts]))
    together[PART] = months_column([key.month for key, _ in parts], sizes)
    broken = broken_rows(together, contract)
    verdicts = []
    for start, size in zip(np.cumsum([0, *sizes[:-1]]), sizes, strict=True):
        failed = {
            rule: (positions[(positions >= start) & (positions < start + size)] - start).tolist()
            for rule, positions in broken.items()
        }
        verdicts.append(Verdict(rows=size, failed={rule: at for rule, at in failed.items() if at}))
    return verdicts


def _keep(
    contract: Contract, key: PartKey, frame: pd.DataFrame, verdict: Verdict, store: PartStore, *, was_cached: bool
) -> ValidatedPart:
    """The part's accepted and rejected rows, written where they are not there yet."""
    rules, files = contract.all_rules(), frame[SOURCE_FILE].cat
    place = provenance_hash(list(files.categories), files.codes.to_numpy(), frame[SOURCE_LINE].to_numpy())
    stored = store.rows(key, place)
    if stored is None:
        accepted = pa.Table.from_pandas(accepted_rows(contract, frame, verdict, rules), preserve_index=False)
        again = pa.Table.from_pandas(duplicate_rows(contract, frame, verdict, rules), preserve_index=False)
        stored = store.save_rows(key, place, accepted, rejected_rows(contract, frame, verdict, rules), again)
    paths = stored.accepted_path, stored.rejected_path
    accepted_count, rejected_count = (parquet.read_metadata(store.root / path).num_rows for path in paths)
    part = (f"{key.table}/{key.month}", key.month, key.content_hash, len(frame), accepted_count, rejected_count)
    return ValidatedPart((*part, *paths, was_cached), rule_results(contract, key.month, frame, verdict, rules))
