"""The page of `restock check`: what is wrong with the data, what it is worth, and what to do."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from data_contracts.quarantine.problems import DataProblem
from data_contracts.quarantine.worth import Worth
from onboarding.identity_gaps.identity_gap import IdentityGap
from reports.charts import share_chart
from reports.numbers import about, units
from reports.pages import render, write_file


@dataclass(frozen=True)
class SourceRows:
    """Rows of a source: read (None where it was refused unread), rejected, warned of."""

    table: str
    read: int | None
    rejected: int
    warned: int


@dataclass(frozen=True)
class IncompleteItems:
    """Items that are planned as far as possible: how many, the first of them, what is missing and what to do."""

    count: int
    what: str
    to_do: str
    examples: tuple[str, ...]


@dataclass(frozen=True)
class CheckSummary:
    """What the page shows.

    Attributes
    ----------
    company, currency: name and base currency.
    as_of: the plan's day; None where the data do not say.
    items: planned items; None where no plan could be made.
    reasons: why a run would be refused; empty where the data are good enough.
    tables: one per source.
    problems: the worst first.
    incomplete: items planned as far as possible, by what is missing.
    gaps: lines about what is the same product that are likely missing, by the money concerned.
    more_gaps: how many further ones there are.
    gaps_folder: where all of them are, to paste.
    notes: further sentences.
    workbook: name of the workbook of rejected rows; empty where no row is rejected.
    correct: the command that takes it back.
    history: rows read and rejected by table and run, as of `database.queries.quality_history`.
    """

    company: str
    currency: str
    as_of: dt.date | None
    items: int | None
    reasons: Sequence[str]
    tables: Sequence[SourceRows]
    problems: Sequence[DataProblem]
    incomplete: Sequence[IncompleteItems] = ()
    gaps: Sequence[IdentityGap] = ()
    more_gaps: int = 0
    gaps_folder: str = ""
    notes: Sequence[str] = ()
    workbook: str = ""
    correct: str = ""
    history: pd.DataFrame = field(default_factory=pd.DataFrame)


def write_check(checked: CheckSummary, file: Path) -> Path:
    """Write the page; one file that loads nothing."""
    return write_file(file, check_page(checked).encode())


def check_page(checked: CheckSummary) -> str:
    """The page as text."""
    to_see_to = [problem for problem in checked.problems if not problem.needs_nothing]
    harmless = [problem for problem in checked.problems if problem.needs_nothing]
    rejected = [problem for problem in to_see_to if problem.outcome == "reject"]
    worths = [worth for problem in rejected for worth in (problem.worth, problem.followers_worth)]
    return render(
        "check.html",
        data=checked,
        problems=to_see_to,
        harmless=harmless,
        worth_in_words=lambda worth: worth_in_words(worth, checked.currency),
        rejected=sum(row.rejected for row in checked.tables),
        at_stake=sum(abs(worth.money or 0.0) for worth in worths),
        **_charts(checked.history),
    )


def worth_in_words(worth: Worth, currency: str) -> str:
    """Units and money of some rows in a few words; empty where nothing is known.

    >>> worth_in_words(Worth(units=34.0, money=412.5, of="net revenue"), "EUR")
    '34 units, 412 EUR net revenue'
    """
    parts = [] if worth.units is None else [units(worth.units)]
    if worth.money is not None:
        parts.append(f"{about(worth.money, currency)} {worth.of}")
    text = ", ".join(parts)
    if text and worth.unknown:
        text += f" (without {worth.unknown:,} {'row' if worth.unknown == 1 else 'rows'} whose value cannot be read)"
    return text


def _charts(history: pd.DataFrame) -> dict[str, Any]:
    """A chart for each source of which a row was ever rejected, and the names of the others."""
    if history.empty:
        return {"charts": [], "spotless": [], "runs": 0}
    charts: list[dict[str, Any]] = []
    spotless = []
    for table, rows in history.groupby("table", sort=True):
        if not rows["rows_rejected"].any():
            spotless.append(str(table))
            continue
        shares = rows["rows_rejected"] / rows["rows_checked"].clip(lower=1)
        days = [pd.Timestamp(day).date() for day in rows["as_of"]]
        chart = share_chart(
            identity=f"share-{len(charts)}", table=str(table), days=days, shares=[float(share) for share in shares]
        )
        charts.append({"table": str(table), "chart": chart})
    return {"charts": charts, "spotless": spotless, "runs": int(history["as_of"].nunique())}
