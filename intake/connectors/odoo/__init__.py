"""Odoo's list exports: sale and purchase order lines, stock, reordering rules, products, vendor price lists.

Each format is known with headers by label, as people export lists, and by field (`_technical`), as programs do; order
lines also as exported from the list of orders, whose fields then stand on the first line of each order only.
"""

from collections.abc import Mapping

from intake.connectors.export import Conversion, Export
from intake.connectors.odoo import products, purchases, sales, stock

SALES: Mapping[str, Conversion] = {"sales": sales.sales}
PURCHASES: Mapping[str, Conversion] = {
    "purchase_orders": purchases.purchase_orders,
    "receipts": purchases.receipts,
}
STOCK: Mapping[str, Conversion] = {"inventory": stock.inventory}
RULES: Mapping[str, Conversion] = {"planning_parameters": stock.planning_parameters}
PRODUCTS: Mapping[str, Conversion] = {"products": products.products}
TERMS: Mapping[str, Conversion] = {"supply_terms": products.supply_terms}

NEEDS = {"sales": ("channel",), "inventory": ("as_of",), "supply_terms": ("location",)}

CODE = "Product/Internal Reference"


def _export(
    name: str, title: str, tables: Mapping[str, Conversion], *columns: str, others: tuple[tuple[str, ...], ...] = ()
) -> Export:
    """A format by the labels of Odoo 14 to 18; `others` are those without a code of its own, and of older versions."""
    return Export(
        name=name,
        title=f"Odoo {title}",
        columns=frozenset(columns),
        other_columns=tuple(map(frozenset, others)),
        tables=tables,
        needs={table: NEEDS[table] for table in tables if table in NEEDS},
        checked="public code",
        page="odoo",
    )


EXPORTS = (
    _export(
        "odoo_sale_lines", "sale order lines", SALES,
        "Order Reference/Order Date", CODE, "Quantity", "Subtotal", "Order Status",
        others=(
            ("Order Reference/Order Date", "Product", "Quantity", "Subtotal", "Order Status"),
            ("Order Reference/Order Date", CODE, "Ordered Quantity", "Subtotal", "Order Status"),
            ("Order Reference/Order Date", "Product", "Ordered Quantity", "Subtotal", "Order Status"),
            ("Order Reference/Order Date", CODE, "Quantity", "Subtotal", "Order Reference/Status"),
        ),
    ),
    _export(
        "odoo_sale_lines_technical", "sale order lines, headed by field", SALES,
        "order_id/date_order", "product_id/default_code", "product_uom_qty", "price_subtotal", "qty_delivered",
    ),
    _export(
        "odoo_sale_orders", "sale orders with their lines", SALES,
        "Order Date", "Customer", "Order Lines/Product/Internal Reference", "Order Lines/Quantity",
        "Order Lines/Subtotal",
        others=(
            ("Order Date", "Customer", "Order Lines/Product", "Order Lines/Quantity", "Order Lines/Subtotal"),
            ("Order Date", "Customer", "Order Lines/Product/Internal Reference", "Order Lines/Ordered Quantity",
             "Order Lines/Subtotal"),
            ("Order Date", "Customer", "Order Lines/Product", "Order Lines/Ordered Quantity", "Order Lines/Subtotal"),
        ),
    ),
    _export(
        "odoo_sale_orders_technical", "sale orders with their lines, headed by field", SALES,
        "date_order", "order_line/product_id/default_code", "order_line/product_uom_qty", "order_line/price_subtotal",
        "order_line/qty_delivered",
    ),
    _export(
        "odoo_purchase_lines", "purchase order lines", PURCHASES,
        "Order Reference/Vendor", CODE, "Quantity", "Received Qty",
        others=(
            ("Order Reference/Vendor", "Product", "Quantity", "Received Qty"),
            ("Partner", "Order Reference", CODE, "Quantity", "Received Qty"),
            ("Partner", "Order Reference", "Product", "Quantity", "Received Qty"),
        ),
    ),
    _export(
        "odoo_purchase_lines_technical", "purchase order lines, headed by field", PURCHASES,
        "order_id/name", "product_id/default_code", "product_qty", "qty_received",
    ),
    _export(
        "odoo_purchase_orders", "purchase orders with their lines", PURCHASES,
        "Vendor", "Order Lines/Product/Internal Reference", "Order Lines/Quantity", "Order Lines/Received Qty",
        others=(("Vendor", "Order Lines/Product", "Order Lines/Quantity", "Order Lines/Received Qty"),),
    ),
    _export(
        "odoo_purchase_orders_technical", "purchase orders with their lines, headed by field", PURCHASES,
        "partner_id", "order_line/product_id/default_code", "order_line/product_qty", "order_line/qty_received",
    ),
    _export(
        "odoo_stock", "stock by location", STOCK,
        CODE, "Location", "Quantity", "Reserved Quantity",
        others=(
            ("Product", "Location", "Quantity", "Reserved Quantity"),
            (CODE, "Location", "Inventoried Quantity", "Reserved Quantity"),
            ("Product", "Location", "Inventoried Quantity", "Reserved Quantity"),
        ),
    ),
    _export(
        "odoo_stock_technical", "stock by location, headed by field", STOCK,
        "product_id/default_code", "location_id", "quantity", "reserved_quantity",
    ),
    _export(
        "odoo_reordering_rules", "reordering rules", RULES,
        CODE, "Min Quantity", "Max Quantity",
        others=(
            ("Product", "Location", "Min Quantity", "Max Quantity"),
            (CODE, "Minimum Quantity", "Maximum Quantity"),
            ("Product", "Location", "Minimum Quantity", "Maximum Quantity"),
        ),
    ),
    _export(
        "odoo_reordering_rules_technical", "reordering rules, headed by field", RULES,
        "product_id/default_code", "product_min_qty", "product_max_qty",
    ),
    _export("odoo_products", "products", PRODUCTS, "Internal Reference", "Product Category", "Cost"),
    _export(
        "odoo_products_technical", "products, headed by field", PRODUCTS, "default_code", "categ_id", "standard_price",
    ),
    _export("odoo_vendor_prices", "vendor price lists", TERMS, "Vendor", "Vendor Product Code", "Currency"),
    _export(
        "odoo_vendor_prices_technical", "vendor price lists, headed by field", TERMS,
        "partner_id", "delay", "min_qty", "price",
    ),
)  # fmt: skip
