"""The classical policies, for those who want them: (s,Q), (s,nQ), (s,S), (R,S), (R,s,S) and base stock (S-1,S).

Their levels are the textbook's: the quantile, or the fill rate, of the demand of the protection interval, against the
inventory position, as if unmet demand waited. Q is the economic quantity, a review's demand at least.
"""

from collections.abc import Mapping

import numpy as np

from features.arrays import Floats, Texts
from models.demand.distribution.counts import CountMixture
from models.inventory.ordering.levels import Levels, backordered_levels
from models.inventory.terms.rounding import Policy, order_units
from models.inventory.terms.service_targets import Targets

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

    Source: Silver, Pyke & Thomas (2017), ch. 6; `rounding.order_units`.
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
