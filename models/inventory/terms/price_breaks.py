"""Price breaks: what a unit costs when more are ordered, and whether ordering more is worth it."""

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from features.arrays import Floats

ALL_UNITS = "all_units"
INCREMENTAL = "incremental"
_PAIR = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*=\s*(\d+(?:\.\d+)?)\s*$")


@dataclass(frozen=True)
class PriceBreaks:
    """Unit costs from quantities on, in the currency of the terms.

    Attributes
    ----------
    kind: "all_units" (the whole order at the lower cost) or "incremental" (only the units from the break on).
    quantities: ascending units.
    unit_costs: unit cost from each quantity on.
    """

    kind: str
    quantities: tuple[float, ...]
    unit_costs: tuple[float, ...]

    def cost_of(self, units: float, unit_cost: float) -> float:
        """What `units` cost, where one unit costs `unit_cost` below the first break.

        >>> PriceBreaks("all_units", (100.0,), (4.0,)).cost_of(100.0, 5.0)
        400.0
        >>> PriceBreaks("incremental", (100.0,), (4.0,)).cost_of(150.0, 5.0)
        700.0
        """
        reached = [place for place, quantity in enumerate(self.quantities) if units >= quantity]
        if not reached:
            return units * unit_cost
        if self.kind == ALL_UNITS:
            return units * self.unit_costs[reached[-1]]
        edges = [0.0, *(self.quantities[place] for place in reached), units]
        costs = [unit_cost, *(self.unit_costs[place] for place in reached)]
        return sum((upper - lower) * cost for lower, upper, cost in zip(edges, edges[1:], costs, strict=False))


def parse_price_breaks(text: str) -> PriceBreaks:
    """Price breaks written as `all_units: 100=5.80; 500=5.40` or `incremental: ...`.

    Raises
    ------
    ValueError: the text is not of that form.

    >>> parse_price_breaks("all_units: 100=5.80; 500=5.40").quantities
    (100.0, 500.0)
    """
    kind, _, listed = text.partition(":")
    kind = kind.strip().lower()
    pairs = [_PAIR.match(part) for part in listed.split(";") if part.strip()]
    found = [(float(pair[1]), float(pair[2])) for pair in pairs if pair]
    if kind not in {ALL_UNITS, INCREMENTAL} or not found or len(found) != len(pairs):
        raise ValueError(f'price_breaks is "{text}"; write them as all_units: 100=5.80; 500=5.40')
    found.sort()
    return PriceBreaks(kind, tuple(quantity for quantity, _ in found), tuple(cost for _, cost in found))


def order_unit_cost(units: Floats, unit_cost: Floats, breaks: Sequence[object]) -> Floats:
    """Average cost of a unit of each order, (items,), currency of the terms; `breaks` are texts or None."""
    cost = unit_cost.copy()
    for row, text in enumerate(breaks):
        if isinstance(text, str) and text.strip() and units[row] > 0:
            cost[row] = parse_price_breaks(text).cost_of(float(units[row]), float(unit_cost[row])) / units[row]
    return cost


def worthwhile_quantities(
    order: Floats,
    *,
    breaks: Sequence[object],
    unit_cost: Floats,
    extra_cost: Floats,
    fixed_cost: Floats,
    holding_per_unit_day: Floats,
    daily_demand: Floats,
) -> Floats:
    """The order, raised to a price break where the total cost per unit sold is lower there.

    The cost per unit of an order of Q is its purchase cost, extra and fixed cost over Q, and half of Q's stay in stock:
    c(Q) + K/Q + h Q / (2 d). Holding falls with the unit cost. Compared are the order itself, the breaks above it and,
    for incremental breaks, the best quantity beyond each.

    Parameters
    ----------
    order: (items,) units; items that order nothing stay at 0.
    breaks: texts or None.
    unit_cost, extra_cost (freight, duty), fixed_cost, holding_per_unit_day: (items,), currency of the terms.
    daily_demand: (items,) units per day; without demand nothing is raised.

    Source: EOQ with quantity discounts, Snyder & Shen, Fundamentals of Supply Chain Theory, 2nd ed., section 3.4.
    """
    raised = order.copy()
    for row, text in enumerate(breaks):
        rate = float(daily_demand[row])
        if not (isinstance(text, str) and text.strip()) or order[row] <= 0 or rate <= 0:
            continue
        offer = parse_price_breaks(text)
        base, extra, fixed = float(unit_cost[row]), float(extra_cost[row]), float(fixed_cost[row])
        holding = float(holding_per_unit_day[row])
        total = functools.partial(
            _cost_per_unit, offer=offer, base=base, extra=extra, fixed=fixed, holding=holding, rate=rate
        )
        candidates = [quantity for quantity in offer.quantities if quantity > order[row]]
        if offer.kind == INCREMENTAL:
            candidates += _beyond_breaks(offer, base, fixed, holding, rate, float(order[row]))
        raised[row] = min([float(order[row]), *sorted(candidates)], key=total)
    return raised


def _cost_per_unit(
    quantity: float, *, offer: PriceBreaks, base: float, extra: float, fixed: float, holding: float, rate: float
) -> float:
    """c(Q) + K/Q + h Q / (2 d) of an order of `quantity`; see `worthwhile_quantities`."""
    bought = offer.cost_of(quantity, base) / quantity
    share = bought / base if base > 0 else 1.0
    return bought + extra + fixed / quantity + holding * share * quantity / (2 * rate)


def _beyond_breaks(
    offer: PriceBreaks, base: float, fixed: float, holding: float, rate: float, order: float
) -> list[float]:
    """Quantities of least cost within each incremental tier: what the dearer units cost more acts as a fixed cost."""
    found = []
    costs = (base, *offer.unit_costs)
    for place, quantity in enumerate(offer.quantities):
        start = offer.cost_of(quantity, base) - quantity * costs[place + 1]
        share = costs[place + 1] / base if base > 0 else 1.0
        best = float(np.sqrt(2 * (fixed + max(start, 0.0)) * rate / max(holding * share, 1e-12)))
        limit = offer.quantities[place + 1] if place + 1 < len(offer.quantities) else np.inf
        if max(quantity, order) < best < limit:
            found.append(float(np.ceil(best)))
    return found
