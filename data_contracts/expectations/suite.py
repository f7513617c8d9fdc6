"""The Great Expectations suite of a table, made from its contract, and our own expectation over several columns."""

from collections.abc import Iterable
from typing import Any, ClassVar

import pandas as pd

from data_contracts.contract import Contract
from data_contracts.declarations import Rule
from data_contracts.expectations.library import (
    MulticolumnMapExpectation,
    MulticolumnMapMetricProvider,
    PandasExecutionEngine,
    gx,
    gxe,
    multicolumn_condition_partial,
)
from data_contracts.expectations.row_checks import PART, ROW_CHECKS, columns_checked, row_check_name


class RowsSatisfyRule(MulticolumnMapMetricProvider):  # type: ignore[misc] # the library is untyped
    """Which rows keep the rule called `check`."""

    condition_metric_name = "multicolumn_values.satisfy_rule"
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


class ExpectRowsToSatisfyRule(MulticolumnMapExpectation):  # type: ignore[misc]
    """Every row keeps a rule that looks at several columns, or at other rows too."""

    check: str
    arguments: dict[str, Any] = {}  # noqa: RUF012 - a pydantic field
    ignore_row_if: str = "never"

    map_metric = "multicolumn_values.satisfy_rule"
    args_keys = ("column_list", "check", "arguments")
    success_keys: ClassVar[tuple[str, ...]] = ("check", "arguments", "mostly")


def build_suite(contract: Contract) -> gx.ExpectationSuite:
    """All rules that are checked on a month of the table, one expectation each; `meta["rule"]` names the rule."""
    return build_rule_suite(contract, contract.all_rules())


def build_rule_suite(contract: Contract, rules: Iterable[Rule]) -> gx.ExpectationSuite:
    """A suite of these rules of the table."""
    suite = gx.ExpectationSuite(name=contract.table)
    suite.expectations = [build_expectation(contract, rule) for rule in rules]
    return suite


def build_expectation(contract: Contract, rule: Rule) -> gxe.Expectation:  # noqa: PLR0911 - one for each kind of check
    """The expectation that decides one rule: one of the library's where it has it, else our own."""
    said: dict[str, Any] = {
        "meta": {"rule": rule.name, "outcome": rule.outcome},
        "description": f"{rule.name} ({rule.outcome}): a row breaks it when {rule.columns[0]} is {rule.violation}",
    }
    column, arguments = rule.columns[0], dict(rule.arguments)
    match rule.check:
        case "readable":
            return gxe.ExpectColumnValuesToBeNull(column=rule.columns[1], **said)
        case "present" if len(rule.columns) == 1:
            return gxe.ExpectColumnValuesToNotBeNull(column=column, **said)
        case "between":
            low, high = _typed(contract, column, arguments["low"]), _typed(contract, column, arguments["high"])
            strict = arguments["above"] is not None
            return gxe.ExpectColumnValuesToBeBetween(
                column=column, min_value=low, max_value=high, strict_min=strict, **said
            )
        case "one_of":
            return gxe.ExpectColumnValuesToBeInSet(column=column, value_set=arguments["choices"], **said)
        case "not_zero":
            return gxe.ExpectColumnValuesToNotBeInSet(column=column, value_set=[0.0], **said)
        case "not_negative":
            return gxe.ExpectColumnValuesToBeBetween(column=column, min_value=0.0, **said)
    seen = columns_checked(contract, rule)
    return ExpectRowsToSatisfyRule(
        column_list=seen if len(seen) > 1 else [*seen, PART],  # the library takes two columns or more
        check=row_check_name(rule.check),
        arguments=arguments,
        **said,
    )


def _typed(contract: Contract, column: str, bound: Any) -> Any:
    return pd.Timestamp(bound) if contract.column(column).kind == "date" else bound


def build_evidence_suite(
    table: str, found: Iterable[tuple[Rule, list[str], str, dict[str, Any]]]
) -> gx.ExpectationSuite:
    """A suite of rules across tables: each with the columns of its evidence, its check and its arguments."""
    suite = gx.ExpectationSuite(name=f"{table} across tables")
    suite.expectations = [
        ExpectRowsToSatisfyRule(
            column_list=columns,
            check=check,
            arguments=arguments,
            meta={"rule": rule.name, "outcome": rule.outcome},
            description=f"{rule.name} ({rule.outcome}): broken when {rule.columns[0]} is {rule.violation}",
        )
        for rule, columns, check, arguments in found
    ]
    return suite
