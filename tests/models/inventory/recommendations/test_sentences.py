"""What a person reads: reasons, dates, exceptions and what is at stake."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from models.inventory.open_orders.sentences import open_order_sentence
from models.inventory.position.network import echelons
from models.inventory.position.outlook import DailyMeans, next_order_day
from models.inventory.recommendations.sentences import amount, day_text, units
from models.inventory.recommendations.sentences import sentence as words
from tests.models.inventory.company import AS_OF, day, decided, demand, item, line, only, order, parameter, stock, terms
from tests.models.inventory.recommendations.factories import AS_OF as AS_OF_LONG
from tests.models.inventory.recommendations.factories import open_order_reasons, reasons


def sentence(**given_all):
    return only(decided(**given_all))["reasons"]["sentence"]


def kinds(**given_all):
    return decided(**given_all).exceptions["kind"].tolist()


def test_the_sentence_says_stock_pace_supply_and_order():
    text = sentence(inventory=[stock(18)], supply=[terms(order_multiple=12, lead_time_days=10)])

    assert text == (
        "18 left, about 2 a day (P90 2.4): runs out 10 Apr; Acme takes 10 days. "
        "24 (2 packs of 12) for 144 EUR last until 28 Apr; 52 up to the level, later orders bring the rest; "
        "a week later costs 56 EUR more."
    )


def test_the_sentence_says_what_hinders():
    supply = [terms(order_multiple=12)]
    limit = [parameter("maximum_stock_units", 40)]

    assert "Marked do not order" in sentence(inventory=[stock(0)], parameters=[parameter("do_not_order", "true")])
    assert "limited by the maximum stock" in sentence(inventory=[stock(18)], supply=supply, parameters=limit)
    assert "the minimum order now, later orders bring the rest" in sentence(
        inventory=[stock(18)], supply=[terms(minimum_order_quantity=90)]
    )
    assert "No supply terms are known" in sentence(inventory=[stock(18)], supply=[])
    assert sentence() == "Stock is not known, so nothing is suggested."
    assert "next review" in sentence(inventory=[stock(90)])
    assert "runs out 10 Apr, before 10 arrive 9 Jun" in sentence(inventory=[stock(18)], orders=[order(promise=70)])


def test_slow_sellers_are_told_by_the_month():
    assert "about 1.5 a month" in sentence(inventory=[stock(2)], daily=0.05)
    empty = decided(inventory=[stock(0)], daily=0.05).exceptions.set_index("kind")
    assert "out of stock and about 1.5 wanted a month" in empty.loc["stockout_now", "message"]
    assert "less than 0.1 a month" in sentence(inventory=[stock(2)], daily=1e-6)


def test_what_is_on_order_is_said_however_long_the_sentence_is():
    # A case of weekly_midweek: 60 last until February only with the 150 that are on order.
    long = reasons(on_order=150.0, available=60.0, on_hand=60.0, stockout_probability=0.58, returns_expected=3.0,
                   fed_daily_demand=2.0, is_new=True, first_gap=AS_OF_LONG + dt.timedelta(days=50))  # fmt: skip

    assert "60 left, 150 on order, " in words(long)
    assert "58% likely to run out by" in words(long)


def test_stock_that_only_a_delivery_makes_last_says_both_days():
    # A case of bundle: 20 left are gone in five days, 200 are due before.
    short = {"available": 20.0, "on_hand": 20.0, "on_order": 200.0, "daily_demand": 4.28}
    due = {"next_delivery_on": AS_OF_LONG + dt.timedelta(days=4), "next_delivery_units": 200.0}
    later = {"first_gap": AS_OF_LONG + dt.timedelta(days=52), "order_units": 0.0, "stockout_probability": 0.36}

    text = words(reasons(**(short | due | later)))

    assert ": on hand runs out 27 Nov; all lasts until 13 Jan on average, 36% likely" in text
    assert "on hand runs out" not in words(reasons(**(short | due | later | {"stockout_probability": 0.1})))


def test_an_item_that_lasts_to_its_end_says_how_likely_not():
    ends = {"ends_on": AS_OF_LONG + dt.timedelta(days=17), "first_gap": None, "stockout_probability": 0.238}

    assert "lasts until it ends 9 Dec on average, 24% likely to run out by" in words(reasons(**ends))


@pytest.mark.parametrize(
    ("binding", "changes", "told"),
    [
        ("minimum order", {"wanted_units": 7.0, "order_units": 20.0}, "51 up to the level, the minimum order now"),
        ("minimum order", {"wanted_units": 51.0, "order_units": 60.0}, "51 needed, this is the minimum order"),
        ("phase-out", {"wanted_units": 7.0, "order_units": 4.0}, "51 up to the level, but it ends 10 Jan"),
        (
            "phase-out",
            {"required_units": 12.0, "required_by": "service target", "cost_if_nothing": -3.0, "order_units": 12.0},
            "required by the service target, cut since it ends 10 Jan",
        ),
    ],
)
def test_what_is_needed_is_the_way_to_the_level_and_what_holds_an_order_below_it_is_said(binding, changes, told):
    line = {"inventory_position": 5.0, "reorder_point": 44.0, "order_up_to_level": 56.0, "pack_units": 1.0}
    ends = {"ends_on": dt.date(2027, 1, 10), "binding_constraint": binding}

    assert told in words(reasons(**(line | ends | changes)))


def test_a_cancellation_claims_no_more_days_than_were_looked_at():
    assert "other supply lasts at least 90 days beyond that" in open_order_sentence(
        open_order_reasons(action="cancel", proposed_on=None, unneeded_days=90)
    )


def test_where_no_order_pays_the_sentence_names_no_reorder_point_below_zero():
    never = words(reasons(order_units=0.0, reorder_point=-1.0, inventory_position=3.0))

    assert "even on an empty shelf an order would cost more than it saves" in never
    assert "reorder point" not in never
    waits = words(reasons(order_units=0.0, unmet_demand="backordered", reorder_point=-3.0, inventory_position=0.0))
    assert "an order pays from 3 on backorder on" in waits


def test_figures_are_rounded_for_people():
    assert [amount(value) for value in (0.0, 0.004, 0.31, 2.04, 17.3, 1234.5)] == [
        "0",
        "0.01",
        "0.31",
        "2",
        "17",
        "1,230",
    ]
    assert [units(value) for value in (3.0, 1250.0, 2.5, 1.9999, -1e-9)] == ["3", "1,250", "2.5", "2", "0"]
    assert day_text(dt.date(2027, 1, 10), dt.date(2026, 11, 20)) == "10 Jan"


def test_days_of_supply_read_the_forecast_and_not_an_average():
    means = DailyMeans.of(demand([item()], 2.0))

    assert means.days_of_supply(np.array([9.0])).tolist() == [4.5]
    assert means.days_of_supply(np.array([0.0])).tolist() == [0.0]
    assert np.isnan(means.days_of_supply(np.array([np.nan]))).all()
    assert np.isnan(DailyMeans.of(demand([item()], 0.0)).days_of_supply(np.array([5.0]))).all()
    far = means.days_of_supply(np.array([2.0 * 900]))
    assert far.item() == pytest.approx(900, rel=0.01)


def test_the_first_gap_comes_before_a_late_delivery():
    early, late = (only(decided(inventory=[stock(10)], orders=[order(units=40, promise=when)])) for when in (3, 12))

    assert early["first_gap_on"] > late["first_gap_on"]
    assert late["first_gap_on"] == day(6)


def test_stock_lasts_from_the_arrival_on_and_sales_lost_before_need_nothing():
    row = only(decided(inventory=[stock(18)]))  # gone on day 9; 24 arrive on day 16 and last 12 days

    assert row["order_units"] == 24
    assert row["lasts_until"] == day(16 + 12)


def test_an_item_not_ordered_now_is_looked_at_before_its_position_falls_too_low():
    row = only(decided(inventory=[stock(90)]))

    assert row["order_by"] > row["placed_on"]
    below = row["inventory_position"] - 2 * (row["order_by"] - day(0)).days
    assert below >= row["reorder_point"]
    assert below - 2 * 7 < row["reorder_point"]


def test_no_day_is_named_where_none_is_known():
    means = DailyMeans.of(demand([item()], 0.0))
    today = np.array([np.datetime64(AS_OF, "D")])

    found = next_order_day(
        means,
        position=np.array([5.0]),
        reorder_point=np.array([1.0]),
        placed_on=today,
        next_placed_on=today + 7,
        as_of=np.datetime64(AS_OF, "D"),
        expected_on=today + 3,
        sells_from=np.array([np.datetime64("NaT", "D")]),
    )

    assert np.isnat(found).all()


def test_money_at_stake_is_what_waiting_loses_less_what_stock_costs():
    decisions = decided(inventory=[stock(0)])
    row, policy = only(decisions), decisions.policies.iloc[0]

    saved = row["reasons"]["units_saved"]
    # Nothing is left on arrival: the window's mean demand is 14, and the order less what it serves is left over.
    left = row["order_units"] - saved
    expected = policy["underage_cost"] * saved - policy["overage_cost"] * left

    assert row["money_at_stake"] == pytest.approx(expected, abs=0.01)


def test_a_stockout_is_certain_on_an_empty_shelf_and_unlikely_on_a_full_one():
    empty, full = only(decided(inventory=[stock(0)])), only(decided(inventory=[stock(90)]))

    assert empty["stockout_probability"] == pytest.approx(1.0)
    assert empty["expected_lost_units"] == pytest.approx(46, rel=0.01)
    assert full["stockout_probability"] < 1e-6


def test_paths_and_distribution_agree_on_the_chance_of_a_stockout():
    by_total = only(decided(inventory=[stock(40)], dispersion=1.5, level_sd=0.2, scenarios=2000))
    # An order of nothing worth mentioning makes the same figures come from the paths.
    by_paths = only(
        decided(inventory=[stock(39)], orders=[order(units=1, promise=1)], dispersion=1.5, level_sd=0.2, scenarios=2000)
    )

    assert by_paths["stockout_probability"] == pytest.approx(by_total["stockout_probability"], abs=0.03)
    assert by_paths["expected_lost_units"] == pytest.approx(by_total["expected_lost_units"], rel=0.06)


def test_what_runs_out_before_anything_can_arrive_is_at_risk_and_what_is_out_is_critical():
    assert "at_risk" in kinds(inventory=[stock(10)])
    assert "at_risk" not in kinds(inventory=[stock(60)])
    out = decided(inventory=[stock(0)], orders=[order(promise=4)]).exceptions.set_index("kind").loc["stockout_now"]
    assert out["severity"] == "critical"
    assert "10 are expected around" in out["message"]


def test_overstock_and_dead_stock_state_their_threshold():
    long = decided(inventory=[stock(400)]).exceptions.set_index("kind").loc["overstock"]
    sold = {"first_sale_on": day(-900), "last_sale_on": day(-181)}
    dead = decided([item(**sold)], inventory=[stock(4)], daily=0.0).exceptions.set_index("kind").loc["dead_stock"]

    assert long["figures"]["excess_units"] == pytest.approx(400 - 2 * 120)
    assert long["figures"]["threshold"] == 120
    assert dead["figures"] == {"days": 181.0, "threshold": 180, "value_base": 24.0}


def test_new_items_and_stopgap_forecasts_are_told():
    new = item(first_sale_on=day(-20), last_sale_on=day(-1), fallback_reason="model raised")
    decisions = decided([new], inventory=[stock(60)])

    assert decisions.exceptions["kind"].tolist() == ["forecast_fallback", "new_item"]
    assert only(decisions)["confidence"] == "low"


def test_every_exception_names_its_item_and_holds_figures():
    decisions = decided(
        inventory=[stock(3)],
        orders=[order(offset=-40, promise=-9)],
        lines=[line(placed=-12)],
        parameters=[parameter("maximum_stock_units", 5)],
    )

    assert {"overdue_order", "unseen_export", "held_back"} <= set(decisions.exceptions["kind"])
    assert decisions.exceptions["message"].str.startswith("A at BER: ").all()
    assert decisions.exceptions["figures"].map(len).gt(0).all()
    assert set(decisions.exceptions["severity"]) <= {"info", "warning", "critical"}


def test_locations_are_settled_after_those_that_they_feed():
    assert [part.tolist() for part in echelons(np.array([-1, 0, 1, -1]))] == [[2], [1], [0, 3]]


def test_locations_that_feed_each_other_end_all_the_same():
    assert sum(len(part) for part in echelons(np.array([1, 0]))) == 2


def test_missing_tables_are_like_empty_ones():
    decisions = decided(inventory=[stock(18)], products=[], transfers=[])

    assert isinstance(decisions.recommendations, pd.DataFrame)
