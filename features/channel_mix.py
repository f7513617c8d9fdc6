"""Channel mix: the channels and markets of each item, and the net price of a unit there."""

import datetime as dt

import numpy as np
import pandas as pd

from identity.demand_lines import UNKNOWN_MARKET

UNKNOWN_CHANNEL = "unknown"
COLUMNS = (
    "sku",
    "location",
    "channel",
    "market",
    "units_share",
    "net_price_base",
    "return_rate",
    "resellable_share",
    "source",
)
_ITEM = ["sku", "location"]
_PLACE = ["channel", "market"]
_WINDOW_DAYS = 365


def channel_mix(
    demand_lines: pd.DataFrame, items: pd.DataFrame, as_of: dt.date, pooled: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Channels and markets of each item with their share of units and what a unit brings there.

    From retail sales of the last 365 days, else of all time. An item that never sold is sold as `pooled` says,
    else in one channel "unknown", at its list price.

    Parameters
    ----------
    demand_lines: of the items (see `identity.demand_lines`).
    items: one row per item: sku, location, market, unit_price_base.
    as_of: last day counted.
    pooled: location, channel, market, units_share, return_rate, resellable_share of the company (`pooled_mix`).

    Returns
    -------
    Sorted by sku, location, channel, market; one row per combination. units_share sums to 1 by item;
    net_price_base: net revenue per gross unit, base currency, >= 0, NaN where neither sales nor a list price are
        known; return_rate: returned units per
    gross unit, 0 to 1; resellable_share: of returned units, 0 where none are reported; source: sales_365, sales_all
    or list_price.
    """
    items = items.astype(dict.fromkeys(_ITEM, "object"))  # an empty bucket may come without types
    retail = demand_lines.loc[(demand_lines["order_type"] == "retail") & (demand_lines["date"] <= pd.Timestamp(as_of))]
    own = pd.MultiIndex.from_frame(retail[_ITEM]).isin(pd.MultiIndex.from_frame(items[_ITEM]))
    retail = retail.loc[own]
    recent = retail.loc[retail["date"] > pd.Timestamp(as_of) - pd.Timedelta(days=_WINDOW_DAYS)]
    parts = []
    left = items[_ITEM]
    for label, lines in (("sales_365", recent), ("sales_all", retail)):
        known = _mix(lines, [*_ITEM, *_PLACE])
        known = known.merge(left, on=_ITEM).assign(source=label)
        parts.append(known)
        left = left.loc[~pd.MultiIndex.from_frame(left).isin(pd.MultiIndex.from_frame(known[_ITEM]))]
    parts.append(_without_sales(items, left, pooled))
    filled = [part[list(COLUMNS)] for part in parts if len(part)]
    if not filled:
        return pd.DataFrame({name: pd.Series(dtype="object") for name in COLUMNS})
    mix = pd.concat(filled, ignore_index=True)
    return mix.sort_values([*_ITEM, *_PLACE], kind="stable", ignore_index=True)


def pooled_mix(demand_lines: pd.DataFrame, as_of: dt.date) -> pd.DataFrame:
    """The company's mix by location, for items that never sold.

    Columns location, channel, market, units_share (sums to 1 by location), return_rate, resellable_share; from retail
    sales of the last 365 days.
    """
    day = pd.Timestamp(as_of)
    recent = (demand_lines["date"] > day - pd.Timedelta(days=_WINDOW_DAYS)) & (demand_lines["date"] <= day)
    mix = _mix(demand_lines.loc[recent & (demand_lines["order_type"] == "retail")], ["location", *_PLACE])
    return mix.drop(columns="net_price_base")


def _mix(lines: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    whole = [column for column in key if column not in _PLACE]
    summed = ["units", "net_revenue_base", "returned_units", "resellable_units"]
    sums = lines.groupby(key, sort=True, as_index=False)[summed].sum()
    sums = sums.loc[sums["units"] > 0].reset_index(drop=True)
    units, returned = sums["units"], sums["returned_units"]
    sums["units_share"] = units / sums.groupby(whole, sort=True)["units"].transform("sum")
    sums["net_price_base"] = (sums["net_revenue_base"] / units).clip(lower=0.0)
    sums["return_rate"] = (returned / units).clip(0.0, 1.0)
    sums["resellable_share"] = np.where(returned > 0, sums["resellable_units"] / returned.where(returned > 0), 0.0)
    return sums.drop(columns=summed)


def _without_sales(items: pd.DataFrame, left: pd.DataFrame, pooled: pd.DataFrame | None) -> pd.DataFrame:
    """Items that never sold: the company's channels at their location, else one of unknown name, at list price."""
    unsold = left.merge(items[[*_ITEM, "market", "unit_price_base"]], on=_ITEM)
    unsold = unsold.rename(columns={"market": "own_market", "unit_price_base": "net_price_base"})
    if pooled is not None and len(pooled):
        mix = unsold.merge(pooled, on="location", how="left")
    else:
        mix = unsold.assign(channel=None, market=None, units_share=np.nan, return_rate=np.nan, resellable_share=np.nan)
    mix["market"] = mix["market"].astype(object).fillna(mix["own_market"]).fillna(UNKNOWN_MARKET)
    mix["channel"] = mix["channel"].astype(object).fillna(UNKNOWN_CHANNEL)
    mix["units_share"] = mix["units_share"].astype("float64").fillna(1.0)
    for column in ("return_rate", "resellable_share"):
        mix[column] = mix[column].astype("float64").fillna(0.0)
    mix["net_price_base"] = mix["net_price_base"] * (1.0 - mix["return_rate"])
    return mix.assign(source="list_price")
