# ruff: noqa: E501 - a column or rule in one line reads as a table
"""`supply_terms`, `transfer_terms`: how an item can be replenished."""

from data_contracts.contract import Contract
from data_contracts.declarations import (
    Rule,
    currency,
    flag,
    known_location,
    known_sku,
    known_supplier,
    number,
    required,
    scope,
    text,
    valid_from,
)

_WEEKDAYS = "Days on which orders are taken, as mon,tue,wed,thu,fri,sat,sun; empty: by review_days."

SUPPLY_TERMS = Contract(
    table="supply_terms",
    one_row_per="SKU, location, supplier and first day of validity",
    key=("sku", "location", "supplier", "valid_from"),
    needed_to_run=True,
    columns=(
        required(text("sku", "Code of the SKU.", "TEA-0412")),
        required(text("location", "Location that is supplied.", "BER")),
        required(text("supplier", "Code of the supplier.", "S-07")),
        required(number("unit_cost", "currency per sales unit", "Cost of one sales unit, before freight and duty.", "6.10", minimum=0)),
        required(currency()),
        required(number("lead_time_days", "calendar days", "Declared days from order to arrival; the supplier's closures come on top.", "21", minimum=0, maximum=1000)),
        valid_from(),
        number("lead_time_sd_days", "calendar days", "Declared standard deviation of the lead time.", "4", minimum=0, maximum=1000),
        number("purchase_unit", "sales units", "Sales units in one unit of purchase.", "12", above=0, maximum=1e6),
        number("order_multiple", "sales units", "Order quantities are multiples of it.", "24", above=0, maximum=1e7),
        number("minimum_order_quantity", "sales units", "Smallest quantity of an order line.", "48", minimum=0, maximum=1e8),
        text("price_breaks", "Cheaper from a quantity on: `all_units` or `incremental`, then quantity=unit cost.", "all_units: 100=5.80; 500=5.40"),
        number("review_days", "days", "Days between two chances to order.", "7", minimum=1, maximum=366),
        text("order_weekdays", _WEEKDAYS, "mon,thu"),
        number("fixed_cost_per_line", "currency per order line", "Cost of one order line, whatever its size.", "8", minimum=0),
        number("freight_per_unit", "currency per sales unit", "Freight of one unit.", "0.35", minimum=0),
        number("duty_rate", "fraction of unit cost", "Import duty.", "0.04", minimum=0, maximum=10),
        text("supplier_sku", "The supplier's own code.", "AE-250"),
        flag("is_preferred", "Whether this supplier is taken where several could be."),
    ),
    rules=(
        Rule(name="supply_terms.unit_cost.not_zero", outcome="warn", check="not_zero", columns=("unit_cost",), violation="zero, so the order's value is not known"),
        Rule(name="supply_terms.lead_time_days.not_zero", outcome="warn", check="not_zero", columns=("lead_time_days",), violation="zero: the order is there on the day it is placed"),
        Rule(name="supply_terms.order_weekdays.readable", outcome="warn", check="matches_text", columns=("order_weekdays",), violation="not a list of weekdays such as mon,thu", on_warn="blank",
             arguments={"pattern": r"(?i)^\s*(mon|tue|wed|thu|fri|sat|sun)[a-z]*(\s*[,;+ ]\s*(mon|tue|wed|thu|fri|sat|sun)[a-z]*)*\s*$"}),
        Rule(name="supply_terms.price_breaks.readable", outcome="warn", check="matches_text", columns=("price_breaks",), violation="not price breaks such as all_units: 100=5.80; 500=5.40", on_warn="blank",
             arguments={"pattern": r"(?i)^\s*(all_units|incremental)\s*:\s*\d+(\.\d+)?\s*=\s*\d+(\.\d+)?(\s*;\s*\d+(\.\d+)?\s*=\s*\d+(\.\d+)?)*\s*$"}),
        Rule(name="supply_terms.minimum_order_quantity.multiple", outcome="warn", check="multiple_of", columns=("minimum_order_quantity", "order_multiple"), violation="not a multiple of order_multiple; it is rounded up"),
        known_sku("supply_terms"),
        known_supplier("supply_terms"),
        known_location("supply_terms"),
    ),
)  # fmt: skip

TRANSFER_TERMS = Contract(
    table="transfer_terms",
    one_row_per="pair of locations, for one SKU or all",
    key=("from_location", "to_location", "sku"),
    columns=(
        required(text("from_location", "Location that gives.", "BER")),
        required(text("to_location", "Location that is replenished.", "FBA-DE")),
        required(number("lead_time_days", "calendar days", "Days from sending to arrival.", "5", minimum=0, maximum=1000)),
        scope("sku", "SKU; `*` or empty: all.", "*"),
        number("cost_per_unit", "base currency per unit", "Cost of moving one unit.", "0.40", minimum=0),
        number("fixed_cost", "base currency per transfer", "Cost of one transfer.", "25", minimum=0),
        number("order_multiple", "units", "Quantities are multiples of it.", "12", above=0, maximum=1e7),
        text("order_weekdays", _WEEKDAYS, "tue"),
    ),
    rules=(
        Rule(name="transfer_terms.locations.differ", outcome="reject", check="differ", columns=("to_location", "from_location"), violation="the location that gives"),
        known_location("transfer_terms", "from_location"),
        known_location("transfer_terms", "to_location"),
    ),
)  # fmt: skip
