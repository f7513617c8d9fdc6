"""How the demo company has bought so far: a planner's (s, S) rule with sound but imperfect figures."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from demo.assortment import Assortment
from demo.demand import season_factors
from demo.items import TRANSFER_WEEKDAYS, Items
from demo.network import LOCATIONS, SUPPLIERS
from demo.seeding import generator_for

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
HOLDING_RATE_PER_YEAR = 0.20
# Variance of the demand in units of its mean, and the error of the level as a share of it, as the planner sees them.
_NOISE, _LEVEL_ERROR = 1.5, 0.42


@dataclass(frozen=True)
class SupplyCalendar:
    """Suppliers' working days over `days` and two years beyond.

    `open_days` (suppliers + 1, days): the number of open days up to each day, the last row without closures (for
    transfers); `may_order` (suppliers + 1, days); `location_open_from` (locations, days): the next open day.
    """

    open_days: NDArray[np.int64]
    may_order: NDArray[np.bool_]
    location_open_from: NDArray[np.int64]

    def arrival(
        self, supplier: NDArray[np.int64], place: NDArray[np.int64], day: int, lead_time: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """Day on which orders placed on `day` arrive: `lead_time` open days later, on an open day of the place."""
        due = np.empty(len(supplier), dtype=np.int64)
        for kind in np.unique(supplier):
            chosen = supplier == kind
            row = self.open_days[kind]
            due[chosen] = np.searchsorted(row, row[day] + lead_time[chosen], side="left")
        due = np.minimum(due, self.location_open_from.shape[1] - 1)
        moved: NDArray[np.int64] = self.location_open_from[place, due]
        return moved


def build_supply_calendar(closures: pd.DataFrame, days: NDArray[np.datetime64]) -> SupplyCalendar:
    """Working days of all suppliers and locations from the closures."""
    longer = np.arange(days[0], days[-1] + 730)
    closed = np.zeros((len(SUPPLIERS) + 1, len(longer)), dtype=bool)
    shut = np.zeros((len(LOCATIONS), len(longer)), dtype=bool)
    supplier_row = {kind.supplier: row for row, kind in enumerate(SUPPLIERS)}
    location_row = {name: row for row, name in enumerate(LOCATIONS["location"])}
    for closure in closures.to_dict("records"):
        during = (longer >= np.datetime64(closure["starts_on"])) & (longer <= np.datetime64(closure["ends_on"]))
        if isinstance(closure["supplier"], str):
            closed[supplier_row[closure["supplier"]]] |= during
        else:
            shut[location_row[closure["location"]]] |= during
    weekday = (longer.astype("datetime64[D]").astype(np.int64) + 3) % 7
    may_order = np.zeros_like(closed)
    for row, kind in enumerate(SUPPLIERS):
        named = [_WEEKDAYS.index(name) for name in kind.order_weekdays.split(",")] if kind.order_weekdays else range(5)
        may_order[row] = np.isin(weekday, list(named)) & ~closed[row]
    may_order[-1] = np.isin(weekday, TRANSFER_WEEKDAYS)
    position = np.where(shut, len(longer) - 1, np.arange(len(longer)))
    open_from = np.minimum.accumulate(position[:, ::-1], axis=1)[:, ::-1]
    return SupplyCalendar(np.cumsum(~closed, axis=1), may_order, open_from)


@dataclass(frozen=True)
class BuyingRule:
    """A planner's figures for each item; arrays (items,).

    `initial_rate` first guess of units a day, `safety` number of standard deviations, `lot_days` days of demand bought
    at once, `review_days` and `lead_time` (allowing for some delay) in open days, `first_order`, `last_order` days on
    which ordering starts and stops, `slip_day` the day on which somebody ordered far too much, -1 for none.
    `season_sum` (categories, days + 1): the seasons' factors summed up to each day.
    """

    initial_rate: NDArray[np.float64]
    safety: NDArray[np.float64]
    lot_days: NDArray[np.float64]
    review_days: NDArray[np.int64]
    lead_time: NDArray[np.int64]
    first_order: NDArray[np.int64]
    last_order: NDArray[np.int64]
    slip_day: NDArray[np.int64]
    season_sum: NDArray[np.float64]

    def levels(
        self,
        rate: NDArray[np.float64],
        day: int,
        items: Items,
        category: NDArray[np.int64],
        supply_calendar: SupplyCalendar,
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Reorder point s and order-up-to level S of every item on `day`, given its smoothed rate.

        s covers the demand until the next order's arrival, closures ahead included, and its uncertainty.

        Parameters
        ----------
        rate: units a day when nothing special happens, (items,).
        day: index into the days.
        items: what is stocked where.
        category: index into CATEGORIES, (items,).
        supply_calendar: working days of suppliers and locations.

        Returns
        -------
        s and S in units, (items,) each.
        """
        last = self.season_sum.shape[1] - 1
        arrives = supply_calendar.arrival(items.supplier, items.place, day, self.review_days + self.lead_time)
        horizon = np.minimum(arrives, last)
        ahead = self.season_sum[category, horizon] - self.season_sum[category, day + 1]
        expected = rate * np.maximum(ahead, 0)
        point = expected + self.safety * np.sqrt(_NOISE * expected + (_LEVEL_ERROR * expected) ** 2)
        far = np.minimum(horizon + self.lot_days.astype(np.int64), last)
        lot = rate * (self.season_sum[category, far] - self.season_sum[category, horizon])
        return point, point + np.maximum(lot, 1)


def build_buying_rule(seed: int, assortment: Assortment, items: Items, days: NDArray[np.datetime64]) -> BuyingRule:
    """The rule the demo company has bought by over `days`, whose last is the last day."""
    rng = generator_for(seed, "buying")
    count, last = len(items.product), len(days) - 1
    review = np.array([7.0 / len(s.order_weekdays.split(",")) if s.order_weekdays else 1.5 for s in SUPPLIERS] + [3.5])
    fixed = np.array([s.fixed_cost_per_line for s in SUPPLIERS] + [3.0])
    popularity = np.argsort(np.argsort(items.rate)) / count
    typical_delay = np.array(
        [0.92 + s.mean_delay + s.late_share * s.late_days / s.lead_time_days for s in SUPPLIERS] + [1.0]
    )
    safety = np.clip(0.8 + 1.8 * popularity + rng.normal(0, 0.45, count), 0.2, 3.4)
    yearly = items.rate * 365
    lot = np.sqrt(2 * fixed[items.supplier] * yearly / (HOLDING_RATE_PER_YEAR * items.unit_cost)) / items.rate
    launch, end = assortment.launch_day[items.product] + last, assortment.end_day[items.product] + last
    slip = np.full(count, -1)
    steady = np.flatnonzero((launch < 0) & (end > last + 120) & (items.supplier >= 0))
    chosen = rng.choice(steady, max(1, round(count * 0.035)), replace=False)
    slip[chosen] = last - rng.integers(90, 230, len(chosen))
    ahead = np.arange(days[0], days[-1] + 500)
    season = season_factors(ahead)[:, : len(ahead)]
    total = np.concatenate([np.zeros((len(season), 1)), np.cumsum(season, axis=1)], axis=1)
    return BuyingRule(
        initial_rate=items.rate * np.exp(rng.normal(0, 0.3, count)),
        safety=safety,
        lot_days=np.clip(lot, 10, 40),
        review_days=np.ceil(review[items.supplier]).astype(np.int64),
        lead_time=np.ceil(items.lead_time * typical_delay[items.supplier]).astype(np.int64),
        first_order=launch - np.ceil(items.lead_time * 1.2 + 12).astype(np.int64),
        last_order=end - items.lead_time - 60,
        slip_day=slip,
        season_sum=total,
    )
