"""What the texts of a column say of its rows: states of orders, kinds of rows, totals; each text is known or asked."""

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from data_contracts.declarations import Column
from data_contracts.parsing import read_numbers
from onboarding.answers import UNUSED, TextMeaning
from onboarding.draft.amounts.line_columns import CENT
from onboarding.draft.settings_draft import TableMapping, TextReading
from onboarding.questions import Certainty, Guess, Question
from onboarding.survey.layout import as_pattern, is_total
from onboarding.survey.plain_words import plain
from onboarding.survey.row_words import (
    CAME_BACK,
    CANCELLED,
    ORDER_STATES,
    TAKEN_BACK,
    is_of_cancellation,
    is_of_kind,
    is_of_state,
    meaning_of,
)
from settings import UsageError

_OF_KINDS = ("sale", "cancelled", "return", UNUSED)
_OF_STATES = ("sale", "cancelled", "returned", "return", UNUSED)
_SAYS: Mapping[str, str] = {
    "sale": "sold",
    "cancelled": "cancelled, never demand",
    "returned": "sold, and all of it came back",
    "return": "takes back what other rows sold",
    UNUSED: "no sale, left out",
}
"""Meanings of rows of sales, as people are told."""
_COMPLETED: Mapping[str, str] = {"cancelled": "cancelled", "returned": "returned"}
"""Our status for meanings of rows; completed for the others."""
_WITH_CANCELLED_ROWS = ("sales", "purchase_orders", "transfers")
_ANY_DATE = "a date"
"""The text that stands for all dates of a column in the answer to what they mean."""
_IN_PART = "partly_received"
_MOST_TEXTS = 20
_KNOWN_SHARE = 0.8
_NEARLY_ALL = 0.9
_SHOWN = 6


def read_row_kinds(mapping: TableMapping) -> None:
    """See which rows are totals, and of sales which are returns or cancelled, before columns are mapped.

    What is found of a file holds for the tables that are made from it too.
    """
    key, profile = mapping.delivered.name, mapping.profile
    if not mapping.derived:
        _find_totals(mapping)
        if mapping.table == "sales" and mapping.file.wide is None:
            _find_kinds(mapping)
        if mapping.table in _WITH_CANCELLED_ROWS and mapping.file.wide is None:
            _find_cancelled_dates(mapping)
    for name in [name for name, match in mapping.matches.items() if (key, match.delivered) in profile.row_kinds]:
        if mapping.derived or name != "status":
            del mapping.matches[name]
    layout = mapping.delivered.layout.leave_out
    totals = {name: list(texts) for name, texts in layout.items()}
    for rows in (totals, profile.totals.get(key, {})):
        if rows:
            _add_rows(mapping, "leave_out", rows)


def read_states(mapping: TableMapping, column: Column) -> None:
    """What each text of a column of choices means: as known, else as people say.

    Texts of ours mean themselves, unless people say otherwise.
    """
    guess = mapping.columns[column.name]
    name, delivered = str(guess.value), mapping.delivered
    if name not in delivered.columns:
        return
    texts = delivered.contents[name].texts
    is_sales_status = mapping.table == "sales" and column.name == "status"
    ours = {text: plain(text).replace(" ", "_") for text in texts}
    strange = [text for text in texts if ours[text] not in column.choices or _is_said(mapping, name, text)]
    known = [
        text for text in texts if text not in strange or _known(text, is_sales_status=is_sales_status, column=column)
    ]
    if strange and guess.certainty != "given" and not known and (plain(name) == "state" or len(strange) > _MOST_TEXTS):
        del mapping.columns[column.name]
        mapping.why_unused[name] = f"its values, such as {strange[0]}, are no states of an order"
        return
    meanings = {text: ours[text] for text in texts if text not in strange}
    for text, meaning in meanings.items():
        says = {"completed": "sale"}.get(meaning, meaning) if is_sales_status else meaning
        _keep_reading(mapping, name, text, Guess(says, "sure"))
    if is_sales_status:
        meanings |= _read_sales_states(mapping, name, strange)
    else:
        meanings |= _read_other_states(mapping, name, strange, column)
    if mapping.is_to_come:  # what came of a part delivery is off already
        meanings = {text: "open" if meaning == _IN_PART else meaning for text, meaning in meanings.items()}
    if meanings and (strange or _IN_PART in ours.values()):
        least_sure: Certainty = "likely" if any(each.certainty == "likely" for each in mapping.texts) else "sure"
        before = mapping.keys["meanings"].value if "meanings" in mapping.keys else {}
        mapping.keys["meanings"] = Guess({**before, column.name: meanings}, least_sure, "what each text means")


def _is_said(mapping: TableMapping, name: str, text: str) -> bool:
    return TextMeaning(mapping.table, name, text) in mapping.profile.questions.answers.meanings


def _known(text: str, *, is_sales_status: bool, column: Column) -> str | None:
    if is_sales_status:
        found = meaning_of(text, is_state=True)
        return None if found is None else found[0]
    meaning = ORDER_STATES.get(plain(text))
    return meaning if meaning in column.choices else None


def _read_sales_states(mapping: TableMapping, name: str, strange: Iterable[str]) -> dict[str, str]:
    """`meanings` of the states of sales; those that people call returns, or no sales, go where these belong."""
    meanings: dict[str, str] = {}
    for text in strange:
        meaning = _meaning(mapping, name, text, _OF_STATES, is_state=True)
        if meaning is None:
            continue
        if meaning.value in ("return", UNUSED):
            _add_rows(mapping, "returns" if meaning.value == "return" else "leave_out", {name: [text]}, meaning)
        meanings[text] = _COMPLETED.get(meaning.value, "completed")
        _keep_reading(mapping, name, text, meaning)
    return meanings


def _read_other_states(mapping: TableMapping, name: str, strange: Iterable[str], column: Column) -> dict[str, str]:
    """`meanings` of the texts of another table's choices."""
    meanings: dict[str, str] = {}
    for text in strange:
        known = None if _is_said(mapping, name, text) else _known(text, is_sales_status=False, column=column)
        meaning = Guess(known, "sure") if known else _ask(mapping, name, text, column.choices, column.default)
        if meaning is None:
            mapping.asked.add(column.name)
            continue
        meanings[text] = meaning.value
        _keep_reading(mapping, name, text, meaning)
    return meanings


def _keep_reading(mapping: TableMapping, name: str, text: str, meaning: Guess) -> None:
    """Note what a text is taken to say, so that people see it."""
    says = _SAYS.get(meaning.value, meaning.value) if mapping.table == "sales" else meaning.value
    says = str(says).replace("_", " ")
    mapping.texts.append(TextReading(name, text, says, meaning.certainty, _rows_with(mapping, name, text)))


def _rows_with(mapping: TableMapping, name: str, text: str) -> int:
    return int((mapping.delivered.rows[name].str.strip() == text).sum())


def _find_kinds(mapping: TableMapping) -> None:
    """Columns that say of each row whether it sells, takes back or is cancelled; no other column is made of them."""
    status = mapping.matches.get("status")
    said = mapping.columns.get("status") or mapping.constants.get("status")
    of_status = status.delivered if status is not None else str(said.value) if said is not None else None
    free = {
        match.delivered for name, match in mapping.matches.items() if name in ("date", "sku", "units", "net_revenue")
    }
    for name in mapping.delivered.columns:
        if name == of_status or name in free or any(name == guess.value for guess in mapping.columns.values()):
            continue
        if _says_kind(mapping, name):
            mapping.profile.row_kinds.add((mapping.delivered.name, name))
            if said is None and status is None and is_of_state(plain(name)):
                mapping.columns["status"] = Guess(name, "sure", "its values are states of an order")
            else:
                _read_kinds(mapping, name)
    if "status" in mapping.constants:
        _note_constant_status(mapping)


def _says_kind(mapping: TableMapping, name: str) -> bool:
    """Whether a column's texts are kinds or states of rows: some take back or are cancelled, and most are known."""
    values, heading = mapping.delivered.contents[name], plain(name)
    if values.kind == "flag":
        words = set(heading.split())
        return bool(words & (CANCELLED | CAME_BACK | TAKEN_BACK))
    if values.kind != "text" or len(values.texts) > _MOST_TEXTS:
        return False
    is_state = is_of_state(heading)
    known = {text: meaning_of(text, is_state=is_state) for text in values.texts}
    words = {plain(text) for text in values.texts}
    rows = mapping.delivered.rows[name].str.strip()
    filled = rows[rows != ""]
    share = float(filled.isin([text for text, meaning in known.items() if meaning]).mean()) if len(filled) else 0.0
    tells = bool(words & (CANCELLED | CAME_BACK | TAKEN_BACK))
    return tells and (share >= _KNOWN_SHARE or is_state or is_of_kind(heading))


def _read_kinds(mapping: TableMapping, name: str) -> None:
    """Rows of returns, and rows that are no sales, by the texts of a column of kinds."""
    values = mapping.delivered.contents[name]
    if values.kind == "flag":
        _read_flag(mapping, name)
        return
    for text in values.texts:
        meaning = _meaning(mapping, name, text, _OF_KINDS, is_state=is_of_state(plain(name)))
        if meaning is not None:
            _take_kind(mapping, name, text, meaning)


def _take_kind(mapping: TableMapping, name: str, text: str, meaning: Guess) -> None:
    """Rows with a text as returns, or left out, as it says."""
    if meaning.value == "return":
        _add_rows(mapping, "returns", {name: [text]}, meaning)
    elif meaning.value in ("cancelled", UNUSED):
        _add_rows(mapping, "leave_out", {name: [text]}, meaning)
    _keep_reading(mapping, name, text, meaning)


def _read_flag(mapping: TableMapping, name: str) -> None:
    """A column of yes and no: whether a row is cancelled, or takes back."""
    yes = [
        text
        for text in mapping.delivered.contents[name].texts
        if text.casefold() in ("true", "t", "yes", "y", "1", "ja", "oui", "si")
    ]
    for text in yes:
        meaning: Guess | None = Guess("cancelled", "sure")
        if not set(plain(name).split()) & CANCELLED:
            meaning = _ask(mapping, name, text, _OF_KINDS, None)
        if meaning is not None:
            _take_kind(mapping, name, text, meaning)


def _find_cancelled_dates(mapping: TableMapping) -> None:
    """Columns such as Cancelled at: rows with a date there were cancelled, likely, unless people say otherwise."""
    for name in mapping.delivered.columns:
        values = mapping.delivered.contents[name]
        if values.kind != "date" or not is_of_cancellation(mapping.delivered.headings[name].plain):
            continue
        for column in [key for key, match in mapping.matches.items() if match.delivered == name]:
            del mapping.matches[column]
        rows = int((~mapping.delivered.rows[name].str.strip().isin({"", *values.nothing})).sum())
        meaning = _ask(mapping, name, _ANY_DATE, _OF_KINDS, "cancelled", likely=True, rows=rows)
        if meaning is None:
            continue
        if meaning.value == "return" and mapping.table == "sales":
            _add_rows(mapping, "returns", {name: [r"re:.*\d.*"]}, meaning)
        elif meaning.value in ("cancelled", UNUSED):
            _add_rows(mapping, "leave_out", {name: [r"re:.*\d.*"]}, meaning)
        mapping.texts.append(TextReading(name, _ANY_DATE, _SAYS[meaning.value], meaning.certainty, rows))


def _meaning(mapping: TableMapping, name: str, text: str, choices: tuple[str, ...], *, is_state: bool) -> Guess | None:
    """What a text says of a row of sales: as people said, else as its word says, surely or likely; else asked."""
    found = meaning_of(text, is_state=is_state)
    if found is not None and found[0] not in choices:
        found = None
    if found is not None and found[1] and not _is_said(mapping, name, text):
        return Guess(found[0], "sure")
    return _ask(mapping, name, text, choices, None if found is None else found[0], likely=found is not None)


def _ask(
    mapping: TableMapping,
    name: str,
    text: str,
    choices: tuple[str, ...],
    suggested: str | None,
    *,
    likely: bool = False,
    rows: int | None = None,
) -> Guess | None:
    """What people say that a text means, or what is likely.

    Parameters
    ----------
    name, text: the delivered column and its text.
    choices: the answers that there are.
    suggested: the most likely one.
    likely: whether it is taken with `--yes`.
    rows: how many rows have the text; counted where not given.

    Raises
    ------
    UsageError: another answer was given.
    """
    key = TextMeaning(mapping.table, name, text)
    rows = _rows_with(mapping, name, text) if rows is None else rows
    shown = text if text == _ANY_DATE else repr(text)
    of_sales = choices in (_OF_KINDS, _OF_STATES)
    what = "; ".join(f"{each}: {_SAYS[each]}" for each in choices) if of_sales else ", ".join(choices)
    is_read = f", read as {suggested}" if likely else ""
    prompt = (
        f"{mapping.delivered.name}: {name} is {shown} in {rows:,} rows{is_read}; what does that say of them? ({what})"
    )
    others = [each for each in choices if each != suggested] if likely else list(choices)
    example = "|".join(others[:_SHOWN]) if likely or suggested is None else suggested
    flag = f'--meaning "{mapping.table}.{name}:{text}={example}"'
    answer = mapping.profile.questions.ask(Question(key, flag, prompt, choices, suggested, likely))
    if answer is not None and answer.value not in choices:
        raise UsageError(
            f"--meaning {mapping.table}.{name}:{text} is {answer.value!r}; it is one of {', '.join(choices)}"
        )
    return answer


def _note_constant_status(mapping: TableMapping) -> None:
    """Say which rows count although their own column says that they are cancelled, where people gave one status."""
    for name in mapping.delivered.columns:
        if not is_of_state(plain(name)):
            continue
        texts = [text for text in mapping.delivered.contents[name].texts if plain(text) in CANCELLED]
        rows = int(mapping.delivered.rows[name].str.strip().isin(texts).sum())
        if rows:
            mapping.notes.append(
                f"{name} is {' or '.join(texts)} in {rows:,} rows, which count all the same, as you gave one status"
            )


def _add_rows(mapping: TableMapping, key: str, rows: Mapping[str, list[str]], by: Guess | None = None) -> None:
    """Texts of rows that `returns` or `leave_out` names; as sure as the least sure of them."""
    before = mapping.keys[key].value if key in mapping.keys else {}
    together = {name: [*before.get(name, []), *rows.get(name, [])] for name in {**before, **rows}}
    unique = {name: list(dict.fromkeys(texts)) for name, texts in together.items()}
    why = {"returns": "rows that take back", "leave_out": "rows that are totals, cancelled or no rows of the table"}
    certainties = {mapping.keys[key].certainty if key in mapping.keys else "sure", by.certainty if by else "sure"}
    mapping.keys[key] = Guess(unique, "likely" if "likely" in certainties else "sure", why[key])


def _find_totals(mapping: TableMapping) -> None:
    """Rows of totals that lack nothing: a text says so, and a number is the sum of the rows above or of all others."""
    delivered = mapping.delivered
    found: dict[str, list[str]] = {}
    flagged = np.zeros(len(delivered.rows), dtype=bool)
    for name in delivered.columns:
        texts = [text for text in delivered.contents[name].texts if is_total(text)]
        if texts and delivered.contents[name].kind == "text":
            flagged |= delivered.rows[name].str.strip().isin(texts).to_numpy()
            found[name] = list(dict.fromkeys(map(as_pattern, texts)))
    if found and flagged.mean() <= 1 / 2 and _are_sums(mapping, flagged):
        mapping.profile.totals[delivered.name] = found
        mapping.profile.total_rows[delivered.name] = flagged


def _are_sums(mapping: TableMapping, flagged: NDArray[np.bool_]) -> bool:
    """Whether nearly all flagged rows are sums of the rows since the flagged one before, or of all rows above."""
    delivered = mapping.delivered
    block: NDArray[np.int64] = np.cumsum(flagged) - flagged
    for name in delivered.columns:
        values = delivered.contents[name]
        if values.kind != "number":
            continue
        texts = delivered.rows[name].tolist()
        numbers = np.nan_to_num(
            read_numbers(texts, values.number.decimal or ".", values.number.thousands, percent=True)
        )
        single = np.where(flagged, 0.0, numbers)
        of_block = np.bincount(block, weights=single, minlength=int(block.max()) + 1)[block]
        of_all = np.cumsum(single)
        wanted = numbers[flagged]
        fits = np.zeros(len(wanted), dtype=bool)
        for sums in (of_block, of_all, np.full(len(single), single.sum())):
            fits |= np.abs(sums[flagged] - wanted) <= CENT + 1e-6 * np.abs(wanted)
        if len(wanted) and wanted.any() and fits.mean() >= _NEARLY_ALL:
            return True
    return False
