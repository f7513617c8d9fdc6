"""Texts as numbers: signs, groups of digits, decimals."""

import re
from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from data_contracts.parsing.amounts import Amount, currencies_named, read_amount
from settings import DataRefused

Numbers = NDArray[np.float64]

NumberHint = Literal["decimal_comma", "decimal_point", "three_after_a_point", "ungrouped"]

_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|[+-]?inf(inity)?", re.IGNORECASE)
_COMMA_DECIMAL = re.compile(
    r"[+-]?(\d*,(\d{1,2}|\d{4,})|(0\d*|\d{4,})?,\d{3}|\d{1,3}(\.\d{3})+,\d+|\d{1,3}(\.\d{3}){2,})"
)
_POINT_DECIMAL = re.compile(
    r"[+-]?(\d*\.(\d{1,2}|\d{4,})|(0\d*|\d{4,})?\.\d{3}|\d{1,3}(,\d{3})+\.\d+|\d{1,3}(,\d{3}){2,}|\d*\.\d+[eE][+-]?\d+"
    r"|\d{1,2}(,\d{2})+,\d{3}(\.\d+)?)"
)
_THREE_AFTER_A_POINT = re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}")
_THREE_AFTER_A_COMMA = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
_UNGROUPED = re.compile(r"[+-]?\d{4,}")
_GROUPED_BY_POINTS = re.compile(r"[+-]?\d{1,3}((\.\d{3})+,\d+|(\.\d{3}){2,})")
_GROUPED = {sign: re.compile(rf"[+-]?\d{{1,3}}({re.escape(sign)}\d{{3}})+") for sign in ".,' "}
_GROUPED_BY_LAKH = re.compile(r"[+-]?\d{1,2}(,\d{2})*,\d{3}")

_WITHOUT_DECIMALS = frozenset({"\u00a5", "JPY", "CNY", "KRW", "VND", "CLP", "IDR", "ISK"})
_GROUPED_BY_COMMAS = frozenset({"$", "USD", "GBP", "INR", "\u00a5", "JPY", "CNY", "KRW"})
"""Currencies whose amounts have no three decimals, and where a comma stands between groups of digits."""


def read_numbers(texts: list[str], decimal: str, thousands: str | None, *, percent: bool = False) -> Numbers:
    """Numbers of the texts, NaN where a text is none.

    Signs and codes of currencies around a number are taken off; brackets and a minus behind it make it negative
    (`read_amount`).

    Parameters
    ----------
    texts: distinct texts of one column of one file.
    decimal, thousands: as declared. Where the default `.` stands and no thousands separator is
        declared, `1.234,5` and `1,5` are read if no other text of the column contradicts.
    percent: whether `10 %` is 0.1; else it is no number.

    >>> read_numbers(["1.234,5", "7"], ".", None).tolist()
    [1234.5, 7.0]
    >>> read_numbers(["($5.00)", "10 %"], ".", None, percent=True).tolist()
    [-5.0, 0.1]
    """
    amounts = [read_amount(text) for text in texts]
    if (
        decimal == "."
        and thousands is None
        and any("," in each.number or each.number.count(".") > 1 for each in amounts)
    ):
        decimal, thousands = _number_format(amounts)
    read = [_number(each, decimal, thousands) if percent or not each.percent else np.nan for each in amounts]
    return np.array(read, dtype=np.float64)


def refuse_ambiguous_numbers(texts: list[str], where: str, table: str) -> None:
    """See that a point before three digits is a decimal sign, where no decimal sign is declared.

    Parameters
    ----------
    texts: distinct texts of one column of one text file.
    where, table: file and column for the message, and the table whose source declares the sign.

    Raises
    ------
    DataRefused: `1.200` may be 1.2 or 1200, and no other text of the column decides it.
    """
    hints = {text: number_hints(text) for text in texts}
    example = next((text for text, found in hints.items() if "three_after_a_point" in found), None)
    deciding = {"decimal_comma", "decimal_point", "ungrouped"}
    if example is None or any(deciding & found for found in hints.values()):
        return
    number = float(read_amount(example).number)
    raise DataRefused(
        f"{where} is {example.strip()!r}, which may mean {number:g} or {number * 1000:g}; declare it in "
        f'[sources.{table}] as decimal = "." for the first or decimal = "," and thousands = "." for the second'
    )


def refuse_mixed_currencies(texts: list[str], where: str) -> None:
    """See that amounts of a column are of one currency.

    Raises
    ------
    DataRefused: signs of two currencies stand beside amounts, which nobody may add up.
    """
    named = currencies_named(texts)
    if len(named) > 1:
        first, second = list(named.values())[:2]
        raise DataRefused(
            f"{where} is {first!r} and {second!r}: amounts of two currencies in one column; deliver one file for each "
            "currency, or the amounts in one currency"
        )


def number_hints(text: str) -> frozenset[NumberHint]:
    """What a text decides about how the other numbers of its column are read.

    >>> sorted(number_hints("1.234,50 \u20ac"))
    ['decimal_comma']
    >>> sorted(number_hints("\u00a51,200"))
    ['decimal_point']
    """
    amount = read_amount(text)
    return _hints(amount.number, amount.currency)


def _hints(number: str, currency: str | None) -> frozenset[NumberHint]:
    hints: set[NumberHint] = set()
    by_point, by_comma = _THREE_AFTER_A_POINT.fullmatch(number), _THREE_AFTER_A_COMMA.fullmatch(number)
    if _COMMA_DECIMAL.fullmatch(number) or (by_point and currency in _WITHOUT_DECIMALS):
        hints.add("decimal_comma")
    elif by_point:
        hints.add("three_after_a_point")
    if _POINT_DECIMAL.fullmatch(number) or (by_comma and currency in _GROUPED_BY_COMMAS | _WITHOUT_DECIMALS):
        hints.add("decimal_point")
    if _UNGROUPED.fullmatch(number):
        hints.add("ungrouped")
    return frozenset(hints)


def _number_format(amounts: Sequence[Amount]) -> tuple[str, str | None]:
    hints = frozenset().union(*(_hints(amount.number, amount.currency) for amount in amounts))
    comma, point = "decimal_comma" in hints, "decimal_point" in hints
    if comma and not point:
        return ",", "."
    if point and not comma:
        return ".", ","
    return ".", None


def _number(amount: Amount, decimal: str, thousands: str | None) -> float:
    text = amount.number
    if thousands is not None:
        whole, sign, fraction = text.partition(decimal)
        if thousands in whole:
            if not (_GROUPED[thousands].fullmatch(whole) or (thousands == "," and _GROUPED_BY_LAKH.fullmatch(whole))):
                return np.nan
            text = whole.replace(thousands, "") + sign + fraction
    if decimal == ",":
        if thousands is None and _GROUPED_BY_POINTS.fullmatch(text):
            text = text.replace(".", "")
        if "." in text:
            return np.nan
        text = text.replace(",", ".")
    if not _PLAIN.fullmatch(text):
        return np.nan
    return float(text) / 100 if amount.percent else float(text)
