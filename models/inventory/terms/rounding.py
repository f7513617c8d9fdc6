"""Quantities rounded up to what a supplier delivers: whole packs, the minimum at least."""

import numpy as np
from numpy.typing import ArrayLike

from features.arrays import Floats

_SPARED = 1e-9


def round_up(units: ArrayLike, order_multiple: ArrayLike = 1.0, minimum_order_quantity: ArrayLike = 0.0) -> Floats:
    """Units rounded up to whole multiples, never below the minimum; nothing wanted stays nothing.

    Parameters
    ----------
    units, order_multiple (0 or missing: 1), minimum_order_quantity (missing: 0): units, broadcast.

    >>> round_up([0, 12, 41], order_multiple=5, minimum_order_quantity=40).tolist()
    [0.0, 40.0, 45.0]
    """
    wanted = np.asarray(units, dtype=np.float64)
    given = np.asarray(order_multiple, dtype=np.float64)
    multiple = np.where(given > 0, given, 1.0)
    least = np.nan_to_num(np.asarray(minimum_order_quantity, dtype=np.float64))
    packs = np.ceil(np.maximum(wanted, least) / multiple * (1.0 - _SPARED))
    return np.asarray(np.where(wanted > _SPARED, np.maximum(packs, 1.0) * multiple, 0.0))
