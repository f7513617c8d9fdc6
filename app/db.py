"""`restock db`: the schema of the company's database."""

from pathlib import Path

from app.terminal import echo
from database.engine import connect
from database.migrations import upgrade
from settings import load_settings


def upgrade_database(settings_file: Path) -> None:
    """Bring the schema to the program's version."""
    settings = load_settings(settings_file)
    applied = upgrade(connect(settings.database.url, settings.root))
    echo(f"Applied: {', '.join(applied)}" if applied else "The schema is up to date.")
