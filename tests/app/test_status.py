"""`restock status`: the published plan, the newest replay and how the last runs ended."""

import json
import re

from database import connect, upgrade
from database.publishing import begin_run, fail_run
from tests.app.conftest import SETTINGS
from tests.reports.factories import AS_OF, day, kpis, recommendation
from tests.reports.replay import SENTENCE, record_replay
from tests.running import restock_here


def status(folder, *options):
    code, out, err = restock_here("status", "--settings", folder, *options)
    assert code == 0, err
    return out


def test_the_published_plan_is_shown_with_its_figures(shop_of):
    figures = [
        {"name": "stock_value", "value": 1234.5, "unit": "EUR", "text": None},
        {"name": "forecast_coverage_90", "value": 0.912, "unit": "fraction", "text": None},
        {"name": "open_orders_at_stake", "value": 4567.2, "unit": "EUR", "text": None},
        {"name": "limits_gap", "value": 77.0, "unit": "EUR", "text": None},
    ]

    lines = [recommendation(), recommendation(sku="B", placed_on=day(4))]
    shown = status(shop_of(recommendations=lines, kpis=kpis(*figures)))

    assert "Nordlicht GmbH" in shown
    assert f"Plan as of {AS_OF}, run" in shown
    to_place = "1 line for 384 EUR to place on 2026-11-23, 1 line for 384 EUR on later ordering days until 2026-11-26"
    assert f"orders: {to_place}" in " ".join(shown.replace("│", " ").split())
    assert "saved by these changes: 4,570 EUR" in shown  # as on the planner's page
    assert "stock value at landed cost: 1,234 EUR" in shown
    assert "outcomes at or below the forecast's P90: 91 %" in shown
    assert "77" not in shown


def test_orders_whose_day_has_passed_are_not_told_as_a_plan(shop_of):
    shown = status(shop_of(recommendations=[recommendation(placed_on=day(0)), recommendation(sku="B")], kpis=kpis()))

    words = " ".join(shown.replace("│", " ").split())
    assert "orders: 1 line for 384 EUR that should have been placed on 2026-11-22, 1 line for 384 EUR on later" in words


def test_a_plan_that_is_not_an_ordinary_one_says_so(shop_of):
    folder = shop_of(recommendations=[recommendation()], kpis=kpis(), reconstructed=True, is_shadow=True)

    assert "(shadow, nothing is ordered, reconstructed)" in status(folder)


def test_the_newest_replay_is_told_in_its_sentence(shop_of):
    folder = shop_of(recommendations=[recommendation()], kpis=kpis())
    assert "has not been replayed yet" in status(folder)
    engine = connect("sqlite:///restock.db", folder)
    record_replay(engine)
    engine.dispose()

    assert SENTENCE[:40] in status(folder)
    assert json.loads(status(folder, "--json"))["simulation"]["sentence"] == SENTENCE


def test_a_failed_run_stands_in_the_list_with_its_message(shop_of):
    folder = shop_of(recommendations=[recommendation()], kpis=kpis())
    engine = connect("sqlite:///restock.db", folder)
    run_id = begin_run(
        engine, as_of=AS_OF, code_version="0", settings_hash="s", manifest_hash="m", manifest={}, reconstructed=False,
    )  # fmt: skip
    fail_run(engine, run_id, "disk full")
    engine.dispose()

    runs = json.loads(status(folder, "--json"))["runs"]

    assert sorted((run["status"], run["message"]) for run in runs) == [("failed", "disk full"), ("published", None)]
    shown = status(folder)
    assert f"{run_id}: disk full" in shown
    table = next(line for line in shown.splitlines() if line.startswith(run_id) and "failed" in line)
    assert len(table.rstrip()) <= 80


def test_a_program_reads_every_day_and_every_instant_in_one_form(shop_of):
    folder = shop_of(recommendations=[recommendation()], kpis=kpis())
    answer = json.loads(status(folder, "--json"))
    [run] = answer["runs"]

    assert run["as_of"] == answer["plan"]["as_of"] == "2026-11-22"
    assert run["finished_at"] == answer["plan"]["finished_at"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", run["finished_at"])


def test_a_company_without_a_plan_is_told_how_to_make_one(tmp_path):
    (tmp_path / "restock.toml").write_text(SETTINGS)

    assert "no plan is published yet; make one with `restock run`" in " ".join(status(tmp_path).split())
    assert json.loads(status(tmp_path, "--json")) == {"plan": None, "simulation": None, "runs": []}


def test_an_older_schema_is_named_with_the_command_that_brings_it_up(tmp_path):
    (tmp_path / "restock.toml").write_text(SETTINGS)
    engine = connect("sqlite:///restock.db", tmp_path)
    upgrade(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM alembic_version")
    engine.dispose()

    code, _, err = restock_here("status", "--settings", tmp_path)

    assert code == 1
    assert "restock db upgrade" in err
