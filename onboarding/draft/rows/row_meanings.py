"""What the texts of a column say of its rows: states of orders, kinds of rows, totals; each text is known or asked."""

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from data_contracts.declarations import Column
from data_contracts.parsing import read_numbers
from onboarding.answers import UNUSED, TextMeaning
from onboarding.draft.amounts.line_columns import CENT
from onboarding.draft.settings_draft import TableMapping
from onboarding.questions import Guess, Question
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

_MEANINGS = ("sale", "cancelled", "return", UNUSED)
_WITH_CANCELLED_ROWS = ("sales", "purchase_orders", "transfers")
_ANY_DATE = "a date"
"""The text that stands for all dates of a column in the answer to what they mean."""
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
    strange = [
        text for text in texts if plain(text).replace(" ", "_") not in column.choices or _is_said(mapping, name, text)
    ]
    if not strange:
        return
    known = [
        text for text in texts if text not in strange or _known(text, is_sales_status=is_sales_status, column=column)
    ]
    if guess.certainty != "given" and not known and (plain(name) == "state" or len(strange) > _MOST_TEXTS):
        del mapping.columns[column.name]
        mapping.why_unused[name] = f"its values, such as {strange[0]}, are no states of an order"
        return
    if is_sales_status:
        _read_sales_states(mapping, name, strange)
        return
    meanings: dict[str, str] = {}
    for text in strange:
        meaning = None if _is_said(mapping, name, text) else _known(text, is_sales_status=False, column=column)
        meaning = meaning or _ask(mapping, name, text, column.choices, column.default)
        if meaning is None:
            mapping.asked.add(column.name)
        else:
            meanings[text] = meaning
    _keep_meanings(mapping, column.name, meanings)


def _is_said(mapping: TableMapping, name: str, text: str) -> bool:
    return TextMeaning(mapping.table, name, text) in mapping.profile.questions.answers.meanings


def _known(text: str, *, is_sales_status: bool, column: Column) -> str | None:
    if is_sales_status:
        found = meaning_of(text, is_state=True)
        return None if found is None else found[0]
    meaning = ORDER_STATES.get(plain(text))
    return meaning if meaning in column.choices else None


def _read_sales_states(mapping: TableMapping, name: str, strange: Iterable[str]) -> None:
    """`meanings` of the states of sales; those that people call returns, or no sales, go where these belong."""
    meanings: dict[str, str] = {}
    for text in strange:
        meaning = _meaning(mapping, name, text, is_state=True)
        if meaning in ("return", UNUSED):
            _add_rows(mapping, "returns" if meaning == "return" else "leave_out", {name: [text]})
        if meaning is not None:
            meanings[text] = "cancelled" if meaning == "cancelled" else "completed"
    _keep_meanings(mapping, "status", meanings)


def _keep_meanings(mapping: TableMapping, column: str, meanings: dict[str, str]) -> None:
    if meanings:
        before = mapping.keys["meanings"].value if "meanings" in mapping.keys else {}
        mapping.keys["meanings"] = Guess({**before, column: meanings}, "sure", "what each text means")


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
        meaning = _meaning(mapping, name, text, is_state=is_of_state(plain(name)))
        if meaning == "return":
            _add_rows(mapping, "returns", {name: [text]})
        elif meaning in ("cancelled", UNUSED):
            _add_rows(mapping, "leave_out", {name: [text]})


def _read_flag(mapping: TableMapping, name: str) -> None:
    """A column of yes and no: whether a row is cancelled, or takes back."""
    yes = [
        text
        for text in mapping.delivered.contents[name].texts
        if text.casefold() in ("true", "t", "yes", "y", "1", "ja", "oui", "si")
    ]
    for text in yes:
        meaning: str | None = "cancelled"
        if not set(plain(name).split()) & CANCELLED:
            meaning = _ask(mapping, name, text, _MEANINGS, None)
        if meaning == "return":
            _add_rows(mapping, "returns", {name: [text]})
        elif meaning in ("cancelled", UNUSED):
            _add_rows(mapping, "leave_out", {name: [text]})


def _find_cancelled_dates(mapping: TableMapping) -> None:
    """Columns such as Cancelled at: rows with a date there were cancelled, likely, unless people say otherwise."""
    for name in mapping.delivered.columns:
        values = mapping.delivered.contents[name]
        if values.kind != "date" or not is_of_cancellation(mapping.delivered.headings[name].plain):
            continue
        for column in [key for key, match in mapping.matches.items() if match.delivered == name]:
            del mapping.matches[column]
        rows = int((~mapping.delivered.rows[name].str.strip().isin({"", *values.nothing})).sum())
        meaning = _ask(mapping, name, _ANY_DATE, _MEANINGS, "cancelled", likely=True, rows=rows)
        if meaning == "return" and mapping.table == "sales":
            _add_rows(mapping, "returns", {name: [r"re:.*\d.*"]})
        elif meaning in ("cancelled", UNUSED):
            _add_rows(mapping, "leave_out", {name: [r"re:.*\d.*"]})


def _meaning(mapping: TableMapping, name: str, text: str, *, is_state: bool) -> str | None:
    """What a text says of a row of sales: as people said, else as its word says, surely or likely; else asked."""
    found = meaning_of(text, is_state=is_state)
    said = mapping.profile.questions.answers.get(TextMeaning(mapping.table, name, text))
    if found is not None and found[1] and said is None:
        return found[0]
    return _ask(mapping, name, text, _MEANINGS, None if found is None else found[0], likely=found is not None)


def _ask(
    mapping: TableMapping,
    name: str,
    text: str,
    choices: tuple[str, ...],
    suggested: str | None,
    *,
    likely: bool = False,
    rows: int | None = None,
) -> str | None:
    """What people say that a text means.

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
    rows = int((mapping.delivered.rows[name].str.strip() == text).sum()) if rows is None else rows
    shown = text if text == _ANY_DATE else repr(text)
    of_sales = choices is _MEANINGS
    what = (
        "sale: demand; cancelled: never demand; return: takes back what other rows sold; none: not a sale, left out"
        if of_sales
        else ", ".join(choices)
    )
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
    return None if answer is None else str(answer.value)


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


def _add_rows(mapping: TableMapping, key: str, rows: Mapping[str, list[str]]) -> None:
    """Texts of rows that `returns` or `leave_out` names."""
    before = mapping.keys[key].value if key in mapping.keys else {}
    together = {name: [*before.get(name, []), *rows.get(name, [])] for name in {**before, **rows}}
    unique = {name: list(dict.fromkeys(texts)) for name, texts in together.items()}
    why = {"returns": "rows that take back", "leave_out": "rows that are totals, cancelled or no rows of the table"}
    mapping.keys[key] = Guess(unique, "sure", why[key])


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
