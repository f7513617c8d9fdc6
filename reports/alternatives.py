"""What the alternatives to a suggestion cost, from the figures that the run stored with it."""

import math
from dataclasses import dataclass
from typing import Any

_WEEK_DAYS = 7


@dataclass(frozen=True)
class Alternative:
    """One alternative: what it is, its units, and its expected cost beyond the suggestion's, in base currency."""

    what: str
    units: float
    cost: float


def cost_alternatives(figures: dict[str, Any]) -> list[Alternative]:
    """The alternatives that the figures know, in the order in which people ask for them.

    >>> known = {"order_units": 96.0, "pack_units": 48.0, "cost_if_nothing": 56.2, "cost_if_pack_less": 3.5}
    >>> [(each.what, each.units, each.cost) for each in cost_alternatives(known)]
    [('nothing before the next order', 0.0, 56.2), ('one pack less', 48.0, 3.5)]
    """
    order, pack = float(figures.get("order_units") or 0.0), float(figures.get("pack_units") or 1.0)
    noun = "pack" if pack > 1 else "unit"
    days = figures.get("later_days")
    later = "the same a week later" if days == _WEEK_DAYS else f"the same {days or 0:.0f} days later"
    least = max(math.ceil(float(figures.get("minimum_order_units") or 0.0) / pack - 1e-9), 1) * pack
    more = (f"one {noun} more", order + pack) if order else ("the smallest order now", least)
    asked = [
        ("nothing before the next order", 0.0, "cost_if_nothing"),
        (later, order, "cost_if_later"),
        (f"one {noun} less", order - pack, "cost_if_pack_less"),
        (*more, "cost_if_pack_more"),
    ]
    known = [(what, units, figures.get(name)) for what, units, name in asked]
    return [Alternative(what, units, float(cost)) for what, units, cost in known if cost is not None]
