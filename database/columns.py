"""Column types that mean the same on SQLite and PostgreSQL: exact money, UTC instants, canonical JSON, text.

Money is kept as an exact decimal with a fixed number of places. PostgreSQL keeps it as NUMERIC; SQLite, which has no
decimal type, as a 64-bit integer of the smallest step, so that sums, comparisons and indexes are exact there too.
Text is compared byte by byte on both, so that a sorted page or export is the same on either.
"""

import datetime as dt
import json
import math
from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Annotated, Any

import numpy as np
import pandas as pd
from sqlalchemy import JSON, BigInteger, Boolean, ColumnElement, Date, DateTime, Double, Integer, Numeric, Text
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.visitors import InternalTraversal
from sqlalchemy.types import TypeDecorator, TypeEngine

MONEY_PLACES = 4
UNIT_MONEY_PLACES = 6
DIGITS = 18  # all of them fit the 64-bit integers in which SQLite keeps decimals


class ExactDecimal(TypeDecorator[Decimal]):
    """A decimal with `places` digits after the point and 18 in all; what has more places is rounded half-even.

    Raises
    ------
    ValueError: on writing NaN, an infinity, or a number with more than 18 digits.
    """

    impl = Numeric
    cache_ok = True

    def __init__(self, places: int = MONEY_PLACES) -> None:
        super().__init__(DIGITS, places)
        self.places = places

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """NUMERIC, or BIGINT of the smallest step on SQLite."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(BigInteger())
        return dialect.type_descriptor(Numeric(DIGITS, self.places))

    def process_bind_param(self, value: Decimal | float | None, dialect: Dialect) -> Decimal | int | None:
        """To the database: rounded half-even to the places."""
        if value is None:
            return None
        exact = to_decimal(value, self.places)
        return int(exact.scaleb(self.places)) if dialect.name == "sqlite" else exact

    def process_result_value(self, value: Decimal | int | None, dialect: Dialect) -> Decimal | None:
        """From the database: a Decimal with exactly the places."""
        if value is None:
            return None
        if dialect.name == "sqlite":
            return Decimal(int(value)).scaleb(-self.places)
        return Decimal(value)


class UtcInstant(TypeDecorator[dt.datetime]):
    """An instant, stored in UTC; a datetime without a zone is refused, because it names no instant."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """To the database, in UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"the instant {value.isoformat()} has no time zone; give one, such as datetime.UTC")
        instant = value.astimezone(dt.UTC)
        return instant.replace(tzinfo=None) if dialect.name == "sqlite" else instant

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:  # noqa: ARG002
        """From the database, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


class CanonicalJson(TypeDecorator[Any]):
    """JSON as canonical text: sorted keys, no blanks, NaN and infinities as null, numpy and dates converted."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The database's JSON type where it has one; it keeps the text (JSONB would rewrite numbers and keys)."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.JSON())
        return dialect.type_descriptor(JSON())

    def bind_processor(self, dialect: Dialect) -> Callable[[object], str | None]:  # noqa: ARG002
        """To the database: canonical text."""
        return lambda value: None if value is None else canonical_json(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:  # noqa: ARG002
        """From the database: Python's lists, dicts, numbers and text; psycopg has read them already."""
        if dialect.name == "postgresql":
            return None
        return lambda value: None if value is None else json.loads(value)


def to_decimal(value: Decimal | float | str, places: int) -> Decimal:
    """`value` as a Decimal with exactly `places` digits after the point, rounded half-even.

    Raises
    ------
    ValueError: NaN, an infinity, or more than 18 digits in all.

    >>> to_decimal(0.125, 2)
    Decimal('0.12')
    """
    number = value if isinstance(value, Decimal) else Decimal(str(value))
    if not number.is_finite() or abs(number) >= Decimal(10) ** (DIGITS - places):
        raise ValueError(f"{value} is not an amount that fits {DIGITS - places} digits before the point")
    exact = number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN)
    if abs(exact) >= Decimal(10) ** (DIGITS - places):
        raise ValueError(f"{value} is not an amount that fits {DIGITS - places} digits before the point")
    return exact


def canonical_json(value: object) -> str:
    """`value` as JSON text that is the same for equal values.

    >>> canonical_json({"b": float("nan"), "a": (1, 2.5)})
    '{"a":[1,2.5],"b":null}'
    """
    return _CANONICAL.encode(_jsonable(value))


_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def _jsonable(value: object) -> object:
    if isinstance(value, str):
        return plain_text(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, dict):
        return {plain_text(str(key)): _jsonable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_jsonable(item) for item in value]
    return _jsonable_of_libraries(value)


def _jsonable_of_libraries(value: object) -> object:  # noqa: PLR0911 - one line per type
    if value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, (np.ndarray, pd.Series, pd.Index)):
        return [_jsonable(item) for item in value.tolist()]
    if isinstance(value, np.datetime64):
        return _jsonable(pd.Timestamp(value))
    if isinstance(value, np.generic):
        return _jsonable(value.item())
    if isinstance(value, pd.Timestamp) and value.tzinfo is None and value == value.normalize():
        return value.date().isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value) if value.is_finite() else None
    raise TypeError(f"a {type(value).__name__} cannot be stored as JSON")


def plain_text(value: str) -> str:
    r"""`value` as both databases can keep it: NUL and lone surrogates are written out as `\x00`, `\ud800`.

    >>> plain_text("a" + chr(0))
    'a\\x00'
    """
    if "\x00" not in value and value.isascii():
        return value
    if "\x00" in value:
        value = value.replace("\x00", "\\x00")
    try:
        value.encode()
    except UnicodeEncodeError:
        return value.encode("utf-8", "backslashreplace").decode()
    return value


class PlainText(TypeDecorator[str]):
    """Text compared byte by byte; formulas and SQL in it are text like any other."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """TEXT, in the C collation on PostgreSQL as SQLite's BINARY."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.TEXT(collation="C"))
        return dialect.type_descriptor(Text())

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """To the database: without what one of the two cannot keep."""
        return None if value is None else plain_text(value)


class LargestFirst(ColumnElement[Any]):
    """A column in falling order with nulls last, the same on both databases; for indexes and ORDER BY."""

    inherit_cache = True
    _traverse_internals = [("column", InternalTraversal.dp_clauseelement)]  # noqa: RUF012 - SQLAlchemy's convention

    def __init__(self, column: ColumnElement[Any]) -> None:
        self.column = column


@compiles(LargestFirst)
def _falling(element: LargestFirst, compiler: SQLCompiler, **options: Any) -> str:
    return f"{compiler.process(element.column, **options)} DESC"


@compiles(LargestFirst, "postgresql")
def _falling_nulls_last(element: LargestFirst, compiler: SQLCompiler, **options: Any) -> str:
    # PostgreSQL alone counts nulls as the largest.
    return f"{compiler.process(element.column, **options)} DESC NULLS LAST"


Money = Annotated[Decimal, "money"]
UnitMoney = Annotated[Decimal, "unit money"]
Instant = Annotated[dt.datetime, "utc"]
Json = Annotated[Any, "json"]
RowId = Annotated[int, "row id"]

TYPE_MAP: dict[Any, TypeEngine[Any]] = {
    Money: ExactDecimal(MONEY_PLACES),
    UnitMoney: ExactDecimal(UNIT_MONEY_PLACES),
    Instant: UtcInstant(),
    Json: CanonicalJson(),
    RowId: BigInteger().with_variant(Integer(), "sqlite"),
    str: PlainText(),
    float: Double(),
    bool: Boolean(),
    dt.date: Date(),
    int: BigInteger(),
}
