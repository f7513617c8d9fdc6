"""A run works with the settings that it started with, and keeps no secret of them."""

import datetime as dt
import json
from pathlib import Path

import pytest

from flows.execution.fingerprints import settings_hash
from flows.execution.run import open_run
from settings import RestockError, load_settings

WRITTEN = """
[database]
url = "postgresql://planner:hush@db/restock"
[inventory]
cycle_service_target = 0.9
[forecast]
backtest_origins = 3
[sources.sales]
url = "postgresql://reader:hush@db/shop"
table = "sales"
date_format = "%d.%m.%Y"
missing_values = ["n/a", "re:-+"]
[sources.products]
url = "env:SHOP_DATABASE"
table = "products"
[sources.inventory]
path = "inventory.csv"
"""


def opened(folder):
    """A run of a company with these settings."""
    return open_run(load_settings(folder), dt.date(2026, 3, 31), "manifest", "decisions")


@pytest.fixture
def company_folder(tmp_path):
    (tmp_path / "restock.toml").write_text(WRITTEN)
    return tmp_path


def test_a_run_keeps_the_settings_that_it_started_with(company_folder):
    run = opened(company_folder)
    (company_folder / "restock.toml").write_text(WRITTEN.replace("0.9", "0.5"))

    assert run.settings.inventory.cycle_service_target == 0.9
    assert opened(company_folder).settings.inventory.cycle_service_target == 0.5
    assert opened(company_folder).key != run.key


def test_settings_are_kept_whole_but_for_urls(company_folder, monkeypatch):
    monkeypatch.setenv("RESTOCK_FORECAST__SCENARIOS", "64")
    written = load_settings(company_folder)
    run = opened(company_folder)
    monkeypatch.setenv("RESTOCK_FORECAST__SCENARIOS", "128")

    kept = run.settings

    assert kept.root == written.root
    assert kept.forecast.scenarios == 64
    assert settings_hash(kept.model_copy(update={"sources": written.sources})) == settings_hash(written)
    assert kept.sources["products"].url == "env:SHOP_DATABASE"
    assert "hush" not in Path(run.settings_snapshot).read_text()
    assert "hush" not in json.dumps(run.__dict__)


def test_kept_settings_that_were_changed_are_refused_until_the_run_starts_again(company_folder):
    run = opened(company_folder)
    file = Path(run.settings_snapshot)
    file.write_text(file.read_text().replace("0.9", "0.8"))

    with pytest.raises(RestockError, match="gone or were changed"):
        _ = run.settings
    assert opened(company_folder).settings.inventory.cycle_service_target == 0.9
