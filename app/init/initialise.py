"""`restock init`: a company's own files looked at, understood as far as they can be, and written down for planning."""

import datetime as dt
import os
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import typer

from app.terminal import echo
from onboarding.answers import Answers, refuse_unknown_names
from onboarding.draft.draft_settings import draft_settings
from onboarding.draft.settings_draft import SettingsDraft, TableDraft
from onboarding.draft.settings_file import settings_text
from onboarding.questions import Question
from onboarding.survey.sources import Survey, survey_database, survey_folder
from onboarding.unused_answers import refuse_unused_answers
from settings import AnswersNeeded, UsageError, load_settings
from settings.sources import Encoding

SETTINGS = "restock.toml"
SHOWN_CHOICES = 6


def initialise(
    source: str,
    company: Path,
    answers: Answers,
    *,
    yes: bool,
    force: bool,
    is_database: bool,
    encoding: str | None = None,
) -> None:
    """Look at the files, ask what is not sure, write `restock.toml`, check it, and say what to do next.

    Parameters
    ----------
    source: folder, URL of a database, or an SQLite file.
    company: folder that receives `restock.toml`.
    answers: what the flags said.
    yes: take what is likely without asking.
    force: write over a `restock.toml` that is there.
    is_database: whether the source is a database.
    encoding: of text files whose letters do not show it.

    Raises
    ------
    AnswersNeeded: something that only people know was not said.
    UsageError: a `restock.toml` is there already.
    SettingsError, DataRefused: as `restock check` would.
    """
    file = company / SETTINGS
    if file.exists() and not force:
        raise UsageError(f"{file} is there already; edit it, or write it anew with --force")
    if encoding is not None and encoding not in get_args(Encoding):
        raise UsageError(f"--encoding is {encoding!r}; it is one of {', '.join(get_args(Encoding))}")
    survey = (
        survey_database(url_of(source, company), company) if is_database else _survey(Path(source), company, encoding)
    )
    refuse_unknown_names(answers, (delivered.name for delivered in survey.delivered))
    today = dt.datetime.now(dt.UTC).date()
    settings_draft, all_answers = draft_settings(survey, answers, today), answers
    _print_survey(source, settings_draft)
    if sys.stdin.isatty() and not (yes and not settings_draft.ambiguous):
        settings_draft, all_answers = _ask_all(survey, answers, today, take_likely=yes)
    elif settings_draft.ambiguous or (settings_draft.likely and not yes):
        count = len(settings_draft.ambiguous) + (0 if yes else len(settings_draft.likely))
        raise AnswersNeeded(count, _open_questions(source, settings_draft, yes=yes))
    if "sales" not in {draft.table for draft in settings_draft.tables}:
        raise UsageError(
            f"{source}: nothing in it holds sales, without which there is no plan, so no {SETTINGS} is written; put "
            'what was sold there (day, SKU, units), or name what holds it: --table "NAME=sales"'
        )
    for needless in refuse_unused_answers(survey, all_answers, answers, today):
        echo(f"  {needless}")
    _refuse_unused_encoding(survey, encoding)
    company.mkdir(parents=True, exist_ok=True)
    file.write_text(settings_text(settings_draft, company.resolve().name), encoding="utf-8", newline="\n")
    settings = load_settings(file)
    _print_assumed(file, settings_draft)
    from app.check.command import run_check
    from app.init.monthly_sales import print_monthly_sales

    run_check(file, as_of=None, data_docs=False, as_json=False)
    print_monthly_sales(settings)
    echo(f"\nNext: restock run --settings {shlex.quote(str(file))}")


def url_of(source: str, company: Path) -> str:
    """The URL of a database; of an SQLite file relative to the folder of `restock.toml`.

    >>> url_of("my-shop/shop.db", Path("my-shop")), url_of("env:SHOP_DATABASE", Path())
    ('sqlite:///shop.db', 'env:SHOP_DATABASE')
    """
    if "://" in source or source.startswith("env:"):
        return source
    return f"sqlite:///{Path(os.path.relpath(source, company)).as_posix()}"


def _survey(folder: Path, company: Path, encoding: str | None) -> Survey:
    if folder.resolve() != company.resolve():
        raise UsageError("--to is for databases; the restock.toml of files stands in their folder")
    return survey_folder(folder, encoding)


def _refuse_unused_encoding(survey: Survey, encoding: str | None) -> None:
    """Refuse an encoding with which nothing was read: the letters of all files show their own, or there are none."""
    if encoding is None:
        return
    found = {each.name: each.encoding or "utf-8" for each in survey.delivered if "path" in each.place}
    if encoding not in found.values():
        shown = ", ".join(f"{name} is read as {each}" for name, each in list(found.items())[:SHOWN_CHOICES])
        raise UsageError(
            f"--encoding {encoding} changes nothing: it is for files of text whose letters do not show their encoding"
            + (f", and {shown}; take it away, and correct encoding in {SETTINGS} where that is wrong" if shown else "")
        )


def _print_survey(source: str, settings_draft: SettingsDraft) -> None:
    """Three things of each file: what it is, how sure that is, and what is needed."""
    echo(f"{source}:")
    lines = [
        ("file", "is", "how sure", "needs"),
        *(line for draft in sorted(settings_draft.tables, key=_by_file) for line in _lines_of(draft)),
    ]
    rows = [_cut(line) for line in lines]
    widths = [max(len(row[i]) for row in rows) for i in range(3)]
    for number, row in enumerate(rows):
        name = "" if number and rows[number - 1][0] == row[0] else row[0]
        shown = [text.ljust(width) for text, width in zip((name, *row[1:3]), widths, strict=True)]
        echo("  " + "  ".join([*shown, row[3]]))
    notes = notes_said_once(settings_draft)
    for draft in sorted(settings_draft.tables, key=_by_file):
        if draft.unused and not draft.derived and draft.connector is None:
            echo(f"  {draft.delivered.name}: columns not used: {', '.join(map(_with_reason(draft), draft.unused))}")
        for note in notes[draft.table]:
            echo(f"  {draft.delivered.name}: {note}")
        for column in dict.fromkeys(each.column for each in draft.texts):
            _print_texts(draft, column)
    for name, why in settings_draft.unused_files:
        echo(f"  {name}: not used; {why}")
    for name in sorted({draft.delivered.name for draft in settings_draft.tables if not draft.delivered.whole}):
        echo(f"  {name}: only its first rows were looked at; the check reads all")


def notes_said_once(settings_draft: SettingsDraft) -> dict[str, list[str]]:
    """Table = its notes; what holds of a file from which several tables are made is said for the first of them only."""
    said: set[tuple[str, str]] = set()
    notes: dict[str, list[str]] = {}
    for draft in sorted(settings_draft.tables, key=_by_file):
        notes[draft.table] = [note for note in draft.notes if (draft.delivered.name, note) not in said]
        said |= {(draft.delivered.name, note) for note in draft.notes}
    return notes


def _print_texts(draft: TableDraft, column: str) -> None:
    """What each text of a column is taken to say of its rows, and how sure that is."""
    echo(f"  {draft.delivered.name}: {column} says of the rows of {draft.table}:")
    read = [each for each in draft.texts if each.column == column]
    text, meaning = max(len(each.text) for each in read), max(len(each.meaning) for each in read)
    for each in read:
        echo(f"    {each.text:<{text}}  {each.meaning:<{meaning}}  {each.certainty:<6}  {each.rows:>7,} rows")


def _with_reason(draft: TableDraft) -> Callable[[str], str]:
    return lambda name: f"{name} ({draft.why_unused[name]})" if name in draft.why_unused else name


def _by_file(draft: TableDraft) -> tuple[str, bool]:
    return draft.delivered.name, draft.derived


def _lines_of(draft: TableDraft) -> list[tuple[str, str, str, str]]:
    lines = [(draft.delivered.name, draft.table, _how_sure(draft), ", ".join(draft.missing) or "-")]
    joined = draft.keys.get("joined")
    if joined is not None:
        lines += [
            (each.get("path", each.get("table")), f"joined to {draft.table}", joined.certainty, "-")
            for each in joined.value
        ]
    return lines


def _how_sure(draft: TableDraft) -> str:
    if draft.derived and draft.connector is None:
        return "made from it"
    guesses = [draft.kind, *draft.columns.values()]
    of_texts = (each.certainty for each in draft.texts)
    return (
        "given"
        if draft.kind.certainty == "given"
        else "likely"
        if "likely" in {*(each.certainty for each in guesses), *of_texts}
        else "sure"
    )


def _cut(line: tuple[str, str, str, str]) -> tuple[str, str, str, str]:
    name = line[0] if len(line[0]) <= 40 else line[0][:18] + "..." + line[0][-19:]
    return name, *line[1:]


def _open_questions(source: str, settings_draft: SettingsDraft, *, yes: bool) -> str:
    """What only people know, each with its flag, and the command that says it."""
    lines = []
    if settings_draft.ambiguous:
        lines.append("files do not say it, and it is never guessed:")
        lines += [f"  {question.flag}\n      {question.prompt}" for question in settings_draft.ambiguous]
    if settings_draft.likely and not yes:
        lines.append("likely, and taken with --yes:" if lines else "not all is sure; take what is likely with --yes:")
        lines += [f"  {question.prompt}\n      else {question.flag}" for question in settings_draft.likely]
    flags = " ".join(_unanswered(question.flag) for question in settings_draft.ambiguous)
    command = f"restock init {shlex.quote(source)} --yes {flags}".rstrip()
    lines.append(f"Say it on a terminal, or add flags with your own values to those that you gave:\n  {command}")
    return "\n".join(lines)


def _unanswered(flag: str) -> str:
    """A flag without the example's value, so that nobody takes that by pasting; `...` is refused."""
    name, _, value = flag.split(" or ", 1)[0].partition(" ")
    if name == "--leave-out":
        return f"{name} {value}"
    target, sign, _ = value.strip('"').partition("=")
    return f'{name} "{target}=..."' if sign else f"{name} ..."


def _ask_all(survey: Survey, answers: Answers, today: dt.date, *, take_likely: bool) -> tuple[SettingsDraft, Answers]:
    """Ask one question after the other; each answer may answer others, or raise new ones."""
    settings_draft = draft_settings(survey, answers, today)
    while open_questions := settings_draft.ambiguous if take_likely else settings_draft.questions:
        more = _ask(open_questions[0], answers)
        try:
            settings_draft = draft_settings(survey, more, today)
        except UsageError as fault:
            echo(f"  {fault}")
        else:
            answers = more
    return settings_draft, answers


def _ask(question: Question, answers: Answers) -> Answers:
    """Ask until there is an answer; returned are the answers with it."""
    few = question.choices and len(question.choices) <= SHOWN_CHOICES
    echo(f"\n{question.prompt}" + (f" ({', '.join(question.choices)})" if few else ""))
    prompt = "  Yes with Enter, or say what else" if question.likely else "  Your answer"
    while True:
        text = str(typer.prompt(prompt, default=question.suggested)).strip()
        if text.isdecimal() and 0 < int(text) <= len(question.options):
            text = question.options[int(text) - 1]
        try:
            more = answers.with_answer(question.key, text)
        except UsageError as fault:
            echo(f"  {fault}")
            continue
        if not question.choices or text.strip() in question.choices:
            return more
        echo(f"  choose one of {', '.join(question.choices)}")


def _print_assumed(file: Path, settings_draft: SettingsDraft) -> None:
    echo(f"\n{file} is written; review it: each setting states how certain it is.")
    assumed = [
        f"{draft.table}.{name} = {guess.value}: {guess.why}"
        for draft in settings_draft.tables
        for name, guess in {**draft.columns, **draft.constants}.items()
        if guess.certainty == "assumed"
    ]
    assumed += [
        f"{group}.{name} = {guess.value}: {guess.why}"
        for group, guesses in (("company", settings_draft.company), ("data", settings_draft.data))
        for name, guess in guesses.items()
        if guess.certainty == "assumed"
    ]
    if settings_draft.likely:
        echo("Likely, and taken; say otherwise where it is wrong:")
    for question in settings_draft.likely:
        echo(f"  {question.prompt}\n      else {question.flag}")
    if assumed:
        echo("Assumed, so change what is wrong:")
    for what in assumed:
        echo(f"  {what}")
    echo("")
