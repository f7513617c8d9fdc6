"""Answers that changed nothing: what people said is used, or refused with what it could apply to; never dropped.

An answer is used where a question took it, where the draft would be another without it, or where the files say the
same anyway.
"""

import datetime as dt
from collections.abc import Mapping
from functools import reduce
from typing import Any

from data_contracts.tables import CONTRACTS
from intake.connectors import EXPORTS
from onboarding.answers import (
    UNUSED,
    Answers,
    ColumnConstant,
    ColumnSource,
    CompanyFact,
    EmptyRows,
    FileTable,
    Key,
    TextMeaning,
)
from onboarding.draft.draft_settings import draft_settings
from onboarding.draft.settings_draft import SettingsDraft, TableDraft
from onboarding.survey.sources import Survey
from settings import UsageError

_SHOWN = 8


def refuse_unused_answers(survey: Survey, answers: Answers, said: Answers, today: dt.date) -> list[str]:
    """Refuse flags that changed nothing and that nobody was asked for.

    Parameters
    ----------
    survey: what was looked at.
    answers: all of them, those at the terminal too.
    said: those that flags gave, which are examined.
    today: the day of the draft.

    Returns
    -------
    In sentences, the flags that changed nothing and were asked for before other answers made them needless.

    Raises
    ------
    UsageError: names the flag, why it was not used and what it could apply to.
    """
    settings_draft = draft_settings(survey, answers, today)
    needless = []
    for key in said.answered:
        if key in settings_draft.answered or _holds_anyway(key, answers, settings_draft):
            continue
        try:
            without = draft_settings(survey, answers.without(key), today)
        except UsageError:
            continue  # it is needed for there to be a draft at all
        if _outcome(without) != _outcome(settings_draft):
            continue
        if not _was_asked(key, survey, answers, today):
            raise UsageError(f"{flag_of(key, answers)} changes nothing: {_why(key, settings_draft)}")
        needless.append(f"{flag_of(key, answers)} is not needed any more: {_why(key, settings_draft)}")
    return needless


def _was_asked(key: Key, survey: Survey, answers: Answers, today: dt.date) -> bool:
    """Whether it is asked for while nothing is said, or while nobody has said what the files are."""
    without_files = reduce(Answers.without, answers.tables, answers)
    for fewer in (Answers(), without_files.without(key)):
        try:
            questions = draft_settings(survey, fewer, today).ambiguous
        except UsageError:
            continue  # there is no draft without these answers, so nothing was asked
        if any(question.key == key for question in questions):
            return True
    return False


def flag_of(key: Key, answers: Answers) -> str:
    """An answer as the flag that says it."""
    match key:
        case CompanyFact():
            return f"{key.flag} {answers.get(key)}"
        case FileTable():
            return f'--table "{key.file}={answers.get(key)}"'
        case ColumnSource():
            return f'--map "{key.table}.{key.column}={answers.get(key)}"'
        case ColumnConstant():
            return f'--constant "{key.table}.{key.column}={answers.get(key)}"'
        case EmptyRows():
            return f"--leave-out {key.table}.{key.column}"
        case _:
            return f'--meaning "{key.table}.{getattr(key, "column", "")}:{getattr(key, "text", "")}={answers.get(key)}"'


def _outcome(settings_draft: SettingsDraft) -> tuple[Any, ...]:
    """All that a draft says but its notes, to be compared."""
    tables = [
        (_comparable(each), each.delivered.name, each.delivered.columns, each.delivered.skus)
        for each in settings_draft.tables
    ]
    return (
        tables,
        settings_draft.company,
        settings_draft.data,
        settings_draft.questions,
        settings_draft.unused_files,
    )


def _comparable(draft: TableDraft) -> dict[str, Any]:
    """The fields of a draft that can be compared."""
    return {name: value for name, value in vars(draft).items() if name not in ("delivered", "notes")}


def _holds_anyway(key: Key, answers: Answers, settings_draft: SettingsDraft) -> bool:
    """Whether the files say the same, so that nothing of what was said is lost."""
    drafts = {draft.table: draft for draft in settings_draft.tables}
    said = answers.get(key)
    if isinstance(key, ColumnSource) and said == UNUSED:
        draft = drafts.get(key.table)
        return draft is not None and draft.connector is None and key.column not in draft.columns
    contents = [values for draft in drafts.values() for values in draft.delivered.contents.values()]
    if key is CompanyFact.DATE_ORDER:
        return any(values.date.order == said for values in contents)
    if key is CompanyFact.DECIMAL:
        return any(values.number.decimal == {"comma": ",", "point": "."}[said] for values in contents)
    return False


def _why(key: Key, settings_draft: SettingsDraft) -> str:
    """Why an answer was not used, and what it could apply to."""
    if isinstance(key, CompanyFact):
        return _why_no_fact(key, settings_draft)
    if isinstance(key, FileTable):
        return "the file is that already; take the flag away"
    draft = next((each for each in settings_draft.tables if each.table == key.table), None)
    if draft is not None:
        return _why_no_column(key, draft)
    had = ", ".join(each.table for each in settings_draft.tables)
    return f'no file is {key.table}; there are {had}; say also --table "FILE={key.table}", or correct the name'


def _why_no_column(key: Key, draft: TableDraft) -> str:
    if draft.connector is not None:
        return _why_no_export(draft)
    if isinstance(key, TextMeaning):
        return _why_no_meaning(key, draft)
    if isinstance(key, EmptyRows):
        return f"{draft.delivered.name} has hardly a row without {key.column}; take the flag away"
    return f"{draft.delivered.name} says {getattr(key, 'column', '')} otherwise; take the flag away"


def _why_no_export(draft: TableDraft) -> str:
    """A connector decides what its export's columns are."""
    export = EXPORTS[str(draft.connector)]
    needs = export.needs.get(draft.table, ())
    also = f"; it takes {' and '.join(f'--constant {draft.table}.{name}' for name in needs)}" if needs else ""
    return (
        f"{draft.delivered.name} is read by the connector {export.name}, which decides what its columns are{also}; to "
        f'map its columns yourself, say also --table "{draft.delivered.name}={draft.table}"'
    )


def _why_no_meaning(key: TextMeaning, draft: TableDraft) -> str:
    contents = draft.delivered.contents
    if key.column not in contents:
        texts = [name for name, values in contents.items() if values.kind in ("text", "flag")]
        return f"{draft.delivered.name} has no column {key.column!r}; its columns of texts are {_listed(texts)}"
    texts = list(contents[key.column].texts)
    if key.text not in texts:
        return f"{key.column} of {draft.delivered.name} is never {key.text!r}; it is {_listed(texts)}"
    return f"{key.column} of {draft.delivered.name} says of no row what it is; take the flag away"


def _listed(names: list[str]) -> str:
    return (", ".join(names[:_SHOWN]) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")) or "none"


def _why_no_fact(fact: CompanyFact, settings_draft: SettingsDraft) -> str:
    """What it could apply to, and what the files say in its place."""
    notes = (
        f"; {draft.delivered.name}: {note}"
        for draft in settings_draft.tables
        for note in draft.notes
        if note.startswith(f"{fact.flag} ")
    )
    own = [
        f"; {draft.delivered.name} says it of {draft.table}"
        for draft in settings_draft.tables
        if fact.value in CONTRACTS[draft.table].names and (draft.connector or fact.value in draft.columns)
    ]
    return f"it is for {_APPLIES_TO[fact]}{next(notes, next(iter(own), ''))}; take it away"


_APPLIES_TO: Mapping[CompanyFact, str] = {
    CompanyFact.AS_OF: "a file of stock that does not say on which day it was counted",
    CompanyFact.CHANNEL: "sales that name no channel",
    CompanyFact.COST_SHARE: "products with a price and no cost",
    CompanyFact.COUNTRY: "the public holidays",
    CompanyFact.CURRENCY: "amounts that name no currency",
    CompanyFact.DATE_ORDER: "dates such as 03/04/2026 whose order no value shows",
    CompanyFact.DATE_SYSTEM: "dates that are serial numbers of a spreadsheet",
    CompanyFact.DECIMAL: "numbers such as 1.234 whose decimal sign no value shows",
    CompanyFact.LEAD_TIME_DAYS: "suppliers' terms that say no lead time",
    CompanyFact.LEAD_TIME_UNIT: "lead times whose unit no heading names",
    CompanyFact.LOCATION: "rows that name no stocking location",
    CompanyFact.ON_HAND: "SKUs whose stock no file says",
    CompanyFact.PERIOD: "the grain of sales and planning",
    CompanyFact.PRICE_IS: "a column just called price that may be of a unit or of a line",
    CompanyFact.SKU_CASE: "codes that differ by letter case only",
    CompanyFact.SUPPLIER: "terms that name no supplier",
    CompanyFact.TAX_RATE: "amounts whose headings say that they include tax",
    CompanyFact.TIMEZONE: "the zone of the business's day",
    CompanyFact.UNIT_COST: "products whose cost no file says",
    CompanyFact.UNIT_PRICE: "products whose price no file says",
    CompanyFact.YEAR: "files with months such as Jan as headings, without a year",
}
"""What each flag is for."""
