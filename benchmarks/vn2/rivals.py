"""The rules beside ours: the organiser's benchmark, exactly, and the winner's order rule on our means."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from benchmarks.vn2.contest import Decide
from benchmarks.vn2.files import KEY, Record
from features.arrays import Floats

WINNERS_SCORE = 0.967
PHIS = tuple(np.round(np.arange(0.1, 1.61, 0.1), 1).tolist())


def organisers_rule(record: Record, first_week: int) -> Decide:
    """The organiser's benchmark.

    Weeks out of stock are dropped; season is the mean over items by ISO week of the year, averaged over years, over its
    own mean; base is the mean of the last 13 weeks of sales / season; the position (on hand and both orders under way)
    is brought to the next four weeks' base x season, rounded.
    """
    sales = record.contest.sales.iloc[:, len(KEY) :].to_numpy(np.float64)
    in_stock = np.ones(sales.shape, dtype=bool)
    flags = record.contest.in_stock.iloc[:, len(KEY) :].to_numpy(bool)
    in_stock[:, : flags.shape[1]] = flags
    starts = pd.to_datetime(record.contest.weeks[0]) + pd.to_timedelta(7 * np.arange(sales.shape[1] + 16), unit="D")
    iso = starts.isocalendar()

    def decide(round_number: int, stock: Floats, next_week: Floats, week_after: Floats) -> Floats:
        known = first_week + round_number - 1
        seen = np.where(in_stock[:, :known], sales[:, :known], np.nan)
        by_week = pd.DataFrame(
            {
                "year": iso["year"].to_numpy()[:known],
                "week": iso["week"].to_numpy()[:known],
                "mean": np.nanmean(seen, axis=0),
            }
        )
        season = by_week.groupby(["year", "week"])["mean"].mean().groupby("week").mean()
        season = season / season.mean()
        factor = season.reindex(iso["week"].to_numpy()).fillna(1.0).to_numpy()
        recent = slice(known - 13, known)
        with np.errstate(invalid="ignore"):
            count = np.isfinite(seen[:, recent]).sum(axis=1)
            base = np.nansum(seen[:, recent] / factor[recent], axis=1) / np.maximum(count, 1)
        target = base[:, None] * factor[known : known + 4]
        return np.asarray(np.maximum(np.rint(target.sum(axis=1) - stock - next_week - week_after), 0.0))

    return decide


def winners_rule(means: Callable[[int], Floats], phi: float) -> Decide:
    """The winner's order rule: project stock with lost sales to the delivery week, then fill that week.

    Parameters
    ----------
    means: round -> (I, 3) mean demand of the next three weeks.
    phi: the delivery week is filled to D + 0.967 phi sqrt(D).
    """

    def decide(round_number: int, stock: Floats, next_week: Floats, week_after: Floats) -> Floats:
        first, second, third = means(round_number).T
        left = np.maximum(stock + next_week - first, 0.0)
        left = np.maximum(left + week_after - second, 0.0)
        return np.asarray(np.maximum(np.rint(third + WINNERS_SCORE * phi * np.sqrt(third) - left), 0.0))

    return decide
