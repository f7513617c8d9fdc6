"""Everything that lies in a folder, or stands in a database: one `DeliveredTable` for each table's worth of it."""

import contextlib
import re
import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from sqlalchemy import inspect

from intake.corrections import FOLDER as CORRECTIONS
from intake.sources.databases.engines import Database, find_database
from intake.sources.databases.faults import explain
from intake.sources.databases.query import BATCH_ROWS, DRIVER_ERRORS, stream_query
from intake.sources.excel_file import EXCEL_ENDINGS
from intake.sources.files import DATA_ENDINGS, UNFINISHED_ENDINGS
from intake.sources.stable_file import stable_file
from onboarding.survey.delivered import (
    DeliveredTable,
    as_one_table,
    as_texts,
    inspect_file,
    inspect_workbook,
    types_of,
)
from settings import DataRefused, SettingsError, TableSource, UsageError
from settings.secrets import holds_secret

IGNORED_FOLDERS = frozenset({CORRECTIONS, "reports", "node_modules", "__pycache__"})
_HIDDEN = "the sheet is hidden; show it in the workbook, or name it as sheet in restock.toml, if it is to be read"
_SQLITE = b"SQLite format 3\x00"
"""The first bytes of an SQLite database, whatever its name."""
SAMPLE_ROWS = BATCH_ROWS
_NUMBERED = re.compile(r"\d+|(?<![a-z])(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*", re.IGNORECASE)


@dataclass(frozen=True)
class Survey:
    """What was looked at, and what could not be: the file or table, and why."""

    delivered: tuple[DeliveredTable, ...]
    unread: tuple[tuple[str, str], ...]


def survey_folder(folder: Path, encoding: str | None = None) -> Survey:
    """Look at every data file of a folder and of the folders in it.

    Files of one form side by side (a month each) are taken together, where one glob names them and no others.

    Parameters
    ----------
    folder: to look at.
    encoding: of text files whose letters do not show it.

    Raises
    ------
    UsageError: there is no such folder, or no data file in it.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder}: there is no such folder; give the folder that your files are in")
    looked_at = [file for file in sorted(folder.rglob("*")) if _is_looked_at(file.relative_to(folder))]
    files = [file for file in looked_at if file.is_file()]
    found: list[DeliveredTable] = []
    unread = [(file.relative_to(folder).as_posix(), why) for file in looked_at if (why := _why_no_file(file))]
    for file in files:
        name = file.relative_to(folder).as_posix()
        if not name.lower().endswith(DATA_ENDINGS):
            if is_sqlite(file):
                unread.append((name, f"an SQLite database, which is looked at by itself: {_sqlite_command(file)}"))
            elif file.suffix.lower() in (".xls", ".xlsb", ".ods", ".xml", ".zip"):
                unread.append((name, "save it as .xlsx or CSV: this kind of file is not read"))
            continue
        try:
            if name.lower().endswith(EXCEL_ENDINGS):
                sheets, hidden = inspect_workbook(file, folder)
                found += sheets
                unread += [(f"{name}/{sheet}", _HIDDEN) for sheet in hidden]
            else:
                found.append(inspect_file(file, folder, encoding))
        except DataRefused as refused:
            unread.append((name, str(refused).removeprefix(f"{file.name}: ")))
    databases = [file for file in files if is_sqlite(file)]
    if not found and databases:
        raise UsageError(
            f"{folder}: holds no CSV, TSV, Parquet, JSON or Excel file, but the SQLite database {databases[0].name}; "
            f"say {_sqlite_command(databases[0])}"
        )
    if not found and not unread:
        raise UsageError(f"{folder}: holds no CSV, TSV, Parquet, JSON or Excel file; put your exports there")
    names = [file.relative_to(folder).as_posix() for file in files]
    return Survey(tuple(_grouped(found, names)), tuple(unread))


def is_sqlite(file: Path) -> bool:
    """Whether a file is an SQLite database, by its first bytes."""
    if not file.is_file():
        return False
    try:
        with file.open("rb") as opened:
            return opened.read(len(_SQLITE)) == _SQLITE
    except OSError:
        return False


def _sqlite_command(file: Path) -> str:
    """How an SQLite file is looked at; in `restock.toml` it stands as a URL."""
    return f"restock init {shlex.quote(str(file))} (in restock.toml: sqlite:///{file.name})"


def _why_no_file(file: Path) -> str | None:
    """Why what lies in a folder is no file; None where it is one, or a folder."""
    if file.is_symlink() and file.is_dir():
        return "a link to a folder, which is not followed; put the folder itself there"
    if file.is_file() or file.is_dir():
        return None
    try:
        stable_file(file)
    except DataRefused as refused:
        return str(refused).removeprefix(f"{file.name}: ")
    return None


def _is_looked_at(relative: Path) -> bool:
    hidden = any(part.startswith((".", "~", "_")) for part in relative.parts)
    return not (
        hidden
        or not IGNORED_FOLDERS.isdisjoint(relative.parts[:-1])
        or relative.name.lower().endswith(UNFINISHED_ENDINGS)
        or relative.name == "restock.toml"
    )


def _grouped(found: list[DeliveredTable], names: list[str]) -> Iterable[DeliveredTable]:
    groups: dict[tuple[str, ...], list[DeliveredTable]] = {}
    for delivered in found:
        written = (delivered.separator or ",", delivered.encoding or "")
        sheet, lines = delivered.place.get("sheet", ""), str(delivered.layout.header_line)
        path = _NUMBERED.sub("#", delivered.place["path"])
        groups.setdefault((path, sheet, lines, *written, *delivered.columns), []).append(delivered)
    for form, parts in groups.items():
        pattern = _glob(form[0], [part.place["path"] for part in parts], names) if len(parts) > 1 else None
        if pattern is None:
            yield from parts
        else:
            yield as_one_table(parts, pattern)


def _glob(numbered: str, group: list[str], names: list[str]) -> str | None:
    """One pattern for these files and no others; where they are all that is in a folder, the folder."""
    folder = Path(group[0]).parent
    beside = [name for name in names if Path(name).parent == folder]
    if sorted(beside) == sorted(group) and folder != Path():
        return folder.as_posix()
    pattern = re.sub(r"#([-_. ]?#)*", "*", numbered)
    if any(sign in numbered for sign in "*?["):
        return None
    return pattern if sorted(name for name in beside if fnmatch(name, pattern)) == sorted(group) else None


def survey_database(url: str, root: Path) -> Survey:
    """Look at the first rows of every table and view of a database; it is only read.

    Parameters
    ----------
    url: an SQLAlchemy URL, or `env:NAME` for one in the environment.
    root: folder to which a SQLite file is relative.

    Raises
    ------
    UsageError: the variable is not set, the database cannot be reached, or it has no tables.
    """
    database = _database(url, root)
    try:
        with database.reading() as connection:
            inspector = inspect(connection)
            tables = sorted([*inspector.get_table_names(), *inspector.get_view_names()])
        found = [_look_at_table(database, url, name) for name in tables]
    except DRIVER_ERRORS as fault:
        raise UsageError(f"{database.safe_url}: {explain(fault, database, url='the URL', query='the view')}") from fault
    if not found:
        raise UsageError(f"{database.safe_url}: the database has no tables; name another")
    return Survey(tuple(found), ())


def _database(url: str, root: Path) -> Database:
    if not url.startswith("env:"):
        _refuse_password(url)
    try:
        return find_database("sources", url, root, said="the URL")
    except (SettingsError, DataRefused) as fault:
        raise UsageError(str(fault)) from fault


def _refuse_password(url: str) -> None:
    if holds_secret(url):
        raise UsageError(
            "the URL holds a password, which would be written to restock.toml; put the URL into an environment "
            "variable, such as SHOP_DATABASE, and say env:SHOP_DATABASE"
        )


def _look_at_table(database: Database, url: str, name: str) -> DeliveredTable:
    with contextlib.closing(stream_query(database, TableSource(url=url, table=name), None, SAMPLE_ROWS)) as batches:
        rows = next(batches)
    place = {"url": url, "table": name}
    return DeliveredTable(name, place, as_texts(rows), types_of(rows), whole=rows.num_rows < SAMPLE_ROWS)
