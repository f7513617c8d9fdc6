# ruff: noqa: E501 - a column or rule in one line reads as a table
"""`planning_parameters`: what planners set for an item, a category, a supplier, a location or all."""

from data_contracts.contract import Contract
from data_contracts.declarations import (
    Column,
    Rule,
    end_not_before_start,
    known_sku,
    required,
    scope,
    text,
    valid_from,
    valid_to,
)

NUMBER_PARAMETERS = (
    "minimum_stock_units",
    "maximum_stock_units",
    "minimum_stock_days",
    "maximum_stock_days",
    "minimum_order_units",
    "maximum_order_units",
    "minimum_order_days",
    "maximum_order_days",
    "service_target",
    "safety_stock_units",
    "underage_cost_per_unit",
    "holding_cost_per_unit_day",
)
FLAG_PARAMETERS = ("do_not_order",)
DATE_PARAMETERS = ("phase_out_on",)

PLANNING_PARAMETERS = Contract(
    table="planning_parameters",
    one_row_per="scope (SKU, category, supplier, location, or `*` for all), name and first day of validity",
    key=("sku", "category", "supplier", "location", "name", "valid_from"),
    columns=(
        required(text("name", "Which parameter.", "minimum_stock_units", choices=(*NUMBER_PARAMETERS, *FLAG_PARAMETERS, *DATE_PARAMETERS))),
        required(Column(name="value", kind="setting", meaning="Its value: a number, a date (phase_out_on), or true or false (do_not_order); held as text.", example="24")),
        scope("sku", "SKU; `*` or empty: all.", "TEA-0412"),
        scope("category", "Category; `*` or empty: all.", "*"),
        scope("supplier", "Supplier; `*` or empty: all.", "*"),
        scope("location", "Location; `*` or empty: all.", "BER"),
        valid_from(),
        valid_to(),
        text("who", "Who set it.", "mara"),
        text("why", "Why.", "Listed in the spring catalogue"),
    ),
    rules=(
        Rule(name="planning_parameters.value.fits_name", outcome="reject", check="fits_parameter", columns=("value", "name"), violation="not what this parameter takes",
             arguments={"numbers": list(NUMBER_PARAMETERS), "flags": list(FLAG_PARAMETERS), "dates": list(DATE_PARAMETERS), "fractions": ["service_target"]}),
        end_not_before_start("planning_parameters", "valid_to", "valid_from"),
        known_sku("planning_parameters"),
    ),
)  # fmt: skip
