"""What one sale earns, averaged over the channels that an item sells through."""

import datetime as dt

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.inventory.terms.columns import days, item_rows, numbers


def channel_contribution(
    items: pd.DataFrame,
    channel_mix: pd.DataFrame,
    channel_costs: pd.DataFrame,
    unit_cost: NDArray[np.float64],
    *,
    as_of: dt.date,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
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

    def average(values: NDArray[np.float64]) -> NDArray[np.float64]:
        weight = np.bincount(place, weights=share, minlength=len(items))
        total = np.bincount(place, weights=share * np.where(share > 0, values, 0.0), minlength=len(items))
        return np.asarray(np.divide(total, weight, out=nothing.copy(), where=weight > 0))

    return average(contribution), average(np.nan_to_num(price))


def _valid_channel_costs(channel_costs: pd.DataFrame, as_of: dt.date) -> pd.DataFrame:
    """The row of each channel in force at `as_of`, indexed by channel."""
    if channel_costs.empty:
        return pd.DataFrame()
    starts = days(channel_costs, "valid_from")
    known = channel_costs.assign(_from=starts.astype("datetime64[ns]"))
    known = known[np.isnat(starts) | (starts <= np.datetime64(as_of, "D"))]
    known = known.sort_values(["channel", "_from"], na_position="first", kind="stable")
    return known.drop_duplicates("channel", keep="last").set_index("channel")
