"""Levels from the distribution of demand, against the known answers."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from models.inventory.ordering.levels import (
    backordered_levels,
    fill_rate_of_level,
)
from models.inventory.ordering.order_sizes import economic_quantity
from models.inventory.ordering.overrides import with_set_levels
from models.inventory.position.interval_demand import demand_quantiles, demand_until
from models.inventory.terms.service_targets import Targets, service_targets
from tests.models.inventory.company import demand, item

CASES = {case["id"]: case for case in json.loads((Path(__file__).parents[1] / "known_answers.json").read_text())}


def targets(way, target, count=1):
    return Targets(np.full(count, way, dtype=object), np.full(count, float(target)))


def levels(
    target, *, daily=2.0, lead=10, review=7, way="cycle_service", position=0.0, economic=0.0, batch=1.0, **options
):
    distribution = demand([item()], daily, **options)
    return backordered_levels(
        np.array([float(position)]),
        targets=targets(way, target),
        until_arrival=distribution.interval(1, lead),
        protection=distribution.interval(1, lead + review),
        economic_units=np.array([economic]),
        batch_units=np.array([batch]),
    )


@pytest.mark.parametrize("name", ["mixed-lead-time-1", "mixed-lead-time-2"])
def test_the_level_mixes_over_the_lead_times(name):
    """inventory_cases.json: the smallest level of the mixture, not of the mean lead time."""
    case = CASES[name]["inputs"]
    lead = {int(days): chance for days, chance in case["lead_time_days_pmf"].items()}
    distribution = demand([item()], case["daily_demand_mean"])
    ends = np.zeros((1, max(lead) + case["review_days"] + 1))
    starts = np.zeros_like(ends)
    for days, chance in lead.items():
        ends[0, days + case["review_days"]] = chance
        starts[0, days] = chance
    protection = demand_until(distribution, ends)

    found = backordered_levels(
        np.zeros(1),
        targets=targets("cycle_service", case["cycle_service_level"]),
        until_arrival=demand_until(distribution, starts),
        protection=protection,
        economic_units=np.zeros(1),
        batch_units=np.ones(1),
    )

    expected = CASES[name]["expected"]
    assert found.order_up_to_level.item() == expected["order_up_to_level"]
    assert protection.mean.item() == pytest.approx(expected["protection_demand_mean"])
    assert protection.cdf(found.order_up_to_level).item() == pytest.approx(expected["cycle_service"], rel=1e-6)
    assert protection.expected_shortage(found.order_up_to_level).item() == pytest.approx(
        expected["expected_units_short"], rel=1e-5
    )


@pytest.mark.parametrize(("batch", "ratio"), [(400.0, 0.9), (40.0, 0.95), (6.0, 0.9)])
def test_a_batch_is_ordered_where_it_costs_the_same_now_as_it_saves(batch, ratio):
    """Snyder & Shen (2019), eq. 5.12: below the point a position costs more than one a batch higher. A batch that lasts
    for years waits until units are owed.
    """
    found = levels(ratio, daily=0.02, way="cost", batch=batch)
    total = stats.poisson(0.02 * 17)
    values = np.arange(60)

    def cost(position):
        left = total.pmf(values) @ np.maximum(position - values, 0)
        return (1 - ratio) * left + ratio * (left - position + total.mean())

    point = found.reorder_point.item()
    assert cost(point) >= cost(point + batch)
    assert cost(point + 1) < cost(point + 1 + batch)
    assert (point < -1) == (batch >= 40)
    assert found.order_up_to_level.item() >= 1


@pytest.mark.parametrize("name", ["rs-fill-rate-1", "rs-fill-rate-2"])
def test_fill_rate_of_the_order_up_to_policy(name):
    case, expected = CASES[name]["inputs"], CASES[name]["expected"]
    given_all = {"daily": case["daily_demand_mean"], "lead": case["lead_time_days"], "review": case["review_days"]}
    distribution = demand([item()], given_all["daily"])
    until = distribution.interval(1, given_all["lead"])
    protection = distribution.interval(1, given_all["lead"] + given_all["review"])

    rate = fill_rate_of_level(np.array([float(case["order_up_to_level"])]), until, protection).item()
    level = levels(case["target_fill_rate"], way="fill_rate", **given_all).order_up_to_level.item()

    assert rate == pytest.approx(expected["fill_rate"], rel=1e-6)
    assert level == expected["smallest_level_for_target"]


def test_the_economic_quantity():
    """inventory_cases.json, eoq-1."""
    case = CASES["eoq-1"]["inputs"]

    found = economic_quantity(case["demand_rate"], case["fixed_cost"], case["holding_cost"])

    assert found == pytest.approx(CASES["eoq-1"]["expected"]["order_quantity"])
    assert economic_quantity(0.0, 8.0, 0.2) == 0
    assert economic_quantity(5.0, 0.0, 0.2) == 0


def test_without_fixed_cost_the_level_is_compared_and_with_it_the_reorder_point():
    plain, fixed = levels(0.95), levels(0.95, economic=40.2)

    assert plain.compared == plain.order_up_to_level == plain.reorder_point + 1
    assert fixed.compared == fixed.reorder_point == plain.reorder_point
    assert fixed.order_up_to_level == fixed.reorder_point + 40


def test_a_fill_rate_spread_over_a_large_order_needs_less():
    assert levels(0.98, way="fill_rate", economic=200.0).compared < levels(0.98, way="fill_rate").compared


def test_nothing_is_wanted_above_the_reorder_point_or_without_a_position():
    point = levels(0.95).reorder_point.item()

    assert levels(0.95, position=point).wanted.item() == 1
    assert levels(0.95, position=point + 1).wanted.item() == 0
    assert levels(0.95, position=np.nan).wanted.item() == 0


def test_a_level_set_by_people_moves_all_of_the_policy():
    before = levels(0.95, position=10)

    after = with_set_levels(
        before, np.array([10.0]), lowest_level=np.array([np.nan]), set_level=np.array([99.5]), step=np.ones(1)
    )

    assert after.order_up_to_level.item() == 100
    assert after.wanted.item() == 90


def test_a_minimum_below_the_level_changes_nothing():
    before = levels(0.95, position=10)

    after = with_set_levels(
        before, np.array([10.0]), lowest_level=np.array([5.0]), set_level=np.array([np.nan]), step=np.ones(1)
    )

    assert after.order_up_to_level == before.order_up_to_level
    assert after.wanted == before.wanted


@pytest.mark.parametrize(
    ("service_by", "own", "of_class", "way", "target"),
    [
        ("cost", np.nan, np.nan, "cost", 0.99),
        ("cost", np.nan, 0.9, "cycle_service", 0.9),
        ("cost", 0.8, 0.9, "cycle_service", 0.8),
        ("cycle_service", np.nan, np.nan, "cycle_service", 0.95),
        ("fill_rate", np.nan, 0.9, "fill_rate", 0.9),
        ("fill_rate", np.nan, np.nan, "fill_rate", 0.97),
    ],
)
def test_the_items_target_goes_before_its_classs_and_the_companys(service_by, own, of_class, way, target):
    found = service_targets(
        service_by=service_by,
        critical_ratio=np.array([0.99]),
        cycle_service_target=0.95,
        fill_rate_target=0.97,
        class_target=np.array([of_class]),
        item_target=np.array([own]),
    )

    assert (found.service_by.item(), found.target.item()) == (way, target)


@settings(max_examples=30, deadline=None)
@given(low=st.floats(0, 0.99), more=st.floats(0, 0.5), way=st.sampled_from(["cycle_service", "fill_rate"]))
def test_a_higher_target_never_lowers_the_level(low, more, way):
    high = min(low + more, 0.999)

    assert levels(high, way=way, level_sd=0.3).order_up_to_level >= levels(low, way=way, level_sd=0.3).order_up_to_level


@settings(max_examples=40, deadline=None)
@given(
    daily=st.floats(0, 30),
    dispersion=st.floats(1, 8),
    level_sd=st.floats(0, 1),
    chance=st.floats(0, 0.9999),
    unit_step=st.sampled_from([1.0, 0.25]),
)
def test_quantiles_are_those_of_the_distribution(daily, dispersion, level_sd, chance, unit_step):
    options = {"dispersion": dispersion, "level_sd": level_sd, "unit_step": unit_step}
    total = demand([item()], daily, **options).interval(1, 23)

    assert demand_quantiles(total, np.array([[chance]])).item() == total.quantile(chance).item()
