"""Shopify: exports of orders, products and inventory."""

from intake.connectors.export import Export
from intake.connectors.shopify import orders, products, stock

PRODUCTS = {"products": products.products, "supply_terms": products.supply_terms}
PRODUCTS_NEED = {"products": ("currency",), "supply_terms": ("location", "currency", "lead_time_days")}

EXPORTS = (
    Export(
        name="shopify_orders",
        title=orders.TITLE,
        columns=frozenset(
            {"Name", "Created at", "Lineitem quantity", "Lineitem name", "Lineitem price", "Lineitem sku"}
        ),
        tables={"sales": orders.sales},
        checked="public code",
        page="shopify",
    ),
    Export(
        name="shopify_products",
        title=products.TITLE,
        columns=frozenset({"Handle", "Title", "Variant SKU", "Variant Price"}),
        tables=PRODUCTS,
        needs=PRODUCTS_NEED,
        checked="public code",
        page="shopify",
    ),
    Export(
        name="shopify_product_template",
        title="Shopify products in the columns of the import template",
        columns=frozenset({"URL handle", "Title", "SKU", "Price"}),
        tables=PRODUCTS,
        needs=PRODUCTS_NEED,
        checked="public code",
        page="shopify",
    ),
    Export(
        name="shopify_inventory",
        title=stock.TITLE,
        columns=frozenset({"Handle", "Title", "Option1 Name", "Option1 Value", "SKU"}),
        tables={"inventory": stock.inventory},
        needs={"inventory": ("as_of",)},
        checked="public code",
        page="shopify",
    ),
)
