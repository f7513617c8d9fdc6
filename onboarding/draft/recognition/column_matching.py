"""Which delivered column is which of a table's: by its heading, and by whether its values can be that."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from data_contracts.contract import Contract
from data_contracts.declarations import Column
from data_contracts.parsing import ISO_CURRENCIES
from onboarding.draft.recognition.value_agreement import agrees, are_durations, is_one_to_one, looks_like_names
from onboarding.survey.delivered import DeliveredTable
from onboarding.survey.headings import Heading
from onboarding.survey.plain_words import plain
from onboarding.survey.values import Values
from onboarding.survey.vocabulary import vocabulary

OWN_NAME = 100.0
KNOWN_NAME = 98.0
BY_VALUES = 90.0
SIMILAR_NAME = 88.0
UNCERTAIN_SCORE = 50.0
NAME_AS_SKU = 40.0
_LIKENESS = 91.5
_EACH_LATER_NAME = 0.15
_PLACES_COUNTED = 45
_SIMILAR_NAMES_SHARE = 0.85


@dataclass(frozen=True)
class Match:
    """A delivered column for a canonical one.

    Attributes
    ----------
    delivered: its heading.
    score: 100 for our own name, about 91 to 98 for a usual one, less for a similar one, 50 for one of two meanings, 40
        for a name in place of a SKU.
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
        if (score := _score(contract.table, column, name, delivered)) > 0
    }
    if delivered.skus in names and "sku" in contract.names:
        scores["sku", str(delivered.skus)] = BY_VALUES
    _take_the_only_dates(contract, delivered, names, scores)
    matches: dict[str, Match] = {}
    used: set[str] = set()
    for (column_name, name), score in sorted(scores.items(), key=lambda pair: -pair[1]):
        if column_name not in matches and name not in used:
            matches[column_name] = Match(name, score)
            used.add(name)
    _drop_what_names_the_product(matches, delivered)
    _take_names_as_skus(contract, delivered, names, matches)
    return {
        column_name: Match(match.delivered, match.score, _rival(column_name, match, scores, used))
        for column_name, match in matches.items()
    }


def _take_the_only_dates(
    contract: Contract, delivered: DeliveredTable, names: list[str], scores: dict[tuple[str, str], float]
) -> None:
    """The only column of dates is a table's day, never surely, where no heading says which is."""
    days = "date" if "date" in contract.names else "ordered_on" if "ordered_on" in contract.names else None
    if days is None or any(column == days for column, _ in scores):
        return
    dates = [name for name in names if delivered.contents[name].kind == "date"]
    if len(dates) == 1 and _never(days).isdisjoint(delivered.headings[dates[0]].bare.split()):
        scores[days, dates[0]] = UNCERTAIN_SCORE


def _drop_what_names_the_product(matches: dict[str, Match], delivered: DeliveredTable) -> None:
    """A heading that is only like a place's is none where its values tell products apart."""
    sku = matches.get("sku")
    for name in ("location", "channel", "market"):
        match = matches.get(name)
        if sku and match and match.score < SIMILAR_NAME and is_one_to_one(sku.delivered, match.delivered, delivered):
            del matches[name]


def _take_names_as_skus(
    contract: Contract, delivered: DeliveredTable, names: list[str], matches: dict[str, Match]
) -> None:
    """Without codes the products' names are their keys, never surely."""
    if "sku" not in contract.names or "sku" in matches:
        return
    taken = {match.delivered for name, match in matches.items() if name != "name"}
    known = vocabulary().names("products", "name")
    named = [name for name in names if name not in taken and delivered.headings[name].bare in known]
    named = [name for name in named if delivered.contents[name].kind == "text"]
    if named:
        best = min(named, key=lambda name: known[delivered.headings[name].bare])
        matches["sku"] = Match(best, NAME_AS_SKU)


def _rival(column: str, match: Match, scores: Mapping[tuple[str, str], float], used: set[str]) -> str | None:
    others = [
        (score, name)
        for (wanted, name), score in scores.items()
        if wanted == column and name not in used and score > match.score - 10
    ]
    return max(others)[1] if others else None


def _score(table: str, column: Column, name: str, delivered: DeliveredTable) -> float:
    heading, values = delivered.headings[name], delivered.contents[name]
    known = vocabulary().names(table, column.name)
    own = plain(column.name)
    spelt = next((each for each in (heading.plain, heading.bare) if each == own or each in known), None)
    is_number = spelt is not None and column.kind == "number" and bool(values.numbers)
    is_number = is_number or (column.name == "lead_time_days" and are_durations(values))
    if not (is_number or _can_be(column, values)):
        return 0
    if not agrees(column.name, name, delivered, spelt=heading.bare, is_exact=spelt is not None):
        return 0
    if spelt is not None:
        return _of_known_name(column.name, spelt, heading, known, values)
    if not _never(column.name).isdisjoint(heading.bare.split()):
        return 0
    if heading.bare in vocabulary().uncertain.get(column.name, ()):
        return UNCERTAIN_SCORE
    return _SIMILAR_NAMES_SHARE * _likeness(heading, [own, *known])


def _of_known_name(column: str, spelt: str, heading: Heading, known: Mapping[str, int], values: Values) -> float:
    """How well one of a column's names fits: the earlier in its list, the better, and as written before shortened."""
    if column in ("sku", "name") and spelt in vocabulary().things:
        is_name = values.kind == "text" and looks_like_names(values)
        if is_name != (column == "name"):
            return 0
    if spelt == plain(column):
        return OWN_NAME if heading.plain == spelt else KNOWN_NAME
    return KNOWN_NAME - _EACH_LATER_NAME * min(known[spelt], _PLACES_COUNTED)


def _likeness(heading: Heading, names: list[str]) -> float:
    near = process.extractOne(heading.bare, names, scorer=fuzz.token_sort_ratio, score_cutoff=_LIKENESS)
    return float(near[1]) if near else 0


def _never(column: str) -> frozenset[str]:
    return vocabulary().never.get(column, frozenset())


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
