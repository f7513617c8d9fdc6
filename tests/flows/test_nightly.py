"""The nightly run from the outside: the command, its exit code, what it prints, and the plan in the database."""

import json
import os
import re
import signal
import sqlite3
import time
import urllib.request
from pathlib import Path

import pytest

from database import connect
from database.exports import export_recommendations
from database.queries import current_run
from tests.faults.shop import shop
from tests.running import plan_bytes, restock, restock_here, start


def test_a_run_publishes_a_plan_and_says_so(undisturbed):
    folder, plan, out = undisturbed.folder, undisturbed.plan, undisturbed.out

    assert plan.count(b"\n") > 20
    assert "published as run" in out
    assert re.search(r"\d+ lines for [\d,]+ EUR", out)
    assert {file.suffix for file in (folder / "reports").iterdir()} >= {".html", ".xlsx"}


def test_a_run_shows_no_warning_no_traceback_and_no_library_s_log(undisturbed):
    for word in ("Warning", "Traceback", "INFO", "DEBUG", "prefect", "great_expectations"):
        assert word not in undisturbed.out + undisturbed.err


def test_every_item_has_a_recommendation_and_every_order_a_reason(undisturbed):
    folder = undisturbed.folder
    with sqlite3.connect(folder / "restock.db") as database:
        run = database.execute("SELECT run_id FROM current_runs").fetchone()[0]
        orders = database.execute(
            "SELECT order_units, supplier, from_location, reasons FROM recommendations "
            "WHERE run_id = ? AND action IN ('order', 'transfer')",
            (run,),
        ).fetchall()
        items = database.execute("SELECT COUNT(*) FROM forecasts WHERE run_id = ?", (run,)).fetchone()[0]
        recommended = database.execute(
            "SELECT COUNT(DISTINCT sku || '|' || location) FROM recommendations WHERE run_id = ?", (run,)
        ).fetchone()[0]
    database.close()

    assert recommended == items > 20
    assert orders
    assert all(units > 0 and (supplier or sender) for units, supplier, sender, _ in orders)
    assert all(len(json.loads(reasons)["sentence"]) > 40 for *_, reasons in orders)


def test_data_that_must_not_be_planned_on_are_refused_with_exit_code_3(tmp_path, prefect_server):
    shop(tmp_path, inventory_csv=None)

    code, _, err = restock("run", "--settings", tmp_path, PREFECT_API_URL=prefect_server)

    assert code == 3
    assert "inventory" in err
    assert "Traceback" not in err
    told, out, _ = restock_here("status", "--settings", tmp_path, "--json")
    [run] = json.loads(out)["runs"]
    assert (told, run["status"]) == (0, "failed")
    assert run["message"] in err
    assert "inventory" in run["message"]


def test_wrong_settings_end_with_exit_code_2_and_name_the_key(copy_of):
    folder = copy_of("typo", run={"bukets": 4})

    code, _, err = restock_here("run", "--settings", folder)

    assert code == 2
    assert "did you mean 'buckets'" in err


def test_asking_again_for_a_published_day_reuses_what_is_finished(planned_copy, undisturbed, prefect_server):
    folder, plan = planned_copy, undisturbed.plan
    made = {file: file.stat().st_mtime_ns for file in (folder / ".restock" / "runs").rglob("*.parquet")}

    code, out, err = restock("run", "--settings", folder, "--no-reports", "--json", PREFECT_API_URL=prefect_server)

    assert code == 0, err
    assert made
    assert json.loads(out)["items"] > 20
    assert plan_bytes(folder) == plan
    assert {file: file.stat().st_mtime_ns for file in (folder / ".restock" / "runs").rglob("*.parquet")} == made


def flow_run_states(folder):
    """State of every flow run that the company's own Prefect knows."""
    with sqlite3.connect(folder / ".restock" / "prefect" / "prefect.db") as database:
        states = [state for (state,) in database.execute("SELECT state_type FROM flow_run")]
    database.close()
    return states


def posted(url):
    """Answer to a filter without conditions."""
    request = urllib.request.Request(url, data=b"{}", headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


@pytest.mark.slow
def test_a_second_run_is_refused_and_edited_settings_change_nothing_in_the_first(copy_of, undisturbed):
    folder = copy_of("twice")
    file = folder / "restock.toml"
    first = start("run", "--settings", folder, "--no-reports")
    wait_for(first, "Read and validate")

    code, _, err = restock("run", "--settings", folder, "--no-reports")
    file.write_text(file.read_text().replace("capital_rate_per_year = 0.10", "capital_rate_per_year = 0.90"))
    _, told = first.communicate()

    assert code == 1
    assert "another run of this company is going on" in err
    assert "capital_rate_per_year = 0.90" in file.read_text()
    assert first.returncode == 0, told
    assert plan_bytes(folder) == undisturbed.plan


def server_of(folder):
    """Id of the process of the Prefect server that a run of the company has started."""
    return json.loads((folder / ".restock" / "prefect" / "restock-server.json").read_text())["pid"]


def has_ended(pid):
    """Whether a process ends within some seconds."""
    for _ in range(100):
        if not Path(f"/proc/{pid}").exists():
            return True
        time.sleep(0.1)
    return False


def wait_for(run, words):
    """Read what a command reports until it says these words."""
    for line in run.stderr:
        if words in line:
            return
    pytest.fail(f"ended without {words!r}")


def ended_at(folder, stage, stop):
    """Start a run and end it at a stage; its exit code, what it said, and the id of its server."""
    run = start("run", "--settings", folder, "--no-reports")
    wait_for(run, stage)
    server = server_of(folder)
    os.kill(run.pid, stop)
    _, told = run.communicate()
    return run.returncode, told, server


@pytest.mark.slow
def test_a_run_that_is_ended_takes_its_server_with_it_and_started_again_gives_the_undisturbed_plan(
    copy_of, undisturbed
):
    folder = copy_of("ended")

    killed = ended_at(folder, "Backtest", signal.SIGKILL)
    stopped = ended_at(folder, "Forecast and decide", signal.SIGTERM)
    killed_again = ended_at(folder, "Write the plan", signal.SIGKILL)
    servers_ended = [has_ended(server) for *_, server in (killed, stopped, killed_again)]
    code, _, err = restock("run", "--settings", folder, "--no-reports")

    assert servers_ended == [True] * 3
    assert stopped[0] == 1
    assert "Stopped by SIGTERM; a plan is published whole or not at all." in stopped[1]
    assert code == 0, err
    assert plan_bytes(folder) == undisturbed.plan
    assert sorted(flow_run_states(folder)) == ["COMPLETED", *["CRASHED"] * 3]


@pytest.fixture
def shop_of_three(tmp_path):
    """A function that writes the shop of three products to a folder of its own."""

    def made(name):
        (tmp_path / name).mkdir()
        return shop(tmp_path / name)

    return made


@pytest.mark.slow
def test_a_prefect_server_that_is_away_dies_or_hangs_during_a_run_costs_no_plan(shop_of_three, prefect_server):
    def planned(name, url):
        folder = shop_of_three(name)
        code, _, told = restock("run", "--settings", folder, "--no-reports", PREFECT_API_URL=url)
        assert code == 0, told
        return plan_bytes(folder), told

    def planned_in_spite_of(fault):
        folder = shop_of_three(fault.name)
        quick = {"PREFECT_API_REQUEST_TIMEOUT": "5", "PREFECT_CLIENT_MAX_RETRIES": "0"}
        run = start("run", "--settings", folder, "--no-reports", **quick)
        wait_for(run, "Build demand histories")
        server = server_of(folder)
        os.kill(server, fault)
        _, told = run.communicate(timeout=300)
        assert run.returncode == 0, told
        assert "Prefect's API went away" in told
        assert "the run went on without it, and its result is complete" in told
        assert has_ended(server)
        return plan_bytes(folder)

    plan, _ = planned("watched", prefect_server)
    away, told = planned("away", "http://127.0.0.1:9/api")

    assert plan.count(b"\n") > 3
    assert away == plan
    assert "the run goes on without Prefect" in told
    assert planned_in_spite_of(signal.SIGKILL) == plan
    assert planned_in_spite_of(signal.SIGSTOP) == plan


@pytest.mark.slow
@pytest.mark.postgres
def test_a_run_beside_an_outside_prefect_server_and_postgresql_shows_itself_there_and_plans_the_same(
    copy_of, undisturbed, prefect_server, empty_postgres_url
):
    folder = copy_of("outside", database={"url": f'"{empty_postgres_url}"'})

    code, _, err = restock("run", "--settings", folder, "--no-reports", PREFECT_API_URL=prefect_server)

    shown = posted(f"{prefect_server}/flow_runs/filter")
    [run] = [each for each in shown if each["parameters"]["settings_file"].startswith(str(folder))]
    artifacts = [
        each["key"] for each in posted(f"{prefect_server}/artifacts/filter") if each["flow_run_id"] == run["id"]
    ]
    assert code == 0, err
    assert run["state_type"] == "COMPLETED"
    assert {"restock-progress", "restock-run", "restock-orders", "restock-data-quality"} <= set(artifacts)
    assert plan_bytes(folder, empty_postgres_url) == undisturbed.plan


@pytest.mark.slow
def test_a_past_day_is_reconstructed_once_and_then_repeated_from_what_it_had_read(planned_copy, prefect_server):
    folder, past = planned_copy, ("--as-of", "2026-05-31", "--json")
    newest = (folder / "reports" / "planner.html").read_bytes()
    engine = connect("sqlite:///restock.db", folder)

    first_code, out, err = restock("run", "--settings", folder, *past, PREFECT_API_URL=prefect_server)
    first = json.loads(out)
    plan = export_recommendations(engine, first["run_id"])
    (folder / "sales" / "2026-05.csv").unlink()
    second_code, out, err = restock("run", "--settings", folder, *past, PREFECT_API_URL=prefect_server)
    again = json.loads(out)

    assert (first_code, second_code) == (0, 0), err
    assert first["as_of"] == again["as_of"] == "2026-05-31"
    assert "reconstructed" in first["labels"]
    assert export_recommendations(engine, again["run_id"]) == plan
    assert current_run(engine).as_of.isoformat() == "2026-06-28"
    assert (folder / "reports" / "planner.html").read_bytes() == newest
    assert (folder / "reports" / "as-of-2026-05-31" / "planner.html").is_file()
    engine.dispose()
