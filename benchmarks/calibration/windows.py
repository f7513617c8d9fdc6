"""One origin of one set: the forecast made there, and the totals that came after it."""

import datetime as dt
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from benchmarks.calibration.sets import CompanyData
from features.arrays import Flags, Floats
from features.history import DemandHistory
from features.segments import item_summary, segment
from models.demand import backtest, origin_dates, pool_calibration, pool_effects, predict, summarise
from models.demand.distribution.counts import CountMixture
from models.demand.steps import STEP_PERIODS, fully_observed, periods_until

ORIGINS = 4
DAYS_AHEAD = 186


@dataclass(frozen=True)
class ScoredWindows:
    """Totals over the windows of one origin: N of them.

    Attributes
    ----------
    windows: one row each: set, origin, item, window, abc_xyz, demand_class.
    actual: (N,) units that came.
    predicted: their distribution, forecast at the origin.
    past_sd: (N,) standard deviation of the item's single periods before the origin, times the square root of the
        window's known periods.
    """

    windows: pd.DataFrame
    actual: Floats
    predicted: CountMixture
    past_sd: Floats


def scored_windows(company: CompanyData, origin: dt.date) -> list[ScoredWindows]:
    """The windows of the items sold before the origin, one block for each kind of window."""
    history = company.history(origin, DAYS_AHEAD)
    later = company.history(company.ends, 31)
    lines = company.lines[company.lines["date"] <= pd.Timestamp(origin)]
    classes = segment(item_summary(history, lines, origin))
    effects = pool_effects([summarise(history, origin)])
    effects_at = {day: pool_effects([summarise(history, day)]) for day in origin_dates(history, origin, ORIGINS)}
    proof = backtest(history, effects, origin, classes, origins=ORIGINS, origin_effects=effects_at)
    demand = predict(history, effects, pool_calibration([proof]), origin).distribution
    actual, known = _outcome(history, later, origin)
    key = ["sku", "location"]
    labels = history.items[key].merge(classes, on=key, how="left", validate="one_to_one")
    width = STEP_PERIODS[company.period]
    ends = np.concatenate([[0], np.cumsum(demand.lengths_days)])
    result = []
    for start, end in company.windows:
        span = slice(start * width, end * width)
        if end * width > actual.shape[1]:
            continue
        seen = np.zeros(demand.mean.shape)
        seen[:, span] = known[:, span]
        predicted = replace(demand, mean=demand.mean * seen).interval(int(ends[span.start]) + 1, int(ends[span.stop]))
        rows = np.flatnonzero((known[:, span].mean(axis=1) >= 0.5) & (predicted.mean > 0))
        step = demand.unit_step
        total = np.round(np.where(known, actual, 0.0)[:, span].sum(axis=1) / step) * step
        frame = pd.DataFrame(
            {
                "set": company.name,
                "origin": origin.isoformat(),
                "item": labels["sku"] + "/" + labels["location"],
                "window": f"{start}-{end}",
                "abc_xyz": labels["abc"].astype(str) + labels["xyz"].astype(str),
                "demand_class": labels["demand_class"],
            }
        )
        deviation = _past_sd(history) * np.sqrt(known[:, span].sum(axis=1))
        result.append(
            ScoredWindows(frame.iloc[rows].reset_index(drop=True), total[rows], predicted.take(rows), deviation[rows])
        )
    return result


def _outcome(history: DemandHistory, later: DemandHistory, origin: dt.date) -> tuple[Floats, Flags]:
    """(I, H) demand of the periods after the origin, and where it is known in full."""
    key = ["sku", "location"]
    place = pd.MultiIndex.from_frame(later.items[key]).get_indexer(pd.MultiIndex.from_frame(history.items[key]))
    first = periods_until(later, origin)
    return later.estimated[place, first:], fully_observed(later)[place, first:]


def _past_sd(history: DemandHistory) -> Floats:
    """(I,) standard deviation of the item's known periods."""
    known = fully_observed(history)
    count = np.maximum(known.sum(axis=1), 1)
    units = np.where(known, history.estimated, 0.0)
    mean = units.sum(axis=1) / count
    variance = np.where(known, (units - mean[:, None]) ** 2, 0.0).sum(axis=1) / np.maximum(count - 1, 1)
    return np.asarray(np.sqrt(variance))
