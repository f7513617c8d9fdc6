"""What follows from the rules that rows break: rejected rows with their messages, blanked values, counts."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data_contracts.acceptance.parts import REJECTED_SCHEMA, Verdict, empty_rejected
from data_contracts.contract import Contract, dtype_of
from data_contracts.declarations import SOURCE_FILE, SOURCE_LINE, Rule

CONFLICTS_COMPARED = 10_000
"""Rows of a month's conflicts whose differing values are named; nobody reads more."""

ACROSS = "*"
"""Stands for the part in results of rules that look at a whole table."""

RESULT_COLUMNS = ("table", "part", "rule", "outcome", "rows_checked", "rows_failed", "first_example")


def rejected_rows(contract: Contract, frame: pd.DataFrame, verdict: Verdict, rules: Sequence[Rule]) -> pd.DataFrame:
    """One row for each row that is rejected, by the first rule that it breaks.

    Parameters
    ----------
    contract: of the table.
    frame: coerced rows of the part, RangeIndex.
    verdict: which rows break which rule.
    rules: in the order in which they are asked.

    Returns
    -------
    Columns `table, source, line, rule, column, value, message`, in the order of the rows.
    """
    taken = np.zeros(len(frame), dtype=bool)
    found = []
    for rule in rules:
        if rule.outcome != "reject":
            continue
        positions = verdict.positions(rule.name)
        positions = positions[~taken[positions]]
        taken[positions] = True
        if len(positions):
            found.append(_described(contract, frame, rule, positions, verdict.positions(rule.name)))
    if not found:
        return empty_rejected()
    return pd.concat(found).sort_index(kind="stable").reset_index(drop=True)


def accepted_rows(contract: Contract, frame: pd.DataFrame, verdict: Verdict, rules: Sequence[Rule]) -> pd.DataFrame:
    """Rows that no rule rejects or counts once; values that a warning leaves out are emptied or take their default."""
    return _kept_rows(contract, frame, verdict, rules, ~_left_out(verdict, rules, len(frame), counted_once=True))


def duplicate_rows(contract: Contract, frame: pd.DataFrame, verdict: Verdict, rules: Sequence[Rule]) -> pd.DataFrame:
    """Rows that are left out as repeats and are not rejected: as `accepted_rows`, with the rule in a column `rule`."""
    named = np.full(len(frame), "", dtype=object)
    for rule in rules:
        if rule.on_warn == "count_once":
            named[verdict.positions(rule.name)] = rule.name
    again = (named != "") & ~_left_out(verdict, rules, len(frame), counted_once=False)
    if not again.any():
        return pd.DataFrame()
    return _kept_rows(contract, frame, verdict, rules, again).assign(rule=named[again])


def _left_out(verdict: Verdict, rules: Sequence[Rule], count: int, *, counted_once: bool) -> NDArray[np.bool_]:
    """Which rows are rejected, or counted once where that is asked."""
    left_out = np.zeros(count, dtype=bool)
    for rule in rules:
        if rule.outcome == "reject" or (counted_once and rule.on_warn == "count_once"):
            left_out[verdict.positions(rule.name)] = True
    return left_out


def _kept_rows(
    contract: Contract, frame: pd.DataFrame, verdict: Verdict, rules: Sequence[Rule], keep: NDArray[np.bool_]
) -> pd.DataFrame:
    columns = {name: frame[name] for name in [*contract.names, SOURCE_FILE, SOURCE_LINE]}
    for rule in rules:
        positions = verdict.positions(rule.name)
        if len(positions) and rule.outcome != "reject" and rule.on_warn == "blank":
            columns[rule.columns[0]] = _blanked(contract, columns[rule.columns[0]], rule.columns[0], positions)
    rows = pd.DataFrame(columns).loc[keep].reset_index(drop=True)
    texts = rows.columns[[isinstance(dtype, pd.CategoricalDtype) for dtype in rows.dtypes]]
    return rows.assign(**{name: rows[name].cat.remove_unused_categories() for name in texts})


def rule_results(
    contract: Contract, part: str, frame: pd.DataFrame, verdict: Verdict, rules: Sequence[Rule]
) -> pd.DataFrame:
    """How many rows each rule saw and how many break it, with the message of the first.

    Parameters
    ----------
    contract, frame, verdict, rules: as in `rejected_rows`.
    part: name of the part, or `ACROSS`.

    Returns
    -------
    One row per rule; columns `RESULT_COLUMNS`.
    """
    rows = []
    for rule in rules:
        positions = verdict.positions(rule.name)
        example = (
            _described(contract, frame, rule, positions[:1], positions)["message"].iloc[0] if len(positions) else ""
        )
        rows.append((contract.table, part, rule.name, rule.outcome, len(frame), len(positions), example))
    return pd.DataFrame(rows, columns=list(RESULT_COLUMNS))


def failed_rules(results: pd.DataFrame) -> pd.DataFrame:
    """Rules that some row broke, over all parts.

    Parameters
    ----------
    results: as of `rule_results`, of any tables and parts.

    Returns
    -------
    One row per table, rule and outcome, sorted by them: rows_checked, rows_failed, first_example (missing where no
    part has one). A rule that is asked again of the rows that it left counts the rows once.
    """
    key = ["table", "rule", "outcome"]
    by_part = results.groupby([*key, "part"], sort=True).agg(
        rows_checked=("rows_checked", "max"), rows_failed=("rows_failed", "sum")
    )
    counts = by_part.groupby(level=key, sort=True).sum()
    examples = results.loc[(results["rows_failed"] > 0) & results["first_example"].fillna("").ne("")]
    counts["first_example"] = examples.groupby(key, sort=True)["first_example"].first()
    found: pd.DataFrame = counts[counts["rows_failed"] > 0].reset_index()
    return found


def rows_checked(results: pd.DataFrame) -> "pd.Series[int]":
    """Rows of each table, by table: those of its parts added up, each row once however many rules were asked of it."""
    by_part = results.groupby(["table", "part"], sort=True)["rows_checked"].max()
    is_across = by_part.index.get_level_values("part") == ACROSS
    parts = by_part[~is_across].groupby(level="table").sum()
    return parts.combine_first(by_part[is_across].droplevel("part")).astype("int64")


def _described(
    contract: Contract, frame: pd.DataFrame, rule: Rule, positions: NDArray[np.int64], all_broken: NDArray[np.int64]
) -> pd.DataFrame:
    differences = _differences(contract, frame, rule, all_broken)
    rows = frame.iloc[positions]
    column = rule.columns[0]
    if rule.check.startswith("no_") and len(rule.columns) > 1:
        values = [
            ", ".join(_shown(value) for value in key)
            for key in zip(*(rows[name] for name in rule.columns), strict=True)
        ]
        subject = ", ".join(rule.columns)
    else:
        shown = rule.columns[1] if rule.check == "readable" else column
        values = [_shown(value) for value in rows[shown]]
        subject = column
    ending = {"reject": "rejected", "warn": "warning", "stop": "refused"}[rule.outcome]
    messages = [
        f"{file} {line_or_row(file)} {line}: {subject} is {quoted(value)}{_violation_text(rule, value)}"
        f"{differences.get(int(position), '')}; {ending} (rule {rule.name})"
        for file, line, value, position in zip(rows[SOURCE_FILE], rows[SOURCE_LINE], values, positions, strict=True)
    ]
    content = [contract.table, rows[SOURCE_FILE].astype(object), rows[SOURCE_LINE], rule.name, column, values, messages]
    return pd.DataFrame(dict(zip(REJECTED_SCHEMA.names, content, strict=True)), index=positions)


def _differences(contract: Contract, frame: pd.DataFrame, rule: Rule, positions: NDArray[np.int64]) -> dict[int, str]:
    """Of rows in conflict, by position: the values that differ from another row of the key, and where that one is."""
    if not rule.check.startswith("no_conflict") or rule.scope != "part":
        return {}
    compared = positions[:CONFLICTS_COMPARED]
    rows = dict(zip(compared.tolist(), frame.iloc[compared].to_dict("records"), strict=True))
    by_key: dict[tuple[str, ...], list[dict[Any, Any]]] = defaultdict(list)
    for row in rows.values():
        by_key[_conflict_key(rule, row)].append(row)
    described = {}
    for position, row in rows.items():
        for other in by_key[_conflict_key(rule, row)]:
            names = [name for name in contract.names if _shown(row[name]) != _shown(other[name])]
            if names:
                there = "" if other[SOURCE_FILE] == row[SOURCE_FILE] else f"{other[SOURCE_FILE]} "
                described[position] = f" ({_values('', row, names)}; {_values(there, other, names)})"
                break
    return described


def _conflict_key(rule: Rule, row: Mapping[Any, Any]) -> tuple[str, ...]:
    """What rows of one sale or fact share, as `no_conflict` and `no_conflict_of_order_lines` compare them."""
    if rule.check == "no_conflict":
        return tuple(_shown(row[name]) for name in rule.columns)
    is_back = row["units"] < 0
    if _shown(row["order"]) and _shown(row["line"]):
        line = tuple(_shown(row[name]) for name in ("channel", "order", "line", "status"))
        return (*line, str(is_back), _shown(row["date"]) if is_back else "")
    return (*(_shown(row[name]) for name in rule.columns), str(is_back))


def _values(where: str, row: Mapping[Any, Any], names: Sequence[str]) -> str:
    """Such as "line 8: units 2, net_revenue 36"."""
    values = ", ".join(f"{name} {_shown(row[name]) or 'empty'}" for name in names)
    return f"{where}{line_or_row(str(row[SOURCE_FILE]))} {row[SOURCE_LINE]}: {values}"


def line_or_row(source: str) -> str:
    """What a number of a place counts: lines of text files, rows elsewhere."""
    is_row = source.endswith((".parquet", ".pq", " query")) or ".xlsx" in source or ".xlsm" in source
    return "row" if is_row else "line"


def _violation_text(rule: Rule, value: str) -> str:
    return f", {rule.violation}" if value else ""


def quoted(value: str) -> str:
    """A value as messages show it: in quotes, or `empty`."""
    return f'"{value}"' if value else "empty"


def _shown(value: object) -> str:
    if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return ""
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    if isinstance(value, float):
        return f"{value + 0.0:.15g}"  # no minus zero
    return str(value)


def _blanked(contract: Contract, values: pd.Series, name: str, positions: NDArray[np.int64]) -> pd.Series:
    column = contract.column(name)
    blanked = values.copy()
    if column.default is None:
        blanked.iloc[positions] = (
            pd.NaT if column.kind == "date" else pd.NA if dtype_of(column) == "boolean" else np.nan
        )
        return blanked
    default: object = column.default
    if column.kind == "number":
        default = float(column.default)
    elif column.kind == "date":
        default = pd.Timestamp(column.default)
    elif column.kind == "flag":
        default = column.default == "true"
    elif isinstance(blanked.dtype, pd.CategoricalDtype) and default not in blanked.cat.categories:
        blanked = blanked.cat.add_categories([default])
    blanked.iloc[positions] = default
    return blanked
