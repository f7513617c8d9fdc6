"""A table of a database as a delivery: all of it, or what is new since the last reading beside what is kept.

ask -> cut into months -> beside what is kept -> keep -> hand on
"""

import datetime as dt
import hashlib
import json
import shutil
import tempfile
import weakref
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from data_contracts.contract import Contract
from intake.sources.databases.cached_months import (
    CachedRows,
    load_cached_rows,
    merge_months,
    remove_unused_files,
    save_cached_rows,
)
from intake.sources.databases.engines import find_database
from intake.sources.databases.faults import refusal
from intake.sources.databases.query import DRIVER_ERRORS, Since, origin_name
from intake.sources.databases.query_result import DatabaseRequest, QueryResult, UnexpectedResultError, fetch_result
from intake.sources.databases.watermark import LONG_AGO, Kind, next_since
from intake.sources.raw import Delivery
from settings import DataRefused, TableSource

FORMAT_VERSION = 1
"""Of what is kept: another number makes all programs read anew."""


def read_database(
    contract: Contract, source: TableSource, root: Path, kept: Path | None = None, today: dt.date | None = None
) -> Iterator[Delivery]:
    """The rows of a table's query or table, as one delivery.

    With a watermark, rows are kept, and only those from the newest watermark less `reread_days` on are asked for: they
    replace what was kept from there on. Rows come in an order of their own: by month, then by all columns.

    Parameters
    ----------
    contract: of the table.
    source: its `[sources.TABLE]`, with a `url`.
    root: folder of `restock.toml`.
    kept: folder below which rows are kept; None reads all and keeps nothing.
    today: day of the reading, in UTC; the clock's where not given. No row depends on it, only how many are read again.

    Raises
    ------
    SettingsError: the URL, the query's parameters or the watermark cannot be used.
    DataRefused: the database cannot be reached, refuses, or breaks off again and again; what was kept stays.
    """
    request = DatabaseRequest(contract, source, find_database(contract.table, source.url or "", root))
    name = origin_name(source, contract.table)
    folder = kept / contract.table if kept else None
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=".reading-", dir=folder))
    try:
        rows = _rows(request, folder, scratch, today or dt.datetime.now(dt.UTC).date())
    except DRIVER_ERRORS as fault:
        shutil.rmtree(scratch, ignore_errors=True)
        raise refusal(fault, request.database, name) from fault
    except BaseException:
        shutil.rmtree(scratch, ignore_errors=True)
        raise
    weakref.finalize(rows, shutil.rmtree, scratch, ignore_errors=True)
    yield Delivery(name, rows.content_hash, lambda: rows.batches(name))


def _rows(request: DatabaseRequest, folder: Path | None, scratch: Path, today: dt.date) -> CachedRows:
    """All rows, in files of `folder`, where they are kept, or else of `scratch`."""
    watermark, fingerprint = request.source.watermark, _fingerprint(request)
    if watermark is None or folder is None:
        answer = fetch_result(request, None, scratch) if watermark is None else _first_reading(request, scratch)
        if folder is not None:
            remove_unused_files(folder, set())
        months = merge_months(None, answer, watermark, scratch)
        return CachedRows(scratch, fingerprint, answer.names, answer.kind, today, months)
    before = load_cached_rows(folder, fingerprint)
    since = _since(request, before) if before else None
    if before is None or before.kind is None or since is None:
        before, answer = None, _first_reading(request, scratch)
    else:
        try:
            answer = fetch_result(request, since, scratch, kinds={before.kind}, names=before.names)
        except UnexpectedResultError:
            before, answer = None, _first_reading(request, scratch)
    months = merge_months(before, answer, watermark, folder)
    kind = answer.kind or (before.kind if before else None)
    rows = CachedRows(folder, fingerprint, answer.names, kind, today, months)
    _since(request, rows)  # a watermark that cannot be gone on from is refused now, not in the next run
    save_cached_rows(rows)
    return rows


def _fingerprint(request: DatabaseRequest) -> str:
    """Of all that decides which rows are kept: a change reads everything anew. A new password is no change."""
    settings = request.source.model_dump(mode="json", exclude={"url"}, exclude_defaults=True)
    decides = [
        FORMAT_VERSION,
        request.database.identity,
        request.contract.table,
        request.contract.month_column,
        settings,
    ]
    return hashlib.blake2b(json.dumps(decides, sort_keys=True).encode(), digest_size=16).hexdigest()


def _since(request: DatabaseRequest, kept: CachedRows) -> Since | None:
    ends = {name: month.ends for name, month in kept.months.items() if month.ends}
    if kept.kind is None or not ends:
        return None
    where = f"sources.{request.contract.table}"
    return next_since(kept.kind, ends, kept.read_on, request.source.reread_days, where)


def _first_reading(request: DatabaseRequest, scratch: Path) -> QueryResult:
    """Everything. Of which kind the watermark is shows with the first row, so each kind of `:since` is tried."""
    empty: QueryResult | None = None
    refused: DBAPIError | None = None
    for tried in dict.fromkeys(LONG_AGO.values()):
        try:
            answer = fetch_result(request, tried, scratch, kinds={kind for kind in LONG_AGO if LONG_AGO[kind] == tried})
        except UnexpectedResultError as misfit:
            if misfit.kind is None:
                raise
            return _of_kind(request, scratch, misfit.kind)
        except (OperationalError, InterfaceError):
            raise
        except DBAPIError as fault:  # such as a number compared with a day
            refused = refused or fault
            continue
        if answer.months:
            return answer
        empty = answer
    if empty is None:
        assert refused is not None
        raise refused
    return empty


def _of_kind(request: DatabaseRequest, scratch: Path, kind: Kind) -> QueryResult:
    try:
        return fetch_result(request, LONG_AGO[kind], scratch, kinds={kind})
    except UnexpectedResultError as other:
        raise DataRefused(
            f"{request.where}: watermark {request.source.watermark!r} is of two kinds, {kind} and {other.kind}; "
            "convert it to one in the query"
        ) from None
