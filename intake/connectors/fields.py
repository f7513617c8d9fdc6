"""Columns of a delivered file under any name that an export gives them, and values to compute with."""

import re
from typing import TypeAlias

import numpy as np
import pandas as pd

from data_contracts import parsing
from intake.sources.raw import RawTable
from settings import DataRefused, TableSource, closest

Texts: TypeAlias = "pd.Series[str]"
Numbers: TypeAlias = "pd.Series[float]"


def text_column(frame: pd.DataFrame, *names: str) -> Texts:
    """The first of these columns that the file has, letter case and signs aside; empty texts where it has none."""
    name = _found(frame, names)
    return frame[name] if name is not None else pd.Series("", index=frame.index, dtype=object)


def has_column(frame: pd.DataFrame, *names: str) -> bool:
    """Whether the file has one of these columns."""
    return _found(frame, names) is not None


def required_column(
    frame: pd.DataFrame, raw: RawTable, source: TableSource, canonical: str, title: str, names: tuple[str, ...]
) -> Texts:
    """As `text_column`, for a column without which the format is not what it is said to be.

    Parameters
    ----------
    frame, raw: the delivered rows as text, and as delivered.
    source: where the column may be given as a constant instead.
    canonical: `table.column` that is made of it; empty where no constant can replace it.
    title: of the format, for people.
    names: of the column, as exports of the format write it.

    Raises
    ------
    DataRefused: the file has none of these columns, and no constant replaces it; the closest name is given.
    """
    table, _, column = canonical.partition(".")
    if _found(frame, names) is None and column not in source.constants:
        near = closest(names[0], map(str, frame.columns))
        columns = ", ".join(frame.columns)
        hint = f"the closest is {near!r}" if near else f"the file has {columns}"
        others = f" (or {', '.join(map(repr, names[1:]))})" if names[1:] else ""
        instead = f", or give {column} in [sources.{table}.constants]" if canonical else ""
        raise DataRefused(
            f"{raw.source}: column {names[0]!r}{others} is missing, which every {title} has; {hint}; "
            f"deliver the export unchanged{instead}"
        )
    return text_column(frame, *names)


def _found(frame: pd.DataFrame, names: tuple[str, ...]) -> str | None:
    by_plain_name = {_plain(str(name)): str(name) for name in reversed(frame.columns)}
    return next((by_plain_name[_plain(name)] for name in names if _plain(name) in by_plain_name), None)


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.casefold())


def is_filled(values: Texts) -> "pd.Series[bool]":
    """Where something is written."""
    return values.str.strip() != ""


def coalesce(first: Texts, *others: Texts) -> Texts:
    """The first text that is written."""
    result = first
    for other in others:
        result = result.where(is_filled(result), other)
    return result


def forward_filled(values: Texts) -> Texts:
    """Texts that stand only on the first of several rows, written on each of them."""
    return values.astype("string").where(is_filled(values)).ffill().fillna("").astype(object)


def group_field(values: Texts, group: Texts) -> Texts:
    """A field of whole orders or products that may stand on their first row only, written on each of their rows."""
    written = values.astype("string").where(is_filled(values))
    first = written.groupby(group, sort=False).transform("first").where(is_filled(group))
    return written.fillna(first).fillna("").astype(object)


def numbers(values: Texts, source: TableSource) -> Numbers:
    """The texts as numbers, as the source writes them; NaN for anything else."""
    codes, distinct = pd.factorize(values)
    read = parsing.read_numbers([str(text) for text in distinct], source.decimal, source.thousands)
    return pd.Series(np.append(read, np.nan)[codes], index=values.index)


def number_texts(values: Numbers, source: TableSource, unread: "pd.Series[str] | None" = None) -> Texts:
    """Computed numbers as the source writes them, to four decimals.

    Parameters
    ----------
    values: NaN becomes `unread`, the delivered text, so that the contract can name it; without it, nothing.
    source: its decimal sign.
    """
    rounded = values.round(4) + 0.0
    written = [f"{v:.4f}".rstrip("0").rstrip(".").replace(".", source.decimal) for v in rounded]
    result = pd.Series(written, index=values.index, dtype=object)
    return result.mask(values.isna(), "" if unread is None else unread)


def numbers_or_zero(values: Texts, source: TableSource) -> Numbers:
    """The texts as numbers, 0 where nothing is written, NaN where something else is."""
    return numbers(values, source).where(is_filled(values), 0.0)


def result_texts(result: Numbers, source: TableSource, *operands: Texts) -> Texts:
    """A result as the source writes numbers; where there is none the first operand that is no number, as written.

    Parameters
    ----------
    result: NaN where an operand is missing or no number.
    source: how its numbers are written.
    operands: what it was made of, as delivered.
    """
    unread = pd.Series("", index=result.index, dtype=object)
    for values in operands:
        bad = is_filled(values) & numbers(values, source).isna() & (unread == "")
        unread = unread.mask(bad, values)
    return number_texts(result, source, unread)


def date_texts(values: Texts) -> Texts:
    """Dates as delivered, with the serial numbers that spreadsheets make of them (45352.43) as ISO dates.

    A serial number counts days from 1899-12-30 and knows no zone.
    """
    codes, distinct = pd.factorize(values)
    read = [_day_of_serial(str(text).strip()) for text in distinct]
    return pd.Series(np.array([*read, ""], dtype=object)[codes], index=values.index)


def _day_of_serial(text: str) -> str:
    return str(parsing.serial_day(text, "excel")) if parsing.is_serial(text) else text
