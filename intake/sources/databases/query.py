"""Asking a database: a query or a whole table, streamed as Arrow batches."""

import contextlib
import datetime as dt
from collections.abc import Callable, Generator, Sequence
from typing import Any

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from intake.sources.databases.engines import Database
from intake.sources.databases.values import arrow_column
from intake.sources.stable_file import within_limits
from settings import DataRefused, SettingsError, TableSource, closest

Since = dt.date | int | str
"""What `:since` stands for: a day, an instant, a whole number, or a day as text."""

DRIVER_ERRORS = (SQLAlchemyError, ImportError, RuntimeError, UnicodeDecodeError)
"""What SQLAlchemy and drivers raise."""

BATCH_ROWS = 20_000
_MYSQL_TIMESTAMP, _MYSQL_BIT = 7, 16


def origin_name(source: TableSource, table: str) -> str:
    """How the rows' origin is called: `sales query` or `table order_lines`."""
    return f"{table} query" if source.table is None else f"table {source.table}"


def stream_query(
    database: Database, source: TableSource, since: Since | None, at_most: int | None = None
) -> Generator[pa.Table]:
    """The answer in batches, at least one, each with all columns; one statement, so one view of the data.

    Parameters
    ----------
    database: to ask.
    source: its query or table.
    since: value of `:since`, or the least of the watermark that a table's rows are to have; None for all rows.
    at_most: so many rows of a table, any of them; None for all. Queries are asked whole.

    Raises
    ------
    SQLAlchemyError, ImportError: as the driver raised them.
    SettingsError: the query has a parameter that is not known.
    DataRefused: there is no such table, a column comes twice, the statement returns no rows at all, or the answer is
        beyond the source's limits.
    """
    with database.reading() as connection:
        statement = (
            _query(source, database, since)
            if source.table is None
            else _table(connection, source, database, since).limit(at_most)
        )
        result = connection.execute(statement, execution_options={"yield_per": BATCH_ROWS})
        with contextlib.closing(result):
            what = origin_name(source, database.table)
            batches = _streamed(result, connection.dialect.name, database, what)
            yield from within_limits(source.limits, f"{what} on {database.safe_url}", batches)


def _streamed(result: sa.CursorResult[Any], dialect: str, database: Database, what: str) -> Generator[pa.Table]:
    if not result.returns_rows:
        raise DataRefused(
            f"{what} on {database.safe_url}: it returns no rows; correct sources.{database.table}.query to one SELECT"
        )
    names = list(result.keys())
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise DataRefused(
            f"{what} on {database.safe_url}: it returns column {twice[0]!r} twice; rename one of them with AS"
        )
    conversions = _conversions(result, dialect)
    some = False
    for records in result.partitions(BATCH_ROWS):
        some = True
        yield _batch(names, records, conversions)
    if not some:
        yield pa.table({name: pa.nulls(0) for name in names})


def _batch(
    names: list[str], records: Sequence[Sequence[Any]], conversions: dict[int, Callable[[Any], object]]
) -> pa.Table:
    columns = []
    for position, values in enumerate(zip(*records, strict=True)):
        convert = conversions.get(position)
        columns.append(arrow_column(values if convert is None else [v if v is None else convert(v) for v in values]))
    return pa.table(columns, names=names)


def _conversions(result: sa.CursorResult[Any], dialect: str) -> dict[int, Callable[[Any], object]]:
    """What MySQL's drivers leave to the type of the column: bits are numbers, TIMESTAMPs are instants, here in UTC."""
    if dialect not in ("mysql", "mariadb") or result.cursor is None or result.cursor.description is None:
        return {}
    known: dict[int, Callable[[Any], object]] = {_MYSQL_TIMESTAMP: _in_utc, _MYSQL_BIT: _number_of_bits}
    kinds = [column[1] for column in result.cursor.description]
    return {position: known[kind] for position, kind in enumerate(kinds) if kind in known}


def _in_utc(value: object) -> object:
    return value.replace(tzinfo=dt.UTC) if isinstance(value, dt.datetime) else value


def _number_of_bits(value: object) -> object:
    return int.from_bytes(value, "big") if isinstance(value, bytes) else value


def _query(source: TableSource, database: Database, since: Since | None) -> sa.TextClause:
    statement, where = sa.text(source.query or ""), f"sources.{database.table}.query"
    parameters = set(statement.compile().params)
    unknown = sorted(parameters - {"since"})
    if unknown:
        raise SettingsError(
            f"{where} has the parameter :{unknown[0]}, and only :since is known; write \\\\:{unknown[0]} where the "
            "colon belongs to the SQL"
        )
    if since is not None and not parameters:
        raise SettingsError(f"{where} has :since where it cannot be a parameter; write CAST(:since AS date)")
    return statement if since is None else statement.bindparams(_bound(since))


def _table(connection: sa.Connection, source: TableSource, database: Database, since: Since | None) -> sa.Select[Any]:
    found = sa.inspect(connection)
    written = source.table or ""
    names = [*found.get_table_names(), *found.get_view_names()]
    schema, name = None, written
    if written not in names and "." in written:
        schema, _, name = written.partition(".")
        names = [*found.get_table_names(schema), *found.get_view_names(schema)]
    if name not in names:
        near = closest(name, names)
        hint = f"; the closest is {near!r}" if near else ""
        raise DataRefused(
            f"{database.table}: {database.safe_url} has no table {written!r}{hint}; "
            f"correct sources.{database.table}.table"
        )
    # Without their types: a column is read as the driver gives it, as in a query.
    columns: list[sa.ColumnClause[Any]] = [sa.column(column["name"]) for column in found.get_columns(name, schema)]
    statement = sa.select(*columns).select_from(sa.table(name, schema=schema))
    if since is None:
        return statement
    return statement.where(sa.column(str(source.watermark)) >= _bound(since))


def _bound(since: Since) -> sa.BindParameter[Any]:
    kind: sa.types.TypeEngine[Any]
    if isinstance(since, dt.datetime):
        kind = sa.DateTime(timezone=since.tzinfo is not None)
    elif isinstance(since, dt.date):
        kind = sa.Date()
    elif isinstance(since, int):
        kind = sa.BigInteger() if abs(since) < 2**63 else sa.Numeric()
    else:
        kind = sa.String()
    return sa.bindparam("since", since, type_=kind)
