"""Watermarks: how far a table was read, and from where it is read the next time."""

import datetime as dt
import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.acceptance.parts import UNDATED, WHOLE
from intake.sources.databases.query import Since
from settings import DataRefused, SettingsError, closest

Kind = Literal["day", "moment", "instant", "number", "text"]

FIRST_DAY = dt.date(1753, 1, 1)
"""The earliest day that every kind of database can compare with."""

LONG_AGO: Mapping[Kind, Since] = {
    "day": FIRST_DAY,
    "moment": FIRST_DAY,
    "instant": FIRST_DAY,
    "number": -(2**62),
    "text": FIRST_DAY.isoformat(),
}
"""`:since` of a first reading."""

_ISO_DAY = r"^\d{4}-\d{2}-\d{2}($|[ T])"


def kind_of(column: pa.ChunkedArray, name: str, where: str) -> Kind | None:
    """What a watermark's values are; None where there are none.

    Raises
    ------
    DataRefused: they are neither days, instants nor numbers.
    """
    kind = column.type
    if pa.types.is_null(kind):
        return None
    if pa.types.is_date(kind):
        return "day"
    if pa.types.is_timestamp(kind):
        return "moment" if kind.tz is None else "instant"
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return "number"
    wrong = column
    if pa.types.is_string(kind):
        texts = column.drop_null()
        wrong = texts.filter(pc.invert(pc.match_substring_regex(texts, _ISO_DAY)))
        if not len(wrong):
            return "text"
    raise DataRefused(
        f"{where}: watermark {name!r} is {wrong.drop_null()[0].as_py()!r}, neither a day (YYYY-MM-DD), an instant nor "
        "a number; convert it in the query, or name another column"
    )


def watermark_of(rows: pa.Table, name: str, where: str) -> pa.ChunkedArray:
    """The watermark column; DataRefused, with the closest name, where the answer does not have it."""
    if name in rows.column_names:
        return rows.column(name)
    near = closest(name, rows.column_names)
    hint = f"; the closest is {near!r}" if near else ""
    raise DataRefused(f"{where}: the result has no column {name!r}, which is to be its watermark{hint}")


def is_before(column: pa.ChunkedArray, since: Since) -> pa.ChunkedArray:
    """Which values lie before `since`; empty ones are neither before nor after."""
    if pa.types.is_null(column.type):
        return column.cast(pa.bool_())
    if isinstance(since, int):
        return pc.less(column, pa.scalar(Decimal(since) if abs(since) >= 2**63 else since))
    return pc.less(column, pa.scalar(since).cast(column.type))


def refuse_earlier(column: pa.ChunkedArray, name: str, since: Since, where: str) -> None:
    """Refuse an answer that has rows before `since`: kept beside those of earlier runs they would count twice.

    Raises
    ------
    DataRefused: with the first such value.
    """
    earlier = column.filter(is_before(column, since))
    if len(earlier):
        raise DataRefused(
            f"{where}: it returned a row whose {name} is {earlier[0].as_py()} although :since was {since}; "
            f"its WHERE must say that {name} >= :since"
        )


def ends_of(column: pa.ChunkedArray) -> tuple[str, str] | None:
    """The least and the greatest value as text; None where all are empty."""
    if pa.types.is_null(column.type) or column.null_count == len(column):
        return None
    both = pc.min_max(column).as_py()
    least, greatest = (
        value.isoformat() if isinstance(value, dt.date) else str(value) for value in (both["min"], both["max"])
    )
    return least, greatest


def next_since(
    kind: Kind, ends: Mapping[str, tuple[str, str]], read_on: dt.date, reread_days: int, where: str
) -> Since:
    """From where the next reading goes on: the newest watermark less the days that are read again.

    Parameters
    ----------
    kind: of the watermark.
    ends: least and greatest watermark of each month's rows.
    read_on: day of the last reading. A row that bears a later day, by mistake or by plan, does not move the window:
        what comes meanwhile would be missed.
    reread_days: how many.
    where: for messages.

    Returns
    -------
    For numbers, which know no days, the least number of the rows of the months that the window touches.

    Raises
    ------
    SettingsError: numbers, and the table has no date to cut months by.
    """
    latest = read_on - dt.timedelta(days=1)
    if kind == "number":
        if WHOLE in ends:
            raise SettingsError(
                f"{where}: watermark is a number, and the table has no date that says which rows are to be read "
                "again; take watermark away (all rows are read in each run), or name a day or an instant"
            )
        dated = sorted(month for month in ends if month != UNDATED)
        reached = [month for month in dated if month <= latest.isoformat()[:7]]
        if not reached:
            return LONG_AGO[kind]
        newest = min(dt.date.fromisoformat(f"{reached[-1]}-01"), latest)
        first = _earlier(newest, reread_days).isoformat()[:7]
        return min(math.floor(Decimal(ends[month][0])) for month in dated if month >= first)
    newest = min(dt.date.fromisoformat(max(greatest for _, greatest in ends.values())[:10]), latest)
    day = _earlier(newest, reread_days)
    if kind == "text":
        return day.isoformat()
    if kind == "day":
        return day
    return dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC if kind == "instant" else None)


def _earlier(day: dt.date, days: int) -> dt.date:
    return FIRST_DAY if (day - FIRST_DAY).days <= days else day - dt.timedelta(days=days)
