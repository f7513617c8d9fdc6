"""Amounts of whole orders that stand on each of their lines, which may not be added line by line."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from onboarding.draft.amounts.line_columns import CENT, AmountColumn, LineColumns, Numbers
from onboarding.draft.settings_draft import TableMapping

_NEARLY_ALL = 0.95
_FEWEST_ORDERS = 5
_FEW_RATES = 8
_PERCENT = 100
OF_THE_ORDER = "the same on all lines of an order, so it is of the order"


def is_of_order(mapping: TableMapping, name: str, units: str, numbers: Numbers) -> bool:
    """Whether an amount is of whole orders: the same on all lines of orders whose lines differ in units or SKU.

    Parameters
    ----------
    mapping: of the sales; the reason is kept, and nothing else is made of the column.
    name, numbers: the column.
    units: the column of units.
    """
    match, sku = mapping.matches.get("order"), mapping.matches.get("sku")
    if match is None or sku is None:
        return False
    rows = mapping.delivered.rows
    lines = rows[[match.delivered]].assign(amount=numbers, what=rows[sku.delivered] + "\n" + rows[units])
    lines = lines[lines[match.delivered].str.strip() != ""]
    orders = lines.groupby(match.delivered, sort=False).agg(amounts=("amount", "nunique"), things=("what", "nunique"))
    several = orders[orders["things"] > 1]
    whole = len(several) >= _FEWEST_ORDERS and float((several["amounts"] == 1).mean()) >= _NEARLY_ALL
    if whole and lines["amount"].min() < lines["amount"].max():
        mapping.why_unused[name] = OF_THE_ORDER
        for column in [key for key, match in mapping.matches.items() if match.delivered == name]:
            del mapping.matches[column]
        return True
    return False


def may_be_rate(column: AmountColumn) -> bool:
    """Whether a discount or a tax may be a share, which is the same on all lines of an order by right."""
    distinct = np.unique(np.abs(column.numbers[np.isfinite(column.numbers)]))
    if column.says.rate is not None:
        return column.says.rate
    return bool(distinct.max(initial=0) <= 1) or (len(distinct) <= _FEW_RATES and bool((distinct <= _PERCENT).all()))


def once_an_order(mapping: TableMapping, numbers: Numbers) -> float:
    """What an amount of orders sums to, each order counted once."""
    match = mapping.matches.get("order")
    if match is None:
        return float(np.nansum(numbers))
    orders = pd.Series(numbers).groupby(mapping.delivered.rows[match.delivered].to_numpy()).first()
    return float(orders.sum())


def shared_by_value(
    mapping: TableMapping,
    columns: LineColumns,
    formula: str,
    discounts: Iterable[str],
    totals: Iterable[AmountColumn],
) -> str | None:
    """A formula of net revenue less each line's part of its order's discounts; None where no column has the sum.

    Parameters
    ----------
    mapping: of the sales.
    columns: amounts of the lines.
    formula: of the net revenue before the order's discounts.
    discounts: columns of them.
    totals: amounts of whole orders, one of which may be the sum of the lines.
    """
    match = mapping.matches.get("order")
    if match is None or not discounts:
        return None
    orders = mapping.delivered.rows[match.delivered].to_numpy()
    summed = pd.Series(columns.value(formula)).groupby(orders).transform("sum").to_numpy()
    taken = " + ".join(f"{{{name} or 0}}" for name in discounts)
    value = f"({formula[2:]})" if formula.startswith("= ") else f"{{{formula}}}"
    for total in totals:
        if float((np.abs(summed - total.numbers) <= CENT).mean()) >= _NEARLY_ALL:
            return f"= {value} * (1 - ({taken}) / {{{total.name}}})"
    return None
