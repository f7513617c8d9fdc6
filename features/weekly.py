"""Demand by week for people to look at: charts show weeks, whatever the company's period is."""

import numpy as np
import pandas as pd

from features.calendar import period_start
from features.history import DemandHistory


def weekly_history(history: DemandHistory, weeks: int = 104, week_starts_on: str = "monday") -> pd.DataFrame:
    """Weekly demand of each item, for charts.

    Parameters
    ----------
    history: of a bucket; monthly companies get months in place of weeks.
    weeks: the newest so many.

    Returns
    -------
    One row per item, in order: sku, location, week_starts (list of ISO dates), units (list; None where no period of
    the week is known), out_of_stock_share (list: share of the week's periods of life without stock).
    """
    period = "month" if history.period == "month" else "week"
    starts, week = np.unique(period_start(history.period_starts, period, week_starts_on), return_inverse=True)
    known = np.isfinite(history.units)
    units = _by_week(np.where(known, history.units, 0.0), week, len(starts))
    seen = _by_week(known.astype(np.float64), week, len(starts))
    alive = _by_week(history.alive.astype(np.float64), week, len(starts))
    out = _by_week((history.alive & ~known).astype(np.float64), week, len(starts))
    share = np.divide(out, alive, out=np.zeros_like(out), where=alive > 0)
    shown = slice(max(0, len(starts) - weeks), len(starts))
    labels = starts[shown].astype(str).tolist()
    return pd.DataFrame(
        {
            "sku": history.items["sku"].to_numpy(object),
            "location": history.items["location"].to_numpy(object),
            "week_starts": [labels] * len(units),
            "units": [
                [round(value, 3) if count else None for value, count in zip(values, counts, strict=True)]
                for values, counts in zip(units[:, shown].tolist(), seen[:, shown].tolist(), strict=True)
            ],
            "out_of_stock_share": [[round(value, 3) for value in values] for values in share[:, shown].tolist()],
        }
    )


def _by_week(values: np.ndarray, week: np.ndarray, weeks: int) -> np.ndarray:
    first = np.searchsorted(week, np.arange(weeks))
    return np.add.reduceat(values, first, axis=1) if values.size else np.zeros((len(values), weeks))
