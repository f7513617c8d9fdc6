"""Calendar months of a budget, and the share of each grid period that falls into them."""

import datetime as dt

import numpy as np
from numpy.typing import NDArray

from features.arrays import Days, Floats


def months_after(as_of: dt.date, count: int = 12) -> Days:
    """The first `count` whole calendar months that begin after `as_of`.

    Returns
    -------
    datetime64[M] (count,), consecutive.

    >>> months_after(dt.date(2026, 11, 22), 2)
    array(['2026-12', '2027-01'], dtype='datetime64[M]')
    """
    first = np.datetime64(as_of, "M") + 1
    return np.asarray(first + np.arange(count), dtype="datetime64[M]")


def month_shares(starts: Days, lengths_days: NDArray[np.generic], months: Days) -> Floats:
    """Share of each grid period's days that lie in each month.

    Parameters
    ----------
    starts: datetime64[D] (P,), first day of each period.
    lengths_days: whole days (P,) of each period.
    months: datetime64[M] (M,).

    Returns
    -------
    Fractions (P, M). A period wholly inside the months has a row that sums to 1; its demand is taken
    as even over its days.

    Raises
    ------
    ValueError: the periods leave a day of the months uncovered.

    >>> month_shares(np.array(["2026-11-30"], "datetime64[D]"), np.array([2]), np.array(["2026-12"], "datetime64[M]"))
    Traceback (most recent call last):
    ...
    ValueError: the forecast grid covers 1 of the 31 days of 2026-12; forecast further ahead
    """
    first = starts.astype("datetime64[D]").astype(np.int64)[:, None]
    after = first + np.asarray(lengths_days).astype(np.int64)[:, None]
    month_first = months.astype("datetime64[D]").astype(np.int64)[None, :]
    month_after = (months + 1).astype("datetime64[D]").astype(np.int64)[None, :]
    days = np.clip(np.minimum(after, month_after) - np.maximum(first, month_first), 0, None)
    covered, wanted = days.sum(axis=0), (month_after - month_first)[0]
    if (covered != wanted).any():
        worst = int(np.flatnonzero(covered != wanted)[0])
        raise ValueError(
            f"the forecast grid covers {covered[worst]} of the {wanted[worst]} days of {months[worst]}; "
            "forecast further ahead"
        )
    return np.asarray(days / (after - first), dtype=np.float64)
