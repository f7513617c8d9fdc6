"""What was known at the end of a past day: later rows are cut, and what they had changed is undone."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data_contracts.as_of import period_start
from data_contracts.declarations import SOURCE_FILE, SOURCE_LINE

_KNOWN_FROM = {"sales": "date", "stock_levels": "date", "stockouts": "starts_on", "fx_rates": "date"}
EVENTS = {"purchase_orders": "ordered_on", "receipts": "received_on", "transfers": "shipped_on"}
"""What moves stock, by the day on which it happens. The newest plan knows it up to its own day."""


@dataclass(frozen=True)
class PointInTime:
    """Tables as they stood at the end of a day.

    tables: the tables of the input, with the same columns.
    reconstructed: one sentence for each thing that no input stated and that was worked out; empty when the
        tables show that day as they are. A run with any is labelled "reconstructed".
    """

    tables: dict[str, pd.DataFrame]
    reconstructed: tuple[str, ...]


def as_known_on(
    tables: Mapping[str, pd.DataFrame],
    as_of: dt.date,
    period: str = "day",
    week_starts_on: str = "monday",
    *,
    known_until: dt.date | None = None,
) -> PointInTime:
    """Accepted tables with what was not known at the end of `as_of` taken out; used before identity is resolved.

    Sales, stock levels, orders placed, receipts, transfers shipped and exchange rates after `as_of` are cut. An order
    with a later receipt is open; a transfer received later is under way; a stockout that ends later goes on. Inventory
    is that of `as_of`; a location without any inventory row of that day gets its stock levels of that day (of its
    period's last row), with nothing reserved or backordered. What a company decides ahead (terms, promotions,
    closures, budgets, parameters) is kept: these tables carry their own validity.

    The newest plan is of a day that is past when it is made, and it knows what has happened since: orders, receipts and
    transfers up to `known_until` are kept as they are, and so is stock that was counted after `as_of`.

    Parameters
    ----------
    tables: accepted tables with their contracts' columns; any may be absent.
    as_of: last day of a complete period.
    period, week_starts_on: the company's period; rows of summed tables carry its first day.
    known_until: last day of which the newest plan knows orders, receipts, transfers and stock; None for a past plan,
        which knows nothing after `as_of`.
    """
    day = np.datetime64(as_of, "D")
    until = np.datetime64(as_of if known_until is None else max(known_until, as_of), "D")
    result = dict(tables)
    reconstructed: list[str] = []
    for table, column in (_KNOWN_FROM | EVENTS).items():
        if table in result:
            known = result[table][column].to_numpy().astype("datetime64[D]") <= (until if table in EVENTS else day)
            result[table] = result[table].loc[known].reset_index(drop=True)
    if "purchase_orders" in result and "receipts" in tables:
        result["purchase_orders"], reopened = _reopen(result["purchase_orders"], tables["receipts"], until)
        if reopened:
            reconstructed.append(f"purchase_orders: {reopened} lines received after {as_of} are open")
    if "transfers" in result:
        result["transfers"], under_way = _unreceive(result["transfers"], until)
        if under_way:
            reconstructed.append(f"transfers: {under_way} lines received after {as_of} are under way")
    if "stockouts" in result:
        ends = pd.to_datetime(result["stockouts"]["ends_on"])
        result["stockouts"] = result["stockouts"].assign(ends_on=ends.mask(ends > pd.Timestamp(day)))
    if "inventory" in result:
        first_day = period_start(np.array([day]), period, week_starts_on)[0]
        stock = result.get("stock_levels")
        result["inventory"], rebuilt = _inventory_of(result["inventory"], stock, day, first_day, until)
        if rebuilt:
            reconstructed.append(f"inventory: taken from stock_levels of {as_of} at {', '.join(rebuilt)}")
    return PointInTime(result, tuple(reconstructed))


def _reopen(orders: pd.DataFrame, receipts: pd.DataFrame, day: np.datetime64) -> tuple[pd.DataFrame, int]:
    """Orders of which something was received after `day` have the status open, whatever they became."""
    key = ["order_number", "line_number"]
    late = receipts["received_on"].to_numpy().astype("datetime64[D]") > day
    received_later = pd.MultiIndex.from_frame(receipts.loc[late, key])
    reopened = pd.MultiIndex.from_frame(orders[key]).isin(received_later)
    if not reopened.any() or "status" not in orders:
        return orders, int(reopened.sum())
    status = orders["status"].astype(object).mask(reopened, "open")
    return orders.assign(status=status), int(reopened.sum())


def _unreceive(transfers: pd.DataFrame, day: np.datetime64) -> tuple[pd.DataFrame, int]:
    if "received_on" not in transfers:
        return transfers, 0
    received = pd.to_datetime(transfers["received_on"])
    later = received.to_numpy().astype("datetime64[D]") > day
    return transfers.assign(received_on=received.mask(later)), int(later.sum())


def _inventory_of(
    inventory: pd.DataFrame,
    stock_levels: pd.DataFrame | None,
    day: np.datetime64,
    first_day: np.datetime64,
    until: np.datetime64,
) -> tuple[pd.DataFrame, list[str]]:
    """Inventory rows of `day` to `until`, and for the locations that have none, rows made from stock levels."""
    counted = inventory["as_of"].to_numpy().astype("datetime64[D]")
    stated = inventory.loc[(counted >= day) & (counted <= until)].reset_index(drop=True)
    if stock_levels is None or stock_levels.empty:
        return stated, []
    dates = stock_levels["date"].to_numpy().astype("datetime64[D]")
    usable = (dates >= first_day) & (dates <= day) & ~stock_levels["location"].isin(stated["location"]).to_numpy("bool")
    last = stock_levels.loc[usable & stock_levels["on_hand"].notna().to_numpy("bool")].sort_values(
        "date", kind="stable"
    )
    last = last.drop_duplicates(["sku", "location"], keep="last").sort_values(["sku", "location"])
    if last.empty:
        return stated, []
    made = pd.DataFrame(
        {
            "as_of": pd.Timestamp(day).as_unit("ns"),
            "sku": last["sku"].to_numpy(),
            "location": last["location"].to_numpy(),
            "on_hand": last["on_hand"].to_numpy("float64"),
            "reserved": 0.0,
            "backordered": 0.0,
        }
    )
    for column in (SOURCE_FILE, SOURCE_LINE):
        if column in inventory and column in last:
            made[column] = last[column].to_numpy()
    made = made.reindex(columns=inventory.columns)
    joined = made if stated.empty else pd.concat([stated, made], ignore_index=True)
    return joined, sorted(set(last["location"]))
