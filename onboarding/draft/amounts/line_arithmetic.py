"""The arithmetic between the number columns of sales lines: which reading of them gives the net revenue.

Each column of amounts may hold the price of a unit or the value of a line, before or after a discount, with or without
tax and shipping; a discount may be a fraction, a percentage, an amount of a unit or of the line; a tax a rate or an
amount. A combination is kept where all columns then say the same net revenue, on nearly all lines and to the cent.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from onboarding.draft.amounts.line_columns import (
    CENT,
    AmountColumn,
    Kinds,
    Level,
    LineColumns,
    LineReading,
    Numbers,
    Share,
    is_money,
)
from onboarding.draft.amounts.line_formulas import net_revenue_formula

_NEARLY_ALL = 0.95
_MOST_LINES = 2000
_WHOLE_PERCENT = 100.0


def readings(columns: LineColumns) -> list[LineReading]:
    """The readings of the net revenue that the lines allow, each once; those with which most columns agree.

    Several are left where the columns do not decide; none where there is no price and no amount.

    Parameters
    ----------
    columns: with at least one anchor for a reading to be found.
    """
    sample = columns.lines(_sample(columns))
    if len(sample.quantity) < 1 or not sample.anchors:
        return []
    found: list[LineReading] = []
    for loose in (False, True):
        found = _found(sample, loose=loose)
        if found and found[0].agreeing >= len(sample.anchors):
            break
    return _each_once(sample, found)


def fewest_against(found: Sequence[LineReading]) -> list[LineReading]:
    """The readings that contradict the headings least."""
    least = min((each.against for each in found), default=0)
    return [each for each in found if each.against == least]


def _sample(columns: LineColumns) -> NDArray[np.intp]:
    """Lines whose amounts can be read, first those with a discount, a tax or shipping."""
    usable = np.isfinite(columns.quantity) & (columns.quantity != 0)
    for each in columns.by_name.values():
        usable &= np.isfinite(each.numbers)
    lines = np.flatnonzero(usable)
    if len(lines) <= _MOST_LINES:
        return lines
    telling = np.zeros(len(usable), dtype=bool)
    for each in (*columns.discounts, *columns.taxes, *columns.shipping):
        telling |= each.numbers != 0
    first = np.flatnonzero(usable & telling)
    chosen = [
        part[np.linspace(0, len(part) - 1, min(len(part), _MOST_LINES // 2)).astype(int)] for part in (first, lines)
    ]
    return np.unique(np.concatenate(chosen)).astype(np.intp)


def _found(columns: LineColumns, *, loose: bool) -> list[LineReading]:
    """Readings with which most columns agree."""
    tests = _Agreement(columns, loose=loose)
    best: list[LineReading] = []
    most = 0
    for kinds in _kinds(columns):
        formulas = {
            (anchor.name, level): formula
            for anchor in columns.anchors
            for level in _levels(anchor, kinds)
            if (formula := net_revenue_formula(columns, anchor, level, kinds)) is not None
        }
        for (name, level), formula in formulas.items():
            revenue = columns.value(formula)
            if not _is_possible(columns, revenue):
                continue
            levels = {name: level}
            for other in columns.anchors:
                if other.name == name:
                    continue
                fitting = [
                    each
                    for (owner, each), its in formulas.items()
                    if owner == other.name and tests.formulas_agree(formula, its)
                ]
                if fitting:
                    levels[other.name] = min(fitting, key=lambda each: _against_level(columns, other, each))
            agreeing = len(levels) + tests.tax_pair(revenue, kinds)
            if agreeing < most:
                continue
            if agreeing > most:
                most, best = agreeing, []
            against = _against(columns, levels, kinds)
            best.append(LineReading(formula, revenue, levels, kinds, agreeing, against))
    return best


def _each_once(columns: LineColumns, found: list[LineReading]) -> list[LineReading]:
    """Of readings that say the same one: least against the headings, then a share rather than money, the shortest."""
    tests = _Agreement(columns, loose=False)
    kept: list[LineReading] = []
    for each in sorted(found, key=lambda reading: (reading.against, reading.takes_off_money, *reading.size)):
        if not any(tests.agree(each.revenue, other.revenue) for other in kept):
            kept.append(each)
    return kept


def _kinds(columns: LineColumns) -> Iterator[Kinds]:
    """Every way in which discount, tax and shipping may be written that their values allow."""
    discounts, taxes = _written(columns, columns.discounts), _written(columns, columns.taxes)
    returns = bool((columns.quantity < 0).any())
    shipping = tuple(each.name for each in columns.shipping)
    for (discount, discount_is), (tax, tax_is) in product(discounts, taxes):
        is_money = discount_is in ("of the unit", "of the line")
        for discount_taxed, signed, shipping_taxed in product(
            (False, True) if is_money and tax else (False,),
            (True, False) if discount_is == "of the line" and returns else (True,),
            (False, True) if shipping and tax and tax_is in ("fraction", "percent") else (False,),
        ):
            yield Kinds(discount, discount_is, discount_taxed, signed, tax, tax_is, shipping, shipping_taxed)


def _written(columns: LineColumns, of: Sequence[AmountColumn]) -> list[tuple[tuple[str, ...], Share | None]]:
    """The columns one by one, and together those that may be money, each as it may be written."""
    if not of:
        return [((), None)]
    sets: list[tuple[str, ...]] = [(each.name,) for each in of]
    money = tuple(each.name for each in of if each.says.rate is not True)
    if len(money) > 1:
        sets.append(money)
    return [(names, share) for names in sets for share in _shares(columns, names)]


def _shares(columns: LineColumns, names: tuple[str, ...]) -> list[Share]:
    """How these columns may be written, by their values."""
    each = columns.by_name[names[0]]
    numbers = np.abs(each.numbers)
    largest = float(numbers.max(initial=0))
    shares: list[Share] = []
    if len(names) == 1 and each.says.rate is not False:
        if largest <= 1:
            shares.append("fraction")
        if 1 < largest <= _WHOLE_PERCENT or (largest <= 1 and each.says.rate is True):
            shares.append("percent")
    if not (each.says.rate is True and shares):
        shares += ["of the unit", "of the line"]
    if (np.abs(columns.quantity) == 1).all() and "of the unit" in shares:
        shares.remove("of the unit")
    return shares


def _levels(anchor: AmountColumn, kinds: Kinds) -> list[Level]:
    """What an amount may be of and have in it; without a column of discount, tax or shipping these do not show."""
    says = anchor.says
    of: tuple[Literal["unit", "line"], ...] = ("line",) if says.role == "amount" else ("unit", "line")
    if says.role == "price" and says.of == "unit":
        of = ("unit",)
    return [
        Level(each, discounted, taxed, shipped)
        for each, discounted, taxed, shipped in product(
            of,
            (True, False) if kinds.discount else (True,),
            (False, True) if kinds.tax else (False,),
            (False, True) if kinds.shipping and says.role == "amount" else (False,),
        )
    ]


def _is_possible(columns: LineColumns, revenue: Numbers) -> bool:
    """Whether hardly a line that sells something has a negative revenue, and something is earned at all."""
    sold = revenue[columns.quantity > 0]
    return not len(sold) or bool((sold < -CENT).mean() <= 1 - _NEARLY_ALL and np.isfinite(sold).all())


class _Agreement:
    """Whether two revenues are the same on nearly all lines, also on those of each kind on which readings differ."""

    def __init__(self, columns: LineColumns, *, loose: bool) -> None:
        self._columns = columns
        self._known: dict[tuple[str, str], bool] = {}
        several = np.abs(columns.quantity) != 1
        adjusted = [each.numbers != 0 for each in (*columns.discounts, *columns.taxes, *columns.shipping)]
        returned = columns.quantity < 0
        groups = [np.ones(len(several), dtype=bool), several, returned, *adjusted]
        groups += [lines & several for lines in adjusted] + [lines & returned for lines in adjusted]
        self._groups = [lines for lines in groups if lines.any()]
        self._tolerance = np.full(len(several), CENT)
        if loose:
            for each in columns.anchors:
                rounding = 0.6 * 10.0 ** -min(each.decimals, 2)
                self._tolerance = self._tolerance + rounding * (
                    np.abs(columns.quantity) if each.says.role == "price" else 1.0
                )

    def agree(self, one: Numbers, other: Numbers) -> bool:
        """Whether they do."""
        same = np.abs(one - other) <= self._tolerance + 1e-6 * np.abs(one)
        return all(same[lines].mean() >= _NEARLY_ALL for lines in self._groups)

    def formulas_agree(self, one: str, other: str) -> bool:
        """Whether those of two formulas do."""
        key = (one, other) if one < other else (other, one)
        if key not in self._known:
            self._known[key] = one == other or self.agree(self._columns.value(one), self._columns.value(other))
        return self._known[key]

    def tax_pair(self, revenue: Numbers, kinds: Kinds) -> int:
        """1 where another column of tax says the same tax as the one that is taken, of this revenue; else 0."""
        if len(self._columns.taxes) != 2 or len(kinds.tax) != 1:
            return 0
        (other,) = (each for each in self._columns.taxes if each.name != kinds.tax[0])
        rate, amount = (kinds.tax[0], other.name) if not is_money(kinds.tax_is) else (other.name, kinds.tax[0])
        rates, amounts = self._columns.by_name[rate].numbers, self._columns.by_name[amount].numbers
        share = rates if np.abs(rates).max(initial=0) <= 1 else rates / _WHOLE_PERCENT
        return int(self.agree(share * revenue, amounts))


def _against(columns: LineColumns, levels: Mapping[str, Level], kinds: Kinds) -> int:
    """How many things the headings say otherwise."""
    count = sum(_against_level(columns, columns.by_name[name], level) for name, level in levels.items())
    for names, share in ((kinds.discount, kinds.discount_is), (kinds.tax, kinds.tax_is)):
        for name in names:
            says = columns.by_name[name].says
            count += says.rate is not None and says.rate == is_money(share)
            count += says.of == "unit" and share == "of the line"
            count += says.of == "line" and share == "of the unit"
    return count


def _against_level(columns: LineColumns, anchor: AmountColumn, level: Level) -> int:
    says = anchor.says
    taxed, discounted = says.taxed, says.discounted
    if taxed is not None and columns.discounts and discounted is None:
        discounted = True if says.role == "amount" and not taxed else None  # net is usually after the discount too
    count = int(taxed is not None and taxed != level.taxed)
    count += discounted is not None and discounted != level.discounted
    return count + int(says.of == "line" and level.of == "unit")
