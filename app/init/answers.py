"""What a flag or an answer of `restock init` may be."""

import datetime as dt
from zoneinfo import available_timezones

from settings import UsageError

CHOICES = {
    "date_order": ("day-first", "month-first"),
    "decimal": ("point", "comma"),
    "period": ("day", "week", "month"),
    "lead_time_unit": ("days", "weeks"),
    "price_is": ("unit", "line"),
    "sku_case": ("upper", "keep"),
}
_CODES = {"currency": (3, "EUR"), "country": (2, "DE")}
_NUMBERS = {
    "lead_time_days": 1000.0, "unit_cost": 1e9, "cost_share": 1.0, "unit_price": 1e9, "tax_rate": 1.0, "on_hand": 1e8,
}  # fmt: skip


def checked(key: str, value: str) -> str:
    """The answer as it is kept.

    Parameters
    ----------
    key: of the question.
    value: as written by a person.

    Raises
    ------
    UsageError: it cannot be an answer to this question; the message says how to write it.

    >>> checked("currency", "eur"), checked("on_hand", "0")
    ('EUR', '0')
    """
    text, name = value.strip(), key.replace("_", " ").replace(":", " ")
    if text in ("", "..."):
        raise UsageError(f"{name} is {value!r}; put your own value there")
    if key in CHOICES and text not in CHOICES[key]:
        raise UsageError(f"{name} is {text!r}; it is one of {', '.join(CHOICES[key])}")
    if key in _CODES:
        letters, example = _CODES[key]
        if not (len(text) == letters and text.isascii() and text.isalpha()):
            raise UsageError(f"{name} is {text!r}, not a code of {letters} letters such as {example}")
        return text.upper()
    if key == "timezone" and text not in available_timezones():
        raise UsageError(f"{name} is {text!r}, not a zone such as Europe/Berlin")
    if key == "as_of":
        return _day(text)
    return _number(key, name, text) if key in _NUMBERS else text


def _day(text: str) -> str:
    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError:
        raise UsageError(f"{text!r} is not a date; write it as 2026-03-31") from None


def _number(key: str, name: str, text: str) -> str:
    try:
        number = float(text)
    except ValueError:
        raise UsageError(f"{name} is {text!r}, not a number such as 14 or 0.19") from None
    if not 0 <= number <= _NUMBERS[key]:
        raise UsageError(f"{name} is {text}; it lies between 0 and {_NUMBERS[key]:g}")
    return f"{number:.10g}"
