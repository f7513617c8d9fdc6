"""The base of all tables: one metadata, named constraints, types from `database.columns`."""

from sqlalchemy import MetaData, Table
from sqlalchemy.orm import DeclarativeBase

from database.columns import TYPE_MAP

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Base of the typed tables."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = TYPE_MAP


def table_of(model: type[Base]) -> Table:
    """The Core table of a typed table class."""
    table = model.__table__
    assert isinstance(table, Table)
    return table
