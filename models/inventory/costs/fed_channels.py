"""What a unit short at a sending location costs: the sales of those that it feeds count beside its own."""

import numpy as np
import pandas as pd

from models.inventory.position.network import rounds
from models.inventory.position.state import InventoryState
from models.inventory.terms.columns import item_rows, numbers


def with_fed_channels(channel_mix: pd.DataFrame, state: InventoryState) -> pd.DataFrame:
    """The channels of each item with those of the items that it feeds, weighed by their demand.

    Parameters
    ----------
    channel_mix: one row per (sku, location, channel, market), units_share of each item sums to 1.
    state: tonight's situation.

    Returns
    -------
    The same columns; units_share of a sending item are shares of all that is sold out of its stock.
    """
    if channel_mix.empty or not (state.sender >= 0).any():
        return channel_mix
    place = item_rows(channel_mix, state.items)
    mix = channel_mix[place >= 0].assign(_item=place[place >= 0])
    mix["_units"] = numbers(mix, "units_share", 0.0) * state.own_demand.expected(1, _DAYS)[mix["_item"].to_numpy()]
    for rows in rounds(state.sender):
        fed = mix[mix["_item"].isin(rows) & (state.sender[mix["_item"].to_numpy()] >= 0)]
        to = state.sender[fed["_item"].to_numpy()]
        moved = fed.assign(_item=to, location=state.items["location"].to_numpy(dtype=object)[to])
        mix = pd.concat([mix, moved], ignore_index=True)
    total = mix.groupby("_item")["_units"].transform("sum").to_numpy()
    units, share = mix["_units"].to_numpy(), numbers(mix, "units_share", 0.0)
    mix["units_share"] = np.divide(units, total, out=share.copy(), where=total > 0)
    return mix.drop(columns=["_item", "_units"])


_DAYS = 91
"""Demand is weighed over the next quarter."""
