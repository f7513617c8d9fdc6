"""The demo company's `restock.toml` and the note that lies beside its files."""

from datetime import date, timedelta

_SETTINGS = """\
# The settings of a made-up company. The reference of the docs explains every key; what is left out has its default.

[company]
name = "Lindtal & Trail"
base_currency = "EUR"
country = "DE"
timezone = "Europe/Berlin"
default_location = "LEIPZIG"

[data]
# The demo's data end on {last_day}. This stands for the clock, so that they are never too old.
today = {today}

[inventory]
service_by = "cost"
capital_rate_per_year = 0.10
decision_lag_days = 1
fixed_cost_per_line = 8.0
# Half of the goods come from afar, so that four months of supply are nothing unusual.
overstock_days = 180

[budget]
# The promotion calendar ends three months ahead, and the company's budget was made with last year's promotions.
promotions = "as_last_year"

# A folder of files, one a month.
[sources.sales]
path = "sales"

[sources.stock_levels]
path = "stock_levels"

# Out of a spreadsheet with decimal commas: 31.12.2026; 1,5
[sources.supply_terms]
path = "supply_terms.csv"
separator = ";"
decimal = ","
date_format = "%d.%m.%Y"

# The warehouse's export names two columns in its own way.
[sources.receipts]
path = "receipts.csv"
columns = {{ received_on = "booked_on", received_units = "quantity" }}
"""

_PLAIN_TABLES = (
    "products", "locations", "suppliers", "transfer_terms", "purchase_orders", "transfers", "inventory", "promotions",
    "closures", "bundles", "sku_aliases", "fulfilment", "planning_parameters", "channel_costs", "fx_rates", "budgets",
    "open_to_buy",
)  # fmt: skip

NOTE = """\
# A made-up company

These files are the input of `restock`: open them, change them, run `restock run` here again.

- `restock.toml` says where each table is and how its text is read.
- `sales/` has one CSV file a month, one row for each order line; `stock_levels/` has one Parquet file a month.
- All other tables are one CSV file each; `supply_terms.csv` uses `;` and decimal commas, as a spreadsheet would.

Things to try: set `on_hand` of a good seller in `inventory.csv` to 0; double a `lead_time_days` in `supply_terms.csv`;
add a promotion for next month to `promotions.csv`; write a letter into a number of the newest sales file.

What is in the data, and which faults were put in on purpose: `docs/demo-company.md` of the project.
"""


def settings_text(last_day: date) -> str:
    """The text of `restock.toml` for data that end on `last_day`."""
    head = _SETTINGS.format(last_day=last_day, today=last_day + timedelta(days=1))
    rest = "".join(f'\n[sources.{table}]\npath = "{table}.csv"\n' for table in _PLAIN_TABLES)
    return head + rest
