"""Days in a form that means one day only: the year first, a month by its name, a week of ISO 8601, an instant.

What is day and what is month in 03/04/2026 shows in other dates of the column; see `dates`.
"""

import datetime as dt
import re
from functools import lru_cache

import numpy as np
import pandas as pd

from data_contracts.declarations import LATEST
from data_contracts.parsing.month_names import month_number

NO_DAY = np.datetime64("NaT", "D")
LONGEST_DATE = 60

_CLOCK = (
    r"(?:,?\s*[T\s]\s*(?P<clock>\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[AaPp]\.?[Mm]\.?)?)\s*"
    r"(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?"
)
_WORD = r"[^\W\d_]+\.?"
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})(?P<sign>[-/.])\s?(?P<month>\d{1,2})(?P=sign)\s?(?P<day>\d{1,2})\.?" + _CLOCK)
_COMPACT = re.compile(
    r"(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})(?:[T ](?P<clock>\d{4,6})(?P<zone>Z|[+-]\d{2}:?\d{2})?)?"
)
_EAST_ASIAN = re.compile(
    r"(?P<year>\d{4})[\u5e74\ub144]\s*(?P<month>\d{1,2})[\u6708\uc6d4](?:\s*(?P<day>\d{1,2})[\u65e5\uc77c])?" + _CLOCK
)
_MONTH = (
    re.compile(r"(?P<year>\d{4})[-/M]\s?(?P<month>\d{1,2})"),
    re.compile(r"(?P<month>\d{1,2})[-/]\s?(?P<year>\d{4})"),
)
_WEEK = (
    re.compile(r"(?P<year>\d{4})-?W(?P<week>\d{2})(?:-?(?P<weekday>[1-7]))?"),
    re.compile(r"KW\s?(?P<week>\d{1,2})\s?[ /.-]\s?(?P<year>\d{4})", re.IGNORECASE),
    re.compile(r"(?P<year>\d{4})\s?[ /.-]?\s?KW\s?(?P<week>\d{1,2})", re.IGNORECASE),
)
_NAMED = (
    re.compile(
        rf"(?:{_WORD},?\s+)?(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|\.|\u00ba|\u00aa)?[\s\-./]*(?:de\s|of\s)?\s*(?P<name>{_WORD})"
        rf"[\s\-./,']*(?:de\s|del\s)?\s*(?P<year>\d{{4}}|\d{{2}}){_CLOCK}"
    ),
    re.compile(
        rf"(?:{_WORD},?\s+)?(?P<name>{_WORD})[\s\-./]*(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:,\s*|[\s\-./]+)(?P<year>\d{{4}}){_CLOCK}"
    ),
    re.compile(rf"(?P<year>\d{{4}})[\s\-./]+(?P<name>{_WORD})[\s\-./]+(?P<day>\d{{1,2}}){_CLOCK}"),
    re.compile(rf"(?P<name>{_WORD})[\s\-./,']*(?:de\s|del\s)?\s*(?P<year>\d{{4}})"),
    re.compile(rf"(?P<year>\d{{4}})[\s\-./]*(?P<name>{_WORD})"),
)


def read_written_day(text: str, timezone: str = "UTC") -> np.datetime64:
    """The day of a text that can mean one day only; of a week or month its first; NaT of any other text.

    Parameters
    ----------
    text: without blanks around it.
    timezone: zone in which an instant with an offset becomes a day.

    >>> [str(read_written_day(text)) for text in ("2026/1/5", "5 Jan 2026", "2026-W03", "1er f\u00e9vrier 2026")]
    ['2026-01-05', '2026-01-05', '2026-01-12', '2026-02-01']
    >>> str(read_written_day("03/04/2026"))
    'NaT'
    """
    if not (4 <= len(text) <= LONGEST_DATE) or not any(sign.isdigit() for sign in text):
        return NO_DAY
    for form in (_YEAR_FIRST, _COMPACT, _EAST_ASIAN):
        if found := form.fullmatch(text):
            return _day_of(found, int(found["month"]), timezone)
    for form in _MONTH:
        if found := form.fullmatch(text):
            return believable_day(int(found["year"]), int(found["month"]), 1)
    for form in _WEEK:
        if found := form.fullmatch(text):
            return _week_start(found)
    for form in _NAMED:
        if (found := form.fullmatch(text)) and (month := month_number(found["name"])):
            return _day_of(found, month, timezone)
    return NO_DAY


def has_zone(text: str) -> bool:
    """Whether a text is an instant with an offset from UTC, so that its day depends on where one is."""
    forms = (_YEAR_FIRST, _COMPACT, *_NAMED[:3])
    return any((found := form.fullmatch(text)) and found["zone"] for form in forms)


def believable_day(year: int, month: int, day: int) -> np.datetime64:
    """A day; years after the last believable one (9999-12-31) mean the end of time, those before 1700 nothing."""
    try:
        found = np.datetime64(dt.date(year, month, day), "D")
    except ValueError:
        return NO_DAY
    return NO_DAY if year < 1700 else min(found, np.datetime64(LATEST))


def _day_of(found: "re.Match[str]", month: int, timezone: str) -> np.datetime64:
    groups = found.groupdict()
    year = int(groups["year"]) + (2000 if len(groups["year"]) == 2 else 0)
    day = believable_day(year, month, int(groups.get("day") or 1))
    clock, zone = groups.get("clock"), groups.get("zone")
    if clock is None or np.isnat(day):
        return day
    if not zone:
        return day if _is_time(_with_colons(clock)) else NO_DAY
    instant = pd.to_datetime(f"{day} {_with_colons(clock)}{'Z' if zone in ('UTC', 'GMT') else zone}", errors="coerce")
    return NO_DAY if pd.isna(instant) else np.datetime64(instant.tz_convert(timezone).date(), "D")


@lru_cache(maxsize=2**17)
def _is_time(clock: str) -> bool:
    """Whether a text is a time of the day: pandas needs 0.1 ms to tell, and a column has each time many times."""
    return not pd.isna(pd.to_datetime(f"2000-01-01 {clock}", errors="coerce"))


def _with_colons(clock: str) -> str:
    plain = clock.replace(",", ".").replace(".m", "m").replace(".M", "M").strip(". ")
    return plain if ":" in plain else ":".join(plain[start : start + 2] for start in range(0, len(plain), 2))


def _week_start(found: "re.Match[str]") -> np.datetime64:
    try:
        day = dt.date.fromisocalendar(
            int(found["year"]), int(found["week"]), int(found.groupdict().get("weekday") or 1)
        )
    except ValueError:
        return NO_DAY
    return believable_day(day.year, day.month, day.day)
