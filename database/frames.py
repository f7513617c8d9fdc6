"""Frames to rows and back: exact, with missing values as NULL, and the same on SQLite and PostgreSQL."""

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import BigInteger, Boolean, Column, ColumnElement, Connection, Date, Double, Select, Table
from sqlalchemy.types import Integer, TypeEngine

from database.columns import DIGITS, CanonicalJson, ExactDecimal, UtcInstant, canonical_json, plain_text, to_decimal
from settings import PublishError

EXACT_IN_FLOAT = 10**15  # integers up to here survive float64 and its shortest text
Cells = list[Any]


def cells(table: Table, frame: pd.DataFrame, run_id: str, dialect: str) -> dict[str, Cells]:
    """The frame's columns as lists that the driver takes as they are, by column of the table.

    Parameters
    ----------
    table: a table of runs' rows.
    frame: columns of the table without `run_id`, in any order; optional ones may be left out.
    dialect: "sqlite" or "postgresql".

    Returns
    -------
    One list per column, all as long as the frame; NaN, NaT and NA are None.

    Raises
    ------
    PublishError: a column is unknown or missing, or a value does not fit; table, column and item are named.
    """
    frame = _packed(table, frame)
    unknown = [str(name) for name in frame.columns if name not in table.c or name == "id"]
    if unknown:
        raise PublishError(
            f"table {table.name} has no column {', '.join(unknown)}; its columns are {', '.join(table.c.keys())}"
        )
    found: dict[str, Cells] = {}
    for column in table.c:
        if column.name == "run_id":
            found[column.name] = [run_id] * len(frame)
        elif column.name in frame.columns:
            found[column.name] = _column(column, frame, dialect)
        elif not column.nullable and column.name != "id":
            raise PublishError(f"table {table.name} needs column {column.name}, which the frame lacks; add it")
    return found


def read_frame(connection: Connection, statement: Select[Any], *, exact: bool = False) -> pd.DataFrame:
    """The rows of a select as a frame with the project's types.

    Text is str or None; numbers float64, or int64 where nothing is missing; flags bool; dates datetime64[ns];
    instants datetime64[ns, UTC]; JSON as Python's lists and dicts. Money is float64, or Decimal when `exact`.
    """
    columns = list(statement.selected_columns)
    rows: Sequence[Any] = connection.execute(statement).all()
    values = list(zip(*rows, strict=True)) if rows else [() for _ in columns]
    series = {
        str(column.name): _series(column, list(found), exact=exact)
        for column, found in zip(columns, values, strict=True)
    }
    return pd.DataFrame(series, index=pd.RangeIndex(len(rows)))


def unpacked(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with its packed column spread into the columns that were written."""
    name = table.info["pack_rest_into"]
    rest = pd.DataFrame(list(frame[name]), index=frame.index)
    return pd.concat([frame.drop(columns=name), rest], axis=1)


def scaled_integers(values: NDArray[np.float64], places: int) -> NDArray[np.float64]:
    """Amounts as whole numbers of the smallest step, rounded half-even; float64 because NaN stays NaN.

    >>> scaled_integers(np.array([0.1 + 0.2, 1.005]), 2)
    array([ 30., 100.])
    """
    return np.rint(values * 10.0**places)


def _packed(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    name = table.info.get("pack_rest_into")
    if name is None or name in frame.columns:
        return frame
    rest = [column for column in frame.columns if column not in table.c]
    records = frame[rest].to_dict("records")
    return frame.drop(columns=rest).assign(**{name: pd.Series(records, index=frame.index, dtype=object)})


def _column(column: Column[Any], frame: pd.DataFrame, dialect: str) -> Cells:
    series = frame[column.name]
    missing = series.isna().to_numpy(dtype=bool)
    try:
        if missing.any() and not column.nullable:
            raise ValueError("it is missing")  # noqa: TRY301 - told with table, column and item below
        return _converted(column.type, series, missing, dialect)
    except (ValueError, TypeError, OverflowError) as fault:
        where = _first_row(column, series, frame)
        raise PublishError(
            f"table {column.table.name}, column {column.name}{where}: {fault}; nothing was published"
        ) from (fault)


def _converted(kind: TypeEngine[Any], series: "pd.Series[Any]", missing: NDArray[np.bool_], dialect: str) -> Cells:
    if isinstance(kind, CanonicalJson):
        return [None if gone else _json_cell(value) for value, gone in zip(series, missing, strict=True)]
    if isinstance(kind, UtcInstant):
        raise TypeError("instants are not written by frames")
    if isinstance(kind, Date):
        days = pd.to_datetime(series).to_numpy(dtype="datetime64[D]")
        return _with_nulls(np.datetime_as_string(days, unit="D").astype(object), missing)
    if isinstance(kind, Boolean):
        return _with_nulls(series.mask(missing, False).astype(bool).astype(object).to_numpy(), missing)
    if isinstance(kind, ExactDecimal):
        return _money(kind, series, missing, dialect)
    if isinstance(kind, (Double, Integer, BigInteger)):
        numbers = _numbers(series)
        whole = isinstance(kind, Integer)
        if whole and not np.array_equal(numbers[~missing], np.trunc(numbers[~missing])):
            raise ValueError("it is not whole")
        numbers = np.where(missing, 0.0, numbers)
        return _with_nulls((numbers.astype(np.int64) if whole else numbers + 0.0).astype(object), missing)
    return [None if gone else _text_cell(value) for value, gone in zip(series, missing, strict=True)]


def _numbers(series: "pd.Series[Any]") -> NDArray[np.float64]:
    numbers = pd.to_numeric(series).to_numpy(dtype=np.float64, na_value=np.nan)
    if np.isinf(numbers).any():
        raise ValueError("it is infinite")
    return numbers


def _money(kind: ExactDecimal, series: "pd.Series[Any]", missing: NDArray[np.bool_], dialect: str) -> Cells:
    if series.dtype == object and any(isinstance(value, Decimal) for value in series):
        exact = [None if gone else to_decimal(value, kind.places) for value, gone in zip(series, missing, strict=True)]
        if dialect == "sqlite":
            return [None if amount is None else int(amount.scaleb(kind.places)) for amount in exact]
        return exact
    scaled = scaled_integers(np.where(missing, 0.0, _numbers(series)), kind.places)
    if (np.abs(scaled) >= 10.0**DIGITS).any():
        raise ValueError(f"it does not fit {DIGITS - kind.places} digits before the point")
    if dialect == "sqlite":
        return _with_nulls(scaled.astype(np.int64).astype(object), missing)
    if (np.abs(scaled) < EXACT_IN_FLOAT).all():
        return _with_nulls((scaled / 10.0**kind.places + 0.0).astype(object), missing)
    return [
        None if gone else Decimal(int(amount)).scaleb(-kind.places)
        for amount, gone in zip(scaled.tolist(), missing, strict=True)
    ]


def _with_nulls(values: NDArray[Any], missing: NDArray[np.bool_]) -> Cells:
    if missing.any():
        values = values.copy()
        values[missing] = None
    found: Cells = values.tolist()
    return found


def _json_cell(value: object) -> str:
    if isinstance(value, str) and value[:1] in {"{", "["}:
        return canonical_json(json.loads(value))  # frames that were kept as Parquet hold JSON as text
    return canonical_json(value)


def _text_cell(value: object) -> str:
    if isinstance(value, str):
        return plain_text(value)
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    return plain_text(str(value))


def _first_row(column: Column[Any], series: "pd.Series[Any]", frame: pd.DataFrame) -> str:
    """Where the first value stands that does not fit alone, in words."""
    for position in range(len(series)):
        one = series.iloc[position : position + 1]
        gone = one.isna().to_numpy(dtype=bool)
        try:
            if not (gone.any() and not column.nullable):
                _converted(column.type, one, gone, "sqlite")
                continue
        except (ValueError, TypeError, OverflowError):
            pass
        row = frame.iloc[position]
        keys = [f"{key} {row[key]}" for key in ("sku", "location") if key in frame.columns and key != column.name]
        return f", {', '.join([f'row {position}', *keys])}: {str(series.iloc[position])[:60]!r}"
    return ""


def _series(column: ColumnElement[Any], values: list[Any], *, exact: bool) -> "pd.Series[Any]":
    kind = column.type
    if isinstance(kind, Date):
        return pd.Series(pd.to_datetime(pd.Series(values, dtype=object)).astype("datetime64[ns]"))
    if isinstance(kind, UtcInstant):
        return pd.Series(pd.to_datetime(pd.Series(values, dtype=object), utc=True).astype("datetime64[ns, UTC]"))
    if isinstance(kind, Boolean):
        whole = not any(value is None for value in values)
        return pd.Series(values, dtype=bool if whole else object)
    if isinstance(kind, Integer) and not any(value is None for value in values):
        return pd.Series(values, dtype=np.int64)
    if isinstance(kind, (Double, Integer)) or (isinstance(kind, ExactDecimal) and not exact):
        return pd.Series([np.nan if value is None else float(value) for value in values], dtype=np.float64)
    return pd.Series(values, dtype=object)
