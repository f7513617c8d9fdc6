"""`restock correct`: rows that were rejected and corrected in the workbook of `restock check`, taken back."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from app.check.examine import validate_table
from app.terminal import echo, echo_json, settings_option
from data_contracts.acceptance.accepted import load_rejected
from data_contracts.tables import CONTRACTS
from intake.corrections import Correction, read_corrections, save_corrections
from intake.mapping.delivered_texts import row_mark
from intake.sources.workbook import Sheet, read_workbook
from reports.rejected_workbook import FILE, FIRST_SHEET, LINE, MARK
from settings import DataRefused, Settings, UsageError, load_settings


@dataclass(frozen=True)
class CorrectedSheet:
    """What became of a sheet of the workbook.

    Attributes
    ----------
    corrected, unchanged: rows that were corrected, and that were left as they were.
    file: in which corrections are kept; None where nothing was corrected.
    still_failing: why corrected rows are rejected all the same.
    """

    corrected: int
    unchanged: int
    file: Path | None
    still_failing: list[str]


def correct_rows(settings_file: Path, workbook: Path, *, as_json: bool) -> None:
    """Keep the corrected rows of a workbook; they are read from the next check or run on.

    Raises
    ------
    SettingsError: of the company.
    DataRefused: the workbook cannot be read, a row of it does not say which row it corrects, or a corrected row is of
        a database. Nothing of the workbook is kept then.
    UsageError: no sheet of it is a table of the company.
    """
    settings = load_settings(settings_file)
    decimals: dict[str, str] = {table: source.decimal for table, source in settings.sources.items()}
    sheets = read_workbook(workbook, decimals)
    of_tables = {table: rows for table, rows in sheets.items() if table in settings.sources}
    others = [name for name in sheets if name not in of_tables and name != FIRST_SHEET]
    if not of_tables:
        raise UsageError(
            f"{workbook.name}: no sheet is a table of [sources]; its sheets are {', '.join(sheets)}; hand in the "
            "workbook that `restock check` wrote, with its sheets as they are called"
        )
    found = {table: _corrections(workbook, table, rows, settings) for table, rows in of_tables.items()}
    for table, (corrections, _) in found.items():
        _refuse_of_database(workbook, table, corrections, settings)
    corrected = {
        table: _keep(table, corrections, unchanged, settings) for table, (corrections, unchanged) in found.items()
    }
    if as_json:
        tables = {table: asdict(sheet) for table, sheet in corrected.items()}
        echo_json({"tables": tables, "ignored_sheets": others})
    else:
        _print(corrected, others, settings_file)


def _keep(table: str, corrections: Sequence[Correction], unchanged: int, settings: Settings) -> CorrectedSheet:
    if not corrections:
        return CorrectedSheet(0, unchanged, None, [])
    file = save_corrections(table, settings.root, corrections)
    return CorrectedSheet(len(corrections), unchanged, file, _still_failing(table, corrections, settings))


def _print(corrected: Mapping[str, CorrectedSheet], others: Sequence[str], settings_file: Path) -> None:
    for table, sheet in corrected.items():
        kept = f", kept in {sheet.file}" if sheet.file else ""
        rows = "row" if sheet.corrected == 1 else "rows"
        echo(f"{table}: {sheet.corrected:,} {rows} corrected{kept}; {sheet.unchanged:,} left as they were")
        still = sheet.still_failing
        if still:
            echo(f"   {len(still):,} of them still {'fails' if len(still) == 1 else 'fail'}: {still[0]}")
    for name in others:
        echo(f"The sheet {name!r} is not a table of [sources] and was not read.")
    if any(sheet.corrected for sheet in corrected.values()):
        echo(f"\nNow see what is left:  restock check{settings_option(settings_file)}")


def _still_failing(table: str, corrections: Sequence[Correction], settings: Settings) -> list[str]:
    """Why corrected rows are rejected all the same, by the rules of their own table."""
    intake, reasons = validate_table(settings, table)
    if intake is None:
        return reasons
    rejected = load_rejected(intake)
    places = {(each.file, each.line) for each in corrections}
    return [str(row["message"]) for row in rejected.to_dict("records") if (row["source"], int(row["line"])) in places]


def _refuse_of_database(workbook: Path, table: str, corrections: Sequence[Correction], settings: Settings) -> None:
    """A row of a database has no place that it keeps, so that no correction could find it in the next run."""
    source = settings.sources[table]
    if source.path is None and corrections:
        raise DataRefused(
            f"{workbook.name}, sheet {table}: {len(corrections):,} rows are corrected, and {table} is read from a "
            f"database, whose rows have no lines by which they would be found again; correct them in the database, or "
            f"in sources.{table}.{'query' if source.table is None else 'table'}, and delete the sheet"
        )


def _corrections(workbook: Path, table: str, rows: Sheet, settings: Settings) -> tuple[list[Correction], int]:
    """Rows of a sheet that were changed, and how many were not."""
    header = rows[0] if rows else []
    missing = [name for name in (FILE, LINE, MARK) if name not in header]
    if missing:
        raise DataRefused(
            f"{workbook.name}, sheet {table}: column {missing[0]!r} is missing, which says what row is corrected; "
            "correct the workbook that `restock check` wrote, and leave its columns as they are"
        )
    constants = settings.sources[table].constants
    names = [name for name in header if name in CONTRACTS[table].names and name not in constants]
    before = {each.place: each.cells for each in read_corrections(table, settings.root)}
    found, unchanged = [], 0
    for number, cells in enumerate(rows[1:], start=2):
        row = dict(zip(header, cells, strict=True))
        if not any(cells):
            continue
        if not row[LINE].strip().isdigit() or not row[FILE] or not row[MARK]:
            raise DataRefused(
                f"{workbook.name}, sheet {table}, row {number}: {FILE}, {LINE} or {MARK!r} is empty or changed; they "
                "say which row is corrected; take them from the workbook that `restock check` wrote"
            )
        values = {name: row[name] for name in names}
        place = row[FILE], int(row[LINE]), row[MARK]
        if row_mark(values) == row[MARK] or before.get(place) == values:
            unchanged += 1
        else:
            found.append(Correction(*place, values))
    return found, unchanged
