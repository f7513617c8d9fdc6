"""Databases of a shop as its systems keep them: SQLite, PostgreSQL and MariaDB, the latter started for the tests."""

import contextlib
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import sqlalchemy as sa

from data_contracts.tables import CONTRACTS
from intake.sources.databases.source import read_database
from intake.sources.raw import RawTable
from settings import TableSource

FIXED = {
    "date": "2026-03-02",
    "sku": "A",
    "location": "BER",
    "channel": "web",
    "units": "1",
    "net_revenue": "1",
    "currency": "EUR",
}
"""Constants for the columns of sales that a test does not look at."""


@dataclass(frozen=True)
class Shop:
    """A database that tests may write to: what kind it is, and its URL as a company would write it."""

    kind: str
    url: str

    def engine(self) -> sa.Engine:
        """For writing."""
        url = self.url.replace("mysql://", "mysql+pymysql://")
        return sa.create_engine(url, poolclass=sa.NullPool)

    def run(self, *statements: str, **values: object) -> None:
        """Execute and commit."""
        with self.engine().begin() as connection:
            for statement in statements:
                connection.execute(sa.text(statement), values or None)

    def ask(self, query: str) -> object:
        """One value."""
        with self.engine().connect() as connection:
            return connection.execute(sa.text(query)).scalar()


def answer(shop: Shop, root: Path, kept: Path | None = None, table: str = "sales", today=None, **source) -> pa.Table:
    """All rows of a table's source in the order in which they are handed on."""
    return pa.concat_tables([batch.rows for batch in batches(shop, root, kept, table, today, **source)])


def batches(
    shop: Shop, root: Path, kept: Path | None = None, table: str = "sales", today=None, **source
) -> list[RawTable]:
    """The same in the batches in which they come. `source_table` is the setting `table`."""
    if "source_table" in source:
        source["table"] = source.pop("source_table")
    read = read_database(CONTRACTS[table], TableSource(url=shop.url, **source), root, kept, today)
    return [batch for delivery in read for batch in delivery.batches()]


def raw(rows: pa.Table) -> RawTable:
    """Rows as one delivered batch."""
    return RawTable("query", "hash", rows, np.arange(1, rows.num_rows + 1))


@contextlib.contextmanager
def mariadb() -> Iterator[str]:
    """URL of a MariaDB server's database `shop`, on a temporary folder and a free port; stopped at the end."""
    if shutil.which("mariadbd") is None:
        pytest.skip("needs Debian's mariadb-server")
    folder = Path(tempfile.mkdtemp(prefix="restock-maria-"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    subprocess.run(
        ["mariadb-install-db", "--no-defaults", f"--datadir={folder / 'data'}", "--user=root", "--skip-test-db"],
        check=True,
        capture_output=True,
    )
    server = subprocess.Popen(
        [
            "mariadbd", "--no-defaults", "--user=root", f"--datadir={folder / 'data'}", f"--port={port}",
            "--bind-address=127.0.0.1", f"--socket={folder / 'socket'}", f"--pid-file={folder / 'pid'}",
            "--innodb-flush-log-at-trx-commit=0",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        admin = sa.create_engine(
            sa.URL.create("mysql+pymysql", "root", query={"unix_socket": str(folder / "socket")}), poolclass=sa.NullPool
        )
        _wait_for(folder / "socket")
        with admin.begin() as connection:
            for statement in (
                "CREATE DATABASE shop CHARACTER SET utf8mb4",
                "CREATE USER seller@'127.0.0.1' IDENTIFIED BY 's3cret/pass'",
                "GRANT ALL ON *.* TO seller@'127.0.0.1' WITH GRANT OPTION",
            ):
                connection.exec_driver_sql(statement)
        yield f"mysql://seller:s3cret%2Fpass@127.0.0.1:{port}/shop"
    finally:
        server.terminate()
        server.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(socket_file: Path) -> None:
    until = time.monotonic() + 60
    while not socket_file.exists():
        assert time.monotonic() < until, "MariaDB did not start within a minute"
        time.sleep(0.1)
