"""The files of `restock check`: its page, and the workbook of rejected rows."""

import shlex
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from sqlalchemy import inspect
from sqlalchemy.exc import SQLAlchemyError

from app.check.examine import Findings
from app.check.incomplete import incomplete_items
from app.terminal import settings_option
from data_contracts.declarations import SOURCE_FILE, SOURCE_LINE
from data_contracts.quarantine.advice import warnings_to_look_at, what_to_do
from data_contracts.tables import CONTRACTS
from database.engine import connect
from database.queries import quality_history
from flows.execution.run import run_folder
from intake.corrections import APPLIED, read_corrections
from intake.rejected_rows import MARK as ROW_MARK
from onboarding.identity_gaps import IdentityGap
from reports.check import CheckSummary, SourceRows, write_check
from reports.rejected_workbook import FILE, LINE, MARK, TO_DO, WRONG, write_rejected_workbook
from settings import Settings

FOLDER, PROPOSALS_FOLDER = "check", "proposals"
PAGE, WORKBOOK = "check.html", "rejected.xlsx"
SHOWN_GAPS = 30


def write_files(
    settings: Settings, settings_file: Path, findings: Findings, gaps: Sequence[IdentityGap] = ()
) -> tuple[Path, Path, CheckSummary]:
    """Write both; the second holds a sheet for each table with rejected rows.

    Returns
    -------
    The page, the workbook, and what the page shows.
    """
    folder = run_folder(settings) / FOLDER
    sheets = {table: _sheet(settings, table, rows) for table, rows in findings.delivered.items() if len(rows)}
    counts = findings.rejected.groupby("table").size()
    not_shown = {str(table): int(count) - len(sheets.get(str(table), ())) for table, count in counts.items()}
    workbook = write_rejected_workbook(folder / WORKBOOK, sheets, not_shown)
    checked = CheckSummary(
        company=settings.company.name,
        currency=settings.company.base_currency,
        as_of=findings.day,
        items=None if findings.inputs is None else len(findings.inputs.items),
        reasons=findings.refusals,
        tables=table_rows(settings, findings),
        problems=findings.problems,
        incomplete=[]
        if findings.inputs is None
        else incomplete_items(findings.inputs, missing_inventory_is_zero=settings.data.missing_inventory_is_zero),
        gaps=gaps[:SHOWN_GAPS],
        more_gaps=max(len(gaps) - SHOWN_GAPS, 0),
        gaps_folder=_near(run_folder(settings) / PROPOSALS_FOLDER),
        notes=_notes(settings, findings),
        workbook=WORKBOOK if sheets else "",
        correct=f"restock correct {shlex.quote(_near(workbook))}{settings_option(settings_file)}",
        history=_history(settings, findings),
    )
    return write_check(checked, folder / PAGE), workbook, checked


def table_rows(settings: Settings, findings: Findings) -> list[SourceRows]:
    """Rows read, rejected and warned of by source; read is None where the source was refused unread."""
    warned = warnings_to_look_at(findings.results)
    refused = findings.rejected.groupby("table").size()
    rows = []
    for table in sorted(settings.sources):
        intake = findings.intakes.get(table)
        rows.append(
            SourceRows(
                table=table,
                read=None if intake is None else int(intake.parts["rows_read"].sum()),
                rejected=int(refused.get(table, 0)),
                warned=warned.get(table, 0),
            )
        )
    return rows


def _near(file: Path) -> str:
    """The file as a person types it from here."""
    here = Path.cwd()
    return str(file.relative_to(here)) if file.is_relative_to(here) else str(file)


def _sheet(settings: Settings, table: str, rows: pd.DataFrame) -> pd.DataFrame:
    constants = settings.sources[table].constants
    where = (
        "" if settings.sources[table].path else "; do it at the source: corrections of a database are not taken back"
    )
    names = [name for name in CONTRACTS[table].names if name not in constants]
    fixed = {
        FILE: rows[SOURCE_FILE],
        LINE: rows[SOURCE_LINE].astype(int).astype(str),
        WRONG: rows["message"],
        TO_DO: rows["rule"].map(
            {rule: what_to_do(rule, settings.sources[table]) + where for rule in rows["rule"].unique()}
        ),
    }
    sheet = pd.DataFrame({**fixed, **{name: rows[name] for name in names}, MARK: rows[ROW_MARK]})
    return sheet.assign(wrong=rows["rule"].str.split(".").str[1]).fillna("")


def _notes(settings: Settings, findings: Findings) -> list[str]:
    notes = [f"Reconstructed: {what}" for what in (findings.inputs.reconstructed if findings.inputs else [])]
    for table in sorted(findings.intakes):
        kept = len(read_corrections(table, settings.root))
        results = findings.results[findings.results["rule"] == f"{table}.{APPLIED}"]
        unused = kept - int(results["rows_failed"].sum())
        if unused > 0:
            notes.append(
                f"{table}: {unused:,} of {kept:,} corrections in corrections/{table}.jsonl fit no row any more, since "
                "the rows were changed in their files; these rows are read as delivered"
            )
    return notes


def _history(settings: Settings, findings: Findings) -> pd.DataFrame:
    """How good the data of published plans were, and those of this check; empty where no plan is published."""
    engine = connect(settings.database.url, settings.root) if _has_database(settings) else None
    if engine is None:
        return pd.DataFrame()
    try:
        past = quality_history(engine) if inspect(engine).has_table("current_runs") else pd.DataFrame()
    except SQLAlchemyError:  # a database that is away is no reason to keep silent about the data
        return pd.DataFrame()
    finally:
        engine.dispose()
    if past.empty or findings.day is None:
        return past
    now = pd.DataFrame(
        [
            {
                "as_of": pd.Timestamp(findings.day),
                "table": row.table,
                "rows_checked": row.read,
                "rows_rejected": row.rejected,
            }
            for row in table_rows(settings, findings)
            if row.read is not None
        ]
    )
    past = past[past["as_of"] < pd.Timestamp(findings.day)]
    return now if past.empty else pd.concat([past, now], ignore_index=True)


def _has_database(settings: Settings) -> bool:
    """Whether a database can be asked without making one: a SQLite file that is not there yet would be made."""
    url = settings.database.url
    return not url.startswith("sqlite:///") or (settings.root / url.removeprefix("sqlite:///")).is_file()
