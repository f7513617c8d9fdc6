"""Money as people pay it: rounded half-even to the currency's minor unit, line by line."""

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal

import numpy as np

from features.arrays import Floats

_NO_MINOR_UNIT = frozenset({
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF",
    "XPF",
})  # fmt: skip
_THREE_DIGITS = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})


def minor_digits(currency: str | None) -> int:
    """Decimal digits of a currency's minor unit.

    >>> [minor_digits(code) for code in ("EUR", "JPY", "KWD")]
    [2, 0, 3]

    Source: ISO 4217.
    """
    if currency in _NO_MINOR_UNIT:
        return 0
    return 3 if currency in _THREE_DIGITS else 2


def rounded_money(amount: Decimal | float, currency: str | None) -> Decimal:
    """`amount` rounded half-even to the currency's minor unit; a float counts as the decimal that it is written as.

    >>> rounded_money(Decimal("2.345"), "EUR"), rounded_money(Decimal("2.5"), "JPY")
    (Decimal('2.34'), Decimal('2'))
    """
    exact = amount if isinstance(amount, Decimal) else Decimal(repr(float(amount)))
    return exact.quantize(Decimal(1).scaleb(-minor_digits(currency)), rounding=ROUND_HALF_EVEN)


def line_values(units: Floats, unit_cost: Floats, currencies: Sequence[str | None]) -> Floats:
    """Value of each order line, units x unit cost in exact decimals, rounded once; NaN where the cost is unknown.

    >>> line_values(np.array([3.0]), np.array([0.335]), ["EUR"]).tolist()  # 1.005 exactly, half to even
    [1.0]
    """
    values = np.full(len(units), np.nan)
    for row in np.flatnonzero(np.isfinite(units) & np.isfinite(unit_cost)).tolist():
        exact = Decimal(repr(float(units[row]))) * Decimal(repr(float(unit_cost[row])))
        values[row] = float(rounded_money(exact, currencies[row]))
    return values
