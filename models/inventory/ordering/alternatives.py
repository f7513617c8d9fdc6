"""What the alternatives to the suggestion would cost: ordering later, nothing, a pack more or less."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from features.arrays import Flags, Floats, Ints
from models.inventory.calendar.day_distribution import DayDistribution
from models.inventory.ordering.cost_curve import CostCurve
from models.inventory.position.interval_demand import demand_until
from models.inventory.position.projection import Projection
from models.inventory.position.state import InventoryState
from models.inventory.position.stock_flow import StockFlow, backlog_window, projected
from models.inventory.terms.decision_rules import DecisionRules

WEEK_DAYS = 7


@dataclass(frozen=True)
class Alternatives:
    """Expected cost beyond the suggestion's, base currency; arrays (items,), NaN where there is no such alternative.

    Attributes
    ----------
    nothing: of ordering nothing before the next ordering day.
    pack_more, pack_less: of one pack more and less; where nothing is suggested, `pack_more` is the smallest order.
    later, later_lost: of the same order a week later, or on the next ordering day where that is later still, and
        the units lost by then that the suggestion serves.
    later_days: so many days after the suggested ordering day.
    """

    nothing: Floats
    pack_more: Floats
    pack_less: Floats
    later: Floats
    later_lost: Floats
    later_days: Floats


@dataclass(frozen=True)
class SameOrderLater:
    """The same order a week later, or at the next chance where that is later still; arrays (items,), NaN without one.

    Attributes
    ----------
    cost: expected cost beyond that of ordering now, base currency.
    lost: units lost by then that the order would serve.
    days: so many days later.
    """

    cost: Floats
    lost: Floats
    days: Floats

    def take_out(self, rows: Flags) -> "SameOrderLater":
        """Without the items of `rows`."""
        return SameOrderLater(*(np.where(rows, np.nan, values) for values in (self.cost, self.lost, self.days)))


def alternatives(state: InventoryState, curve: CostCurve, order: Floats, later: SameOrderLater) -> Alternatives:
    """The alternatives of every item whose stock and source are known.

    Parameters
    ----------
    state, curve: of the same items.
    order: (items,) units suggested.
    later: the same order later; see `same_order_later`.

    Source: docs/method.md, Recommendation.
    """
    able = state.has_source & state.stock.known & state.calendar.orderable
    ordered = able & (order > 0)
    chosen = curve.cost(order)
    more = np.where(order > 0, order + curve.pack, curve.smallest_order())
    less = np.where(order - curve.pack >= curve.smallest_order() - 1e-9, order - curve.pack, np.nan)
    fewer = ordered & np.isfinite(less)
    return Alternatives(
        nothing=np.where(ordered, curve.cost(np.zeros(len(order))) - chosen, np.nan),
        pack_more=np.where(able, curve.cost(more) - chosen, np.nan),
        pack_less=np.where(fewer, curve.cost(np.nan_to_num(less)) - chosen, np.nan),
        later=later.cost,
        later_lost=later.lost,
        later_days=later.days,
    )


def same_order_later(
    state: InventoryState,
    flow: StockFlow,
    curve: CostCurve,
    order: Floats,
    rules: DecisionRules,
) -> SameOrderLater:
    """What the same order would cost later: what it would have sold meanwhile less its holding.

    Parameters
    ----------
    state, flow, curve: of the same items.
    order: (items,) units.
    rules: the company's.
    """
    able = state.has_source & state.stock.known & state.calendar.orderable
    rows = np.flatnonzero(able & (order > 0))
    cost, lost, days = (np.full(len(order), np.nan) for _ in range(3))
    gap = (state.calendar.next_placed_on - state.calendar.placed_on).astype(np.int64)
    days[rows] = np.maximum(gap, WEEK_DAYS)[rows]
    often, seldom = rows[gap[rows] < WEEK_DAYS], rows[gap[rows] >= WEEK_DAYS]
    for some, part in (
        (seldom, curve.take(seldom)),
        (often, _until_later(state, flow, curve.take(often), often, rules)),
    ):
        nothing = np.zeros(len(some))
        without, served = part.lost(nothing), part.lost(order[some])
        spared = np.maximum(part.leftover(order[some], served) - part.leftover(nothing, without), 0.0)
        lost[some] = np.maximum(without - served, 0.0)
        cost[some] = cost_of_waiting(part.underage, part.holding_per_unit_day, days[some], lost[some], spared)
    return SameOrderLater(cost, lost, days)


def cost_of_waiting(
    underage: ArrayLike, holding_per_unit_day: ArrayLike, days: ArrayLike, lost: ArrayLike, spared: ArrayLike
) -> Floats:
    """What the same order costs more when it is placed `days` later, base currency.

    The difference of the cost curve's C between two plans that place one order of one size: its line cost, its price
    and, to the first order, what spoils and the cycle stock ahead are on both sides. What is left is the window: sales
    that the order would have served meanwhile, less the holding of what it would not have sold by then. Holding, not
    the curve's overage: a unit that comes later is held for so many days less, whereas overage is the price of a unit
    too many and holds its write-off and, steered by a target, what the target implies.

    Parameters
    ----------
    underage, holding_per_unit_day: base currency; days: by which the order is placed later. All arguments broadcast.
    lost: units lost in the window without the order that it would have served.
    spared: units of the order that would be left at the window's end.

    Source: `cost_curve` for C; docs/method.md, Recommendation.
    """
    underage, holding, waited = (
        np.asarray(value, dtype=np.float64) for value in (underage, holding_per_unit_day, days)
    )
    return np.asarray(underage * np.asarray(lost) - holding * waited * np.asarray(spared))


def _until_later(
    state: InventoryState,
    flow: StockFlow,
    curve: CostCurve,
    rows: Ints,
    rules: DecisionRules,
) -> CostCurve:
    """The curve of some items over a window that ends when an order of a week later arrives."""
    if not len(rows):
        return curve
    later = DayDistribution(state.arrival.first_day + np.timedelta64(WEEK_DAYS, "D"), state.arrival.probability)
    if isinstance(curve.window, Projection):
        paths = projected(state, flow.line_units, rules, rows, later)
        return replace(curve, window=replace(paths, net=paths.net - flow.owed[rows, None]))
    width = state.arrival_pmf.shape[1]
    pmf = later.take(rows).from_day(np.datetime64(state.as_of, "D"), width).probability
    end = state.calendar.expected_on[rows] + np.timedelta64(WEEK_DAYS, "D")
    return replace(curve, window=backlog_window(state, rows, end, demand_until(state.demand.take(rows), pmf)))
