"""Rules that some row may break, found by a vectorised pass, so that Great Expectations is asked about those alone.

Asking Great Expectations about a rule costs tens of milliseconds however few the rows, and importing it takes seconds;
most rules are kept by every row. A rule passes the screen only where the same check, row by row, finds nothing: what is
rejected is decided by Great Expectations, as ever.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from data_contracts.contract import Contract
from data_contracts.expectations.row_checks import ROW_CHECKS, columns_checked, row_check_name


def broken_rows(frame: pd.DataFrame, contract: Contract) -> dict[str, "np.typing.NDArray[np.int64]"]:
    """Positions of the rows that break each rule of a contract, sorted; rules that every row keeps are left out.

    Parameters
    ----------
    frame: coerced rows with a RangeIndex and the column `PART`.
    contract: of the table.
    """
    suspected = [
        rule
        for rule in contract.all_rules()
        if may_be_broken(frame[columns_checked(contract, rule)], rule.check, rule.arguments)
    ]
    if not suspected:
        return {}
    from data_contracts.expectations.validation import validate_rules  # noqa: PLC0415 - takes seconds

    found = validate_rules(frame, contract, suspected)
    return {rule: positions for rule, positions in found.failed.items() if len(positions)}


def may_be_broken(rows: pd.DataFrame, check: str, arguments: Mapping[str, Any]) -> bool:
    """Whether some row may break a rule; a check that fails is left to Great Expectations, which names the fault.

    Parameters
    ----------
    rows: the columns that the rule looks at, in its order.
    check, arguments: of the rule; names of `ROW_CHECKS`, or of the checks that the library has of its own.
    """
    kept = _OF_THE_LIBRARY[check] if check in _OF_THE_LIBRARY else ROW_CHECKS[row_check_name(check)]
    try:
        return not bool(np.all(kept(rows, **arguments)))
    except Exception:  # noqa: BLE001 - whatever it is, the library reports it with the rule's name
        return True


def _readable(rows: pd.DataFrame) -> "pd.Series[bool]":
    return rows.iloc[:, 0].isna()


def _between(rows: pd.DataFrame, low: Any, high: Any, above: Any) -> "pd.Series[bool]":
    values = rows.iloc[:, 0].dropna()
    if pd.api.types.is_datetime64_any_dtype(values):
        low, high = pd.Timestamp(low), pd.Timestamp(high)
    kept: pd.Series[bool] = values.between(low, high, inclusive="right" if above is not None else "both")
    return kept


def _one_of(rows: pd.DataFrame, choices: list[str]) -> "pd.Series[bool]":
    return rows.iloc[:, 0].dropna().isin(choices)


def _not_zero(rows: pd.DataFrame) -> "pd.Series[bool]":
    return rows.iloc[:, 0] != 0


def _not_negative(rows: pd.DataFrame) -> "pd.Series[bool]":
    return rows.iloc[:, 0].dropna() >= 0


_OF_THE_LIBRARY: dict[str, Callable[..., Any]] = {
    "readable": _readable,
    "between": _between,
    "one_of": _one_of,
    "not_zero": _not_zero,
    "not_negative": _not_negative,
}
