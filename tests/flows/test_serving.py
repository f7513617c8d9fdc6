"""`restock schedule` with real processes: at its minute, after a missed one, when a run is refused, when it is stopped."""

import json
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.faults.shop import shop
from tests.running import plan_bytes, restock, restock_here, start

EACH_MINUTE = '\n[schedule]\nnightly = "* * * * *"\nsimulation = "never"\ntimezone = "UTC"\n'


def told_until(schedule, words):
    """The lines that a schedule has told until one holds these words."""
    lines = []
    for line in schedule.stderr:
        lines.append(line)
        if words in line:
            return lines
    pytest.fail(f"ended without {words!r}: {lines}")


def processes_of(schedule):
    """Ids of the processes that a process has started and that go on."""
    found = subprocess.run(["pgrep", "-P", str(schedule.pid)], capture_output=True, text=True, check=False)
    return found.stdout.split()


def stopped(schedule, number):
    """Stop a schedule; its exit code and what it said."""
    started = processes_of(schedule)
    schedule.send_signal(number)
    _, said = schedule.communicate(timeout=120)
    assert started
    assert not [pid for pid in started if Path(f"/proc/{pid}").exists()]
    return schedule.returncode, said


@pytest.fixture
def teashop(tmp_path):
    """A shop of three products whose nightly run is due each minute."""
    shop(tmp_path)
    with (tmp_path / "restock.toml").open("a") as file:
        file.write(EACH_MINUTE)
    return tmp_path


def test_the_next_three_runs_are_told(teashop):
    code, out, _ = restock_here("schedule", "--settings", teashop, "--next", "--json")

    assert code == 0
    assert [len(times) for times in json.loads(out)["schedule"].values()] == [3]


def test_a_schedule_without_anything_to_run_is_wrong_use(tmp_path):
    shop(tmp_path)
    with (tmp_path / "restock.toml").open("a") as file:
        file.write('\n[schedule]\nnightly = "never"\nsimulation = "never"\n')

    code, _, err = restock_here("schedule", "--settings", tmp_path)

    assert code == 2
    assert "give one of them a cron text" in err


@pytest.mark.slow
def test_a_schedule_runs_at_its_minute_catches_a_missed_run_up_once_and_outlives_a_refused_one(teashop):
    schedule = start("schedule", "--settings", teashop)
    told_until(schedule, "nightly_replenishment: done")
    plan = plan_bytes(teashop)
    # A second schedule is refused, and a run by hand is not: it waits for no one, nor does it end the other's server.
    second = restock("schedule", "--settings", teashop)
    code, said = stopped(schedule, signal.SIGTERM)

    assert second[0] == 1
    assert "another schedule of this company is going on" in second[2]
    assert code == 0
    assert "The schedule is stopped" in said

    (teashop / "inventory.csv").rename(teashop / "inventory.late")
    time.sleep(61 - time.time() % 60)  # a minute in which nobody was there
    schedule = start("schedule", "--settings", teashop)
    lines = told_until(schedule, "nightly_replenishment: refused or failed: ")
    lines += told_until(schedule, "nightly_replenishment: refused or failed: ")
    code, _ = stopped(schedule, signal.SIGINT)

    assert len(re.findall("was missed; caught up now", "".join(lines))) == 1
    assert code == 0
    assert plan_bytes(teashop) == plan
