"""The cost of an order by its size: against enumeration, the newsvendor and the economic order quantity."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import stats

from models.inventory.ordering.least_cost import largest_stock_that_pays, least_cost_quantity
from tests.models.inventory.curves import curve, one

QUICK = settings(max_examples=30, deadline=None)


def cost(units, **given_all):
    return curve(**given_all).cost(one(units)).item()


@pytest.mark.parametrize("waits", [False, True])
@pytest.mark.parametrize("units", [0, 9, 14, 30])
def test_lost_and_left_are_those_of_enumeration(units, waits):
    counts = np.arange(200)
    chance = stats.poisson.pmf(counts, 14.0)
    made = curve(waits=waits)

    lost = made.lost(one(units))

    assert lost.item() == pytest.approx((np.maximum(counts - units, 0) * chance).sum(), rel=1e-9, abs=1e-9)
    assert made.leftover(one(units), lost).item() == pytest.approx(
        (np.maximum(units - counts, 0) * chance).sum(), rel=1e-9, abs=1e-9
    )


def test_single_units_without_a_line_cost_are_a_newsvendor():
    best = least_cost_quantity(curve(underage=4.0, overage=0.05)).item()

    assert best == stats.poisson.ppf(4.0 / 4.05, 14.0)
    assert cost(best) <= min(cost(best - 1), cost(best + 1))


def test_where_cycle_stock_decides_the_order_reaches_the_economic_quantity():
    """sqrt(2 K d / h): 8 a line, 2 a day, 0.005 a day; at the window's end its units less a window's are there."""
    economic = np.sqrt(2 * 8 * 2 / 0.005)
    made = curve(
        rate=2.0,
        daily=2.0,
        stock=2.0,
        level=2.0,
        fixed=8.0,
        holding=0.005,
        overage=0.005,
        batch=economic,
        underage=50.0,
    )

    assert least_cost_quantity(made).item() == pytest.approx(economic, abs=1)


def test_the_cheapest_number_of_packs_covers_the_window_and_no_more():
    # A second pack of 48 would lie for 24 days to serve what one pack and the next order serve.
    assert least_cost_quantity(curve(pack=48.0)).item() == 48
    assert least_cost_quantity(curve(rate=60.0, pack=48.0)).item() == 96


@QUICK
@given(
    rate=st.floats(0.5, 40.0),
    stock=st.integers(0, 30),
    pack=st.sampled_from([1, 4, 10]),
    first=st.integers(10, 60),
    apart=st.integers(5, 80),
    saved=st.floats(0.0, 0.6),
    fixed=st.sampled_from([0.0, 6.0]),
    revision=st.floats(0.0, 0.3),
)
@example(rate=2.2, stock=18, pack=4, first=32, apart=48, saved=0.26, fixed=6.0, revision=0.1)
def test_with_price_breaks_no_break_and_no_neighbour_is_cheaper(
    rate, stock, pack, first, apart, saved, fixed, revision
):
    second = first + apart
    breaks = f"all_units: {first}={6.42 - saved:.4f}; {second}={6.42 - 2 * saved:.4f}"
    made = curve(
        rate=rate,
        stock=stock,
        pack=pack,
        minimum=8,
        batch=32 // pack * pack or pack,
        fixed=fixed,
        underage=8.3,
        overage=0.028,
        holding=0.004,
        daily=rate / 7,
        revision=revision,
        unit_cost=6.42,
        price_breaks=breaks,
    )

    best = least_cost_quantity(made).item()

    reached = [np.ceil(at / pack) * pack for at in (first, second)]
    for other in (best - pack, best + pack, *reached):
        if other >= made.smallest_order().item():
            assert made.cost(one(best)).item() <= made.cost(one(other)).item() + 1e-6


def test_a_pack_more_than_needed_is_held_until_it_would_have_been_bought_anyway():
    # One pack leaves 48 - 14 = 34 after the window's 7 days, 20 above the level: at 2 a day the next order brings the
    # second pack 10 days later.
    made = curve(pack=48.0, rate=14.0, level=14.0, overage=0.07, holding=0.01, daily=2.0)

    one_pack, two_packs = (made.cost(one(units)).item() for units in (48, 96))

    assert two_packs - one_pack == pytest.approx(48 * 0.01 * (7 + 10), rel=1e-6)


def test_a_batch_waits_for_the_next_order_where_one_window_of_its_holding_exceeds_what_it_saves():
    point = largest_stock_that_pays(curve(pack=48.0, overage=0.07), one(48), one(1)).item()

    def gain(stock):
        made = curve(stock=stock, level=stock, pack=48.0, overage=0.07)
        lost = made.lost(one(0)) - made.lost(one(48))
        return (4.07 * lost - 0.07 * 48).item()

    assert gain(point) > 0 >= gain(point + 1)
    assert point < largest_stock_that_pays(curve(overage=0.07), one(1), one(1)).item()


def test_a_forecast_that_may_fall_makes_a_unit_too_many_dearer():
    steady, moving = (curve(revision=sd, level=120.0, rate=14.0, stock=120.0) for sd in (0.0, 0.3))

    def step_up(made):
        return (made.cost(one(60)) - made.cost(one(40))).item()

    assert step_up(moving) > step_up(steady)
    assert (
        largest_stock_that_pays(curve(revision=0.3), one(1), one(1)).item()
        <= largest_stock_that_pays(curve(), one(1), one(1)).item()
    )


def test_a_line_cost_counts_once_and_only_for_an_order():
    free, paid = curve(batch=40.0), curve(batch=40.0, fixed=5.0, holding=0.0)

    assert (paid.cost(one(40)) - curve(batch=40.0, holding=0.0).cost(one(40))).item() == pytest.approx(5.0)
    assert free.cost(one(0)).item() == pytest.approx(curve(batch=40.0, fixed=0.0).cost(one(0)).item())


def test_price_breaks_count_against_the_usual_price():
    made = curve(price_breaks="all_units: 50=5.50", economic_cost=5.5)

    assert made.purchase_premium(one(20)).item() == pytest.approx(20 * 0.5)
    assert made.purchase_premium(one(50)).item() == 0
    assert made.purchase_premium(one(0)).item() == 0


@pytest.mark.parametrize("waits", [False, True])
def test_what_is_not_sold_within_its_shelf_life_is_written_off(waits):
    """Twice the window's demand, 28, is sold before a delivery spoils; of 40 about 12 are not."""
    counts = np.arange(300)
    spoilt = (np.maximum(40 - counts, 0) * stats.poisson.pmf(counts, 28.0)).sum()
    kept, perishing = (cost(40, demand_ratio=ratio, waits=waits) for ratio in (np.nan, 2.0))

    assert perishing - kept == pytest.approx(6.0 * spoilt, rel=1e-6)


def test_a_short_shelf_life_orders_less():
    long, short = (least_cost_quantity(curve(demand_ratio=ratio)).item() for ratio in (50.0, 1.0))

    # What is left at the end of a window as long as the shelf life is lost: a newsvendor with the unit's cost.
    assert short == stats.poisson.ppf(4.0 / (4.0 + 0.05 + 6.0), 14.0)
    assert short < long


@QUICK
@given(
    rate=st.floats(0.05, 60),
    dispersion=st.sampled_from([1.0, 2.5]),
    underage=st.floats(0.1, 50),
    revision=st.sampled_from([0.0, 0.2]),
    level_share=st.floats(0.8, 3),
)
def test_without_line_cost_and_packs_cost_falls_to_its_least_and_rises_after(
    rate, dispersion, underage, revision, level_share
):
    made = curve(
        rate=rate, dispersion=dispersion, underage=underage, revision=revision, level=rate * level_share, daily=rate / 7
    )
    best = least_cost_quantity(made).item()

    costs = [made.cost(one(units)).item() for units in range(1, int(best) + 12)]

    assert best == 1 + int(np.argmin(costs)) or min(costs) == pytest.approx(costs[int(best) - 1], abs=1e-6)


@QUICK
@given(
    underage=st.floats(0.1, 20),
    more=st.floats(0, 50),
    pack=st.sampled_from([1.0, 6.0, 24.0]),
    fixed=st.sampled_from([0.0, 8.0]),
    revision=st.sampled_from([0.0, 0.2]),
)
def test_a_higher_shortage_cost_never_lowers_the_stock_that_orders(underage, more, pack, fixed, revision):
    def point(cost_of_shortage):
        made = curve(underage=cost_of_shortage, pack=pack, fixed=fixed, batch=max(pack, 30.0), revision=revision)
        return largest_stock_that_pays(made, one(max(pack, 30.0)), one(1)).item()

    assert point(underage + more) >= point(underage)
