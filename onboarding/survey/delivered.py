"""One delivered file, group of files or database table, as far as it has to be read to know what it is."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import pandas as pd
import pyarrow as pa

from intake.mapping.arrow_texts import encoded_texts
from intake.sources.csv_text import ends_of_text, open_csv_file
from intake.sources.excel_file import open_excel_file, read_sheets
from intake.sources.files import JSON_ENDINGS, PARQUET_ENDINGS
from intake.sources.json_file import read_json_file
from intake.sources.parquet_file import open_parquet_file
from intake.sources.raw import Delivery
from intake.sources.stable_file import stable_file
from intake.sources.text_encoding import TextEncoding, find_encoding
from onboarding.survey.headings import Heading, read_heading
from onboarding.survey.layout import (
    MOST_LINES,
    TableLayout,
    find_footers,
    find_header,
    find_separator,
    find_totals,
    first_records,
)
from onboarding.survey.values import Kind, Values, read_values
from settings import DataRefused, TableSource

HEAD_ROWS = 600_000


@dataclass(frozen=True)
class Join:
    """A further file whose rows belong to a file's rows, at most one to each.

    Attributes
    ----------
    further: the file.
    on: columns of the rows.
    matches: what the further file calls them.
    rows, without: rows, and how many of them have no row in the further file.
    further_rows, further_without: its rows, and how many of them belong to none.
    """

    further: "DeliveredTable"
    on: tuple[str, ...]
    matches: tuple[str, ...]
    rows: int
    without: int
    further_rows: int
    further_without: int


@dataclass(frozen=True)
class DeliveredTable:
    """What one source of a table would read.

    Attributes
    ----------
    name: for people: the file, the glob that stands for several, or the database's table.
    place: `path`, or `url` and `table`, as they stand under `[sources.TABLE]`.
    rows: as delivered, as text; of a large file its first ones.
    typed: what columns are by their type, in Parquet files and databases.
    separator, encoding: of a CSV file, where not a comma and not UTF-8.
    layout: where in the file the table is.
    whole: whether all rows were looked at.
    joined: further files whose columns are among the rows'.
    skus: the column whose values are SKUs of the products, where its heading does not say so.
    """

    name: str
    place: dict[str, str]
    rows: pd.DataFrame
    typed: dict[str, Kind]
    separator: str | None = None
    encoding: str | None = None
    layout: TableLayout = field(default_factory=TableLayout)
    whole: bool = True
    joined: tuple[Join, ...] = ()
    skus: str | None = None

    @cached_property
    def contents(self) -> dict[str, Values]:
        """What each column's values are."""
        found = {}
        for name in self.rows.columns:
            counts = self.rows[name].value_counts(sort=False)
            found[name] = read_values([str(text) for text in counts.index], self.typed.get(name), counts.tolist())
        return found

    @cached_property
    def headings(self) -> dict[str, Heading]:
        """What each column's heading says."""
        return {name: read_heading(name) for name in self.rows.columns}

    @property
    def columns(self) -> tuple[str, ...]:
        """Headings as delivered."""
        return tuple(self.rows.columns)

    def is_unique(self, columns: Iterable[str]) -> bool:
        """Whether no two of the rows that were looked at agree in these columns."""
        return not self.rows.duplicated(list(columns)).any()


def inspect_workbook(file: Path, root: Path) -> tuple[list[DeliveredTable], list[str]]:
    """The sheets of a workbook, each as a table, and the names of those that are hidden and not looked at.

    Raises
    ------
    DataRefused: the file is no workbook, or larger than can be meant.
    """
    sheets = read_sheets(file)
    shown = [sheet for sheet in sheets if not sheet.is_hidden]
    path = file.relative_to(root).as_posix()
    tables = []
    for sheet in shown:
        is_only = len(shown) == 1
        name = path if is_only else f"{path}/{sheet.name}"
        place = {"path": path} if is_only else {"path": path, "sheet": sheet.name}
        records = [(row, ["" if cell is None else str(cell) for cell in cells]) for row, cells in sheet.rows]
        header_line = find_header(records[:MOST_LINES])
        source = TableSource(path=path, sheet=sheet.name, header_line=list(header_line) or None)
        rows, _ = _first_rows(open_excel_file(file, source))
        tables.append(_with_layout(DeliveredTable(name, place, as_texts(rows), types_of(rows)), header_line, ()))
    return tables, [sheet.name for sheet in sheets if sheet.is_hidden]


def _with_layout(table: DeliveredTable, header_line: tuple[int, ...], footers: tuple[str, ...]) -> DeliveredTable:
    """The table without totals and footers, and where in the file it is."""
    leave_out, is_total = find_totals(table.rows)
    rows = table.rows[~is_total].reset_index(drop=True)
    return replace(table, rows=rows, layout=TableLayout(header_line, footers, leave_out))


def _find_encoding(file: Path, declared: str | None) -> TextEncoding:
    """As the file shows it; where it does not, as people said."""
    try:
        return find_encoding(stable_file(file), None)
    except DataRefused:
        if declared is None:
            raise
        return find_encoding(stable_file(file), declared)


def inspect_file(file: Path, root: Path, encoding: str | None = None) -> DeliveredTable:
    """A file's columns and values.

    Parameters
    ----------
    file: below `root`, from which its name starts.
    encoding: of text whose letters do not show it.

    Raises
    ------
    DataRefused: the file is empty, broken, or of no known kind.
    """
    name = file.relative_to(root).as_posix()
    place, ending = {"path": name}, file.name.lower()
    if file.stat().st_size == 0:
        raise DataRefused(f"{file.name}: the file is empty; deliver it again")
    if ending.endswith(PARQUET_ENDINGS):
        rows, whole = _first_rows(open_parquet_file(file))
        return DeliveredTable(name, place, as_texts(rows), types_of(rows), whole=whole)
    if ending.endswith(JSON_ENDINGS):
        rows = read_json_file(file).rows
        return DeliveredTable(name, place, as_texts(rows), types_of(rows))
    return _inspect_text(file, name, place, encoding)


def _inspect_text(file: Path, name: str, place: dict[str, str], declared: str | None) -> DeliveredTable:
    encoding = _find_encoding(file, declared)
    head, tail = ends_of_text(file, encoding)
    separator = find_separator(head)
    records = first_records(head, separator)
    header_line = find_header(records)
    width = max(
        (len(cells) for line, cells in records if line in header_line), default=len(records[0][1]) if records else 0
    )
    footers = find_footers(tail, separator, width)
    source = TableSource(
        path=name,
        separator=separator,
        encoding=encoding.name,
        header_line=list(header_line) or None,
        footers=list(footers),
    )
    rows, whole = _first_rows(open_csv_file(file, source, ()))
    table = DeliveredTable(
        name,
        place,
        as_texts(rows),
        {},
        separator=None if separator == "," else separator,
        encoding=None if encoding.name in ("utf-8", "utf-16") else encoding.name,
        whole=whole,
    )
    return _with_layout(table, header_line, footers)


def _first_rows(delivery: Delivery) -> tuple[pa.Table, bool]:
    """The first rows of a file, and whether they are all."""
    parts: list[pa.Table] = []
    for raw in delivery.batches():
        if sum(part.num_rows for part in parts) >= HEAD_ROWS:
            return pa.concat_tables(parts), False
        parts.append(raw.rows)
    return pa.concat_tables(parts), True


def as_texts(rows: pa.Table) -> pd.DataFrame:
    """All values as text, empty where nothing is there."""
    columns = {name: encoded_texts(rows.column(name)).cast(pa.string()) for name in rows.column_names}
    return pd.DataFrame({name: texts.fill_null("").to_pandas().astype(object) for name, texts in columns.items()})


def as_one_table(parts: list[DeliveredTable], path: str) -> DeliveredTable:
    """Several files of one form as one; of workbooks the same sheet of each."""
    first = parts[0]
    rows = pd.concat([part.rows for part in parts], ignore_index=True)
    sheet = first.place.get("sheet")
    name = path if sheet is None else f"{path}/{sheet}"
    return replace(
        first, name=name, place={**first.place, "path": path}, rows=rows, whole=all(part.whole for part in parts)
    )


def types_of(rows: pa.Table) -> dict[str, Kind]:
    """What the columns of typed rows are; those of text are left out."""
    kinds: dict[str, Kind] = {}
    for column in rows.schema:
        if pa.types.is_integer(column.type) or pa.types.is_floating(column.type) or pa.types.is_decimal(column.type):
            kinds[column.name] = "number"
        elif pa.types.is_date(column.type) or pa.types.is_timestamp(column.type):
            kinds[column.name] = "date"
        elif pa.types.is_boolean(column.type):
            kinds[column.name] = "flag"
    return kinds
