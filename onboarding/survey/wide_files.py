"""Wide files: a column for each day, week or month, a row for each thing that was counted."""

import datetime as dt
import re
from collections import Counter
from dataclasses import dataclass
from typing import Literal

from onboarding.survey.delivered import DeliveredTable
from onboarding.survey.values import Kind

FEWEST_DATES = 4
_SHAPES = (
    (r"\d{4}-\d{2}-\d{2}", "%Y-%m-%d"),
    (r"\d{4}-\d{2}", "%Y-%m"),
    (r"\d{4}/\d{2}/\d{2}", "%Y/%m/%d"),
    (r"\d{2}\.\d{2}\.\d{4}", "%d.%m.%Y"),
)
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
        dates = sorted(dt.datetime.strptime(name.strip(), form).replace(tzinfo=dt.UTC).date() for name in names)
        kinds = Counter(delivered.contents[name].kind for name in names)
        kinds.pop("empty", None)
        keys = tuple(name for name in delivered.columns if name not in names)
        kind = kinds.most_common(1)[0][0] if kinds else "empty"
        iso = form.startswith("%Y-")
        return WideForm(pattern, None if iso else form, keys, tuple(dates), kind)
    return None


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
