# ruff: noqa: E501 - a column or rule in one line reads as a table
"""`products`, `locations`, `suppliers`: what there is, where, and from whom."""

from data_contracts.contract import Contract
from data_contracts.declarations import Rule, country, currency, date, known_sku, number, required, text

PRODUCTS = Contract(
    table="products",
    one_row_per="SKU",
    key=("sku",),
    needed_to_run=True,
    columns=(
        required(text("sku", "Code of the SKU.", "TEA-0412")),
        required(text("name", "Name for people.", "Assam tea 250 g")),
        required(text("category", "Category; items of one category lend each other strength.", "Tea")),
        text("brand", "Brand.", "Northwind"),
        text("barcode", "EAN, UPC or GTIN.", "4006381333931"),
        number("unit_price", "currency per unit", "List price without tax.", "13.95", minimum=0),
        number("unit_cost", "currency per unit", "Cost where the supply terms name none.", "6.10", minimum=0),
        currency("Currency of unit_price and unit_cost; empty: the base currency."),
        date("launched_on", "First day on which it is or was sold.", "2024-09-01"),
        date("discontinued_on", "Last day on which it is sold.", "2026-12-31"),
        text("successor_sku", "SKU that takes over its demand.", "TEA-0413"),
        text("similar_sku", "SKU whose history a new one starts from.", "TEA-0398"),
        number("pack_size", "units", "Sales units in a purchase pack, where the terms name none.", "12", above=0, maximum=1e6),
        number("weight_kg", "kg per unit", "Weight of one unit.", "0.28", minimum=0, maximum=1e5),
        number("volume_m3", "cubic metres per unit", "Volume of one unit, packed.", "0.0011", minimum=0, maximum=1e3),
        number("shelf_life_days", "days", "Days from receipt until it cannot be sold.", "540", above=0, maximum=36_500),
        number("unit_step", "units", "Smallest amount that is sold; demand is counted in multiples of it.", "1", above=0, maximum=1e6, default="1"),
    ),
    rules=(
        Rule(name="products.dates.in_order", outcome="warn", check="dates_in_order", columns=("discontinued_on", "launched_on"), violation="before launched_on", on_warn="blank"),
        Rule(name="products.unit_price.not_zero", outcome="warn", check="not_zero", columns=("unit_price",), violation="zero, so no margin is known", on_warn="blank"),
        Rule(name="products.unit_price.above_cost", outcome="warn", check="at_least", columns=("unit_price", "unit_cost"), violation="below unit_cost"),
        Rule(name="products.successor_sku.not_itself", outcome="warn", check="differ", columns=("successor_sku", "sku"), violation="the SKU itself", on_warn="blank"),
        Rule(name="products.similar_sku.not_itself", outcome="warn", check="differ", columns=("similar_sku", "sku"), violation="the SKU itself", on_warn="blank"),
        known_sku("products", "successor_sku", on_warn="blank"),
        known_sku("products", "similar_sku", on_warn="blank"),
    ),
)  # fmt: skip

LOCATIONS = Contract(
    table="locations",
    one_row_per="location that keeps stock",
    key=("location",),
    columns=(
        required(text("location", "Code of the location.", "BER")),
        required(text("name", "Name for people.", "Warehouse Berlin")),
        required(text("kind", "What it is.", "warehouse", choices=("warehouse", "3pl", "marketplace", "store"))),
        required(country("Country, ISO 3166; its public holidays apply there.")),
        required(currency("Currency of the location's costs, ISO 4217.")),
        text("timezone", "IANA name of its zone.", "Europe/Berlin"),
        number("capacity_m3", "cubic metres", "Room for stock.", "1200", minimum=0, maximum=1e8),
    ),
)  # fmt: skip

SUPPLIERS = Contract(
    table="suppliers",
    one_row_per="supplier",
    key=("supplier",),
    columns=(
        required(text("supplier", "Code of the supplier.", "S-07")),
        required(text("name", "Name for people.", "Assam Estates Ltd")),
        required(country("Country, ISO 3166.")),
        required(currency("Currency of the supplier's amounts, ISO 4217.")),
        number("fixed_cost_per_order", "currency per order", "Cost of one order, whatever its size.", "45", minimum=0),
        number("minimum_order_value", "currency per order", "Smallest value the supplier accepts.", "500", minimum=0),
        number("free_freight_from", "currency per order", "Order value from which freight is free.", "2000", minimum=0),
        number("payment_terms_days", "days", "Days from the invoice to its payment.", "30", minimum=0, maximum=3650),
        number("container_volume_m3", "cubic metres", "Volume of one container.", "67", above=0, maximum=1e6),
        number("container_weight_kg", "kg", "Weight that one container may carry.", "26000", above=0, maximum=1e8),
        number("container_cost", "currency per container", "Cost of one container, full or not.", "4200", minimum=0),
    ),
)  # fmt: skip
