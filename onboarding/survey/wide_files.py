"""Wide files: a column for each day, week or month, a row for each thing that was counted."""

import datetime as dt
import re
from collections import Counter
from dataclasses import dataclass
from typing import Literal

import numpy as np

from data_contracts.parsing import read_written_day
from onboarding.survey.delivered import DeliveredTable
from onboarding.survey.values import Kind

FEWEST_DATES = 4
_SHAPES = (
    (r"\d{4}-\d{2}-\d{2}", "%Y-%m-%d"),
    (r"\d{4}-\d{2}", "%Y-%m"),
    (r"\d{4}/\d{2}/\d{2}", "%Y/%m/%d"),
    (r"\d{2}\.\d{2}\.\d{4}", "%d.%m.%Y"),
    (r"[^\W\d_]+\.?[ -]\d{4}", None),
    (r"\d{1,2}/\d{4}", None),
    (r"\d{4}-?W\d{2}", None),
)
"""Patterns of headings, and their format; None where a heading can mean one day only, as Jan 2026 or 2026-W03."""
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True)
class WideForm:
    """A wide file's form.

    Attributes
    ----------
    pattern: regular expression of its date columns' headings.
    date_format: of the headings; None for ISO 8601.
    keys: the other columns.
    dates: of the headings, ascending.
    kind: what the cells are.
    """

    pattern: str
    date_format: str | None
    keys: tuple[str, ...]
    dates: tuple[dt.date, ...]
    kind: Kind


def read_wide(delivered: DeliveredTable) -> WideForm | None:
    """The form of a file with at least four columns that are dates; None of any other file."""
    for pattern, form in _SHAPES:
        names = [name for name in delivered.columns if re.fullmatch(pattern, name.strip())]
        if len(names) < FEWEST_DATES:
            continue
        dates = _dates(names, form)
        if dates is None:
            continue
        kinds = Counter(delivered.contents[name].kind for name in names)
        kinds.pop("empty", None)
        keys = tuple(name for name in delivered.columns if name not in names)
        kind = kinds.most_common(1)[0][0] if kinds else "empty"
        iso = form is None or form.startswith("%Y-")
        return WideForm(pattern, None if iso else form, keys, tuple(dates), kind)
    return None


def _dates(names: list[str], form: str | None) -> list[dt.date] | None:
    """Dates of headings, ascending; None where one of them is none, such as the heading `Revenue 2026`."""
    if form is not None:
        return sorted(dt.datetime.strptime(name.strip(), form).replace(tzinfo=dt.UTC).date() for name in names)
    days = [read_written_day(name.strip()) for name in names]
    return None if any(map(np.isnat, days)) else sorted(day.astype(dt.date) for day in days)


def period_of(dates: list[dt.date]) -> tuple[Literal["day", "week", "month"], str | None] | None:
    """The rhythm of distinct dates, and the weekday on which weeks start; None where there are too few to tell.

    >>> period_of([dt.date(2024, 1, 1) + dt.timedelta(weeks=w) for w in range(9)])
    ('week', 'monday')
    """
    if len(dates) < FEWEST_DATES:
        return None
    if len({day.weekday() for day in dates}) == 1 and len(dates) >= 2 * FEWEST_DATES:
        return "week", WEEKDAYS[dates[0].weekday()]
    if all(day.day == 1 for day in dates):
        return "month", None
    return "day", None
