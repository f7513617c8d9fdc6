"""Locations that replenish each other: what a sending location must cover for those that it feeds, and can spare."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.inventory.columns import KEY, item_rows
from models.inventory.terms import TRANSFER

Floats = NDArray[np.float64]


def senders(items: pd.DataFrame, terms: pd.DataFrame) -> NDArray[np.int64]:
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


def rounds(sender: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Items in rounds, so that every item is settled after all that it feeds.

    A circle of locations that feed each other is cut where its last round would be.

    >>> [part.tolist() for part in rounds(np.array([-1, 0, 1]))]
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


_DEEPEST = 8


def needs_of_fed(rows: NDArray[np.int64], sender: NDArray[np.int64], need: Floats, items: int) -> Floats:
    """Units that the fed items `rows` need, summed to their senders, (items,)."""
    fed = rows[sender[rows] >= 0]
    return np.bincount(sender[fed], weights=np.maximum(need[fed], 0.0), minlength=items).astype(np.float64)


def shared_out(
    wanted: Floats, rows: NDArray[np.int64], sender: NDArray[np.int64], spare: Floats, urgency: Floats
) -> Floats:
    """What each fed item may take of its sender's spare units, (items,); the most urgent are served first.

    Parameters
    ----------
    wanted: (items,) units; rows: the items settled now; sender: see `senders`.
    spare: (items,) units that each item could send; NaN counts as none.
    urgency: (items,) larger is served first; ties by the order of the items.
    """
    room = np.full(len(wanted), np.inf)
    fed = rows[sender[rows] >= 0]
    left = np.maximum(np.nan_to_num(spare), 0.0)
    for row in fed[np.lexsort((fed, -urgency[fed]))]:
        room[row] = left[sender[row]]
        left[sender[row]] -= min(wanted[row], room[row])
    return room
