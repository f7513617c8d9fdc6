"""Folders of small files, and the settings that are drafted for them."""

import datetime as dt

from onboarding.answers import Answers, ColumnConstant, ColumnSource, CompanyFact, EmptyRows, FileTable
from onboarding.draft.draft_settings import draft_settings
from onboarding.survey.sources import survey_folder

TODAY = dt.date(2026, 7, 1)
COMPANY = {"currency": "EUR", "country": "DE", "location": "MAIN"}

SALES = """\
Order date;Item;Qty;Revenue
2026-06-29;TEA-1;2;13,90
2026-06-29;TEA-2;1;6,20
2026-06-30;TEA-1;1;6,95
"""


def folder(path, **files):
    """A folder with these files; `sales__csv` is sales.csv."""
    for name, text in files.items():
        file = path / name.replace("__", ".").replace("--", "/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return path


def drafted(path, answers=None):
    """The settings that are drafted, where people said this."""
    return draft_settings(survey_folder(path), answers or Answers(), TODAY)


def given(*, table=None, source=None, constant=None, leave_out=(), **facts):
    """What people always have to say, and more: of files, of columns such as `sales.sku`, and of everything."""
    answers = Answers()
    for name, text in {**COMPANY, **facts}.items():
        answers = answers.with_answer(CompanyFact(name), text)
    for file, text in (table or {}).items():
        answers = answers.with_answer(FileTable(file), text)
    for kind, columns in (
        (ColumnSource, source),
        (ColumnConstant, constant),
        (EmptyRows, dict.fromkeys(leave_out, "yes")),
    ):
        for name, text in (columns or {}).items():
            answers = answers.with_answer(kind(*name.split(".")), text)
    return answers


def table(settings_draft, name):
    """The draft of a table."""
    return {draft.table: draft for draft in settings_draft.tables}[name]


def mapping(settings_draft, name):
    """Canonical column = delivered column or expression."""
    return {column: guess.value for column, guess in table(settings_draft, name).columns.items()}


def asked(settings_draft):
    """Flags of what only people can tell, without their example values."""
    return {question.flag.split(" ")[0] for question in settings_draft.ambiguous}
