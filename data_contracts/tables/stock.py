# ruff: noqa: E501 - a column or rule in one line reads as a table
"""`stock_levels`, `stockouts`, `inventory`: what is and was on the shelf."""

from data_contracts.contract import Contract
from data_contracts.declarations import (
    Rule,
    date,
    end_not_before_start,
    flag,
    known_location,
    known_sku,
    not_in_future,
    number,
    required,
    scope,
    text,
)

STOCK_LEVELS = Contract(
    table="stock_levels",
    one_row_per="day, SKU and location: stock at the end of the day",
    key=("date", "sku", "location"),
    month_column="date",
    columns=(
        required(date("date", "Day at whose end the stock was counted.", "2026-03-31", in_past=True)),
        required(text("sku", "Code of the SKU.", "TEA-0412")),
        required(text("location", "Stocking location.", "BER")),
        required(number("on_hand", "units", "Sellable units there at the end of the day; below zero where the shop oversold.", "17", minimum=-1e7, maximum=1e8)),
        flag("in_stock", "Whether it could be bought on that day; wins over on_hand. Empty: taken from on_hand."),
        number("in_stock_share", "share of the day", "Share of the day's typical demand that falls into the hours in stock; the share of the selling hours, where demand is spread evenly. Wins over in_stock and on_hand. Empty: taken from them.", "0.75", minimum=0, maximum=1),
    ),
    rules=(
        Rule(name="stock_levels.on_hand.not_negative", outcome="warn", check="not_negative", columns=("on_hand",), violation="below zero; nothing is there"),
        not_in_future("stock_levels", "date"),
        known_sku("stock_levels", or_bundle=True),
        known_location("stock_levels"),
    ),
)  # fmt: skip

STOCKOUTS = Contract(
    table="stockouts",
    one_row_per="SKU, location and time in which it could not be bought",
    key=("sku", "location", "starts_on"),
    columns=(
        required(text("sku", "Code of the SKU; `*`: nothing could be bought.", "TEA-0412")),
        required(date("starts_on", "First day without stock.", "2026-02-03", in_past=True)),
        scope("location", "Stocking location; `*` or empty: wherever it is sold or stocked.", "BER"),
        date("ends_on", "Last day without stock; empty: it still is.", "2026-02-19", on_invalid="reject"),
    ),
    rules=(
        end_not_before_start("stockouts", "ends_on", "starts_on"),
        not_in_future("stockouts", "starts_on"),
        known_sku("stockouts", or_bundle=True),
        known_location("stockouts"),
    ),
)  # fmt: skip

INVENTORY = Contract(
    table="inventory",
    one_row_per="day of the snapshot, SKU and location: the stock that decisions start from",
    key=("as_of", "sku", "location"),
    needed_to_run=True,
    month_column="as_of",
    columns=(
        required(date("as_of", "Day at whose end the stock was counted.", "2026-03-31", in_past=True)),
        required(text("sku", "Code of the SKU.", "TEA-0412")),
        required(text("location", "Stocking location.", "BER")),
        required(number("on_hand", "units", "Sellable units that are physically there.", "17", minimum=-1e7, maximum=1e8)),
        number("reserved", "units", "Part of on_hand that is promised to customers.", "2", minimum=0, maximum=1e8, default="0"),
        number("backordered", "units", "Sold and not covered by on_hand; never a unit that is also reserved.", "0", minimum=0, maximum=1e8, default="0"),
    ),
    rules=(
        Rule(name="inventory.on_hand.not_negative", outcome="warn", check="not_negative", columns=("on_hand",), violation="below zero; it counts as units owed"),
        Rule(name="inventory.on_hand.negative_beside_backorders", outcome="warn", check="not_negative_where", columns=("on_hand", "backordered"), violation="below zero beside units in backordered: both may mean the same units; both count as units owed"),
        Rule(name="inventory.on_hand.whole_steps", outcome="warn", check="whole_steps", columns=("on_hand",), violation="not a whole number of the product's unit step", scope="tables"),
        Rule(name="inventory.reserved.not_more_than_on_hand", outcome="warn", check="at_most", columns=("reserved", "on_hand"), violation="more than on_hand"),
        not_in_future("inventory", "as_of"),
        Rule(name="inventory.as_of.recent", outcome="stop", check="recent", columns=("as_of",), violation="such that the newest is older than data.max_data_age_days before the plan's day", scope="tables"),
        known_sku("inventory", or_bundle=True),
        known_location("inventory"),
        Rule(name="inventory.location.missing", outcome="stop", check="no_location_vanished", columns=("location",), violation="missing that the snapshot before has", scope="tables"),
    ),
)  # fmt: skip
