"""What `restock check` finds: every table read and judged as a run would, but not stopped by the first refusal."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pandas as pd

from data_contracts.acceptance.accepted import TableIntake, load_accepted, load_rejected, warned_rows
from data_contracts.acceptance.cross_table_rules import check_sources
from data_contracts.acceptance.outcomes import RESULT_COLUMNS
from data_contracts.acceptance.parts import empty_rejected
from data_contracts.acceptance.rejected_share import last_for_each_table
from data_contracts.parsing import normalise_sku
from data_contracts.quarantine.orphaned_receipts import orphaned_receipts
from data_contracts.quarantine.problems import DataProblem, find_problems
from data_contracts.quarantine.worth import valuation_prices
from data_contracts.tables import CONTRACTS
from flows.execution.run import run_folder
from flows.inputs import Reading, assemble, decision_day, ingest_one, with_newest_events, with_snapshots
from flows.results import Inputs
from intake.rejected_rows import delivered_rows
from settings import DataRefused, Settings

PRICED_BY = ("fx_rates", "products", "sales", "supply_terms")


class CheckProgress(Protocol):
    """Whoever shows how far the work is."""

    def stage(self, name: str, total: int) -> None:
        """Begin a stage."""

    def advance(self, done: int) -> None:
        """So many more are done."""


@dataclass(frozen=True)
class Findings:
    """What was found.

    Attributes
    ----------
    day: the plan's day; None where the data do not show one.
    inputs: of the run; None where it would be refused.
    refusals: why it would be.
    intakes: tables whose rows could be judged.
    results, rejected: of rules, and rejected rows, as far as they could be judged.
    problems: each cause once, the worst first.
    delivered: rejected rows as delivered, by table.
    """

    day: dt.date | None
    inputs: Inputs | None
    refusals: tuple[str, ...]
    intakes: dict[str, TableIntake]
    results: pd.DataFrame
    rejected: pd.DataFrame
    problems: list[DataProblem]
    delivered: dict[str, pd.DataFrame]


def examine(settings: Settings, as_of: dt.date | None, progress: CheckProgress) -> Findings:
    """Read, judge and compare everything, and find the causes of what is wrong.

    Parameters
    ----------
    as_of: day for which a plan would be made; the newest that the data allow where not given.
    progress: shows how far the work is.

    Raises
    ------
    SettingsError: the settings name what does not exist; the data have no part in it.
    """
    refusals: list[str] = []
    try:
        check_sources(settings)
    except DataRefused as refusal:
        refusals += refusal_reasons(refusal)
    progress.stage("Read and validate the sources", len(settings.sources))
    intakes = {}
    for table in sorted(settings.sources):
        intake, reasons = validate_table(settings, table)
        refusals += reasons
        if intake is not None:
            intakes[table] = intake
        progress.advance(1)
    progress.stage("Check tables against each other", 1)
    day, inputs, reasons = _assembled(intakes, settings, as_of)
    refusals = last_for_each_table([*refusals, *reasons])
    results, rejected = _results_and_rejected(intakes, inputs)
    # Stock kept by earlier runs is judged beside the sources, and no person can correct it.
    rejected = rejected[rejected["table"].isin(settings.sources)].reset_index(drop=True)
    results = results[results["table"].isin(settings.sources)].reset_index(drop=True)
    progress.stage("Find the causes", 1)
    delivered = _delivered(settings, rejected)
    accepted = {table: load_accepted(intakes[table]) for table in PRICED_BY if table in intakes}
    base, data = settings.company.base_currency, settings.data
    warned = {rule: rows for intake in intakes.values() for rule, rows in warned_rows(intake).items()}
    problems = find_problems(
        results,
        rejected,
        delivered,
        warned,
        valuation_prices(accepted, day, base),
        base,
        lambda code: normalise_sku(code, data.sku_case, data.sku_strip),
        _orphans(intakes, day),
        settings.sources,
    )
    return Findings(day, None if refusals else inputs, tuple(refusals), intakes, results, rejected, problems, delivered)


def refusal_reasons(refusal: DataRefused) -> list[str]:
    """The reasons of a refusal; indented lines belong to the one before."""
    return re.split(r"\n(?! )", str(refusal))


def validate_table(settings: Settings, table: str) -> tuple[TableIntake | None, list[str]]:
    """A table's intake; where its rows are refused for being too many, they are judged all the same."""
    try:
        return ingest_one(settings, table), []
    except DataRefused as refusal:
        reasons = refusal_reasons(refusal)
    try:
        return ingest_one(_with_data(settings, max_rejected_share=1.0, wait_for_files_seconds=0), table), reasons
    except DataRefused:
        return None, reasons


def _assembled(
    intakes: Mapping[str, TableIntake], settings: Settings, as_of: dt.date | None
) -> tuple[dt.date | None, Inputs | None, list[str]]:
    """The day and the inputs of a plan; where it is refused, what the data show with every limit lifted."""
    if any(contract.needed_to_run and table not in intakes for table, contract in CONTRACTS.items()):
        return None, None, []
    reading = Reading(dict(intakes), from_manifest=False)
    try:
        day = decision_day(reading, settings, as_of)
        return day, assemble(_as_planned(reading, settings, day), settings, day), []
    except DataRefused as refusal:
        reasons = refusal_reasons(refusal)
    try:
        patient = _with_data(settings, max_data_age_days=36_500)
        day = decision_day(reading, patient, as_of)
    except DataRefused:
        return None, None, reasons
    lifted = _with_data(patient, max_rejected_share=1.0, max_rate_gap_days=36_500, accept_volume_on=day)
    try:
        return day, assemble(_as_planned(reading, lifted, day), lifted, day), reasons
    except DataRefused:
        return day, None, reasons


def _as_planned(reading: Reading, settings: Settings, day: dt.date) -> Reading:
    return with_newest_events(with_snapshots(reading, settings, day), settings, day)


def _with_data(settings: Settings, **changed: Any) -> Settings:
    return settings.model_copy(update={"data": settings.data.model_copy(update=changed)})


def _results_and_rejected(
    intakes: Mapping[str, TableIntake], inputs: Inputs | None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Results of rules and rejected rows: of the assembled tables, else of each table alone."""
    if inputs is not None:
        return inputs.results, inputs.rejected.reset_index(drop=True)
    results = [intake.rule_results for intake in intakes.values() if len(intake.rule_results)]
    rejected = [rows for rows in map(load_rejected, intakes.values()) if len(rows)]
    empty = pd.DataFrame(columns=list(RESULT_COLUMNS))
    together = pd.concat(rejected, ignore_index=True) if rejected else empty_rejected()
    return pd.concat(results, ignore_index=True) if results else empty, together.astype({"line": np.float64})


def _delivered(settings: Settings, rejected: pd.DataFrame) -> dict[str, pd.DataFrame]:
    found = {}
    for table, rows in rejected.groupby("table", sort=True):
        name = str(table)
        if name in settings.sources:
            source, kept = settings.sources[name], run_folder(settings) / "parts" / "databases"
            found[name] = delivered_rows(CONTRACTS[name], source, settings.root, rows, kept)
    return found


def _orphans(intakes: Mapping[str, TableIntake], day: dt.date | None) -> pd.DataFrame | None:
    """Receipts up to the day without an accepted order line; None where either table is not there."""
    if not {"purchase_orders", "receipts"} <= set(intakes):
        return None
    receipts = load_accepted(intakes["receipts"])
    if day is not None:
        receipts = receipts[receipts["received_on"] <= pd.Timestamp(day)]
    return orphaned_receipts(receipts, load_accepted(intakes["purchase_orders"]))
