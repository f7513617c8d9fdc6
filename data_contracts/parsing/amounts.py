"""The number in a text, without what stands around it: signs and codes of money, percent, brackets.

Only what has one meaning is taken off. Signs inside the number stay for `numbers`, which knows how they are declared.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from data_contracts.parsing.currencies import ISO_CURRENCIES, SIGNS

_AFFIX = "|".join(map(re.escape, sorted([*SIGNS, *ISO_CURRENCIES], key=len, reverse=True)))
_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_AMOUNT = re.compile(
    rf"(?P<first>[+-])?\s*(?P<before>{_AFFIX})?\s*(?P<second>[+-])?\s*"
    r"(?P<number>[.,]?\d(?:[\d.,' ]*\d)?(?:[eE][+-]?\d+)?)"
    rf"(?:[.,][-\u2013\u2014]{{0,2}})?(?P<third>[+-])?\s*(?P<after>{_AFFIX})?\s*(?P<percent>%)?(?P<last>[+-])?",
    re.IGNORECASE,
)
_NO_AMOUNT = re.compile(rf"(?:{_AFFIX})\s*-+|-+\s*(?:{_AFFIX})", re.IGNORECASE)
_BRACKETS = re.compile(r"([^\d()]*)\(([^()]*\d[^()]*)\)([^\d()]*)")
_GROUPED_BY_BLANKS = re.compile(r"\d{1,3}(?:[ ']\d{3})+(?:[.,]\d*)?")


@dataclass(frozen=True)
class Amount:
    """What a text says beside its number.

    Attributes
    ----------
    number: the number's own text, the minus first, without groups by blanks or apostrophes.
    currency: ISO code, or the sign where several currencies share it, in lower case; None where none is named.
    percent: whether it is hundredths.
    """

    number: str
    currency: str | None = None
    percent: bool = False


def read_amount(text: str) -> Amount:
    """The number in a text; a text that is none comes back as it is, stripped.

    >>> read_amount("($5.00)"), read_amount("10 %")
    (Amount(number='-5.00', currency='$', percent=False), Amount(number='10', currency=None, percent=True))
    >>> read_amount("1 234,50 z\u0142").number, read_amount("EUR 1.234,50").number
    ('1234,50', '1.234,50')
    """
    stripped = text.strip()
    if _PLAIN.fullmatch(stripped):
        return Amount(stripped)
    plain = _plain_signs(stripped)
    if _NO_AMOUNT.fullmatch(plain):
        return Amount("0", _currency(plain.replace("-", "").strip()))
    inside = _BRACKETS.fullmatch(plain)
    found = _AMOUNT.fullmatch("".join(inside.groups()) if inside else plain)
    if found is None:
        return Amount(plain)
    signs = [sign for sign in (*found.group("first", "second", "third", "last"), "-" if inside else None) if sign]
    if len(signs) > 1 or (found["before"] and found["after"]):
        return Amount(plain)
    number = found["number"]
    if _GROUPED_BY_BLANKS.fullmatch(number):
        number = number.replace(" ", "").replace("'", "")
    affix = found["before"] or found["after"]
    return Amount("".join(signs).replace("+", "") + number, affix and _currency(affix), bool(found["percent"]))


def currencies_named(texts: Iterable[str]) -> dict[str, str]:
    """Currencies that stand beside amounts, each with the first text that names it.

    >>> currencies_named(["3 \u20ac", "4 \u20ac", "$5", "6"])
    {'EUR': '3 \u20ac', '$': '$5'}
    """
    named: dict[str, str] = {}
    for text in texts:
        currency = read_amount(text).currency
        if currency is not None:
            named.setdefault(currency, text.strip())
    return named


def _plain_signs(text: str) -> str:
    """Blanks, digits and signs of any width or origin as the plain ones."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return text.replace("\u2212", "-").replace("\u2019", "'").replace("`", "'").strip()


def _currency(affix: str) -> str:
    sign = affix.casefold()
    return SIGNS.get(sign) or (affix.upper() if affix.upper() in ISO_CURRENCIES else sign)
