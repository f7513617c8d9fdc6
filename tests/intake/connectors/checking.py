"""Small factories: one file read through a connector, and a sample folder checked as `restock check` would."""

import csv
import io
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from data_contracts.judging.accepted import TableIntake
from flows.inputs import Reading, assemble, decision_day, ingest_one
from flows.results import Inputs
from intake.connectors import EXPORTS
from intake.sources.raw import RawTable
from settings import Settings, TableSource, load_settings
from tests.data_contracts.company import write
from tests.intake.connectors.sample_companies import SAMPLES

COMPANY = """
[company]
base_currency = "USD"
timezone = "America/New_York"
default_location = "Warehouse"

[data]
today = 2026-07-01
"""


def csv_of(header: str, *rows: str) -> str:
    """A CSV file."""
    return "\n".join((header, *rows)) + "\n"


def made(table: str, connector: str, text: str, **source: Any) -> pd.DataFrame:
    """Rows that a connector makes of one CSV file, before the contract: texts, empty where nothing is written."""
    return frame_of(converted(table, connector, text, **source))


def converted(table: str, connector: str, text: str, **source: Any) -> RawTable:
    """What a connector makes of one CSV file."""
    header, *records = csv.reader(io.StringIO(text))
    rows = pa.table(
        {name: pa.array([record[place] for record in records], pa.string()) for place, name in enumerate(header)}
    )
    raw = RawTable("export.csv", "hash", rows, np.arange(2, len(records) + 2))
    return EXPORTS[connector].tables[table](raw, TableSource(path="export.csv", connector=connector, **source))


def frame_of(raw: RawTable) -> pd.DataFrame:
    """Rows of text, and the line of the file that each comes from."""
    return raw.rows.to_pandas().fillna("").assign(file_line=raw.lines)


def reasons(raw: RawTable) -> dict[str, int]:
    """Why rows were left out, and how many."""
    return {note.says.removeprefix("are left out: "): note.rows for note in raw.notes}


@dataclass(frozen=True)
class Checked:
    """A company's sources as tonight's run would take them in."""

    reading: Reading
    inputs: Inputs
    day: Any


def taken_in(root: Path, sample: str, settings_text: str) -> tuple[Settings, dict[str, TableIntake]]:
    """The sample folder copied to `root`, with a restock.toml: its settings, and the intake of each table."""
    shutil.copytree(SAMPLES / sample, root, dirs_exist_ok=True)
    settings = load_settings(write(root, "restock.toml", settings_text))
    return settings, {table: ingest_one(settings, table) for table in settings.sources}


def check(root: Path, sample: str, sources: str) -> Checked:
    """The sample folder with a restock.toml, taken in as `restock check` does."""
    return united(*taken_in(root, sample, COMPANY + sources))


def united(settings: Settings, intakes: dict[str, TableIntake]) -> Checked:
    """Tables that were taken in, checked against each other."""
    reading = Reading(intakes, from_manifest=False)
    day = decision_day(reading, settings, None)
    return Checked(reading, assemble(reading, settings, day), day)
