"""Random single-item problems with a known demand process, a kind for each thing that an order has to weigh."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from scipy import stats

from features.arrays import Floats

WEEKS = 130
"""Weeks for which demand is known: several of the longest order cycles beyond the longest lead time."""
CAPITAL_RATES = (0.2, 0.6)
Generator = np.random.Generator


@dataclass(frozen=True)
class Problem:
    """What there is to know tonight about one item. Weeks are counted from tonight: week 0 is the coming one.

    Attributes
    ----------
    kind: what it is there to try.
    mean: (weeks,) expected demand of each week, units.
    dispersion: variance-to-mean ratio of a week's demand: 1 is Poisson, more is negative binomial.
    lead_pmf: probability of each lead time in weeks; an order of week t with lead time k serves week t + k on. Orders
        do not overtake each other.
    review_weeks: weeks between two chances to order; tonight is one.
    pack, minimum: an order is whole packs, and the minimum at least; units.
    line_cost: of an order. unit_cost: of a unit. breaks: (units from which on, unit cost of the whole order), rising.
    underage: cost of a unit of demand that finds no stock, once.
    holding: cost of a unit in stock at a week's end.
    stock: units on hand, less those that customers wait for; of what can spoil, those that came with the order of the
        review before. old_stock: of what can spoil, those that came with the one before that.
    arrivals: (week, units) of what is on its way: sellable from that week on.
    is_lost: unmet demand is lost; else it waits.
    shelf_weeks: weeks for which a delivery can be sold, 0: for ever. What spoils costs its unit cost.
    sells_from: first week with demand. ends: first week after the last with demand, 0: none. What is left then costs
        its unit cost.
    """

    kind: str
    mean: Floats
    dispersion: float
    lead_pmf: Floats
    review_weeks: int
    unit_cost: float
    underage: float
    holding: float
    pack: int = 1
    minimum: int = 0
    line_cost: float = 0.0
    breaks: tuple[tuple[int, float], ...] = ()
    stock: int = 0
    old_stock: int = 0
    arrivals: tuple[tuple[int, int], ...] = ()
    is_lost: bool = False
    shelf_weeks: int = 0
    sells_from: int = 0
    ends: int = 0

    @property
    def lead_weeks(self) -> float:
        """Mean lead time."""
        return float(self.lead_pmf @ np.arange(len(self.lead_pmf)))

    @property
    def protection_weeks(self) -> int:
        """Weeks until the next order arrives, at the mean lead time, rounded."""
        return round(self.lead_weeks) + self.review_weeks

    @property
    def weekly(self) -> float:
        """Mean demand of the half-year from the first week of sale on, units a week."""
        return float(self.mean[self.sells_from : self.sells_from + 26].mean())

    @property
    def smallest_order(self) -> int:
        """Units: the minimum in whole packs, one pack at least."""
        return max(-(-self.minimum // self.pack), 1) * self.pack

    def economic_units(self, weekly: float) -> float:
        """The economic order quantity at a pace, or the price break that costs less a week; 0 where orders are free.

        Source: Silver, Pyke & Thomas (2017), ch. 4.
        """
        economic = float(np.sqrt(2 * self.line_cost * weekly / self.holding))
        above = [float(units) for units, _ in self.breaks if units > economic]
        if not above or weekly <= 0:
            return economic
        tried = np.array([max(economic, 1.0), *above])
        cost = self.purchase_premium(tried) / tried * weekly + self.holding * tried / 2
        best = int(cost.argmin())
        return float(tried[best]) if best > 0 else economic

    @property
    def cycle_weeks(self) -> float:
        """Weeks that an order lasts at the mean pace: the economic quantity, the smallest order at least."""
        return max(self.economic_units(self.weekly), float(self.smallest_order)) / self.weekly

    @property
    def horizon_weeks(self) -> int:
        """Weeks from the arrival of tonight's order on whose cost its loss is measured by: whole reviews.

        Four weeks, or as long as an economic order lasts, at least; up to the fourth week of sale of an item that is
        launched; a quarter where the season turns; the rest of its life where it ends.
        """
        lead = round(self.lead_weeks)
        if self.ends:
            return max(self.ends - lead, 0)
        season = 13.0 if np.ptp(self.mean[-60:]) > 0 else 0.0
        weeks = max(4.0, min(self.cycle_weeks, 52.0), float(self.sells_from - lead + 4), season)
        return int(np.ceil(weeks / self.review_weeks)) * self.review_weeks

    def last_week(self, delivery: int) -> int:
        """Weeks after a review of the last one in which a delivery that can spoil is sold.

        Delivery 2 is that of the review's own order, 1 and 0 are those of the two orders before it.
        """
        return len(self.lead_pmf) - 2 + self.shelf_weeks - (2 - delivery) * self.review_weeks

    def purchase_premium(self, units: Floats) -> Floats:
        """What each order costs beyond its units at the lowest price: the line, and dearer units; 0 for none."""
        lowest = min((cost for _, cost in self.breaks), default=self.unit_cost)
        paid = np.full(units.shape, self.unit_cost)
        for least, cost in self.breaks:
            paid = np.where(units >= least, cost, paid)
        return np.where(units > 0, self.line_cost + (paid - lowest) * units, 0.0)

    def orders_up_to(self, largest: float) -> Floats:
        """Nothing and every whole order up to `largest` units, the smallest order at least; rising."""
        least = self.smallest_order
        packs = np.arange(least, max(largest, least) + self.pack, self.pack, dtype=np.float64)
        return np.concatenate([[0.0], packs])


@lru_cache(maxsize=4096)
def count_pmf(mean: float, dispersion: float) -> Floats:
    """Probability of 0, 1, ... units of demand, up to where less than 1e-10 is left; sums to 1."""
    if mean <= 0:
        return np.ones(1)
    counts = _family(mean, dispersion)
    pmf = counts.pmf(np.arange(int(counts.isf(1e-10)) + 2))
    return np.asarray(pmf / pmf.sum())


def expected_shortage(mean: float, dispersion: float, levels: Floats) -> Floats:
    """E[(D - y)+] of a count for each whole level y, which may be below zero."""
    if mean <= 0:
        return np.maximum(-levels, 0.0)
    beyond = 1 - np.cumsum(count_pmf(mean, dispersion))
    short = np.append(np.maximum(mean - np.concatenate([[0.0], np.cumsum(beyond)[:-1]]), 0.0), 0.0)
    place = np.clip(levels, 0, len(short) - 1).astype(np.int64)
    return np.where(levels < 0, mean - levels, short[place])


def _family(mean: float, dispersion: float) -> Any:
    return stats.poisson(mean) if dispersion <= 1 else stats.nbinom(mean / (dispersion - 1), 1 / dispersion)


def make_problems(seed: int, each: int) -> list[Problem]:
    """So many problems of each kind. A problem depends on the seed, its kind and its number alone."""
    return [
        make(np.random.default_rng([seed, place, number]), kind)
        for place, (kind, make) in enumerate(KINDS.items())
        for number in range(each)
    ]


def _plain(rng: Generator, kind: str, *, fast: float = 15.0, review: int = 0, lead: int = -1) -> Problem:
    """Steady demand, fixed lead time, single units; stock somewhere between empty and the textbook's level."""
    weekly, dispersion = _between(rng, 0.4, fast), float(rng.choice([1.0, rng.uniform(1.2, 4.0)]))
    review_weeks = review or int(rng.integers(1, 5))
    lead_weeks = int(rng.integers(0, 13)) if lead < 0 else lead
    unit_cost = round(_between(rng, 2.0, 50.0), 2)
    problem = Problem(
        kind=kind,
        mean=np.full(WEEKS, weekly),
        dispersion=dispersion,
        lead_pmf=np.eye(lead_weeks + 1)[lead_weeks],
        review_weeks=review_weeks,
        unit_cost=unit_cost,
        underage=unit_cost * rng.uniform(0.3, 1.2) * rng.uniform(0.4, 1.0),
        holding=unit_cost * rng.uniform(*CAPITAL_RATES) / 52,
    )
    return _stocked(problem, rng.uniform(0.0, 1.1))


def _between(rng: Generator, low: float, high: float) -> float:
    """A number evenly drawn by its log."""
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def _stocked(problem: Problem, share: float) -> Problem:
    """With so much of the demand of the protection interval, and a deviation of it, in stock."""
    total = float(problem.mean[: problem.protection_weeks].sum())
    return replace(problem, stock=round(share * (total + (problem.dispersion * total) ** 0.5)))


def _steady(rng: Generator, kind: str) -> Problem:
    return _plain(rng, kind)


def _rare(rng: Generator, kind: str) -> Problem:
    problem = _plain(rng, kind)
    return _stocked(replace(problem, mean=np.full(WEEKS, _between(rng, 0.03, 0.3))), rng.uniform(0.0, 1.1))


def _random_lead(rng: Generator, kind: str) -> Problem:
    problem = _plain(rng, kind)
    least, spread = int(rng.integers(0, 8)), int(rng.integers(1, 6))
    pmf = np.concatenate([np.zeros(least), rng.dirichlet(np.full(spread, 1.5))])
    return _stocked(replace(problem, lead_pmf=pmf), rng.uniform(0.0, 1.1))


def _with_line_cost(rng: Generator, problem: Problem, longest: float = 16.0) -> Problem:
    """A line cost that makes an order last so many weeks at the steady pace."""
    weeks = rng.uniform(2.0, longest)
    return replace(problem, line_cost=problem.holding * problem.weekly * weeks**2 / 2)


def _with_packs(rng: Generator, problem: Problem) -> Problem:
    pack = max(round(problem.weekly * rng.uniform(0.5, 8.0)), 2)
    minimum = int(problem.weekly * rng.uniform(1.0, 10.0)) if rng.random() < 0.5 else 0
    return replace(problem, pack=pack, minimum=minimum)


def _with_breaks(rng: Generator, problem: Problem) -> Problem:
    least = max(round(problem.weekly * rng.uniform(2.0, 30.0)), 2)
    first = problem.unit_cost * (1 - rng.uniform(0.01, 0.12))
    breaks: tuple[tuple[int, float], ...] = ((least, round(first, 4)),)
    if rng.random() < 0.4:
        breaks += ((2 * least, round(first * (1 - rng.uniform(0.01, 0.06)), 4)),)
    return replace(problem, breaks=breaks)


def _line_cost(rng: Generator, kind: str) -> Problem:
    return _with_line_cost(rng, _plain(rng, kind))


def _packs(rng: Generator, kind: str) -> Problem:
    return _with_packs(rng, _plain(rng, kind))


def _price_breaks(rng: Generator, kind: str) -> Problem:
    problem = _plain(rng, kind)
    return _with_breaks(rng, _with_line_cost(rng, problem, 6.0) if rng.random() < 0.5 else problem)


def _season(rng: Generator, problem: Problem, peak_week: float) -> Problem:
    """Demand that goes up and down once a year, up to five-fold, gently or at once, its peak about a week."""
    height, steepness = np.log(rng.uniform(2.0, 5.0)) / 2, rng.choice([0.5, 4.0])
    wave = np.cos(2 * np.pi * (np.arange(WEEKS) - peak_week) / 52)
    mean = problem.weekly * np.exp(height * np.tanh(steepness * wave) / np.tanh(steepness))
    return replace(problem, mean=mean)


def _before_season(rng: Generator, kind: str) -> Problem:
    problem = _maybe_batched(rng, _plain(rng, kind))
    return _stocked(_season(rng, problem, problem.protection_weeks + rng.uniform(6, 20)), rng.uniform(0.0, 1.1))


def _after_season(rng: Generator, kind: str) -> Problem:
    problem = _maybe_batched(rng, _plain(rng, kind))
    return _stocked(_season(rng, problem, problem.lead_weeks - rng.uniform(2, 13)), rng.uniform(0.0, 1.1))


def _maybe_batched(rng: Generator, problem: Problem) -> Problem:
    chance = rng.random()
    if chance < 0.35:
        return _with_line_cost(rng, problem)
    return _with_packs(rng, problem) if chance < 0.6 else problem


def _ending(rng: Generator, kind: str) -> Problem:
    problem = _maybe_batched(rng, _plain(rng, kind))
    ends = int(problem.lead_weeks + rng.integers(1, 16))
    mean = np.where(np.arange(WEEKS) < ends, problem.mean, 0.0)
    return replace(problem, mean=mean, ends=ends, stock=round(rng.uniform(0.0, 1.0) * float(mean.sum())))


def _launching(rng: Generator, kind: str) -> Problem:
    problem = _maybe_batched(rng, _plain(rng, kind))
    first = int(rng.integers(1, problem.protection_weeks + 5))
    mean = np.where(np.arange(WEEKS) >= first, problem.mean, 0.0)
    return replace(problem, mean=mean, sells_from=first, stock=0)


def _order_before(rng: Generator, kind: str) -> Problem:
    problem = _maybe_batched(rng, _plain(rng, kind, lead=int(rng.integers(1, 13))))
    week = int(rng.integers(1, int(problem.lead_weeks) + 1))
    return _with_arrival(rng, _stocked(problem, rng.uniform(0.0, 0.7)), week)


def _order_behind(rng: Generator, kind: str) -> Problem:
    problem = _maybe_batched(rng, _plain(rng, kind))
    week = int(problem.lead_weeks) + int(rng.integers(1, 7))
    return _with_arrival(rng, _stocked(problem, rng.uniform(0.0, 0.9)), week)


def _with_arrival(rng: Generator, problem: Problem, week: int) -> Problem:
    return replace(problem, arrivals=((week, max(round(problem.weekly * rng.uniform(1.0, 12.0)), 1)),))


def _far_below(rng: Generator, kind: str) -> Problem:
    return _stocked(_maybe_batched(rng, _plain(rng, kind)), rng.uniform(-1.0, 0.2))


def _far_above(rng: Generator, kind: str) -> Problem:
    return _stocked(_maybe_batched(rng, _plain(rng, kind)), rng.uniform(1.1, 3.0))


def _mixed(rng: Generator, kind: str) -> Problem:
    """All at once."""
    problem = _with_line_cost(rng, _plain(rng, kind))
    problem = _with_packs(rng, problem) if rng.random() < 0.5 else problem
    problem = _with_breaks(rng, problem) if rng.random() < 0.4 else problem
    problem = _season(rng, problem, rng.uniform(0, 52)) if rng.random() < 0.6 else problem
    problem = _stocked(problem, rng.uniform(0.0, 1.1))
    return _with_arrival(rng, problem, int(rng.integers(1, 15))) if rng.random() < 0.5 else problem


def _lost(rng: Generator, kind: str) -> Problem:
    """Lost sales with a lead time of two reviews at most: one order at a time is under way at a review."""
    review = int(rng.integers(1, 5))
    lead = int(rng.integers(0, 2 * review + 1))
    problem = _plain(rng, kind, fast=5.0 if lead <= review else 2.0, review=review, lead=lead)
    return replace(problem, is_lost=True)


def _lost_batched(rng: Generator, kind: str) -> Problem:
    problem = _lost(rng, kind)
    return _with_line_cost(rng, problem, 8.0) if rng.random() < 0.5 else _with_packs(rng, problem)


def _lost_order_behind(rng: Generator, kind: str) -> Problem:
    problem = _lost(rng, kind)
    return _with_arrival(rng, problem, int(problem.lead_weeks) + int(rng.integers(1, 5)))


def _shelf_life(rng: Generator, kind: str) -> Problem:
    """What spoils; with a lead time of a review at most, and a shelf life of two, two deliveries are in stock."""
    review = int(rng.integers(1, 5))
    shelf, lead = int(rng.integers(max(review - 1, 1), 2 * review + 1)), int(rng.integers(0, review + 1))
    problem = _plain(rng, kind, fast=6.0 / review, review=review, lead=lead)
    lasting = max(shelf + lead - review, 0)
    stock = round(problem.weekly * rng.uniform(0.0, 1.3) * lasting)
    problem = replace(problem, is_lost=True, shelf_weeks=shelf, stock=stock)
    if problem.last_week(0) >= 0:
        problem = replace(problem, old_stock=round(problem.weekly * rng.uniform(0.0, 0.5)))
    return replace(problem, pack=int(rng.integers(2, 5))) if rng.random() < 0.3 else problem


KINDS: dict[str, Callable[[Generator, str], Problem]] = {
    "steady": _steady,
    "rare": _rare,
    "random_lead": _random_lead,
    "line_cost": _line_cost,
    "packs": _packs,
    "price_breaks": _price_breaks,
    "before_season": _before_season,
    "after_season": _after_season,
    "ending": _ending,
    "launching": _launching,
    "order_before": _order_before,
    "order_behind": _order_behind,
    "far_below": _far_below,
    "far_above": _far_above,
    "mixed": _mixed,
    "lost": _lost,
    "lost_batched": _lost_batched,
    "lost_order_behind": _lost_order_behind,
    "shelf_life": _shelf_life,
}
"""What each kind's problems are drawn by."""
