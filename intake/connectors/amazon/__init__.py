"""Amazon's reports: all orders, FBA inventory, reserved inventory, inventory ledger summary."""

from intake.connectors.amazon import orders, stock
from intake.connectors.export import Export, SupplementaryColumns

TABS = {"separator": "\t"}
ORDERS = frozenset(
    {"amazon-order-id", "purchase-date", "order-status", "sales-channel", "sku", "quantity", "currency", "item-price"}
)
NAMED_BY_HAND = "(named by hand)"
"""A column that no file has: the choice between two ways of reading one format is a person's."""

EXPORTS = (
    Export(
        name="amazon_orders",
        title="Amazon all-orders report",
        columns=ORDERS,
        tables={"sales": orders.sales},
        suggests=TABS,
        checked="public code",
        page="amazon",
    ),
    Export(
        name="amazon_orders_with_non_amazon",
        title="Amazon all-orders report, with the orders of other shops that Amazon ships",
        columns=ORDERS | {NAMED_BY_HAND},
        tables={"sales": orders.sales_with_non_amazon},
        suggests=TABS,
        checked="public code",
        page="amazon",
    ),
    Export(
        name="amazon_fba_inventory",
        title="Amazon FBA inventory report",
        columns=frozenset({"sku", "product-name", "afn-fulfillable-quantity", "afn-reserved-quantity"}),
        tables={"inventory": stock.inventory, "products": stock.products},
        needs={"inventory": ("as_of", "location"), "products": ("category",)},
        suggests=TABS,
        checked="public code",
        page="amazon",
    ),
    Export(
        name="amazon_reserved_inventory",
        title="Amazon reserved inventory report, which feeds no table by itself: it completes the FBA inventory report",
        columns=frozenset({"sku", "reserved_qty", "reserved_customerorders", "reserved_fc-transfers"}),
        tables={},
        suggests=TABS,
        supplements=SupplementaryColumns(
            export="amazon_fba_inventory",
            table="inventory",
            on=("sku",),
            columns={"reserved": "reserved_customerorders"},
        ),
        checked="public code",
        page="amazon",
    ),
    Export(
        name="amazon_ledger_summary",
        title="Amazon inventory ledger, summary view",
        columns=frozenset({"Date", "MSKU", "Disposition", "Ending Warehouse Balance"}),
        tables={"stock_levels": stock.stock_levels},
        needs={"stock_levels": ("location",)},
        suggests={"date_format": "%m/%d/%Y"},
        checked="public code",
        page="amazon",
    ),
)
