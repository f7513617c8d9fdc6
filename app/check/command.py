"""`restock check`: the sources read and validated as a run would, without planning."""

import datetime as dt
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app.check.examine import Findings, examine
from app.check.files import write_files
from app.check.history_gaps import HISTORIES, history_gaps, print_history_gaps
from app.check.identity_gaps import find_gaps, print_identity_gaps
from app.terminal import echo, echo_json, progress_reporter
from data_contracts.acceptance.outcomes import failed_rules
from data_contracts.quarantine.problems import DataProblem
from flows.execution.run import run_folder
from reports.check import CheckSummary, worth_in_words
from reports.reading import records
from settings import DataRefused, Settings, load_settings

SHOWN_PROBLEMS = 3
SHOWN_ITEMS = 3


def run_check(settings_file: Path, *, as_of: dt.date | None, data_docs: bool, as_json: bool) -> None:
    """Validate everything, say whether a plan could be made and what is worst, and write the whole of it.

    Written are `check/check.html` and `check/rejected.xlsx` in the company's run folder, also where a plan is refused.

    Parameters
    ----------
    settings_file: of the company.
    as_of: day for which a plan would be made; the newest where not given.
    data_docs: also build Great Expectations' Data Docs.
    as_json: print for a program.

    Raises
    ------
    SettingsError: as a run would.
    DataRefused: a run would be refused; said after everything is written.
    """
    settings = load_settings(settings_file)
    with progress_reporter(quiet=as_json) as reporter:
        findings = examine(settings, as_of, reporter)
    gaps = find_gaps(settings, findings)
    page, workbook, checked = write_files(settings, settings_file, findings, gaps)
    docs = None
    if data_docs:
        from intake.data_docs import build_data_docs

        docs = build_data_docs(findings.intakes.values(), run_folder(settings) / "data-docs")
    if as_json:
        figures: dict[str, Any] = {"page": page, "workbook": workbook if checked.workbook else None, "data_docs": docs}
        figures |= {"proposals": len(gaps)}
        figures |= {
            heading.casefold().replace(" ", "_"): history_gaps(findings.results, rule)
            for heading, rule in HISTORIES.items()
        }
        echo_json(_figures(findings, checked) | figures)
    else:
        _print(settings, findings, checked)
        print_identity_gaps(gaps, settings)
        echo(f"\nFull report: {page}")
        if checked.workbook:
            echo(f"Rows to correct: {workbook}\n  correct the cells, save, then: {checked.correct}")
        if docs is not None:
            echo(f"Data Docs: {docs}")
    if findings.refusals:
        raise DataRefused("\n".join(findings.refusals))


def _figures(findings: Findings, checked: CheckSummary) -> dict[str, Any]:
    """The findings for a program."""
    rules = failed_rules(findings.results)[["table", "rule", "outcome", "rows_failed", "first_example"]]
    return {
        "good_enough": not findings.refusals,
        "refused": findings.refusals,
        "as_of": findings.day,
        "items": checked.items,
        "rejected_rows": len(findings.rejected),
        "tables": [asdict(row) for row in checked.tables],
        "problems": [_problem(problem) for problem in checked.problems],
        "incomplete": [asdict(row) for row in checked.incomplete],
        "notes": checked.notes,
        "rules": records(rules),
    }


def _problem(problem: DataProblem) -> dict[str, Any]:
    return {**asdict(problem), "needs_nothing": problem.needs_nothing, "noun": problem.noun}


def _print(settings: Settings, findings: Findings, checked: CheckSummary) -> None:
    if findings.refusals:
        echo(f"Not good enough to plan, for {_plural(len(findings.refusals), 'reason')}:")
        for number, reason in enumerate(findings.refusals, start=1):
            echo(f"{number}. {reason}")
        echo("")
    else:
        echo(f"The data are good enough to plan {checked.items:,} items as of {findings.day}.\n")
    echo(f"{'table':<20} {'rows read':>12} {'rejected':>10} {'warnings':>10}")
    for row in checked.tables:
        if row.read is None:
            echo(f"{row.table:<20} {'refused':>12}")
        else:
            echo(f"{row.table:<20} {row.read:>12,} {row.rejected:>10,} {row.warned:>10,}")
    shown = [
        problem for problem in findings.problems if not problem.needs_nothing and problem.rule not in HISTORIES.values()
    ]
    if shown:
        echo("\nThe worst:" if len(shown) > SHOWN_PROBLEMS else "\nTo look at:")
    for number, problem in enumerate(shown[:SHOWN_PROBLEMS], start=1):
        _print_problem(number, problem, settings.company.base_currency)
    if len(shown) > SHOWN_PROBLEMS:
        echo(f"and {_plural(len(shown) - SHOWN_PROBLEMS, 'more problem')} in the page below.")
    for lacking in checked.incomplete:
        named = ", ".join(lacking.examples[:SHOWN_ITEMS]) + (", ..." if lacking.count > SHOWN_ITEMS else "")
        echo(f"\n{_plural(lacking.count, 'item')} ({named}): {lacking.what}\n   What to do: {lacking.to_do}")
    for note in checked.notes:
        echo(note)
    print_history_gaps(findings.results)


def _print_problem(number: int, problem: DataProblem, currency: str) -> None:
    worth = worth_in_words(problem.worth, currency)
    what = "rejected" if problem.outcome == "reject" else "warned of"
    rows = f"{_plural(problem.rows, problem.noun)} {what}{worth and ': '}{worth}"
    echo(f"\n{number}. {problem.table}: {problem.says}; {rows}")
    for text in problem.follows:
        echo(f"   {text}")
    following = worth_in_words(problem.followers_worth, currency)
    if following:
        echo(f"   together worth {following}")
    for example in problem.examples[:1]:
        echo(f"   {example.message}")
    echo(f"   What to do: {problem.to_do}")


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
