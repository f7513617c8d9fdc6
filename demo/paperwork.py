"""Orders, receipts, transfers and stock as the demo company's systems show them on the last evening."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from demo.assortment import Assortment
from demo.items import Items
from demo.network import LOCATIONS, SUPPLIERS
from demo.seeding import generator_for
from demo.trading import Batch, TradingBooks


def order_frames(
    seed: int, assortment: Assortment, items: Items, books: TradingBooks, days: NDArray[np.datetime64], first: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The `purchase_orders` and `receipts` tables: orders placed on the first recorded day or after.

    A purchase order is what one supplier was asked on one day for one location. A few lines of faraway suppliers were
    cancelled, and two are so long overdue that nobody believes in them any more.

    Parameters
    ----------
    seed: of the company.
    assortment: what is sold.
    items: what is stocked where.
    books: what happened.
    days: of the calendar, ascending.
    first: index of the first day that the company keeps records of.
    """
    rng = generator_for(seed, "paperwork")
    last = len(days) - 1
    lines = _joined(books.orders, ["line", "item", "supplier", "day", "units", "promised"])
    arrived = _joined(books.receipts, ["line", "day", "units"])
    arrived = arrived[arrived["day"] <= last]
    lines = lines[lines["day"] >= first]
    lines["place"] = items.place[lines["item"]]
    lines = lines.sort_values(["day", "supplier", "place", "line"], ignore_index=True)
    order = lines.groupby(["day", "supplier", "place"], sort=True).ngroup()
    lines["order_number"] = "PO-" + (40_000 + order).astype(str)
    lines["line_number"] = lines.groupby("order_number").cumcount() + 1
    received = arrived.groupby("line")["units"].sum().reindex(lines["line"], fill_value=0).to_numpy()
    codes, places = assortment.products["sku"].to_numpy(dtype=object), LOCATIONS["location"].to_numpy(dtype=object)
    longer = np.arange(days[0], days[-1] + 730)
    orders = pd.DataFrame(
        {
            "order_number": lines["order_number"],
            "line_number": lines["line_number"],
            "sku": codes[items.product[lines["item"]]],
            "location": places[lines["place"]],
            "supplier": np.array([kind.supplier for kind in SUPPLIERS], dtype=object)[lines["supplier"]],
            "ordered_on": days[lines["day"].to_numpy()].astype("datetime64[s]"),
            "ordered_units": lines["units"],
            "expected_on": longer[lines["promised"].to_numpy()].astype("datetime64[s]"),
            "status": np.where(
                received >= lines["units"], "received", np.where(received > 0, "partly_received", "open")
            ),
        }
    )
    receipts = arrived.merge(lines[["line", "order_number", "line_number"]], on="line")
    receipts = receipts.assign(
        received_on=days[receipts["day"].to_numpy()].astype("datetime64[s]"), received_units=receipts["units"]
    )
    receipts = receipts.sort_values(["received_on", "order_number", "line_number"], ignore_index=True)
    extra = _forgotten_and_cancelled(rng, orders, days)
    orders = pd.concat([orders, extra], ignore_index=True)
    return orders, receipts[["order_number", "line_number", "received_on", "received_units"]]


def _forgotten_and_cancelled(
    rng: np.random.Generator, orders: pd.DataFrame, days: NDArray[np.datetime64]
) -> pd.DataFrame:
    """Two orders promised 75 and 130 days ago and never seen, and some that were cancelled."""
    old = orders[orders["ordered_on"] < days[-200 % len(days)]]
    picked: pd.DataFrame = old.iloc[np.sort(rng.choice(len(old), min(10, len(old)), replace=False))].reset_index(
        drop=True
    )
    picked["order_number"] = [f"PO-{39_900 + k}" for k in range(len(picked))]
    picked["line_number"] = 1
    picked["status"] = "cancelled"
    for row, overdue in ((0, 75), (1, 130)):
        picked.loc[row, ["ordered_on", "expected_on"]] = [
            pd.Timestamp(days[-1]) - pd.Timedelta(days=overdue + 40),
            pd.Timestamp(days[-1]) - pd.Timedelta(days=overdue),
        ]
        picked.loc[row, "status"] = "open"
    return picked


def transfers_frame(
    assortment: Assortment, items: Items, books: TradingBooks, days: NDArray[np.datetime64], first: int
) -> pd.DataFrame:
    """The `transfers` table: what left the own warehouse for the marketplace.

    Parameters
    ----------
    assortment: what is sold.
    items: what is stocked where.
    books: what happened.
    days: of the calendar, ascending.
    first: index of the first day that the company keeps records of.
    """
    moved = _joined(books.transfers, ["item", "source", "day", "units", "promised", "arrived"])
    moved = moved[moved["day"] >= first].sort_values(["day", "item"], ignore_index=True)
    codes, places = assortment.products["sku"].to_numpy(dtype=object), LOCATIONS["location"].to_numpy(dtype=object)
    longer = np.arange(days[0], days[-1] + 40)
    received = pd.Series(longer[moved["arrived"].to_numpy()].astype("datetime64[s]"))
    number = moved["day"].rank(method="dense").astype(int)
    frame = pd.DataFrame(
        {
            "transfer_number": "TR-" + (7_000 + number).astype(str),
            "sku": codes[items.product[moved["item"]]],
            "from_location": places[items.place[moved["source"]]],
            "to_location": places[items.place[moved["item"]]],
            "shipped_on": days[moved["day"].to_numpy()].astype("datetime64[s]"),
            "units": moved["units"],
            "expected_on": longer[moved["promised"].to_numpy()].astype("datetime64[s]"),
            "received_on": received.where(moved["arrived"] < len(days)),
        }
    )
    frame.insert(1, "line_number", frame.groupby("transfer_number").cumcount() + 1)
    return frame


def stock_frame(
    assortment: Assortment, items: Items, books: TradingBooks, days: NDArray[np.datetime64], first: int
) -> pd.DataFrame:
    """The `stock_levels` table: units at the end of each day, by date, SKU and location.

    Starts with an item's first stock. The marketplace sent no report in one week, 400 days before the last day or, in
    a shorter history, halfway: those rows are missing.

    Parameters
    ----------
    assortment: what is sold.
    items: what is stocked where.
    books: what happened.
    days: of the calendar, ascending.
    first: index of the first day that the company keeps records of.
    """
    levels = books.on_hand[:, first:]
    seen = np.maximum.accumulate(levels > 0, axis=1)
    length = levels.shape[1]
    silent = length - 400 if length > 420 else length // 2
    market = list(LOCATIONS["location"]).index("MARKETPLACE")
    seen[items.place == market, silent : silent + 7] = False
    day, item = np.nonzero(seen.T)
    return pd.DataFrame(
        {
            "date": days[first + day].astype("datetime64[s]"),
            "sku": assortment.products["sku"].to_numpy(dtype=object)[items.product[item]],
            "location": LOCATIONS["location"].to_numpy(dtype=object)[items.place[item]],
            "on_hand": levels.T[day, item].astype(np.int32),
        }
    )


def inventory_frame(
    seed: int, assortment: Assortment, items: Items, books: TradingBooks, days: NDArray[np.datetime64]
) -> pd.DataFrame:
    """The `inventory` table of the last evening: on_hand, reserved of it, and backordered where nothing is left.

    Four items of 1,240 are missing from it, as if the warehouse had not counted them.

    Parameters
    ----------
    seed: of the company.
    assortment: what is sold.
    items: what is stocked where.
    books: what happened.
    days: of the calendar, ascending.
    """
    rng = generator_for(seed, "inventory")
    on_hand = books.on_hand[:, -1].astype(np.int64)
    ever_stocked = (books.on_hand > 0).any(axis=1)
    reserved = np.where(rng.random(len(on_hand)) < 0.08, np.minimum(rng.integers(1, 4, len(on_hand)), on_hand), 0)
    backordered = np.where((on_hand == 0) & (rng.random(len(on_hand)) < 0.25), rng.integers(1, 3, len(on_hand)), 0)
    frame = pd.DataFrame(
        {
            "as_of": np.full(len(on_hand), days[-1]).astype("datetime64[s]"),
            "sku": assortment.products["sku"].to_numpy(dtype=object)[items.product],
            "location": LOCATIONS["location"].to_numpy(dtype=object)[items.place],
            "on_hand": on_hand,
            "reserved": reserved,
            "backordered": backordered,
        }
    )
    uncounted = np.zeros(len(frame), dtype=bool)
    uncounted[rng.choice(len(frame), max(1, round(len(frame) * 0.003)), replace=False)] = True
    return frame[ever_stocked & ~uncounted].reset_index(drop=True)


def _joined(batches: list[Batch], columns: list[str]) -> pd.DataFrame:
    empty = np.zeros(0, dtype=np.int64)
    return pd.DataFrame({name: np.concatenate([empty, *[batch[name] for batch in batches]]) for name in columns})
