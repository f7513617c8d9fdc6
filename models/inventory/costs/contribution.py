"""What one sale earns, averaged over the channels that an item sells through."""

import datetime as dt

import numpy as np
import pandas as pd

from features.arrays import Floats
from models.inventory.position.network import echelons
from models.inventory.position.state import InventoryState
from models.inventory.terms.columns import days, item_rows, numbers

_WEIGHT_DAYS = 91
"""The channels of fed items are weighted by their demand of the next quarter."""


def channel_contribution(
    items: pd.DataFrame,
    channel_mix: pd.DataFrame,
    channel_costs: pd.DataFrame,
    unit_cost: Floats,
    *,
    as_of: dt.date,
) -> tuple[Floats, Floats]:
    """Contribution and net price of one sale of each item, averaged over its channels.

    Per channel: net revenue less commission and payment fee, less fulfilment, less the expected cost of returns, less
    the cost of the unit as far as it does not come back fit to sell.

    Parameters
    ----------
    items: columns sku, location.
    channel_mix: one row per (sku, location, channel, market); units_share, net_price_base (net of returns, per unit
        sold), return_rate, resellable_share (of the returned).
    channel_costs: canonical frame; amounts in base currency.
    unit_cost: (items,) landed, base currency.
    as_of: the fees in force on this day count.

    Returns
    -------
    contribution, net_price: (items,) base currency per unit sold; NaN where no price is known.

    Source: docs/method.md, Costs: margin without channel costs overstates the cost of a lost sale.
    """
    nothing = np.full(len(items), np.nan)
    if channel_mix.empty:
        return nothing, nothing.copy()
    place = item_rows(channel_mix, items)
    mix = channel_mix[place >= 0].reset_index(drop=True)
    place = place[place >= 0]
    fees = _valid_channel_costs(channel_costs, as_of).reindex(mix["channel"])
    price = numbers(mix, "net_price_base")
    share = np.where(np.isfinite(price), numbers(mix, "units_share", 0.0), 0.0)
    returned = numbers(mix, "return_rate", 0.0)
    fraction = numbers(fees, "commission_fraction", 0.0) + numbers(fees, "payment_fee_fraction", 0.0)
    handling = numbers(fees, "fulfilment_cost_per_unit", 0.0) + returned * numbers(fees, "return_cost_per_unit", 0.0)
    goods = unit_cost[place] * (1 - returned * numbers(mix, "resellable_share", 0.0))
    contribution = np.nan_to_num(price) * (1 - fraction) - handling - goods

    def average(values: Floats) -> Floats:
        weight = np.bincount(place, weights=share, minlength=len(items))
        total = np.bincount(place, weights=share * np.where(share > 0, values, 0.0), minlength=len(items))
        return np.asarray(np.divide(total, weight, out=nothing.copy(), where=weight > 0))

    return average(contribution), average(np.nan_to_num(price))


def _valid_channel_costs(channel_costs: pd.DataFrame, as_of: dt.date) -> pd.DataFrame:
    """The row of each channel in force at `as_of`, indexed by channel."""
    if channel_costs.empty:
        return pd.DataFrame()
    starts = days(channel_costs, "valid_from")
    valid = channel_costs.assign(_from=starts.astype("datetime64[ns]"))
    valid = valid[np.isnat(starts) | (starts <= np.datetime64(as_of, "D"))]
    valid = valid.sort_values(["channel", "_from"], na_position="first", kind="stable")
    return valid.drop_duplicates("channel", keep="last").set_index("channel")


def with_downstream_channels(channel_mix: pd.DataFrame, state: InventoryState) -> pd.DataFrame:
    """The channels of each item with those of the items that it feeds, weighted by their demand.

    A unit short at a sending location costs the sales of those that it feeds beside its own.

    Parameters
    ----------
    channel_mix: one row per (sku, location, channel, market), units_share of each item sums to 1.
    state: see there.

    Returns
    -------
    The same columns; units_share of a sending item are shares of all that is sold out of its stock.
    """
    if channel_mix.empty or not (state.sender >= 0).any():
        return channel_mix
    place = item_rows(channel_mix, state.items)
    mix = channel_mix[place >= 0].assign(_item=place[place >= 0])
    mix["_units"] = (
        numbers(mix, "units_share", 0.0) * state.own_demand.expected(1, _WEIGHT_DAYS)[mix["_item"].to_numpy()]
    )
    for rows in echelons(state.sender):
        fed = mix[mix["_item"].isin(rows) & (state.sender[mix["_item"].to_numpy()] >= 0)]
        to = state.sender[fed["_item"].to_numpy()]
        moved = fed.assign(_item=to, location=state.items["location"].to_numpy(dtype=object)[to])
        mix = pd.concat([mix, moved], ignore_index=True)
    total = mix.groupby("_item")["_units"].transform("sum").to_numpy()
    units, share = mix["_units"].to_numpy(), numbers(mix, "units_share", 0.0)
    mix["units_share"] = np.divide(units, total, out=share.copy(), where=total > 0)
    return mix.drop(columns=["_item", "_units"])
