"""WooCommerce: orders as Advanced Order Export writes them and as its REST interface answers, and products."""

from intake.connectors.export import Export
from intake.connectors.woocommerce import orders, products

EXPORTS = (
    Export(
        name="woocommerce_orders",
        title="WooCommerce orders (Advanced Order Export)",
        columns=frozenset({"Order Number", "Order Status", "Order Date", "SKU", "Item Cost"}),
        tables={"sales": orders.sales},
        needs={"sales": ("currency",)},
        checked="public code",
        page="woocommerce",
    ),
    Export(
        name="woocommerce_orders_json",
        title="WooCommerce orders (REST interface)",
        columns=frozenset({"id", "status", "currency", "date_created_gmt", "line_items"}),
        tables={"sales": orders.sales_of_json},
        checked="public code",
        page="woocommerce",
    ),
    Export(
        name="woocommerce_products",
        title="WooCommerce product export",
        columns=frozenset({"ID", "Type", "SKU", "Name", "Regular price"}),
        tables={"products": products.products, "inventory": products.inventory},
        needs={"products": ("currency",), "inventory": ("as_of", "location")},
        checked="public code",
        page="woocommerce",
    ),
)
