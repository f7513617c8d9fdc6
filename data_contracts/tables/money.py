# ruff: noqa: E501 - a column or rule in one line reads as a table
"""`channel_costs`, `fx_rates`, `budgets`, `open_to_buy`: what things cost and what may be spent."""

from data_contracts.contract import Contract
from data_contracts.declarations import Rule, currency, date, number, required, scope, text, valid_from

CHANNEL_COSTS = Contract(
    table="channel_costs",
    one_row_per="channel and first day of validity",
    key=("channel", "valid_from"),
    columns=(
        required(text("channel", "Channel.", "amazon_de")),
        required(number("commission_fraction", "fraction of net revenue", "What the channel keeps.", "0.15", minimum=0, maximum=1)),
        valid_from(),
        number("payment_fee_fraction", "fraction of net revenue", "Fee of the payment.", "0.015", minimum=0, maximum=1, default="0"),
        number("fulfilment_cost_per_unit", "base currency per unit", "Picking, packing and shipping.", "3.20", minimum=0, default="0"),
        number("return_cost_per_unit", "base currency per returned unit", "Handling of a return.", "2.50", minimum=0, default="0"),
    ),
)  # fmt: skip

FX_RATES = Contract(
    table="fx_rates",
    one_row_per="day and currency",
    key=("date", "currency"),
    columns=(
        required(date("date", "Day of the rate.", "2026-03-31")),
        required(currency("Currency, ISO 4217.")),
        required(number("rate_to_base", "base currency for one unit of the currency", "The rate.", "0.92", above=0, maximum=1e7)),
    ),
    rules=(
        Rule(name="fx_rates.rate_to_base.jump", outcome="warn", check="no_jump", columns=("rate_to_base", "currency", "date"), violation="more than twice or less than half the rate before", scope="tables", arguments={"factor": 2.0}),
    ),
)  # fmt: skip

BUDGETS = Contract(
    table="budgets",
    one_row_per="month, category, channel and market",
    key=("month", "category", "channel", "market"),
    columns=(
        required(date("month", "A day of the month; it is held as its first.", "2026-04-01")),
        required(number("revenue", "currency", "Budgeted net revenue: retail sales after discounts and returns, without tax.", "120000")),
        required(currency()),
        scope("category", "Category; `*` or empty: all.", "Tea"),
        scope("channel", "Channel; `*` or empty: all.", "webshop"),
        scope("market", "Market; `*` or empty: all.", "DE"),
        number("units", "units", "Budgeted units sold, before returns.", "9000", minimum=0),
        number("margin", "currency", "Budgeted margin: net revenue less the landed cost of goods and the channel costs, as in the budget forecast.", "48000"),
        number("closing_stock", "currency", "Budgeted stock at cost at the month's end.", "70000", minimum=0),
    ),
)  # fmt: skip

OPEN_TO_BUY = Contract(
    table="open_to_buy",
    one_row_per="month and category, or all",
    key=("month", "category"),
    columns=(
        required(date("month", "A day of the month; it is held as its first.", "2026-04-01")),
        required(number("amount", "currency", "What may be ordered in the month.", "60000", minimum=0)),
        required(currency()),
        scope("category", "Category; `*` or empty: all.", "*"),
    ),
)  # fmt: skip
