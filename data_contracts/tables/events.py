# ruff: noqa: E501 - a column or rule in one line reads as a table
"""`promotions`, `closures`: what is known in advance about days."""

from data_contracts.contract import Contract
from data_contracts.declarations import (
    Rule,
    date,
    end_not_before_start,
    known_location,
    known_sku,
    known_supplier,
    number,
    required,
    text,
)

PROMOTIONS = Contract(
    table="promotions",
    one_row_per="SKU or category, location or channel, and time",
    key=("sku", "category", "location", "channel", "starts_on", "ends_on"),
    columns=(
        required(date("starts_on", "First day.", "2026-04-01")),
        required(date("ends_on", "Last day.", "2026-04-07")),
        required(number("discount_fraction", "fraction of the price", "Discount; 0 where only the display changes.", "0.20", minimum=0, maximum=1)),
        text("sku", "SKU that is promoted; either this or the category.", "TEA-0412", on_invalid="reject"),
        text("category", "Category that is promoted.", "Tea", on_invalid="reject"),
        text("location", "Location at which it holds; empty: all.", "BER"),
        text("channel", "Channel in which it holds; empty: all.", "webshop"),
        text("name", "Name for people.", "Easter"),
    ),
    rules=(
        end_not_before_start("promotions", "ends_on", "starts_on"),
        Rule(name="promotions.scope", outcome="reject", check="exactly_one", columns=("sku", "category"), violation="not exactly one of sku and category"),
        known_sku("promotions", or_bundle=True),
        Rule(name="promotions.category.known", outcome="warn", check="refers_to", columns=("category",), violation="not a category of products", scope="tables", arguments={"tables": {"products": "category"}}),
    ),
)  # fmt: skip

CLOSURES = Contract(
    table="closures",
    one_row_per="supplier or location, and time in which it neither works nor ships nor receives",
    key=("supplier", "location", "starts_on", "ends_on"),
    columns=(
        required(date("starts_on", "First closed day.", "2026-02-16")),
        required(date("ends_on", "Last closed day.", "2026-02-27")),
        text("supplier", "Supplier that is closed; either this or the location.", "S-07", on_invalid="reject"),
        text("location", "Location that is closed.", "BER", on_invalid="reject"),
        text("reason", "Why, for people.", "Chinese New Year"),
    ),
    rules=(
        end_not_before_start("closures", "ends_on", "starts_on"),
        Rule(name="closures.scope", outcome="reject", check="exactly_one", columns=("supplier", "location"), violation="not exactly one of supplier and location"),
        known_supplier("closures"),
        known_location("closures"),
    ),
)  # fmt: skip
