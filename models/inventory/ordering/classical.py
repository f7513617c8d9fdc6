"""The classical policies, for those who want them: (s,Q), (s,nQ), (s,S), (R,S), (R,s,S) and base stock (S-1,S).

Their levels are the textbook's: the quantile, or the fill rate, of the demand of the protection interval, against the
inventory position, as if unmet demand waited. Q is the economic quantity, a review's demand at least.
"""

from collections.abc import Mapping
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from features.arrays import Floats, Texts
from models.demand.distribution.counts import CountMixture
from models.inventory.ordering.levels import Levels, backordered_levels
from models.inventory.terms.rounding import round_up
from models.inventory.terms.service_targets import Targets

Policy = Literal["(s,S)", "(R,s,S)", "(R,S)", "(S-1,S)", "(s,Q)", "(s,nQ)"]

BY_EXPECTED_COST = "cost"
"""Not a classical policy: the order of least expected cost."""

CLASSICAL: tuple[Policy, ...] = ("(s,Q)", "(s,nQ)", "(s,S)", "(R,S)", "(R,s,S)", "(S-1,S)")
_UP_TO_AT_EVERY_REVIEW = ("(R,S)", "(S-1,S)")


def policies_of(policy: str, by_class: Mapping[str, str], abc: Texts, xyz: Texts) -> Texts:
    """The policy of each item: of its class by both letters ("AX"), by ABC, by XYZ, else the company's.

    >>> policies_of("cost", {"C": "(R,S)"}, np.array(["A", "C"]), np.array(["X", "X"])).tolist()
    ['cost', '(R,S)']
    """
    found = [
        by_class.get(f"{a}{x}", by_class.get(str(a), by_class.get(str(x), policy)))
        for a, x in zip(abc, xyz, strict=True)
    ]
    return np.array(found, dtype=object)


def classical_levels(
    policy: Texts,
    position: Floats,
    *,
    targets: Targets,
    until_arrival: CountMixture,
    protection: CountMixture,
    economic_units: Floats,
) -> Levels:
    """Levels and orders of items under a classical policy, before packs, minimums and limits.

    Parameters
    ----------
    policy: (items,) names in `CLASSICAL`.
    position: (items,) inventory position; NaN wants nothing.
    targets: see `service_targets`.
    until_arrival, protection: demand until the order's, and the next order's, arrival.
    economic_units: (items,) economic order quantity, 0 for none.

    Source: Silver, Pyke & Thomas (2017), ch. 6; `order_units`.
    """
    step = protection.unit_step
    review = np.maximum(protection.mean - until_arrival.mean, 0.0)
    quantity = np.maximum(np.ceil(np.maximum(economic_units, review) / step - 1e-9), 1.0) * step
    every = np.isin(policy.astype(str), _UP_TO_AT_EVERY_REVIEW)
    plain = backordered_levels(
        position,
        targets=targets,
        until_arrival=until_arrival,
        protection=protection,
        economic_units=np.where(every, 0.0, quantity),
        batch_units=step,
    )
    point = plain.reorder_point
    up_to = np.where(every, point + step, point + quantity)
    wanted = np.zeros(len(position))
    held = np.nan_to_num(position, nan=np.inf)
    for name in CLASSICAL:
        rows = np.flatnonzero((policy == name) & np.isfinite(held))
        if len(rows):
            wanted[rows] = order_units(
                name,
                held[rows],
                reorder_point=point[rows],
                order_up_to_level=up_to[rows],
                order_quantity=quantity[rows],
                order_multiple=step[rows],
            )
    return Levels(point, up_to, np.where(every, up_to, point), wanted, np.full(len(position), np.nan))


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
        lots = np.floor((point - position) / quantity * (1.0 + 1e-9)) + 1.0
        wanted = np.where(position <= point, lots * quantity, 0.0)
    return round_up(np.maximum(wanted, 0.0), order_multiple, minimum_order_quantity)
