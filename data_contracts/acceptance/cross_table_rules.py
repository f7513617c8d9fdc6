"""Rules across tables, across months and relative to the date; checked in every run."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from data_contracts.acceptance.evidence import Evidence, RunContext, collect_evidence
from data_contracts.acceptance.outcomes import ACROSS, RESULT_COLUMNS, accepted_rows, rejected_rows, rule_results
from data_contracts.acceptance.parts import Verdict, empty_rejected
from data_contracts.acceptance.rejected_share import too_many_rejected
from data_contracts.as_of import company_today
from data_contracts.contract import Contract, empty_frame
from data_contracts.declarations import Rule
from data_contracts.expectations.screening import may_be_broken
from data_contracts.tables import CONTRACTS
from settings import DataRefused, Settings, SettingsError, closest


@dataclass(frozen=True)
class CrossTableValidation:
    """Tables after the rules across them.

    Attributes
    ----------
    tables: every contract's table, typed, with `source_file` and `source_line`; absent ones are empty frames.
    rejected: columns table, source, line, rule, column, value, message.
    results: one row per rule: table, part ("*"), rule, outcome, rows_checked, rows_failed, first_example.
    """

    tables: dict[str, pd.DataFrame]
    rejected: pd.DataFrame
    results: pd.DataFrame


def check_sources(settings: Settings) -> None:
    """See that every table needed to run has a source, and that every source is a table's.

    Raises
    ------
    SettingsError: `[sources]` names a table that does not exist; the closest is given.
    DataRefused: a needed table has no source; the closest file of the company's folder is given.
    """
    for name in settings.sources:
        if name not in CONTRACTS:
            near = closest(name, CONTRACTS)
            hint = f"did you mean {near!r}?" if near else f"known are {', '.join(CONTRACTS)}"
            raise SettingsError(f"sources.{name}: there is no such table; {hint}")
    missing = [
        table for table, contract in CONTRACTS.items() if contract.needed_to_run and table not in settings.sources
    ]
    if missing:
        raise DataRefused("\n".join(_no_source(table, settings.root) for table in missing))


def validate_across_tables(
    tables: Mapping[str, pd.DataFrame],
    as_of: dt.date,
    settings: Settings,
    *,
    today: dt.date | None = None,
    snapshots: pd.DataFrame | None = None,
) -> CrossTableValidation:
    """Check the rules that one part alone cannot decide.

    Parameters
    ----------
    tables: accepted rows by table, as `load_accepted` returns them; absent tables may be left out.
    as_of: the plan's day.
    settings: of the company.
    today: the company's date, after which nothing can have happened; its clock's where not given.
    snapshots: inventory of all days that are known, where `tables` hold that of the plan's day alone.

    Raises
    ------
    DataRefused: a needed table is absent or empty, the newest inventory is too old, the volume of sales jumps or
        falls, a location is missing, or too large a share of a table's rows is rejected here.
    """
    present = {table: tables.get(table, empty_frame(contract)) for table, contract in CONTRACTS.items()}
    absent = [table for table, contract in CONTRACTS.items() if contract.needed_to_run and len(present[table]) == 0]
    if absent:
        raise DataRefused(
            "\n".join(
                f"{table}: needed to run, and no row of it is accepted; deliver it under sources.{table}"
                for table in absent
            )
        )
    context = RunContext(present, as_of, max(as_of, today or company_today(settings)), settings, snapshots)
    result, rejected, results, refusals = dict(present), [empty_rejected()], [], []
    for table, contract in CONTRACTS.items():
        frame = present[table].reset_index(drop=True)
        if len(frame) == 0:
            continue
        verdict, asked, stop_results, stops = _judge(contract, frame, context)
        rules = [rule for rule in contract.table_rules() if rule.name in asked]
        counted = rule_results(contract, ACROSS, frame, verdict, rules)
        results += [counted, stop_results]
        refusals += stops
        thrown_out = rejected_rows(contract, frame, verdict, rules)
        rejected.append(thrown_out)
        reason = too_many_rejected(table, len(frame), thrown_out, settings.data.max_rejected_share)
        if reason is not None:
            refusals.append(reason)
        if verdict.failed:
            kept = accepted_rows(contract, frame, verdict, rules)
            result[table] = kept.astype({name: frame[name].dtype for name in kept})
    if refusals:
        raise DataRefused("\n".join(refusals))
    return CrossTableValidation(result, pd.concat(rejected, ignore_index=True), _joined(results))


def without_future_rows(
    tables: Mapping[str, pd.DataFrame], as_of: dt.date, settings: Settings, *, today: dt.date | None = None
) -> CrossTableValidation:
    """Tables without the rows of days after the company's date, and which these are.

    What a plan of a past day must not know lies between that day and today: it is right, and cut later without a word.

    Parameters
    ----------
    tables: accepted rows by table.
    as_of: the plan's day.
    settings: of the company.
    today: the company's date; its clock's where not given.
    """
    context = RunContext(tables, as_of, max(as_of, today or company_today(settings)), settings)
    end = pd.Timestamp(context.today)
    kept, rejected, results = dict(tables), [empty_rejected()], [pd.DataFrame(columns=list(RESULT_COLUMNS))]
    for table, frame in tables.items():
        contract = CONTRACTS[table]
        # Great Expectations takes a while, and decides only where there is something to decide.
        rules = [
            rule
            for rule in contract.table_rules()
            if rule.check == "not_after_today" and (frame[rule.columns[0]] > end).any()
        ]
        if not rules:
            continue
        rows = frame.reset_index(drop=True)
        verdict = _judge_rows(contract, rows, context, rules)
        rejected.append(rejected_rows(contract, rows, verdict, rules))
        results.append(rule_results(contract, ACROSS, rows, verdict, rules))
        accepted = accepted_rows(contract, rows, verdict, rules)
        kept[table] = accepted.astype({name: rows[name].dtype for name in accepted})
    filled = [each for each in results if len(each)] or results
    return CrossTableValidation(kept, pd.concat(rejected, ignore_index=True), pd.concat(filled, ignore_index=True))


def _judge(
    contract: Contract, frame: pd.DataFrame, context: RunContext
) -> tuple[Verdict, set[str], pd.DataFrame, list[str]]:
    """Rows that break rules, the rules asked of them, results of the rules that stop, and the reasons to refuse."""
    found = [(rule, collect_evidence(rule, frame, context)) for rule in contract.table_rules()]
    by_row = [(rule, evidence) for rule, evidence in found if evidence is not None and rule.outcome != "stop"]
    failed = _ask(contract, by_row) if by_row else {}
    stop_results, stops = [], []
    for rule, evidence in found:
        if rule.outcome != "stop" or evidence is None:
            continue
        positions = _ask(contract, [(rule, evidence)]).get(rule.name, [])
        messages = [f"{contract.table}: {evidence.figures[position]} (rule {rule.name})" for position in positions]
        stops += messages
        stop_results.append(
            (
                contract.table,
                ACROSS,
                rule.name,
                rule.outcome,
                len(evidence.columns),
                len(messages),
                messages[0] if messages else "",
            )
        )
    asked = {rule.name for rule, _ in by_row}
    return Verdict(len(frame), failed), asked, pd.DataFrame(stop_results, columns=list(RESULT_COLUMNS)), stops


def _judge_rows(contract: Contract, frame: pd.DataFrame, context: RunContext, rules: Sequence[Rule]) -> Verdict:
    """Rows of a table (RangeIndex) that break some of its rules across tables."""
    found = [(rule, collect_evidence(rule, frame, context)) for rule in rules]
    asked = [(rule, evidence) for rule, evidence in found if evidence is not None]
    return Verdict(len(frame), _ask(contract, asked) if asked else {})


def _ask(contract: Contract, found: list[tuple[Rule, Evidence]]) -> dict[str, list[int]]:
    columns: dict[str, pd.Series] = {}
    asked = []
    for rule, evidence in found:
        if not may_be_broken(evidence.columns, evidence.check, evidence.arguments):
            continue
        names = [f"{rule.name}:{name}" for name in evidence.columns]
        for name, column in zip(names, evidence.columns, strict=True):
            values = evidence.columns[column].reset_index(drop=True)
            columns[name] = values.astype("category") if values.dtype == object else values
        asked.append((rule, names, evidence.check, evidence.arguments))
    if not asked:
        return {}
    from data_contracts.expectations.suite import build_evidence_suite  # noqa: PLC0415 - takes seconds
    from data_contracts.expectations.validation import validate  # noqa: PLC0415

    validated = validate(pd.DataFrame(columns), build_evidence_suite(contract.table, asked))
    return {rule: positions.tolist() for rule, positions in validated.failed.items() if len(positions)}


def _joined(results: list[pd.DataFrame]) -> pd.DataFrame:
    filled = [result for result in results if len(result)]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=list(RESULT_COLUMNS))


def _no_source(table: str, root: Path) -> str:
    names = sorted(path.name for path in root.iterdir()) if root.is_dir() else []
    near = closest(table, names)
    hint = f"; the closest name in {root} is {near!r}" if near else ""
    path = near or f"{table}.csv"
    fix = f'add [sources.{table}] with path = "{path}"'
    return f"{table}: needed to run, and restock.toml has no source for it{hint}; {fix}"
