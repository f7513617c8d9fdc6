"""Views for people who write SQL: the plans that readers see, with money as decimal numbers on SQLite too.

They are no part of the schema's versions: every upgrade drops them and makes them anew from the declared tables.
"""

from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Double,
    Select,
    Table,
    literal_column,
    select,
    text,
    type_coerce,
)
from sqlalchemy.engine import Dialect

from database.columns import ExactDecimal
from database.tables import RUN_TABLES, TABLES

PREFIX = "readable_"
PLAN_DAY = "as_of"


def readable_tables() -> dict[str, Table]:
    """View to table: of every table that holds money."""
    return {
        f"{PREFIX}{name}": table
        for name, table in TABLES.items()
        if any(isinstance(column.type, ExactDecimal) for column in table.c)
    }


def readable_columns(table: Table) -> list[str]:
    """The view's columns: those of the table, with the plan's day before them where a run's rows do not name it."""
    names = [column.name for column in table.c]
    return names if table.name not in RUN_TABLES or PLAN_DAY in names else [PLAN_DAY, *names]


def drop_views(connection: Connection) -> None:
    """Drop the views, so that the tables below them may change."""
    for view in readable_tables():
        connection.execute(text(f"DROP VIEW IF EXISTS {view}"))


def create_views(connection: Connection) -> None:
    """Make the views of the declared tables."""
    for view, table in readable_tables().items():
        connection.execute(text(f"CREATE VIEW {view} AS {_selected(table, connection.dialect)}"))


def _selected(table: Table, dialect: Dialect) -> str:
    columns = [_shown(column, dialect) for column in table.c]
    statement: Select[Any] = select(*columns)
    if table.name in RUN_TABLES:
        plans = TABLES["current_runs"].c
        shown = columns if PLAN_DAY in table.c else [plans[PLAN_DAY], *columns]
        statement = select(*shown).join(plans.run_id.table, plans.run_id == table.c.run_id)
    return str(statement.compile(dialect=dialect))


def _shown(column: Column[Any], dialect: Dialect) -> ColumnElement[Any]:
    if not isinstance(column.type, ExactDecimal) or dialect.name != "sqlite":
        return column
    steps: ColumnElement[float] = literal_column(f"1{'0' * column.type.places}.0", Double())
    return (type_coerce(column, Double()) / steps).label(column.name)
