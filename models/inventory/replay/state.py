"""Stock and open orders at a review of a replay, as the tables that a decision reads."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from features.arrays import Floats
from models.inventory.replay.window import ReplayWindow
from models.inventory.simulation import OpenOrders
from models.inventory.terms.columns import days, texts

_ORDER = ["order_number", "line_number"]


@dataclass(frozen=True)
class ReplayState:
    """Stock and open orders at the end of a period. Arrays (I,), units; `orders` are those placed in the replay."""

    period: int
    on_hand: Floats
    backorders: Floats
    position: Floats
    orders: OpenOrders


def with_replay_state(
    window: ReplayWindow, state: ReplayState, known: Mapping[str, pd.DataFrame]
) -> dict[str, pd.DataFrame]:
    """The tables known at a review, with the replay's stock and orders in the place of the company's later ones.

    What the company had ordered before the start, and what of it has arrived by now, stays as it was.

    Parameters
    ----------
    window: that is replayed. state: at the review.
    known: tables known at the review: purchase_orders, receipts, transfers; others are passed on.
    """
    start = window.calendar.ends[0]
    today = pd.Timestamp(window.calendar.ends[state.period])
    tables = dict(known)
    orders = known.get("purchase_orders", pd.DataFrame())
    if len(orders):
        orders = orders.loc[days(orders, "ordered_on") <= start]
    moved = known.get("transfers", pd.DataFrame())
    if len(moved):
        moved = moved.loc[days(moved, "shipped_on") <= start]
    placed = _lines(window, state)
    bought = placed["supplier"].notna().to_numpy()
    tables["purchase_orders"] = _joined(orders, placed.loc[bought, [
        *_ORDER, "sku", "location", "supplier", "ordered_on", "ordered_units", "expected_on", "status",
    ]])  # fmt: skip
    tables["transfers"] = _joined(moved, _transfers(placed[~bought], today))
    tables["inventory"] = pd.DataFrame(
        {
            "as_of": np.full(len(window), today),
            "sku": window.items["sku"].to_numpy(object),
            "location": window.items["location"].to_numpy(object),
            "on_hand": state.on_hand,
            "reserved": np.zeros(len(window)),
            "backordered": state.backorders,
        }
    )
    receipts = known.get("receipts", pd.DataFrame())
    if len(receipts):
        early = orders[_ORDER].astype(str) if len(orders) else pd.DataFrame(columns=_ORDER)
        inside = pd.MultiIndex.from_frame(receipts[_ORDER].astype(str)).isin(pd.MultiIndex.from_frame(early))
        tables["receipts"] = receipts[inside]
    return tables


def _lines(window: ReplayWindow, state: ReplayState) -> pd.DataFrame:
    """The replay's open orders, one row each."""
    rows, since = state.orders.item, state.orders.placed
    ours = since >= 0  # the others were on their way at the start
    rows, since, units = rows[ours], since[ours], state.orders.units[ours]
    return pd.DataFrame(
        {
            "order_number": [f"replay-{period:04d}-{row:06d}" for period, row in zip(since, rows, strict=True)],
            "line_number": "1",
            "sku": window.items["sku"].to_numpy(object)[rows],
            "location": window.items["location"].to_numpy(object)[rows],
            "supplier": texts(window.items, "supplier")[rows],
            "from_location": texts(window.items, "from_location")[rows],
            "ordered_on": window.placed_on[rows, since].astype("datetime64[ns]"),
            "ordered_units": units,
            "expected_on": window.promised_on[rows, since].astype("datetime64[ns]"),
            "status": "open",
        }
    )


def _transfers(placed: pd.DataFrame, today: pd.Timestamp) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "transfer_number": placed["order_number"],
            "line_number": placed["line_number"],
            "sku": placed["sku"],
            "from_location": placed["from_location"],
            "to_location": placed["location"],
            "shipped_on": placed["ordered_on"].where(placed["ordered_on"] <= today, today),
            "units": placed["ordered_units"],
            "expected_on": placed["expected_on"],
            "received_on": pd.Series(pd.NaT, index=placed.index, dtype="datetime64[ns]"),
        }
    )


def _joined(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    if first.empty or second.empty:
        return (second if first.empty else first).reset_index(drop=True)
    return pd.concat([first, second], ignore_index=True)
