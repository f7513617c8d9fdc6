"""A published company for the commands that show a plan; no flow is run for it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.reports.company import company
from tests.reports.factories import published

SETTINGS = '[company]\nname = "Nordlicht GmbH"\nbase_currency = "EUR"\n[data]\ntoday = 2026-11-23\n'


@pytest.fixture
def shop_of(tmp_path: Path) -> Callable[..., Path]:
    """A function that publishes a plan of these tables' rows; returns the company's folder."""

    def made(**given: object) -> Path:
        engine, _ = published(tmp_path, **given)
        engine.dispose()
        (tmp_path / "restock.toml").write_text(SETTINGS, "utf-8")
        return tmp_path

    return made


@pytest.fixture(scope="session")
def nordlicht(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a company of twelve items with a published plan; no test changes it."""
    folder = tmp_path_factory.mktemp("nordlicht")
    engine, _ = published(folder, **company(12))
    engine.dispose()
    (folder / "restock.toml").write_text(SETTINGS, "utf-8")
    return folder
