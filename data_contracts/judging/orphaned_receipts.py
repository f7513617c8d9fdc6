"""Receipts whose order was rejected: told with the order, not as a fault of their own."""

import numpy as np
import pandas as pd

from data_contracts.judging.outcomes import rule_results
from data_contracts.judging.parts import Decision
from data_contracts.tables import CONTRACTS

RULE = "receipts.order.known"
_KEY = ["order_number", "line_number"]


def without_order(receipts: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    """Receipts of lines that are no row of `orders`; both with `order_number` and `line_number`."""
    return receipts[~_has_key(receipts, orders)].reset_index(drop=True)


def of_orders(receipts: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    """Receipts of the lines of `orders`; the index stays."""
    return receipts[_has_key(receipts, orders)]


def told_of_others(results: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    """Results of rules in which the missing orders are those of `others` alone.

    Parameters
    ----------
    results: columns as in `RESULT_COLUMNS`.
    others: receipts that no rejected order explains, typed, with `source_file` and `source_line`.
    """
    rest = results[results["rule"] != RULE]
    if not len(others):
        return rest
    contract = CONTRACTS["receipts"]
    rule = next(each for each in contract.table_rules() if each.name == RULE)
    decision = Decision(len(others), {RULE: list(range(len(others)))})
    told = rule_results(contract, "*", others.reset_index(drop=True), decision, [rule])
    return pd.concat([rest, told], ignore_index=True)


def _has_key(receipts: pd.DataFrame, orders: pd.DataFrame) -> np.ndarray:
    return _keys(receipts).isin(_keys(orders))


def _keys(rows: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_arrays([rows[name].fillna("").astype(str).str.strip() for name in _KEY])
