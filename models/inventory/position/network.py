"""Locations that replenish each other: who is fed by whom, and what a sending location gives to each."""

import numpy as np
import pandas as pd

from features.arrays import Floats, Ints
from models.demand.distribution.demand_distribution import DemandDistribution, concatenate
from models.inventory.position.allocation import fair_shares
from models.inventory.terms.columns import KEY, item_rows
from models.inventory.terms.supply_terms import TRANSFER

_DEEPEST = 8
KEPT_BY_SENDER = 0.98
"""A sending location claims what it sells itself until its own next delivery with this probability, where all can."""


def senders(items: pd.DataFrame, terms: pd.DataFrame) -> Ints:
    """The item that each item is replenished from by transfer, (items,); -1 for none."""
    found = np.full(len(items), -1, dtype=np.int64)
    moved = np.flatnonzero((terms["source"] == TRANSFER).to_numpy(dtype=bool))
    if len(moved):
        origin = pd.DataFrame(
            {
                "sku": items["sku"].to_numpy(dtype=object)[moved],
                "location": terms["from_location"].to_numpy(dtype=object)[moved],
            }
        )
        found[moved] = item_rows(origin[KEY], items)
    return found


def echelons(sender: Ints) -> list[Ints]:
    """Items in rounds, so that every item comes after all that it feeds.

    A circle of locations that feed each other is cut where its last echelon would be.

    >>> [part.tolist() for part in echelons(np.array([-1, 0, 1]))]
    [[2], [1], [0]]
    """
    depth = np.zeros(len(sender), dtype=np.int64)
    above = sender.copy()
    for _ in range(len(sender)):
        climbing = above >= 0
        if not climbing.any() or depth.max() > _DEEPEST:
            break
        depth[climbing] += 1
        above = np.where(climbing, sender[np.maximum(above, 0)], -1)
    return [np.flatnonzero(depth == level) for level in range(int(depth.max(initial=0)), -1, -1)]


def allocation_limits(
    wanted: Floats,
    pack: Floats,
    sender: Ints,
    available: Floats,
    position: Floats,
    *,
    own: DemandDistribution,
    pooled: DemandDistribution,
    days: Ints,
) -> Floats:
    """The most that each fed item may take of its sender's stock, (items,); infinity for items that nobody feeds.

    The sender is a claimant too: what it sells itself until its own next delivery stays. Where there is not enough for
    all, everybody runs out with the same probability until then (`fair_shares`).

    Parameters
    ----------
    wanted, pack: (items,) units that each fed item wants, and the pack that it is sent in.
    sender: see `senders`.
    available: (items,) units that can be sold or sent; NaN counts as none.
    position: (items,) units that each item has and expects.
    own, pooled: demand of each item, without and with what it feeds itself.
    days: (items,) days that a share must last: until the sender's next delivery can reach the item; for a sender, until
        its own next delivery.
    """
    room = np.where(sender >= 0, 0.0, np.inf)
    fed = np.flatnonzero((sender >= 0) & (wanted > 0))
    if not len(fed):
        return room
    from_item = np.unique(sender[fed])
    claimant = np.concatenate([from_item, fed])
    demand = concatenate([own.take(from_item), pooled.take(fed)]).interval(1, days[claimant])
    kept = demand.take(np.arange(len(from_item))).quantile(KEPT_BY_SENDER)
    shares = fair_shares(
        demand,
        position=np.concatenate([np.zeros(len(from_item)), np.nan_to_num(position[fed])]),
        wanted=np.concatenate([kept, wanted[fed]]),
        pack=np.concatenate([own.unit_step[from_item], pack[fed]]),
        pool=np.searchsorted(from_item, np.concatenate([from_item, sender[fed]])),
        available=np.nan_to_num(available[from_item]),
    )
    room[fed] = shares[len(from_item) :]
    return room
