"""Returns fit to sell are a supply with a distribution."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.resellable_returns import ExpectedReturns
from models.inventory.position.net_demand import net_of_returns, returns_by_period
from tests.models.inventory.company import decided, demand, item, only, stock

QUICK = settings(max_examples=30, deadline=None)


def returns(rate=0.2, sold_already=0.0, days=28):
    """One item's: `sold_already` units come back evenly over the days."""
    return ExpectedReturns(np.array([rate]), np.full((1, days), sold_already / days), days / 2)


def test_returns_of_past_and_future_sales_add_up():
    own = demand([item()], 2.0)

    by_period = returns_by_period(own, returns(rate=0.2, sold_already=14.0))

    # 14 of past sales over 28 days, and from the 15th day on a fifth of two weeks' sales: 14 x 2 x 0.2.
    assert by_period[0, :28].sum() == pytest.approx(14 + 14 * 2 * 0.2)
    assert by_period[0, 40:100].sum() == pytest.approx(60 * 2 * 0.2)


def test_net_demand_has_the_mean_less_and_the_variance_more():
    own = demand([item()], 2.0, dispersion=1.5, level_sd=0.3)
    coming = np.broadcast_to(0.2 * own.mean, own.mean.shape)

    net = net_of_returns(own, coming).interval(1, 60)
    gross = own.interval(1, 60)

    assert net.mean[0] == pytest.approx(0.8 * gross.mean[0])
    # Poisson returns on top of the whole of demand's noise and level error.
    assert net.sd[0] ** 2 == pytest.approx(gross.sd[0] ** 2 + 0.2 * gross.mean[0], rel=0.01)


def test_less_is_ordered_where_much_comes_back_and_it_is_told():
    none, some = only(decided(inventory=[stock(18)])), only(decided(inventory=[stock(18)], returns=returns(0.3, 8.0)))

    assert some["order_units"] < none["order_units"]
    assert "returns expected" in some["reasons"]["sentence"]
    assert "return" not in none["reasons"]["sentence"]


@pytest.mark.parametrize("unmet", ["lost", "backordered"])
def test_no_returns_change_nothing(unmet):
    without = only(decided(inventory=[stock(18)], unmet_demand=unmet))
    nothing = only(decided(inventory=[stock(18)], unmet_demand=unmet, returns=returns(0.0)))

    assert nothing.drop("reasons").equals(without.drop("reasons"))


def test_returns_must_be_of_the_same_items():
    with pytest.raises(ValueError, match="of 1 items for 2"):
        returns_by_period(demand([item("A"), item("B")]), returns())


@QUICK
@given(rate=st.floats(0, 1), past=st.floats(0, 500), daily=st.floats(0, 20))
def test_net_demand_is_never_negative(rate, past, daily):
    own = demand([item()], daily)

    net = net_of_returns(own, returns_by_period(own, returns(rate, past)))

    assert (net.mean >= 0).all()
    assert (net.mean <= own.mean + 1e-9).all()
    assert (net.dispersion >= 1).all()
