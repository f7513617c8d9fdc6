"""Room at each location: what it holds, and what is on its way there."""

import numpy as np
import pandas as pd

from models.inventory.position.feed_matching import unseen_lines
from models.inventory.position.open_supply import open_purchase_orders
from models.inventory.recommendations.rows import MOVE
from models.inventory.terms.columns import numbers, texts


def inbound_units(
    purchase_orders: pd.DataFrame,
    receipts: pd.DataFrame,
    transfers: pd.DataFrame,
    planned_lines: pd.DataFrame,
    recommendations: pd.DataFrame,
) -> pd.DataFrame:
    """Units still to come: open orders, approved or exported lines unseen in the feed, transfers under way or decided.

    Transfers take room before this run's orders do: they are fixed amounts, since limits weigh purchases only.

    Parameters
    ----------
    purchase_orders, receipts, transfers: canonical frames. planned_lines: people's decisions.
    recommendations: before limits; see `Decisions`.

    Returns
    -------
    One row per line: sku, location, units.
    """
    open_orders = open_purchase_orders(purchase_orders, receipts)
    under_way = transfers[pd.isna(transfers["received_on"])] if len(transfers) else transfers
    waiting = unseen_lines(planned_lines, purchase_orders, transfers)
    moved = recommendations[(recommendations["action"] == MOVE).to_numpy(dtype=bool)]
    parts = [
        (open_orders, "location", "open_units"),
        (under_way, "to_location", "units"),
        (waiting, "location", "units"),
        (moved, "location", "order_units"),
    ]
    return pd.concat(
        [
            pd.DataFrame({"sku": texts(frame, "sku"), "location": texts(frame, at), "units": numbers(frame, name, 0.0)})
            for frame, at, name in parts
        ],
        ignore_index=True,
    )


def storage_capacity(
    locations: pd.DataFrame, products: pd.DataFrame, inventory: pd.DataFrame, open_lines: pd.DataFrame
) -> pd.DataFrame:
    """What each location with a known capacity holds and expects: location, capacity_m3, taken_m3.

    Parameters
    ----------
    inventory: on_hand by sku and location. open_lines: sku, location, units still to come. Goods of unknown volume
        take no room.
    """
    limited = locations[np.isfinite(numbers(locations, "capacity_m3"))].sort_values("location")
    volume = pd.Series(numbers(products, "volume_m3", 0.0), index=products["sku"].to_numpy(dtype=object))
    volume = volume[~volume.index.duplicated(keep="last")].fillna(0.0)
    held = pd.concat(
        [
            pd.DataFrame(
                {"sku": texts(frame, "sku"), "location": texts(frame, "location"), "units": numbers(frame, name, 0.0)}
            )
            for frame, name in ((inventory, "on_hand"), (open_lines, "units"))
        ],
        ignore_index=True,
    )
    taken = (held["units"].fillna(0.0) * held["sku"].map(volume).fillna(0.0)).groupby(held["location"]).sum()
    return pd.DataFrame(
        {
            "location": limited["location"].to_numpy(dtype=object),
            "capacity_m3": numbers(limited, "capacity_m3"),
            "taken_m3": taken.reindex(limited["location"]).fillna(0.0).to_numpy(dtype=np.float64),
        }
    )
