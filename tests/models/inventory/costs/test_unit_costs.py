"""The critical ratio has a time in it."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.inventory.costs.contribution import channel_contribution
from models.inventory.costs.unit_costs import (
    critical_ratio,
    holding_cost_per_unit_day,
    overage_days,
    unit_costs,
)
from tests.models.inventory.factories import rules as decision_rules

AS_OF = dt.date(2026, 3, 31)


def costs(*, landed=6.0, contribution=4.0, price=10.0, review=7.0, daily=5.0, volume=np.nan, **rules):
    one = np.ones(1)
    return unit_costs(
        landed_cost=one * landed,
        contribution=one * contribution,
        net_price=one * price,
        volume_m3=one * volume,
        review_days=one * review,
        daily_demand=one * daily,
        rules=decision_rules(**rules),
    )


def mix(*rows):
    columns = ["sku", "location", "channel", "units_share", "net_price_base", "return_rate", "resellable_share"]
    return pd.DataFrame([("A", "BER", *row) for row in rows], columns=columns)


ITEM = pd.DataFrame({"sku": ["A"], "location": ["BER"]})


def contribution(channel_mix, fees=None, unit_cost=6.0):
    fees = pd.DataFrame() if fees is None else pd.DataFrame(fees)
    return channel_contribution(ITEM, channel_mix, fees, np.array([unit_cost]), as_of=AS_OF)[0].item()


@pytest.mark.parametrize(("days", "ratio"), [(7, 10 / 10.07), (1, 10 / 10.01)])
def test_the_worked_example(days, ratio):
    """docs/method.md, Costs: margin 10, holding 0.01 a day, weekly review: 0.993; a day's holding would be 0.999."""
    assert critical_ratio(10.0, 0.01 * days) == pytest.approx(ratio)
    assert critical_ratio(10.0, 0.01 * 7).round(3) == 0.993
    assert critical_ratio(10.0, 0.01 * 1).round(3) == 0.999
    assert critical_ratio(10.0, 10.0) == 0.5


def test_a_steady_seller_is_charged_for_the_review_period():
    assert overage_days(7.0, 5.0) == 7


def test_a_slow_seller_is_charged_for_the_time_to_sell():
    assert overage_days(7.0, 0.02) == 50


def test_without_demand_the_time_is_long_and_not_infinite():
    assert overage_days(7.0, 0.0) == 730


def test_holding_is_capital_storage_and_obsolescence():
    rules = decision_rules(
        capital_rate_per_year=0.10,
        storage_rate_per_year=0.05,
        obsolescence_rate_per_year=0.05,
        storage_cost_per_m3_day=0.35,
    )

    by_value, by_volume = holding_cost_per_unit_day([73.0, 73.0], [np.nan, 0.2], rules)

    assert by_value == pytest.approx(73 * 0.20 / 365)
    assert by_volume == pytest.approx(73 * 0.15 / 365 + 0.2 * 0.35)


def test_underage_is_what_does_not_come_back_plus_goodwill():
    assert costs(share_of_demand_lost=0.5, goodwill_cost_per_unit=1.5).underage.item() == pytest.approx(0.5 * 4 + 1.5)


def test_a_customer_lost_for_good_costs_more_than_the_sale():
    assert costs(lost_customer_factor=0.3, share_of_demand_lost=0.5).underage.item() == pytest.approx((0.5 + 0.3) * 4)


def test_what_people_set_for_an_item_goes_before_what_is_computed():
    one, nothing = np.ones(1), np.full(1, np.nan)
    given_all = {
        "landed_cost": one * 6, "contribution": one * 4, "net_price": one * 10, "volume_m3": nothing,
        "review_days": one * 7, "daily_demand": one * 5, "rules": decision_rules(),
    }  # fmt: skip

    own = unit_costs(**given_all, own_underage=one * 25, own_holding=one * 0.1)
    plain = unit_costs(**given_all, own_underage=nothing, own_holding=nothing)

    assert (own.underage.item(), own.holding_per_unit_day.item()) == (25, 0.1)
    assert own.critical_ratio.item() == pytest.approx(25 / 25.7)
    assert plain.underage.item() == pytest.approx(costs().underage.item())


def test_contribution_is_averaged_over_the_channels():
    half = mix(("shop", 0.5, 10.0, 0.0, 0.0), ("market", 0.5, 12.0, 0.0, 0.0))
    fees = [{"channel": "market", "commission_fraction": 0.15, "payment_fee_fraction": 0.05, "valid_from": pd.NaT}]

    assert contribution(half, fees) == pytest.approx(0.5 * (10 - 6) + 0.5 * (12 * 0.8 - 6))


def test_returned_goods_that_sell_again_cost_nothing_but_handling():
    returned = mix(("shop", 1.0, 8.0, 0.2, 0.5))  # 8 a unit sold, net of the fifth that comes back
    fees = [{"channel": "shop", "commission_fraction": 0.0, "return_cost_per_unit": 2.0, "valid_from": pd.NaT}]

    assert contribution(returned, fees) == pytest.approx(8 - 0.2 * 2 - 6 * (1 - 0.1))


def test_channel_costs_are_those_in_force():
    fees = [
        {"channel": "shop", "commission_fraction": 0.1, "valid_from": pd.NaT},
        {"channel": "shop", "commission_fraction": 0.2, "valid_from": pd.Timestamp("2026-01-01")},
        {"channel": "shop", "commission_fraction": 0.9, "valid_from": pd.Timestamp("2026-05-01")},
    ]

    assert contribution(mix(("shop", 1.0, 10.0, 0.0, 0.0)), fees) == pytest.approx(10 * 0.8 - 6)


def test_an_unknown_price_is_assumed_from_the_cost_and_told():
    unknown = costs(contribution=np.nan, price=np.nan, gross_margin_default=0.4)

    assert unknown.contribution.item() == pytest.approx(6 / 0.6 - 6)
    assert unknown.margin_is_assumed.all()
    assert not costs().margin_is_assumed.any()


def test_an_unknown_cost_is_assumed_from_the_price():
    assert costs(landed=np.nan, contribution=np.nan, gross_margin_default=0.4).unit_cost.item() == pytest.approx(6.0)


def test_selling_at_a_loss_has_no_underage():
    loss = costs(contribution=-1.0)

    assert loss.underage.item() == 0
    assert loss.critical_ratio.item() == 0


@given(under=st.floats(0, 1e6), over=st.floats(1e-9, 1e6), more=st.floats(0, 1e6))
def test_the_ratio_rises_with_underage_and_falls_with_overage(under, over, more):
    ratio = critical_ratio(under, over)

    assert 0 <= ratio <= 1
    assert critical_ratio(under + more, over) >= ratio
    assert critical_ratio(under, over + more) <= ratio
