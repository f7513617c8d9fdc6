"""Which rows of a file count: those with the needed values, cancellations, codes of no product; order numbers."""

import re
from collections.abc import Mapping

import pandas as pd

from data_contracts.parsing import read_numbers
from data_contracts.tables import CONTRACTS
from onboarding.answers import ColumnConstant, ColumnSource, EmptyRows, TextMeaning
from onboarding.draft.recognition.column_matching import match_table
from onboarding.draft.settings_draft import TableDraft, TableMapping
from onboarding.questions import Guess, OpenQuestions, Question
from onboarding.survey.synonyms import NOT_PRODUCTS
from onboarding.survey.vocabulary import vocabulary
from settings import UsageError

_LEFT_EMPTY = 0.05
_FEWEST = 5
_FEWEST_ROWS = 20
_NEARLY_ALL = 0.95
_SHOWN = 3
_CODE = re.compile(r"[\w#/+-]*\d[\w#/+-]*")
_LONG = 4
_LETTER = re.compile(r"[A-Za-z]\d?")
_NO_ORDER = (
    "date",
    "units",
    "net_revenue",
    "unit_price",
    "unit_cost",
    "on_hand",
    "category",
    "brand",
    "name",
    "barcode",
)
"""Columns whose names are no order number's, though their values may look like one."""

_CANCELS = frozenset({"C", "CAN", "ST", "STO", "SR", "ANN", "X", "VOI"})
"""Letters before order numbers that are known to cancel earlier lines; others, as GS and CN, are of credit notes."""

_NONE = re.compile(r"(?!)")


def leave_out_rows_without(mapping: TableMapping, used: Mapping[str, list[str]]) -> None:
    """Rows without a needed value: of a table derived from another they are no rows of it; else people decide.

    Parameters
    ----------
    used: canonical column = the delivered columns that it is made of.
    """
    delivered, contract, only = mapping.delivered, CONTRACTS[mapping.table], {}
    for column in contract.columns:
        names = used.get(column.name, [])
        is_asked = mapping.derived or column.kind == "date" or column.name == "sku"
        if not column.required or len(names) != 1 or not is_asked:
            continue
        name = names[0]
        empty = delivered.rows[name].str.strip().isin({"", *delivered.contents[name].nothing})
        if column.name == "sku" and not mapping.derived and _takes_names_for_skus(mapping, name, empty):
            continue
        if not empty.any() or (not mapping.derived and empty.mean() <= _LEFT_EMPTY):
            continue
        why = f"{empty.sum():,} of {len(empty):,} rows have no {name}"
        leaves = Guess(True, "sure") if mapping.derived else _ask_to_leave_out(mapping, column.name, why)
        if leaves is not None and leaves.value:
            only[name] = "re:.+"
            mapping.keys["only"] = Guess(only, leaves.certainty, why)


def _takes_names_for_skus(mapping: TableMapping, sku: str, empty: "pd.Series[bool]") -> bool:
    """Offer the name as key of rows without a SKU: asked where they are many, noted where they are few.

    Returns
    -------
    Whether nothing else is to be done about them.
    """
    answers, delivered, table = mapping.profile.questions.answers, mapping.delivered, mapping.table
    if not empty.any() or empty.all() or answers.get(EmptyRows(table, "sku")) is not None:
        return not empty.any()
    name = match_table(CONTRACTS["products"], delivered).get("name")
    named = name is not None and bool((delivered.rows[name.delivered].str.strip() != "")[empty].all())
    first = delivered.rows.loc[empty.idxmax()]
    shown = ", ".join(f"{column} {text}" for column, text in first.items() if str(text).strip())
    why = f"{sku} is empty in {int(empty.sum()):,} of {len(empty):,} rows, the first with {shown}"
    by_name = f"{{{sku}|{name.delivered}}}" if named and name is not None else None
    flag = f'--map "{table}.sku={by_name}"'
    if empty.mean() <= _LEFT_EMPTY:
        takes = f"{flag} takes their name as key, and " if by_name else ""
        mapping.notes.append(f"{why}; they are rejected: {takes}--leave-out {table}.sku leaves them out")
        return True
    if by_name is None:
        return False
    prompt = (
        f"{delivered.name}: {why}. Is {name.delivered if name else ''} the key of such rows? "
        f"Else leave them out with --leave-out {table}.sku"
    )
    answer = mapping.profile.questions.ask(Question(ColumnSource(table, "sku"), flag, prompt, suggested=by_name))
    mapping.keep_column("sku", answer)
    return True


def _ask_to_leave_out(mapping: TableMapping, column: str, why: str) -> Guess | None:
    key = EmptyRows(mapping.table, column)
    prompt = f"{mapping.delivered.name}: {why}, which {mapping.table} needs. Leave them out?"
    flag = f"--leave-out {mapping.table}.{column}"
    return mapping.profile.questions.ask(Question(key, flag, prompt, ("yes", "no"), "yes"))


def non_sales_keys(sales: TableDraft, questions: OpenQuestions) -> dict[str, Guess]:
    """Keys `cancelled_order_prefix` and `not_products` of sales that are order lines.

    A prefix: letters before numbers that are otherwise plain, all of whose lines have negative units. They are
    cancellations where the letters say so, likely; else credit notes, whose lines are returns as they are.

    Parameters
    ----------
    sales: the draft.
    questions: what each prefix says of its lines is asked.
    """
    keys: dict[str, Guess] = {}
    rows, columns = sales.delivered.rows, {name: guess.value for name, guess in sales.columns.items()}
    order, units, sku = (columns.get(name) for name in ("order", "units", "sku"))
    if order in rows and units in rows:
        letters = rows[order].str.extract(r"^([A-Za-z]{1,3})\d+$", expand=False)
        counted = read_numbers(rows[units].tolist(), ".", None)
        for prefix in sorted(letters.dropna().unique()):
            lines = (letters == prefix).to_numpy()
            if lines.sum() >= _FEWEST and lines.mean() < 0.5 and (counted[lines] < 0).mean() > 0.99:
                why = f"all {lines.sum():,} lines of orders {prefix}... have negative units"
                meaning = _meaning_of_prefix(sales, str(prefix), why, questions)
                if meaning.value == "cancelled" and "cancelled_order_prefix" not in keys:
                    keys["cancelled_order_prefix"] = Guess(str(prefix), meaning.certainty, why)
    if sku is not None and sku in rows:
        codes = _not_products(sales.delivered.contents[sku].texts)
        if codes:
            keys["not_products"] = Guess(codes, "likely", "codes that are usually postage, fees and the like")
    return keys


def _meaning_of_prefix(sales: TableDraft, prefix: str, why: str, questions: OpenQuestions) -> Guess:
    """Whether order numbers that begin so cancel earlier lines, or are credit notes.

    Parameters
    ----------
    sales: the draft.
    prefix: the letters.
    why: what is seen of their lines.
    questions: what is likely is kept there.
    """
    likely, other = ("cancelled", "return") if prefix.upper() in _CANCELS else ("return", "cancelled")
    order, text = str(sales.columns["order"].value), f"{prefix}..."
    prompt = (
        f"{sales.delivered.name}: {why}, read as {likely}; what does that say of them? (return: credit notes, on their "
        "own day; cancelled: each takes back an earlier line, which then never was demand)"
    )
    flag = f'--meaning "sales.{order}:{text}={other}"'
    question = Question(TextMeaning("sales", order, text), flag, prompt, ("return", "cancelled"), likely, likely=True)
    meaning = questions.ask(question)
    if meaning is None or meaning.value not in question.choices:
        raise UsageError(f"--meaning sales.{order}:{text} is one of return, cancelled")
    return meaning


def _not_products(codes: tuple[str, ...]) -> list[str]:
    """Usual codes of postage, fees and the like; and single letters where nearly all codes are longer."""
    long = sum(len(code.strip()) >= _LONG for code in codes)
    letters = _LETTER if long > 0.9 * len(codes) else _NONE
    usual = (re.sub(r"\d+$", "", code.upper()).strip() in NOT_PRODUCTS for code in codes)
    return sorted(code for code, is_usual in zip(codes, usual, strict=True) if is_usual or letters.fullmatch(code))


def ask_for_order_number(sales: TableDraft, questions: OpenQuestions) -> None:
    """Ask for the order number where sales have none and an unused column looks like one.

    Without it, rows that agree in day, SKU and place are one row given twice, and count once.
    """
    is_said = any(questions.answers.get(of("sales", "order")) is not None for of in (ColumnSource, ColumnConstant))
    if sales.connector is not None or "unpivot" in sales.keys or "order" in sales.columns or is_said:
        return
    rows = sales.delivered.rows
    key = [sales.columns[name].value for name in CONTRACTS["sales"].key if name in sales.columns]
    key = [name for name in key if name in rows]
    if not key:
        return
    repeats = int(rows.duplicated(key).sum())
    splits = {}
    for name in sales.unused:
        if not _are_codes(sales, name):
            continue
        left = int(rows.duplicated([*key, name]).sum())
        is_unique = len(rows) >= _FEWEST_ROWS and rows[name].nunique() >= _NEARLY_ALL * len(rows)
        if left < 0.5 * repeats or (is_unique and not repeats):
            splits[name] = left
    if not splits:
        return
    best = min(splits, key=lambda name: splits[name])
    others = [name for name in splits if name != best][:_SHOWN]
    agree = (
        f"{repeats:,} of {len(rows):,} rows repeat another's {', '.join(key)}; without order numbers they count once. "
    )
    prompt = (
        f"{sales.delivered.name}: no column is known as the order number. {agree if repeats else ''}"
        f"Is it {' or '.join([best, *others])}? Say the column, or none where a row is not a line of an order"
    )
    questions.ask(Question(ColumnSource("sales", "order"), f'--map "sales.order={best}"', prompt, suggested=best))


def _are_codes(sales: TableDraft, name: str) -> bool:
    values = sales.delivered.contents[name]
    heading = sales.delivered.headings[name].bare
    if values.kind not in ("text", "number") or any(heading in vocabulary().names("sales", of) for of in _NO_ORDER):
        return False
    return sum(_CODE.fullmatch(text) is not None for text in values.texts) >= _NEARLY_ALL * len(values.texts)
