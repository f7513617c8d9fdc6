"""Headings of columns and names of files, in plain form, with the unit and the currency that they name."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from data_contracts.parsing import ISO_CURRENCIES
from onboarding.survey.plain_words import heading_words
from onboarding.survey.synonyms import CURRENCY_SIGNS, FACTORS, PIECES, PREPOSITIONS
from onboarding.survey.vocabulary import vocabulary

_UNITS = frozenset(unit for units in FACTORS.values() for unit in units)
_IS_SIGNS = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]+")
"""Texts in Japanese, which parts words by no blank."""


@dataclass(frozen=True)
class Heading:
    """What a heading says.

    Attributes
    ----------
    plain: all its words, lower case; each way to write number is `number`.
    bare: its words without the unit, the currency and what is said of tax.
    unit: a word of `FACTORS`, where one stands at its end; `%` is percent.
    currency: ISO code, where one is named.
    taxed: whether it says that tax is in the amount; None where it says nothing of tax.
    """

    plain: str
    bare: str
    unit: str | None
    currency: str | None
    taxed: bool | None


def read_heading(name: str) -> Heading:
    """What the heading of a column says.

    >>> read_heading("Weight (Kilograms)")
    Heading(plain='weight kilograms', bare='weight', unit='kilograms', currency=None, taxed=None)
    >>> read_heading("UnitPrice EUR").currency
    'EUR'
    >>> read_heading("Bestell-Nr.").plain, read_heading("Order #").plain
    ('bestell number', 'order number')
    """
    words = heading_words(name).split()
    currency = next((CURRENCY_SIGNS[word] for word in words if word in CURRENCY_SIGNS), None)
    currency = currency or next((word.upper() for word in words if word.upper() in ISO_CURRENCIES), None)
    bare = [word for word in words if word not in CURRENCY_SIGNS and word.upper() not in ISO_CURRENCIES]
    bare, taxed = _without_tax(bare)
    if len(bare) > 1 and bare[-1] in PREPOSITIONS:
        bare = bare[:-1]
    unit = bare[-1] if len(bare) > 1 and bare[-1] in _UNITS else None
    if len(bare) > 1 and (unit or bare[-1] in PIECES):
        bare = bare[:-1]
    if len(bare) > 1 and bare[-1] in PREPOSITIONS:
        bare = bare[:-1]
    return Heading(" ".join(words), " ".join(bare or words), "percent" if "%" in name else unit, currency, taxed)


def _without_tax(words: list[str]) -> tuple[list[str], bool | None]:
    """The words without what they say of tax, and whether tax is in the amount; None where they say nothing."""
    names, text = vocabulary(), f" {' '.join(words)} "
    is_taxed, is_untaxed = False, False
    for phrase in names.untaxed:
        text, found = _without(text, phrase)
        is_untaxed = is_untaxed or found
    for phrase in () if is_untaxed else names.taxed:
        text, found = _without(text, phrase)
        is_taxed = is_taxed or found
    if not (is_taxed or is_untaxed):
        return words, None
    return [word for word in text.split() if word not in names.tax_words], is_taxed


def _without(text: str, phrase: str) -> tuple[str, bool]:
    """A text with blanks at both ends without a phrase, and whether it was in it; signs of words need no blanks."""
    sought = phrase if _IS_SIGNS.fullmatch(phrase) else f" {phrase} "
    return text.replace(sought, " "), sought in text


def factor(column: str, unit: str | None) -> float | None:
    """What one of the heading's unit is in the canonical column's unit; None where the heading names none that fits.

    >>> factor("weight_kg", "g"), factor("lead_time_days", None)
    (0.001, None)
    """
    units: Mapping[str, float] = FACTORS.get(column, {})
    return units.get(unit) if unit else None
