# ruff: noqa: E501 - a column or rule in one line reads as a table
"""`sales`: what was sold, by day or by order line."""

from data_contracts.contract import Contract
from data_contracts.declarations import (
    Rule,
    currency,
    date,
    flag,
    known_location,
    known_sku,
    not_in_future,
    number,
    required,
    text,
)

SALES = Contract(
    table="sales",
    one_row_per="date, SKU, location and channel; or one row per order line, where order numbers are given",
    key=("date", "sku", "location", "channel", "market", "order_type", "status"),
    needed_to_run=True,
    month_column="date",
    unique="order_lines",
    columns=(
        required(date("date", "Day of the sale in the company's zone; the first day of the period in weekly and monthly companies.", "2026-03-31", in_past=True)),
        required(text("sku", "Code of what was sold; an alias or a bundle is resolved.", "TEA-0412")),
        required(text("channel", "Where it was sold.", "webshop")),
        required(number("units", "units", "Units sold; negative for what came back or was cancelled.", "3", minimum=-1e7, maximum=1e7)),
        required(number("net_revenue", "currency", "Revenue of the row after discounts, without tax; of the sign of the units.", "41.85")),
        required(currency()),
        text("location", "Location that it was taken from; empty: by `fulfilment`, else the default location.", "BER"),
        text("market", "Country or market of the customer.", "DE"),
        number("unit_price", "currency per unit", "Price of one unit after discounts, without tax.", "13.95", minimum=0),
        number("returned_units", "units", "Units of this row that came back, where they are not rows of their own.", "0", minimum=0, maximum=1e7),
        number("resellable_units", "units", "Part of the returned units that is fit to be sold again.", "0", minimum=0, maximum=1e7),
        flag("on_promotion", "Whether a promotion was on.", default="false"),
        text("order_type", "Retail demand is forecast; wholesale and one-off orders are kept apart.", "retail", default="retail", choices=("retail", "wholesale", "one_off"), on_invalid="reject"),
        text("order", "Order number; rows with it are order lines.", "W-100482"),
        text("line", "Number of the line within the order.", "1"),
        text("customer", "Customer, under any code.", "C-2209"),
        text("status", "Whether the line was carried out, was cancelled, or came back whole; what came back was demand.", "completed", default="completed", choices=("completed", "cancelled", "returned"), on_invalid="reject"),
    ),
    rules=(
        Rule(name="sales.units.not_zero", outcome="warn", check="not_zero", columns=("units",), violation="zero, so the row sells nothing"),
        Rule(name="sales.net_revenue.sign", outcome="warn", check="same_sign", columns=("net_revenue", "units"), violation="of the other sign than the units"),
        Rule(name="sales.net_revenue.not_zero", outcome="warn", check="not_zero_where", columns=("net_revenue", "units"), violation="zero although units were sold"),
        Rule(name="sales.returned_units.not_more_than_sold", outcome="warn", check="at_most", columns=("returned_units", "units"), violation="more than the units sold", on_warn="keep"),
        Rule(name="sales.resellable_units.not_more_than_returned", outcome="warn", check="at_most", columns=("resellable_units", "returned_units"), violation="more than the units returned", on_warn="blank"),
        not_in_future("sales", "date"),
        known_sku("sales", or_bundle=True),
        known_location("sales"),
        Rule(name="sales.units.whole_steps", outcome="reject", check="whole_steps", columns=("units",), violation="not a whole number of the product's unit step", scope="tables"),
        Rule(name="sales.order_line.conflict", outcome="reject", check="no_conflict_across_parts", columns=("order", "line", "channel"), violation="given again in another month", scope="tables"),
        Rule(name="sales.volume", outcome="stop", check="volume", columns=("date",), violation="such that the newest 28 days have far more or far fewer rows than the 28 days before", scope="tables"),
    ),
)  # fmt: skip
