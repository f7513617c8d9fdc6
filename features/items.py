"""Which items are planned, and their master data."""

import datetime as dt
from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data_contracts.declarations import EVERYTHING
from features.public_holidays import country_code
from features.stock_recording import stock_known_from

COLUMNS = (
    "sku",
    "location",
    "category",
    "market",
    "unit_step",
    "launched_on",
    "discontinued_on",
    "similar_sku",
    "successor_sku",
    "predecessor_sku",
    "unit_price_base",
    "unit_cost_base",
    "has_terms",
    "has_inventory",
    "has_source",
    "stock_known_from",
)
_ITEM = ["sku", "location"]
_CLOSED = ("cancelled", "closed", "received")
_MARKET_DAYS = 365


def planned_items(
    tables: Mapping[str, pd.DataFrame], *, as_of: dt.date, planned_if_sold_within_days: int
) -> pd.DataFrame:
    """All items with terms, a replenishment source, stock, open orders, or recent sales.

    Parameters
    ----------
    tables: of `resolve_identity`; `products`, `demand_lines` must be there, others are used where they are.
    as_of: day of the decision.
    planned_if_sold_within_days: how recent a sale must be, days.

    Returns
    -------
    One row per item, sorted by sku and location; columns `COLUMNS`. market: ISO code of the country with most retail
    units in the last 365 days, else of the location, else None; unit_cost_base: landed (with duty and freight) by the
    terms of the item, else by the SKU's terms anywhere, else the product's; has_terms: terms that hold at `as_of`;
    has_inventory: an inventory row; has_source: terms, or transfer terms from another location; stock_known_from: first
    day of recorded stock at the location, NaT where there is none.
    """
    day = pd.Timestamp(as_of)
    terms = _current_terms(tables, day)
    moves = _filled(tables, "transfer_terms", ["sku", "from_location", "to_location"])
    inventory = _filled(tables, "inventory", [*_ITEM, "on_hand", "reserved", "backordered"])
    stocked = inventory.loc[(inventory[["on_hand", "reserved", "backordered"]].fillna(0) != 0).any(axis=1)]
    lines = tables["demand_lines"]
    lines = lines.loc[lines["date"] <= day]
    sold = lines.loc[(lines["date"] > day - pd.Timedelta(days=planned_if_sold_within_days)) & (lines["units"] > 0)]
    found = [
        _filled(tables, "supply_terms", _ITEM),
        moves.rename(columns={"to_location": "location"}),
        stocked,
        _open_orders(tables),
        _open_transfers(tables),
        sold,
    ]
    items = pd.concat([frame[_ITEM].drop_duplicates() for frame in found], ignore_index=True).drop_duplicates().dropna()
    items = items.loc[(items["sku"] != EVERYTHING) & (items["location"] != EVERYTHING)]
    items = items.loc[items["sku"].isin(tables["products"]["sku"])]
    items = items.sort_values(_ITEM, kind="stable", ignore_index=True)

    everywhere = set(terms.loc[terms["location"] == EVERYTHING, "sku"])
    items["has_terms"] = _member(items, terms) | items["sku"].isin(everywhere).to_numpy("bool")
    items["has_inventory"] = _member(items, inventory)
    fed = _member(items, moves.rename(columns={"to_location": "location"}))
    fed |= items["location"].isin(moves.loc[moves["sku"] == EVERYTHING, "to_location"]).to_numpy("bool")
    items["has_source"] = items["has_terms"] | fed
    items = _with_products(items, tables["products"])
    items["unit_cost_base"] = _costs(items, terms)
    recorded = stock_known_from(_filled(tables, "stock_levels", ["date", "location", "on_hand"]))
    items["stock_known_from"] = pd.to_datetime(items["location"].map(recorded)).astype("datetime64[ns]")
    items["market"] = _markets(items, lines.loc[lines["date"] > day - pd.Timedelta(days=_MARKET_DAYS)], tables)
    return items[list(COLUMNS)]


def _with_products(items: pd.DataFrame, products: pd.DataFrame) -> pd.DataFrame:
    wanted = [
        "category",
        "unit_step",
        "launched_on",
        "discontinued_on",
        "similar_sku",
        "successor_sku",
        "unit_price_base",
    ]
    own = products.drop_duplicates("sku").set_index("sku").reindex(columns=[*wanted, "unit_cost_base"])
    joined = items.join(own, on="sku")
    joined["unit_step"] = joined["unit_step"].astype("float64").fillna(1.0)
    for column in ("launched_on", "discontinued_on"):
        joined[column] = pd.to_datetime(joined[column]).astype("datetime64[ns]")
    follows = own["successor_sku"].dropna()
    before = {successor: sku for sku, successor in sorted(follows.items(), reverse=True)}  # the first by name stays
    joined["predecessor_sku"] = joined["sku"].map(before).astype(object)
    for column in ("category", "similar_sku", "successor_sku", "predecessor_sku"):
        joined[column] = _none_where_missing(joined[column])
    for column in ("unit_price_base", "unit_cost_base"):
        joined[column] = joined[column].astype("float64")
    return joined


def _costs(items: pd.DataFrame, terms: pd.DataFrame) -> "pd.Series[float]":
    """Landed cost by the preferred supplier's terms, else the cheapest; else the product's cost."""
    priced = terms.assign(unit_cost_base=_landed(terms)).dropna(subset=["unit_cost_base"])
    priced = priced.assign(later=~priced["is_preferred"].astype("boolean").fillna(False).astype(bool))
    priced = priced.sort_values(["later", "unit_cost_base"], kind="stable")
    at_item = priced.drop_duplicates(_ITEM).set_index(_ITEM)["unit_cost_base"]
    of_sku = priced.drop_duplicates("sku").set_index("sku")["unit_cost_base"]
    own = pd.Series(at_item.reindex(pd.MultiIndex.from_frame(items[_ITEM])).to_numpy("float64"), index=items.index)
    return own.fillna(items["sku"].map(of_sku).astype("float64")).fillna(items["unit_cost_base"])


def _landed(terms: pd.DataFrame) -> "pd.Series[float]":
    """Unit cost with duty and freight, base currency."""
    cost, freight, duty = (
        terms[name].astype("float64") for name in ("unit_cost_base", "freight_per_unit_base", "duty_rate")
    )
    landed: pd.Series[float] = cost * (1.0 + duty.fillna(0.0)) + freight.fillna(0.0)
    return landed


def _markets(items: pd.DataFrame, recent: pd.DataFrame, tables: Mapping[str, pd.DataFrame]) -> "pd.Series[str]":
    retail = recent.loc[recent["order_type"] == "retail"]
    countries = {market: country_code(market) for market in sorted(set(retail["market"].dropna()))}
    retail = retail.assign(country=retail["market"].map(countries)).dropna(subset=["country"])
    sums = retail.groupby([*_ITEM, "country"], sort=True)["units"].sum().reset_index()
    best = sums.sort_values([*_ITEM, "units"], ascending=[True, True, False], kind="stable").drop_duplicates(_ITEM)
    seen = best.set_index(_ITEM)["country"].astype(object)
    own = pd.Series(seen.reindex(pd.MultiIndex.from_frame(items[_ITEM])).to_numpy(dtype=object), index=items.index)
    locations = _filled(tables, "locations", ["location", "country"]).drop_duplicates("location")
    at_home = items["location"].map(locations.set_index("location")["country"]).astype(object)
    return _none_where_missing(own.where(own.notna(), at_home))


def _current_terms(tables: Mapping[str, pd.DataFrame], day: pd.Timestamp) -> pd.DataFrame:
    """The newest terms of each (sku, location, supplier) that hold on `day`."""
    key = [*_ITEM, "supplier"]
    costs = ["unit_cost_base", "freight_per_unit_base", "duty_rate"]
    terms = _filled(tables, "supply_terms", [*key, "valid_from", *costs, "is_preferred"])
    terms["location"] = terms["location"].astype(object).where(terms["location"].notna(), EVERYTHING)
    begins = pd.to_datetime(terms["valid_from"])
    holds = terms.assign(valid_from=begins).loc[(begins.isna() | (begins <= day)).to_numpy("bool")]
    return holds.sort_values([*key, "valid_from"], na_position="first", kind="stable").drop_duplicates(key, keep="last")


def _open_orders(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    key = ["order_number", "line_number"]
    orders = _filled(tables, "purchase_orders", [*key, *_ITEM, "ordered_units", "status"])
    receipts = _filled(tables, "receipts", [*key, "received_units"])
    came = receipts.groupby(key)["received_units"].sum()
    received = np.nan_to_num(came.reindex(pd.MultiIndex.from_frame(orders[key])).to_numpy("float64"))
    ended = orders["status"].isin(_CLOSED).to_numpy("bool")
    is_open: NDArray[np.bool_] = (orders["ordered_units"].to_numpy("float64") > received) & ~ended
    return orders.loc[is_open]


def _open_transfers(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    transfers = _filled(tables, "transfers", ["sku", "to_location", "received_on"])
    return transfers.loc[transfers["received_on"].isna()].rename(columns={"to_location": "location"})


def _filled(tables: Mapping[str, pd.DataFrame], table: str, columns: list[str]) -> pd.DataFrame:
    """The columns of a table; empty where the table, and missing where the column, is not there."""
    if table not in tables:
        return pd.DataFrame(columns=columns, dtype="object")
    filled: pd.DataFrame = tables[table].reindex(columns=columns)
    return filled


def _none_where_missing(texts: "pd.Series[str]") -> "pd.Series[str]":
    values = texts.to_numpy(dtype=object, copy=True)
    values[pd.isna(values)] = None
    return pd.Series(values, index=texts.index, dtype=object)


def _member(items: pd.DataFrame, frame: pd.DataFrame) -> NDArray[np.bool_]:
    return pd.MultiIndex.from_frame(items[_ITEM]).isin(pd.MultiIndex.from_frame(frame[_ITEM].drop_duplicates()))
