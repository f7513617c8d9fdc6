"""Files, folders of files and globs."""

from collections.abc import Callable, Iterator
from pathlib import Path

from data_contracts.contract import Contract
from intake.sources.csv_text import open_csv_file
from intake.sources.excel_file import EXCEL_ENDINGS, open_excel_file
from intake.sources.json_file import read_json_file
from intake.sources.parquet_file import open_parquet_file
from intake.sources.raw import Delivery, RawTable
from settings import DataRefused, TableSource, closest

CSV_ENDINGS = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz")
PARQUET_ENDINGS = (".parquet", ".pq")
JSON_ENDINGS = (".json", ".json.gz")
DATA_ENDINGS = (*CSV_ENDINGS, *PARQUET_ENDINGS, *JSON_ENDINGS, *EXCEL_ENDINGS)
UNFINISHED_ENDINGS = (".tmp", ".part", ".partial", ".crdownload", ".filepart")


def open_files(contract: Contract, source: TableSource, root: Path) -> Iterator[Delivery]:
    """Every file of a table's `path`, sorted by name.

    Raises
    ------
    DataRefused: nothing is there (the closest name is given), or a file cannot be read.
    """
    wanted = [source.columns.get(name, name) for name in contract.names]
    for file in list_files(contract.table, source, root):
        yield _opener_for(file)(file, source, wanted)


def read_files(contract: Contract, source: TableSource, root: Path) -> Iterator[RawTable]:
    """Every file of a table's `path`, each with all its rows; see `open_files`."""
    for delivery in open_files(contract, source, root):
        yield delivery.whole()


def list_files(table: str, source: TableSource, root: Path) -> list[Path]:
    """The files that a `path` names: itself, those of the folder, or those that match the glob; sorted by name."""
    written = source.path or ""
    target = root / written
    if target.is_file():
        return [target]
    if any(sign in written for sign in "*?["):
        base = Path(target.anchor) if target.is_absolute() else Path()
        files = [file for file in base.glob(str(target.relative_to(base))) if file.is_file()]
    elif target.is_dir():
        files = [file for file in target.iterdir() if file.is_file()]
    elif target.exists() or target.is_symlink():
        return [target]
    else:
        raise DataRefused(_missing(table, written, target))
    known = [file for file in files if _is_data(file)]
    if not known:
        raise DataRefused(
            f"{table}: no CSV, Parquet, JSON or Excel file in {written} ({target}); "
            f"deliver one or correct sources.{table}.path"
        )
    return sorted(known, key=lambda file: file.as_posix())


def number_format_is_undeclared(raw: RawTable, source: TableSource) -> bool:
    """Whether the rows are of a text file of unknown making, and no setting says how it writes numbers."""
    is_declared = "decimal" in source.model_fields_set or source.thousands is not None
    return not is_declared and source.connector is None and raw.source.lower().endswith(CSV_ENDINGS)


def _opener_for(file: Path) -> Callable[[Path, TableSource, list[str]], Delivery]:
    name = file.name.lower()
    if name.endswith(PARQUET_ENDINGS):
        return lambda path, source, _wanted: open_parquet_file(path, source.limits)
    if name.endswith(JSON_ENDINGS):
        return lambda path, source, _wanted: Delivery.from_rows(read_json_file(path, source.limits))
    if name.endswith(CSV_ENDINGS):
        return open_csv_file
    if name.endswith(EXCEL_ENDINGS):
        return lambda path, source, _wanted: open_excel_file(path, source)
    raise DataRefused(
        f"{file.name}: neither CSV nor Parquet nor JSON nor an Excel workbook by its name; "
        f"known endings: {', '.join(DATA_ENDINGS)}"
    )


def _is_data(file: Path) -> bool:
    name = file.name.lower()
    if name.startswith((".", "~", "_")):
        return False
    if name.endswith(UNFINISHED_ENDINGS):
        raise DataRefused(
            f"{file.name}: still being written, by its name; run again when it is complete, or take it away"
        )
    return name.endswith(DATA_ENDINGS)


def _missing(table: str, written: str, target: Path) -> str:
    folder = target.parent
    beside = sorted(file.name for file in folder.iterdir()) if folder.is_dir() else []
    near = closest(target.name, beside)
    hint = f"; the closest name there is {near!r}" if near else ""
    return f"{table}: there is no file {written} ({target}){hint}; deliver it or correct sources.{table}.path"
