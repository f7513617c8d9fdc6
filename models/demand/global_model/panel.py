"""A bucket as the global model uses it: demand by model step, known steps only.

Of the steps after the one at which a panel is cut it holds only what is announced: discounts and holidays.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from features.arrays import Days, Floats
from features.calendar import next_period_start
from models.demand import steps

if TYPE_CHECKING:
    from features.history import DemandHistory


KNOWN_SHARE = 0.5
"""Share of a step's periods with known demand at which the step is known."""


@dataclass(frozen=True)
class StepPanel:
    """Demand of I items in the N steps before an origin, and what is announced for A steps after it.

    Attributes
    ----------
    units: (I, N) units of a whole step; NaN where out of stock, outside life, or known for less than half.
    discount, holiday: (I, N + A) mean discount and share of holidays.
    price: (I, N) log of the last price paid over the item's median; NaN before the first sale.
    ends: (N + A,) last day of each step.
    year: steps in a year.
    """

    units: Floats
    discount: Floats
    holiday: Floats
    price: Floats
    ends: Days
    year: int

    @property
    def count(self) -> int:
        """N, steps before the origin."""
        return int(self.units.shape[1])


def cut_panel(history: "DemandHistory", at: int) -> StepPanel:
    """The panel of a bucket before its period `at`, in steps counted back from there."""
    width = steps.STEP_PERIODS[history.period]
    count = at // width
    first = at - count * width
    items = len(history.items)
    past = slice(first, at)
    known = steps.fully_observed(history)[:, past]
    units = _by_step(np.where(known, history.estimated[:, past], 0.0), count, width)
    share = _by_step(known.astype(np.float64), count, width) / width
    with np.errstate(divide="ignore", invalid="ignore"):
        whole = np.where(share >= KNOWN_SHARE, units / share, np.nan)
    starts = np.concatenate([history.period_starts, history.future_starts]).astype("datetime64[D]")
    ahead = min(steps.AHEAD_STEPS, (len(starts) - at) // width)
    both = slice(first, at + ahead * width)
    sold = known & (units_of(history)[:, past] > 0)
    log_price = np.where(sold, history.log_relative_price[:, past], 0.0)
    sales = _by_step(sold.astype(np.float64), count, width)
    with np.errstate(divide="ignore", invalid="ignore"):
        price = _by_step(log_price, count, width) / sales
    last_days = (next_period_start(starts, history.period) - np.timedelta64(1, "D")).astype("datetime64[D]")
    return StepPanel(
        units=whole.reshape(items, count),
        discount=_by_step(history.discount[:, both], count + ahead, width) / width,
        holiday=_by_step(history.holiday[:, both], count + ahead, width) / width,
        price=_held(price),
        ends=last_days[both][width - 1 :: width],
        year=steps.YEAR_STEPS[history.period],
    )


def units_of(history: "DemandHistory") -> Floats:
    """(I, T) observed units, 0 where unknown."""
    return np.asarray(np.nan_to_num(history.units))


def _by_step(values: Floats, count: int, width: int) -> Floats:
    return np.asarray(values.reshape(len(values), count, width).sum(axis=2))


def _held(values: Floats) -> Floats:
    """Each row's NaN filled with the value before."""
    if not values.shape[1]:
        return values
    place = np.maximum.accumulate(np.where(np.isnan(values), -1, np.arange(values.shape[1])), axis=1)
    return np.where(place >= 0, np.take_along_axis(values, np.maximum(place, 0), axis=1), np.nan)
