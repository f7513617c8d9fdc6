"""Stocky and exports like its own: stock on hand, purchase orders and what came in of them."""

import pandas as pd

from intake.connectors.conversion import converted, exclude_rows, text_frame
from intake.connectors.export import Export
from intake.connectors.fields import (
    Texts,
    date_texts,
    forward_filled,
    group_field,
    has_column,
    is_filled,
    numbers,
    required_column,
    text_column,
)
from intake.sources.raw import RawTable
from settings import TableSource

DRAFT = "a draft: it is not ordered yet"
NOTHING_CAME = "nothing has come in of the line yet"

_STOCK, _ORDERS = "Stocky stock on hand report", "Stocky purchase orders export"
_SKU = ("SKU", "Variant SKU", "Stock Code")
_LOCATION = ("Location", "Location Name", "Receive Location", "Stock Location", "Warehouse", "Destination")
_ON_HAND = ("Stock On Hand", "On Hand", "Qty On Hand", "Quantity On Hand", "SOH", "In Stock")
_COUNTED_ON = ("As Of", "Date", "Report Date", "Snapshot Date")
_NUMBER = ("PO Number", "Purchase Order Number", "Purchase Order", "PO", "Order Number")
_LINE = ("Line Number", "Line")
_SUPPLIER = ("Supplier Name", "Supplier", "Vendor/Supplier", "Vendor Name", "Vendor")
_ORDERED = ("Quantity Ordered", "Qty Ordered", "Ordered", "Quantity", "Qty")
_ORDERED_ON = ("Order Date", "PO Date", "Ordered At", "Ordered On", "Created At", "Created On")
_EXPECTED_ON = ("Expected At", "Expected On", "Expected Date", "Expected Delivery", "Expected")
_RECEIVED = ("Quantity Received", "Qty Received", "Received Quantity", "Received Qty", "Received")
_RECEIVED_ON = ("Received At", "Received On", "Received Date", "Date Received")
_STATE = ("Line Status", "Status", "PO Status")
_STATES = {
    "open": "open", "ordered": "open", "sent": "open", "pending": "open", "not received": "open", "": "open",
    "confirmed": "confirmed", "shipped": "shipped", "partially received": "partly_received",
    "partial": "partly_received", "received": "received", "fully received": "received", "extra received": "received",
    "complete": "received", "completed": "received", "closed": "closed", "archived": "closed", "rejected": "closed",
    "cancelled": "cancelled", "canceled": "cancelled",
}  # fmt: skip


def inventory(raw: RawTable, source: TableSource) -> RawTable:
    """Stock on hand by SKU and location."""
    frame = text_frame(raw)
    rows = {
        "sku": required_column(frame, raw, source, "", _STOCK, _SKU),
        "location": required_column(frame, raw, source, "inventory.location", _STOCK, _LOCATION),
        "on_hand": required_column(frame, raw, source, "", _STOCK, _ON_HAND),
    }
    if has_column(frame, *_COUNTED_ON):
        rows["as_of"] = date_texts(text_column(frame, *_COUNTED_ON))
    return converted(raw, pd.DataFrame(rows))


def purchase_orders(raw: RawTable, source: TableSource) -> RawTable:
    """Order lines, without drafts: nothing of these is ordered yet."""
    frame = text_frame(raw)
    order, line = _order_lines(frame, raw, source)

    def whole_order(column: str, names: tuple[str, ...]) -> Texts:
        return group_field(required_column(frame, raw, source, f"purchase_orders.{column}", _ORDERS, names), order)

    state = group_field(text_column(frame, *_STATE), order)
    plain = state.str.strip().str.casefold().str.replace(r"[\s_-]+", " ", regex=True)
    rows = pd.DataFrame(
        {
            "order_number": order,
            "line_number": line,
            "sku": required_column(frame, raw, source, "", _ORDERS, _SKU),
            "location": whole_order("location", _LOCATION),
            "supplier": whole_order("supplier", _SUPPLIER),
            "ordered_on": date_texts(whole_order("ordered_on", _ORDERED_ON)),
            "ordered_units": required_column(frame, raw, source, "", _ORDERS, _ORDERED),
            "expected_on": date_texts(group_field(text_column(frame, *_EXPECTED_ON), order)),
            "status": plain.map(_STATES).fillna(state),
        }
    )
    kept, left_out = exclude_rows(raw, rows, {DRAFT: plain == "draft"})
    return converted(raw, kept, left_out)


def receipts(raw: RawTable, source: TableSource) -> RawTable:
    """What came in of each line; lines of which nothing has come in yet have no row."""
    frame = text_frame(raw)
    order, line = _order_lines(frame, raw, source)
    units = required_column(frame, raw, source, "", _ORDERS, _RECEIVED)
    received_on = required_column(frame, raw, source, "", _ORDERS, _RECEIVED_ON)
    rows = pd.DataFrame(
        {"order_number": order, "line_number": line, "received_on": date_texts(received_on), "received_units": units}
    )
    kept, left_out = exclude_rows(raw, rows, {NOTHING_CAME: ~is_filled(units) | (numbers(units, source) == 0)})
    return converted(raw, kept, left_out)


def _order_lines(frame: pd.DataFrame, raw: RawTable, source: TableSource) -> tuple[Texts, Texts]:
    """Number of each row's order, and of its line: as delivered, or counted in the order of the file."""
    order = forward_filled(required_column(frame, raw, source, "", _ORDERS, _NUMBER))
    counted = (order.groupby(order, sort=False).cumcount() + 1).astype(str)
    return order, text_column(frame, *_LINE) if has_column(frame, *_LINE) else counted


EXPORTS = (
    Export(
        name="stocky_stock_on_hand",
        title=_STOCK,
        columns=frozenset({"SKU", "Location", "Stock On Hand"}),
        tables={"inventory": inventory},
        needs={"inventory": ("as_of",)},
        checked="documentation only",
        page="stocky",
    ),
    Export(
        name="stocky_purchase_orders",
        title=_ORDERS,
        columns=frozenset({"PO Number", "Supplier Name", "SKU", "Order Date"}),
        tables={"purchase_orders": purchase_orders, "receipts": receipts},
        checked="documentation only",
        page="stocky",
    ),
)
