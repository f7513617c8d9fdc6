"""Writing the demo's tables as ordinary files that people can read and edit."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

MONEY = pa.decimal128(14, 2)


def csv_text(frame: pd.DataFrame, money: tuple[str, ...] = ()) -> str:
    """The frame as CSV text: ISO dates, `money` columns with two decimals, true and false, nothing where null."""
    arrays = []
    for name in frame.columns:
        column = frame[name]
        if pd.api.types.is_datetime64_any_dtype(column):
            arrays.append(pa.array(column, from_pandas=True).cast(pa.date32()))
        elif name in money:
            arrays.append(pa.array(column, type=pa.float64(), from_pandas=True).cast(MONEY))
        else:
            arrays.append(pa.array(column, from_pandas=True))
    table = pa.Table.from_arrays(arrays, names=list(frame.columns))
    sink = pa.BufferOutputStream()
    try:
        pa.csv.write_csv(table, sink, pa.csv.WriteOptions(include_header=False, quoting_style="none"))
        body = str(sink.getvalue().to_pybytes(), "utf-8")
    except pa.ArrowInvalid:  # some text holds a comma or a quote; Arrow would then quote every text
        body = _quoted_where_needed(table)
    return ",".join(frame.columns) + "\n" + body


def _quoted_where_needed(table: pa.Table) -> str:
    text = io.StringIO()
    columns = [["" if value is None else _plain(value) for value in column.to_pylist()] for column in table.columns]
    csv.writer(text, lineterminator="\n").writerows(zip(*columns, strict=True))
    return text.getvalue()


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


def write_csv(frame: pd.DataFrame, path: Path, money: tuple[str, ...] = ()) -> None:
    """Write one table as a CSV file, as `csv_text` says."""
    path.write_text(csv_text(frame, money), encoding="utf-8", newline="\n")


def write_european_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write one table as a spreadsheet in a country with decimal commas would: `;` between, 31.12.2026, 1,5."""
    frame.to_csv(path, index=False, sep=";", decimal=",", date_format="%d.%m.%Y", lineterminator="\n")


def monthly_csv_texts(frame: pd.DataFrame, date: str, money: tuple[str, ...] = ()) -> dict[str, str]:
    """One CSV text for each month of the column `date`, by names such as 2026-05."""
    return {name: csv_text(part, money) for name, part in _months(frame, date)}


def write_monthly_parquet(frame: pd.DataFrame, date: str, folder: Path) -> None:
    """One Parquet file for each month of the column `date`; rows keep their order, dates are dates, codes are text."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, part in _months(frame, date):
        columns = {name: pa.array(part[name]) for name in part.columns}
        columns[date] = columns[date].cast(pa.date32())
        pa.parquet.write_table(pa.table(columns), folder / f"{name}.parquet", compression="zstd")


def _months(frame: pd.DataFrame, date: str) -> Iterator[tuple[str, pd.DataFrame]]:
    """Rows of each month in turn, with names such as 2026-05."""
    month = frame[date].to_numpy().astype("datetime64[M]")
    for name in np.unique(month):
        yield str(name), frame[month == name]
