"""`restock init`: a company's own files looked at, understood as far as they can be, and written down for planning."""

import datetime as dt
import shlex
import sys
from collections.abc import Callable
from pathlib import Path

import typer

from app.init.answers import checked
from app.terminal import say
from data_contracts.tables import CONTRACTS
from intake.connectors import EXPORTS
from onboarding.draft.draft import Question, SettingsDraft, TableDraft
from onboarding.draft.propose import draft_settings
from onboarding.draft.settings_file import settings_text
from onboarding.survey.survey import Survey, survey_database, survey_folder
from settings import UsageError, load_settings

SETTINGS = "restock.toml"
SHOWN_CHOICES = 6


def initialise(
    source: str, company: Path, answers: dict[str, str], *, yes: bool, force: bool, is_database: bool = False
) -> None:
    """Look at the files, ask what is not sure, write `restock.toml`, check it, and say what to do next.

    Parameters
    ----------
    source: folder, or URL of a database.
    company: folder that receives `restock.toml`.
    answers: what the flags said, by the key of the question.
    yes: take what is likely without asking.
    force: write over a `restock.toml` that is there.

    Raises
    ------
    UsageError: something only people can tell was not told; or a `restock.toml` is there already.
    SettingsError, DataRefused: as `restock check` would.
    """
    file = company / SETTINGS
    if file.exists() and not force:
        raise UsageError(f"{file} is there already; edit it, or write it anew with --force")
    survey = survey_database(source, company) if is_database else _survey(Path(source), company)
    _see_that_names_exist(answers, survey)
    today = dt.datetime.now(dt.UTC).date()
    settings_draft = draft_settings(survey, answers, today)
    _tell_what_is_what(source, settings_draft)
    if sys.stdin.isatty() and not (yes and not settings_draft.ambiguous):
        settings_draft = _ask_all(survey, answers, today, take_likely=yes)
    elif settings_draft.ambiguous or (settings_draft.likely and not yes):
        raise UsageError(_what_to_say(source, settings_draft, yes=yes))
    if "sales" not in {draft.table for draft in settings_draft.tables}:
        raise UsageError(
            f"{source}: nothing in it holds sales, without which there is no plan, so no {SETTINGS} is written; put "
            'what was sold there (day, SKU, units), or name what holds it: --table "NAME=sales"'
        )
    company.mkdir(parents=True, exist_ok=True)
    file.write_text(settings_text(settings_draft, company.resolve().name), encoding="utf-8", newline="\n")
    load_settings(file)
    _tell_what_is_assumed(file, settings_draft)
    from app.check.command import check_sources

    check_sources(file, as_of=None, data_docs=False, as_json=False)
    say(f"\nNext: restock run --settings {shlex.quote(str(file))}")


def _survey(folder: Path, company: Path) -> Survey:
    if folder.resolve() != company.resolve():
        raise UsageError("--to is for databases; the restock.toml of files stands in their folder")
    return survey_folder(folder)


def _see_that_names_exist(answers: dict[str, str], survey: Survey) -> None:
    """Refuse flags about files, tables and columns that do not exist."""
    from rapidfuzz import fuzz, process

    def refuse(what: str, name: str, known: list[str]) -> None:
        if name not in known:
            nearest = process.extractOne(name, known, scorer=fuzz.ratio)
            raise UsageError(f"{what}: there is no {name!r}" + (f"; did you mean {nearest[0]!r}?" if nearest else ""))

    files = [delivered.name for delivered in survey.delivered]
    for key, value in answers.items():
        kind, _, name = key.partition(":")
        if kind == "table":
            refuse("--table", name, files)
            refuse("--table", value, [*CONTRACTS, *EXPORTS, "prices", "none"])
        elif kind in ("map", "constant", "leave_out"):
            table, _, column = name.partition(".")
            flag = f"--{kind.replace('_', '-')}"
            refuse(flag, table, list(CONTRACTS))
            refuse(f"{flag} {table}", column, CONTRACTS[table].names)


def _tell_what_is_what(source: str, settings_draft: SettingsDraft) -> None:
    """Three things of each file: what it is, how sure that is, and what is needed."""
    say(f"{source}:")
    lines = [
        ("file", "is", "how sure", "needs"),
        *(line for draft in sorted(settings_draft.tables, key=_by_file) for line in _lines_of(draft)),
    ]
    rows = [_cut(line) for line in lines]
    widths = [max(len(row[i]) for row in rows) for i in range(3)]
    for number, row in enumerate(rows):
        name = "" if number and rows[number - 1][0] == row[0] else row[0]
        shown = [text.ljust(width) for text, width in zip((name, *row[1:3]), widths, strict=True)]
        say("  " + "  ".join([*shown, row[3]]))
    for draft in sorted(settings_draft.tables, key=_by_file):
        if draft.unused and not draft.drawn and draft.connector is None:
            say(f"  {draft.delivered.name}: columns not used: {', '.join(map(_with_reason(draft), draft.unused))}")
        for note in draft.notes:
            say(f"  {draft.delivered.name}: {note}")
    for name, why in settings_draft.left:
        say(f"  {name}: not used; {why}")
    for name in sorted({draft.delivered.name for draft in settings_draft.tables if not draft.delivered.whole}):
        say(f"  {name}: only its first rows were looked at; the check reads all")


def _with_reason(draft: TableDraft) -> Callable[[str], str]:
    return lambda name: f"{name} ({draft.why_unused[name]})" if name in draft.why_unused else name


def _by_file(draft: TableDraft) -> tuple[str, bool]:
    return draft.delivered.name, draft.drawn


def _lines_of(draft: TableDraft) -> list[tuple[str, str, str, str]]:
    lines = [(draft.delivered.name, draft.table, _how_sure(draft), ", ".join(draft.lacks) or "-")]
    joined = draft.keys.get("joined")
    if joined is not None:
        what = f"prices of {draft.table}" if draft.connector is None else f"joined to {draft.table}"
        lines += [(each["path"], what, joined.sure, "-") for each in joined.value]
    return lines


def _how_sure(draft: TableDraft) -> str:
    if draft.drawn and draft.connector is None:
        return "made from it"
    guesses = [draft.kind, *draft.columns.values()]
    return "told" if draft.kind.sure == "told" else "likely" if any(g.sure == "likely" for g in guesses) else "sure"


def _cut(line: tuple[str, str, str, str]) -> tuple[str, str, str, str]:
    name = line[0] if len(line[0]) <= 40 else line[0][:18] + "..." + line[0][-19:]
    return name, *line[1:]


def _what_to_say(source: str, settings_draft: SettingsDraft, *, yes: bool) -> str:
    """What only people can tell, each with its flag, and the command that says it."""
    lines = []
    if settings_draft.ambiguous:
        lines.append("files do not tell, and it is never guessed:")
        lines += [f"  {question.flag}\n      {question.asks}" for question in settings_draft.ambiguous]
    if settings_draft.likely and not yes:
        lines.append("likely, and taken with --yes:" if lines else "not all is sure; take what is likely with --yes:")
        lines += [f"  {question.asks}\n      else {question.flag}" for question in settings_draft.likely]
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


def _ask_all(survey: Survey, answers: dict[str, str], today: dt.date, *, take_likely: bool) -> SettingsDraft:
    """Ask one question after the other; each answer may answer others, or raise new ones."""
    settings_draft, said = draft_settings(survey, answers, today), dict(answers)
    while open_questions := settings_draft.ambiguous if take_likely else settings_draft.questions:
        question = open_questions[0]
        answer = _ask(question)
        try:
            settings_draft = draft_settings(survey, {**said, question.key: answer}, today)
        except UsageError as fault:
            say(f"  {fault}")
        else:
            said[question.key] = answer
    return settings_draft


def _ask(question: Question) -> str:
    few = question.choices and len(question.choices) <= SHOWN_CHOICES
    say(f"\n{question.asks}" + (f" ({', '.join(question.choices)})" if few else ""))
    prompt = "  Yes with Enter, or say what else" if question.likely else "  Your answer"
    while True:
        answer = str(typer.prompt(prompt, default=question.suggested))
        try:
            text = checked(question.key, answer)
        except UsageError as fault:
            say(f"  {fault}")
            continue
        if not question.choices or text in question.choices:
            return text
        say(f"  say one of {', '.join(question.choices)}")


def _tell_what_is_assumed(file: Path, settings_draft: SettingsDraft) -> None:
    say(f"\n{file} is written; read it: each setting says how sure it is.")
    assumed = [
        f"{draft.table}.{name} = {guess.value}: {guess.why}"
        for draft in settings_draft.tables
        for name, guess in {**draft.columns, **draft.constants}.items()
        if guess.sure == "assumed"
    ]
    assumed += [
        f"{group}.{name} = {guess.value}: {guess.why}"
        for group, guesses in (("company", settings_draft.company), ("data", settings_draft.data))
        for name, guess in guesses.items()
        if guess.sure == "assumed"
    ]
    if assumed:
        say("Assumed, so change what is wrong:")
    for what in assumed:
        say(f"  {what}")
    say("")
