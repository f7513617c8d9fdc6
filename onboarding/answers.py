"""What people said of their files and their company: one typed answer for each key of a question.

Flags of the command line and answers at a terminal come in here as text, and nowhere else: `Answers.having`.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, Literal
from zoneinfo import available_timezones

from data_contracts.tables import CONTRACTS
from intake.connectors import EXPORTS
from onboarding.survey.values import DateOrder
from settings import UsageError, closest

UNUSED = "none"
"""The answer that leaves a file or a column out."""

PRICES = "prices"
"""The answer that a wide file holds the prices of the sales."""


JOINED = "joined"
"""The answer that a file's rows are joined to those of another, and are no table of their own."""


class CompanyFact(Enum):
    """What people say once, for all files; the value is the field of `Answers`, and with dashes the flag."""

    AS_OF = "as_of"
    CHANNEL = "channel"
    COST_SHARE = "cost_share"
    COUNTRY = "country"
    CURRENCY = "currency"
    DATE_ORDER = "date_order"
    DATE_SYSTEM = "date_system"
    DECIMAL = "decimal"
    LEAD_TIME_DAYS = "lead_time_days"
    LEAD_TIME_UNIT = "lead_time_unit"
    LOCATION = "location"
    ON_HAND = "on_hand"
    PERIOD = "period"
    PRICE_IS = "price_is"
    SKU_CASE = "sku_case"
    SUPPLIER = "supplier"
    TAX_RATE = "tax_rate"
    TIMEZONE = "timezone"
    UNIT_COST = "unit_cost"
    UNIT_PRICE = "unit_price"
    YEAR = "year"

    def __str__(self) -> str:
        """As people read it."""
        return self.value.replace("_", " ")

    @property
    def flag(self) -> str:
        """The option of `restock init` that says it."""
        return f"--{self.value.replace('_', '-')}"


@dataclass(frozen=True)
class FileTable:
    """Which table a file is; answered by a table, an export format, `prices` or `none`."""

    file: str

    def __str__(self) -> str:
        """As people read it."""
        return f"table {self.file}"


@dataclass(frozen=True)
class ColumnSource:
    """Which column of the file, or which expression, makes a table's column; `none` leaves it empty."""

    table: str
    column: str

    def __str__(self) -> str:
        """As people read it."""
        return f"map {self.table}.{self.column}"


@dataclass(frozen=True)
class ColumnConstant:
    """The one value that a table's column has in every row."""

    table: str
    column: str

    def __str__(self) -> str:
        """As people read it."""
        return f"constant {self.table}.{self.column}"


@dataclass(frozen=True)
class EmptyRows:
    """Whether rows without a value in this column are left out; answered by yes or no."""

    table: str
    column: str

    def __str__(self) -> str:
        """As people read it."""
        return f"leave out {self.table}.{self.column}"


@dataclass(frozen=True)
class UnwantedDates:
    """Which column of a table with dates in two orders is left out; the answer becomes that column's source."""

    table: str

    def __str__(self) -> str:
        """As people read it."""
        return f"dates of {self.table}"


@dataclass(frozen=True)
class TextMeaning:
    """What a text of a delivered column says of its rows: one of the column's choices; of sales `sale` and others."""

    table: str
    column: str
    text: str

    def __str__(self) -> str:
        """As people read it."""
        return f"meaning {self.table}.{self.column}:{self.text}"


Key = CompanyFact | FileTable | ColumnSource | ColumnConstant | EmptyRows | UnwantedDates | TextMeaning


@dataclass(frozen=True)
class Answers:
    """What people said; a field is None, or has no entry, where they said nothing.

    Attributes
    ----------
    tables: what files are.
    sources: what columns are made of.
    constants: columns of one value, as text.
    leave_out: whether rows without a value are left out.
    meanings: what texts of columns say of their rows.
    as_of: day at whose end stock was counted.
    cost_share: unit cost as a share of the price, 0 to 1.
    lead_time_days: calendar days from an order to its arrival.
    on_hand: units of each SKU in stock.
    tax_rate: tax in amounts that include it, as a fraction.
    unit_cost, unit_price: of one unit, in the company's currency.
    year: of the first of headings that are months without one.
    """

    tables: Mapping[FileTable, str] = field(default_factory=dict)
    sources: Mapping[ColumnSource, str] = field(default_factory=dict)
    constants: Mapping[ColumnConstant, str] = field(default_factory=dict)
    leave_out: Mapping[EmptyRows, bool] = field(default_factory=dict)
    meanings: Mapping[TextMeaning, str] = field(default_factory=dict)
    as_of: dt.date | None = None
    channel: str | None = None
    cost_share: float | None = None
    country: str | None = None
    currency: str | None = None
    date_order: DateOrder | None = None
    date_system: Literal["1900", "1904"] | None = None
    decimal: Literal["point", "comma"] | None = None
    lead_time_days: float | None = None
    lead_time_unit: Literal["days", "weeks"] | None = None
    location: str | None = None
    on_hand: float | None = None
    period: Literal["day", "week", "month"] | None = None
    price_is: Literal["unit", "line"] | None = None
    sku_case: Literal["upper", "keep"] | None = None
    supplier: str | None = None
    tax_rate: float | None = None
    timezone: str | None = None
    unit_cost: float | None = None
    unit_price: float | None = None
    year: int | None = None

    def get(self, key: Key) -> Any:
        """The answer of this key; None where there is none."""
        if isinstance(key, CompanyFact):
            return getattr(self, key.value)
        if isinstance(key, UnwantedDates):
            return None  # it was kept as the source of the column
        return getattr(self, _KEPT_IN[type(key)]).get(key)

    @property
    def answered(self) -> list[Key]:
        """The keys that have an answer."""
        facts = [fact for fact in CompanyFact if getattr(self, fact.value) is not None]
        return [*facts, *(key for kept in _KEPT_IN.values() for key in getattr(self, kept))]

    def without(self, key: Key) -> "Answers":
        """These answers but one."""
        changed: dict[str, Any] = {}
        if isinstance(key, CompanyFact):
            changed[key.value] = None
        else:
            kept = _KEPT_IN[type(key)]
            changed[kept] = {each: said for each, said in getattr(self, kept).items() if each != key}
        return replace(self, **changed)

    def with_answer(self, key: Key, text: str) -> "Answers":
        """These answers and one more, read from what a person wrote.

        Raises
        ------
        UsageError: it cannot be an answer to this question; the message says how to write it.

        >>> Answers().with_answer(CompanyFact.CURRENCY, "eur").with_answer(CompanyFact.ON_HAND, "0").on_hand
        0.0
        """
        said = text.strip()
        if said in ("", "..."):
            raise UsageError(f"{key} is {text!r}; put your own value there")
        if isinstance(key, CompanyFact):
            return replace(self, **{key.value: _read_fact(key, said)})
        if isinstance(key, UnwantedDates):
            return self.with_answer(ColumnSource(key.table, said), UNUSED)
        kept = _KEPT_IN[type(key)]
        value = said == "yes" if isinstance(key, EmptyRows) else said
        changed: dict[str, Any] = {kept: {**getattr(self, kept), key: value}}
        return replace(self, **changed)


_KEPT_IN: Mapping[type, str] = {
    FileTable: "tables", ColumnSource: "sources", ColumnConstant: "constants", EmptyRows: "leave_out",
    TextMeaning: "meanings",
}  # fmt: skip
"""The field of `Answers` with the answers to each kind of key."""

_CHOICES: Mapping[CompanyFact, tuple[str, ...]] = {
    CompanyFact.DATE_ORDER: ("day-first", "month-first", "year-first"),
    CompanyFact.DATE_SYSTEM: ("1900", "1904"),
    CompanyFact.DECIMAL: ("point", "comma"),
    CompanyFact.PERIOD: ("day", "week", "month"),
    CompanyFact.LEAD_TIME_UNIT: ("days", "weeks"),
    CompanyFact.PRICE_IS: ("unit", "line"),
    CompanyFact.SKU_CASE: ("upper", "keep"),
}
_CODES: Mapping[CompanyFact, tuple[int, str]] = {CompanyFact.CURRENCY: (3, "EUR"), CompanyFact.COUNTRY: (2, "DE")}
_LARGEST: Mapping[CompanyFact, float] = {
    CompanyFact.LEAD_TIME_DAYS: 1000.0, CompanyFact.UNIT_COST: 1e9, CompanyFact.COST_SHARE: 1.0,
    CompanyFact.UNIT_PRICE: 1e9, CompanyFact.TAX_RATE: 1.0,
    CompanyFact.ON_HAND: 1e8,
}  # fmt: skip


def _read_fact(fact: CompanyFact, text: str) -> Any:
    if fact in _CHOICES and text not in _CHOICES[fact]:
        raise UsageError(f"{fact} is {text!r}; it is one of {', '.join(_CHOICES[fact])}")
    if fact in _CODES:
        letters, example = _CODES[fact]
        if not (len(text) == letters and text.isascii() and text.isalpha()):
            raise UsageError(f"{fact} is {text!r}, not a code of {letters} letters such as {example}")
        return text.upper()
    if fact is CompanyFact.TIMEZONE and text not in available_timezones():
        raise UsageError(f"{fact} is {text!r}, not a zone such as Europe/Berlin")
    if fact is CompanyFact.AS_OF:
        return _read_day(text)
    if fact is CompanyFact.YEAR:
        return _read_year(text)
    return _read_number(fact, text) if fact in _LARGEST else text


def _read_year(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 1900 <= int(text) <= 2199):
        raise UsageError(f"{CompanyFact.YEAR} is {text!r}, not a year such as 2026")
    return int(text)


def _read_day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text!r} is not a date; write it as 2026-03-31") from None


def _read_number(fact: CompanyFact, text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        raise UsageError(f"{fact} is {text!r}, not a number such as 14 or 0.19") from None
    if not 0 <= number <= _LARGEST[fact]:
        raise UsageError(f"{fact} is {text}; it lies between 0 and {_LARGEST[fact]:g}")
    return number


def refuse_unknown_names(answers: Answers, files: Iterable[str]) -> None:
    """Refuse answers about files, tables and columns that do not exist.

    Parameters
    ----------
    files: names of the files, or of the database's tables, that were looked at.

    Raises
    ------
    UsageError: with the nearest name.
    """
    known_files, tables = list(files), [*CONTRACTS, *EXPORTS, PRICES, JOINED, UNUSED]
    for file, table in answers.tables.items():
        _refuse_unknown("--table", file.file, known_files)
        _refuse_unknown("--table", table, tables)
    columns: list[tuple[str, ColumnSource | ColumnConstant | EmptyRows]] = [
        *(("--map", key) for key in answers.sources),
        *(("--constant", key) for key in answers.constants),
        *(("--leave-out", key) for key in answers.leave_out),
    ]
    for flag, key in columns:
        _refuse_unknown(flag, key.table, list(CONTRACTS))
        _refuse_unknown(f"{flag} {key.table}", key.column, list(CONTRACTS[key.table].names))
    for meaning in answers.meanings:
        _refuse_unknown("--meaning", meaning.table, list(CONTRACTS))


def _refuse_unknown(what: str, name: str, known: list[str]) -> None:
    if name not in known:
        near = closest(name, known)
        raise UsageError(f"{what}: there is no {name!r}" + (f"; did you mean {near!r}?" if near else ""))
