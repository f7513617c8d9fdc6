"""What runs leave in the company's folder is bounded, and nothing that a kept plan needs is removed."""

import datetime as dt
import os
import time

import pytest

from data_contracts.acceptance.parts import PartStore
from flows.execution import retention
from flows.execution.prefect_server import _bound_records
from flows.execution.retention import keep_newest, tidy_after_run
from settings import PublishError, load_settings
from tests.faults.shop import shop

DAY = 86_400


def aged(file, days):
    """Make a file that changed last so many days ago."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()
    os.utime(file, (time.time() - days * DAY,) * 2)
    return file


def part(root, name, place, days):
    """A part's files as the store has them; returns the path of its accepted rows."""
    folder = root / "sales" / "2026-03" / name
    for file in (f"accepted-{place}.parquet", f"rejected-{place}.parquet", f"rows-{place}.json", "verdict.json"):
        aged(folder / file, days)
    return f"sales/2026-03/{name}/accepted-{place}.parquet"


def test_the_newest_entries_of_a_folder_stay(tmp_path):
    for days in range(5):
        aged(tmp_path / f"run-{days}" / "file", days)
        os.utime(tmp_path / f"run-{days}", (time.time() - days * DAY,) * 2)

    keep_newest(tmp_path, 2)

    assert sorted(place.name for place in tmp_path.iterdir()) == ["run-0", "run-1"]


def test_a_folder_that_is_not_there_is_no_fault(tmp_path):
    keep_newest(tmp_path / "nowhere", 2)


def test_parts_that_no_kept_plan_names_go_after_a_while(tmp_path):
    used = part(tmp_path, "a", "1", days=90)
    unused = part(tmp_path, "a", "2", days=90)
    fresh = part(tmp_path, "b", "3", days=1)
    alone = part(tmp_path, "c", "4", days=90)

    removed = PartStore(tmp_path).remove_unused({used}, time.time() - 30 * DAY)

    assert removed == [unused, alone]
    assert (tmp_path / used).exists()
    assert (tmp_path / fresh).exists()
    assert (tmp_path / "sales/2026-03/a/verdict.json").exists()
    assert not (tmp_path / "sales/2026-03/c").exists()


def test_a_part_whose_rejected_rows_are_named_stays(tmp_path):
    accepted = part(tmp_path, "a", "1", days=90)

    removed = PartStore(tmp_path).remove_unused({accepted.replace("accepted", "rejected")}, time.time())

    assert removed == []


def test_prefect_s_records_are_begun_anew_where_they_have_grown(tmp_path):
    for name in ("prefect.db", "prefect.db-wal"):
        (tmp_path / name).write_bytes(b"x" * 600_000)
    (tmp_path / "storage").mkdir()

    _bound_records(tmp_path, megabytes=2)
    small = sorted(file.name for file in tmp_path.iterdir())
    _bound_records(tmp_path, megabytes=1)

    assert small == ["prefect.db", "prefect.db-wal", "storage"]
    assert [file.name for file in tmp_path.iterdir()] == ["storage"]


@pytest.mark.parametrize("fault", [PublishError("the database went away"), PermissionError(13, "Permission denied")])
def test_a_fault_while_tidying_costs_no_plan_and_is_logged(tmp_path, monkeypatch, caplog, fault):
    settings = load_settings(shop(tmp_path))

    def fail(*_):
        raise fault

    monkeypatch.setattr(retention, "expire_plans", fail)

    tidy_after_run(settings, engine=None, now=dt.datetime(2026, 3, 31, tzinfo=dt.UTC))

    assert "old plans and files are not removed yet" in caplog.text
