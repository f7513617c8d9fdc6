"""The `restock` command run as a person would run it, the plan that it published, and what a session makes once."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

from typer.testing import CliRunner

from app.cli import app
from database import connect
from database.exports import export_recommendations
from database.queries import current_run

ROOT = Path(__file__).parents[1]


def start(*arguments, **environment):
    """The command as a process of its own."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT")}
    return subprocess.Popen(
        [sys.executable, "-m", "app", *map(str, arguments)],
        cwd=ROOT,
        env={**env, **environment, "COLUMNS": "200"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def restock(*arguments, **environment):
    """Run the command to its end; returns exit code, what it printed, and what it complained of."""
    process = start(*arguments, **environment)
    out, err = process.communicate(timeout=300)
    return process.returncode, out, err


def restock_here(*arguments):
    """Run the command within this process: for those that only read and write files and the database."""
    answer = CliRunner().invoke(app, [str(argument) for argument in arguments])
    return answer.exit_code, answer.stdout, answer.stderr


def made_once(tmp_path_factory, name, make):
    """A folder of the session's that `make` fills: the first worker that wants it makes it, the others wait and find it."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
    folder.mkdir(exist_ok=True)
    made = folder / ".made"
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            make(folder)
            made.touch()
    return folder


def plan_bytes(folder, url="sqlite:///restock.db"):
    """The visible plan as the bytes that equal plans share."""
    engine = connect(url, folder)
    run = current_run(engine)
    assert run is not None
    plan = export_recommendations(engine, run.run_id)
    engine.dispose()
    return plan
