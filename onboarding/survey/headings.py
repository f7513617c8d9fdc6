"""Headings of columns and names of files, in plain form, with the unit and the currency that they name."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from data_contracts.parsing import ISO_CURRENCIES
from onboarding.survey.synonyms import CURRENCY_SIGNS, FACTORS, TAXED

_UNITS = frozenset(unit for units in FACTORS.values() for unit in units)
_PIECES = frozenset({"stk", "stck", "stuck", "st", "pcs", "pce", "pc", "ea", "szt", "ks", "uds", "pz", "pieces"})
"""How units of sale are written behind a heading; they say no more than that something is counted."""

_NUMBER_WORDS = frozenset({"nr", "no", "num", "nbr", "nummer", "number", "numero"})
_COMPOUND = re.compile(
    r"(.{3,}?)(?:nummer|number|nr|num)|(order|invoice|item|part|article|product|stock|line|customer)no"
)
_SIGN_OF_NUMBER = re.compile(r"(?<=[^\W_])[\s._/-]*#")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@dataclass(frozen=True)
class Heading:
    """What a heading says.

    Attributes
    ----------
    plain: all its words, lower case; each way to write number is `number`.
    bare: its words without the unit, the currency and what is said of tax.
    unit: a word of `FACTORS`, where one stands at its end; `%` is percent.
    currency: ISO code, where one is named.
    taxed: whether it says that tax is in the amount.
    """

    plain: str
    bare: str
    unit: str | None
    currency: str | None
    taxed: bool


def read_heading(name: str) -> Heading:
    """What the heading of a column says.

    >>> read_heading("Weight (Kilograms)")
    Heading(plain='weight kilograms', bare='weight', unit='kilograms', currency=None, taxed=False)
    >>> read_heading("UnitPrice EUR").currency
    'EUR'
    >>> read_heading("Bestell-Nr.").plain, read_heading("Order #").plain
    ('bestell number', 'order number')
    """
    words = with_numbers_named(plain(_SIGN_OF_NUMBER.sub(" number ", name))).split()
    currency = next((CURRENCY_SIGNS[word] for word in words if word in CURRENCY_SIGNS), None)
    currency = currency or next((word.upper() for word in words if word.upper() in ISO_CURRENCIES), None)
    taxed = not TAXED.isdisjoint(words) and "weight" not in words
    bare = [
        word
        for word in words
        if word not in CURRENCY_SIGNS
        and word.upper() not in ISO_CURRENCIES
        and not (taxed and word in {*TAXED, "tax", "vat"})
    ]
    if len(bare) > 1 and bare[-1] in _PIECES:
        bare = bare[:-1]
    unit = bare[-1] if len(bare) > 1 and bare[-1] in _UNITS else None
    unit = "percent" if "%" in name else unit
    return Heading(
        " ".join(words), " ".join(bare[:-1] if unit and bare and bare[-1] == unit else bare), unit, currency, taxed
    )


def plain(name: str) -> str:
    """Words in lower case and without accents, one blank between them; signs of currencies stay.

    >>> plain("PO / SO #"), plain("StockCode"), plain("Verfügbar")
    ('po so', 'stock code', 'verfugbar')
    """
    apart = _CAMEL.sub(" ", name)
    without_accents = "".join(sign for sign in unicodedata.normalize("NFKD", apart) if not unicodedata.combining(sign))
    return " ".join(re.findall(r"[^\W_]+|[\u20ac\u00a3]", without_accents.casefold()))


def with_numbers_named(words: str) -> str:
    """Words in plain form, where `nr`, `no` and `nummer` are `number`, also at the end of a longer word.

    >>> with_numbers_named("artikelnr"), with_numbers_named("order no"), with_numbers_named("no of pieces")
    ('artikel number', 'order number', 'no of pieces')
    """
    named: list[str] = []
    for word in words.split():
        compound = _COMPOUND.fullmatch(word)
        if named and word in _NUMBER_WORDS:
            named.append("number")
        elif compound:
            named += [compound[1] or compound[2], "number"]
        else:
            named.append(word)
    return " ".join(named)


def factor(column: str, unit: str | None) -> float | None:
    """What one of the heading's unit is in the canonical column's unit; None where the heading names none that fits.

    >>> factor("weight_kg", "g"), factor("lead_time_days", None)
    (0.001, None)
    """
    units: Mapping[str, float] = FACTORS.get(column, {})
    return units.get(unit) if unit else None
