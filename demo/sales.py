"""The `sales` table: what was really sold, as the order lines a shop exports."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from demo.assortment import Assortment
from demo.demand import ORDER_TYPES, RETAIL, WantedLines
from demo.items import Items
from demo.network import OUTLETS
from demo.seeding import generator_for
from demo.trading import TradingBooks

SALES_COLUMNS = (
    "date", "order", "line", "sku", "channel", "market", "location", "units", "unit_price", "net_revenue", "currency",
    "returned_units", "resellable_units", "on_promotion", "order_type", "status", "customer",
)  # fmt: skip
_PREFIX = {"webshop": "W", "marketplace": "M", "store": "S"}
_CANCELLED_SHARE = 0.006
_PENNIES = 100


def sales_frame(
    seed: int,
    assortment: Assortment,
    items: Items,
    wanted_lines: WantedLines,
    books: TradingBooks,
    days: NDArray[np.datetime64],
    rates: pd.DataFrame,
    first: int,
) -> pd.DataFrame:
    """Order lines of the recorded days, sorted by date, order and line.

    Parameters
    ----------
    seed: of the company.
    assortment: what is sold.
    items: what is stocked where.
    wanted_lines: order lines as customers want them.
    books: what happened.
    days: of the calendar, ascending.
    first: index of the first day that the company keeps records of.
    rates: the `fx_rates` table, to turn list prices into pounds.

    Returns
    -------
    One row per order line with `SALES_COLUMNS`. `location` is empty for the web shop (the `fulfilment` table says it);
    returns are columns of the sold line in the web shop and the store, and lines of their own with negative units on
    the marketplace.
    """
    rng = generator_for(seed, "order numbers")
    sold = _with_sets(assortment, items, wanted_lines, books)
    sold = sold[sold["units"] > 0]
    sold = _with_cancelled(rng, sold)
    sold = _with_prices(rng, assortment, sold, days, rates)
    sold = _with_orders(rng, sold)
    returns = _returned_lines(sold)
    frame = pd.concat([sold, returns], ignore_index=True)
    frame["returned_units"] = frame["returned_units"].astype("Int64")
    frame = frame[frame["day"] >= first]
    frame = frame.sort_values(["day", "order", "line"], ignore_index=True)
    outlet = frame["outlet"].to_numpy()
    channel = np.array([kind.channel for kind in OUTLETS], dtype=object)
    frame["date"] = days[frame["day"].to_numpy()].astype("datetime64[s]")
    frame["sku"] = _codes(rng, assortment, frame, channel[outlet])
    frame["channel"] = channel[outlet]
    frame["market"] = np.array([kind.market for kind in OUTLETS], dtype=object)[outlet]
    place = np.array([kind.location for kind in OUTLETS], dtype=object)[outlet]
    frame["location"] = pd.Series(place, dtype=object).mask(frame["channel"] == "webshop", None)
    frame["currency"] = np.array([kind.currency for kind in OUTLETS], dtype=object)[outlet]
    frame["order_type"] = ORDER_TYPES[frame["order_type"].to_numpy()]
    frame["status"] = np.where(frame["cancelled"], "cancelled", "completed")
    return frame[list(SALES_COLUMNS)]


def _with_sets(assortment: Assortment, items: Items, wanted_lines: WantedLines, books: TradingBooks) -> pd.DataFrame:
    """Sold lines by product; a set is sold where all its parts were there, else its parts are sold singly."""
    lines = pd.DataFrame(
        {
            "day": wanted_lines.day,
            "item": wanted_lines.item,
            "outlet": wanted_lines.outlet,
            "units": books.served,
            "order_type": wanted_lines.order_type,
            "discount": wanted_lines.discount.astype(float),
            "returned_units": books.returned,
            "resellable_units": books.resellable,
            "returned_day": books.returned_day,
            "bundle": wanted_lines.bundle,
            "bundle_line": wanted_lines.bundle_line,
            "complete": books.served == wanted_lines.per_bundle,
        }
    )
    part = lines["bundle"] >= 0
    whole = lines[part].groupby("bundle_line")["complete"].transform("all").reindex(lines.index, fill_value=False)
    sets = lines[part & whole].drop_duplicates("bundle_line").assign(units=1)
    sets["product"] = assortment.stocked + sets["bundle"]
    single = lines[~(part & whole)].copy()
    single["product"] = items.product[single["item"]]
    return pd.concat([single, sets]).sort_index()


def _with_cancelled(rng: np.random.Generator, sold: pd.DataFrame) -> pd.DataFrame:
    """Copies of some web lines as orders that were cancelled before they left."""
    web = np.array([kind.channel == "webshop" for kind in OUTLETS])[sold["outlet"].to_numpy()]
    chosen = web & (rng.random(len(sold)) < _CANCELLED_SHARE) & (sold["order_type"].to_numpy() == RETAIL)
    copies = sold[chosen].assign(cancelled=True, returned_units=0, resellable_units=0, returned_day=-1)
    return pd.concat([sold.assign(cancelled=False), copies], ignore_index=True)


def _with_prices(
    rng: np.random.Generator,
    assortment: Assortment,
    sold: pd.DataFrame,
    days: NDArray[np.datetime64],
    rates: pd.DataFrame,
) -> pd.DataFrame:
    """Adds unit_price (paid, without tax) and net_revenue; prices rose 3 % a year ago, pounds are at the first rate."""
    list_price = assortment.products["unit_price"].to_numpy().astype(float)[sold["product"].to_numpy()]
    day = sold["day"].to_numpy()
    list_price = np.where(day < len(days) - 365, np.round(list_price * 0.97, 2), list_price)
    pounds = np.array([kind.currency == "GBP" for kind in OUTLETS])[sold["outlet"].to_numpy()]
    first_rate = float(rates.loc[rates["currency"] == "GBP", "rate_to_base"].iloc[0])
    list_price = np.where(pounds, np.round(list_price / first_rate, 2), list_price)
    personal = np.where((sold["discount"] == 0) & (rng.random(len(sold)) < 0.04), 0.1, 0.0)
    price = np.round(list_price * (1 - np.maximum(sold["discount"], personal)), 2)
    revenue = np.round(price * _PENNIES) * sold["units"] / _PENNIES
    return sold.assign(
        unit_price=price, net_revenue=revenue, on_promotion=(sold["discount"] > 0) & (sold["order_type"] == RETAIL)
    )


def _with_orders(rng: np.random.Generator, sold: pd.DataFrame) -> pd.DataFrame:
    """Adds order and line numbers and the customers of wholesale: lines of a day, outlet and kind share baskets."""
    mixed = rng.permutation(len(sold))
    by = ("order_type", "cancelled", "outlet", "day")
    keys = (mixed, *(sold[name].to_numpy() for name in by))
    sold = sold.iloc[np.lexsort(keys)].reset_index(drop=True)
    group = sold[["day", "outlet", "cancelled", "order_type"]]
    changed = (group != group.shift()).any(axis=1).to_numpy()
    begins = changed | (rng.random(len(sold)) < np.where(sold["order_type"] == RETAIL, 0.62, 0.3))
    number = np.cumsum(begins)
    prefix = np.array([_PREFIX[kind.channel] for kind in OUTLETS], dtype=object)[sold["outlet"].to_numpy()]
    first = np.flatnonzero(begins)[number - 1]
    customer = rng.integers(1, 45, len(sold))[first]
    return sold.assign(
        order=prefix + pd.Series(1_000_000 + number).astype(str),
        line=np.arange(len(sold)) - first + 1,
        customer=("B2B-" + pd.Series(100 + customer).astype(str))
        .astype(object)
        .mask(sold["order_type"] == RETAIL, None),
    )


def _returned_lines(sold: pd.DataFrame) -> pd.DataFrame:
    """The marketplace's returns as lines of their own; takes them off the sold lines, in place of `sold`'s columns."""
    marketplace = np.array([kind.channel == "marketplace" for kind in OUTLETS])[sold["outlet"].to_numpy()]
    chosen = marketplace & (sold["returned_units"] > 0)
    back = sold[chosen]
    lines: pd.DataFrame = back.assign(
        day=back["returned_day"],
        units=-back["returned_units"],
        net_revenue=-(np.round(back["unit_price"] * _PENNIES) * back["returned_units"]) / _PENNIES,
        line=900 + back["line"],
        returned_units=np.nan,
        on_promotion=False,
    )
    sold.loc[chosen, ["returned_units", "resellable_units"]] = 0
    return lines


def _codes(
    rng: np.random.Generator, assortment: Assortment, frame: pd.DataFrame, channel: NDArray[np.object_]
) -> NDArray[np.object_]:
    """SKU codes as each channel reports them: the marketplace's own for some, the web shop's former ones at times."""
    codes: NDArray[np.object_] = assortment.products["sku"].to_numpy(dtype=object)[frame["product"].to_numpy()]
    for source, share in (("marketplace", 1.0), ("webshop", 0.3)):
        rows = assortment.aliases[assortment.aliases["source"] == source]
        other = dict(zip(rows["sku"], rows["alias"], strict=True))
        concerned = np.flatnonzero((channel == source) & np.isin(codes, list(other)) & (rng.random(len(codes)) < share))
        codes[concerned] = [other[code] for code in codes[concerned]]
    return codes
