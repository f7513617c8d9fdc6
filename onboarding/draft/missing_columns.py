"""Required columns that a file does not have: made from other columns, found elsewhere, assumed and said, or asked."""

import datetime as dt
from collections.abc import Callable, Mapping

from data_contracts.tables import CONTRACTS
from onboarding.answers import ColumnConstant, ColumnSource, CompanyFact
from onboarding.draft.amounts.prices_and_costs import cost, revenue
from onboarding.draft.columns_seen import columns_seen
from onboarding.draft.recognition.column_matching import match_table
from onboarding.draft.recognition.file_recognition import has_many_days, has_one_row_each
from onboarding.draft.settings_draft import TableMapping
from onboarding.questions import Guess, Question, user_answer
from onboarding.survey.delivered import DeliveredTable
from onboarding.survey.values import read_days

_SHOWN_COLUMNS = 8


def fill_missing_column(mapping: TableMapping, column: str) -> None:
    """Give a required column that the file does not have, or ask for it."""
    giver = _BY_COLUMN.get(column)
    if giver is not None and not (column == "name" and mapping.table == "planning_parameters"):
        giver(mapping)
    elif mapping.file.export is None and not mapping.derived:
        _ask_for_column(mapping, column)
    elif mapping.file.export is not None:
        prompt = f"{mapping.delivered.name}: the export does not say {column} of {mapping.table}; which is it?"
        key, flag = ColumnConstant(mapping.table, column), f"--constant {mapping.table}.{column}=VALUE"
        mapping.keep_constant(column, mapping.profile.ask(key, flag, prompt))


def _ask_for_column(mapping: TableMapping, column: str) -> None:
    """Ask which column of the file it is, where a plan needs the table or people said that the file is it."""
    table, delivered = mapping.table, mapping.delivered
    if not (CONTRACTS[table].needed_to_run or mapping.file.is_given):
        return
    used = {guess.value for guess in mapping.columns.values()} | {match.delivered for match in mapping.matches.values()}
    seen = columns_seen(mapping, column)
    free = [name for name in delivered.columns if name not in used]
    shown = ", ".join(f"{name} ({_example(delivered, name)})" for name in free[:_SHOWN_COLUMNS])
    declared = CONTRACTS[table].column(column)
    prompt = f"{delivered.name}: which column is the {column.replace('_', ' ')} of {table}? {declared.meaning} " + (
        f"Of those that could be it, {seen}. " if seen else ""
    )
    prompt += f"Not used yet: {shown}" if free else "All of its columns are used"
    flag = f'--map "{table}.{column}=COLUMN"'
    mapping.keep_column(column, mapping.profile.questions.ask(Question(ColumnSource(table, column), flag, prompt)))


def _example(delivered: DeliveredTable, name: str) -> str:
    return next(iter(delivered.contents[name].texts), "empty")


def prefer_given_facts(mapping: TableMapping) -> None:
    """What people said of everything goes before a column that is not surely it, or that has one value only.

    A column that surely tells different rows different things stays, and it is noted that the flag is for others.
    """
    answers, table, delivered = mapping.profile.questions.answers, mapping.table, mapping.delivered
    for column, fact in _FACTS.items():
        match, said = mapping.matches.get(column), answers.get(fact)
        if match is None or said is None or column not in CONTRACTS[table].names or mapping.has(column):
            continue
        texts = delivered.contents[match.delivered].texts
        is_one_place = column == "location" and len(texts) == 1 and texts[0] != said
        if match.is_sure and not is_one_place:
            if column not in _OF_OTHERS:
                mapping.notes.append(f"{fact.flag} is not used for {table}: its column {match.delivered} says it")
            continue
        del mapping.matches[column]
        mapping.constants[column] = user_answer(said.isoformat() if isinstance(said, dt.date) else said)
        mapping.why_unused[match.delivered] = f"{fact.flag} says the {column.replace('_', ' ')}"


def count_on_the_newest_day(mapping: TableMapping) -> None:
    """A stock's days of last change are no days of a count: it is of the newest of them, where people do not say."""
    match, delivered = mapping.matches.get("as_of"), mapping.delivered
    if mapping.table != "inventory" or mapping.derived or match is None:
        return
    if not (has_many_days(delivered, match.delivered) and has_one_row_each(delivered, mapping.matches)):
        return
    del mapping.matches["as_of"]
    mapping.why_unused[match.delivered] = "says when each row was changed last"
    values = delivered.contents[match.delivered]
    days = read_days(values.texts, values.date.formats)
    newest = days[-1].isoformat() if days else None
    prompt = f"{delivered.name}: the stock is that at the end of {newest}, the newest day in {match.delivered}"
    question = Question(CompanyFact.AS_OF, "--as-of 2026-06-30", prompt, suggested=newest, likely=newest is not None)
    mapping.keep_constant("as_of", mapping.profile.questions.ask(question))


def fill_given_prices(mapping: TableMapping) -> None:
    """The price and the cost that people gave for all products, where the file does not have them."""
    if mapping.table != "products":
        return
    for fact in (CompanyFact.UNIT_PRICE, CompanyFact.UNIT_COST):
        if not mapping.has(fact.value):
            mapping.keep_constant(fact.value, mapping.profile.answer_to(fact))


def _net_revenue(mapping: TableMapping) -> None:
    sku = mapping.matches.get("sku")
    units = "units" if "units" in mapping.unpivoted else mapping.columns.get("units", Guess(None, "sure")).value
    if units is None:
        return
    delivered = mapping.delivered
    sku_column = sku.delivered if sku else delivered.columns[0]
    seen = columns_seen(mapping, "net_revenue", mapping.file.wide.keys if mapping.file.wide else None)
    mapping.keep_column(
        "net_revenue", revenue(mapping.profile, delivered, mapping.matches, sku_column, units, mapping.price, seen)
    )


def _unit_cost(mapping: TableMapping) -> None:
    delivered = mapping.delivered
    price = match_table(CONTRACTS["products"], delivered).get("unit_price")
    guess = cost(mapping.profile, delivered, price.delivered if price else None)
    if guess is not None and str(guess.value).startswith("="):
        mapping.columns["unit_cost"] = guess
    else:
        mapping.keep_constant("unit_cost", guess)


def _name(mapping: TableMapping) -> None:
    """Without names, things are called by their codes."""
    code = {"products": "sku", "locations": "location", "suppliers": "supplier"}[mapping.table]
    if code in mapping.columns:
        mapping.columns["name"] = Guess(mapping.columns[code].value, "assumed", "no column of names: the codes")


def _line_number(mapping: TableMapping) -> None:
    """As in the orders that receipts are derived from; one line an order and SKU, else what differs on every row."""
    delivered, columns = mapping.delivered, mapping.columns
    if "line_number" in mapping.main:
        columns["line_number"] = mapping.main["line_number"]
        return
    if "order_number" not in columns or "sku" not in columns:
        return
    if delivered.is_unique([columns["order_number"].value, columns["sku"].value]):
        columns["line_number"] = Guess(columns["sku"].value, "sure", "no order has two lines of a SKU")
        return
    other = next((name for name in delivered.columns if delivered.is_unique([name])), None)
    if other is not None:
        columns["line_number"] = Guess(other, "sure", "different on every row")


def _received_units(mapping: TableMapping) -> None:
    """Receipts in a file of orders that has one quantity: that one."""
    ordered = match_table(CONTRACTS["purchase_orders"], mapping.delivered).get("ordered_units")
    if ordered is not None:
        why = "no column of received units: what was ordered came"
        mapping.columns["received_units"] = Guess(ordered.delivered, "assumed", why)


def _on_hand(mapping: TableMapping) -> None:
    if mapping.table == "stock_levels":
        why = "only yes and no are known; the flag wins over it"
        mapping.constants["on_hand"] = Guess("1", "assumed", why)
        return
    own = mapping.profile.file_of("inventory")
    seen = columns_seen(mapping, "on_hand") if own is not None and not mapping.derived else ""
    listed = f' ({mapping.delivered.name}: {seen}; say --map "inventory.on_hand=COLUMN" if one is)' if seen else ""
    prompt = f"No file says what is in stock{listed}. How many units of each SKU? (0: plan as if nothing were there)"
    mapping.keep_constant("on_hand", mapping.profile.ask(CompanyFact.ON_HAND, "--on-hand 0", prompt))


def _lead_time(mapping: TableMapping) -> None:
    prompt = "How many calendar days pass from an order to its arrival? No file says"
    mapping.keep_constant(
        "lead_time_days", mapping.profile.ask(CompanyFact.LEAD_TIME_DAYS, "--lead-time-days 14", prompt)
    )


def _supplier(mapping: TableMapping) -> None:
    prompt = f"{mapping.delivered.name}: who supplies the SKUs? No column says"
    mapping.keep_constant("supplier", mapping.profile.ask(CompanyFact.SUPPLIER, "--supplier NAME", prompt))


def _channel(mapping: TableMapping) -> None:
    assumed = Guess("shop", "assumed", "no column of channels: all one, called shop")
    mapping.constants["channel"] = mapping.profile.answer_to(CompanyFact.CHANNEL) or assumed


def _category(mapping: TableMapping) -> None:
    mapping.constants["category"] = Guess("All products", "assumed", "no column of categories: all are one")


def _kind(mapping: TableMapping) -> None:
    mapping.constants["kind"] = Guess("warehouse", "assumed", "no column says what the locations are")


def _as_of(mapping: TableMapping) -> None:
    mapping.keep_constant("as_of", mapping.profile.as_of(mapping.delivered))


def _currency(mapping: TableMapping) -> None:
    mapping.keep_constant("currency", mapping.profile.currency())


def _location(mapping: TableMapping) -> None:
    mapping.keep_constant("location", mapping.profile.location())


def _country(mapping: TableMapping) -> None:
    mapping.keep_constant("country", mapping.profile.country())


_FACTS: Mapping[str, CompanyFact] = {
    "as_of": CompanyFact.AS_OF,
    "channel": CompanyFact.CHANNEL,
    "lead_time_days": CompanyFact.LEAD_TIME_DAYS,
    "location": CompanyFact.LOCATION,
    "on_hand": CompanyFact.ON_HAND,
    "supplier": CompanyFact.SUPPLIER,
    "unit_cost": CompanyFact.UNIT_COST,
}
"""Columns that people give for all files at once."""

_OF_OTHERS = ("location",)
"""Columns whose fact is for files that do not have them, so that it is no wonder where one has."""

_BY_COLUMN: Mapping[str, Callable[[TableMapping], None]] = {
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
