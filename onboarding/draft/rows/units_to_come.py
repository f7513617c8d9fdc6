"""What of open orders is still to come, where the file of orders itself says how much came in, without the days."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data_contracts.parsing import read_numbers
from data_contracts.tables import CONTRACTS
from intake.mapping.expressions import is_expression
from onboarding.answers import ColumnSource
from onboarding.draft.recognition.column_matching import SIMILAR_NAME, match_table
from onboarding.draft.settings_draft import TableMapping
from onboarding.questions import Question
from onboarding.survey.plain_words import plain

_NEARLY_ALL = 0.9
_OUTSTANDING = frozenset({
    "offen", "offene menge", "noch offen", "menge offen", "restmenge", "rest menge", "offene stuck", "rest",
    "ausstehend", "ausstehende menge", "open", "open qty", "open quantity", "qty open", "quantity open",
    "outstanding", "outstanding qty", "outstanding quantity", "qty outstanding", "quantity outstanding",
    "remaining", "remaining qty", "remaining quantity", "qty remaining", "quantity remaining", "still to come",
    "to receive", "qty to receive", "quantity to receive", "balance qty", "reste a livrer", "restant",
    "quantite restante", "pendiente", "cantidad pendiente", "da ricevere", "residuo", "openstaand",
    "nog te leveren", "do dostarczenia", "pozostalo", "pendente", "restantal", "kvar att leverera",
})  # fmt: skip
"""Headings, in plain form, of units of an order that are still to come."""


@dataclass(frozen=True)
class _Counted:
    """A column of the orders' file, and its units, row by row; 0 where a cell is empty."""

    name: str
    units: NDArray[np.float64]


def take_units_to_come(mapping: TableMapping) -> None:
    """Map `ordered_units` to what is still to come: what the file says is open, else ordered less received, likely.

    Receipts are days on which units came in. Where a file of orders says how much came in and no file says when, no
    receipts can be made of it, and all that was ordered would count as still to come.
    """
    guess = mapping.columns.get("ordered_units")
    if mapping.table != "purchase_orders" or guess is None:
        return
    ordered_column, profile = str(guess.value), mapping.profile
    if guess.certainty == "given":
        mapping.is_to_come = is_expression(ordered_column) or plain(ordered_column) in _OUTSTANDING
        return
    if ordered_column not in mapping.delivered.columns or profile.source_of("receipts") or _says_days(mapping):
        return
    ordered = _counted(mapping, ordered_column)
    found = _outstanding(mapping, ordered) or _ordered_less_received(mapping, ordered)
    if found is None:
        return
    expression, why = found
    key = ColumnSource(mapping.table, "ordered_units")
    prompt = f"{mapping.delivered.name}: the units of an order that are still to come are {why}"
    flag = f'--map "{mapping.table}.ordered_units={ordered_column}"'
    mapping.keep_column(
        "ordered_units", profile.questions.ask(Question(key, flag, prompt, suggested=expression, likely=True))
    )
    mapping.is_to_come = True


def note_units_without_a_day(mapping: TableMapping) -> None:
    """Say which receipts have units and no day, so that their orders count as still to come."""
    day, units = mapping.columns.get("received_on"), mapping.columns.get("received_units")
    main = mapping.main.get("ordered_units")
    columns = mapping.delivered.columns
    if day is None or units is None or day.value not in columns or units.value not in columns:
        return
    if main is not None and main.value == units.value:
        return
    came = _counted(mapping, str(units.value)).units > 0
    without = int((came & (mapping.delivered.rows[day.value].str.strip() == "").to_numpy()).sum())
    if without:
        mapping.notes.append(
            f"{units.value} is filled and {day.value} is empty in {without:,} rows, whose units count as still to "
            "come; give the day on which they came in"
        )


def _says_days(mapping: TableMapping) -> bool:
    """Whether the file says when units came in, so that receipts are made of it."""
    return "received_on" in match_table(CONTRACTS["receipts"], mapping.delivered)


def _outstanding(mapping: TableMapping, ordered: _Counted) -> tuple[str, str] | None:
    for name in _free_numbers(mapping):
        if plain(name) not in _OUTSTANDING:
            continue
        units = _counted(mapping, name).units
        if _is_part_of(units, ordered.units) and (units > 0).any():
            return name, f"{name}; {ordered.name} is what was ordered"
    return None


def _ordered_less_received(mapping: TableMapping, ordered: _Counted) -> tuple[str, str] | None:
    match = match_table(CONTRACTS["receipts"], mapping.delivered, _free_numbers(mapping)).get("received_units")
    if match is None or match.score <= SIMILAR_NAME:
        return None
    received = _counted(mapping, match.delivered)
    if not _is_part_of(received.units, ordered.units):
        return None
    left = f"{{{ordered.name}}} - {{{received.name} or 0}}"
    if (received.units > ordered.units).any():  # a delivery of too much leaves nothing to come
        left = f"({left} + abs({left})) / 2"
    return f"= {left}", f"{ordered.name} less {received.name}, as no file says on which days these came in"


def _is_part_of(units: NDArray[np.float64], ordered: NDArray[np.float64]) -> bool:
    """Whether units are nearly always a part of what was ordered."""
    return bool((units >= 0).all() and (units <= ordered).mean() >= _NEARLY_ALL)


def _free_numbers(mapping: TableMapping) -> list[str]:
    used = {str(guess.value) for guess in mapping.columns.values()}
    delivered = mapping.delivered
    return [name for name in delivered.columns if name not in used and delivered.contents[name].kind == "number"]


def _counted(mapping: TableMapping, name: str) -> _Counted:
    form = mapping.delivered.contents[name].number
    texts = mapping.delivered.rows[name].tolist()
    return _Counted(name, np.nan_to_num(read_numbers(texts, form.decimal or ".", form.thousands)))
