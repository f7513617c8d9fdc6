"""Numbers as people read them: thousands separators, three significant figures for estimates, ISO dates.

No float is shown as it is: what is too small to matter is 0, or said to be less than what matters.
"""

import datetime as dt
import math
from decimal import Decimal

import pandas as pd

from models.inventory.terms.money_rounding import minor_digits, rounded_money

Number = float | Decimal | None

NOTHING = "\N{EN DASH}"
_SIGNIFICANT = 3
_DECIMALS = 3
FEWEST_UNITS = 0.1
"""Expected units below it make no difference to anybody."""


def is_missing(value: object) -> bool:
    """Whether there is nothing to show: None, NaN, NaT or an infinity."""
    if value is None or value is pd.NaT or value is pd.NA:
        return True
    return isinstance(value, float | Decimal) and not math.isfinite(value)


def estimate(value: Number, decimals: int = _DECIMALS) -> str:
    """An estimate with at most three significant figures and so many decimals.

    >>> estimate(12345.6), estimate(12.345), estimate(0.004567), estimate(8.88e-17)
    ('12,300', '12.3', '0.005', '0')
    """
    if value is None or is_missing(value):
        return NOTHING
    number = float(value)
    if number == 0:
        return "0"
    digits = min(_SIGNIFICANT - 1 - math.floor(math.log10(abs(number))), decimals)
    rounded = round(number, digits)
    text = f"{rounded:,.{max(digits, 0)}f}"
    return _signed(text.rstrip("0").rstrip(".") if "." in text else text)


def count(value: Number) -> str:
    """A number that is known exactly, such as stock or an order.

    >>> count(1234.0), count(2.50)
    ('1,234', '2.5')
    """
    if value is None or is_missing(value):
        return NOTHING
    text = f"{float(value):,.3f}"
    return _signed(text.rstrip("0").rstrip("."))


def units(value: Number) -> str:
    """A number of units with its noun.

    >>> units(1), units(96)
    ('1 unit', '96 units')
    """
    text = count(value)
    return text if text == NOTHING else f"{text} {'unit' if text == '1' else 'units'}"


def expected_units(value: Number) -> str:
    """Units expected in the mean, in a list.

    >>> expected_units(31.44), expected_units(2.05e-66), expected_units(0.0)
    ('31.4', '<0.1', '0')
    """
    if value is None or is_missing(value) or not 0 < value < FEWEST_UNITS:
        return estimate(value)
    return f"<{FEWEST_UNITS}"


def expected_units_words(value: Number) -> str:
    """The same in a sentence, with its noun.

    >>> expected_units_words(0.467), expected_units_words(2.05e-66), expected_units_words(0.0)
    ('about 0.5 units', 'less than 0.1 units', 'no units')
    """
    if value is None or is_missing(value):
        return "an unknown number of units"
    if value < FEWEST_UNITS:
        return f"less than {FEWEST_UNITS} units" if value > 0 else "no units"
    text = estimate(value, decimals=1)
    return f"about {text} {'unit' if text == '1' else 'units'}"


def counted(number: int, noun: str) -> str:
    """A count with its noun.

    >>> counted(1, "item"), counted(1234, "item")
    ('1 item', '1,234 items')
    """
    return f"{count(number)} {noun}{'' if number == 1 else 's'}"


def money(value: Number, currency: str | None) -> str:
    """An exact amount in the currency's minor unit, rounded half-even.

    >>> money(Decimal("1234.565"), "EUR"), money(1234.5, "JPY")
    ('1,234.56 EUR', '1,234 JPY')
    """
    text = amount(value, currency)
    return text if text == NOTHING or not currency else f"{text} {currency}"


def amount(value: Number, currency: str | None) -> str:
    """As `money`, where the currency is named elsewhere.

    >>> amount(1234.5, "EUR")
    '1,234.50'
    """
    if value is None or is_missing(value):
        return NOTHING
    return _signed(f"{rounded_money(value, currency):,}")


def about(value: Number, currency: str | None) -> str:
    """An estimated amount: three significant figures, whole units of the currency from 100 on, no less than its cents.

    >>> about(412.49, "EUR"), about(0.00692, "EUR"), about(0.00154, "EUR")
    ('412 EUR', '0.01 EUR', '0 EUR')
    """
    text = estimate(value, minor_digits(currency) if currency else _DECIMALS)
    return text if text == NOTHING or not currency else f"{text} {currency}"


def whole(value: Number) -> str:
    """A whole number.

    >>> whole(1234.4)
    '1,234'
    """
    return NOTHING if value is None or is_missing(value) else _signed(f"{round(float(value)):,}")


def percent(fraction: Number) -> str:
    """A fraction as whole percent; below 1 and above 99 never rounded to none or all.

    >>> percent(0.734), percent(0.002), percent(0.998), percent(1.0)
    ('73 %', '<1 %', '>99 %', '100 %')
    """
    if fraction is None or is_missing(fraction):
        return NOTHING
    number = float(fraction)
    if 0 < number < 0.01:
        return "<1 %"
    if 0.99 < number < 1:
        return ">99 %"
    return _signed(f"{number * 100:,.0f}") + " %"


def chance(fraction: Number) -> str:
    """A probability counted in scenarios, which never proves none or all.

    >>> chance(0.0), chance(0.42)
    ('under 1 %', '42 %')
    """
    if fraction is None or is_missing(fraction):
        return NOTHING
    if fraction < 0.01:
        return "under 1 %"
    return "over 99 %" if fraction > 0.99 else percent(fraction)


def change(fraction: Number) -> str:
    """A relative change with its sign.

    >>> change(0.123), change(0.0)
    ('+12 %', '0 %')
    """
    if fraction is None or is_missing(fraction):
        return NOTHING
    text = f"{float(fraction) * 100:+,.0f}"
    return "0 %" if text in {"+0", "-0"} else _signed(text) + " %"


def days(value: Number) -> str:
    """A number of days, whole from ten on.

    >>> days(4.26), days(37.8), days(1200.0)
    ('4.3', '38', 'over 999')
    """
    if value is None or is_missing(value):
        return NOTHING
    number = float(value)
    if number > 999:
        return "over 999"
    return _signed(f"{number:.1f}".removesuffix(".0") if abs(number) < 9.95 else f"{number:.0f}")


def date(value: dt.date | str | None) -> str:
    """An ISO date."""
    if value is None or is_missing(value):
        return NOTHING
    if isinstance(value, dt.date):
        return value.isoformat()[:10]
    return str(value)[:10]


def instant(value: dt.datetime | None) -> str:
    """An instant in UTC, to the minute."""
    return NOTHING if value is None or is_missing(value) else f"{value:%Y-%m-%d %H:%M} UTC"


def apportion(values: list[float]) -> list[int]:
    """Whole numbers near `values` that add up to their rounded sum (largest remainders; ties: the first).

    >>> apportion([0.4, 0.4, 0.4])
    [1, 0, 0]
    """
    floors = [math.floor(value) for value in values]
    missing = round(math.fsum(values)) - sum(floors)
    order = sorted(range(len(values)), key=lambda k: (floors[k] - values[k], k))
    for k in order[:missing]:
        floors[k] += 1
    return floors


def _signed(text: str) -> str:
    return "0" if text in {"-0", "-0.0"} else text.replace("-", "\N{MINUS SIGN}")


FILTERS = {
    "estimate": estimate,
    "expected_units": expected_units,
    "expected_units_words": expected_units_words,
    "count": count,
    "money": money,
    "amount": amount,
    "about": about,
    "whole": whole,
    "percent": percent,
    "change": change,
    "days": days,
    "date": date,
    "instant": instant,
}
