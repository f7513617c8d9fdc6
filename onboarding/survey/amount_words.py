"""What a heading says of an amount of a sales line: which it is, and whether tax, discount or shipping is in it."""

import re
from dataclasses import dataclass
from typing import Literal

from onboarding.survey.headings import Heading
from onboarding.survey.vocabulary import vocabulary

Role = Literal["price", "amount", "discount", "tax", "shipping"]

_UNITS = r"\b(?:units?|qty|quantity|quantite|cantidad|quantita|menge|anzahl|pieces|pcs|aantal|antal|count)\b"
_OTHER = (
    r"weight|gewicht|poids|\bpeso\b|\bkg\b|volume|number\b|\bid\b|\bcode\b|date|\bdays?\b|\bzip\b|postal|balance|"
    r"\bpaid\b|refund|payment|commission|\bfees?\b|\btips?\b|stock|bestand|budget|target|points|currency|exchange"
)
_COST = (
    r"\bcosts?\b|\bcogs\b|einkauf|\bek\b|kosten|\bcouts?\b|\bcosto\b|\bcoste\b|profit|margin|\bmarge|margen|gewinn|"
    r"deckungsbeitrag|\bkostpris\b|purchase price|buying price|landed"
)
_SHIPPING = (
    r"shipping|freight|versand|\bporto\b|postage|frais (?:de )?port|livraison|\benvio\b|spedizione|verzend|fracht|"
    r"\bfrakt\b|delivery (?:fee|cost|charge|amount)s?"
)
_DISCOUNT = (
    r"discount|rabatt|nachlass|remise|rabais|reduction|sconto|descuento|desconto|korting|\brabat\b|\bdisc\b|\bdto\b|"
    r"markdown|skonto|coupon|voucher|\bpromo\b"
)
_TAX = (
    r"\b(?:tax|taxes|vat|mwst|mw st|ust|u st|tva|iva|btw|moms|gst|hst|pst|mva|dph|kdv|alv|taxe)\b|steuer|impuesto|"
    r"imposto|imposta"
)
_PRICE = r"price|preis|\bprix\b|precio|prezzo|\bprijs\b|\bpris\b|\bvk\b|\buvp\b|\brrp\b|\bmsrp\b"
_AMOUNT = (
    r"total|amount|betrag|summe|gesamt|montant|importe?\b|importo|\bsales\b|umsatz|erlos|erloes|revenue|turnover|"
    r"extended|\bvalue\b|\bwert\b|warenwert|bedrag|omzet|ricav|fatturato|ingresos|ventas|chiffre|\bsum\b|\bnet\b|netto|"
    r"\bneto\b|\bgross\b|brutto|\bht\b|\bttc\b|belop"
)
_OF_UNIT = r"unit|\beach\b|\bper\b|einzel|stuck|stueck|\bstk\b|unidad|\blist|\bvk\b|\buvp\b|\brrp\b|\bmsrp\b"
_OF_LINE = r"total|line|gesamt|extended|row|zeile|position|summe|\bsum\b|ligne|linea"
_NET = (
    r"\bnet\b|netto|\bneto\b|\bnetta\b|\bht\b|hors taxe|\bexcl|\bexkl|\bex (?:vat|tax|gst)\b|before (?:tax|vat)|"
    r"\bpre ?tax|without (?:tax|vat)|ohne (?:mw|steuer|ust|u st)|\bzzgl\b|\bsin i|senza iva|\buntaxed\b|taxable|imponib"
)
_GROSS = (
    r"brutt|\bttc\b|\bincl|\binkl|\binc (?:vat|tax|gst)\b|\bwith (?:tax|vat)|after (?:tax|vat)|"
    r"mit (?:mw|steuer|ust|u st)|\bcon iva|\bbruto\b|\blordo\b|ivato|\btaxed\b"
)
"""English gross is left out: gross sales are often those before discounts."""

_ENGLISH_GROSS = r"\bgross\b"

_RATE = r"\brate\b|percent|\bpct\b|prozent|satz|\btaux\b|aliquot|\btipo\b|\bsats\b|tarief|fraction"
_MONEY = r"amount|betrag|montant|importe|importo|value|\bwert\b|bedrag|belop|\bsum\b|total"
_AFTER_DISCOUNT = (
    r"discounted|after (?:discount|rabatt)|nach (?:rabatt|nachlass)|apres remise|net of discount|rabattiert"
)
_BEFORE_DISCOUNT = r"before discount|vor (?:rabatt|nachlass)|avant remise|\blist|\buvp\b|\brrp\b|\bmsrp\b"


@dataclass(frozen=True)
class AmountHeading:
    """What a heading says of an amount; None where it says nothing.

    Attributes
    ----------
    role: what it is of a line.
    of: whether of one unit or of the whole line.
    taxed, discounted: whether tax is in it, and whether the discount is off.
    rate: of discounts and taxes, whether it is a share and no money.
    """

    role: Role
    of: Literal["unit", "line"] | None = None
    taxed: bool | None = None
    discounted: bool | None = None
    rate: bool | None = None


def read_amount_heading(name: str, heading: Heading) -> AmountHeading | None:
    """What a heading says of an amount of a sales line; None where it is no such amount.

    Parameters
    ----------
    name: as delivered.
    heading: what is read from it.

    >>> from onboarding.survey.headings import read_heading
    >>> read_amount_heading("MwSt %", read_heading("MwSt %"))
    AmountHeading(role='tax', of=None, taxed=None, discounted=None, rate=True)
    >>> read_amount_heading("Total incl. VAT", read_heading("Total incl. VAT"))
    AmountHeading(role='amount', of='line', taxed=True, discounted=None, rate=None)
    """
    words = heading.plain
    net = _says(_NET, words) or heading.taxed is False
    gross = _says(_GROSS, words) or (heading.taxed is True and not _says(_ENGLISH_GROSS, words))
    taxed = None if net == gross else gross
    after, before = _says(_AFTER_DISCOUNT, words), _says(_BEFORE_DISCOUNT, words)
    discounted = None if after == before else after
    of = _of(words)
    role = _role(words, is_amount=taxed is not None, is_price=after or before)
    if role in (None, "amount"):
        role = _known_role(heading) or role
    if role is None:
        return None
    if role in ("discount", "tax"):
        return AmountHeading(role, of, rate=_rate(name, words))
    if role == "price" and of == "line":
        role = "amount"
    return AmountHeading(role, "line" if role == "amount" else of, taxed, discounted)


def _known_role(heading: Heading) -> Role | None:
    """What it is by the vocabulary of all languages, where none of its words alone says so."""
    known, words = vocabulary(), heading.bare
    if heading.plain in known.tax_words:
        return "tax"
    if any(_says(pattern, heading.plain) for pattern in (_COST, _OTHER)):
        return None
    if words in known.names("sales", "unit_price") or words in known.uncertain["unit_price"]:
        return "price"
    return "amount" if words in known.names("sales", "net_revenue") else None


def _role(words: str, *, is_amount: bool, is_price: bool) -> Role | None:
    """What it is; a tax with net or gross beside it is an amount, a discount with before or after a price."""
    if _says(_SHIPPING, words):
        return "shipping"
    if _says(_COST, words) or _says(_OTHER, words):
        return None
    if _says(_DISCOUNT, words) and not is_price:
        return "discount"
    if _says(_TAX, words) and not is_amount:
        return "tax"
    if _says(_PRICE, words):
        return "price"
    return "amount" if _says(_AMOUNT, words) and not _says(_UNITS, words) else None


def _of(words: str) -> Literal["unit", "line"] | None:
    unit, line = _says(_OF_UNIT, words), _says(_OF_LINE, words)
    return None if unit == line else "unit" if unit else "line"


def _rate(name: str, words: str) -> bool | None:
    rate = "%" in name or _says(_RATE, words)
    money = _says(_MONEY, words) or re.search(r"[\u20ac\u00a3$]|\b(?:eur|usd|gbp|chf)\b", name.casefold()) is not None
    return None if rate == money else rate


def _says(pattern: str, words: str) -> bool:
    return re.search(pattern, words) is not None
