"""Fair shares: equal chances of running out, nobody gives back, never more than there is."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.demand.distribution.counts import CountMixture
from models.inventory.position.allocation import fair_shares
from tests.models.inventory.company import decided, item, stock, terms
from tests.oracles.fair_share import fair_share_normal

QUICK = settings(max_examples=40, deadline=None)


def poisson(*means):
    """Poisson demand of as many claimants."""
    count = len(means)
    return CountMixture(np.array(means, dtype=float)[:, None], np.ones((count, 1)), np.ones((count, 1)), np.ones(count))


def shares(means, held, available, pack=1.0, wanted=1e6):
    """Shares of one pool."""
    count = len(means)
    return fair_shares(
        poisson(*means),
        position=np.array(held, dtype=float),
        wanted=np.broadcast_to(np.asarray(wanted, dtype=float), (count,)),
        pack=np.broadcast_to(np.asarray(pack, dtype=float), (count,)),
        pool=np.zeros(count, dtype=np.int64),
        available=np.array([float(available)]),
    )


def test_counts_are_shared_as_normal_demand_is():
    means, held = np.array([400.0, 250.0, 600.0]), np.array([100.0, 50.0, 300.0])

    exact = fair_share_normal(means, np.sqrt(means), held, 500.0)

    assert shares(means, held, 500) == pytest.approx(exact.allocation, abs=1.5)


def test_who_has_enough_gets_nothing():
    found = shares([40, 25, 60], [10, 5, 100], 30)

    assert found[2] == 0
    assert found.sum() == 30


def test_everybody_gets_what_is_wanted_where_there_is_enough():
    assert shares([10, 10], [0, 0], 100, wanted=[12, 8]).tolist() == [12, 8]


def test_what_is_left_over_goes_to_the_most_likely_to_run_out():
    assert shares([10, 30], [0, 0], 7, pack=[6, 4]).tolist() == [0, 4]


@QUICK
@given(
    means=st.lists(st.floats(0.5, 60), min_size=1, max_size=5),
    held=st.lists(st.integers(0, 40), min_size=5, max_size=5),
    packs=st.lists(st.integers(1, 7), min_size=5, max_size=5),
    available=st.integers(0, 150),
)
def test_shares_fit_are_whole_packs_and_leave_equal_risks(means, held, packs, available):
    count = len(means)
    pack, position = np.array(packs[:count], dtype=float), np.array(held[:count], dtype=float)
    wanted = np.ceil(np.array(means) * 1.5 / pack) * pack

    found = shares(means, position, available, pack=pack, wanted=wanted)

    assert found.sum() <= available + 1e-9
    assert (found >= 0).all()
    assert found == pytest.approx(np.rint(found / pack) * pack)
    assert (found <= wanted + 1e-9).all()
    demand = poisson(*means)
    left = available - found.sum()
    worst_off = (1 - demand.cdf(position + found))[(found + pack <= wanted) & (pack <= left)]
    assert not len(worst_off)  # whoever could still take a pack would have got it
    # Taking a pack away from anybody leaves him at least as badly off as anybody whose pack it could have been.
    without = 1 - demand.cdf(position + found - pack)
    for giver in np.flatnonzero(found > 0):
        takers = (found + pack <= wanted) & (pack <= left + pack[giver])
        takers[giver] = False
        with_one = (1 - demand.cdf(position + found + pack))[takers]
        assert (without[giver] >= with_one - 1e-6).all()


def sent(hub_stock, first=0, second=1):
    """Transfers of a hub that sells 2 a day itself to two locations that sell 2 a day, in packs of 4."""
    items = [item("A", "BER"), item("A", "FBA"), item("A", "SHOP")]
    routes = [
        {"from_location": "BER", "to_location": place, "sku": "*", "lead_time_days": 5.0, "order_multiple": 4.0}
        for place in ("FBA", "SHOP")
    ]
    decisions = decided(
        items,
        inventory=[stock(hub_stock, "A", "BER"), stock(first, "A", "FBA"), stock(second, "A", "SHOP")],
        supply=[terms("A", "BER")],
        transfer_terms=routes,
    )
    return decisions.recommendations.query("action == 'transfer'")["order_units"]


def test_a_hub_shares_scarce_stock_with_those_that_it_feeds_and_with_itself():
    plenty, scarce = sent(1_000.0), sent(40.0)

    assert (scarce % 4 == 0).all()
    assert 0 < scarce.sum() < min(plenty.sum(), 40.0)  # it keeps a share for its own customers
    assert abs(scarce.diff().iloc[-1]) <= 4  # those alike get alike


def test_a_hub_without_stock_sends_nothing():
    assert sent(0.0).empty
