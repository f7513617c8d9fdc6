"""The number columns of sales lines, and what each of them may be taken for."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from intake.mapping.expressions import Formula, evaluate, is_expression, parse
from onboarding.survey.amount_words import AmountHeading

Numbers = NDArray[np.float64]
Share = Literal["fraction", "percent", "of the unit", "of the line"]
"""How a discount or a tax is written: as a share, or as money of one unit or of the whole line."""

CENT = 0.0101
"""Amounts that differ by no more, a cent and the error of floats, are the same."""


def is_money(share: Share | None) -> bool:
    """Whether a discount or a tax is written as money, not as a share."""
    return share in ("of the unit", "of the line")


@dataclass(frozen=True)
class AmountColumn:
    """A column of amounts.

    Attributes
    ----------
    name: its heading.
    says: what the heading says.
    numbers: of each line; 0 where a discount, a tax or shipping is empty, else NaN.
    decimals: most decimals of its numbers.
    """

    name: str
    says: AmountHeading
    numbers: Numbers
    decimals: int = 2


@dataclass(frozen=True)
class Level:
    """What an amount is of, and what is in it."""

    of: Literal["unit", "line"]
    discounted: bool
    taxed: bool
    shipped: bool = False

    @property
    def is_net(self) -> bool:
        """Whether the discount is off, and neither tax nor shipping are in it."""
        return self.discounted and not self.taxed and not self.shipped


@dataclass(frozen=True)
class Kinds:
    """How discount and tax are written, and in which amounts; the columns are those that are taken.

    Attributes
    ----------
    discount_taxed: whether an amount of discount is one with tax.
    discount_signed: whether it has the sign of the units (negative on returns); else it is never negative.
    shipping_taxed: whether the tax is on shipping too.
    """

    discount: tuple[str, ...] = ()
    discount_is: Share | None = None
    discount_taxed: bool = False
    discount_signed: bool = True
    tax: tuple[str, ...] = ()
    tax_is: Share | None = None
    shipping: tuple[str, ...] = ()
    shipping_taxed: bool = False


@dataclass(frozen=True)
class LineReading:
    """One way to read the columns.

    Attributes
    ----------
    formula: of the net revenue, as `[sources.sales.columns]` writes it.
    revenue: of each line.
    levels: of the columns that agree with it.
    kinds: how discount and tax are written.
    agreeing: the number of columns that say this revenue.
    against: the number of things that headings say otherwise.
    """

    formula: str
    revenue: Numbers
    levels: Mapping[str, Level]
    kinds: Kinds
    agreeing: int
    against: int

    @property
    def takes_off_money(self) -> bool:
        """Whether a discount is taken off that is money and no share, which is rarer."""
        return is_money(self.kinds.discount_is) and not all(level.discounted for level in self.levels.values())

    @property
    def size(self) -> tuple[int, int]:
        """How long the formula is: the shortest of several that say the same is taken."""
        return self.formula.count("{"), len(self.formula)


@dataclass(frozen=True)
class LineColumns:
    """The number columns of sales lines.

    Attributes
    ----------
    units: the column of units.
    quantity: units of each line.
    anchors: prices and amounts of lines.
    discounts, taxes, shipping: what is taken off or put on.
    """

    units: str
    quantity: Numbers
    anchors: tuple[AmountColumn, ...]
    discounts: tuple[AmountColumn, ...] = ()
    taxes: tuple[AmountColumn, ...] = ()
    shipping: tuple[AmountColumn, ...] = ()
    _formulas: dict[str, Numbers] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def by_name(self) -> dict[str, AmountColumn]:
        """Every column of amounts."""
        return {each.name: each for each in (*self.anchors, *self.discounts, *self.taxes, *self.shipping)}

    @property
    def adjusts(self) -> bool:
        """Whether a discount, a tax or shipping is there."""
        return bool(self.discounts or self.taxes or self.shipping)

    def value(self, formula: str) -> Numbers:
        """A formula's number on each line."""
        if formula not in self._formulas:
            self._formulas[formula] = self._value(formula)
        return self._formulas[formula]

    def _value(self, formula: str) -> Numbers:
        if not is_expression(formula):
            return self._column(formula)
        parsed = parse(formula, formula)
        assert isinstance(parsed, Formula)
        with np.errstate(all="ignore"):
            return evaluate(parsed, [self._column(name) for name in parsed.columns])

    def _column(self, name: str) -> Numbers:
        return self.quantity if name == self.units else self.by_name[name].numbers

    def lines(self, kept: NDArray[np.intp]) -> "LineColumns":
        """Some of the lines."""

        def cut(columns: tuple[AmountColumn, ...]) -> tuple[AmountColumn, ...]:
            return tuple(replace(each, numbers=each.numbers[kept]) for each in columns)

        return LineColumns(
            self.units, self.quantity[kept], cut(self.anchors), cut(self.discounts), cut(self.taxes), cut(self.shipping)
        )
