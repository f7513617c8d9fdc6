"""What each code sold, and when: what all finders look at."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data_contracts.parsing import is_non_product
from identity.sku_codes import alias_map, normalise_skus
from settings import Settings


@dataclass(frozen=True)
class SalesByCode:
    """Sales and products under the codes that the company uses, normalised as declared.

    Attributes
    ----------
    codes: one row per code (index) that is a product or was sold: name, category, barcode (None where unknown),
        is_product, list_price and list_cost (base currency; NaN where unknown), units, money (base currency), lines,
        first_sold, last_sold, price (money per unit), on_hand.
    sales: rows with units above zero, with money: date, sku, channel, market, location, units, money.
    taken: codes that are an alias or a bundle already.
    products: the products' rows.
    tables: all tables, codes normalised.
    last_day: day of the newest sale; first_day: of the oldest.
    """

    codes: pd.DataFrame
    sales: pd.DataFrame
    taken: frozenset[str]
    products: pd.DataFrame
    tables: dict[str, pd.DataFrame]
    first_day: pd.Timestamp
    last_day: pd.Timestamp

    def product_row(self, sku: str) -> dict[str, str]:
        """The row of a product as it stands in a CSV file, without where it was read."""
        row = self.products.loc[self.products["sku"] == sku].iloc[0]
        return {str(name): _as_text(value) for name, value in row.items() if not str(name).startswith("source_")}


def sales_by_code(tables: Mapping[str, pd.DataFrame], settings: Settings) -> SalesByCode | None:
    """What was sold under each code; None where nothing was.

    Parameters
    ----------
    tables: accepted tables before identity is resolved; `sales` and `products` must be there.
    settings: base currency, how codes are compared, codes that are no products.
    """
    clean, _ = normalise_skus(tables, settings.data.sku_case, settings.data.sku_strip)
    rates = newest_rates(clean.get("fx_rates"), settings.company.base_currency)
    source = settings.sources.get("sales")
    sales = clean["sales"]
    prefix = source.cancelled_order_prefix if source else None
    carried_out = (sales["units"] > 0) & ~is_non_product(sales["sku"], source.not_products if source else [])
    if "status" in sales:
        carried_out &= sales["status"].fillna("completed") != "cancelled"
    if prefix and "order" in sales:
        carried_out &= ~sales["order"].fillna("").astype(str).str.startswith(prefix)
    sales = sales.loc[carried_out.to_numpy("bool")].reset_index(drop=True)
    if sales.empty:
        return None
    sales = sales.assign(money=_in_base(sales["net_revenue"], sales["currency"], rates))
    products = clean["products"].drop_duplicates("sku").reset_index(drop=True)
    codes = _codes(sales, products, rates, clean.get("inventory"))
    aliases = alias_map(clean.get("sku_aliases"), set(products["sku"]))
    bundles = clean.get("bundles")
    taken = {*aliases.everywhere, *aliases.ambiguous, *(bundles["bundle_sku"] if bundles is not None else ())}
    return SalesByCode(codes, sales, frozenset(taken), products, clean, sales["date"].min(), sales["date"].max())


def _as_text(value: object) -> str:
    """A value as it stands in a CSV file; nothing where it is missing."""
    if value is None or pd.isna(value):  # type: ignore[call-overload]
        return ""
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def newest_rates(fx_rates: pd.DataFrame | None, base: str) -> dict[str, float]:
    """The newest rate of each currency: good enough to sort gaps by."""
    if fx_rates is None or fx_rates.empty:
        return {base: 1.0}
    newest = fx_rates.sort_values("date", kind="stable").drop_duplicates("currency", keep="last")
    return dict(zip(newest["currency"], newest["rate_to_base"].astype("float64"), strict=True)) | {base: 1.0}


def _in_base(amounts: "pd.Series[float]", currencies: "pd.Series[str]", rates: dict[str, float]) -> NDArray[np.float64]:
    """Amounts in base currency; NaN in a currency without a rate."""
    own = currencies.map(rates).astype("float64").where(currencies.notna(), 1.0)
    return amounts.to_numpy("float64") * own.to_numpy("float64")


def _codes(
    sales: pd.DataFrame, products: pd.DataFrame, rates: dict[str, float], inventory: pd.DataFrame | None
) -> pd.DataFrame:
    sums = sales.groupby("sku", sort=True).agg(
        units=("units", "sum"),
        money=("money", "sum"),
        lines=("units", "size"),
        first_sold=("date", "min"),
        last_sold=("date", "max"),
    )
    wanted = ["name", "category", "barcode", "unit_price", "unit_cost", "currency"]
    own = products.set_index("sku").reindex(columns=wanted)
    every = own.index.union(sums.index, sort=True)
    codes = own.reindex(every).join(sums)
    codes["is_product"] = codes.index.isin(own.index)
    for name in ("units", "money", "lines"):
        codes[name] = codes[name].astype("float64").fillna(0.0)
    for column, priced in (("list_price", "unit_price"), ("list_cost", "unit_cost")):
        codes[column] = _in_base(codes[priced].astype("float64"), codes["currency"], rates)
    for name in ("name", "category", "barcode"):
        texts = codes[name].to_numpy(dtype=object, copy=True)
        texts[pd.isna(texts)] = None
        codes[name] = texts
    codes["price"] = (codes["money"] / codes["units"]).where(codes["money"] > 0)
    newest = inventory.loc[inventory["as_of"] == inventory["as_of"].max()] if inventory is not None else None
    held = newest.groupby("sku")["on_hand"].sum() if newest is not None else pd.Series(dtype="float64")
    codes["on_hand"] = held.reindex(codes.index).fillna(0.0)
    return codes
