"""A sending location plans on the pooled remainder of those that it feeds."""

import numpy as np
import pytest

from models.inventory.position.pooled_demand import pooled_demand
from tests.models.inventory.company import decided, demand, item, stock, terms

PLACES = ("HUB", "X", "Y", "Z")
SENDER = np.array([-1, 0, 0, 0])


def pooled(daily=(0.0, 2.0, 2.0, 2.0), position=(0, 0, 0, 0), transfer=0, days=30, **options):
    """The hub's total over `days` with what X, Y and Z ask of it."""
    own = demand([item("A", place) for place in PLACES], list(daily), **options)
    reach, moving = np.full(4, days), np.full(4, transfer)
    found = pooled_demand(own, SENDER, np.array(position, dtype=float), moving, reach)
    return found.take([0]).interval(1, days), own.interval(1, days + transfer)


def test_needs_add_up_and_risks_are_pooled():
    total, own = pooled(level_sd=[0.0, 0.3, 0.3, 0.3], dispersion=1.5)

    assert total.mean[0] == pytest.approx(180.0, rel=1e-6)
    # Eppen (1979): independent demands, so the variances add up, not the standard deviations.
    assert total.sd[0] == pytest.approx(np.sqrt(3) * own.sd[1], rel=0.01)


def test_shared_factors_are_not_pooled_away():
    own = demand([item("A", place) for place in PLACES], [0.0, 2.0, 2.0, 2.0], level_sd=[0.0, 0.3, 0.3, 0.3])
    together = own.exposure.copy()
    together[:, 0] = 0.9
    reach, moving = np.full(4, 30), np.zeros(4, dtype=np.int64)

    apart = pooled_demand(own, SENDER, np.zeros(4), moving, reach).take([0]).interval(1, 30)
    from dataclasses import replace

    alike = pooled_demand(replace(own, exposure=together), SENDER, np.zeros(4), moving, reach).take([0]).interval(1, 30)

    assert alike.sd[0] > 1.3 * apart.sd[0]


def test_stock_of_fed_locations_comes_first():
    without, _ = pooled()
    with_stock, _ = pooled(position=(0, 20, 20, 0))

    assert with_stock.mean[0] == pytest.approx(without.mean[0] - 40, abs=0.5)


def test_more_than_a_fed_location_needs_helps_nobody_else():
    plenty, _ = pooled(position=(0, 1_000, 0, 0))

    assert plenty.mean[0] == pytest.approx(120.0, rel=1e-3)


def test_what_takes_time_to_get_there_is_asked_for_earlier():
    soon, _ = pooled()
    late, _ = pooled(transfer=5)

    assert late.mean[0] == pytest.approx(soon.mean[0] + 3 * 2 * 5, rel=1e-6)


def test_a_hub_without_demand_of_its_own_is_asked_in_its_stores_orders():
    own = demand(
        [item("A", place) for place in ("HUB", "S1", "S2")], [0.0, 0.5, 0.5], dispersion=55.0, order_steps=[0, 50, 50]
    )
    feeders, none = np.array([-1, 0, 0]), np.zeros(3)

    hub = pooled_demand(own, feeders, none, np.zeros(3, dtype=np.int64), np.full(3, 14)).take([0])

    assert hub.order_steps[0] == pytest.approx(50)
    both = np.exp(-2 * 7 / 50)
    assert hub.interval(1, 14).cdf(0.0)[0] == pytest.approx(both, abs=0.08)


def test_items_that_feed_none_are_as_they_were():
    own = demand([item("A", place) for place in PLACES], 2.0)

    same = pooled_demand(own, np.full(4, -1), np.zeros(4), np.zeros(4, dtype=np.int64), np.full(4, 30))

    assert same is own


def test_a_hub_orders_for_those_that_it_feeds_and_gets_the_credit():
    items = [item("A", "BER"), item("A", "FBA")]
    routes = [{"from_location": "BER", "to_location": "FBA", "sku": "*", "lead_time_days": 3.0, "cost_per_unit": 0.1}]

    decisions = decided(
        items,
        inventory=[stock(12, "A", "BER"), stock(0, "A", "FBA")],
        supply=[terms("A", "BER")],
        daily=[0.0, 3.0],
        transfer_terms=routes,
    )
    hub = decisions.recommendations.iloc[0]

    assert hub["order_units"] > 0
    assert hub["money_at_stake"] > 20
    assert "fed from here" in hub["reasons"]["sentence"]
