"""Headings and names in plain form, so that the many ways to write one of them are one text."""

import re
import unicodedata

_NUMBER_WORDS = frozenset({"nr", "no", "n", "num", "nbr", "nummer", "number", "numero", "numer"})
_COUNTED = frozenset({"of", "units", "unidades", "pezzi", "pieces"})
"""Words after which a number word at the beginning counts things: no of pieces."""
_CONNECTING = frozenset(
    {"de", "du", "des", "d", "l", "la", "le", "da", "do", "dos", "di", "del", "dell", "della", "der"}
)
_COMPOUND = re.compile(
    r"(.{3,}?)(?:nummer|number|nr|num)|(order|invoice|item|part|article|product|stock|line|customer)no"
)
_NET_OR_GROSS = re.compile(r"(netto|brutto)(?=\w{3})")
_SIGN_OF_NUMBER = re.compile(r"(?<=[^\W_])[\s._/-]*#")
_NUMERO = re.compile(r"\b[Nn][°º]|№")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_LETTERS = str.maketrans(
    {"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE"}
)
"""Letters that Unicode does not take apart into a plain one and its sign."""


def plain(name: str) -> str:
    """Words in lower case and without accents, one blank between them; signs of currencies stay.

    >>> plain("PO / SO #"), plain("StockCode"), plain("Verfügbar"), plain("Ilość")
    ('po so', 'stock code', 'verfugbar', 'ilosc')
    """
    apart = _CAMEL.sub(" ", name.translate(_LETTERS))
    without_accents = "".join(sign for sign in unicodedata.normalize("NFKD", apart) if not unicodedata.combining(sign))
    return " ".join(re.findall(r"[^\W_]+|[\u20ac\u00a3]", without_accents.casefold()))


def heading_words(name: str) -> str:
    """A heading in plain form, where each way to write number is `number` at its end, and articles are left out.

    >>> heading_words("Bestell-Nr."), heading_words("Order #"), heading_words("N° de commande")
    ('bestell number', 'order number', 'commande number')
    >>> heading_words("Nettoumsatz"), heading_words("no of pieces")
    ('netto umsatz', 'no of pieces')
    """
    words = plain(_SIGN_OF_NUMBER.sub(" number ", _NUMERO.sub(" number ", name))).split()
    if len(words) > 1:
        words = [*(word for word in words[:-1] if word not in _CONNECTING), words[-1]]
    is_numbered = len(words) > 1 and words[0] in _NUMBER_WORDS and words[1] not in _COUNTED
    named: list[str] = []
    for word in words[1:] if is_numbered else words:
        compound = _COMPOUND.fullmatch(word)
        if named and word in _NUMBER_WORDS:
            named.append("number")
        elif compound:
            named += [compound[1] or compound[2], "number"]
        else:
            named += _NET_OR_GROSS.sub(r"\1 ", word).split()
    return " ".join([*named, "number"] if is_numbered else named)
