"""Odoo's purchase order lines: what is on order, and what came of it."""

import numpy as np
import pandas as pd

from intake.connectors.conversion import ExcludedRows, converted, exclude_rows
from intake.connectors.fields import (
    Texts,
    coalesce,
    is_filled,
    numbers,
    numbers_or_zero,
    required_column,
    result_texts,
    text_column,
)
from intake.connectors.odoo.frame import (
    LINE_ID,
    NO_PRODUCT,
    ORDER,
    SERVICE,
    in_product_units,
    is_no_line,
    is_service,
    odoo_frame,
    sku_of,
    warehouse_of,
)
from intake.sources.raw import RawTable
from settings import TableSource

TITLE = "Odoo export of purchase order lines"
VENDOR = ("order_id/partner_id", "Order Reference/Vendor", "partner_id", "Partner", "Vendor")
QUANTITY = ("product_qty", "Quantity")
PRODUCT_QUANTITY = ("product_uom_qty", "Total Quantity")
RECEIVED = ("qty_received", "Received Qty", "Received Quantity")
APPROVED = (
    "order_id/date_approve", "date_approve", "Order Reference/Confirmation Date", "Confirmation Date",
    "Order Reference/Order Date",
)  # fmt: skip
DEADLINE = ("order_id/date_order", "date_order", "Order Reference/Order Deadline", "Order Deadline", "Order Date")
EXPECTED = (
    "date_planned", "Expected Arrival", "Delivery Date", "Scheduled Date", "Order Reference/Expected Arrival",
    "Order Reference/Receipt Date",
)  # fmt: skip
"""Of the line: as versions 15 and later, 14, and 13 and earlier call it; else of the order."""
ARRIVED = ("order_id/effective_date", "Order Reference/Arrival", "Order Reference/Effective Date")
STATE = ("state", "Status", "order_id/state", "Order Reference/Status")
DESTINATION = (
    "order_id/picking_type_id/default_location_dest_id",
    "Order Reference/Deliver To/Default Destination Location",
    "Order Reference/Deliver To/Destination Location",
)

REQUESTS = ("draft", "rfq", "sent", "rfq sent", "to approve")
ORDERED = ("purchase", "purchase order", "done", "locked")
CANCELLED = ("cancel", "cancelled", "canceled")
REQUEST = "a request for quotation or an order to approve, which is not ordered yet"
NOTHING_CAME = "nothing was received of the line"


def purchase_orders(raw: RawTable, source: TableSource) -> RawTable:
    """Lines of confirmed and cancelled orders.

    Raises
    ------
    DataRefused: the order, the vendor, the quantities or the state are not among the columns.
    """
    lines, left_out = _lines(raw, source, "purchase_orders")
    destination = warehouse_of(text_column(lines, *DESTINATION))
    rows = pd.DataFrame(
        {
            "order_number": text_column(lines, *ORDER),
            "line_number": lines["line_number"],
            "sku": sku_of(lines),
            "supplier": required_column(lines, raw, source, "purchase_orders.supplier", TITLE, VENDOR),
            "ordered_on": coalesce(text_column(lines, *APPROVED), text_column(lines, *DEADLINE)),
            "ordered_units": _ordered(lines, source),
            "expected_on": text_column(lines, *EXPECTED),
            "status": _status(lines, source),
            "external_reference": text_column(lines, "id", "External ID"),
        }
    )
    if is_filled(destination).any():
        rows["location"] = destination
    return converted(raw, rows, left_out)


def receipts(raw: RawTable, source: TableSource) -> RawTable:
    """What came in of each line, on the day on which the first delivery of its order came.

    Raises
    ------
    DataRefused: the order, the quantities, the state or the day of arrival are not among the columns.
    """
    lines, left_out = _lines(raw, source, "receipts", received_only=True)
    received = text_column(lines, *RECEIVED)
    ratio = numbers(_ordered(lines, source), source) / numbers(text_column(lines, *QUANTITY), source)
    units = numbers(received, source) * ratio.where(np.isfinite(ratio), 1.0)
    rows = pd.DataFrame(
        {
            "order_number": text_column(lines, *ORDER),
            "line_number": lines["line_number"],
            "received_on": required_column(lines, raw, source, "receipts.received_on", TITLE, ARRIVED),
            "received_units": result_texts(units, source, received),
        }
    )
    return converted(raw, rows, left_out)


def _lines(
    raw: RawTable, source: TableSource, table: str, *, received_only: bool = False
) -> tuple[pd.DataFrame, tuple[ExcludedRows, ...]]:
    """Lines of products that were ordered, with `line_number`: Odoo's id, else the place within the order."""
    delivered = odoo_frame(raw)
    order = required_column(delivered, raw, source, f"{table}.order_number", TITLE, ORDER)
    quantity = required_column(delivered, raw, source, f"{table}.ordered_units", TITLE, QUANTITY + PRODUCT_QUANTITY)
    received = required_column(delivered, raw, source, f"{table}.received_units", TITLE, RECEIVED)
    state = required_column(delivered, raw, source, f"{table}.status", TITLE, STATE)
    place = (order.groupby(order).cumcount() + 1).astype(str)
    lines = delivered.assign(line_number=coalesce(text_column(delivered, *LINE_ID), place))
    rules = {
        NO_PRODUCT: is_no_line(lines, (quantity,), source),
        SERVICE: is_service(lines),
        REQUEST: state.str.strip().str.casefold().isin(REQUESTS),
        NOTHING_CAME: (numbers_or_zero(received, source) == 0) & received_only,
    }
    return exclude_rows(raw, lines, rules)


def _ordered(lines: pd.DataFrame, source: TableSource) -> Texts:
    """Units ordered in the product's unit: as Odoo converted them, else by the ratio of the units."""
    return coalesce(
        text_column(lines, *PRODUCT_QUANTITY), in_product_units(lines, text_column(lines, *QUANTITY), source)
    )


def _status(lines: pd.DataFrame, source: TableSource) -> Texts:
    state = text_column(lines, *STATE).str.strip()
    quantity = coalesce(text_column(lines, *QUANTITY), text_column(lines, *PRODUCT_QUANTITY))
    received, ordered = numbers_or_zero(text_column(lines, *RECEIVED), source), numbers_or_zero(quantity, source)
    of_order = np.select([received <= 0, received < ordered], ["open", "partly_received"], "received")
    plain = state.str.casefold()
    status = state.mask(plain.isin(ORDERED), pd.Series(of_order, index=lines.index, dtype=object))
    return status.mask(plain.isin(CANCELLED), "cancelled")
