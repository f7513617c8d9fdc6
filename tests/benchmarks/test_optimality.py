"""The recursions of the benchmark of optimality against closed forms, published policies and plain enumeration."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from scipy import stats

from benchmarks.optimality.__main__ import OURS, outcome, solve
from benchmarks.optimality.problems import KINDS, Problem, count_pmf, expected_shortage, make_problems
from benchmarks.optimality.reviews import Visit, after, drawn_demand, follow, later, start
from benchmarks.optimality.rules import nightly_orders, textbook_order


def problem(mean=10.0, weeks=130, lead=0, **changes):
    """Steady Poisson demand reviewed every week: unless stated otherwise at once, with single units and backorders."""
    given = {
        "kind": "steady",
        "mean": np.full(weeks, mean),
        "dispersion": 1.0,
        "lead_pmf": np.eye(lead + 1)[lead],
        "review_weeks": 1,
        "unit_cost": 5.0,
        "underage": 9.0,
        "holding": 1.0,
    }
    return Problem(**(given | changes))


def tonight(asked):
    return solve(asked, []).tonight


def stock_by_age(asked):
    """Units by the weeks in which they can still be sold, one to all."""
    last = {asked.last_week(1): asked.stock, asked.last_week(0): asked.old_stock}
    return tuple(last.get(week, 0) for week in range(asked.shelf_weeks))


def enumerated(asked, most):
    """(most + 1,) cost of each order of tonight, by walking all demands, arrivals and later orders week by week.

    The state is what is physically there: stock by age and each unit under way.
    """
    ages, weeks = max(asked.shelf_weeks, 1), len(asked.mean)
    premiums = asked.purchase_premium(np.arange(most + 1.0)).tolist()

    @cache
    def best(week, stock, coming):
        if week == weeks:
            return asked.unit_cost * max(sum(stock), 0) if asked.ends else 0.0
        orders = range(most + 1) if week % asked.review_weeks == 0 else [0]
        return min(cost(week, stock, coming, order) for order in orders)

    def cost(week, stock, coming, order):
        total = premiums[order]
        for lead, chance in enumerate(asked.lead_pmf):
            arrivals = [*coming, 0]
            arrivals[lead] += order
            fresh = arrivals[0] + sum(units for due, units in asked.arrivals if due == week)
            now = (*stock[:-1], stock[-1] + fresh)
            if chance > 0:
                total += chance * served(week, now, tuple(arrivals[1:]))
        return total

    def served(week, stock, coming):
        total = 0.0
        for demand, chance in enumerate(count_pmf(float(asked.mean[week]), asked.dispersion)):
            left = after_sales(stock, demand)
            spoilt = left[0] if asked.shelf_weeks else 0
            kept = (*left[1:], 0) if asked.shelf_weeks else left
            spent = asked.underage * max(demand - max(sum(stock), 0), 0) + asked.holding * max(sum(kept), 0)
            total += chance * (spent + asked.unit_cost * spoilt + best(week + 1, kept, coming))
        return total

    def after_sales(stock, demand):
        left, rest = [], demand
        for units in stock:
            sold = min(max(units, 0), rest)
            left.append(units - sold)
            rest -= sold
        return (*left[:-1], left[-1] - (0 if asked.is_lost else rest))

    here = (*([0] * (ages - 1)), asked.stock) if not asked.shelf_weeks else stock_by_age(asked)
    return np.array([cost(0, here, (0,) * (len(asked.lead_pmf) - 1), order) for order in range(most + 1)])


def test_the_last_order_of_a_life_is_the_newsvendors():
    asked = problem(lead=0, ends=1, weeks=1)

    solution = solve(asked, [])
    costs = solution.tonight

    best = stats.poisson(10).ppf(9 / (9 + 1 + 5))
    left = sum((best - demand) * stats.poisson(10).pmf(demand) for demand in range(int(best)))
    assert costs.best == best
    assert costs.cost.min() == pytest.approx((1 + 5) * left + 9 * (10 - best + left), rel=1e-6)
    assert solution.horizon_cost == pytest.approx(costs.cost.min())


@pytest.mark.parametrize(("mean", "reorder_point", "up_to", "cost"), [(10, 6, 40, 35.02), (20, 14, 62, 49.17)])
def test_a_steady_item_is_ordered_by_the_published_policy(mean, reorder_point, up_to, cost):
    """Zheng & Federgruen (1991), Operations Research 39, table 1: line cost 64, holding 1, penalty 9, Poisson."""
    asked = problem(float(mean), line_cost=64.0)

    low, high = (tonight(replace(asked, stock=reorder_point + more)) for more in (0, 1))

    assert (low.best, high.best) == (up_to - reorder_point, 0)
    longer, shorter = (tonight(replace(asked, mean=np.full(weeks, float(mean)))) for weeks in (130, 65))
    assert (longer.cost.min() - shorter.cost.min()) / 65 == pytest.approx(cost, rel=2e-3)


def test_without_line_cost_the_position_is_brought_to_the_myopic_level():
    asked = problem(3.0, lead=4, review_weeks=1, stock=2, dispersion=2.0)

    costs = tonight(asked)

    # The level at which holding a unit more outweighs the demand of the week that nothing else can serve.
    levels = np.arange(60.0)
    short = expected_shortage(15.0, 2.0, levels) - expected_shortage(12.0, 2.0, levels)
    kept = levels - 15.0 + expected_shortage(15.0, 2.0, levels)
    assert costs.best + 2 == levels[np.argmin(9 * short + kept)]


TINY = {"mean": 0.4, "weeks": 4, "line_cost": 0.4, "stock": 1, "underage": 3.0}
MOST = 4


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"lead": 2, "arrivals": ((3, 2),)},
        {"lead": 1, "review_weeks": 2, "stock": -2, "dispersion": 1.8},
        {"lead_pmf": np.array([0.3, 0.7]), "breaks": ((3, 4.5),)},
        {"lead": 1, "ends": 4, "unit_cost": 0.5},
        {"lead": 0, "is_lost": True},
        {"lead": 1, "is_lost": True, "review_weeks": 2, "arrivals": ((2, 1),)},
        {"lead": 2, "is_lost": True, "arrivals": ((1, 1),)},
        {"lead": 3, "is_lost": True, "review_weeks": 2, "weeks": 6},
        {"lead": 0, "is_lost": True, "shelf_weeks": 1, "unit_cost": 0.7, "stock": 0},
        {"lead": 1, "is_lost": True, "shelf_weeks": 2, "unit_cost": 0.7, "line_cost": 0.0},
        {"lead": 0, "is_lost": True, "shelf_weeks": 3, "unit_cost": 0.7, "review_weeks": 2},
        {"lead": 2, "is_lost": True, "shelf_weeks": 4, "unit_cost": 0.7, "review_weeks": 2, "old_stock": 1},
    ],
)
def test_every_order_costs_what_enumeration_says(changes):
    asked = problem(**(TINY | changes))

    costs = solve(asked, [Visit(0, start(asked), MOST)]).tonight
    expected = enumerated(asked, MOST)

    assert costs.units[: MOST + 1].tolist() == list(range(MOST + 1))
    found = costs.cost[: MOST + 1] - costs.cost[: MOST + 1].min()
    # Enumeration buys four units at most, so states far below are a little dearer to it.
    assert found == pytest.approx(expected - expected.min(), abs=2e-3)


def test_open_orders_count_for_every_rule_as_stock_does_where_they_come_in_time():
    stocked = problem(3.0, lead=4, stock=9, unit_cost=20.0)
    coming = replace(stocked, stock=2, arrivals=((3, 7),))

    assert np.ptp(nightly_orders([stocked, coming])) == 0
    assert tonight(stocked).best == tonight(coming).best
    assert textbook_order(stocked, 1.0) == textbook_order(coming, 1.0)


@pytest.mark.parametrize("review_weeks", [1, 2, 3, 4])
def test_tonight_is_a_review_of_the_nightly_rule_and_costs_are_the_problems(review_weeks):
    asked = problem(4.0, lead=3, review_weeks=review_weeks, stock=5, holding=0.5)

    (order,) = nightly_orders([asked])

    assert order > 0
    assert solve(asked, []).gap([Visit(0, start(asked), order)]) < 0.05


def test_the_textbook_orders_the_normal_quantile():
    asked = problem(25.0, lead=3, stock=40)

    assert textbook_order(asked, 1.0) == np.ceil(100 + stats.norm.ppf(0.9) * 10 - 40)
    assert textbook_order(replace(asked, stock=140), 1.0) == 0
    assert textbook_order(replace(asked, line_cost=32.0, pack=7), 0.0) == 105  # 60 and the economic 40, in packs


def test_problems_are_enough_of_every_kind_and_depend_on_their_seed_alone():
    problems = make_problems(2026, 20)

    assert len(problems) >= 300
    assert {each.kind for each in problems} == set(KINDS)
    few, other = make_problems(2026, 1), make_problems(7, 1)
    assert [each.underage for each in problems[::20]] == [each.underage for each in few]
    assert few[0].underage != other[0].underage


def test_figures_are_those_of_the_gaps():
    gaps = {name: np.array([0.0, 0.2, 0.4]) for name in (OURS, "normal_safety_stock", "best_factor_in_hindsight")}

    figures = outcome(["steady", "steady", "rare"], gaps, [{"best_tonight": 1.0}] * 3).figures

    assert figures["gap_median"] == pytest.approx(0.2)
    assert figures["gap_by_kind"] == pytest.approx({"steady": 0.1, "rare": 0.4})
    assert figures["rivals"]["normal_safety_stock"]["gap_p95"] == pytest.approx(0.38)
    assert figures["by_problem"][2] == {"kind": "rare", "gap": 0.4, "best_tonight": 1.0}


@pytest.mark.parametrize(
    "changes",
    [
        {"lead": 2, "arrivals": ((4, 3),), "review_weeks": 2},
        {"lead": 3, "review_weeks": 2, "is_lost": True, "arrivals": ((2, 2), (5, 1))},
        {"lead": 1, "review_weeks": 2, "is_lost": True},
        {"lead": 1, "review_weeks": 2, "is_lost": True, "shelf_weeks": 4, "old_stock": 1},
    ],
)
def test_who_orders_the_best_at_every_review_loses_nothing(changes):
    """The state that the reviews walk through is the one that the recursion solves, and so is the problem found then."""
    asked = problem(**(TINY | {"weeks": 60} | changes))
    demand = [drawn_demand(asked, 3, np.random.default_rng(1))]

    (paths,) = follow(lambda nights: np.array([tonight(night).best for night in nights]), [asked], demand)

    solution = solve(asked, [visit for visits in paths for visit in visits])
    assert [len(visits) for visits in paths] == [asked.horizon_weeks // asked.review_weeks] * 3
    assert [solution.gap(visits) for visits in paths] == pytest.approx([0.0] * 3, abs=1e-3)


def test_between_reviews_arrivals_come_before_the_demand_of_their_week():
    lost = problem(2.0, lead=3, review_weeks=2, is_lost=True, stock=1, arrivals=((1, 4), (4, 9)))

    assert after(lost, 0, (1, 5), 7, [3, 2]) == (7, 7)
    assert later(lost, 2, (7, 7)).arrivals == ((2, 9), (1, 7))
