"""The three companies: the demo, and two that read the demo's data in another rhythm and buy by other rules.

These two differ in more than the period, so that targets, backorders and a classical policy are held in place as well;
few scenarios and origins keep them quick.
"""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from demo import write_company
from tests.golden.canonical import canonical_tables
from tests.running import restock

DATABASE = "restock.db"

_QUICK: dict[str, dict[str, str]] = {
    "forecast": {"scenarios": "64", "backtest_origins": "2"},
    "run": {"buckets": "4", "tasks": "2"},
}


def write_demo_company(folder: Path) -> None:
    """The company of the fixture `company`, which the tests plan once a session."""
    write_company(folder, seed=3, skus=24, days=300)


def write_weekly_company(folder: Path) -> None:
    """A year and a bit of weeks; orders are sized by the share of demand served, and customers wait."""
    write_company(folder, seed=5, skus=24, days=400, last_day=dt.date(2026, 6, 28))
    put_settings(
        folder / "restock.toml",
        {
            "company": {"period": '"week"'},
            "inventory": {"service_by": '"fill_rate"', "unmet_demand": '"backordered"'},
            **_QUICK,
        },
    )


def write_monthly_company(folder: Path) -> None:
    """Two years of months; orders are sized by the chance of no stockout, slow sellers by a classical policy."""
    write_company(folder, seed=8, skus=24, days=730, last_day=dt.date(2026, 6, 30))
    put_settings(
        folder / "restock.toml",
        {
            "company": {"period": '"month"'},
            "inventory": {"service_by": '"cycle_service"', "policy_by_class": '{C = "(R,S)"}'},
            **_QUICK,
        },
    )


WRITERS: dict[str, Callable[[Path], None]] = {
    "demo": write_demo_company,
    "weekly": write_weekly_company,
    "monthly": write_monthly_company,
}


def plan(name: str, folder: Path, **environment: str) -> dict[str, str]:
    """Write a company into a new folder and plan it with the command; the text of each table."""
    WRITERS[name](folder)
    code, _, err = restock("run", "--settings", folder / "restock.toml", "--no-reports", **environment)
    assert code == 0, err
    return canonical_tables(folder / DATABASE)


def put_settings(file: Path, settings: Mapping[str, Mapping[str, str]]) -> None:
    """Set keys of `restock.toml`, as group to key to TOML text: keys that stand there are replaced, others added."""
    text = file.read_text(encoding="utf-8")
    for group, values in settings.items():
        if f"[{group}]\n" not in text:
            text += f"\n[{group}]\n"
        head, header, rest = text.partition(f"[{group}]\n")
        body, bracket, tail = rest.partition("\n[")
        for key, value in values.items():
            body = f"{key} = {value}\n" + re.sub(rf"^{key} = .*\n", "", body, flags=re.MULTILINE)
        text = f"{head}{header}{body}{bracket}{tail}"
    file.write_text(text, encoding="utf-8")
