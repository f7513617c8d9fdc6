"""Great Expectations at work: a frame and a suite in, the rows that break each rule out.

The fast route: an ephemeral context, pandas frames with text as categories, complete results with plain row
positions. Importing this module takes five to six seconds; `screening` does so only when some row may break a rule.
"""

import threading
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data_contracts.contract import Contract
from data_contracts.declarations import Rule
from data_contracts.expectations.library import gx
from data_contracts.expectations.suite import build_rule_suite
from settings import RestockError

# The filter of warnings belongs to the process: two threads that change it for a while undo each other's change.
_ONE_AT_A_TIME = threading.Lock()

COMPLETE: Mapping[str, Any] = {
    "result_format": "COMPLETE",
    "exclude_unexpected_values": True,
    "partial_unexpected_count": 20,
}


@dataclass(frozen=True)
class ValidationOutcome:
    """What Great Expectations found.

    Attributes
    ----------
    failed: positions of the rows that break each rule, sorted, by rule; rules that all rows keep have an empty array.
    rows: rows checked.
    """

    failed: dict[str, NDArray[np.int64]]
    rows: int


def validate(frame: pd.DataFrame, suite: gx.ExpectationSuite) -> ValidationOutcome:
    """Run a suite on a frame with a RangeIndex; its `unexpected_index_list`s decide.

    Raises
    ------
    RestockError: an expectation could not be evaluated at all: a fault of the program, not of the data.
    """
    with _ONE_AT_A_TIME, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = _batch(frame).validate(suite, result_format=dict(COMPLETE))
    failed: dict[str, NDArray[np.int64]] = {}
    for each in result.results:
        rule = each.expectation_config.meta["rule"]
        broken = each.exception_info or {}
        if broken.get(
            "raised_exception", any(isinstance(v, dict) and v.get("raised_exception") for v in broken.values())
        ):
            raise RestockError(
                f"rule {rule} could not be evaluated: {broken}; this is a fault of the program, please report it"
            )
        positions = each.result.get("unexpected_index_list") or []
        failed[rule] = np.sort(np.asarray(positions, dtype=np.int64))
    return ValidationOutcome(failed=failed, rows=len(frame))


def validate_rules(frame: pd.DataFrame, contract: Contract, rules: Iterable[Rule]) -> ValidationOutcome:
    """Ask some of a contract's rules of coerced rows."""
    return validate(frame, build_rule_suite(contract, rules))


def _batch(frame: pd.DataFrame) -> Any:
    """A batch in a context of its own, so that no frame is kept alive after its validation."""
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    rows = context.data_sources.add_pandas("canonical").add_dataframe_asset("rows")
    return rows.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})
