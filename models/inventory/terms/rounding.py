"""Order quantities of the named policies, rounded up to what a supplier delivers."""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from features.arrays import Floats

Policy = Literal["(s,S)", "(R,s,S)", "(R,S)", "(S-1,S)", "(s,Q)", "(s,nQ)"]

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


def order_units(
    policy: Policy,
    inventory_position: ArrayLike,
    *,
    reorder_point: ArrayLike = np.nan,
    order_up_to_level: ArrayLike = np.nan,
    order_quantity: ArrayLike = np.nan,
    order_multiple: ArrayLike = 1.0,
    minimum_order_quantity: ArrayLike = 0.0,
) -> Floats:
    """Units to order under a policy, in whole multiples and never below the minimum.

    "(s,S)", "(R,s,S)": up to S when the position is at or below s. "(R,S)", "(S-1,S)": up to S at every review.
    "(s,Q)": Q when at or below s. "(s,nQ)": as many times Q as lift the position above s.

    Parameters
    ----------
    policy: its name.
    inventory_position: units; all quantities broadcast.
    reorder_point: s; order_up_to_level: S; order_quantity: Q. Units; NaN where the policy has none.
    order_multiple, minimum_order_quantity: see `round_up`.

    Raises
    ------
    ValueError: there is no such policy, or a level that it needs is missing.

    Source: Silver, Pyke & Thomas (2017), section 6.3.

    >>> float(order_units("(s,S)", 30, reorder_point=30, order_up_to_level=72, order_multiple=12))
    48.0
    """
    needs = {
        "(s,S)": ("reorder_point", "order_up_to_level"),
        "(R,s,S)": ("reorder_point", "order_up_to_level"),
        "(R,S)": ("order_up_to_level",),
        "(S-1,S)": ("order_up_to_level",),
        "(s,Q)": ("reorder_point", "order_quantity"),
        "(s,nQ)": ("reorder_point", "order_quantity"),
    }
    if policy not in needs:
        raise ValueError(f'policy is "{policy}"; known are {", ".join(needs)}')
    position, point, level, quantity = (
        np.asarray(value, dtype=np.float64)
        for value in (inventory_position, reorder_point, order_up_to_level, order_quantity)
    )
    given = {"reorder_point": point, "order_up_to_level": level, "order_quantity": quantity}
    for name in needs[policy]:
        if np.isnan(given[name]).any():
            raise ValueError(f"policy {policy} needs {name}")
    if policy in ("(R,S)", "(S-1,S)"):
        wanted = level - position
    elif policy in ("(s,S)", "(R,s,S)"):
        wanted = np.where(position <= point, level - position, 0.0)
    elif policy == "(s,Q)":
        wanted = np.where(position <= point, quantity, 0.0)
    else:
        lots = np.floor((point - position) / quantity * (1.0 + _SPARED)) + 1.0
        wanted = np.where(position <= point, lots * quantity, 0.0)
    return round_up(np.maximum(wanted, 0.0), order_multiple, minimum_order_quantity)
