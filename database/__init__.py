"""The database: tables, migrations, publishing of runs, decisions of people, and queries."""

from database.engine import connect
from database.migrations import check_schema, upgrade

__all__ = ["check_schema", "connect", "upgrade"]
