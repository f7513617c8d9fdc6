"""The expectation for rules over several columns or rows, and its metric."""

from typing import Any, ClassVar

import pandas as pd
from great_expectations.execution_engine import PandasExecutionEngine
from great_expectations.expectations.expectation import MulticolumnMapExpectation
from great_expectations.expectations.metrics.map_metric_provider import MulticolumnMapMetricProvider
from great_expectations.expectations.metrics.map_metric_provider.multicolumn_condition_partial import (
    multicolumn_condition_partial,
)

from data_contracts.expectations.row_checks import ROW_CHECKS


class RowsKeepRule(MulticolumnMapMetricProvider):  # type: ignore[misc] # the library is untyped
    """Which rows keep the rule called `check`."""

    condition_metric_name = "multicolumn_values.keep_rule"
    condition_domain_keys = ("batch_id", "table", "column_list", "row_condition", "condition_parser", "ignore_row_if")
    condition_value_keys = ("check", "arguments")

    @multicolumn_condition_partial(engine=PandasExecutionEngine)  # type: ignore[untyped-decorator]
    def _pandas(  # the decorator makes it a class method
        cls,  # noqa: N805
        column_list: pd.DataFrame,
        check: str,
        arguments: dict[str, Any],
        **_: object,
    ) -> "pd.Series[bool]":
        kept: pd.Series[bool] = ROW_CHECKS[check](column_list, **arguments)
        return kept


class ExpectRowsToKeepRule(MulticolumnMapExpectation):  # type: ignore[misc]
    """Every row keeps a rule that looks at several columns, or at other rows too."""

    check: str
    arguments: dict[str, Any] = {}  # noqa: RUF012 - a pydantic field
    ignore_row_if: str = "never"

    map_metric = "multicolumn_values.keep_rule"
    args_keys = ("column_list", "check", "arguments")
    success_keys: ClassVar[tuple[str, ...]] = ("check", "arguments", "mostly")
