"""Names of months in the languages of Europe, as the library `dateparser` lists them."""

import calendar
import importlib
import unicodedata
from collections.abc import Mapping
from functools import cache

_LANGUAGES = (
    "en", "de", "fr", "es", "it", "pt", "nl", "pl", "sv", "da", "nb", "fi", "cs", "sk", "hu", "ro", "tr", "ru", "uk",
    "el", "bg", "sl", "et", "lv", "lt", "ca",
)  # fmt: skip
"""None of them gives a name to another month than another does; Croatian would: its listopad is October."""


def month_number(name: str) -> int | None:
    """The month of a name or its abbreviation; letter case, accents and a point at its end aside.

    >>> month_number("M\u00e4rz"), month_number("f\u00e9vr."), month_number("Sept"), month_number("Monday")
    (3, 2, 9, None)
    """
    return _months().get(_plain(name))


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
