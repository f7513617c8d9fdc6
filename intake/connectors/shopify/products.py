"""Shopify's products export: one row per variant, the product's own fields on its first row."""

import pandas as pd

from intake.connectors.conversion import ExcludedRows, converted, exclude_rows, text_frame
from intake.connectors.fields import (
    Texts,
    coalesce,
    group_field,
    is_filled,
    numbers,
    required_column,
    result_texts,
    text_column,
)
from intake.sources.raw import RawTable
from settings import TableSource

NO_CATEGORY = "Uncategorized"
"""Category of products without type and category, as Shopify's own taxonomy calls it."""

PICTURE = "no variant: a further picture of the product, without SKU, price and option"
GIFT_CARD = "a gift card, which is not stocked"
NOT_ORDERED = "archived or a draft (Status): nothing is ordered of it"
TITLE = "Shopify products export"
_HANDLE, _SKU, _STATUS = ("Handle", "URL handle"), ("Variant SKU", "SKU"), ("Status",)
_PRICE, _COST = ("Variant Price", "Price"), ("Cost per item",)
_GRAMS = ("Variant Grams", "Weight value (grams)")
_OPTIONS = ("Option1 Value", "Option2 Value", "Option3 Value")


def products(raw: RawTable, source: TableSource) -> RawTable:
    """One row per variant; the product's own fields are taken from its first row."""
    variants, head, left_out = _variants(raw, source)
    grams = text_column(variants, *_GRAMS)
    return converted(
        raw,
        pd.DataFrame(
            {
                "sku": text_column(variants, *_SKU),
                "name": _name(variants, head["Title"]),
                "category": coalesce(head["Type"], head["Product Category"]).where(
                    is_filled(head["Type"]) | is_filled(head["Product Category"]), NO_CATEGORY
                ),
                "brand": head["Vendor"],
                "barcode": text_column(variants, "Variant Barcode", "Barcode").str.removeprefix("'"),
                "unit_price": text_column(variants, *_PRICE),
                "unit_cost": text_column(variants, *_COST),
                "weight_kg": result_texts(numbers(grams, source) / 1000.0, source, grams),
            }
        ),
        left_out,
    )


def supply_terms(raw: RawTable, source: TableSource) -> RawTable:
    """One row per variant that is still sold: its vendor supplies it at its cost."""
    variants, head, left_out = _variants(raw, source)
    rows = pd.DataFrame(
        {"sku": text_column(variants, *_SKU), "supplier": head["Vendor"], "unit_cost": text_column(variants, *_COST)}
    )
    not_ordered = head["Status"].str.strip().str.casefold().isin(["archived", "draft"])
    kept, too = exclude_rows(raw, rows, {NOT_ORDERED: not_ordered})
    return converted(raw, kept, left_out + too)


def _variants(raw: RawTable, source: TableSource) -> tuple[pd.DataFrame, pd.DataFrame, tuple[ExcludedRows, ...]]:
    """Rows of variants, not of further pictures and not of gift cards, and their products' fields."""
    frame = text_frame(raw)
    handle = required_column(frame, raw, source, "", TITLE, _HANDLE)
    required_column(frame, raw, source, "", TITLE, _SKU)
    fields = {
        "Title": text_column(frame, "Title"),
        "Vendor": text_column(frame, "Vendor"),
        "Type": text_column(frame, "Type"),
        "Product Category": text_column(frame, "Product Category"),
        "Status": text_column(frame, *_STATUS),
        "Gift Card": text_column(frame, "Gift Card"),
    }
    head = pd.DataFrame({name: group_field(values, handle) for name, values in fields.items()})
    is_variant = (
        is_filled(text_column(frame, *_SKU))
        | is_filled(text_column(frame, *_PRICE))
        | is_filled(text_column(frame, _OPTIONS[0]))
    )
    gift_card = head["Gift Card"].str.strip().str.casefold() == "true"
    variants, left_out = exclude_rows(raw, frame, {PICTURE: ~is_variant, GIFT_CARD: gift_card})
    return variants, head.loc[variants.index], left_out


def _name(variants: pd.DataFrame, title: Texts) -> Texts:
    """The product's title, with the variant's options where there are any."""
    name = title.str.strip()
    for column in _OPTIONS:
        option = text_column(variants, column).str.strip()
        name = name.where(~is_filled(option) | (option == "Default Title"), name + " / " + option)
    return name
