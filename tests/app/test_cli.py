"""The command line: help that teaches, exit codes, and what each command prints."""

import json
import re

import pytest

from app.reference_pages import commands_page
from tests.running import restock, restock_here

COMMANDS = re.findall(r"^## `restock (.+)`$", commands_page(), re.MULTILINE)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_each_command_shows_an_example(command):
    code, out, _ = restock_here(*command.split(), "--help")

    assert code == 0
    assert f"Example: restock {command}" in re.sub(r"\s+", " ", out)


def test_the_version_is_told():
    code, out, _ = restock_here("--version")

    assert code == 0
    assert re.fullmatch(r"restock \d+\.\d+\.\d+\n", out)


def test_a_missing_settings_file_is_wrong_use(tmp_path):
    code, _, err = restock_here("status", "--settings", tmp_path / "nowhere.toml")

    assert code == 2
    assert "nowhere.toml: no such file" in err


def test_a_date_that_is_none_is_wrong_use(undisturbed):
    code, _, err = restock_here("run", "--settings", undisturbed.folder, "--as-of", "31.03.2026")

    assert code == 2
    assert "write it as 2026-03-31" in err


def test_a_run_prints_the_plan_the_most_urgent_orders_and_the_reports(undisturbed):
    out = " ".join(undisturbed.out.split())

    to_place = r"[1-9]\d* lines? for [1-9][\d,]* EUR to place on 2026-\d\d-\d\d"
    assert re.search(rf"items planned; {to_place}[^;]*; \d+ input rows rejected", out)
    assert re.search(r"Most urgent: 1\. \S+ .* at \w+: \d+ units? from .*, order by \d{4}-\d\d-\d\d; ", out)
    for name in ("planner.html", "orders-2026-06-28.xlsx", "budget.html"):
        assert str(undisturbed.folder / "reports" / name) in out
    assert re.search(r"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ Write the reports \(1\)$", undisturbed.err, re.MULTILINE)


def test_status_shows_the_published_plan(undisturbed):
    code, out, _ = restock("status", "--settings", undisturbed.folder)
    code_json, as_json, _ = restock_here("status", "--settings", undisturbed.folder, "--json")

    assert (code, code_json) == (0, 0)
    plan = json.loads(as_json)["plan"]
    assert plan["run_id"] in out
    assert "to place on 2026-" in out


def test_show_says_why_from_the_stored_rows(undisturbed):
    line = undisturbed.plan.decode().splitlines()[1]
    sku = line.split(",")[0]

    code, out, _ = restock_here("show", sku, "--settings", undisturbed.folder)
    _, as_json, _ = restock_here("show", sku, "--settings", undisturbed.folder, "--json")

    assert code == 0
    for word in ("inventory position", "reorder point", "Weekly demand", "Policy", "lead time", "Backtest"):
        assert word in out
    sentence = json.loads(as_json)["recommendations"][0]["reasons"]["sentence"]
    assert re.sub(r"\W", "", sentence[:40]) in re.sub(r"\W", "", out)


def test_an_unknown_sku_is_wrong_use_and_the_nearest_are_named(undisturbed):
    sku = undisturbed.plan.decode().splitlines()[1].split(",")[0]

    code, _, err = restock_here("show", sku[:-1] + "X", "--settings", undisturbed.folder)

    assert code == 2
    assert sku[:3] in err


def test_check_names_rejected_rows_with_file_line_and_rule(planned_copy):
    code, out, err = restock_here("check", "--settings", planned_copy)

    assert code == 0, err
    assert re.search(r"\.csv line \d+: .*rejected \(rule [a-z_.]+\)", out)


def test_reports_are_written_where_they_are_wanted(undisturbed, tmp_path):
    code, out, _ = restock_here("report", "--settings", undisturbed.folder, "--to", tmp_path / "out")

    assert code == 0
    assert sorted(file.suffix for file in (tmp_path / "out").iterdir()) == [".html", ".html", ".xlsx"]
    assert all(str(file) in out for file in (tmp_path / "out").iterdir())


def test_an_up_to_date_schema_says_so(undisturbed):
    code, out, _ = restock_here("db", "upgrade", "--settings", undisturbed.folder)

    assert (code, out.strip()) == (0, "The schema is up to date.")


def test_the_demo_does_not_write_into_a_strangers_folder(tmp_path):
    (tmp_path / "letter.txt").write_text("dear")

    code, _, err = restock_here("demo", tmp_path)

    assert code == 2
    assert "is not empty" in err
