import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from database import check_schema, connect, upgrade
from database.locks import run_lock
from database.migrations import versions
from database.tables import Base
from settings import MigrationError, RunLocked

# Every version, oldest first; files are named for them.
VERSIONS = sorted(file.name[1:5] for file in Path(versions.__path__[0]).glob("v0*.py"))


@pytest.fixture
def empty(empty_database_url):
    made = connect(empty_database_url)
    yield made
    made.dispose()


def _context(connection):
    def compared(item, name, kind, reflected, other):
        # SQLite reports a falling index as if it were a rising one, so these are compared on PostgreSQL alone.
        falling = kind == "index" and item.table.name == "recommendations"
        return not (falling and connection.dialect.name == "sqlite")

    return MigrationContext.configure(connection, opts={"compare_type": True, "include_object": compared})


def test_models_and_migrations_agree(engine):
    with engine.connect() as connection:
        differences = compare_metadata(_context(connection), Base.metadata)

    assert differences == []


def test_a_forgotten_migration_is_noticed(engine):
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE kpis DROP COLUMN unit"))

    with engine.connect() as connection:
        differences = compare_metadata(_context(connection), Base.metadata)

    assert [difference[0] for difference in differences] == ["add_column"]


def test_upgrade_makes_the_schema_that_is_checked(empty):
    applied = upgrade(empty)
    again = upgrade(empty)

    check_schema(empty)
    assert applied == VERSIONS
    assert again == []


def test_a_database_without_tables_is_refused_with_what_to_do(empty):
    with pytest.raises(MigrationError, match="has no tables of restock; run `restock db upgrade`"):
        check_schema(empty)


def test_a_newer_schema_is_refused(engine):
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    for refused in (check_schema, upgrade):
        with pytest.raises(MigrationError, match=r"9999, which this program does not know.*update the program"):
            refused(engine)


def test_an_older_schema_is_refused(engine, monkeypatch):
    monkeypatch.setattr("alembic.script.ScriptDirectory.get_current_head", lambda self: "0999")

    with pytest.raises(MigrationError, match=r"version \d+, older than this program's 0999; run `restock db upgrade`"):
        check_schema(engine)


def test_an_interrupted_upgrade_changes_nothing_and_can_be_repeated(empty, monkeypatch):
    from alembic.operations import Operations

    real = Operations.create_index

    def fails_at(self, name, *rest, **options):
        if name == "ix_planned_order_lines_state":
            raise DBAPIError("CREATE INDEX", {}, Exception("connection lost"))
        return real(self, name, *rest, **options)

    with monkeypatch.context() as broken:
        broken.setattr("alembic.op.create_index", lambda *a, **o: fails_at(_operations(), *a, **o))
        with pytest.raises(MigrationError, match="nothing was changed"):
            upgrade(empty)
    with pytest.raises(MigrationError, match="has no tables"):
        check_schema(empty)

    assert upgrade(empty) == VERSIONS


def _operations():
    import alembic.op

    return alembic.op._proxy


def test_two_upgrades_at_once_make_one_schema(empty):
    results, faults = [], []

    def work():
        try:
            results.append(upgrade(empty))
        except Exception as fault:  # noqa: BLE001 - whatever it is, the test shows it
            faults.append(fault)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert faults == []
    assert sorted(results) == [[], VERSIONS]


def test_no_upgrade_while_a_run_is_going_on(engine):
    with run_lock(engine), pytest.raises(RunLocked, match="run is going on"):
        upgrade(engine)

    assert upgrade(engine) == []


@pytest.mark.parametrize("table", ["decisions", "planned_order_line_events"])
def test_append_only_tables_refuse_changes(engine, table):
    from tests.database.factories import decided_line

    decided_line(engine)

    for change in (f"UPDATE {table} SET who = 'x'", f"DELETE FROM {table}"):
        with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
            connection.execute(text(change))
