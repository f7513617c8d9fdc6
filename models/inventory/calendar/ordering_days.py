"""On which days a supplier takes orders: on named weekdays, or every so many days."""

import datetime as dt
import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from features.arrays import Days, Flags, Ints
from models.inventory.calendar.working_days import WorkingDays, weekday

REVIEW_EPOCH = dt.date(1970, 1, 5)
"""A Monday: reviews every so many days are counted from here, so that every run finds the same days."""

_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def parse_weekdays(text: str) -> tuple[bool, bool, bool, bool, bool, bool, bool]:
    """Weekdays named in a text, Monday first.

    Parameters
    ----------
    text: names ("mon,thu", "Monday; Thursday"), ISO numbers 1 (Monday) to 7 ("1,4"), spans ("mon-fri", "1-5").

    Raises
    ------
    ValueError: a word is no weekday, or none is named.

    >>> parse_weekdays("mon, thu")
    (True, False, False, True, False, False, False)
    >>> parse_weekdays("5-7") == parse_weekdays("fri-sun")
    True
    """
    chosen = [False] * 7
    for part in re.split(r"[,;|+/\s]+", re.sub(r"\s*-\s*", "-", text.strip().lower())):
        ends = [_weekday_number(word, text) for word in part.split("-")] if part else []
        if len(ends) > 2:
            raise ValueError(_not_weekdays(text, part))
        for step in range(((ends[-1] - ends[0]) % 7) + 1 if ends else 0):
            chosen[(ends[0] + step) % 7] = True
    if not any(chosen):
        raise ValueError(_not_weekdays(text, text))
    return (chosen[0], chosen[1], chosen[2], chosen[3], chosen[4], chosen[5], chosen[6])


def _weekday_number(word: str, text: str) -> int:
    if re.fullmatch(r"[1-7](\.0)?", word):
        return int(word[0]) - 1
    full = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    for number, name in enumerate(full):
        if len(word) >= 2 and name.startswith(word.rstrip(".")):
            return number
    raise ValueError(_not_weekdays(text, word))


def _not_weekdays(text: str, word: str) -> str:
    return f'order_weekdays is "{text}": "{word}" is not a weekday; give names (mon,thu) or numbers 1 (Monday) to 7'


def weekday_mask(order_weekdays: Sequence[object] | pd.Series) -> tuple[Flags, Flags]:
    """Weekdays on which each item can be ordered.

    Returns
    -------
    mask (items, 7), Monday first; named (items,), whether the item names its weekdays (its mask is all True where not).
    """
    values = pd.Series(order_weekdays, dtype=object)
    codes, texts = pd.factorize(values.where(values.notna(), ""))
    masks = np.ones((len(texts), 7), dtype=bool)
    named = np.zeros(len(texts), dtype=bool)
    for row, text in enumerate(texts):
        if str(text).strip():
            masks[row] = parse_weekdays(str(text))
            named[row] = True
    return masks[codes], named[codes]


def first_ordering_day(
    clock: WorkingDays,
    rows: Ints,
    on_or_after: Days,
    mask: Flags,
    named: Flags,
    review_days: Ints,
    epoch: np.datetime64,
) -> Days:
    """The first open ordering day on or after a day, for each item.

    Weekdays: the first of them on which the supplier is open. Reviews: every `review_days` days counted from `epoch`;
    a review in a closure is held on the next open day.

    Parameters
    ----------
    clock: the suppliers' clocks; rows (items,): the items' clocks.
    on_or_after (items,): earliest day.
    mask (items, 7), named (items,): see `weekday_mask`.
    review_days (items,): days between reviews, >= 1, used where `named` is False.
    epoch: a day on which there is a review.
    """
    elapsed = (on_or_after - epoch).astype(np.int64) // review_days
    last_review = elapsed * review_days
    coming_review = np.where(_after(epoch, last_review) < on_or_after, last_review + review_days, last_review)
    held = clock.next_open(rows, _after(epoch, last_review))
    later = clock.next_open(rows, _after(epoch, coming_review))
    by_review = np.where(held >= on_or_after, held, later)
    days = np.where(named, clock.next_open(rows, on_or_after), by_review)
    searching = np.flatnonzero(named)
    while len(searching):
        searching = searching[~mask[searching, weekday(days[searching])]]
        days[searching] = clock.next_open(rows[searching], np.add(days[searching], np.timedelta64(1, "D")))
    return np.asarray(days)


def _after(day: np.datetime64, days: Ints) -> Days:
    return np.asarray(day + days.astype("timedelta64[D]"))
