# ruff: noqa: E501 - a column or rule in one line reads as a table
"""`purchase_orders`, `receipts`, `transfers`: what is under way and what has come."""

from data_contracts.contract import Contract
from data_contracts.declarations import (
    Rule,
    date,
    known_location,
    known_sku,
    known_supplier,
    not_in_future,
    number,
    required,
    text,
)

PURCHASE_ORDERS = Contract(
    table="purchase_orders",
    one_row_per="line of a purchase order",
    key=("order_number", "line_number"),
    month_column="ordered_on",
    columns=(
        required(text("order_number", "Number of the order.", "PO-2026-0193")),
        required(text("line_number", "Number of the line within the order.", "1")),
        required(text("sku", "Code of the SKU.", "TEA-0412")),
        required(text("location", "Location that it goes to.", "BER")),
        required(text("supplier", "Code of the supplier.", "S-07")),
        required(date("ordered_on", "Day on which it was ordered.", "2026-03-02", in_past=True)),
        required(number("ordered_units", "sales units", "Units ordered.", "96", minimum=0, maximum=1e8)),
        date("expected_on", "Arrival that the supplier promised.", "2026-03-23"),
        text("status", "State of the line; a closed or cancelled one brings nothing more.", "open", default="open", choices=("open", "confirmed", "shipped", "partly_received", "received", "closed", "cancelled"), on_invalid="reject"),
        text("external_reference", "Id of our exported line, where the other system kept it.", "L-8812"),
    ),
    rules=(
        Rule(name="purchase_orders.dates.in_order", outcome="warn", check="dates_in_order", columns=("expected_on", "ordered_on"), violation="before ordered_on", on_warn="blank"),
        Rule(name="purchase_orders.ordered_units.not_zero", outcome="warn", check="not_zero", columns=("ordered_units",), violation="zero, so nothing is ordered"),
        not_in_future("purchase_orders", "ordered_on"),
        Rule(name="purchase_orders.status.received_in_part", outcome="warn", check="partly_received_has_receipts", columns=("status", "order_number"), violation="while no receipt of the line is there: what came in is not known, and all ordered units count as still to come", scope="tables"),
        Rule(name="purchase_orders.key.conflict_across_parts", outcome="reject", check="no_conflict_across_parts", columns=("order_number", "line_number"), violation="given again in another month", scope="tables"),
        known_sku("purchase_orders", or_bundle=True),
        known_supplier("purchase_orders"),
        known_location("purchase_orders"),
    ),
)  # fmt: skip

RECEIPTS = Contract(
    table="receipts",
    one_row_per="line of a purchase order and day on which units of it came in",
    key=("order_number", "line_number", "received_on"),
    month_column="received_on",
    columns=(
        required(text("order_number", "Number of the order.", "PO-2026-0193")),
        required(text("line_number", "Number of the line within the order.", "1")),
        required(date("received_on", "Day on which the units came in.", "2026-03-25", in_past=True)),
        required(number("received_units", "sales units", "Units that came in; negative for a correction.", "96", minimum=-1e8, maximum=1e8)),
    ),
    rules=(
        not_in_future("receipts", "received_on"),
        Rule(name="receipts.order.known", outcome="warn", check="order_is_known", columns=("order_number", "line_number"), violation="no line of purchase_orders", scope="tables"),
        Rule(name="receipts.received_on.after_order", outcome="warn", check="received_after_ordered", columns=("received_on", "order_number"), violation="before the order was placed; no lead time is learned from it", scope="tables"),
        Rule(name="receipts.received_units.not_more_than_ordered", outcome="warn", check="received_at_most_ordered", columns=("received_units", "order_number"), violation="with the line's other receipts more than was ordered", scope="tables"),
    ),
)  # fmt: skip

TRANSFERS = Contract(
    table="transfers",
    one_row_per="line of a transfer between two locations",
    key=("transfer_number", "line_number"),
    month_column="shipped_on",
    columns=(
        required(text("transfer_number", "Number of the transfer.", "T-0311")),
        required(text("line_number", "Number of the line within the transfer.", "1")),
        required(text("sku", "Code of the SKU.", "TEA-0412")),
        required(text("from_location", "Location that gave.", "BER")),
        required(text("to_location", "Location that receives.", "FBA-DE")),
        required(date("shipped_on", "Day on which it left.", "2026-03-20", in_past=True)),
        required(number("units", "units", "Units sent.", "60", minimum=0, maximum=1e8)),
        date("expected_on", "Day on which it is expected.", "2026-03-25"),
        date("received_on", "Day on which it came in; empty: under way.", "2026-03-26", in_past=True),
    ),
    rules=(
        Rule(name="transfers.locations.differ", outcome="reject", check="differ", columns=("to_location", "from_location"), violation="the location that gave"),
        Rule(name="transfers.expected_on.in_order", outcome="warn", check="dates_in_order", columns=("expected_on", "shipped_on"), violation="before shipped_on", on_warn="blank"),
        Rule(name="transfers.received_on.in_order", outcome="warn", check="dates_in_order", columns=("received_on", "shipped_on"), violation="before shipped_on", on_warn="keep"),
        not_in_future("transfers", "shipped_on"),
        Rule(name="transfers.received_on.not_in_future", outcome="warn", check="not_after_today", columns=("received_on",), violation="after the company's date; it counts as under way", scope="tables", on_warn="blank"),
        Rule(name="transfers.key.conflict_across_parts", outcome="reject", check="no_conflict_across_parts", columns=("transfer_number", "line_number"), violation="given again in another month", scope="tables"),
        known_sku("transfers", or_bundle=True),
    ),
)  # fmt: skip
