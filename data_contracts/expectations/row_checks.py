"""Checks over several columns or rows of one table, as plain functions of frames.

Each takes a frame whose columns are those that the rule names, in the rule's order, and returns for each
row whether it keeps the rule. Great Expectations runs them through `data_contracts.expectations.suite`.
"""

import re
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from data_contracts.contract import Contract
from data_contracts.declarations import SOURCE_FILE, Rule

Kept: TypeAlias = "pd.Series[bool]"
PART = "part__"
"""Column with the month part that a row belongs to: parts are checked together and never mixed."""


def present(frame: pd.DataFrame) -> Kept:
    """Something is written: a value, or a text that another rule finds unreadable."""
    return pd.Series(frame.notna().to_numpy().any(axis=1), index=frame.index)


def matches_text(frame: pd.DataFrame, pattern: str) -> Kept:
    """The text fits the pattern, or is missing."""
    column = frame.iloc[:, 0].astype("category")
    fits = [re.match(pattern, str(text)) is not None for text in column.cat.categories]
    return pd.Series(np.array([*fits, True])[column.cat.codes], index=frame.index)


def same_sign(frame: pd.DataFrame) -> Kept:
    """Two numbers are not of opposite signs."""
    first, second = (frame.iloc[:, i].to_numpy("float64") for i in (0, 1))
    return pd.Series(~(np.sign(first) * np.sign(second) < 0), index=frame.index)


def not_zero_where(frame: pd.DataFrame) -> Kept:
    """The first is not zero where the second is not."""
    return ~((frame.iloc[:, 0] == 0) & (frame.iloc[:, 1].fillna(0) != 0))


def not_negative_where(frame: pd.DataFrame) -> Kept:
    """The first is not below zero where the second is above."""
    return ~((frame.iloc[:, 0] < 0) & (frame.iloc[:, 1] > 0))


def at_most(frame: pd.DataFrame) -> Kept:
    """The first is at most the size of the second."""
    return ~(frame.iloc[:, 0] > frame.iloc[:, 1].abs())


def at_least(frame: pd.DataFrame) -> Kept:
    """The first is at least the second."""
    return ~(frame.iloc[:, 0] < frame.iloc[:, 1])


def dates_in_order(frame: pd.DataFrame) -> Kept:
    """The first date is not before the second."""
    return ~(frame.iloc[:, 0] < frame.iloc[:, 1])


def differ(frame: pd.DataFrame) -> Kept:
    """The two texts differ, or the first is missing."""
    first, second = frame.iloc[:, 0].astype(object), frame.iloc[:, 1].astype(object)
    return ~((first == second) & first.notna())


def exactly_one(frame: pd.DataFrame) -> Kept:
    """One of two columns is filled, and one alone."""
    return frame.iloc[:, 0].notna() ^ frame.iloc[:, 1].notna()


def multiple_of(frame: pd.DataFrame) -> Kept:
    """The first is a whole multiple of the second."""
    times = frame.iloc[:, 0] / frame.iloc[:, 1]
    return ~((times - times.round()).abs() > 1e-6)


def fits_parameter(
    frame: pd.DataFrame, numbers: list[str], flags: list[str], dates: list[str], fractions: list[str]
) -> Kept:
    """A planning parameter's value is of the kind that its name asks for.

    Parameters
    ----------
    frame: the value as text, then the parameter's name.
    numbers, flags, dates: names of parameters that are numbers (>= 0), true or false, or ISO dates.
    fractions: names of the numbers that are at most 1.
    """
    value, name = frame.iloc[:, 0].astype(object), frame.iloc[:, 1].astype(object)
    as_number = pd.to_numeric(value, errors="coerce")
    is_date = value.astype(str).str.fullmatch(r"\d{4}-\d{2}-\d{2}")
    is_flag = value.isin(["true", "false", "0", "1"])
    fits = (name.isin(numbers) & (as_number >= 0)) | (name.isin(flags) & is_flag) | (name.isin(dates) & is_date)
    too_large = name.isin(fractions) & (as_number > 1)
    return (fits & ~too_large) | value.isna() | ~name.isin([*numbers, *flags, *dates])


def no_duplicates(frame: pd.DataFrame) -> Kept:
    """No earlier row is a duplicate of this one."""
    return ~_repeated(frame, _content(frame), _candidates(frame, [PART, *_content(frame)]))


def no_conflict(frame: pd.DataFrame, key: list[str]) -> Kept:
    """No other row of the key is different; of rows that differ all break the rule, for none is known to be right."""
    names = [PART, *key]
    candidates = _candidates(frame, names)
    distinct = candidates & ~_repeated(frame, _content(frame), candidates)
    return ~_in_conflict(frame, names, distinct)


def no_duplicates_of_order_lines(frame: pd.DataFrame) -> Kept:
    """As `no_duplicates`; lines of an order without line ids may be duplicates within one file, and not across files.

    Rows that `no_duplicates_without_order` names are left to it.
    """
    content = _content(frame)
    candidates = _candidates(frame, [PART, *content])
    loose = frame["order"].notna() & frame["line"].isna()
    repeated = _repeated(frame, content, candidates & ~loose)
    rows = frame.loc[candidates & loose]
    if len(rows):
        nth = rows.groupby([*content, SOURCE_FILE], dropna=False, observed=True).cumcount().rename("nth")
        again = pd.concat([rows[content].astype(object), nth], axis=1).duplicated()
        repeated.loc[rows.index] = again
    return ~repeated | ~no_duplicates_without_order(frame)


def no_duplicates_without_order(frame: pd.DataFrame) -> Kept:
    """Without an order, no earlier row of the same file is a duplicate: it may be one sale twice, or two sales.

    Rows that an earlier file has as often are the overlap of two exports, and keep the rule.
    """
    content = _content(frame)
    rows = frame.loc[_candidates(frame, [PART, *content]) & frame["order"].isna()]
    repeated = pd.Series(False, index=frame.index)
    if len(rows):
        nth = rows.groupby([PART, *content, SOURCE_FILE], dropna=False, observed=True).cumcount().rename("nth")
        of_earlier_file = pd.concat([rows[[PART, *content]].astype(object), nth], axis=1).duplicated()
        repeated.loc[rows.index] = (nth > 0) & ~of_earlier_file
    return ~repeated


def no_conflict_of_order_lines(frame: pd.DataFrame, key: list[str]) -> Kept:
    """No other row of the same order line, or of the same day's sales where there are no orders, is different.

    Sales and what came back of them may stand in two rows, so the sign of the units is part of the key; units of
    an order line may come back on several days.
    """
    content, numbered = _content(frame), _numbered(frame)
    summed = frame["order"].isna()
    line_key, day_key = [PART, "channel", "order", "line", "status", "sign__", "back__"], [PART, *key, "sign__"]
    back = frame["units"] < 0
    signed = frame.assign(sign__=back, back__=frame["date"].where(back))
    conflict = pd.Series(False, index=frame.index)
    for names, which in ((line_key, numbered), (day_key, summed)):
        rows = signed.loc[which]
        candidates = _candidates(rows, names)
        distinct = candidates & ~_repeated(rows, content, candidates)
        conflict.loc[rows.index] = _in_conflict(rows, names, distinct)
    return ~conflict


def no_duplicates_within_an_order(frame: pd.DataFrame) -> Kept:
    """No earlier row of the same file is a duplicate of this line of an order without line ids."""
    loose = frame["order"].notna() & frame["line"].isna()
    rows = frame.loc[_candidates(frame, [PART, *_content(frame)]) & loose]
    repeated = pd.Series(False, index=frame.index)
    if len(rows):
        repeated.loc[rows.index] = rows[[*_content(frame), SOURCE_FILE]].astype(object).duplicated()
    return ~repeated


def _numbered(frame: pd.DataFrame) -> Kept:
    return frame["order"].notna() & frame["line"].notna()


def _content(frame: pd.DataFrame) -> list[str]:
    return [name for name in frame.columns if name not in (PART, SOURCE_FILE, "sign__", "back__")]


def _candidates(frame: pd.DataFrame, names: list[str]) -> Kept:
    """Rows whose key occurs more than once, by a hash of 64 bits: a few too many, never too few."""
    hashes = pd.util.hash_pandas_object(frame[names], index=False)
    return hashes.duplicated(keep=False)


def _repeated(frame: pd.DataFrame, content: list[str], candidates: Kept) -> Kept:
    repeated = pd.Series(False, index=frame.index)
    rows = frame.loc[candidates, [PART, *content]].astype(object)
    repeated.loc[rows.index] = rows.duplicated()
    return repeated


def _in_conflict(frame: pd.DataFrame, names: list[str], distinct: Kept) -> Kept:
    """Rows of keys that several distinct rows have, their repeats included."""
    conflict = pd.Series(False, index=frame.index)
    rows = frame.loc[distinct, names].astype(object)
    conflict.loc[rows.index] = rows.duplicated(keep=False)
    return conflict


def refers(frame: pd.DataFrame) -> Kept:
    """Where a value is written, its match in another table, which stands beside it, is there."""
    return frame.iloc[:, 0].isna() | frame.iloc[:, 1].notna()


def not_after(frame: pd.DataFrame, day: str) -> Kept:
    """The date is not after a day."""
    return ~(frame.iloc[:, 0] > pd.Timestamp(day))


def not_before(frame: pd.DataFrame, day: str) -> Kept:
    """The date is there, and not before a day."""
    return frame.iloc[:, 0] >= pd.Timestamp(day)


def within_factor(frame: pd.DataFrame, factor: float, least: float) -> Kept:
    """The first number is at most `factor` times the second, and at least one in `factor` of it.

    Numbers below `least` count as `least`: small ones jump by chance.
    """
    now, before = frame.iloc[:, 0].clip(lower=least), frame.iloc[:, 1].clip(lower=least)
    return ~((now > factor * before) | (before > factor * now))


def at_most_total(frame: pd.DataFrame) -> Kept:
    """The first number does not exceed the second."""
    return ~(frame.iloc[:, 0] > frame.iloc[:, 1] + 1e-9)


def unique_where_filled(frame: pd.DataFrame) -> Kept:
    """No other row has the same values, where all columns are filled; of rows that have all break the rule."""
    filled = frame.notna().all(axis=1)
    rows = frame.loc[filled & _candidates(frame, list(frame.columns))].astype(object)
    repeated = pd.Series(False, index=frame.index)
    repeated.loc[rows.index] = rows.duplicated(keep=False)
    return ~repeated


ROW_CHECKS: dict[str, Callable[..., Any]] = {
    check.__name__: check
    for check in (
        present,
        matches_text,
        same_sign,
        not_zero_where,
        not_negative_where,
        at_most,
        at_least,
        dates_in_order,
        differ,
        exactly_one,
        multiple_of,
        fits_parameter,
        no_duplicates,
        no_conflict,
        no_duplicates_of_order_lines,
        no_duplicates_without_order,
        no_conflict_of_order_lines,
        no_duplicates_within_an_order,
        refers,
        not_after,
        not_before,
        within_factor,
        at_most_total,
        unique_where_filled,
    )
}
"""Checks by the name that a rule gives."""

WHOLE_ROW_CHECKS = frozenset(name for name in ROW_CHECKS if name.startswith("no_")) - {
    "not_zero_where",
    "not_negative_where",
}
"""Checks that look at every column of the row."""


def columns_checked(contract: Contract, rule: Rule) -> list[str]:
    """Columns that a rule's check looks at: its own, or the whole row with the part that the row belongs to."""
    if rule.check in WHOLE_ROW_CHECKS:
        unread = [column.unread for column in contract.columns if column.has_unread]
        return [*contract.names, *unread, PART, SOURCE_FILE]
    return [rule.columns[1]] if rule.check == "readable" else [*rule.columns]


def row_check_name(check: str) -> str:
    """Name in `ROW_CHECKS` of the check that a rule names."""
    return "matches_text" if check == "matches" else check
