"""Rules that follow from a table's columns and key."""

from dataclasses import replace
from typing import Any

from data_contracts.declarations import (
    EARLIEST,
    LATEST,
    READABLE_AS,
    UNREAD_ROW,
    WHOLE_ROW,
    Column,
    OnWarn,
    Rule,
)


def row_rule(table: str) -> Rule:
    """Rows have as many fields as the header."""
    return Rule(
        name=f"{table}.row.fields",
        outcome="reject",
        check="readable",
        columns=(WHOLE_ROW, UNREAD_ROW),
        violation="not a row with as many fields as the header",
    )


def column_rules(table: str, column: Column) -> list[Rule]:
    """Rules of one column: it can be read, is there where it must be, and lies where it may lie."""
    outcome = column.on_invalid
    on_warn: OnWarn = "blank" if outcome == "warn" else "keep"

    def rule(name: str, check: str, columns: tuple[str, ...], violation: str, **arguments: Any) -> Rule:
        return Rule(
            name=f"{table}.{column.name}.{name}",
            outcome=outcome,
            check=check,
            columns=columns,
            violation=violation,
            arguments=arguments,
            on_warn=on_warn,
        )

    rules = []
    if column.has_unread:
        violation = f"not a {READABLE_AS[column.kind]}"
        rules.append(rule(READABLE_AS[column.kind], "readable", (column.name, column.unread), violation))
    if not column.nullable and column.default is None:
        columns = (column.name, column.unread) if column.has_unread else (column.name,)
        rules.append(replace(rule("present", "present", columns, "empty"), outcome="reject", on_warn="keep"))
    if column.kind in ("number", "date"):
        low, high = _bounds(column)
        rules.append(
            rule("range", "between", (column.name,), _range_violation(column), low=low, high=high, above=column.above)
        )
    if column.choices:
        violation = f"not one of {', '.join(column.choices)}"
        rules.append(rule("choice", "one_of", (column.name,), violation, choices=list(column.choices)))
    if column.kind == "currency":
        rules.append(
            rule("currency", "matches", (column.name,), "not a currency code such as EUR", pattern="^[A-Z]{3}$")
        )
    if column.kind == "country":
        rules.append(rule("country", "matches", (column.name,), "not a country code such as DE", pattern="^[A-Z]{2}$"))
    return rules


def _bounds(column: Column) -> tuple[Any, Any]:
    if column.kind == "date":
        return column.minimum or EARLIEST, column.maximum or LATEST
    largest = 1e9
    low = column.minimum if column.minimum is not None else (column.above if column.above is not None else -largest)
    return low, column.maximum if column.maximum is not None else largest


def _range_violation(column: Column) -> str:
    low, high = _bounds(column)
    if column.kind == "date":
        return f"not between {low} and {high}"
    if column.above is not None:
        return f"not above {column.above:,.12g} and at most {high:,.12g}"
    return f"not between {low:,.12g} and {high:,.12g}"


REPEATED_WITHOUT_ORDER = "key.repeated_without_order"
"""Rule of tables of order lines: rows that may be separate sales, and that nothing distinguishes."""


def key_rules(table: str, key: tuple[str, ...], unique: str) -> list[Rule]:
    """Rules of the key: identical repeats count once, different values are a conflict."""
    suffix = "_of_order_lines" if unique == "order_lines" else ""
    rules = [
        Rule(
            name=f"{table}.key.repeated",
            outcome="warn",
            check=f"no_duplicates{suffix}",
            columns=key,
            violation="a duplicate of an earlier row, counted once",
            on_warn="count_once",
        ),
        Rule(
            name=f"{table}.key.conflict",
            outcome="reject",
            check=f"no_conflict{suffix}",
            columns=key,
            violation="a duplicate key with different values",
            arguments={"key": list(key)},
        ),
    ]
    if unique == "order_lines":
        rules += [
            Rule(
                name=f"{table}.{REPEATED_WITHOUT_ORDER}",
                outcome="warn",
                check="no_duplicates_without_order",
                columns=key,
                violation="a duplicate within its file, without an order number to distinguish two sales; counted once",
                on_warn="count_once",
            ),
            Rule(
                name=f"{table}.order.repeated_lines",
                outcome="warn",
                check="no_duplicates_within_an_order",
                columns=("order", *key),
                violation="a duplicate within an order that has no line numbers; each row counts",
            ),
        ]
    return rules
