"""The page of `restock check`: what is wrong with the data, what it is worth, and what to do."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from reports.charts import share_chart
from reports.numbers import about, units
from reports.pages import render, write_file


@dataclass(frozen=True)
class CheckSummary:
    """What the page shows.

    Attributes
    ----------
    company, currency: name and base currency.
    as_of: the plan's day; None where the data do not say.
    items: planned items; None where no plan could be made.
    reasons: why a run would be refused; empty where the data are good enough.
    tables: one row per source: table, read, rejected, warned (numbers; read is None where it was refused).
    problems: the worst first: outcome, table, rule, says, to_do, rows, noun (of these), worth and followers_worth
        (units, money, unknown, of), examples (file, line, column, value, message), follows (sentences).
    incomplete: items planned as far as possible: what (sentence), count, examples, to_do.
    proposals: lines about what is the same product that are likely missing, by the money concerned: kind, evidence,
        to_do, units, money, confidence.
    more_proposals: how many further ones there are.
    proposals_folder: where all of them are, to paste.
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
    tables: Sequence[Mapping[str, Any]]
    problems: Sequence[Mapping[str, Any]]
    incomplete: Sequence[Mapping[str, Any]] = ()
    proposals: Sequence[Mapping[str, Any]] = ()
    more_proposals: int = 0
    proposals_folder: str = ""
    notes: Sequence[str] = ()
    workbook: str = ""
    correct: str = ""
    history: pd.DataFrame = field(default_factory=pd.DataFrame)


def write_check(checked: CheckSummary, file: Path) -> Path:
    """Write the page; one file that loads nothing."""
    return write_file(file, check_page(checked).encode())


def check_page(checked: CheckSummary) -> str:
    """The page as text."""
    to_see_to = [problem for problem in checked.problems if not problem["needs_nothing"]]
    return render(
        "check.html",
        data=checked,
        problems=[_shown(problem, checked.currency) for problem in to_see_to],
        harmless=[_shown(problem, checked.currency) for problem in checked.problems if problem["needs_nothing"]],
        rejected=sum(row["rejected"] or 0 for row in checked.tables),
        at_stake=sum(abs(part["money"] or 0.0) for part in _worths(to_see_to)),
        **_charts(checked.history),
    )


def worth_in_words(worth: Mapping[str, Any], currency: str) -> str:
    """Units and money of some rows in a few words; empty where nothing is known.

    >>> worth_in_words({"units": 34.0, "money": 412.5, "unknown": 0, "of": "net revenue"}, "EUR")
    '34 units, 412 EUR net revenue'
    """
    parts = [] if worth["units"] is None else [units(worth["units"])]
    if worth["money"] is not None:
        parts.append(f"{about(worth['money'], currency)} {worth['of']}")
    text = ", ".join(parts)
    if text and worth["unknown"]:
        rows = "row" if worth["unknown"] == 1 else "rows"
        text += f" (without {worth['unknown']:,} {rows} whose worth cannot be read)"
    return text


def _worths(problems: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Worth of the rejected rows and of those that follow them."""
    rejected = [problem for problem in problems if problem["outcome"] == "reject"]
    return [problem[part] for problem in rejected for part in ("worth", "followers_worth")]


def _shown(problem: Mapping[str, Any], currency: str) -> dict[str, Any]:
    return {
        **problem,
        "worth_words": worth_in_words(problem["worth"], currency),
        "followers_words": worth_in_words(problem["followers_worth"], currency),
    }


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
