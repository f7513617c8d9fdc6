"""Stock that was counted after `as_of`, and what moved after the count: each unit is in one place only.

The position starts from what was counted. What was received after the count is not in it yet, so it is still to come,
on a day that is certain. What was sent elsewhere after the count is still in it, so it is not to be sold. A count that
is newer than the last complete period saw that period's first sales go: their demand is behind it.
"""

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd

from features.arrays import Days, Floats, Ints
from models.demand.distribution.demand_distribution import DemandDistribution
from models.inventory.terms.columns import KEY, days, item_rows, numbers

RECEIVED = "received"
"""State of a line that arrived after the stock was counted."""
_LINE = ["order_number", "line_number"]


def count_days(frame: pd.DataFrame, inventory: pd.DataFrame, as_of: dt.date) -> Days:
    """(rows,) day of which the stock of each row's sku and location is known: of its newest count, `as_of` at least."""
    today = np.datetime64(as_of, "D")
    if inventory.empty or "as_of" not in inventory.columns or frame.empty:
        return np.full(len(frame), today)
    counted = inventory[KEY].assign(counted_on=days(inventory, "as_of").astype("datetime64[ns]"))
    newest = counted.groupby(KEY, sort=False)["counted_on"].max().reset_index()
    found = days(frame[KEY].merge(newest, on=KEY, how="left"), "counted_on")
    return np.where(np.isnat(found), today, np.maximum(found, today)).astype("datetime64[D]")


def received_after_count(
    purchase_orders: pd.DataFrame, receipts: pd.DataFrame, inventory: pd.DataFrame, as_of: dt.date
) -> pd.DataFrame:
    """Receipts that the stock does not hold yet, since they came after it was counted.

    Parameters
    ----------
    purchase_orders, receipts, inventory: canonical frames.
    as_of: day of the stock of items that have no newer count.

    Returns
    -------
    The orders' columns, with received_on and received_units of each such receipt.
    """
    if purchase_orders.empty or receipts.empty or "received_on" not in receipts.columns:
        return purchase_orders.iloc[:0].reindex(columns=[*purchase_orders.columns, "received_on", "received_units"])
    came = receipts[[*_LINE, "received_on", "received_units"]].astype(dict.fromkeys(_LINE, str))
    orders = purchase_orders.drop(columns=["received_on", "received_units"], errors="ignore")
    found = orders.astype(dict.fromkeys(_LINE, str)).merge(came, on=_LINE)
    after = days(found, "received_on") > count_days(found, inventory, as_of)
    return found[after].reset_index(drop=True)


def sent_after_count(items: pd.DataFrame, transfers: pd.DataFrame, inventory: pd.DataFrame, as_of: dt.date) -> Floats:
    """(items,) units that left each item's location for another after its stock was counted."""
    if transfers.empty or "from_location" not in transfers.columns:
        return np.zeros(len(items))
    sent = transfers.assign(location=transfers["from_location"])
    after = days(sent, "shipped_on") > count_days(sent, inventory, as_of)
    row = item_rows(sent[after], items)
    units = numbers(sent[after], "units", 0.0)
    return np.asarray(np.bincount(row[row >= 0], weights=units[row >= 0], minlength=len(items)), dtype=np.float64)


def without_elapsed_days(distribution: DemandDistribution, elapsed: Ints) -> DemandDistribution:
    """Demand without that of the first `elapsed` (items,) days, which a newer count has behind it."""
    if not (elapsed > 0).any():
        return distribution
    ends = np.cumsum(distribution.lengths_days)
    lengths = distribution.lengths_days
    share = np.clip((elapsed[:, None] - (ends - lengths)) / lengths, 0.0, 1.0)
    return replace(distribution, mean=distribution.mean * (1.0 - share))
