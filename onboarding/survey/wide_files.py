"""Wide files: a column for each day, week or month, or for each product; a row for each thing or day."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

import numpy as np

from data_contracts.parsing import MONTH_YEAR, month_and_year, month_number, read_written_day
from onboarding.survey.delivered import DeliveredTable
from onboarding.survey.layout import is_total
from onboarding.survey.plain_words import plain
from onboarding.survey.values import Kind, read_days

FEWEST_DATES = 4
FEWEST_PRODUCTS = 2
_NEARLY_UNIQUE = 0.9
_SHAPES = (
    (r"\d{4}-\d{2}-\d{2}", "%Y-%m-%d"),
    (r"\d{4}-\d{2}", "%Y-%m"),
    (r"\d{4}/\d{2}/\d{2}", "%Y/%m/%d"),
    (r"\d{2}\.\d{2}\.\d{4}", "%d.%m.%Y"),
    (r"\d{1,2}\.\d{4}", "%m.%Y"),
    (r"\d{4}\.\d{1,2}", "%Y.%m"),
    (r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])", "%Y%m"),
    (r"[^\W\d_]+\.?[ ./'-]*\d{4}", None),
    (r"\d{1,2}[/-]\d{4}", None),
    (r"\d{4}-?W\d{2}", None),
    (r"(?i:KW)\s?\d{1,2}\s?[ /.-]\s?\d{4}", None),
    (r"[^\W\d_]{3,}\.?[ '\u2019./-]*\d{2}", MONTH_YEAR),
    (r".*\d.*", None),
)
"""Patterns of headings, and their format; None where a heading can mean one day only, as Jan 2026 or 2026-W03."""
_NUMERIC = re.compile(r"\d{1,2}([./-])\d{1,2}\1(\d{4}|\d{2})")
_LONGEST_PERIOD = 31
_YEARS = frozenset(
    {"year", "jahr", "annee", "ano", "anno", "jaar", "rok", "ar", "fiscal year", "geschaftsjahr", "\u5e74"}
)
_YEAR = re.compile(r"(?:19|20)\d{2}")
_ANY = r".*\d.*"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True)
class WideForm:
    """A wide file's form.

    Attributes
    ----------
    columns: the columns that become rows: a regular expression after `re:`, or their headings.
    date_formats: of the headings, the several that they allow; none for ISO 8601.
    keys: the other columns.
    dates: of the headings, or of the column of dates, ascending; none where the year is not named.
    kind: what the cells are.
    into: what the headings are.
    months: of headings that name months without a year, in their order.
    year: the column that says the year of these.
    count: the number of columns that become rows.
    """

    columns: str | tuple[str, ...]
    date_formats: tuple[str, ...]
    keys: tuple[str, ...]
    dates: tuple[dt.date, ...]
    kind: Kind
    into: Literal["date", "sku"] = "date"
    months: Mapping[str, int] = field(default_factory=dict)
    year: str | None = None
    count: int = 0

    @property
    def form(self) -> tuple[object, ...]:
        """What two wide files share whose cells belong together."""
        return self.into, self.keys, self.dates, tuple(self.months.items())

    def of_years(self, first: int) -> dict[str, str]:
        """The months of headings without a year, where the first is of this one; after December comes the next.

        >>> months = {"Nov": 11, "Dec": 12, "Jan": 1, "Feb": 2}
        >>> WideForm(("Nov", "Dec", "Jan", "Feb"), (), (), (), "number", months=months).of_years(2025)
        {'Nov': '2025-11', 'Dec': '2025-12', 'Jan': '2026-01', 'Feb': '2026-02'}
        """
        named, year, before = {}, first, 0
        for heading, month in self.months.items():
            year += month < before
            named[heading], before = f"{year}-{month:02}", month
        return named


def read_wide(delivered: DeliveredTable) -> WideForm | None:
    """The form of a file with at least four columns that are dates or months; None of any other file."""
    names = [name for name in delivered.columns if _NUMERIC.fullmatch(name.strip())]
    if len(names) >= FEWEST_DATES and (formats := _formats(names)) and formats != ("%d.%m.%Y",):
        return _form(delivered, names, _NUMERIC.pattern, formats)
    for pattern, form in _SHAPES:
        shaped = [name for name in delivered.columns if re.fullmatch(pattern, name.strip())]
        names = [name for name in shaped if _day(name, form) is not None]
        if len(names) >= FEWEST_DATES:
            iso = form is None or form.startswith("%Y-")
            is_exact = names == shaped and pattern != _ANY
            return _form(delivered, names, pattern if is_exact else None, () if iso else (str(form),))
    months = {name: month for name in delivered.columns if (month := month_number(name.strip()))}
    if len(months) >= FEWEST_DATES and len(set(months.values())) == len(months):
        return _of_months(delivered, months)
    return None


def _of_months(delivered: DeliveredTable, months: Mapping[str, int]) -> WideForm:
    """A file with months without a year as headings; a column of years beside them says which they are of."""
    names, contents = list(months), delivered.contents
    keys = tuple(name for name in delivered.columns if name not in months)
    years = [name for name in keys if plain(name) in _YEARS]
    years = [name for name in years if contents[name].texts and all(map(_YEAR.fullmatch, contents[name].texts))]
    of = contents[years[0]].texts if len(years) == 1 else ()
    dates = sorted(dt.date(int(year), month, 1) for year in of for month in months.values())
    return WideForm(
        tuple(names),
        (),
        keys,
        tuple(dates),
        _kind(delivered, names),
        months=months,
        year=years[0] if len(years) == 1 else None,
        count=len(names),
    )


def _form(
    delivered: DeliveredTable,
    names: list[str],
    pattern: str | None,
    formats: tuple[str, ...],
) -> WideForm:
    keys = tuple(name for name in delivered.columns if name not in names)
    days = [day for name in names if (day := _day(name, formats[0] if formats else None))]
    columns = tuple(names) if pattern is None else f"re:{pattern}"
    kind = _kind(delivered, names)
    return WideForm(columns, formats, keys, tuple(sorted(days)), kind, count=len(names))


def _kind(delivered: DeliveredTable, names: Sequence[str]) -> Kind:
    kinds = Counter(delivered.contents[name].kind for name in names)
    kinds.pop("empty", None)
    return kinds.most_common(1)[0][0] if kinds else "empty"


def _day(name: str, form: str | None) -> dt.date | None:
    """The date of a heading; None where it is none, such as the heading `Revenue 2026`."""
    if form == MONTH_YEAR:
        found = month_and_year(name)
        return None if found is None else dt.date(found[1], found[0], 1)
    if form is None:
        day = read_written_day(name.strip())
        return None if np.isnat(day) else day.astype(dt.date)
    try:
        return dt.datetime.strptime(name.strip(), form).replace(tzinfo=dt.UTC).date()
    except ValueError:
        return None


def _formats(names: Sequence[str]) -> tuple[str, ...]:
    """The formats in which headings such as 05/01/26 are dates; of several those in which they stand in order.

    Of these those with a column each day, week or month, where there are such.
    """
    found = [_NUMERIC.fullmatch(name.strip()) for name in names]
    written = {(each[1], "%Y" if len(each[2]) == 4 else "%y") for each in found if each}
    if len(written) > 1:
        return ()
    sign, year = next(iter(written))
    orders = (("%d", "%m", year), ("%m", "%d", year), *([("%y", "%m", "%d")] if year == "%y" else []))
    days = {sign.join(order): [_day(name, sign.join(order)) for name in names] for order in orders}
    possible = {form: [day for day in each if day] for form, each in days.items() if None not in each}
    ascending = {form for form, each in possible.items() if each in (sorted(set(each)), sorted(set(each))[::-1])}
    in_order = [form for form in possible if form in ascending or not ascending]
    dense = [form for form in in_order if _longest_step(possible[form]) <= _LONGEST_PERIOD]
    return tuple(dense or in_order)


def _longest_step(days: Sequence[dt.date]) -> int:
    ordered = sorted(days)
    return max((later - earlier).days for earlier, later in pairwise(ordered))


def read_products_across(delivered: DeliveredTable) -> WideForm | None:
    """The form of a file with a row for each date and a column of numbers for each product; None of any other.

    What the columns are shows in no heading: that they are products has to be said, or to be known by their SKUs.
    """
    contents = delivered.contents
    dates = [name for name in delivered.columns if contents[name].kind == "date"]
    products = [name for name in delivered.columns if contents[name].kind in ("number", "empty") and not is_total(name)]
    if len(dates) != 1 or len(products) < FEWEST_PRODUCTS:
        return None
    others = [name for name in delivered.columns if name not in products]
    if delivered.rows[others].drop_duplicates().shape[0] < _NEARLY_UNIQUE * len(delivered.rows):
        return None
    pattern = f"re:(?!(?:{'|'.join(re.escape(name) for name in others)})$).+"
    values = contents[dates[0]]
    days = read_days(values.texts, values.date.formats)
    kind = _kind(delivered, products)
    return WideForm(pattern, (), tuple(others), tuple(days), kind, into="sku", count=len(products))


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
