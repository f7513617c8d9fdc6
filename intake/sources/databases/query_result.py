"""Taking down an answer: into months on disk, checked against its watermark, again where the connection is lost."""

import contextlib
import itertools
import shutil
import tempfile
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from data_contracts.contract import Contract
from intake.sources.databases.engines import Database
from intake.sources.databases.faults import is_connection_lost
from intake.sources.databases.months import Chunks, cut_into_months, month_column
from intake.sources.databases.query import DRIVER_ERRORS, Since, origin_name, stream_query
from intake.sources.databases.watermark import Kind, kind_of, refuse_earlier, watermark_of
from settings import TableSource

PAUSES = (1.0, 5.0)
"""Seconds before a reading whose connection was lost begins again: as many more attempts."""


@dataclass(frozen=True)
class DatabaseRequest:
    """What is asked of which database, and what for."""

    contract: Contract
    source: TableSource
    database: Database

    @property
    def where(self) -> str:
        """For messages."""
        return f"{origin_name(self.source, self.contract.table)} on {self.database.safe_url}"


@dataclass(frozen=True)
class QueryResult:
    """An answer as it was taken down.

    Attributes
    ----------
    since: what it was asked from; None for all rows.
    names: its columns.
    kind: of its watermark; None where no row has one.
    months: its rows by month.
    """

    since: Since | None
    names: tuple[str, ...]
    kind: Kind | None
    months: dict[str, Chunks]


class UnexpectedResultError(Exception):
    """The answer has other columns, or another kind of watermark, than `:since` was made for.

    Attributes
    ----------
    kind: of the watermark that came; None where no row has one.
    """

    def __init__(self, kind: Kind | None) -> None:
        super().__init__(kind)
        self.kind = kind


def fetch_result(
    request: DatabaseRequest,
    since: Since | None,
    scratch: Path,
    kinds: Collection[Kind] = (),
    names: tuple[str, ...] | None = None,
) -> QueryResult:
    """The answer, from `since` on, with its rows in memory or in files of `scratch`.

    Parameters
    ----------
    request: what of which database.
    since: value of `:since`.
    scratch: a folder.
    kinds: of a watermark that `since` is good for.
    names: columns that the answer must have to stand beside what is kept.

    Raises
    ------
    UnexpectedResultError: other columns or another kind.
    DataRefused: rows lie before `since`, or the watermark is no column of the answer, or of no use.
    SQLAlchemyError, ImportError: the database refuses, or the connection was lost once more than there are `PAUSES`.
    """
    for pause in (*PAUSES, None):
        folder = Path(tempfile.mkdtemp(dir=scratch))
        try:
            return _fetch_once(request, since, folder, kinds, names)
        except DRIVER_ERRORS as fault:
            shutil.rmtree(folder, ignore_errors=True)
            if pause is None or not is_connection_lost(fault):
                raise
            time.sleep(pause)
    raise AssertionError


def _fetch_once(
    request: DatabaseRequest, since: Since | None, folder: Path, kinds: Collection[Kind], names: tuple[str, ...] | None
) -> QueryResult:
    watermark, found = request.source.watermark, set[Kind]()

    def checked(batches: Iterator[pa.Table]) -> Iterator[pa.Table]:
        for batch in batches:
            if watermark is not None and since is not None:
                column = watermark_of(batch, watermark, request.where)
                kind = kind_of(column, watermark, request.where)
                if kind is not None:
                    found.add(kind)
                if not found <= set(kinds) or names not in (None, tuple(batch.column_names)):
                    raise UnexpectedResultError(kind)
                refuse_earlier(column, watermark, since, request.where)
            if batch.num_rows:
                yield batch

    with contextlib.closing(stream_query(request.database, request.source, since)) as batches:
        first = next(batches)
        by = month_column(request.contract, request.source, first.column_names)
        months = cut_into_months(checked(itertools.chain([first], batches)), by, folder)
    return QueryResult(since, tuple(first.column_names), next(iter(found), None), months)
