"""What order lines tell of themselves: which are cancellations, and which codes are no products."""

import re

from data_contracts.parsing import read_numbers
from data_contracts.tables import CONTRACTS
from onboarding.draft.draft import Asked, Guess, Question, TableDraft
from onboarding.survey.synonyms import NOT_PRODUCTS

_FEWEST = 5
_FEWEST_ROWS = 20
_NEARLY_ALL = 0.95
_SHOWN = 3
_CODE = re.compile(r"[\w#/+-]*\d[\w#/+-]*")
_LONG = 4
_LETTER = re.compile(r"[A-Za-z]\d?")
_NONE = re.compile(r"(?!)")


def rules_of_lines(sales: TableDraft) -> dict[str, Guess]:
    """Keys `cancelled_order_prefix` and `not_products` of sales that are order lines.

    A prefix: letters before numbers that are otherwise plain, all of whose lines have negative units.
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
                keys["cancelled_order_prefix"] = Guess(str(prefix), "likely", why)
                break
    if sku is not None and sku in rows:
        codes = _no_products(sales.delivered.contents[sku].texts)
        if codes:
            keys["not_products"] = Guess(codes, "likely", "codes that are usually postage, fees and the like")
    return keys


def ask_for_orders(sales: TableDraft, asked: Asked) -> None:
    """Ask for the order number where sales have none and an unused column looks like one.

    Without it, rows that agree in day, SKU and place are one row given twice, and count once.
    """
    said = {"map:sales.order", "constant:sales.order"} & set(asked.answers)
    if sales.connector is not None or "unpivot" in sales.keys or "order" in sales.columns or said:
        return
    rows, key = (
        sales.delivered.rows,
        [sales.columns[name].value for name in CONTRACTS["sales"].key if name in sales.columns],
    )
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
    asked.answer(
        Question(
            "map:sales.order",
            f'--map "sales.order={best}"',
            f"{sales.delivered.name}: no column is known as the order number. {agree if repeats else ''}"
            f"Is it {' or '.join([best, *others])}? Say the column, or none where a row is not a line of an order",
            suggested=best,
        )
    )


def _are_codes(sales: TableDraft, name: str) -> bool:
    values = sales.delivered.contents[name]
    if values.kind not in ("text", "number"):
        return False
    return sum(_CODE.fullmatch(text) is not None for text in values.texts) >= _NEARLY_ALL * len(values.texts)


def _no_products(codes: tuple[str, ...]) -> list[str]:
    """Usual codes of postage, fees and the like; and single letters where nearly all codes are longer."""
    long = sum(len(code.strip()) >= _LONG for code in codes)
    letters = _LETTER if long > 0.9 * len(codes) else _NONE
    known = (re.sub(r"\d+$", "", code.upper()).strip() in NOT_PRODUCTS for code in codes)
    return sorted(code for code, is_known in zip(codes, known, strict=True) if is_known or letters.fullmatch(code))


def codes_that_differ_by_case(codes: tuple[str, ...]) -> int:
    """How many codes are another one in other letter case."""
    return len(codes) - len({code.upper() for code in codes})
