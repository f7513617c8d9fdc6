"""Receipts whose order was rejected: reported with the order, not as a fault of their own."""

import numpy as np
import pandas as pd

from data_contracts.acceptance.outcomes import ACROSS, rule_results
from data_contracts.acceptance.parts import Verdict
from data_contracts.tables import CONTRACTS

RULE = "receipts.order.known"
_KEY = ["order_number", "line_number"]


def orphaned_receipts(receipts: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    """Receipts of lines that are no row of `orders`; both with `order_number` and `line_number`."""
    return receipts[~_has_key(receipts, orders)].reset_index(drop=True)


def receipts_of_orders(receipts: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    """Receipts of the lines of `orders`; the index stays."""
    return receipts[_has_key(receipts, orders)]


def recount_orphans(results: pd.DataFrame, orphans: pd.DataFrame) -> pd.DataFrame:
    """Results of rules in which only `orphans` count as receipts without an order.

    Parameters
    ----------
    results: columns as in `RESULT_COLUMNS`.
    orphans: receipts that no rejected order explains, typed, with `source_file` and `source_line`.
    """
    rest = results[results["rule"] != RULE]
    if not len(orphans):
        return rest
    contract = CONTRACTS["receipts"]
    rule = next(each for each in contract.table_rules() if each.name == RULE)
    verdict = Verdict(len(orphans), {RULE: list(range(len(orphans)))})
    counted = rule_results(contract, ACROSS, orphans.reset_index(drop=True), verdict, [rule])
    return pd.concat([rest, counted], ignore_index=True)


def _has_key(receipts: pd.DataFrame, orders: pd.DataFrame) -> np.ndarray:
    return _keys(receipts).isin(_keys(orders))


def _keys(rows: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_arrays([rows[name].fillna("").astype(str).str.strip() for name in _KEY])
