"""Short forms in which the tables declare their columns."""

from typing import Any

from data_contracts.contract import EARLIEST, EVERYTHING, Column


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
    return date("valid_from", meaning, "2026-01-01", nullable=False, default=EARLIEST, when_bad="reject")


def valid_to(meaning: str = "Last day on which the row holds; empty: until further notice.") -> Column:
    """Last day of validity."""
    return date("valid_to", meaning, "2026-12-31", when_bad="reject")


def scope(name: str, meaning: str, example: str) -> Column:
    """A key column in which `*`, or nothing, stands for all of them."""
    return text(name, meaning, example, nullable=False, default=EVERYTHING, when_bad="reject")


def _lenient(more: dict[str, Any]) -> dict[str, Any]:
    return {"when_bad": "warn", **more}
