"""Any database that SQLAlchemy reaches, by URL and query."""

import hashlib
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from data_contracts.sources.raw import RawTable
from settings import DataRefused, SettingsError, TableSource


def read_sql_query(table: str, source: TableSource, root: Path) -> RawTable:
    """Rows that the query of a table's source returns, sorted, so that the database's order does not matter.

    Raises
    ------
    SettingsError: the URL cannot be read, or the environment lacks it.
    DataRefused: the database cannot be reached or refuses the query. The password is never shown.
    """
    url = _url(table, source, root)
    shown = f"{table} query on {url.render_as_string(hide_password=True)}"
    try:
        engine = create_engine(url)
        with engine.connect() as connection:
            result = connection.execute(text(source.query or ""))
            names, records = list(result.keys()), result.fetchall()
        engine.dispose()
    except (SQLAlchemyError, ImportError) as fault:
        reason = str(getattr(fault, "orig", None) or fault).splitlines()[0]
        raise DataRefused(
            f"{shown}: {_without_password(reason, url)}; check the database, the URL and the query"
        ) from fault
    rows = pa.table({name: _column([record[i] for record in records]) for i, name in enumerate(names)})
    if rows.num_rows:
        rows = rows.take(_stable_order(rows))
    return RawTable(
        source=f"{table} query",
        content_hash=_hash(rows),
        rows=rows,
        lines=np.arange(1, rows.num_rows + 1, dtype=np.int64),
    )


def _url(table: str, source: TableSource, root: Path) -> URL:
    written = source.url or ""
    if written.startswith("env:"):
        variable = written.removeprefix("env:")
        if variable not in os.environ:
            raise SettingsError(
                f"sources.{table}.url names the environment variable {variable}, which is not set; set it"
            )
        written = os.environ[variable]
    try:
        url = make_url(written)
    except ArgumentError as fault:
        raise SettingsError(
            f"sources.{table}.url is no SQLAlchemy URL such as postgresql+psycopg://host/database"
        ) from fault
    if url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:":
        file = root / url.database
        if not file.exists():
            raise DataRefused(f"{table}: there is no database {file}; correct sources.{table}.url")
        url = url.set(database=str(file))
    return url


def _column(values: list[object]) -> pa.Array:
    try:
        return pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return pa.array([None if value is None else str(value) for value in values], pa.string())


def _stable_order(rows: pa.Table) -> pa.Array:
    as_text = {str(i): column.to_pandas().astype("string") for i, column in enumerate(rows.columns)}
    order = pd.DataFrame(as_text).sort_values(list(as_text), kind="stable", na_position="first").index
    return pa.array(order.to_numpy())


def _hash(rows: pa.Table) -> str:
    digest = hashlib.blake2b(repr(rows.schema).encode(), digest_size=16)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as writer:
        writer.write_table(rows.combine_chunks())
    digest.update(sink.getvalue())
    return digest.hexdigest()


def _without_password(reason: str, url: URL) -> str:
    return reason.replace(url.password, "***") if url.password else reason
