"""Which canonical table a delivered file is: by connector, by its columns, by its name."""

from collections.abc import Mapping
from dataclasses import dataclass

from data_contracts.tables import CONTRACTS
from intake.connectors import Export
from onboarding.draft.column_guesses import OWN_NAME, Match, match_table
from onboarding.draft.draft import Asked, Guess, Question
from onboarding.survey.delivered import Delivered
from onboarding.survey.headings import plain
from onboarding.survey.synonyms import FILES, PRICES
from onboarding.survey.wide import Wide, read_wide

NOTHING = "none"
ESSENTIAL: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "sales": (("date",), ("sku",), ("units",)),
    "stock_levels": (("date",), ("sku",), ("on_hand", "in_stock", "in_stock_share")),
    "stockouts": (("sku",), ("starts_on",)),
    "inventory": (("sku",), ("on_hand",)),
    "products": (("sku",), ("name", "category", "unit_price", "barcode")),
    "locations": (("location",), ("name", "kind", "country")),
    "supply_terms": (("sku",), ("lead_time_days", "supplier"), ("unit_cost", "lead_time_days", "order_multiple")),
    "suppliers": (("supplier",), ("name", "country", "minimum_order_value", "payment_terms_days")),
    "transfer_terms": (("from_location",), ("to_location",), ("lead_time_days",)),
    "purchase_orders": (("order_number",), ("sku",), ("ordered_on",), ("ordered_units",), ("supplier", "expected_on")),
    "receipts": (("order_number",), ("received_on",), ("received_units",)),
    "transfers": (("from_location",), ("to_location",), ("sku",), ("units",)),
    "promotions": (("starts_on",), ("ends_on",), ("discount_fraction",)),
    "closures": (("starts_on",), ("ends_on",), ("supplier", "location")),
    "bundles": (("bundle_sku",), ("component_sku",)),
    "sku_aliases": (("alias",), ("sku",)),
    "fulfilment": (("channel",), ("location",)),
    "planning_parameters": (("name",), ("value",)),
    "channel_costs": (("channel",), ("commission_fraction",)),
    "fx_rates": (("date",), ("currency",), ("rate_to_base",)),
    "budgets": (("month",), ("revenue",)),
    "open_to_buy": (("month",), ("amount",)),
}
"""Columns without which a file is not the table: one of each group. What else is required can be told as a constant."""

_NAME_BONUS = 2.0
_MARGIN = 1.0
_FEWEST_DAYS_OF_HISTORY = 2


@dataclass(frozen=True)
class Recognised:
    """What a delivered file is.

    Attributes
    ----------
    table: canonical table; None where it is none, or open.
    kind: the table as a guess, with its reason.
    export: the connector's format, where one fits.
    wide: its form, where it is wide.
    is_prices: whether it is a wide file of prices, to be joined to the sales.
    matches: its columns.
    """

    delivered: Delivered
    table: str | None
    kind: Guess
    export: Export | None = None
    wide: Wide | None = None
    is_prices: bool = False


def recognise(delivered: Delivered, exports: Mapping[str, Export], asked: Asked) -> Recognised:
    """What a file is: what people said, else a connector's format, else what its columns and its name say."""
    key, wide = f"table:{delivered.name}", read_wide(delivered)
    said = asked.answers.get(key)
    if said is not None:
        told = Guess(said, "told", "told")
        if said in exports:
            return Recognised(delivered, next(iter(exports[said].tables), None), told, exports[said])
        return Recognised(delivered, None if said == NOTHING else said, told, None, wide, said == "prices")
    known = [export for export in exports.values() if export.matches(frozenset(delivered.columns))]
    if known:
        export = max(known, key=lambda each: len(each.columns))
        kind = Guess(next(iter(export.tables), NOTHING), "sure", f"has the columns of: {export.title}")
        return Recognised(delivered, kind.value if export.tables else None, kind, export)
    if wide is not None:
        return _recognise_wide(delivered, wide, asked)
    return _recognise_by_columns(delivered, key, asked)


def _recognise_by_columns(delivered: Delivered, key: str, asked: Asked) -> Recognised:
    fits = sorted(((fit, table) for table in CONTRACTS if (fit := _fit(delivered, table)) is not None), reverse=True)
    if not fits:
        return Recognised(delivered, None, Guess(NOTHING, "sure", _nearest(delivered)))
    close = [table for fit, table in fits if fit > fits[0][0] - _MARGIN]
    best = fits[0][1]
    if len(close) > 1:
        asks = f"{delivered.name}: is it {' or '.join(close)}? Its columns fit both"
        answer = asked.answer(Question(key, _flag(delivered, close), asks, (*close, NOTHING), best))
        return Recognised(delivered, answer.value if answer else None, answer or Guess(None, "likely", asks))
    matches = match_table(CONTRACTS[best], delivered)
    if names_table(delivered.name, best) or _is_plain(best, matches):
        return Recognised(delivered, best, Guess(best, "sure", "by its columns and its name"))
    asks = f"{delivered.name}: {best}, by its columns"
    answer = asked.answer(Question(key, _flag(delivered, [NOTHING]), asks, (*CONTRACTS, NOTHING), best, likely=True))
    return Recognised(delivered, best, answer or Guess(best, "likely"))


def _nearest(delivered: Delivered) -> str:
    """Why a file is no table: which is nearest, what it lacks of that, and how to say it."""
    lacks = {}
    for table, groups in ESSENTIAL.items():
        matches = match_table(CONTRACTS[table], delivered)
        missing = [" or ".join(group) for group in groups if not any(name in matches for name in group)]
        if len(missing) < len(groups):
            lacks[table] = missing
    if not lacks:
        return "its columns are those of no table"
    near = min(lacks, key=lambda table: (not names_table(delivered.name, table), len(lacks[table])))
    return (
        f"its columns are those of no table; nearest is {near}, of which it lacks {', '.join(lacks[near])}: "
        f'if it is that, say --table "{delivered.name}={near}" and --map "{near}.COLUMN=YOUR COLUMN"'
    )


def _recognise_wide(delivered: Delivered, wide: Wide, asked: Asked) -> Recognised:
    period = f"a column for each of {len(wide.dates)} dates"
    words = plain(delivered.name)
    if wide.kind == "flag":
        return Recognised(delivered, "stock_levels", Guess("stock_levels", "sure", f"{period}, yes or no"), wide=wide)
    if wide.kind != "number":
        return Recognised(delivered, None, Guess(NOTHING, "sure", f"{period}, neither numbers nor yes and no"))
    if _has_words(words, PRICES):
        return Recognised(delivered, None, Guess("prices", "sure", f"{period}, prices by its name"), None, wide, True)
    for table in ("stock_levels", "inventory", "sales"):
        if _has_words(words, FILES[table]):
            table_of = "stock_levels" if table == "inventory" else table
            return Recognised(delivered, table_of, Guess(table_of, "sure", f"{period}; by its name"), wide=wide)
    question = Question(
        f"table:{delivered.name}",
        _flag(delivered, ["sales", "stock_levels", "prices"]),
        f"{delivered.name}: {period}: units sold, stock, or prices?",
        ("sales", "stock_levels", "prices", NOTHING),
        "sales",
    )
    asked.answer(question)
    return Recognised(delivered, None, Guess(None, "likely", period), wide=wide)


def _flag(delivered: Delivered, tables: list[str]) -> str:
    return f'--table "{delivered.name}={"|".join(tables)}"'


def _fit(delivered: Delivered, table: str) -> float | None:
    """How well a file fits a table; None where an essential column is missing."""
    contract = CONTRACTS[table]
    matches = match_table(contract, delivered)
    groups = ESSENTIAL[table]
    if not all(any(name in matches for name in group) for group in groups):
        return None
    days = matches.get("as_of" if table == "inventory" else "date")
    if table in ("inventory", "stock_levels") and days is not None and "as_of" not in delivered.columns:
        is_history = len(delivered.contents[days.delivered].texts) >= _FEWEST_DAYS_OF_HISTORY
        if is_history == (table == "inventory"):
            return None
    score = sum(
        matches[column.name].score / OWN_NAME * (1.0 if column.required else 0.5)
        for column in contract.columns
        if column.name in matches
    )
    score -= 0.3 * sum(column.required and column.name not in matches for column in contract.columns)
    return score + (_NAME_BONUS if names_table(delivered.name, table) else 0)


def names_table(name: str, table: str) -> bool:
    """Whether the name of a file or database table speaks for a table of ours, and for no longer-named one."""
    words = plain(name)
    own = max((len(each) for each in FILES[table] if _has_words(words, (each,))), default=0)
    others = (len(each) for other in CONTRACTS if other != table for each in FILES[other] if _has_words(words, (each,)))
    return own > 0 and own >= max(others, default=0)


def _has_words(words: str, wanted: tuple[str, ...]) -> bool:
    return any(f" {each} " in f" {words} " for each in wanted)


def _is_plain(table: str, matches: Mapping[str, Match]) -> bool:
    """Whether all required columns bear our own names."""
    required = [column.name for column in CONTRACTS[table].columns if column.required]
    return all(name in matches and matches[name].score == OWN_NAME for name in required)
