"""Shopify's inventory export: a row per variant and location, or, in its older form, a column per location."""

import pandas as pd

from intake.connectors.conversion import converted, exclude_rows, text_frame
from intake.connectors.fields import (
    Texts,
    has_column,
    numbers,
    numbers_or_zero,
    required_column,
    result_texts,
    text_column,
)
from intake.sources.raw import RawTable
from settings import TableSource

NOT_STOCKED = "not stocked at this location"

TITLE = "Shopify inventory export"
_ON_HAND = ("On hand (current)", "On hand")
_QUANTITIES = (
    "Incoming", "Unavailable", "Committed", "Available", "Incoming (not editable)", "Unavailable (not editable)",
    "Committed (not editable)", "Available (not editable)", "On hand", "On hand (current)", "On hand (new)",
)  # fmt: skip
_NOT_LOCATIONS = frozenset(
    {"Handle", "Title", "SKU", "Barcode", "HS Code", "COO", "Bin name", *_QUANTITIES}
    | {f"Option{number} {what}" for number in (1, 2, 3) for what in ("Name", "Value")}
)


def inventory(raw: RawTable, source: TableSource) -> RawTable:
    """Sellable stock by variant and location; places at which a variant is not stocked have no row."""
    frame = text_frame(raw)
    sku = required_column(frame, raw, source, "", TITLE, ("SKU",))
    rows = _by_row(frame, raw, source, sku) if has_column(frame, "Location") else _by_column(frame, sku)
    not_stocked = rows["on_hand"].str.strip().str.casefold().isin(["", "not stocked"])
    kept, left_out = exclude_rows(raw, rows, {NOT_STOCKED: not_stocked})
    return converted(raw, kept, left_out)


def _by_row(frame: pd.DataFrame, raw: RawTable, source: TableSource, sku: Texts) -> pd.DataFrame:
    """A row per variant and location.

    Shopify's stock on hand is available + committed + unavailable; available falls below zero where the shop oversold,
    and what is committed beyond the stock is owed to customers.
    """
    committed = text_column(frame, "Committed", "Committed (not editable)")
    reserved_or_owed = numbers_or_zero(committed, source).clip(lower=0.0)
    if has_column(frame, *_ON_HAND):
        delivered, other = (
            text_column(frame, *_ON_HAND),
            text_column(frame, "Unavailable", "Unavailable (not editable)"),
        )
        sellable = numbers(delivered, source) - numbers_or_zero(other, source)
    else:
        delivered, other = (
            required_column(frame, raw, source, "", TITLE, ("Available", "Available (not editable)")),
            committed,
        )
        sellable = numbers(delivered, source) + reserved_or_owed
    reserved = reserved_or_owed.clip(upper=sellable.clip(lower=0.0))
    return pd.DataFrame(
        {
            "sku": sku,
            "location": text_column(frame, "Location"),
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
