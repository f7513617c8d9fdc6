"""Names of months in the languages of Europe, as the library `dateparser` lists them."""

import calendar
import importlib
import re
import unicodedata
from collections.abc import Mapping
from functools import cache

_LANGUAGES = (
    "en", "de", "fr", "es", "it", "pt", "nl", "pl", "sv", "da", "nb", "fi", "cs", "sk", "hu", "ro", "tr", "ru", "uk",
    "el", "bg", "sl", "et", "lv", "lt", "ca",
)  # fmt: skip
"""None of them gives a name to another month than another does; Croatian would: its listopad is October."""

_EAST_ASIAN = re.compile(r"(0?[1-9]|1[0-2])[\u6708\uc6d4]")
_WITH_YEAR = re.compile(r"([^\W\d_]{3,})\.?[ '\u2019./-]*(\d{2})")


def month_number(name: str) -> int | None:
    """The month of a name or its abbreviation; letter case, accents and a point at its end aside.

    >>> month_number("M\u00e4rz"), month_number("f\u00e9vr."), month_number("Sept"), month_number("Monday")
    (3, 2, 9, None)
    """
    if east_asian := _EAST_ASIAN.fullmatch(name.strip()):
        return int(east_asian[1])
    return _months().get(_plain(name))


def month_and_year(text: str) -> tuple[int, int] | None:
    """The month and year of a name with the two last digits of a year of this century.

    >>> month_and_year("Jan 26"), month_and_year("M\u00e4r-26"), month_and_year("Mai'26"), month_and_year("Week 26")
    ((1, 2026), (3, 2026), (5, 2026), None)
    """
    found = _WITH_YEAR.fullmatch(text.strip())
    month = month_number(found[1]) if found else None
    return None if found is None or month is None else (month, 2000 + int(found[2]))


@cache
def _months() -> Mapping[str, int]:
    months: dict[str, int] = {}
    for language in _LANGUAGES:
        known = importlib.import_module(f"dateparser.data.date_translation_data.{language}").info
        for number in range(1, 13):
            english = calendar.month_name[number].lower()
            for name in known[english]:
                if len(name.rstrip(".")) >= 3 and not name[0].isdigit():
                    months.setdefault(_plain(name), number)
    return months


def _plain(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign)).strip(". ")
