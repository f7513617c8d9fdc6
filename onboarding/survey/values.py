"""What the values of a delivered column are: numbers, dates, flags or text, and how they are written.

A form that could mean two things is marked as such, with an example, and is decided only by other values of the column.
"""

import calendar
import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import pandas as pd

from data_contracts.parsing import (
    FALSE,
    MISSING,
    MONTH_YEAR,
    SERIAL_EPOCHS,
    TRUE,
    currencies_named,
    has_zone,
    is_serial,
    month_and_year,
    number_hints,
    read_amount,
    read_written_day,
    serial_day,
)
from onboarding.survey.synonyms import NOTHING_THERE

Kind = Literal["empty", "number", "date", "flag", "text"]
DateOrder = Literal["day-first", "month-first", "year-first"]

_NUMBER = re.compile(r"[+-]?(\d{1,3}([., '\u00a0\u202f\u2019]\d{3})+|\d+)?([.,]\d+)?([eE][+-]?\d+)?")
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}([.,])\d{3}")
_DAY_MONTH = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?:[ T]+(\d{1,2}:\d{2})(:\d{2})?( ?[AaPp][Mm])?)?")
_MOST = 0.9
_MANY_DAYS = 13
_FEW_YEARS = 5
"""A column of so many days and so few years shows which is which; monthly data have one day, but not 13 years."""


@dataclass(frozen=True)
class NumberForm:
    """How a column's numbers are written; `unclear` is an example where the decimal sign is not decided."""

    decimal: str | None = None
    thousands: str | None = None
    unclear: str | None = None


@dataclass(frozen=True)
class DateForm:
    """How a column's dates are written.

    Attributes
    ----------
    formats: strptime formats for what is not ISO 8601; `{1}` and `{2}` stand for day and month in an undecided order.
    order: which comes first, where days and months are numbers; None where there are no such dates, or it is open.
    unclear: an example of a date whose order is open.
    zoned: whether values are instants with a zone offset.
    serial: whether values are, or may be, serial numbers of a spreadsheet.
    both: an example of a date that can only be day first and one that can only be month first, where both are there.
    may_be_year_first: whether what is unclear may be 26/01/05 as well.
    """

    formats: tuple[str, ...] = ()
    order: DateOrder | None = None
    unclear: str | None = None
    zoned: bool = False
    serial: bool = False
    both: tuple[str, str] | None = None
    may_be_year_first: bool = False


@dataclass(frozen=True)
class Values:
    """Distinct values of a column.

    Attributes
    ----------
    kind: what nearly all of them are.
    texts: distinct texts that stand for something.
    nothing: texts that plainly mean that nothing is there, in a column of dates or numbers, as delivered.
    odd: an example of the few that are not of this kind.
    number, date: how they are written.
    numbers: of a column of text, its numbers, where they are half of it or more.
    currencies: that stand beside its numbers, each with an example.
    percent: whether a sign of percent stands behind its numbers.
    """

    kind: Kind
    texts: tuple[str, ...]
    nothing: tuple[str, ...] = ()
    odd: str | None = None
    number: NumberForm = NumberForm()
    numbers: tuple[str, ...] = ()
    date: DateForm = DateForm()
    currencies: Mapping[str, str] = field(default_factory=dict)
    percent: bool = False


def read_values(distinct: Sequence[str], typed: Kind | None = None, rows: Sequence[int] | None = None) -> Values:
    """What a column's distinct texts are.

    Parameters
    ----------
    distinct: texts as delivered, each once.
    typed: what the column is by its type, in Parquet files and databases.
    rows: how many rows have each; one each where not given.
    """
    rows_with = dict(zip((text.strip() for text in distinct), rows or [1] * len(distinct), strict=True))
    texts = [text.strip() for text in distinct if text.strip().casefold() not in MISSING]
    said = [text for text in texts if _is_nothing(text)]
    filled = [text for text in texts if not _is_nothing(text)]
    if not filled:
        return Values("empty", ())
    if typed in ("number", "date", "flag"):
        zoned = typed == "date" and any(map(has_zone, filled))
        serial = typed == "number" and all(map(is_serial, filled))
        return Values(typed, tuple(filled), date=DateForm(zoned=zoned, serial=serial))
    if all(text.casefold() in TRUE | FALSE for text in filled) and any(text.isalpha() for text in filled):
        return Values("flag", tuple(filled))
    kind: Kind
    for kind, fits in (("date", _date_test(filled)), ("number", is_number)):
        odd = [text for text in filled if not fits(text)]
        if len(odd) <= (1 - _MOST) * len(filled) or _rows(odd, rows_with) <= (1 - _MOST) * _rows(filled, rows_with):
            good = tuple(text for text in filled if fits(text))
            values = Values(kind, good, tuple(said), odd[0] if odd else None)
            return replace(values, date=date_form(good)) if kind == "date" else _with_number_form(values, good)
    numbers = tuple(text for text in filled if is_number(text))
    near = bool(numbers) and (
        2 * len(numbers) >= len(filled) or 2 * _rows(numbers, rows_with) >= _rows(filled, rows_with)
    )
    if not near:
        return Values("text", tuple(texts))
    stray = next(text for text in filled if not is_number(text))
    return _with_number_form(Values("text", tuple(texts), odd=stray, numbers=numbers), numbers)


def _with_number_form(values: Values, numbers: Sequence[str]) -> Values:
    return replace(
        values,
        number=number_form(numbers),
        date=DateForm(serial=values.kind == "number" and all(map(is_serial, numbers))),
        currencies=currencies_named(numbers),
        percent=any(read_amount(text).percent for text in numbers),
    )


def _rows(texts: Sequence[str], rows_with: Mapping[str, int]) -> int:
    return sum(rows_with[text] for text in texts)


def _is_nothing(text: str) -> bool:
    return text.casefold() in NOTHING_THERE or text.casefold().startswith("n/a")


def is_number(text: str) -> bool:
    """Whether a text is a number, with or without what is written around amounts."""
    return any(sign.isdigit() for sign in text) and _NUMBER.fullmatch(read_amount(text).number) is not None


def is_date(text: str) -> bool:
    """Whether a text is a date, of one meaning or with day and month in an order that others show."""
    return _DAY_MONTH.fullmatch(text) is not None or not np.isnat(read_written_day(text))


def _date_test(texts: Sequence[str]) -> Callable[[str], bool]:
    """What is a date in a column: serial numbers only beside dates that are written as such."""
    if any(map(is_serial, texts)) and any(map(is_date, texts)):
        return lambda text: is_date(text) or is_serial(text)
    return is_date


def number_form(texts: Sequence[str]) -> NumberForm:
    """How numbers are written.

    `1.234` alone is a number with three decimals or a thousand: other values of the column decide, or nobody does.

    >>> number_form(["1.234,5", "7"])
    NumberForm(decimal=',', thousands='.', unclear=None)
    >>> number_form(["1,234", "7"])
    NumberForm(decimal=None, thousands=None, unclear='1,234')
    """
    written, texts = texts, [read_amount(text).number for text in texts]
    grouped = {found[1]: text for text in texts if (found := _GROUPED.fullmatch(text))}
    decided = [
        sign
        for sign, other in ((".", ","), (",", "."))
        if any(sign in text and _is_decimal(text, sign, other) for text in texts)
    ]
    twice = [sign for sign in ".," if any(text.count(sign) > 1 for text in texts)]
    if len(decided) == 1:
        other = "," if decided[0] == "." else "."
        return NumberForm(decided[0], other if any(other in text for text in texts) else None)
    if len(decided) > 1:
        return NumberForm(unclear=next(text for text in texts if decided[0] in text))
    if twice or not grouped:
        return NumberForm("," if twice[0] == "." else ".", twice[0]) if twice else NumberForm()
    sign, example = next(iter(grouped.items()))
    if any(re.fullmatch(r"[+-]?\d{4,}", text) for text in texts):
        return NumberForm(sign)
    return _by_currency(written) or NumberForm(
        unclear=next(each for each in written if read_amount(each).number == example)
    )


def _by_currency(texts: Sequence[str]) -> NumberForm | None:
    """How amounts are written whose currency is never written otherwise."""
    hints = frozenset().union(*map(number_hints, texts)) & {"decimal_comma", "decimal_point"}
    if len(hints) != 1:
        return None
    return NumberForm(",", ".") if "decimal_comma" in hints else NumberForm(".", ",")


def proven_decimals(texts: Sequence[str], rows: Sequence[int]) -> dict[str, tuple[int, str]]:
    """Signs that stand before decimals without doubt, with the number of rows that prove it and an example.

    >>> proven_decimals(["13,90", "1.5", "7"], [306, 1, 20])
    {',': (306, '13,90'), '.': (1, '1.5')}
    """
    proven: dict[str, tuple[int, str]] = {}
    for written, count in zip(texts, rows, strict=True):
        text = read_amount(written).number
        for sign, other in ((",", "."), (".", ",")):
            if sign in text and is_number(text) and _is_decimal(text, sign, other):
                before, example = proven.get(sign, (0, written))
                proven[sign] = (before + count, example)
    return proven


def thousands_sign(texts: Sequence[str], decimal: str) -> str | None:
    """The sign between groups of three digits, where this one stands before decimals.

    >>> thousands_sign(["1.234,50", "1.5"], ",")
    '.'
    """
    for sign in ("." if decimal == "," else ",",):
        grouped = re.compile(rf"[+-]?\d{{1,3}}({re.escape(sign)}\d{{3}})+({re.escape(decimal)}\d+)?")
        if any(grouped.fullmatch(read_amount(text).number) for text in texts):
            return sign
    return None


def _is_decimal(text: str, sign: str, other: str) -> bool:
    """Whether the sign can only be a decimal one in this text."""
    whole, _, fraction = text.rpartition(sign)
    if sign in whole or other in fraction:
        return False
    return other in whole or not fraction[:3].isdigit() or len(fraction) != 3 or whole.strip("+-") in ("", "0")


def date_form(texts: Sequence[str]) -> DateForm:
    """How dates are written; 03/04/2026 is decided by values above 12 of the same column alone.

    >>> form = date_form(["03/04/2026", "25/04/2026"])
    >>> form.formats, form.order
    (('%d/%m/%Y',), 'day-first')
    >>> date_form(["03/04/2026"]).unclear
    '03/04/2026'
    >>> date_form(["26/01/05", "26/01/32"]).unclear, date_form(["12/13/06", "01/05/06"]).order
    (None, 'month-first')
    >>> date_form(["25/03/2026", "04/25/2026"]).both
    ('25/03/2026', '04/25/2026')
    """
    formats: dict[str, None] = {}
    day_first, month_first, example = "", "", ""
    for text in texts:
        if found := _DAY_MONTH.fullmatch(text):
            example = example or text
            first, second = int(found[1]), int(found[3])
            day_first = day_first or (text if first > 12 >= second else "")
            month_first = month_first or (text if second > 12 >= first else "")
            formats[_numeric_format(found)] = None
    zoned, serial = any(map(has_zone, texts)), any(map(is_serial, texts))
    year_first = _is_year_first(texts)
    if year_first is None:
        return DateForm(tuple(formats), unclear=example, zoned=zoned, serial=serial, may_be_year_first=True)
    if year_first:
        return DateForm(ordered(tuple(formats), "year-first"), "year-first", zoned=zoned, serial=serial)
    if day_first and month_first:
        return DateForm(tuple(formats), zoned=zoned, serial=serial, both=(day_first, month_first))
    if not (day_first or month_first):
        return DateForm(tuple(formats), unclear=example or None, zoned=zoned, serial=serial)
    order: DateOrder = "day-first" if day_first else "month-first"
    return DateForm(ordered(tuple(formats), order), order, zoned=zoned, serial=serial)


def _is_year_first(texts: Sequence[str]) -> bool | None:
    """Whether dates such as 26/01/05 start with the year; None where that stays open.

    Shown by values that one order alone can be, or by a column of many days in which the year hardly changes.
    """
    found = [match for text in texts if (match := _DAY_MONTH.fullmatch(text))]
    if not found or any(len(each[4]) == 4 or len(each[1]) == 1 for each in found):
        return False
    parts = [(int(each[1]), int(each[3]), int(each[4])) for each in found]
    if not all(_is_day(2000 + first, second, third) for first, second, third in parts):
        return False
    if not any(all(_is_day(2000 + each[2], each[1 - day], each[day]) for each in parts) for day in (0, 1)):
        return True
    firsts, thirds = ({each[place] for each in parts} for place in (0, 2))
    few, many = sorted((len(firsts), len(thirds)))
    return len(thirds) > len(firsts) if many >= _MANY_DAYS and few <= _FEW_YEARS else None


def _is_day(year: int, month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]


def ordered(formats: Sequence[str], order: DateOrder) -> tuple[str, ...]:
    """Formats with day and month, and a year of two digits, put where they belong."""
    if order == "year-first":
        return tuple(re.sub(r"\{1\}(.)\{2\}.%y", r"%y\1%m\1%d", text) for text in formats)
    first, second = ("%d", "%m") if order == "day-first" else ("%m", "%d")
    return tuple(text.replace("{1}", first).replace("{2}", second) for text in formats)


def _numeric_format(found: "re.Match[str]") -> str:
    sign, clock = found[2], ""
    if found[5]:
        clock = f" {'%I' if found[7] else '%H'}:%M{':%S' if found[6] else ''}"
        clock += f"{' ' if found[7].startswith(' ') else ''}%p" if found[7] else ""
    return f"{{1}}{sign}{{2}}{sign}{_year(found[4])}{clock}"


def _year(digits: str) -> str:
    return "%Y" if len(digits) == 4 else "%y"


def read_days(texts: Sequence[str], formats: Sequence[str] = ()) -> list[dt.date]:
    """Distinct days of texts that mean one day only, or are in one of the formats, ascending; others are left out.

    >>> read_days(["2026-03-02 10:00:00", "01.03.2026", "46082"], ["%d.%m.%Y", "excel"])
    [datetime.date(2026, 3, 1), datetime.date(2026, 3, 2)]
    """
    days = {read_written_day(text.strip()) for text in texts}
    plain = pd.Series(list(texts), dtype="object")
    for form in formats:
        if form == MONTH_YEAR:
            found = [month_and_year(text) for text in texts]
            days.update(np.datetime64(dt.date(year, month, 1), "D") for month, year in filter(None, found))
        elif form in SERIAL_EPOCHS:
            days.update(serial_day(text.strip(), form) for text in texts if is_serial(text.strip()))
        else:
            days.update(pd.to_datetime(plain, format=form, errors="coerce").dropna().to_numpy().astype("datetime64[D]"))
    return sorted(day.astype(dt.date) for day in days if not np.isnat(day))
