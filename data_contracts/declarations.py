"""The parts of a contract, columns and rules, as plain data, and short forms in which tables declare them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Literal

Kind = Literal["text", "number", "date", "flag", "currency", "country", "setting"]
Outcome = Literal["reject", "warn", "stop"]
OnWarn = Literal["keep", "blank", "count_once"]
Scope = Literal["part", "tables"]

EVERYTHING = "*"
"""Stands in a key column for "all of them": all SKUs, all categories, all markets."""

EARLIEST = "1990-01-01"
"""No date before this one is believed; as `valid_from` it means "always"."""

LATEST = "2199-12-31"

SOURCE_FILE = "source_file"
SOURCE_LINE = "source_line"
"""Provenance beside every row: the delivered file (or query), and the line of it (the header is line 1)."""

WHOLE_ROW = "row"
UNREAD_ROW = "row__unread"
"""Column with the text of rows that have too few or too many fields; all their values are missing."""

READABLE_AS: Mapping[str, str] = MappingProxyType(
    {"number": "number", "date": "date", "flag": "flag", "setting": "setting"}
)


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    name: canonical name, as in every frame of the project.
    kind: text, number, date, flag, currency (ISO 4217), country (ISO 3166 alpha-2), or setting (a
        number, date or flag held as canonical text).
    required: the file must have the column (or the settings a constant for it).
    nullable: a row may leave it empty.
    unit: what one of a number is; empty for text.
    meaning, example: for people, on the reference page.
    default: stands where nothing is written, as text; None leaves it empty.
    minimum, maximum: inclusive bounds; of dates as ISO text.
    above: exclusive lower bound of a number.
    choices: the only texts accepted.
    in_past: dates that record something that happened, so never after the company's date.
    on_invalid: what an unreadable or impossible value does: reject the row, or warn and leave the value out.
    """

    name: str
    kind: Kind
    meaning: str
    required: bool = False
    nullable: bool = True
    unit: str = ""
    example: str = ""
    default: str | None = None
    minimum: float | str | None = None
    maximum: float | str | None = None
    above: float | None = None
    choices: tuple[str, ...] = ()
    in_past: bool = False
    on_invalid: Literal["reject", "warn"] = "reject"

    @property
    def unread(self) -> str:
        """Name of the column that holds the text as written where it could not be read."""
        return f"{self.name}__unread"

    @property
    def has_unread(self) -> bool:
        """Whether a text can fail to be read as this kind."""
        return self.kind in READABLE_AS

    @property
    def is_fraction(self) -> bool:
        """Whether values are parts of one, so that `10 %` is 0.1; of money and units nobody knows what it would be."""
        return self.unit.startswith("fraction")


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule of a table; Great Expectations decides which rows break it.

    Attributes
    ----------
    name: `table.column.rule` or `table.rule`.
    outcome: reject the row, warn, or stop the run.
    check: the kind of check, as registered in `data_contracts.expectations`.
    columns: columns that it looks at; the first is named with a rejected row.
    violation: end of the message after the value, such as "not a number".
    arguments: of the check.
    scope: `part` for one month of one table, `tables` for rules across tables, parts or relative to the date.
    on_warn: what a warning does: keep the row, blank the value, or count the row once (repeats are left out).
    """

    name: str
    outcome: Outcome
    check: str
    columns: tuple[str, ...] = ()
    violation: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    scope: Scope = "part"
    on_warn: OnWarn = "keep"


def required(column: Column) -> Column:
    """The same column, required in the source and in every row."""
    return replace(column, required=True, nullable=False, on_invalid="reject")


def text(name: str, meaning: str, example: str, **more: Any) -> Column:
    """A column of text."""
    return Column(name=name, kind="text", meaning=meaning, example=example, **_lenient(more))


def number(name: str, unit: str, meaning: str, example: str, **more: Any) -> Column:
    """A number, float64."""
    return Column(name=name, kind="number", unit=unit, meaning=meaning, example=example, **_lenient(more))


def date(name: str, meaning: str, example: str, **more: Any) -> Column:
    """A calendar date without a zone."""
    return Column(name=name, kind="date", meaning=meaning, example=example, **_lenient(more))


def flag(name: str, meaning: str, example: str = "true", **more: Any) -> Column:
    """Yes or no."""
    return Column(name=name, kind="flag", meaning=meaning, example=example, **_lenient(more))


def currency(meaning: str = "Currency of the row's amounts, ISO 4217.", **more: Any) -> Column:
    """The currency of a row's amounts."""
    return Column(name="currency", kind="currency", meaning=meaning, example="EUR", **_lenient(more))


def country(meaning: str) -> Column:
    """A country by its ISO 3166 code."""
    return Column(name="country", kind="country", meaning=meaning, example="DE")


def valid_from(meaning: str = "First day on which the row holds; empty: always.") -> Column:
    """First day of validity; part of the key, so "always" is a date of its own."""
    return date("valid_from", meaning, "2026-01-01", nullable=False, default=EARLIEST, on_invalid="reject")


def valid_to(meaning: str = "Last day on which the row holds; empty: until further notice.") -> Column:
    """Last day of validity."""
    return date("valid_to", meaning, "2026-12-31", on_invalid="reject")


def scope(name: str, meaning: str, example: str) -> Column:
    """A key column in which `*`, or nothing, stands for all of them."""
    return text(name, meaning, example, nullable=False, default=EVERYTHING, on_invalid="reject")


def _lenient(more: dict[str, Any]) -> dict[str, Any]:
    return {"on_invalid": "warn", **more}


def known_sku(table: str, column: str = "sku", *, or_bundle: bool = False, on_warn: OnWarn = "keep") -> Rule:
    """A SKU is a product, an alias of one or, where it may be, a bundle; compared as the settings say."""
    homes = {"products": "sku", "sku_aliases": "alias"} | ({"bundles": "bundle_sku"} if or_bundle else {})
    violation = "not in products, sku_aliases or bundles" if or_bundle else "not in products or sku_aliases"
    return _known(table, column, violation, {"tables": homes, "normalise_sku": True}, on_warn)


def known_location(table: str, column: str = "location") -> Rule:
    """A location is a row of locations."""
    return _known(table, column, "not in locations", {"tables": {"locations": "location"}})


def known_supplier(table: str) -> Rule:
    """A supplier is a row of suppliers."""
    return _known(table, "supplier", "not in suppliers", {"tables": {"suppliers": "supplier"}})


def not_in_future(table: str, column: str) -> Rule:
    """What is recorded did not happen after the company's date."""
    return Rule(
        name=f"{table}.{column}.not_in_future",
        outcome="reject",
        check="not_after_today",
        columns=(column,),
        violation="after the company's date",
        scope="tables",
    )


def end_not_before_start(table: str, later: str, earlier: str) -> Rule:
    """A time does not end before it begins."""
    return Rule(
        name=f"{table}.dates.in_order",
        outcome="reject",
        check="dates_in_order",
        columns=(later, earlier),
        violation=f"before {earlier}",
    )


def _known(table: str, column: str, violation: str, arguments: Mapping[str, Any], on_warn: OnWarn = "keep") -> Rule:
    return Rule(
        name=f"{table}.{column}.known",
        outcome="warn",
        check="refers_to",
        columns=(column,),
        violation=violation,
        arguments=arguments,
        scope="tables",
        on_warn=on_warn,
    )
