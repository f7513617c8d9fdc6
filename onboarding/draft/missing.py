"""Required columns that a file does not have: made from other columns, found elsewhere, assumed and said, or asked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from data_contracts.tables import CONTRACTS
from onboarding.draft.column_guesses import Match, match_table
from onboarding.draft.company_wide import CompanyProfile
from onboarding.draft.draft import Guess
from onboarding.draft.money import cost, revenue
from onboarding.draft.recognition import Recognised


@dataclass
class Filling:
    """A table's mapping while it is being made.

    Attributes
    ----------
    matches: delivered columns for the table's.
    columns, constants, keys: of the draft.
    why_unused: delivered column = why it is not used.
    notes: what is a fault in the file.
    unpivoted: columns that a wide file gets by being unpivoted.
    price: column of unit prices that a joined file brings.
    main: columns of the table that the file is, where this one is drawn from it.
    drawn: whether it is.
    """

    table: str
    found: Recognised
    profile: CompanyProfile
    matches: dict[str, Match]
    columns: dict[str, Guess] = field(default_factory=dict)
    constants: dict[str, Guess] = field(default_factory=dict)
    keys: dict[str, Guess] = field(default_factory=dict)
    why_unused: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    unpivoted: tuple[str, ...] = ()
    price: str | None = None
    main: Mapping[str, Guess] = field(default_factory=dict)
    drawn: bool = False

    def has(self, column: str) -> bool:
        """Whether something gives the column."""
        return column in self.columns or column in self.constants or column in self.unpivoted

    def keep_constant(self, column: str, guess: Guess | None) -> None:
        """Take a constant, where there is one."""
        if guess is not None:
            self.constants[column] = guess

    def keep_column(self, column: str, guess: Guess | None) -> None:
        """Take a mapping, where there is one."""
        if guess is not None:
            self.columns[column] = guess


def give(filling: Filling, column: str) -> None:
    """Give a required column that the file does not have, or ask for it."""
    giver = _BY_COLUMN.get(column)
    if giver is not None and not (column == "name" and filling.table == "planning_parameters"):
        giver(filling)
    elif filling.found.export is not None:
        asks = f"{filling.found.delivered.name}: the export does not tell {column} of {filling.table}; which is it?"
        key = f"constant:{filling.table}.{column}"
        filling.keep_constant(column, filling.profile.told(key, f"--constant {filling.table}.{column}=VALUE", asks))


def give_more(filling: Filling) -> None:
    """What people told of all products, where the file does not have it."""
    if filling.table != "products":
        return
    for column in ("unit_price", "unit_cost"):
        said = filling.profile.asked.answers.get(column)
        if said is not None and not filling.has(column):
            filling.constants[column] = Guess(said, "told", "told")


def _net_revenue(filling: Filling) -> None:
    sku = filling.matches.get("sku")
    units = "units" if "units" in filling.unpivoted else filling.columns.get("units", Guess(None, "sure")).value
    if units is None:
        return
    delivered = filling.found.delivered
    sku_column = sku.delivered if sku else delivered.columns[0]
    filling.keep_column(
        "net_revenue", revenue(filling.profile, delivered, filling.matches, sku_column, units, filling.price)
    )


def _unit_cost(filling: Filling) -> None:
    delivered = filling.found.delivered
    price = match_table(CONTRACTS["products"], delivered).get("unit_price")
    guess = cost(filling.profile, delivered, price.delivered if price else None)
    if guess is not None and str(guess.value).startswith("="):
        filling.columns["unit_cost"] = guess
    else:
        filling.keep_constant("unit_cost", guess)


def _name(filling: Filling) -> None:
    """Without names, things are called by their codes."""
    code = {"products": "sku", "locations": "location", "suppliers": "supplier"}[filling.table]
    if code in filling.columns:
        filling.columns["name"] = Guess(filling.columns[code].value, "assumed", "no column of names: the codes")


def _line_number(filling: Filling) -> None:
    """As in the orders that receipts are drawn from; one line an order and SKU, else what differs on every row."""
    delivered, columns = filling.found.delivered, filling.columns
    if "line_number" in filling.main:
        columns["line_number"] = filling.main["line_number"]
        return
    if "order_number" not in columns or "sku" not in columns:
        return
    if delivered.is_unique([columns["order_number"].value, columns["sku"].value]):
        columns["line_number"] = Guess(columns["sku"].value, "sure", "no order has two lines of a SKU")
        return
    other = next((name for name in delivered.columns if delivered.is_unique([name])), None)
    if other is not None:
        columns["line_number"] = Guess(other, "sure", "different on every row")


def _received_units(filling: Filling) -> None:
    """Receipts in a file of orders that has one quantity: that one."""
    ordered = match_table(CONTRACTS["purchase_orders"], filling.found.delivered).get("ordered_units")
    if ordered is not None:
        why = "no column of received units: what was ordered came"
        filling.columns["received_units"] = Guess(ordered.delivered, "assumed", why)


def _on_hand(filling: Filling) -> None:
    if filling.table == "stock_levels":
        why = "only yes and no are known; the flag wins over it"
        filling.constants["on_hand"] = Guess("1", "assumed", why)
        return
    asks = "No file tells what is in stock. How many units of each SKU? (0: plan as if nothing were there)"
    filling.keep_constant("on_hand", filling.profile.told("on_hand", "--on-hand 0", asks))


def _lead_time(filling: Filling) -> None:
    asks = "How many calendar days pass from an order to its arrival? No file tells"
    filling.keep_constant("lead_time_days", filling.profile.told("lead_time_days", "--lead-time-days 14", asks))


def _supplier(filling: Filling) -> None:
    asks = f"{filling.found.delivered.name}: who supplies the SKUs? No column tells"
    filling.keep_constant("supplier", filling.profile.told("supplier", "--supplier NAME", asks))


def _channel(filling: Filling) -> None:
    said = filling.profile.asked.answers.get("channel")
    guess = (
        Guess(said, "told", "told") if said else Guess("shop", "assumed", "no column of channels: all one, called shop")
    )
    filling.constants["channel"] = guess


def _category(filling: Filling) -> None:
    filling.constants["category"] = Guess("All products", "assumed", "no column of categories: all are one")


def _kind(filling: Filling) -> None:
    filling.constants["kind"] = Guess("warehouse", "assumed", "no column says what the locations are")


def _as_of(filling: Filling) -> None:
    filling.keep_constant("as_of", filling.profile.as_of(filling.found.delivered))


def _currency(filling: Filling) -> None:
    filling.keep_constant("currency", filling.profile.currency())


def _location(filling: Filling) -> None:
    filling.keep_constant("location", filling.profile.location())


def _country(filling: Filling) -> None:
    filling.keep_constant("country", filling.profile.country())


_BY_COLUMN: Mapping[str, Callable[[Filling], None]] = {
    "net_revenue": _net_revenue,
    "unit_cost": _unit_cost,
    "name": _name,
    "line_number": _line_number,
    "received_units": _received_units,
    "on_hand": _on_hand,
    "lead_time_days": _lead_time,
    "supplier": _supplier,
    "channel": _channel,
    "category": _category,
    "kind": _kind,
    "as_of": _as_of,
    "currency": _currency,
    "location": _location,
    "country": _country,
}
