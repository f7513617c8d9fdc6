"""What a person sees: errors in a sentence, progress on a terminal and in a log, lines left whole in a file."""

import datetime as dt
import io
import json
from pathlib import Path

import numpy as np
import pytest
import typer
from rich.console import Console

from app import terminal
from app.stopping import Stopped
from app.terminal import (
    TerminalProgress,
    echo,
    echo_json,
    errors_as_messages,
    progress_reporter,
)
from database import connect, upgrade
from flows.execution.progress import LineProgress
from settings import DataRefused, PublishError, UsageError, settings_file_in
from tests.database.factories import published


def ended(raised, company):
    with pytest.raises(typer.Exit) as end, errors_as_messages(company):
        raise raised
    return end.value.exit_code


@pytest.fixture
def screen(monkeypatch):
    """A terminal of 60 columns, and what it shows."""
    shown = io.StringIO()
    console = Console(file=shown, force_terminal=True, width=60, highlight=False, color_system="standard")
    monkeypatch.setattr(terminal, "err", console)
    monkeypatch.setattr(terminal, "out", console)
    return shown


@pytest.mark.parametrize(
    ("error", "code", "heading"),
    [
        (PublishError("the database is full"), 1, "Failed: the database is full"),
        (UsageError("no such item"), 2, "Wrong use: no such item"),
        (DataRefused("sales.csv is empty"), 3, "Refused: sales.csv is empty"),
    ],
)
def test_an_error_is_a_sentence_and_an_exit_code(tmp_path, capsys, error, code, heading):
    assert ended(error, tmp_path) == code
    assert heading in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_brackets_of_a_message_are_no_markup(tmp_path, capsys):
    ended(UsageError("unknown key [data] of [red]"), tmp_path)

    assert "unknown key [data] of [red]" in capsys.readouterr().err


def test_an_abandoned_question_ends_in_a_sentence_and_leaves_no_traceback(tmp_path, capsys):
    assert ended(typer.Abort(), tmp_path) == 1
    assert "Stopped at the question; nothing was written." in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("stop", "by"), [(KeyboardInterrupt(), "the keyboard"), (Stopped(), "SIGTERM")])
def test_a_run_that_is_stopped_says_that_it_can_go_on(tmp_path, capsys, stop, by):
    assert ended(stop, tmp_path) == 1
    shown = " ".join(capsys.readouterr().err.split())
    assert shown.startswith(f"Stopped by {by}; a plan is published whole or not at all.")
    assert "goes on where it stopped" in shown


def test_an_exit_code_that_is_given_stays(tmp_path):
    assert ended(typer.Exit(2), tmp_path) == 2


@pytest.mark.parametrize("named", ["", "restock.toml"])
def test_the_traceback_of_an_unforeseen_error_is_kept_beside_the_company(tmp_path, capsys, named):
    assert ended(ZeroDivisionError("division by zero"), tmp_path / named) == 1

    (kept,) = (tmp_path / ".restock" / "errors").iterdir()
    shown = capsys.readouterr().err
    assert "Unexpected ZeroDivisionError: division by zero" in shown
    assert "Traceback" not in shown
    assert "Traceback" in kept.read_text("utf-8")
    assert kept.name in shown.replace("\n", "")


def run_of(folder, *steps):
    """A command that publishes, whose work is these steps."""
    with errors_as_messages(folder, publishes=True):
        for step in steps:
            step()


def raising(error):
    def step():
        raise error

    return step


def failed_run(folder, error, capsys, *, publishing=False):
    """What a run says that ends in `error`, before or after it has published a plan."""
    (folder / "restock.toml").write_text('[company]\nname = "Nordlicht"\nbase_currency = "EUR"\n')
    engine = connect(f"sqlite:///{folder / 'restock.db'}")
    upgrade(engine)
    published(engine)
    with pytest.raises(typer.Exit):
        run_of(folder, *([lambda: published(engine)] if publishing else []), raising(error))
    engine.dispose()
    return " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize("error", [ZeroDivisionError(), MemoryError(), Stopped(), PublishError("no report")])
def test_a_run_that_fails_after_the_switch_says_that_its_plan_is_published(tmp_path, capsys, error):
    said = failed_run(tmp_path, error, capsys, publishing=True)

    assert "The plan as of 2026-03-01 is published, whole, as run 20260301-" in said
    assert "No part" not in said


@pytest.mark.parametrize("error", [ZeroDivisionError(), MemoryError()])
def test_a_run_that_fails_before_the_switch_says_that_nothing_is_published(tmp_path, capsys, error):
    assert failed_run(tmp_path, error, capsys).endswith("No part of a plan was published.")


def test_what_a_run_published_is_not_guessed_where_the_database_is_gone(tmp_path, capsys):
    (tmp_path / "restock.toml").write_text('[company]\nname = "N"\n[database]\nurl = "sqlite:///gone/restock.db"\n')
    (tmp_path / "gone").write_text("a file where a folder was")
    with pytest.raises(typer.Exit):
        run_of(tmp_path, raising(ZeroDivisionError()))

    assert "Whether a plan was published is not known" in capsys.readouterr().err


def test_a_command_that_publishes_nothing_says_nothing_of_it(tmp_path, capsys):
    ended(ZeroDivisionError(), tmp_path)

    assert "published" not in capsys.readouterr().err


def test_a_log_gets_a_plain_line_a_stage(capsys):
    with progress_reporter() as reporter:
        reporter.stage("Backtest", 1200)
        reporter.advance(600)

    assert isinstance(reporter, LineProgress)
    assert capsys.readouterr().err.endswith("Z Backtest (1,200)\n")


def test_a_terminal_gets_a_bar_that_is_full_in_the_end(screen):
    with progress_reporter() as reporter:
        reporter.advance(1)  # before any stage: nothing to move
        reporter.stage("Read", 0)
        reporter.stage("Backtest", 4)
        reporter.advance(1)

    assert isinstance(reporter, TerminalProgress)
    shown = screen.getvalue()
    assert "Backtest" in shown
    assert "4/4" in shown
    assert "\x1b[" in shown


def test_a_program_that_reads_json_is_spared_the_bar(screen):
    with progress_reporter(quiet=True) as reporter:
        assert isinstance(reporter, LineProgress)


def test_lines_are_cut_for_a_terminal_and_left_whole_in_a_file(screen, capsys, monkeypatch):
    words = "a line that is longer than the sixty columns which this terminal has to show it in"
    echo(words)
    assert len(screen.getvalue().strip().splitlines()) == 2

    monkeypatch.setattr(terminal, "out", Console(width=60))
    echo(words)
    assert capsys.readouterr().out == f"{words}\n"


def test_a_company_may_be_named_by_its_folder(tmp_path):
    assert settings_file_in(tmp_path) == tmp_path / "restock.toml"
    assert settings_file_in(tmp_path / "other.toml") == tmp_path / "other.toml"


def test_a_program_reads_days_and_instants_in_one_form_each(capsys, monkeypatch):
    monkeypatch.setattr(terminal, "out", Console(width=200))
    noon_in_berlin = dt.datetime(2026, 3, 31, 12, 0, 5, 999, tzinfo=dt.timezone(dt.timedelta(hours=2)))

    echo_json({"day": dt.date(2026, 3, 31), "at": noon_in_berlin, "file": Path("a/b.csv"), "rows": np.int64(3)})

    shown = {"day": "2026-03-31", "at": "2026-03-31T10:00:05Z", "file": "a/b.csv", "rows": 3}
    assert json.loads(capsys.readouterr().out) == shown


def test_an_instant_without_a_zone_is_refused():
    with pytest.raises(TypeError, match="has no time zone"):
        echo_json(dt.datetime(2026, 3, 31))  # noqa: DTZ001 - what is refused
