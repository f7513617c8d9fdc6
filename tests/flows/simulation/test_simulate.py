"""`restock simulate` from the outside: what it says, what it keeps, and that it knows nothing of what comes later."""

import datetime as dt
import json
import os
import re
import shutil
import signal
from types import SimpleNamespace
from unittest.mock import MagicMock

import pandas as pd
import pytest

from data_contracts.acceptance.accepted import load_accepted
from database import connect
from database.exports import export_recommendations
from database.queries import current_run
from database.simulations import newest_simulation, record_simulation
from flows.execution import progress
from flows.execution.fingerprints import settings_hash
from flows.execution.progress import report_progress_to
from flows.execution.stages import group_name
from flows.inputs import ingest_one
from flows.simulation import simulate
from flows.simulation.simulate import LEAST_HISTORY_WEEKS, ReplayRuns, refuse_short_history
from identity.stock_snapshots import SnapshotStore
from models.inventory.replay import replay_calendar
from settings import DataRefused, Settings, load_settings
from tests.database.test_simulations import header, results, tuning
from tests.running import made_once, plan_bytes, restock, restock_here, start

WEEKS = ("--weeks", "4")
SHORT = {"warm_up_weeks": 1, "refit_weeks": 26, "scenarios": 32, "bootstrap_draws": 100}
SMALL = {"simulation": SHORT, "forecast": {"backtest_origins": 2}, "run": {"buckets": 2, "tasks": 2}}


def calendar(weeks=26):
    return replay_calendar(dt.date(2026, 6, 28), weeks=weeks, warm_up_weeks=4, refit_weeks=8, period="day")


def sales(first):
    return pd.DataFrame({"date": pd.to_datetime([first, "2026-06-28"])})


def test_too_little_history_is_refused_with_how_much_is_needed():
    on = calendar()
    needed = on.fit_days[0] - dt.timedelta(weeks=LEAST_HISTORY_WEEKS)
    short = needed + dt.timedelta(days=10)

    with pytest.raises(DataRefused, match=f"sales from {needed}.*--weeks 24"):
        refuse_short_history(sales(short), on, 26)
    refuse_short_history(sales(needed), on, 26)


@pytest.fixture
def runs(tmp_path):
    (tmp_path / "restock.toml").write_text("")

    def made(orders=(), received=()):
        frames = {
            "inventory": pd.DataFrame({"as_of": [pd.Timestamp("2026-03-31"), pd.Timestamp("2026-04-30")], "location": "BER"}),
            "sales": pd.DataFrame({"date": pd.to_datetime(["2026-03-01", "2026-05-01"]), "units": [1.0, 2.0]}),
            "purchase_orders": pd.DataFrame(
                list(orders), columns=["order_number", "line_number", "ordered_on", "status"]
            ).astype({"ordered_on": "datetime64[ns]"}),
            "receipts": pd.DataFrame(
                list(received), columns=["order_number", "line_number", "received_on"]
            ).astype({"received_on": "datetime64[ns]"}),
        }  # fmt: skip
        settings = load_settings(tmp_path)
        return ReplayRuns(settings, frames)

    return made


def test_a_run_s_key_changes_with_what_was_known_then_and_not_with_what_came_later(runs):
    ordered = ("P1", "1", pd.Timestamp("2026-03-10"), "open")
    done = ("P1", "1", pd.Timestamp("2026-03-10"), "received")
    arrived = ("P1", "1", pd.Timestamp("2026-04-10"))
    spring, summer = dt.date(2026, 3, 31), dt.date(2026, 4, 30)

    before, after = runs([ordered]), runs([done], [arrived])

    assert before.of(spring, "forecast_review").key == after.of(spring, "forecast_review").key
    assert before.of(summer, "forecast_review").key != after.of(summer, "forecast_review").key


def test_how_the_past_is_replayed_is_no_part_of_a_run_s_settings(copy_of):
    assert settings_hash(load_settings(copy_of("a"))) == settings_hash(load_settings(copy_of("b", simulation=SHORT)))


class _Counted:
    """A receiver of progress that keeps what each stage announced and did."""

    def __init__(self):
        self.announced, self.done = {}, {}

    def stage(self, name, total):
        self.name = name
        self.announced[name], self.done[name] = total, 0

    def advance(self, done):
        self.done[self.name] += done


def test_what_is_decided_at_each_review_adds_up_to_what_was_announced(monkeypatch):
    on = calendar(weeks=4)
    groups, items, counted = [[0], [1]], {"0": 5, "1": 7}, _Counted()

    def decided(jobs):
        for job in jobs:
            progress.advance(items[group_name(job.group)])
        return [{group_name(job.group): {"digest": "d"}} for job in jobs]

    windows = {name: replay_window_of(count) for name, count in items.items()}
    monkeypatch.setattr(simulate, "fetch", lambda _, name: SimpleNamespace(window=windows[name]))
    monkeypatch.setattr(simulate, "run_jobs", decided)
    fits = {day: SimpleNamespace(pooled={"company": {"digest": "p"}}) for day in on.fit_days}
    weeks = [{name: {"digest": "w"} for name in items} for _ in on.review_days]
    runs = SimpleNamespace(of=lambda *_: None, settings=Settings())
    with report_progress_to(counted):
        simulate._decide(on, runs, groups, fits, weeks, {name: name for name in items})

    assert counted.announced == counted.done == {"Decide at each review": 12 * len(on.review_days)}


def replay_window_of(count):
    """As much of a window as deciding asks for."""
    window = MagicMock()
    window.__len__.return_value = count
    window.digest_until.return_value = "u"
    return window


def replayed(folder, prefect_server, *arguments):
    code, out, err = restock("simulate", "--settings", folder, *WEEKS, *arguments, PREFECT_API_URL=prefect_server)
    assert code == 0, err
    return out


def stored(folder, url="sqlite:///restock.db"):
    """The newest replay in a company's database."""
    engine = connect(url, folder)
    found = newest_simulation(engine)
    engine.dispose()
    return found


def written(folder):
    """Content and instant of every result of the replay's reviews."""
    files = sorted((folder / ".restock" / "replays").rglob("*.npy"))
    return {str(file): file.stat().st_mtime_ns for file in files if "decide_review" in file.parts}


@pytest.fixture(scope="session")
def replayed_once(company, tmp_path_factory, prefect_server):
    """The small company with a replay of four weeks and what the command said; no test changes it."""

    def replay(folder):
        shutil.copytree(company, folder / "company")
        with (folder / "company" / "restock.toml").open("a") as file:
            for group, values in SMALL.items():
                file.write("\n".join(["", f"[{group}]", *(f"{key} = {value}" for key, value in values.items()), ""]))
        (folder / "out").write_text(replayed(folder / "company", prefect_server), encoding="utf-8")

    return made_once(tmp_path_factory, "replayed", replay)


@pytest.fixture
def past(replayed_once, tmp_path):
    """A copy of the replayed company: its folder, what the command said, and what it kept."""
    folder = tmp_path / "past"
    shutil.copytree(replayed_once / "company", folder)
    return folder, (replayed_once / "out").read_text("utf-8"), stored(folder)


@pytest.mark.slow
def test_a_replay_says_what_would_have_been_and_keeps_it(past):
    _, out, found = past

    asked = found.results[found.results["measure"] == "demand_units"].groupby(["days", "scope"])["value"].nunique()
    note = next(line for line in out.splitlines() if "holds" in line)

    assert (asked == 1).all(), "policies face different demand"
    assert float(note.split("holds ")[1].split("%")[0]) == pytest.approx(100, abs=5), "own orders, own stock"
    assert "Over the last 4 weeks restock would have served" in out
    assert (found.weeks, found.as_of, found.first_day) == (4, dt.date(2026, 6, 28), dt.date(2026, 6, 1))
    assert set(found.results["policy"]) == {"restock", "your orders", "normal safety stock", "four weeks' cover"}
    assert set(found.results["days"]) == {"all days", "days of known demand"}
    everything = found.results[(found.results["scope"] == "all") & (found.results["measure"] == "fill_rate")]
    assert everything["value"].between(0, 1).all()
    assert (everything["low"] <= everything["value"]).all()


@pytest.mark.slow
@pytest.mark.parametrize("command", [("run", "--no-reports"), ("simulate", *WEEKS)])
def test_sales_of_unknown_skus_count_for_the_share_of_rejected_rows_in_a_replay_as_in_a_run(
    copy_of, prefect_server, command
):
    folder = copy_of("unknown", **SMALL)
    products = folder / "products.csv"
    heading, *rows = products.read_text("utf-8").splitlines()
    products.write_text("\n".join([heading, *rows[::2], ""]), "utf-8")

    code, _, err = restock(command[0], "--settings", folder, *command[1:], PREFECT_API_URL=prefect_server)

    assert code == 3
    assert re.search(r"sales: \d+ of \d+ rows are rejected .*, more than data.max_rejected_share allows", err)
    assert "by sales.sku.resolved" in err


@pytest.mark.slow
def test_weeks_that_were_replayed_are_not_replayed_again(past, prefect_server):
    folder, _, first = past
    made = written(folder)

    again = json.loads(replayed(folder, prefect_server, "--json"))

    overall = first.results[(first.results["scope"] == "all") & (first.results["days"] == "all days")]
    figures = {(policy, name): each["value"] for policy, of in again["policies"].items() for name, each in of.items()}
    assert made
    assert written(folder) == made
    assert again["simulation_id"] == first.simulation_id
    assert figures == pytest.approx(overall.set_index(["policy", "measure"])["value"].to_dict(), nan_ok=True)
    assert again["policies"]["restock"]["fill_rate"]["value"] <= 1


@pytest.mark.slow
def test_what_happens_later_changes_no_review_before_it(past, prefect_server):
    folder, *_ = past
    made = written(folder)
    sold = folder / "sales" / "2026-06.csv"
    lines = sold.read_text("utf-8").splitlines(keepends=True)
    last = [line for line in lines[1:] if "2026-06-2" in line]
    dropped = set(last[::2])
    sold.write_text("".join(line for line in lines if line not in dropped), "utf-8")

    replayed(folder, prefect_server)

    again = written(folder)
    before = {name: instant for name, instant in made.items() if "/2026-06-2" not in name}
    assert before
    assert {name: again[name] for name in before} == before
    assert len(again) > len(made)


@pytest.mark.slow
def test_a_killed_replay_goes_on_where_it_stopped(past, copy_of, prefect_server):
    folder = copy_of("killed", **SMALL)
    run = start("simulate", "--settings", folder, *WEEKS)
    for line in run.stderr:
        if "Decide at each review" in line:
            break
    os.kill(run.pid, signal.SIGKILL)
    run.communicate()
    kept = {
        file: file.stat().st_mtime_ns
        for file in (folder / ".restock" / "replays").rglob("forecast_review/*/fields.json")
    }

    replayed(folder, prefect_server)

    killed, undisturbed = stored(folder), past[2]
    assert kept
    assert all(file.stat().st_mtime_ns == instant for file, instant in kept.items())
    pd.testing.assert_frame_equal(killed.results, undisturbed.results)
    pd.testing.assert_frame_equal(killed.tuning, undisturbed.tuning)
    assert killed.notes == undisturbed.notes


@pytest.mark.slow
@pytest.mark.postgres
def test_a_replay_on_postgresql_knows_the_stock_that_runs_kept(copy_of, prefect_server, empty_postgres_url):
    folder = copy_of("postgres", **SMALL, database={"url": f'"{empty_postgres_url}"'})
    settings = load_settings(folder)
    stock = load_accepted(ingest_one(settings, "inventory"))
    newest = stock[stock["as_of"] == stock["as_of"].max()]
    day = stock["as_of"].min() - pd.Timedelta(days=10)
    (kept,) = SnapshotStore(folder / ".restock" / "stock").keep(newest.assign(as_of=day), day.date())

    replayed(folder, prefect_server)

    found = stored(folder, empty_postgres_url)
    (folder / ".restock" / "stock" / kept.path).write_bytes(b"half")
    code, _, err = restock("simulate", "--settings", folder, *WEEKS, PREFECT_API_URL=prefect_server)
    assert found is not None
    assert code == 3
    assert f"the stock kept of {day.date()} is gone or damaged" in err


@pytest.mark.slow
def test_an_accepted_tuning_moves_the_next_run_s_orders_and_a_setting_switches_it_off(
    planned_copy, undisturbed, prefect_server
):
    def planned():
        code, _, err = restock("run", "--settings", folder, "--no-reports", PREFECT_API_URL=prefect_server)
        assert code == 0, err
        return plan_bytes(folder)

    folder = planned_copy
    engine = connect("sqlite:///restock.db", folder)
    record_simulation(engine, header(), results(), pd.concat([tuning(abc, 0.9) for abc in "ABC"], ignore_index=True))
    engine.dispose()
    tuned = planned()
    with (folder / "restock.toml").open("a") as file:
        file.write("\n[simulation]\nuse_tuning = false\n")
    off = planned()

    assert tuned != undisturbed.plan
    assert off == undisturbed.plan


@pytest.mark.slow
def test_a_shadow_plan_says_so_everywhere_and_plans_the_same(planned_copy, undisturbed, prefect_server):
    folder = planned_copy
    with (folder / "restock.toml").open("a") as file:
        file.write("\n[cut_over]\nshadow = true\n")

    before = {file.name for file in (folder / "reports").glob("*.xlsx")}

    code, out, err = restock("run", "--settings", folder, PREFECT_API_URL=prefect_server)
    _, status, _ = restock_here("status", "--settings", folder)

    engine = connect("sqlite:///restock.db", folder)
    run = current_run(engine)
    plan = export_recommendations(engine, run.run_id)
    engine.dispose()
    assert code == 0, err
    assert run.is_shadow
    assert plan == undisturbed.plan
    assert "shadow, nothing is ordered" in out
    assert "shadow, nothing is ordered" in status
    assert {file.name for file in (folder / "reports").glob("*.xlsx")} - before == {"shadow-2026-06-28.xlsx"}
    assert "shadow, nothing is ordered" in (folder / "reports" / "planner.html").read_text("utf-8")
