"""For developers: the body of a migration that brings a database to the tables as they are declared.

    python -m database.migrations.draft postgresql://USER@HOST/NAME

prints it, against a database at the newest version. PostgreSQL is the one to ask: SQLite knows no comments.
"""

import sys
from typing import Literal

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine

from database.columns import CanonicalJson, ExactDecimal, PlainText, UtcInstant
from database.engine import connect
from database.tables import Base


def draft(engine: Engine) -> str:
    """Python text of the operations that lead from the engine's schema to the declared tables."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"target_metadata": Base.metadata})
        operations = produce_migrations(context, Base.metadata).upgrade_ops
    assert operations is not None
    return render_python_code(operations, render_item=_type_name)


def _type_name(kind: str, item: object, context: object) -> str | Literal[False]:  # noqa: ARG001
    if kind == "type" and isinstance(item, ExactDecimal):
        return f"ExactDecimal({item.places})"
    if kind == "type" and isinstance(item, (PlainText, UtcInstant, CanonicalJson)):
        return f"{type(item).__name__}()"
    return False


if __name__ == "__main__":
    sys.stdout.write(draft(connect(sys.argv[1])) + "\n")
