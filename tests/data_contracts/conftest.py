"""Databases of a shop, each kind in turn."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.data_contracts.shops import Shop, mariadb

_numbers = itertools.count()


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[str]:
    """URL of a real MariaDB server's database; started once a session."""
    with mariadb() as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres), "mariadb"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shop]:
    """An empty database of a shop: the test runs on SQLite, on PostgreSQL and on MariaDB."""
    if request.param == "sqlite":
        yield Shop("sqlite", f"sqlite:///{tmp_path / 'shop.db'}")
    elif request.param == "postgresql":
        yield Shop("postgresql", request.getfixturevalue("empty_postgres_url"))
    else:
        server = sa.make_url(request.getfixturevalue("mariadb_server"))
        name = f"shop{next(_numbers)}"
        admin = sa.create_engine(server.set(drivername="mysql+pymysql"), poolclass=sa.NullPool)
        with admin.begin() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        yield Shop("mariadb", server.set(database=name).render_as_string(hide_password=False))
        with admin.begin() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name}")
