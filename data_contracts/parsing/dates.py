"""Texts as days: declared formats, serial numbers of spreadsheets, forms with one meaning, then day and month.

The order of day and month in 03/04/2026 is decided by other dates of the column, or declared; never guessed.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data_contracts.parsing.month_names import month_and_year
from data_contracts.parsing.written_days import NO_DAY, believable_day, read_written_day
from settings import DataRefused

Dates = NDArray[np.datetime64]
DateHint = Literal["day_and_month", "day_first", "month_first"]

SERIAL_EPOCHS: Mapping[str, str] = {"excel": "1899-12-30", "excel-1904": "1904-01-01"}
"""Formats of serial numbers, and the day that each calls 0: of Excel, and of Excel's old files from the Macintosh."""

MONTH_YEAR = "month-year"
"""Format of months by name with two digits of the year, such as Jan 26; without it, that may be a day of January."""

_SERIAL = re.compile(r"[2-7]\d{4}([.,]\d*)?")
_DAY_MONTH_YEAR = re.compile(r"(\d{1,2})([./-])\s?(\d{1,2})\2\s?(\d{4})(?:,?[ T].*)?")


def read_dates(texts: list[str], date_formats: Sequence[str], timezone: str, where: str, table: str) -> Dates:
    """Days of the texts, NaT where a text is none.

    Parameters
    ----------
    texts: distinct texts of one column of one file.
    date_formats: strptime formats that are tried first, where declared; `excel` and `excel-1904` for the serial
        numbers of spreadsheets, `month-year` for months by name with two digits of the year.
    timezone: zone in which an instant with an offset becomes a day.
    where, table: file and column for the message, and the table whose source declares the format.

    Raises
    ------
    DataRefused: days and months cannot be distinguished, as in 03/04/2026, and no format is declared; or two of the
        formats read one text as different days; or most texts are serial numbers, and no format says from when.
    """
    series = pd.Series([text.strip() for text in texts], dtype="object")
    days = _read_formats(series, date_formats, timezone, where, table)
    for position in np.flatnonzero(np.isnat(days)):
        days[position] = read_written_day(series.iloc[position], timezone)
    unread = np.isnat(days)
    if unread.any() and not date_formats:
        days[unread] = _read_day_month(series[unread].tolist(), where, table)
        _refuse_undeclared_serials(series[np.isnat(days)].tolist(), len(days), where, table)
    return days


def is_serial(text: str) -> bool:
    """Whether a text may be a spreadsheet's serial number of a day from 1954 to 2119, with or without a time."""
    return _SERIAL.fullmatch(text) is not None


def serial_day(text: str, date_format: str) -> np.datetime64:
    """The day of a serial number.

    >>> str(serial_day("46027", "excel")), str(serial_day("44565.5", "excel-1904"))
    ('2026-01-05', '2026-01-05')
    """
    return np.datetime64(SERIAL_EPOCHS[date_format], "D") + np.timedelta64(int(text[:5]), "D")


def date_hints(text: str) -> frozenset[DateHint]:
    """What a text decides about the order of day and month in the other dates of its column.

    >>> sorted(date_hints("31/01/2026"))
    ['day_and_month', 'day_first']
    """
    found = _DAY_MONTH_YEAR.fullmatch(text.strip())
    if found is None:
        return frozenset()
    first, second = int(found[1]), int(found[3])
    hints: set[DateHint] = {"day_and_month"}
    hints |= {"day_first"} if first > 12 >= second else {"month_first"} if second > 12 >= first else set()
    return frozenset(hints)


def _read_formats(
    series: "pd.Series[str]", date_formats: Sequence[str], timezone: str, where: str, table: str
) -> Dates:
    days = np.full(len(series), NO_DAY)
    read_as = np.full(len(series), "", dtype=object)
    for date_format in date_formats:
        found = _read_format(series, date_format, timezone)
        differ = ~np.isnat(days) & ~np.isnat(found) & (days != found)
        if differ.any():
            first = int(differ.argmax())
            raise DataRefused(
                f"{where} is {series.iloc[first]!r}: {days[first]} by {read_as[first]} and {found[first]} by "
                f"{date_format}; leave one of the two in date_format of [sources.{table}]"
            )
        read_as[np.isnat(days) & ~np.isnat(found)] = date_format
        days = np.where(np.isnat(days), found, days)
    return days


def _read_format(series: "pd.Series[str]", date_format: str, timezone: str) -> Dates:
    if date_format in SERIAL_EPOCHS:
        return np.array([serial_day(text, date_format) if is_serial(text) else NO_DAY for text in series], "M8[D]")
    if date_format == MONTH_YEAR:
        return np.array([_month_start(text) for text in series], "M8[D]")
    instants = pd.to_datetime(series, format=date_format, errors="coerce", utc=_has_zone(date_format))
    return _days(instants, timezone)


def _month_start(text: str) -> np.datetime64:
    found = month_and_year(text)
    return NO_DAY if found is None else believable_day(found[1], found[0], 1)


def _has_zone(date_format: str) -> bool:
    return "%z" in date_format or "%Z" in date_format


def _days(instants: "pd.Series[pd.Timestamp]", timezone: str) -> Dates:
    if instants.dt.tz is not None:
        instants = instants.dt.tz_convert(timezone).dt.tz_localize(None)
    return instants.to_numpy().astype("datetime64[D]")


def _refuse_undeclared_serials(unread: list[str], count: int, where: str, table: str) -> None:
    serials = [text for text in unread if is_serial(text)]
    if serials and 2 * len(serials) >= count:
        example = serials[0]
        raise DataRefused(
            f"{where} is {example!r}, the serial number that a spreadsheet gives a day; declare it in "
            f'[sources.{table}] as date_format = "excel" where it is {serial_day(example, "excel")}, or '
            f'date_format = "excel-1904" where it is {serial_day(example, "excel-1904")}'
        )


def _read_day_month(texts: list[str], where: str, table: str) -> Dates:
    parts = [_DAY_MONTH_YEAR.fullmatch(text) for text in texts]
    pairs = [(int(found[1]), int(found[3])) for found in parts if found]
    day_first = any(first > 12 >= second for first, second in pairs)
    month_first = any(second > 12 >= first for first, second in pairs)
    if pairs and day_first == month_first:
        example = next(text for text, found in zip(texts, parts, strict=True) if found)
        why = "days and months change places" if day_first else "day and month cannot be distinguished"
        raise DataRefused(
            f"{where} is {example!r}: {why}; declare it in [sources.{table}] as "
            f'date_format = "{_as_format(example, "%d", "%m")}" or "{_as_format(example, "%m", "%d")}"'
        )
    days = [_day(found, day_first) if found else NO_DAY for found in parts]
    return np.array(days, dtype="datetime64[D]")


def _day(found: re.Match[str], day_first: bool) -> np.datetime64:
    first, second = int(found[1]), int(found[3])
    day, month = (first, second) if day_first else (second, first)
    return believable_day(int(found[4]), month, day)


def _as_format(example: str, first: str, second: str) -> str:
    sign = next(sign for sign in "./-" if sign in example)
    return f"{first}{sign}{second}{sign}%Y"
