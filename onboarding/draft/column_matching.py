"""Which delivered column is which of a table's: by its heading, and by whether its values can be that."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from rapidfuzz import fuzz, process

from data_contracts.contract import Contract
from data_contracts.declarations import Column
from data_contracts.parsing import ISO_CURRENCIES
from onboarding.survey.delivered import DeliveredTable
from onboarding.survey.headings import Heading, plain, with_numbers_named
from onboarding.survey.synonyms import COLUMNS, NEVER, UNCERTAIN
from onboarding.survey.values import Values

OWN_NAME = 100.0
KNOWN_NAME = 98.0
BY_VALUES = 90.0
SIMILAR_NAME = 88.0
UNCERTAIN_SCORE = 50.0
_EACH_LATER_NAME = 0.25


@dataclass(frozen=True)
class Match:
    """A delivered column for a canonical one.

    Attributes
    ----------
    delivered: its heading.
    score: 100 for our own name, about 90 to 98 for a usual one, less for a similar one, 50 for one of two meanings.
    rival: the heading that fits nearly as well, where there is one.
    """

    delivered: str
    score: float
    rival: str | None = None

    @property
    def is_sure(self) -> bool:
        """Whether the heading alone leaves no doubt."""
        return self.score > SIMILAR_NAME and (self.rival is None or self.score == OWN_NAME)


def match_table(contract: Contract, delivered: DeliveredTable, among: Iterable[str] | None = None) -> dict[str, Match]:
    """The best delivered column for each of the contract's, none used twice.

    Parameters
    ----------
    among: the delivered columns that are looked at; all where not given.
    """
    names = list(delivered.columns if among is None else among)
    scores = {
        (column.name, name): score
        for column in contract.columns
        for name in names
        if (score := _score(column, delivered.headings[name], delivered.contents[name])) > 0
    }
    if delivered.skus in names and "sku" in contract.names:
        scores["sku", str(delivered.skus)] = BY_VALUES
    matches: dict[str, Match] = {}
    used: set[str] = set()
    for (column_name, name), score in sorted(scores.items(), key=lambda pair: -pair[1]):
        if column_name not in matches and name not in used:
            matches[column_name] = Match(name, score)
            used.add(name)
    return {
        column_name: Match(match.delivered, match.score, _rival(column_name, match, scores, used))
        for column_name, match in matches.items()
    }


def _rival(column: str, match: Match, scores: Mapping[tuple[str, str], float], used: set[str]) -> str | None:
    others = [
        (score, name)
        for (wanted, name), score in scores.items()
        if wanted == column and name not in used and score > match.score - 10
    ]
    return max(others)[1] if others else None


def _score(column: Column, heading: Heading, values: Values) -> float:
    known = _known_names(column.name)
    own = plain(column.name)
    is_known = heading.plain in (own, *known) or heading.bare in (own, *known)
    is_number = is_known and column.kind == "number" and bool(values.numbers)
    if not (is_number or _can_be(column, values)) or not NEVER.get(column.name, frozenset()).isdisjoint(
        heading.plain.split()
    ):
        return 0
    if heading.plain == own:
        return OWN_NAME
    for spelt in (heading.plain, heading.bare):
        if spelt in known:
            return KNOWN_NAME - _EACH_LATER_NAME * known.index(spelt)
    if heading.bare == own:
        return KNOWN_NAME
    if heading.bare in UNCERTAIN.get(column.name, ()):
        return UNCERTAIN_SCORE
    near = process.extractOne(heading.bare, [own, *known], scorer=fuzz.token_sort_ratio, score_cutoff=SIMILAR_NAME)
    return 0.85 * near[1] if near else 0


@cache
def _known_names(column: str) -> tuple[str, ...]:
    """A column's usual names, written as `read_heading` writes them."""
    return tuple(dict.fromkeys(with_numbers_named(name) for name in COLUMNS.get(column, ())))


def _can_be(column: Column, values: Values) -> bool:
    """Whether values of this kind can be the column's; a column without any value can be anything but required."""
    kind, texts = values.kind, values.texts
    if kind == "empty":
        return not column.required
    if column.kind in ("number", "date", "flag"):
        is_kind = kind == column.kind or (column.kind == "date" and values.date.serial)
        return is_kind and (column.is_fraction or not values.percent)
    if column.kind == "currency":
        return all(text.upper() in ISO_CURRENCIES for text in texts)
    if column.kind == "country":
        return all(len(text) == 2 and text.isalpha() for text in texts)
    if column.choices and column.default is None:
        return all(plain(text).replace(" ", "_") in column.choices for text in texts)
    return kind != "date" or column.name in ("barcode", "order", "order_number")
