"""How texts become numbers, dates and flags, and which of them settings name.

Each function reads distinct texts, never row by row. What cannot be read becomes missing; the caller keeps the text
beside it. Nothing is guessed: a form that could mean two things is read only where other values of the same column
decide it.
"""

import re
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data_contracts.declarations import LATEST
from settings import DataRefused

Numbers = NDArray[np.float64]
Dates = NDArray[np.datetime64]

MISSING = frozenset({"", "nan", "null", "none", "n/a", "na", "#n/a", "nat", "-"})
"""Texts that stand for nothing in columns of numbers, dates and flags, in lower case."""

TRUE = frozenset({"true", "t", "yes", "y", "on", "1", "1.0"})
FALSE = frozenset({"false", "f", "no", "n", "off", "0", "0.0"})

_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|[+-]?inf(inity)?", re.IGNORECASE)
_COMMA_DECIMAL = re.compile(
    r"[+-]?(\d*,(\d{1,2}|\d{4,})|(0\d*|\d{4,})?,\d{3}|\d{1,3}(\.\d{3})+,\d+|\d{1,3}(\.\d{3}){2,})"
)
_POINT_DECIMAL = re.compile(
    r"[+-]?(\d*\.(\d{1,2}|\d{4,})|(0\d*|\d{4,})?\.\d{3}|\d{1,3}(,\d{3})+\.\d+|\d{1,3}(,\d{3}){2,}|\d*\.\d+[eE][+-]?\d+)"
)
_THREE_AFTER_A_POINT = re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}")
_UNGROUPED = re.compile(r"[+-]?\d{4,}")
_GROUPED_BY_POINTS = re.compile(r"[+-]?\d{1,3}((\.\d{3})+,\d+|(\.\d{3}){2,})")
_DAY_MONTH_YEAR = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?:[ T].*)?")
_ISO_DAY = r"(\d{4})-(\d{2})-(\d{2})"
_ISO_NAIVE = re.compile(_ISO_DAY + r"(?:[ T]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?)?")
_ISO_ZONED = re.compile(_ISO_DAY + r"[ T]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:Z|[+-]\d{2}:?\d{2})")


def is_missing(texts: list[str]) -> NDArray[np.bool_]:
    """Which texts stand for nothing, in columns that are not text."""
    return np.array([text.strip().lower() in MISSING for text in texts], dtype=bool)


def read_numbers(texts: list[str], decimal: str, thousands: str | None) -> Numbers:
    """Numbers of the texts, NaN where a text is none.

    Parameters
    ----------
    texts: distinct texts of one column of one file.
    decimal, thousands: as declared. Where the default `.` stands and no thousands separator is
        declared, `1.234,5` and `1,5` are read if no other text of the column contradicts.

    >>> read_numbers(["1.234,5", "7"], ".", None).tolist()
    [1234.5, 7.0]
    """
    stripped = [text.strip().replace("\u2212", "-") for text in texts]
    if decimal == "." and thousands is None and any("," in text or text.count(".") > 1 for text in stripped):
        decimal, thousands = _number_format(stripped)
    return np.array([_number(text, decimal, thousands) for text in stripped], dtype=np.float64)


def refuse_ambiguous_numbers(texts: list[str], where: str, table: str) -> None:
    """See that a point before three digits is a decimal sign, where no decimal sign is declared.

    Parameters
    ----------
    texts: distinct texts of one column of one text file.
    where, table: file and column for the message, and the table whose source declares the sign.

    Raises
    ------
    DataRefused: `1.200` may be 1.2 or 1200, and no other text of the column decides it.
    """
    stripped = [text.strip().replace("\u2212", "-") for text in texts]
    example = next((text for text in stripped if _THREE_AFTER_A_POINT.fullmatch(text)), None)
    deciding = (_COMMA_DECIMAL, _POINT_DECIMAL, _UNGROUPED)
    if example is None or any(form.fullmatch(text) for text in stripped for form in deciding):
        return
    raise DataRefused(
        f"{where} is {example!r}, which may mean {float(example):g} or {float(example) * 1000:g}; declare it in "
        f'[sources.{table}] as decimal = "." for the first or decimal = "," and thousands = "." for the second'
    )


def _number_format(texts: list[str]) -> tuple[str, str | None]:
    comma = any(_COMMA_DECIMAL.fullmatch(text) for text in texts)
    point = any(_POINT_DECIMAL.fullmatch(text) for text in texts)
    if comma and not point:
        return ",", "."
    if point and not comma:
        return ".", ","
    return ".", None


def format_hints(text: str) -> frozenset[str]:
    """What a text decides about how the others of its column are read: `decimal_comma`, `decimal_point`,
    `three_after_a_point` (its meaning is open), `ungrouped` (no sign before three digits), `day_and_month` (their
    order is open), `day_first`, `month_first`; empty for most.

    >>> sorted(format_hints("31/01/2026"))
    ['day_and_month', 'day_first']
    """
    stripped, decided = text.strip(), set()
    number = stripped.replace("\u2212", "-")
    if _COMMA_DECIMAL.fullmatch(number):
        decided.add("decimal_comma")
    if _POINT_DECIMAL.fullmatch(number):
        decided.add("decimal_point")
    if _THREE_AFTER_A_POINT.fullmatch(number):
        decided.add("three_after_a_point")
    if _UNGROUPED.fullmatch(number):
        decided.add("ungrouped")
    if found := _DAY_MONTH_YEAR.fullmatch(stripped):
        first, second = int(found[1]), int(found[3])
        decided |= {"day_and_month"}
        decided |= {"day_first"} if first > 12 >= second else {"month_first"} if second > 12 >= first else set()
    return frozenset(decided)


def _number(text: str, decimal: str, thousands: str | None) -> float:
    if thousands is not None:
        text = text.replace("\u00a0", " ").replace("\u202f", " ").replace("\u2019", "'")
        whole, sign, fraction = text.partition(decimal)
        if thousands in whole:
            if not re.fullmatch(rf"[+-]?\d{{1,3}}({re.escape(thousands)}\d{{3}})+", whole):
                return np.nan
            text = whole.replace(thousands, "") + sign + fraction
    if decimal == ",":
        if thousands is None and _GROUPED_BY_POINTS.fullmatch(text):
            text = text.replace(".", "")
        if "." in text:
            return np.nan
        text = text.replace(",", ".")
    return float(text) if _PLAIN.fullmatch(text) else np.nan


def read_dates(texts: list[str], date_formats: Sequence[str], timezone: str, where: str, table: str) -> Dates:
    """Days of the texts, NaT where a text is none.

    Parameters
    ----------
    texts: distinct texts of one column of one file.
    date_formats: strptime formats that are tried first, where declared.
    timezone: zone in which an instant with an offset becomes a day.
    where, table: file and column for the message, and the table whose source declares the format.

    Raises
    ------
    DataRefused: days and months cannot be distinguished, as in 03/04/2026, and no format is declared; or two of the
        formats read one text as different days.
    """
    series = pd.Series([text.strip() for text in texts], dtype="object")
    days = _read_formats(series, date_formats, timezone, where, table)
    unread = np.isnat(days)
    if unread.any():
        days[unread] = _read_iso(series[unread], timezone)
    unread = np.isnat(days)
    if unread.any() and not date_formats:
        days[unread] = _read_day_month(series[unread].tolist(), where, table)
    return days


def _read_formats(
    series: "pd.Series[str]", date_formats: Sequence[str], timezone: str, where: str, table: str
) -> Dates:
    days = np.full(len(series), np.datetime64("NaT"), dtype="datetime64[D]")
    read_as = np.full(len(series), "", dtype=object)
    for date_format in date_formats:
        instants = pd.to_datetime(series, format=date_format, errors="coerce", utc=_has_zone(date_format))
        found = _days(instants, timezone)
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


def _has_zone(date_format: str) -> bool:
    return "%z" in date_format or "%Z" in date_format


def _days(instants: "pd.Series[pd.Timestamp]", timezone: str) -> Dates:
    if instants.dt.tz is not None:
        instants = instants.dt.tz_convert(timezone).dt.tz_localize(None)
    return instants.to_numpy().astype("datetime64[D]")


def _read_iso(series: "pd.Series[str]", timezone: str) -> Dates:
    days = np.full(len(series), np.datetime64("NaT"), dtype="datetime64[D]")
    for position, text in enumerate(series):
        if _ISO_NAIVE.fullmatch(text):
            days[position] = _day(text[:10])
        elif re.fullmatch(r"\d{4}/\d{2}/\d{2}", text):
            days[position] = _day(text.replace("/", "-"))
        elif re.fullmatch(r"\d{8}", text):
            days[position] = _day(f"{text[:4]}-{text[4:6]}-{text[6:]}")
        elif re.fullmatch(r"\d{4}-\d{2}", text):
            days[position] = _day(f"{text}-01")
        elif _ISO_ZONED.fullmatch(text):
            instant = pd.to_datetime(text, errors="coerce", utc=True)
            if not pd.isna(instant):
                days[position] = np.datetime64(instant.tz_convert(timezone).date(), "D")
    return days


def _day(iso: str) -> np.datetime64:
    """A day; years after the last believable one ("9999-12-31") mean the end of time."""
    try:
        day = np.datetime64(iso, "D")
    except ValueError:
        return np.datetime64("NaT")
    if day < np.datetime64("1700-01-01"):
        return np.datetime64("NaT")
    return min(day, np.datetime64(LATEST))


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
    days = [_day(_iso(found, day_first)) if found else np.datetime64("NaT") for found in parts]
    return np.array(days, dtype="datetime64[D]")


def _iso(found: re.Match[str], day_first: bool) -> str:
    first, second = int(found[1]), int(found[3])
    day, month = (first, second) if day_first else (second, first)
    return f"{found[4]}-{month:02d}-{day:02d}"


def _as_format(example: str, first: str, second: str) -> str:
    sign = next(sign for sign in "./-" if sign in example)
    return f"{first}{sign}{second}{sign}%Y"


def read_flags(texts: list[str]) -> Numbers:
    """1 for yes, 0 for no, NaN for anything else."""
    words = [text.strip().lower() for text in texts]
    return np.array([1.0 if word in TRUE else 0.0 if word in FALSE else np.nan for word in words])


def read_parameter_values(texts: list[str], decimal: str, thousands: str | None) -> list[str | None]:
    """Canonical text of numbers ("12.5"), ISO dates and flags ("true"); None for anything else."""
    numbers = read_numbers(texts, decimal, thousands)
    flags = read_flags(texts)
    days = _read_iso(pd.Series([text.strip() for text in texts], dtype="object"), "UTC")
    read: list[str | None] = []
    for text, number, flag, day in zip(texts, numbers, flags, days, strict=True):
        if not np.isnat(day) and "-" in text:
            read.append(str(day))
        elif not np.isnan(number):
            read.append(f"{number:.12g}")
        elif not np.isnan(flag):
            read.append("true" if flag else "false")
        else:
            read.append(None)
    return read


def is_listed(texts: Iterable[str], wanted: Sequence[str]) -> NDArray[np.bool_]:
    """Which texts the settings name; letter case is ignored.

    Parameters
    ----------
    texts: to be compared.
    wanted: texts, or regular expressions after `re:` that the whole text must match.

    >>> is_listed(["2024-01-08", "Store", "Shop"], ["store", "re:2024-.*"]).tolist()
    [True, True, False]
    """
    exact = {each.casefold() for each in wanted if not each.startswith("re:")}
    patterns = [re.compile(each[3:], re.IGNORECASE) for each in wanted if each.startswith("re:")]
    return np.array(
        [text.casefold() in exact or any(pattern.fullmatch(text) for pattern in patterns) for text in texts], dtype=bool
    )


def is_non_product(skus: "pd.Series[str]", not_products: Sequence[str]) -> NDArray[np.bool_]:
    """True for codes that are no products: postage, fees, samples.

    Parameters
    ----------
    skus: SKU codes.
    not_products: codes, or regular expressions after `re:`, as in `is_listed`.

    >>> is_non_product(pd.Series(["POST", "85048", "gift_0001_20"]), ["POST", "re:gift.*"]).tolist()
    [True, False, True]
    """
    codes, distinct = pd.factorize(skus)
    return np.append(is_listed(map(str, distinct), not_products), [False])[codes]


def normalise_sku(code: str, case: str, strip: bool) -> str:
    """A SKU code as the company compares it: in the declared letter case, blanks around it cut if so declared.

    >>> normalise_sku(" tea-1", "upper", strip=True)
    'TEA-1'
    """
    stripped = code.strip() if strip else code
    return stripped.upper() if case == "upper" else stripped
