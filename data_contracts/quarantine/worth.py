"""What failed rows are worth: the units and the money that they hold, in base currency, where both can be read."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

OF = {
    "sales": "net revenue",
    "inventory": "stock at cost",
    "purchase_orders": "ordered, at cost",
    "receipts": "received",
    "transfers": "under way, at cost",
    "budgets": "budgeted revenue",
    "open_to_buy": "order budget",
}
SOLD = "net revenue of these SKUs in the last 365 days"
_UNITS = {
    "sales": "units",
    "inventory": "on_hand",
    "purchase_orders": "ordered_units",
    "receipts": "received_units",
    "transfers": "units",
}
_MONEY = {"sales": "net_revenue", "budgets": "revenue", "open_to_buy": "amount"}
AMOUNTS: dict[str, tuple[str, ...]] = {
    table: tuple(columns[table] for columns in (_UNITS, _MONEY) if table in columns) for table in OF
}
"""Columns of a table that say what a row is worth."""

_BY_SKU = ("products", "supply_terms", "bundles", "sku_aliases")
_SKU_OF = {"bundles": "bundle_sku", "sku_aliases": "alias"}
_DAYS = 365


@dataclass(frozen=True)
class Worth:
    """What some rows are worth.

    Attributes
    ----------
    units: that they hold; None where the table has none, or none could be read.
    money: in base currency; None where none could be worked out.
    unknown: rows whose money could not be worked out.
    of: what the money is, such as "net revenue".
    """

    units: float | None = None
    money: float | None = None
    unknown: int = 0
    of: str = ""


NOTHING_KNOWN = Worth()


@dataclass(frozen=True)
class Prices:
    """What money is counted by.

    Attributes
    ----------
    rates: base units for one unit of a currency, by currency, the base currency included.
    unit_costs: in base currency, by SKU.
    sold: net revenue of the last 365 days in base currency, by SKU.
    """

    rates: Mapping[str, float]
    unit_costs: Mapping[str, float]
    sold: Mapping[str, float]


def amount_column(name: str) -> str:
    """Name of the numbers of a column, in frames that hold the delivered texts under the column's own name."""
    return f"{name}__amount"


def valuation_prices(tables: Mapping[str, pd.DataFrame], as_of: dt.date | None, base: str) -> Prices:
    """Rates, costs and sales from accepted tables, as far as they are there.

    Parameters
    ----------
    tables: accepted rows by table; used are fx_rates, supply_terms, products and sales.
    as_of: the plan's day; without it the newest rows count.
    base: the company's base currency.
    """
    rates = {base: 1.0}
    known = tables.get("fx_rates")
    if known is not None and len(known):
        by_day = known.sort_values("date", kind="stable")
        by_day = by_day if as_of is None else by_day[by_day["date"] <= pd.Timestamp(as_of)]
        newest = by_day.drop_duplicates("currency", keep="last")
        rates |= dict(zip(newest["currency"], newest["rate_to_base"], strict=True))
    costs: dict[str, float] = {}
    for table in ("products", "supply_terms"):
        frame = tables.get(table)
        if frame is not None and len(frame):
            money = frame["unit_cost"].to_numpy("float64") * _rates(frame["currency"], rates, base)
            known_costs = pd.Series(money, index=frame["sku"]).dropna()
            costs |= {str(sku): float(cost) for sku, cost in known_costs[~known_costs.index.duplicated()].items()}
    sold: dict[str, float] = {}
    sales = tables.get("sales")
    if sales is not None and len(sales):
        last = pd.Timestamp(as_of) if as_of is not None else sales["date"].max()
        recent = sales[(sales["date"] <= last) & (sales["date"] > last - pd.Timedelta(days=_DAYS))]
        money = recent["net_revenue"].to_numpy("float64") * _rates(recent["currency"], rates, base)
        by_sku = pd.Series(money).groupby(recent["sku"].to_numpy()).sum()
        sold = {str(sku): float(total) for sku, total in by_sku.items()}
    return Prices(rates, costs, sold)


def worth_of(table: str, rows: pd.DataFrame, prices: Prices, base: str, *, as_delivered: bool = False) -> Worth:
    """What failed rows of a table are worth.

    Parameters
    ----------
    table: their table.
    rows: its columns; amounts as numbers.
    prices: see `valuation_prices`.
    base: the company's base currency.
    as_delivered: whether the columns hold texts, and the numbers stand beside them (see `amount_column`).
    """
    if table in _BY_SKU:
        skus = set(rows[_SKU_OF.get(table, "sku")].dropna().astype(str).str.strip()) - {""}
        known = [prices.sold[sku] for sku in skus if sku in prices.sold]
        return Worth(money=float(np.sum(known)), of=SOLD) if known else NOTHING_KNOWN
    if table not in OF or not len(rows):
        return NOTHING_KNOWN
    name_of = amount_column if as_delivered else str
    units = rows[name_of(_UNITS[table])].to_numpy("float64") if table in _UNITS else np.full(len(rows), np.nan)
    if table in _MONEY:
        money = rows[name_of(_MONEY[table])].to_numpy("float64") * _rates(rows["currency"], prices.rates, base)
    elif "sku" in rows:
        money = units * rows["sku"].map(lambda sku: prices.unit_costs.get(str(sku).strip(), np.nan)).to_numpy("float64")
    else:
        money = np.full(len(rows), np.nan)
    return Worth(_sum(units), _sum(money), int(np.isnan(money).sum()), OF[table])


def _rates(currencies: "pd.Series[str]", rates: Mapping[str, float], base: str) -> NDArray[np.float64]:
    names = currencies.astype(object).where(currencies.notna() & (currencies != ""), base)
    return names.map(lambda name: rates.get(str(name).strip().upper(), np.nan)).to_numpy("float64")


def _sum(values: NDArray[np.float64]) -> float | None:
    return None if np.isnan(values).all() else float(np.nansum(values))
