"""How the numbers and dates of a table's file are written: keys of `[sources.TABLE]`, or questions."""

from collections.abc import Iterable, Mapping

from data_contracts.contract import Contract
from data_contracts.discovery.delivered import Delivered
from data_contracts.discovery.draft import Asked, Guess, Question
from data_contracts.discovery.values import DateOrder, ordered
from settings import UsageError


def how_it_is_written(
    contract: Contract, delivered: Delivered, used: Mapping[str, Iterable[str]], asked: Asked
) -> dict[str, Guess]:
    """Separator, encoding, decimal and thousands sign, date formats and texts that mean nothing.

    Parameters
    ----------
    used: canonical column = the delivered columns that it is made of.
    """
    keys: dict[str, Guess] = {}
    if delivered.separator:
        keys["separator"] = Guess(delivered.separator, "sure", "the sign between the headings")
    if delivered.encoding:
        keys["encoding"] = Guess(delivered.encoding, "likely", "no UTF-8, and readable as the code page of Windows")
    kinds = {column.name: column.kind for column in contract.columns}
    numbers = [name for column, names in used.items() if kinds[column] == "number" for name in names]
    dates = [name for column, names in used.items() if kinds[column] == "date" for name in names]
    keys |= _numbers(delivered, numbers, asked)
    keys |= _dates(contract.table, delivered, dates, asked)
    nothing = sorted({text for name in numbers + dates for text in delivered.contents[name].nothing})
    if nothing:
        keys["missing_values"] = Guess(nothing, "sure", "texts in place of dates or numbers")
    return keys


def _numbers(delivered: Delivered, columns: list[str], asked: Asked) -> dict[str, Guess]:
    forms = {name: delivered.contents[name].number for name in columns}
    decided = {form.decimal: name for name, form in forms.items() if form.decimal}
    unclear = {name: form.unclear for name, form in forms.items() if form.unclear}
    thousands = {form.thousands: name for name, form in forms.items() if form.thousands}
    if len(decided) > 1 or (unclear and not decided):
        name, example = next(iter(unclear.items() or [(next(iter(decided.values())), "1,5 or 1.5")]))
        answer = asked.answer(
            Question(
                "decimal",
                "--decimal point|comma",
                f"{delivered.name}, column {name}: is {example} a number with decimals, or thousands? "
                "Which sign stands before decimals there?",
                ("point", "comma"),
            )
        )
        if answer is None:
            return {}
        comma = answer.value == "comma"
        example_sign = next((sign for sign in ",." if example and sign in example), "")
        keys = {"decimal": Guess("," if comma else ".", "told", "told")}
        if example_sign and example_sign != keys["decimal"].value:
            keys["thousands"] = Guess(example_sign, "told", "the other sign")
        return keys
    keys = {}
    if "," in decided:
        keys["decimal"] = Guess(",", "sure", f"values of {decided[',']}")
        if unclear and "." not in thousands:
            thousands.setdefault(".", next(iter(unclear)))
    if "." in decided and unclear and not thousands:
        thousands.setdefault(",", next(iter(unclear)))
    if thousands:
        sign, name = next(iter(thousands.items()))
        keys["thousands"] = Guess(sign, "sure", f"values of {name}")
    return keys


def _dates(table: str, delivered: Delivered, columns: list[str], asked: Asked) -> dict[str, Guess]:
    formats: dict[str, Guess] = {}
    for name in columns:
        form = delivered.contents[name].date
        if form.both:
            raise UsageError(
                f"{delivered.name}, column {name}: {form.both[0]} is day first and {form.both[1]} is month first, so "
                "nobody can tell what 03/04/2026 is there; split it into a file of each order, or leave it out with "
                f'--table "{delivered.name}=none"'
            )
        if form.unclear:
            answer = asked.answer(
                Question(
                    "date_order",
                    "--date-order day-first|month-first",
                    f"{delivered.name}, column {name}: is {form.unclear} day first or month first? No value tells",
                    ("day-first", "month-first"),
                )
            )
            if answer is not None:
                order: DateOrder = "day-first" if answer.value == "day-first" else "month-first"
                formats |= dict.fromkeys(ordered(form.formats, order), answer)
        else:
            why = f"{name}: {form.order}, by values above 12" if form.order else f"values of {name}"
            formats |= dict.fromkeys(form.formats, Guess("", "sure", why))
    turned = [text for text in formats if text.translate(_SWAP) in formats and "%d" in text and "%m" in text]
    if turned:
        asked.answer(
            Question(
                f"dates:{table}",
                f"--map {table}.COLUMN=none",
                f"{delivered.name}: dates are written in two orders, {' and '.join(turned)}; leave one column out",
            )
        )
    if not formats:
        return {}
    first = next(iter(formats.values()))
    value = list(formats) if len(formats) > 1 else next(iter(formats))
    return {"date_format": Guess(value, first.sure, first.why)}


_SWAP = str.maketrans("dm", "md")
