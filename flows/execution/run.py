"""What all tasks of one run share: the company, the day, the inputs and the folder."""

import dataclasses
import datetime as dt
from pathlib import Path

from flows.execution.fingerprints import code_version, fingerprint, settings_hash
from settings import Settings, load_settings_snapshot, save_settings_snapshot


@dataclasses.dataclass(frozen=True)
class PlanningRun:
    """One planning run. Small and JSON-able: it is the parameter of every task.

    Attributes
    ----------
    settings_snapshot: file with the settings that the run started with, without secrets; tasks read it.
    as_of: day at whose end the decision is made, ISO.
    key: hash of all that the run's results depend on: as_of, inputs, settings, decisions, code.
    folder: where results between tasks lie.
    """

    settings_snapshot: str
    as_of: str
    key: str
    folder: str

    @property
    def day(self) -> dt.date:
        """`as_of` as a date."""
        return dt.date.fromisoformat(self.as_of)

    @property
    def settings(self) -> Settings:
        """The settings that the run started with, whatever restock.toml says by now."""
        return load_settings_snapshot(Path(self.settings_snapshot))

    def folder_for(self, stage: str, name: str) -> Path:
        """Folder of one result."""
        return Path(self.folder) / stage / name


def open_run(settings: Settings, as_of: dt.date, manifest_hash: str, decisions_hash: str) -> PlanningRun:
    """The run of a day, keyed by everything that its results depend on."""
    key = fingerprint([as_of.isoformat(), manifest_hash, settings_hash(settings), decisions_hash, code_version()])
    folder = run_folder(settings) / "runs" / f"{as_of.isoformat()}-{key}"
    return PlanningRun(keep_snapshot(settings), as_of.isoformat(), key, str(folder))


def keep_snapshot(settings: Settings) -> str:
    """File in the company's run folder that holds these settings for the tasks of a run."""
    return str(save_settings_snapshot(settings, run_folder(settings) / "settings"))


def run_folder(settings: Settings) -> Path:
    """The company's folder for parts, runs and Prefect's own files."""
    return (settings.root / settings.run.folder).resolve()


def bucket_groups(buckets: int, tasks: int) -> list[list[int]]:
    """Buckets divided into at most `tasks` groups; how they are divided changes no result."""
    count = min(tasks, buckets)
    return [list(range(first, buckets, count)) for first in range(count)]
