"""WooCommerce's own product export (Products, Export): simple products, variable ones and their variations."""

import re

import pandas as pd

from intake.connectors.conversion import ExcludedRows, converted, exclude_rows, text_frame
from intake.connectors.fields import (
    coalesce,
    has_column,
    is_filled,
    numbers,
    required_column,
    result_texts,
    text_column,
)
from intake.sources.raw import RawTable
from settings import TableSource

NO_CATEGORY = "Uncategorized"
"""Category of products that have none, as WooCommerce calls it."""

KG_PER_UNIT = {"kg": 1.0, "g": 0.001, "lbs": 0.45359237, "oz": 0.028349523125}

GROUPED = "a grouped or external product, which has no stock of its own"
VARIABLE = "a variable product: its variations are what is sold"
BORROWS = "a variation without SKU: it is sold under the SKU of its parent"
NOT_KEPT = "WooCommerce keeps no stock of it (Stock is empty)"
SHARED = "its stock is that of its parent, which has a row of its own; name the parent in sku_aliases"

_TITLE = "WooCommerce product export"
_WITHOUT_STOCK = ("grouped", "external")
_WEIGHT = re.compile(r"weight \((kg|g|lbs|oz)\)", re.IGNORECASE)
_UNESCAPED_COMMA = re.compile(r"(?<!\\),\s*")


def products(raw: RawTable, source: TableSource) -> RawTable:
    """One row per product that is sold under a code of its own; what a variation leaves empty is its parent's."""
    frame, parents, left_out = _sold(raw, source)
    categories = coalesce(text_column(frame, "Categories"), text_column(parents, "Categories"))
    rows = {
        "sku": text_column(frame, "SKU"),
        "name": coalesce(text_column(frame, "Name"), text_column(parents, "Name")),
        "category": categories.map(_first_category),
        "barcode": text_column(frame, "GTIN, UPC, EAN, or ISBN"),
        "unit_price": text_column(frame, "Regular price"),
    }
    if has_column(frame, "Brands"):
        rows["brand"] = coalesce(text_column(frame, "Brands"), text_column(parents, "Brands"))
    if has_column(frame, "Cost of goods"):
        rows["unit_cost"] = text_column(frame, "Cost of goods")
    weight = next((name for name in frame.columns if _WEIGHT.fullmatch(str(name).strip())), None)
    if weight is not None:
        unit = _WEIGHT.fullmatch(weight.strip())
        delivered = coalesce(frame[weight], parents[weight])
        kilograms = numbers(delivered, source) * KG_PER_UNIT[unit[1].lower() if unit else "kg"]
        rows["weight_kg"] = result_texts(kilograms, source, delivered)
    return converted(raw, pd.DataFrame(rows), left_out)


def inventory(raw: RawTable, source: TableSource) -> RawTable:
    """Stock of the products whose own stock WooCommerce keeps; the others have no row."""
    frame, _, left_out = _sold(raw, source)
    stock = required_column(frame, raw, source, "", _TITLE, ("Stock",))
    rows = pd.DataFrame({"sku": text_column(frame, "SKU"), "on_hand": stock})
    shared = stock.str.strip().str.casefold() == "parent"
    kept, too = exclude_rows(raw, rows, {NOT_KEPT: ~is_filled(stock), SHARED: shared})
    return converted(raw, kept, left_out + too)


def _sold(raw: RawTable, source: TableSource) -> tuple[pd.DataFrame, pd.DataFrame, tuple[ExcludedRows, ...]]:
    """Rows of what is sold under a code and stocked, and beside each the row of its parent (empty where none).

    Left out are grouped and external products, which have no stock; variable products, whose variations are what is
    sold, unless they keep stock themselves or lend their code to a variation; and the variations that borrow it.
    """
    frame = text_frame(raw)
    kind = required_column(frame, raw, source, "", _TITLE, ("Type",)).str.split(",").str[0].str.strip().str.casefold()
    sku, parent = (
        required_column(frame, raw, source, "", _TITLE, ("SKU",)).str.strip(),
        text_column(frame, "Parent").str.strip(),
    )
    row_of = {f"id:{number.strip()}": row for row, number in text_column(frame, "ID").items()}
    row_of |= dict(zip(sku[is_filled(sku)], frame.index[is_filled(sku)], strict=True))
    parent_row = parent.map(lambda name: row_of.get(name, -1) if name else -1)
    of_parent = sku.reindex(parent_row.to_numpy()).fillna("").set_axis(frame.index)
    borrows = (kind == "variation") & ~is_filled(sku) & is_filled(of_parent)
    lends = pd.Series(frame.index.isin(parent_row[borrows]), index=frame.index)
    keeps_stock = is_filled(text_column(frame, "Stock"))
    rules = {
        GROUPED: kind.isin(_WITHOUT_STOCK),
        VARIABLE: (kind == "variable") & ~lends & ~keeps_stock,
        BORROWS: borrows,
    }
    kept, left_out = exclude_rows(raw, frame, rules)
    parents = frame.reindex(parent_row[kept.index].to_numpy()).fillna("").set_index(kept.index)
    return kept, parents, left_out


def _first_category(categories: str) -> str:
    first = _UNESCAPED_COMMA.split(categories.strip())[0].replace("\\,", ",").strip()
    return first or NO_CATEGORY
