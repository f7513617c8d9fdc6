"""Net revenue of sales lines from all their columns of amounts: as arithmetic decides, else as people say."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from data_contracts.parsing import read_numbers
from onboarding.answers import ColumnSource
from onboarding.draft.amounts.line_arithmetic import fewest_against, readings
from onboarding.draft.amounts.line_columns import CENT, AmountColumn, LineColumns, LineReading, Numbers
from onboarding.draft.amounts.order_amounts import is_of_order, may_be_rate, once_an_order, shared_by_value
from onboarding.draft.amounts.prices_and_costs import net_of_tax
from onboarding.draft.recognition.column_matching import OWN_NAME, UNCERTAIN_SCORE
from onboarding.draft.settings_draft import TableMapping
from onboarding.questions import Guess, Question
from onboarding.survey.amount_words import AmountHeading, read_amount_heading

_REVENUE = ColumnSource("sales", "net_revenue")
_NEARLY_ALL = 0.95
_PLAUSIBLE_DISCOUNT = 0.05
"""A discount in money is at least about this share of the price; a fraction that is read as money is far less."""
_SHOWN = 8


def read_line_amounts(mapping: TableMapping) -> None:
    """Map `net_revenue` where several columns of amounts say what it is, or ask; else leave it to its heading alone.

    Of tables that are made from the same file, the price is taken without the tax that was found to be in it.
    """
    _take_price_without_tax(mapping)
    units = _units(mapping) if mapping.table == "sales" else None
    if units is None or mapping.derived or mapping.file.wide is not None or mapping.price is not None:
        return
    columns, of_orders = _line_columns(mapping, units)
    taken_off = tuple(each for each in of_orders if each.says.role in ("discount", "tax"))
    if mapping.has("net_revenue"):
        _leave_out_list_price(mapping, columns, str(mapping.columns["net_revenue"].value))
        return
    if not columns.anchors or (not taken_off and _is_one_known_column(mapping, columns)):
        return
    found = readings(columns)
    if not found or (not taken_off and not columns.adjusts and _heading_decides(mapping, columns, found)):
        return
    chosen = _ask_about_orders(mapping, columns, found, of_orders) if taken_off else _choose(mapping, columns, found)
    mapping.matches.pop("net_revenue", None)
    if chosen is None:
        mapping.asked.add("net_revenue")
        return
    guess, reading = chosen
    mapping.columns["net_revenue"] = guess
    if reading is not None:
        _note_prices_with_tax(mapping, columns, reading)
        for each in columns.anchors:
            if each.name != guess.value:
                mapping.why_unused.setdefault(each.name, "its arithmetic was compared with net_revenue")
    _leave_out_list_price(mapping, columns, str(guess.value))


def _is_one_known_column(mapping: TableMapping, columns: LineColumns) -> bool:
    """Whether one column is all that there is, and its heading is a usual one, or a price's."""
    is_known = bool({"net_revenue", "unit_price"} & set(mapping.matches)) or columns.anchors[0].says.role == "price"
    return is_known and not columns.adjusts and len(columns.anchors) == 1


def _take_price_without_tax(mapping: TableMapping) -> None:
    price = mapping.matches.get("unit_price")
    key = (mapping.delivered.name, price.delivered if price else "")
    if key in mapping.profile.prices_with_tax:
        del mapping.matches["unit_price"]
        formula = mapping.profile.prices_with_tax[key]
        if formula is not None:
            mapping.columns["unit_price"] = Guess(formula, "sure", "without the tax that is in it")


def _units(mapping: TableMapping) -> str | None:
    said, match = mapping.columns.get("units"), mapping.matches.get("units")
    name = said.value if said is not None else match.delivered if match is not None else None
    return name if name in mapping.delivered.columns else None


def _line_columns(mapping: TableMapping, units: str) -> tuple[LineColumns, tuple[AmountColumn, ...]]:
    """The columns of amounts that nothing else uses, by what their headings and our matches say of them.

    Returns
    -------
    Those of lines; those of whole orders, which stand on each line.
    """
    delivered = mapping.delivered
    taken = {match.delivered for name, match in mapping.matches.items() if name not in ("net_revenue", "unit_price")}
    taken |= {str(guess.value) for name, guess in mapping.columns.items() if name not in ("net_revenue", "unit_price")}
    by_role: dict[str, list[AmountColumn]] = {}
    of_orders: list[AmountColumn] = []
    for name in delivered.columns:
        says = None if name in taken else _says(mapping, name)
        if says is None or delivered.contents[name].kind != "number":
            continue
        is_anchor = says.role in ("price", "amount")
        numbers = _numbers(mapping, name)
        if not is_anchor:
            numbers = np.where(np.isnan(numbers) & _is_empty(mapping, name), 0.0, numbers)
        if not np.nan_to_num(numbers).any():
            continue
        column = AmountColumn(name, says, numbers, _decimals(delivered.contents[name].texts))
        if (is_anchor or not may_be_rate(column)) and is_of_order(mapping, name, units, numbers):
            of_orders.append(column)
        else:
            by_role.setdefault(says.role, []).append(column)
    anchors = (*by_role.get("price", ()), *by_role.get("amount", ()))
    of_lines = LineColumns(
        units,
        _numbers(mapping, units),
        anchors,
        tuple(by_role.get("discount", ())),
        tuple(by_role.get("tax", ())),
        tuple(by_role.get("shipping", ())),
    )
    return of_lines, tuple(of_orders)


def _says(mapping: TableMapping, name: str) -> AmountHeading | None:
    """What the heading says; of columns that are matched already, what they are matched as."""
    says = read_amount_heading(name, mapping.delivered.headings[name])
    revenue, price = mapping.matches.get("net_revenue"), mapping.matches.get("unit_price")
    if revenue is not None and revenue.delivered == name:
        taxed = False if revenue.score == OWN_NAME else None if says is None else says.taxed
        return AmountHeading("amount", "line", taxed, None if says is None else says.discounted)
    if price is not None and price.delivered == name and (says is None or says.role == "price"):
        said = mapping.profile.questions.answers.price_is
        of = said or (None if price.score == UNCERTAIN_SCORE else "unit")
        return AmountHeading("price", of, says.taxed if says else None, says.discounted if says else None)
    return says


def _numbers(mapping: TableMapping, name: str) -> Numbers:
    """The column's numbers, written as the column, else the other columns of the file, show."""
    delivered = mapping.delivered
    forms = [delivered.contents[each].number for each in (name, *delivered.columns)]
    said = mapping.profile.questions.answers.decimal
    form = next((form for form in forms if form.decimal), forms[0])
    decimal = {"comma": ",", "point": "."}.get(said or "") or form.decimal or "."
    codes = delivered.rows[name].astype("category")
    texts = [str(text) for text in codes.cat.categories]
    thousands = form.thousands if form.thousands != decimal else None
    read = np.append(read_numbers(texts, decimal, thousands, percent=True), np.nan)
    numbers: Numbers = read[codes.cat.codes.to_numpy()]
    numbers[mapping.profile.total_rows.get(delivered.name, np.zeros(len(numbers), dtype=bool))] = np.nan
    return numbers


def _is_empty(mapping: TableMapping, name: str) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    nothing = {"", "-", *mapping.delivered.contents[name].nothing}
    empty: np.ndarray[tuple[int], np.dtype[np.bool_]] = (
        mapping.delivered.rows[name].str.strip().isin(nothing).to_numpy()
    )
    return empty


def _decimals(texts: Sequence[str]) -> int:
    return max(
        (len(text.rpartition("." if "." in text else ",")[2]) for text in texts if "." in text or "," in text),
        default=0,
    )


def _heading_decides(mapping: TableMapping, columns: LineColumns, found: list[LineReading]) -> bool:
    """Whether, without discount, tax and shipping, what a heading says of revenue fits what the price says."""
    match = mapping.matches.get("net_revenue")
    if match is None:
        return False
    if found[0].agreeing == len(columns.anchors):
        return True
    best = fewest_against(found)
    if len(best) == 1 and best[0].formula == match.delivered:
        return True
    prices = [each for each in columns.anchors if each.says.role == "price"]
    amounts = [each for each in columns.anchors if each.says.role == "amount"]
    if len(prices) != 1 or len(amounts) != 1:
        return False
    listed = columns.quantity * prices[0].numbers
    above = np.abs(amounts[0].numbers) > np.abs(listed) + CENT + 0.006 * np.abs(columns.quantity)
    is_taxed = mapping.delivered.headings[match.delivered].taxed
    return is_taxed or float(above.mean()) <= 1 - _NEARLY_ALL


def _without_stated_tax(mapping: TableMapping, columns: LineColumns, reading: LineReading) -> Guess | None:
    """A chosen reading, less the tax that its headings name where no column of tax is there; None where it is asked."""
    taxed = [name for name in reading.levels if columns.by_name[name].says.taxed]
    if columns.taxes or not taxed:
        return Guess(reading.formula, "sure", _words(columns, reading))
    factor = net_of_tax(mapping.profile, mapping.delivered, taxed[0])
    if factor is None:
        return None
    value = f"({reading.formula[2:]})" if reading.formula.startswith("= ") else f"{{{reading.formula}}}"
    return Guess(f"= {value} * {factor.value:.10g}", "given", factor.why)


def _choose(
    mapping: TableMapping, columns: LineColumns, found: list[LineReading]
) -> tuple[Guess, LineReading | None] | None:
    """The one reading that is left by arithmetic, by headings, or by what is usual; else what people say."""
    by_headings = fewest_against(found)
    every = found[0].agreeing >= len(columns.anchors)
    if len(by_headings) == 1 and every:
        guess = _without_stated_tax(mapping, columns, by_headings[0])
        return None if guess is None else (guess, by_headings[0])
    usual = _usual(columns, by_headings)
    likely = usual[0] if len(usual) == 1 else None
    answer = mapping.profile.questions.ask(_question(mapping, columns, found, likely))
    if answer is None:
        return None
    if likely is not None and answer.certainty == "likely":
        return Guess(likely.formula, "likely", _words(columns, likely)), likely
    return answer, None


def _ask_about_orders(
    mapping: TableMapping, columns: LineColumns, found: list[LineReading], of_orders: Sequence[AmountColumn]
) -> tuple[Guess, None] | None:
    """What people say where discounts or taxes are of whole orders: added line by line they would count many times."""
    taken_off = [each for each in of_orders if each.says.role in ("discount", "tax")]
    discounts = [each.name for each in taken_off if each.says.role == "discount"]
    totals = [each for each in of_orders if each.says.role in ("price", "amount")]
    options = list(dict.fromkeys(each.formula for each in fewest_against(found)))[:_SHOWN]
    shared = [shared_by_value(mapping, columns, formula, discounts, totals) for formula in options]
    options = [*(each for each in shared if each is not None), *options]
    sums = " and ".join(
        f"{each.name} ({once_an_order(mapping, each.numbers):,.2f} in all orders)" for each in taken_off
    )
    with_orders = replace(columns, discounts=(*columns.discounts, *of_orders), _formulas={})
    listed = "".join(
        f"\n        {number}. {float(np.nansum(with_orders.value(formula))):,.2f} in all rows: {formula}"
        for number, formula in enumerate(options, start=1)
    )
    are = "are" if len(taken_off) > 1 else "is"
    prompt = (
        f"{mapping.delivered.name}: {sums} {are} the same on all lines of an order, so of the order, and may not be "
        f"taken off line by line. What is the net revenue of a line, after discounts and without tax?{listed}"
    )
    flag = f'--map "sales.net_revenue={options[0]}"'
    answer = mapping.profile.questions.ask(
        Question(_REVENUE, flag, prompt, suggested=options[0], options=tuple(options))
    )
    return None if answer is None else (answer, None)


def _usual(columns: LineColumns, found: list[LineReading]) -> list[LineReading]:
    """The readings that are usual: a price of a unit is the one before discounts; shares of 0 to 1 are fractions."""
    if len(columns.anchors) != 1 or columns.anchors[0].says.role != "price" or not columns.discounts:
        return []
    found = [each for each in found if not all(level.discounted for level in each.levels.values())]
    fractions = [each for each in found if each.kinds.discount_is == "fraction"]
    if not fractions or len(columns.discounts) > 1:
        return found
    discount, price = columns.discounts[0].numbers, columns.anchors[0].numbers
    given = discount != 0
    share = np.abs(discount[given] / np.where(price[given] > 0, price[given], np.nan))
    is_fraction = (discount % 1 != 0).any() and float(np.nanmedian(share)) < _PLAUSIBLE_DISCOUNT
    return fractions if is_fraction else found


def _question(
    mapping: TableMapping, columns: LineColumns, found: list[LineReading], likely: LineReading | None
) -> Question:
    ordered = sorted(found, key=lambda each: (each is not likely, each.against, each.takes_off_money))[:_SHOWN]
    more = f"\n        and {len(found) - _SHOWN} more; any formula can be said" if len(found) > _SHOWN else ""
    listed = "".join(
        f"\n        {number}. {float(np.nansum(columns.value(each.formula))):,.2f} in all rows, "
        f"where {_words(columns, each)}: {each.formula}"
        for number, each in enumerate(ordered, start=1)
    )
    prompt = (
        f"{mapping.delivered.name}: net revenue, after discounts and without tax, can be read in {len(found)} ways, "
        f"and the columns do not decide which:{listed}{more}"
    )
    return Question(
        _REVENUE,
        f'--map "sales.net_revenue={ordered[0].formula}"',
        prompt,
        suggested=ordered[0].formula,
        likely=likely is not None,
        options=tuple(each.formula for each in ordered),
    )


_SHARES = {
    "fraction": "a fraction",
    "percent": "a percentage",
    "of the unit": "money of each unit",
    "of the line": "money of the line",
}


def _words(columns: LineColumns, reading: LineReading) -> str:
    """What a reading takes the columns for."""
    kinds, levels, parts = reading.kinds, reading.levels, []
    if columns.discounts:
        before = [name for name, level in levels.items() if not level.discounted]
        names = " and ".join(kinds.discount)
        if before:
            parts.append(f"{names} is {_SHARES[str(kinds.discount_is)]} and still to come off {' and '.join(before)}")
        else:
            parts.append(f"{' and '.join(levels)} is after the discount")
    for what, named, with_it in (
        ("tax", columns.taxes, [name for name, level in levels.items() if level.taxed]),
        ("shipping", columns.shipping, [name for name, level in levels.items() if level.shipped]),
    ):
        if named:
            parts.append(
                f"{what} is in {' and '.join(with_it)}" if with_it else f"no {what} is in {' and '.join(levels)}"
            )
    for name, level in levels.items():
        if columns.by_name[name].says.role == "price" and columns.by_name[name].says.of is None:
            parts.append(f"{name} is of the {level.of}")
    return ", ".join(parts) or f"{' and '.join(levels)} is it"


def _note_prices_with_tax(mapping: TableMapping, columns: LineColumns, reading: LineReading) -> None:
    """Keep for the tables that are made from this file how a price with tax becomes one without."""
    for name, level in reading.levels.items():
        if columns.by_name[name].says.role == "price" and level.taxed:
            rates = {
                "fraction": f"{{{reading.kinds.tax[0]} or 0}}",
                "percent": f"{{{reading.kinds.tax[0]} or 0}} / 100",
            }
            rate = rates.get(str(reading.kinds.tax_is))
            formula = None if rate is None else f"= {{{name}}} / (1 + {rate})"
            mapping.profile.prices_with_tax[mapping.delivered.name, name] = formula


def _leave_out_list_price(mapping: TableMapping, columns: LineColumns, revenue: str) -> None:
    """Leave a price out that is not what a unit was sold for, after discounts and without tax; revenue says it."""
    price = mapping.matches.get("unit_price")
    if price is None or price.delivered not in columns.by_name:
        return
    try:
        earned = columns.value(revenue)
    except KeyError:  # of a column that is no amount
        return
    listed = columns.quantity * columns.by_name[price.delivered].numbers
    read = np.isfinite(earned) & np.isfinite(listed)
    differs = np.abs(earned - listed)[read] > CENT + 0.006 * np.abs(columns.quantity[read])
    if len(differs) and float(differs.mean()) > 1 - _NEARLY_ALL:
        del mapping.matches["unit_price"]
        mapping.why_unused[price.delivered] = "not what was paid after discounts and without tax; net_revenue says it"
