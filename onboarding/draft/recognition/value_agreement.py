"""Whether a delivered column's values agree with what its heading seems to say."""

import re

from intake.mapping.durations import read_duration
from onboarding.survey.delivered import DeliveredTable
from onboarding.survey.synonyms import STATUS_WORDS
from onboarding.survey.values import Values

_PLACES = frozenset({"location", "from_location", "to_location", "channel", "market", "kind", "status"})
"""Columns of few distinct values, each of which many rows share."""

_IDENTIFIERS = frozenset(
    {"sku", "bundle_sku", "component_sku", "alias", "order", "order_number", "line", "line_number"}
)
_STATES = frozenset({"state", "etat", "estado", "stato", "stan", "zustand", "situacao", "situacion"})
"""Headings that mean a part of a country as often as a status."""

_FEWEST_ROWS = 20
_FEW = 0.25
_MOST_OF_A_PLACE = 0.5
_CODE = re.compile(r"[^\s]*\d[^\s]*|[A-Z0-9][A-Z0-9._/#+-]*")
_FRACTION = re.compile(r"[+-]?\d*[.,]\d*[1-9]\d*")
_NAMES = 0.5
_NEARLY_ALL = 0.8


def agrees(column: str, name: str, delivered: DeliveredTable, *, spelt: str, is_exact: bool) -> bool:
    """Whether values can be a column's beyond their kind.

    Parameters
    ----------
    column: canonical column.
    name: delivered column.
    spelt: its heading in plain form.
    is_exact: whether the heading is one of the column's names; a similar one has to be borne out by its values.
    """
    values, rows = delivered.contents[name], len(delivered.rows)
    distinct = len(values.texts)
    if column in _PLACES and distinct > 1:
        most = _MOST_OF_A_PLACE if is_exact else _FEW
        if (rows >= _FEWEST_ROWS or not is_exact) and distinct > most * rows:
            return False
    if column in _IDENTIFIERS and values.kind == "number" and any(map(_FRACTION.fullmatch, values.texts)):
        return False
    if column == "status" and spelt in _STATES:
        return any(text.casefold() in STATUS_WORDS for text in values.texts)
    return not (column in _IDENTIFIERS and not is_exact and looks_like_names(values))


def looks_like_names(values: Values) -> bool:
    """Whether texts are names in words rather than codes.

    >>> from onboarding.survey.values import read_values
    >>> looks_like_names(read_values(["Assam tea", "Mint"])), looks_like_names(read_values(["TEA-1", "MUG"]))
    (True, False)
    """
    if values.kind != "text" or not values.texts:
        return False
    names = sum(" " in text.strip() or _CODE.fullmatch(text) is None for text in values.texts)
    return names > _NAMES * len(values.texts)


def are_durations(values: Values) -> bool:
    """Whether texts are lead times in words, such as 8-10 weeks."""
    read = [read_duration(text) is not None for text in values.texts]
    return values.kind == "text" and bool(read) and sum(read) >= _NEARLY_ALL * len(read)


def is_one_to_one(one: str, other: str, delivered: DeliveredTable) -> bool:
    """Whether two columns tell the same things apart, as a product's code and its name do."""
    pairs = delivered.rows[[one, other]].drop_duplicates()
    return len(pairs) > 1 and pairs[one].is_unique and pairs[other].is_unique
