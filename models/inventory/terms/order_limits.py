"""From the units that are wanted to the units that are ordered: packs, minimums, maximums, and which of them binds.

Quantities are rounded up to whole packs, after the minimum. Maximums are hard: a quantity that would pass one is
rounded down to whole packs below it, and nothing is ordered where that is less than the minimum.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from features.arrays import Floats, Texts
from models.inventory.terms.rounding import round_up

NONE = "none"
PACK = "pack"
MINIMUM_ORDER = "minimum order"
PRICE_BREAK = "price break"
MAXIMUM_ORDER = "maximum order"
CUT_OVER = "cut-over cap"
MAXIMUM_STOCK = "maximum stock"
SOURCE_STOCK = "source stock"
PHASE_OUT = "phase-out"
SHELF_LIFE = "shelf life"
CLOSURE = "closure"
DO_NOT_ORDER = "do_not_order"
ORDER_CAP = "order cap"
"""Of lost sales: an order brings what the days until the next one can use, not all up to the level."""
GAIN_BELOW_MINIMUM = "gain below minimum"
SIZES_ALONE = frozenset({NONE, PACK, PRICE_BREAK, ORDER_CAP})
"""What sizes an order and holds none back: an item that needs an order and gets none has another constraint."""
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Limits:
    """Hard limits of each item's order, arrays (items,), units; infinity for none.

    Attributes
    ----------
    order: largest order.
    position: largest inventory position after the order.
    sellable: largest inventory position that still sells out before the item ends.
    source: units that the sending location can spare.
    """

    order: Floats
    position: Floats
    sellable: Floats
    source: Floats


def packs_down(units: ArrayLike, pack: ArrayLike) -> Floats:
    """Units rounded down to whole packs, 0 at least; infinity stays.

    >>> packs_down([47.0, 97.0], 48.0).tolist()
    [0.0, 96.0]
    """
    size = np.asarray(pack, dtype=np.float64)
    return np.maximum(np.floor(np.asarray(units, dtype=np.float64) / size + _ROUNDING) * size, 0.0)


def within_limits(
    order: Floats, *, position: Floats, minimum: Floats, pack: Floats, limits: Limits
) -> tuple[Floats, Texts]:
    """The order within its hard limits, and the limit that cut it (None where none did).

    Parameters
    ----------
    order: (items,) whole packs.
    position: (items,) inventory position before the order.
    minimum, pack: (items,).
    limits: see `Limits`.

    Returns
    -------
    order (items,), binding (items,).
    """
    binding = np.full(len(order), None, dtype=object)
    units = order.copy()
    rooms = (
        (MAXIMUM_ORDER, limits.order),
        (SOURCE_STOCK, limits.source),
        (MAXIMUM_STOCK, limits.position - position),
        (PHASE_OUT, limits.sellable - position),
    )
    for name, room in rooms:
        most = packs_down(np.maximum(room, 0.0), pack)
        most = np.where(most + _ROUNDING < round_up(minimum, pack), 0.0, most)
        cut = units > most + _ROUNDING
        units = np.where(cut, most, units)
        binding[cut] = name
    return units, binding
