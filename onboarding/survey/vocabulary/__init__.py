"""What people and systems call our tables and columns, in ten languages: one TOML file for each.

Earlier names fit better than later ones. A name that means two things in one table stands under `uncertain`, so that
the values or a person decide; words under `never` keep a heading that is only similar from being a column.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from onboarding.survey.plain_words import heading_words

PRICES = "prices"
"""Key of the words in a file's name that say that a wide file holds prices."""

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})


@dataclass(frozen=True)
class Vocabulary:
    """The names of all languages together, written as `heading_words` writes them.

    Attributes
    ----------
    columns: canonical column = its names, each with its place in its language's list, from 0 on.
    columns_of: the same for names that hold in one table only.
    uncertain: canonical column = names that fit when nothing better does, and are never sure.
    never: canonical column = words that keep a similar heading from being it.
    files: table, or `PRICES` = words in a file's or database table's name that speak for it.
    taxed, untaxed: phrases of a heading that say that tax is in the amount, or is not; the longest first.
    tax_words: words for the tax itself.
    """

    columns: Mapping[str, Mapping[str, int]]
    columns_of: Mapping[str, Mapping[str, Mapping[str, int]]]
    uncertain: Mapping[str, frozenset[str]]
    never: Mapping[str, frozenset[str]]
    files: Mapping[str, tuple[str, ...]]
    taxed: tuple[str, ...]
    untaxed: tuple[str, ...]
    tax_words: frozenset[str]

    def names(self, table: str, column: str) -> Mapping[str, int]:
        """Names of a table's column and their places."""
        return {**self.columns.get(column, {}), **self.columns_of.get(table, {}).get(column, {})}

    @property
    def things(self) -> frozenset[str]:
        """Names that may be of a thing's code or of its name, such as item: the values decide."""
        return frozenset(self.columns["sku"]) & frozenset(self.columns["name"])


@cache
def vocabulary() -> Vocabulary:
    """The names of all languages, read once."""
    files = sorted(Path(__file__).parent.glob("*.toml"))
    languages = [tomllib.loads(file.read_text("utf-8")) for file in files]
    tables = {table for language in languages for table in language.get("columns_of", {})}
    tax = [language["tax"] for language in languages]
    return Vocabulary(
        columns=_places(language["columns"] for language in languages),
        columns_of={
            table: _places(language.get("columns_of", {}).get(table, {}) for language in languages) for table in tables
        },
        uncertain=_words(language["uncertain"] for language in languages),
        never=_words(language["never"] for language in languages),
        files={key: tuple(words) for key, words in _words(language["files"] for language in languages).items()},
        taxed=_phrases(each["included"] for each in tax),
        untaxed=_phrases(each["excluded"] for each in tax),
        tax_words=frozenset(_phrases(each["words"] for each in tax)),
    )


def _spellings(name: str) -> Iterable[str]:
    """A name in plain form, and as it is written where umlauts cannot be."""
    return dict.fromkeys((heading_words(name), heading_words(name.translate(_UMLAUTS))))


def _places(languages: Iterable[Mapping[str, list[str]]]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for columns in languages:
        for column, names in columns.items():
            places = found.setdefault(column, {})
            for place, name in enumerate(names):
                for spelling in _spellings(name):
                    places[spelling] = min(place, places.get(spelling, place))
    return found


def _words(languages: Iterable[Mapping[str, Any]]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for language in languages:
        for key, names in language.items():
            found.setdefault(key, set()).update(spelling for name in names for spelling in _spellings(name))
    return {key: frozenset(names) for key, names in found.items()}


def _phrases(languages: Iterable[list[str]]) -> tuple[str, ...]:
    phrases = {spelling for names in languages for name in names for spelling in _spellings(name)}
    return tuple(sorted(phrases, key=lambda phrase: (-len(phrase), phrase)))
