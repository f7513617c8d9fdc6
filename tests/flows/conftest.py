"""A small company on disk, and the `restock` command run on copies of it as a person would."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from database import connect
from database.exports import export_recommendations
from database.queries import current_run
from demo import write_company

SMALL = {"skus": 24, "days": 300}


@pytest.fixture(scope="session")
def company(tmp_path_factory):
    """Folder of a small demo company that no test changes."""
    folder = tmp_path_factory.mktemp("company") / "original"
    write_company(folder, seed=3, **SMALL)
    return folder


@pytest.fixture
def copy_of(company, tmp_path):
    """A function that copies the company to a folder of its own, with settings added."""

    def copy(name, **settings):
        folder = tmp_path / name
        shutil.copytree(company, folder)
        with (folder / "restock.toml").open("a", encoding="utf-8") as file:
            for group, values in settings.items():
                file.write(f"\n[{group}]\n" + "\n".join(f"{key} = {value}" for key, value in values.items()) + "\n")
        return folder

    return copy


def start(*arguments, **environment):
    """The command as a process of its own."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT")}
    return subprocess.Popen(
        [sys.executable, "-m", "app", *map(str, arguments)],
        cwd=Path(__file__).parents[2],
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


def plan_bytes(folder, url="sqlite:///restock.db"):
    """The visible plan as the bytes that equal plans share."""
    engine = connect(url, folder)
    run = current_run(engine)
    assert run is not None
    plan = export_recommendations(engine, run.run_id)
    engine.dispose()
    return plan
