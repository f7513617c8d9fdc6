"""Shopify: exports of orders, products and inventory."""

import pandas as pd

from intake.connectors.conversion import LeftOut, converted, leave_out, text_frame
from intake.connectors.export import Export
from intake.connectors.fields import (
    Texts,
    either,
    filled,
    has,
    needed,
    numbers,
    of_whole,
    or_zero,
    result_texts,
    texts,
)
from intake.connectors.shopify.orders import TITLE as ORDERS
from intake.connectors.shopify.orders import sales
from intake.sources.raw import RawTable
from settings import TableSource

NO_CATEGORY = "Uncategorized"
"""Category of products without type and category, as Shopify's own taxonomy calls it."""

PICTURE = "no variant: a further picture of the product, without SKU, price and option"
GIFT_CARD = "a gift card, which is not stocked"
NOT_ORDERED = "archived or a draft (Status): nothing is ordered of it"
NOT_STOCKED = "not stocked at this location"

_PRODUCTS, _INVENTORY = "Shopify products export", "Shopify inventory export"
_HANDLE, _SKU, _STATUS = ("Handle", "URL handle"), ("Variant SKU", "SKU"), ("Status",)
_PRICE, _COST = ("Variant Price", "Price"), ("Cost per item",)
_GRAMS = ("Variant Grams", "Weight value (grams)")
_OPTIONS = ("Option1 Value", "Option2 Value", "Option3 Value")
_ON_HAND = ("On hand (current)", "On hand")
_QUANTITIES = (
    "Incoming", "Unavailable", "Committed", "Available", "Incoming (not editable)", "Unavailable (not editable)",
    "Committed (not editable)", "Available (not editable)", "On hand", "On hand (current)", "On hand (new)",
)  # fmt: skip
_NOT_LOCATIONS = frozenset(
    {"Handle", "Title", "SKU", "Barcode", "HS Code", "COO", "Bin name", *_QUANTITIES}
    | {f"Option{number} {what}" for number in (1, 2, 3) for what in ("Name", "Value")}
)


def products(raw: RawTable, source: TableSource) -> RawTable:
    """One row per variant; the product's own fields are taken from its first row."""
    variants, head, left_out = _variants(raw, source)
    grams = texts(variants, *_GRAMS)
    return converted(
        raw,
        pd.DataFrame(
            {
                "sku": texts(variants, *_SKU),
                "name": _name(variants, head["Title"]),
                "category": either(head["Type"], head["Product Category"]).where(
                    filled(head["Type"]) | filled(head["Product Category"]), NO_CATEGORY
                ),
                "brand": head["Vendor"],
                "barcode": texts(variants, "Variant Barcode", "Barcode").str.removeprefix("'"),
                "unit_price": texts(variants, *_PRICE),
                "unit_cost": texts(variants, *_COST),
                "weight_kg": result_texts(numbers(grams, source) / 1000.0, source, grams),
            }
        ),
        left_out,
    )


def supply_terms(raw: RawTable, source: TableSource) -> RawTable:
    """One row per variant that is still sold: its vendor supplies it at its cost."""
    variants, head, left_out = _variants(raw, source)
    rows = pd.DataFrame(
        {"sku": texts(variants, *_SKU), "supplier": head["Vendor"], "unit_cost": texts(variants, *_COST)}
    )
    not_ordered = head["Status"].str.strip().str.casefold().isin(["archived", "draft"])
    kept, too = leave_out(raw, rows, {NOT_ORDERED: not_ordered})
    return converted(raw, kept, left_out + too)


def _variants(raw: RawTable, source: TableSource) -> tuple[pd.DataFrame, pd.DataFrame, tuple[LeftOut, ...]]:
    """Rows of variants, not of further pictures and not of gift cards, and their products' fields."""
    frame = text_frame(raw)
    handle = needed(frame, raw, source, "", _PRODUCTS, _HANDLE)
    needed(frame, raw, source, "", _PRODUCTS, _SKU)
    fields = {
        "Title": texts(frame, "Title"),
        "Vendor": texts(frame, "Vendor"),
        "Type": texts(frame, "Type"),
        "Product Category": texts(frame, "Product Category"),
        "Status": texts(frame, *_STATUS),
        "Gift Card": texts(frame, "Gift Card"),
    }
    head = pd.DataFrame({name: of_whole(values, handle) for name, values in fields.items()})
    is_variant = filled(texts(frame, *_SKU)) | filled(texts(frame, *_PRICE)) | filled(texts(frame, _OPTIONS[0]))
    gift_card = head["Gift Card"].str.strip().str.casefold() == "true"
    variants, left_out = leave_out(raw, frame, {PICTURE: ~is_variant, GIFT_CARD: gift_card})
    return variants, head.loc[variants.index], left_out


def _name(variants: pd.DataFrame, title: Texts) -> Texts:
    """The product's title, with the variant's options where there are any."""
    name = title.str.strip()
    for column in _OPTIONS:
        option = texts(variants, column).str.strip()
        name = name.where(~filled(option) | (option == "Default Title"), name + " / " + option)
    return name


def inventory(raw: RawTable, source: TableSource) -> RawTable:
    """Sellable stock by variant and location; places at which a variant is not stocked have no row."""
    frame = text_frame(raw)
    sku = needed(frame, raw, source, "", _INVENTORY, ("SKU",))
    rows = _by_row(frame, raw, source, sku) if has(frame, "Location") else _by_column(frame, sku)
    not_stocked = rows["on_hand"].str.strip().str.casefold().isin(["", "not stocked"])
    kept, left_out = leave_out(raw, rows, {NOT_STOCKED: not_stocked})
    return converted(raw, kept, left_out)


def _by_row(frame: pd.DataFrame, raw: RawTable, source: TableSource, sku: Texts) -> pd.DataFrame:
    """A row per variant and location.

    Shopify's stock on hand is available + committed + unavailable; available falls below zero where the shop oversold,
    and what is committed beyond the stock is owed to customers.
    """
    committed = texts(frame, "Committed", "Committed (not editable)")
    reserved_or_owed = or_zero(committed, source).clip(lower=0.0)
    if has(frame, *_ON_HAND):
        delivered, other = texts(frame, *_ON_HAND), texts(frame, "Unavailable", "Unavailable (not editable)")
        sellable = numbers(delivered, source) - or_zero(other, source)
    else:
        delivered, other = (
            needed(frame, raw, source, "", _INVENTORY, ("Available", "Available (not editable)")),
            committed,
        )
        sellable = numbers(delivered, source) + reserved_or_owed
    reserved = reserved_or_owed.clip(upper=sellable.clip(lower=0.0))
    return pd.DataFrame(
        {
            "sku": sku,
            "location": texts(frame, "Location"),
            "on_hand": result_texts(sellable, source, delivered, other),
            "reserved": result_texts(reserved, source, committed),
            "backordered": result_texts(reserved_or_owed - reserved, source),
        }
    )


def _by_column(frame: pd.DataFrame, sku: Texts) -> pd.DataFrame:
    """The older form, a column per location that holds the available units; what is committed it does not say."""
    locations = [name for name in frame.columns if name not in _NOT_LOCATIONS]
    parts = [pd.DataFrame({"sku": sku, "location": name, "on_hand": frame[name]}) for name in locations]
    empty = pd.DataFrame({"sku": sku, "location": "", "on_hand": ""}).iloc[:0]
    return pd.concat([empty, *parts]).sort_index(kind="stable")


EXPORTS = (
    Export(
        name="shopify_orders",
        title=ORDERS,
        columns=frozenset(
            {"Name", "Created at", "Lineitem quantity", "Lineitem name", "Lineitem price", "Lineitem sku"}
        ),
        tables={"sales": sales},
        checked="public code",
        page="shopify",
    ),
    Export(
        name="shopify_products",
        title=_PRODUCTS,
        columns=frozenset({"Handle", "Title", "Variant SKU", "Variant Price"}),
        tables={"products": products, "supply_terms": supply_terms},
        needs={"products": ("currency",), "supply_terms": ("location", "currency", "lead_time_days")},
        checked="public code",
        page="shopify",
    ),
    Export(
        name="shopify_product_template",
        title="Shopify products in the columns of the import template",
        columns=frozenset({"URL handle", "Title", "SKU", "Price"}),
        tables={"products": products, "supply_terms": supply_terms},
        needs={"products": ("currency",), "supply_terms": ("location", "currency", "lead_time_days")},
        checked="public code",
        page="shopify",
    ),
    Export(
        name="shopify_inventory",
        title=_INVENTORY,
        columns=frozenset({"Handle", "Title", "Option1 Name", "Option1 Value", "SKU"}),
        tables={"inventory": inventory},
        needs={"inventory": ("as_of",)},
        checked="public code",
        page="shopify",
    ),
)
