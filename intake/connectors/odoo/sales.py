"""Odoo's sale order lines, exported as lines or as orders with their lines."""

import pandas as pd

from intake.connectors.conversion import converted, exclude_rows
from intake.connectors.fields import coalesce, has_column, required_column, text_column
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
)
from intake.sources.raw import RawTable
from settings import TableSource

TITLE = "Odoo export of sale order lines"
DATE = ("order_id/date_order", "Order Reference/Order Date", "Order Date")
QUANTITY = ("product_uom_qty", "Quantity", "Ordered Quantity")
AMOUNT = ("price_subtotal", "Subtotal")
CURRENCY = ("currency_id", "Currency", "order_id/currency_id", "Order Reference/Currency")
STATE = ("state", "Order Status", "order_id/state", "Order Reference/Status", "Order Reference/Order Status")
TEAM = ("order_id/team_id", "Order Reference/Sales Team")
WAREHOUSE = ("order_id/warehouse_id/code", "Order Reference/Warehouse/Short Name")
CUSTOMER = ("order_partner_id", "Customer", "order_id/partner_id", "Order Reference/Customer")
COUNTRY = (
    "order_id/partner_shipping_id/country_id/code",
    "order_id/partner_shipping_id/country_id",
    "Order Reference/Delivery Address/Country",
)

QUOTATIONS = ("draft", "quotation", "sent", "quotation sent")
STATES = {
    "sale": "completed", "sales order": "completed", "done": "completed", "locked": "completed",
    "cancel": "cancelled", "cancelled": "cancelled", "canceled": "cancelled",
}  # fmt: skip
QUOTATION = "a quotation, which nobody has ordered yet"


def sales(raw: RawTable, source: TableSource) -> RawTable:
    """Order lines, with the units ordered and the untaxed amount.

    Raises
    ------
    DataRefused: the date, the quantity, the amount or the state is not among the columns.
    """
    delivered = odoo_frame(raw)
    state = required_column(delivered, raw, source, "sales.status", TITLE, STATE).str.strip()
    quantity = required_column(delivered, raw, source, "sales.units", TITLE, QUANTITY)
    amount = required_column(delivered, raw, source, "sales.net_revenue", TITLE, AMOUNT)
    rules = {
        NO_PRODUCT: is_no_line(delivered, (quantity, amount), source),
        SERVICE: is_service(delivered),
        QUOTATION: state.str.casefold().isin(QUOTATIONS),
    }
    kept, left_out = exclude_rows(raw, delivered, rules)
    rows = pd.DataFrame(
        {
            "date": required_column(kept, raw, source, "sales.date", TITLE, DATE),
            "sku": sku_of(kept),
            "units": in_product_units(kept, quantity[kept.index], source),
            "net_revenue": amount[kept.index],
            "currency": text_column(kept, *CURRENCY),
            "location": text_column(kept, *WAREHOUSE),
            "market": text_column(kept, *COUNTRY),
            "order": text_column(kept, *ORDER),
            "line": text_column(kept, *LINE_ID),
            "customer": text_column(kept, *CUSTOMER),
            "status": coalesce(state.str.casefold().map(STATES).fillna("").astype(object), state)[kept.index],
        }
    )
    if has_column(kept, *TEAM):
        rows["channel"] = text_column(kept, *TEAM)
    return converted(raw, rows, left_out)
