"""The two sides of the comparison: our rule swept over its target, the textbook's over its safety factor.

All points of a sweep are played at once: item i at point k is row k * I + i of one world.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from benchmarks.planning import OriginForecast
from features.arrays import Floats, Ints
from features.history import DemandHistory
from models.inventory.calendar.day_distribution import DayDistribution
from models.inventory.ordering.levels import lost_sales_levels
from models.inventory.position.interval_demand import demand_before_selling, demand_until
from models.inventory.position.projected_paths import project
from models.inventory.simulation import State
from models.inventory.terms.service_targets import BY_CYCLE_SERVICE, Targets

SCENARIOS = 256
"""Paths of a projection, the setting's default."""

YEAR_WEEKS, TRAILING_WEEKS = 52, 13


@dataclass(frozen=True)
class Supply:
    """How orders come: the chance of each lead time in days (D,), days between reviews, days of a period."""

    lead_pmf: Floats
    review_days: int
    period_days: int

    @property
    def mean_days(self) -> float:
        return float(self.lead_pmf @ np.arange(len(self.lead_pmf)))

    @property
    def sd_days(self) -> float:
        return float(np.sqrt(self.lead_pmf @ (np.arange(len(self.lead_pmf)) - self.mean_days) ** 2))

    @property
    def protection_days(self) -> int:
        """Days from a decision until the next order's arrival, at the mean lead time."""
        return int(np.ceil(self.mean_days)) + self.review_days


@dataclass(frozen=True)
class ProjectedRule:
    """Our level by service under lost sales: project stock to the arrival, fill the window to the target.

    Attributes
    ----------
    forecasts: by period of a review, what is known at its end.
    targets: (K,) chances of full service in the window.
    items: I of the world that is tiled K times.
    """

    forecasts: Mapping[int, OriginForecast]
    targets: Floats
    items: int
    supply: Supply

    def orders(self, day: int, state: State) -> Floats:
        """(K * I,) units."""
        wanted = np.zeros(len(state.on_hand))
        if day not in self.forecasts:
            return wanted
        forecast, points = self.forecasts[day], len(self.targets)
        rows = (np.arange(points)[:, None] * self.items + forecast.rows).ravel()
        demand = forecast.distribution.take(np.tile(np.arange(len(forecast.rows)), points))
        today = np.datetime64(forecast.as_of, "D")
        arrival_pmf = np.tile(self.supply.lead_pmf, (len(rows), 1))
        lines, arrivals = self._under_way(day, state, rows, today)
        projection = project(
            demand,
            scenarios=SCENARIOS,
            arrival=DayDistribution(today, arrival_pmf),
            next_arrival=DayDistribution(today + self.supply.review_days, arrival_pmf),
            until_arrival=demand_before_selling(demand, arrival_pmf, demand_until(demand, arrival_pmf)),
            last_sale=np.full(len(rows), np.datetime64("NaT", "D")),
            supply_item=lines[0],
            supply_units=lines[1],
            supply_arrivals=arrivals,
            supply_names=[f"order|{placed}" for placed in lines[2]],
        )
        way = np.full(len(rows), BY_CYCLE_SERVICE, dtype=object)
        levels = lost_sales_levels(
            state.position[rows],
            state.on_hand[rows],
            np.zeros(len(rows)),
            state.on_order[rows],
            targets=Targets(way, np.repeat(self.targets, len(forecast.rows))),
            projection=projection,
            economic_units=np.zeros(len(rows)),
        )
        wanted[rows] = levels.wanted
        return wanted

    def _under_way(
        self, day: int, state: State, rows: Ints, today: np.datetime64
    ) -> tuple[tuple[Ints, Floats, Ints], DayDistribution]:
        """Item, units and period of placing of each open order, and when it comes, given how old it is."""
        place = np.full(len(state.on_hand), -1)
        place[rows] = np.arange(len(rows))
        lines = state.open_orders()
        kept = np.flatnonzero(place[lines.item] >= 0)
        kept = kept[np.argsort(place[lines.item[kept]], kind="stable")]
        age = (day - lines.placed[kept]) * self.supply.period_days
        pmf = self.supply.lead_pmf
        later = np.zeros((len(kept), len(pmf)))
        for old in np.unique(age):
            rest = pmf[old:]
            later[age == old, : len(rest)] = rest / rest.sum()
        return (place[lines.item[kept]], lines.units[kept], lines.placed[kept]), DayDistribution(today, later)


def textbook_levels(
    forecasts: list[OriginForecast], factors: Floats, items: int, supply: Supply, sd: list[Floats]
) -> Floats:
    """(K * I, reviews) order-up-to levels: our mean over the protection interval and a factor times the normal sd.

    Parameters
    ----------
    sd: of each forecast, (N,) standard deviation of a day's demand.

    Source: Silver, Pyke & Thomas (2017), section 6.10.
    """
    levels = np.zeros((len(factors), items, len(forecasts)))
    days = supply.protection_days
    for column, (forecast, daily_sd) in enumerate(zip(forecasts, sd, strict=True)):
        mean = forecast.distribution.expected(1, days)
        spread = np.sqrt(days * daily_sd**2 + (mean / days * supply.sd_days) ** 2)
        levels[:, forecast.rows, column] = np.maximum(np.ceil(mean + factors[:, None] * spread - 1e-9), 0.0)
    return levels.reshape(-1, len(forecasts))


def sd_of_demand(history: DemandHistory) -> Floats:
    """(N,) standard deviation of a day's demand, from the known weeks of the last year."""
    weeks = _weeks(history)[:, -YEAR_WEEKS:]
    return _root_mean_square(weeks - _mean(weeks)[:, None])


def sd_of_errors(history: DemandHistory) -> Floats:
    """(N,) the same of the errors of a forecast by the mean of the 13 weeks before: level and season drop out."""
    weeks = _weeks(history)
    wide = np.column_stack([np.full((len(weeks), TRAILING_WEEKS), np.nan), weeks])
    trailing = np.lib.stride_tricks.sliding_window_view(wide[:, :-1], TRAILING_WEEKS, axis=1)
    known = np.isfinite(trailing)
    mean = np.where(known, trailing, 0.0).sum(axis=2) / np.maximum(known.sum(axis=2), 1)
    errors = np.where(known.any(axis=2), weeks - mean, np.nan)[:, -YEAR_WEEKS:]
    return np.where(np.isfinite(errors).sum(axis=1) >= 4, _root_mean_square(errors), sd_of_demand(history))


def _weeks(history: DemandHistory) -> Floats:
    """(N, weeks) units of whole weeks, NaN where a day of them is unknown or outside life."""
    units = np.where(history.censored | ~history.alive, np.nan, history.units - history.dampened_units)
    width = {"day": 7, "week": 1}[history.period]
    whole = units.shape[1] // width * width
    return np.asarray(units[:, units.shape[1] - whole :].reshape(len(units), -1, width).sum(axis=2))


def _mean(values: Floats) -> Floats:
    known = np.isfinite(values)
    return np.asarray(np.where(known, values, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1))


def _root_mean_square(weekly: Floats) -> Floats:
    return np.asarray(np.sqrt(_mean(np.square(weekly)) / 7))
