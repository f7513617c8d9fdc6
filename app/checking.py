"""`restock check`: the sources read and validated as tonight's run would, without planning."""

import datetime as dt
import json
from pathlib import Path

import pandas as pd

from app.terminal import out, progress_watcher, say
from data_contracts.cross_validation import check_sources as see_that_sources_are_named
from flows.intake import Reading, day_of, ingest_one, unite
from flows.night import run_folder
from reports.reading import records
from settings import load_settings

SHOWN_REJECTED = 10


def check_sources(settings_file: Path, *, as_of: dt.date | None, data_docs: bool, as_json: bool) -> None:
    """Validate everything, print what is wrong, and say whether a plan could be made.

    Raises
    ------
    SettingsError, DataRefused: as tonight's run would.
    """
    settings = load_settings(settings_file)
    see_that_sources_are_named(settings)
    with progress_watcher(quiet=as_json) as watcher:
        watcher.stage("Read and validate the sources", len(settings.sources))
        intakes = {}
        for table in sorted(settings.sources):
            intakes[table] = ingest_one(settings, table)
            watcher.advance(1)
        reading = Reading(intakes, from_manifest=False)
        watcher.stage("Check tables against each other", 1)
        day = day_of(reading, settings, as_of)
        inputs = unite(reading, settings, day)
    failed = inputs.results[inputs.results["rows_failed"] > 0].groupby(
        ["table", "rule", "outcome"], as_index=False, sort=True
    )
    summary = failed.agg(rows_failed=("rows_failed", "sum"), first_example=("first_example", "first"))
    docs = None
    if data_docs:
        from data_contracts.data_docs import build_data_docs

        docs = build_data_docs(intakes.values(), run_folder(settings) / "data-docs")
    if as_json:
        figures = {"as_of": day, "items": len(inputs.items), "rejected_rows": len(inputs.rejected), "data_docs": docs}
        out.print_json(json.dumps({**figures, "rules": summary.to_dict("records")}, default=str))
        return
    _print(summary, inputs.rejected, day, len(inputs.items), inputs.reconstructed)
    if docs is not None:
        say(f"Data Docs: {docs}")


def _print(summary: pd.DataFrame, rejected: pd.DataFrame, day: dt.date, items: int, reconstructed: list[str]) -> None:
    if len(summary):
        for row in records(summary):
            say(f"{row['outcome']:<7} {row['rows_failed']:>7,}  {row['rule']}\n                 {row['first_example']}")
    if len(rejected):
        say(f"{len(rejected):,} rows are rejected; the first:")
        for message in rejected["message"].head(SHOWN_REJECTED):
            say(f"  {message}")
    for what in reconstructed:
        say(f"Reconstructed: {what}")
    say(f"The data are good enough to plan {items:,} items as of {day}.")
