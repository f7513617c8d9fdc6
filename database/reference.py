"""The reference page of the database, made from the declared tables and their comments."""

from typing import Any

from sqlalchemy import Column, Date, Double, LargeBinary, Table
from sqlalchemy.types import Boolean, Integer, TypeEngine

from database.columns import CanonicalJson, ExactDecimal, UtcInstant
from database.tables import RUN_TABLES, TABLES
from database.tables.base import Base
from database.views import readable_tables

HEAD = """# Database

<!-- Made by `python -m app.reference_pages` from database/tables; change the comments there. -->

Plans are kept in SQLite or PostgreSQL, in the same tables. Readers look up the run of a date in `current_runs` and
read the rows with its `run_id`; such rows are never changed. The tables of a run's rows are {run_tables}.

Money is an exact decimal: NUMERIC on PostgreSQL, and on SQLite a whole number of the smallest step, so that
`money(4)` 12.5 is kept as 125000. Instants are in UTC. Text is compared byte by byte.

## Views to read with SQL

Each table that holds money has a view of the same columns in which money is a decimal number on both databases (12.5).
Of tables of a run's rows a view shows the plans that readers see, one for each date, with that date as `as_of`: rows of
failed and replaced runs are left out. Views are for reading; `restock db upgrade` makes them.

| view | of the table |
|---|---|
{views}

What the newest plan says to place on the next ordering day, the dearest lines first:

    SELECT supplier_name, sku, location, order_units, placed_on, order_value, currency
    FROM readable_recommendations
    WHERE as_of = (SELECT max(as_of) FROM current_runs) AND action = 'order'
    ORDER BY placed_on, order_value_base DESC;
"""


def render() -> str:
    """The page as Markdown."""
    views = "\n".join(f"| `{view}` | `{table.name}` |" for view, table in readable_tables().items())
    head = HEAD.format(run_tables=", ".join(f"`{name}`" for name in RUN_TABLES), views=views)
    return "\n".join([head, *(_section(table) for table in TABLES.values())])


def _section(table: Table) -> str:
    document = next(mapper.class_.__doc__ for mapper in Base.registry.mappers if mapper.local_table is table)
    lines = [
        f"## {table.name}",
        "",
        f"{document} {table.comment}",
        "",
        "| column | type | key | meaning |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| `{c.name}` | {_type(c.type)}{'' if not c.nullable else ', or null'} | {_key(c)} | {c.comment} |"
        for c in table.c
    ]
    indexes = sorted(table.indexes, key=lambda index: str(index.name))
    if indexes:
        lines += ["", "Indexes: " + "; ".join(f"`{index.name}`" for index in indexes) + "."]
    return "\n".join([*lines, ""])


def _type(kind: TypeEngine[Any]) -> str:
    if isinstance(kind, ExactDecimal):
        return f"money({kind.places})"
    names: list[tuple[type[TypeEngine[Any]], str]] = [
        (UtcInstant, "instant"),
        (CanonicalJson, "JSON"),
        (Date, "date"),
        (Boolean, "true or false"),
        (Double, "number"),
        (Integer, "whole number"),
        (LargeBinary, "bytes"),
    ]
    return next((name for known, name in names if isinstance(kind, known)), "text")


def _key(column: Column[Any]) -> str:
    if column.primary_key:
        return "key"
    if column.foreign_keys:
        return f"of `{next(iter(column.foreign_keys)).column.table.name}`"
    return "unique" if column.unique else ""
