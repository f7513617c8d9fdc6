"""How long an order placed on each day would have taken: as long as real orders of those days did, else a draw."""

import numpy as np
import pandas as pd

from features.arrays import Days, Floats, Ints
from models.inventory.calendar.working_days import WorkingDays
from models.inventory.lead_times.fit import LeadTimes
from models.inventory.terms.columns import KEY, days, numbers, texts

NEAR_DAYS = 7
"""A real order placed within so many days tells how the supplier did then."""

_ORDER = ["order_number", "line_number"]
_PAIR = ["supplier", "location"]


def lead_days(
    items: pd.DataFrame,
    placed_on: Days,
    purchase_orders: pd.DataFrame,
    receipts: pd.DataFrame,
    lead_times: LeadTimes,
    suppliers: WorkingDays,
) -> Ints:
    """Days on the supplier's clock that an order of each item, placed on each day, takes.

    Where the supplier received a real order for the location within a week, its share of the declared lead time is
    taken over, so that a late ship is late for every policy. Otherwise a draw from the learned distribution: one for
    all items of a supplier, a location and a week, because their orders travel together.

    Parameters
    ----------
    items: columns sku, location, supplier (None: fed from another location), lead_time_days (declared).
    placed_on: (I, T) day on which the order of a period is placed; NaT where none can be.
    purchase_orders, receipts: all that is known now.
    lead_times: learned from all that is known now.
    suppliers: their working days.

    Returns
    -------
    (I, T) whole days >= 0; the declared ones for fed items.
    """
    declared = np.nan_to_num(numbers(items, "lead_time_days"))
    result = np.broadcast_to(np.rint(declared)[:, None], placed_on.shape).astype(np.int64)
    bought = np.flatnonzero(pd.notna(texts(items, "supplier")))
    if not len(bought):
        return result
    ordered = items.iloc[bought].reset_index(drop=True)
    learned = lead_times.for_items(ordered[["supplier", *KEY]])
    drawn = _drawn(ordered, placed_on[bought], learned.pmf)
    baseline = np.where(np.isfinite(learned.declared_days), learned.declared_days, declared[bought])
    seen = _seen(ordered, placed_on[bought], baseline, purchase_orders, receipts, lead_times, suppliers)
    result[bought] = np.where(np.isfinite(seen), np.rint(np.nan_to_num(seen)), drawn).astype(np.int64)
    return result


def _drawn(items: pd.DataFrame, placed_on: Days, pmf: Floats) -> Floats:
    """(I, T) quantiles of each item's lead time at a chance that a supplier's orders of a week share."""
    seed = pd.util.hash_pandas_object(items[_PAIR].astype(str), index=False).to_numpy(np.uint64)
    week = (np.where(np.isnat(placed_on), np.datetime64("1970-01-01"), placed_on).astype(np.int64) // 7).astype(
        np.uint64
    )
    mixed = (seed[:, None] ^ (week * np.uint64(0x9E3779B97F4A7C15))) * np.uint64(0xBF58476D1CE4E5B9)
    chance = ((mixed ^ (mixed >> np.uint64(31))) >> np.uint64(11)).astype(np.float64) / 2.0**53
    below = np.cumsum(pmf, axis=1)
    found = np.empty(placed_on.shape)
    for row in range(len(items)):
        found[row] = np.searchsorted(below[row], chance[row] * below[row, -1], side="right")
    return np.asarray(np.minimum(found, pmf.shape[1] - 1))


def _seen(
    items: pd.DataFrame,
    placed_on: Days,
    baseline_days: Floats,
    purchase_orders: pd.DataFrame,
    receipts: pd.DataFrame,
    lead_times: LeadTimes,
    suppliers: WorkingDays,
) -> Floats:
    """(I, T) days by the nearest real order of the supplier for the location; NaN where none is near."""
    found = np.full(placed_on.shape, np.nan)
    real = _real_orders(purchase_orders, receipts, lead_times, suppliers)
    by_pair = real.groupby(_PAIR).indices
    for pair, rows in items.groupby(_PAIR, sort=True).indices.items():
        if pair not in by_pair:
            continue
        orders = real.iloc[by_pair[pair]]
        day = orders["ordered_on"].to_numpy().astype("datetime64[D]").astype(np.int64)
        share = orders["share"].to_numpy(np.float64)
        wanted = placed_on[rows].astype(np.int64)
        right = np.clip(np.searchsorted(day, wanted), 0, len(day) - 1)
        left = np.maximum(right - 1, 0)
        nearest = np.where(np.abs(day[left] - wanted) <= np.abs(day[right] - wanted), left, right)
        near = (np.abs(day[nearest] - wanted) <= NEAR_DAYS) & ~np.isnat(placed_on[rows])
        found[rows] = np.where(near, share[nearest] * baseline_days[rows][:, None], np.nan)
    return found


def _real_orders(
    purchase_orders: pd.DataFrame, receipts: pd.DataFrame, lead_times: LeadTimes, suppliers: WorkingDays
) -> pd.DataFrame:
    """One row per supplier, location and day of ordering, sorted: the median share of the declared lead time."""
    if purchase_orders.empty or receipts.empty:
        return pd.DataFrame(columns=[*_PAIR, "ordered_on", "share"])
    first = receipts[receipts["received_units"] > 0].groupby(_ORDER)["received_on"].min().reset_index()
    orders = purchase_orders.drop_duplicates(_ORDER, keep="last").merge(first, on=_ORDER, how="inner")
    orders = orders[orders["supplier"].notna() & (orders["received_on"] >= orders["ordered_on"])].reset_index(drop=True)
    if orders.empty:
        return pd.DataFrame(columns=[*_PAIR, "ordered_on", "share"])
    took = suppliers.count(suppliers.rows(orders["supplier"]), days(orders, "ordered_on"), days(orders, "received_on"))
    declared = lead_times.for_items(orders[["supplier", *KEY]]).declared_days
    known = declared > 0
    orders = orders[known].assign(share=took[known] / declared[known])
    grouped = orders.groupby([*_PAIR, "ordered_on"], sort=True)["share"].median()
    return grouped.reset_index()
