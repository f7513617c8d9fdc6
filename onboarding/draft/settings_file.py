"""The text of `restock.toml`: each guess with how sure it is and why, in a comment."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from data_contracts.tables import CONTRACTS
from onboarding.draft.settings_draft import SettingsDraft, TableDraft
from onboarding.questions import Guess

_HEAD = """\
# Written by `restock init`. Behind each setting stands how sure it is:
#   sure     names or values leave no doubt        likely   the best of several readings
#   given    by you                                assumed  a harmless default; change it where it is wrong
# All settings: docs/reference/settings.md
"""
_SHOWN_UNUSED = 12


def settings_text(settings_draft: SettingsDraft, company: str) -> str:
    """A commented `restock.toml`.

    Parameters
    ----------
    settings_draft: without open questions.
    company: its name.
    """
    name = {"name": Guess(company, "assumed", "the folder's name")}
    parts = [_HEAD, _group("company", {**name, **settings_draft.company})]
    if settings_draft.data:
        parts.append(_group("data", settings_draft.data))
    parts += [_source(draft) for draft in settings_draft.tables]
    missing = [
        table
        for table, contract in CONTRACTS.items()
        if contract.needed_to_run and table not in {draft.table for draft in settings_draft.tables}
    ]
    parts += [
        f"# [sources.{table}]   needed for a plan, and no file was found\n{_example(settings_draft, table)}"
        for table in missing
    ]
    if settings_draft.unused_files:
        parts.append(
            "# Not used:\n" + "".join(f"#   {name}: {_one_line(why)}\n" for name, why in settings_draft.unused_files)
        )
    return "\n".join(parts)


def _example(settings_draft: SettingsDraft, table: str) -> str:
    """Where a missing table may stand: in the database, where the others do."""
    url = next(
        (draft.delivered.place["url"] for draft in settings_draft.tables if "url" in draft.delivered.place), None
    )
    return f'# path = "{table}.csv"\n' if url is None else f'# url = {_text(url)}\n# table = "{table}"\n'


def _source(draft: TableDraft) -> str:
    origin = f"made from {draft.delivered.name}" if draft.derived else draft.delivered.name
    place = {key: Guess(value, draft.kind.certainty, "") for key, value in draft.delivered.place.items()}
    if draft.connector is not None:
        place["connector"] = Guess(draft.connector, draft.kind.certainty, "")
    text = f"[sources.{draft.table}]\n# {origin}: {draft.kind.certainty}, {_one_line(draft.kind.why)}\n"
    if draft.unused and not draft.derived and draft.connector is None:
        more = f" and {len(draft.unused) - _SHOWN_UNUSED} more" if len(draft.unused) > _SHOWN_UNUSED else ""
        text += f"# not used: {_one_line(', '.join(draft.unused[:_SHOWN_UNUSED]))}{more}\n"
    text += "".join(f"# {_one_line(note)}\n" for note in draft.notes)
    text += _lines(place, comment=False) + _lines({key: each for key, each in draft.keys.items() if key != "meanings"})
    text += "".join(_meanings(draft, column) for column in draft.keys.get("meanings", Guess({}, "sure")).value)
    if draft.columns:
        text += f"\n[sources.{draft.table}.columns]\n" + _lines(draft.columns)
    if draft.constants:
        text += f"\n[sources.{draft.table}.constants]\n" + _lines(_as_texts(draft.constants))
    return text


def _meanings(draft: TableDraft, column: str) -> str:
    """What each text of a column means, with how sure that is."""
    read = {each.text: each for each in draft.texts if each.column == draft.columns[column].value}
    meanings = draft.keys["meanings"].value[column]
    lines = {text: Guess(meaning, read[text].certainty, read[text].meaning) for text, meaning in meanings.items()}
    return f"\n[sources.{draft.table}.meanings.{column}]\n" + _lines(lines)


def _as_texts(constants: Mapping[str, Guess]) -> dict[str, Guess]:
    return {name: Guess(_constant(guess.value), guess.certainty, guess.why) for name, guess in constants.items()}


def _constant(value: Any) -> str:
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def _group(name: str, settings: Mapping[str, Guess]) -> str:
    return f"[{name}]\n" + _lines(settings)


def _lines(settings: Mapping[str, Guess], *, comment: bool = True) -> str:
    written = [(f"{_key(name)} = {toml_value(guess.value)}", guess) for name, guess in settings.items()]
    width = min(max((len(text) for text, _ in written), default=0), 56)
    return "".join(f"{text:<{width}}{_comment(guess)}\n" if comment else f"{text}\n" for text, guess in written)


def _comment(guess: Guess) -> str:
    why = "" if guess.why in ("", guess.certainty) else f": {_one_line(guess.why)}"
    return f"  # {guess.certainty}{why}"


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _text(name)


def toml_value(value: Any) -> str:
    """A value as TOML.

    >>> toml_value({"on": ["a b"], "deep": True})
    '{ on = ["a b"], deep = true }'
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(name)} = {toml_value(each)}" for name, each in value.items()) + " }"
    if isinstance(value, Iterable):
        return "[" + ", ".join(toml_value(each) for each in value) + "]"
    return str(value)


def _text(value: str) -> str:
    """A literal where regular expressions would double their backslashes, else a basic string."""
    if "\\" in value and "'" not in value and value.isprintable():
        return f"'{value}'"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _one_line(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f]+", " ", text)
