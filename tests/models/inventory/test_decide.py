"""The decision for a bucket of items, through the front door."""

import datetime as dt
import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.inventory.decide import decide
from tests.models.inventory.company import AS_OF, day, decided, demand, item, line, only, order, parameter, stock, terms
from tests.models.inventory.factories import rules as decision_rules

QUICK = settings(max_examples=12, deadline=None)


def test_an_empty_shelf_orders_and_a_full_one_does_not():
    empty, full = only(decided(inventory=[stock(18)])), only(decided(inventory=[stock(200)]))

    assert (empty["action"], full["action"]) == ("order", "none")
    assert empty["order_units"] > 0
    assert full["order_units"] == 0
    assert full["money_at_stake"] == 0


def test_an_order_goes_out_at_or_below_the_reorder_point_only():
    point = only(decided(inventory=[stock(0)]))["reorder_point"]

    below, above = (only(decided(inventory=[stock(point + more)], order_line_gain_minimum=0.0)) for more in (0, 1))

    assert (below["reorder_point"], above["reorder_point"]) == (point, point)
    assert (below["order_units"], above["order_units"]) == (1, 0)


@pytest.mark.parametrize("unmet", ["lost", "backordered"])
def test_reorder_point_is_one_step_below_the_order_up_to_level_without_fixed_cost(unmet):
    row = only(decided(inventory=[stock(18)], unmet_demand=unmet))

    assert row["order_up_to_level"] - row["reorder_point"] == 1
    assert row["safety_stock"] == pytest.approx(row["order_up_to_level"] - row["demand_mean"])


def test_backordered_orders_up_to_the_level():
    row = only(decided(inventory=[stock(18)], unmet_demand="backordered"))

    assert row["inventory_position"] + row["order_units"] == row["order_up_to_level"]


def test_a_lost_sale_needs_no_replacing():
    lost = only(decided(inventory=[stock(0)]))
    waiting = only(decided(inventory=[stock(0)], unmet_demand="backordered"))

    assert lost["order_units"] < waiting["order_units"] - 20  # 16 days of 2 a day pass before it arrives


def test_a_fixed_cost_makes_the_order_as_large_as_is_economic():
    row = only(decided(inventory=[stock(18)], supply=[terms(fixed_cost_per_line=20)]))
    policy = decided(inventory=[stock(18)], supply=[terms(fixed_cost_per_line=20)]).policies.iloc[0]

    assert policy["policy"] == "cost"
    # sqrt(2 K d / h): 20 a line, 2 a day, 6.00 at 20 % a year
    assert policy["eoq"] == pytest.approx(np.sqrt(2 * 20 * 2 / (6 * 0.20 / 365)))
    # The level is where the order leads, from below the reorder point by no more than a tenth of that quantity.
    assert row["order_up_to_level"] == row["inventory_position"] + row["order_units"]
    assert row["order_up_to_level"] - row["reorder_point"] == pytest.approx(policy["eoq"], rel=0.15)


def test_every_planned_item_has_a_row():
    items = [item("A"), item("B"), item("C")]
    decisions = decided(items, inventory=[stock(5, "A"), stock(5, "B")], supply=[terms("A"), terms("C")])

    assert decisions.recommendations["sku"].tolist() == ["A", "B", "C"]
    assert decisions.recommendations["action"].tolist() == ["order", "none", "none"]


def test_without_terms_there_is_a_forecast_but_no_policy():
    decisions = decided(inventory=[stock(56)], supply=[])
    row = only(decisions)

    assert row["demand_mean"] == pytest.approx(56)
    assert row["days_of_supply"] == pytest.approx(28)
    assert np.isnan(row["reorder_point"])
    assert decisions.policies.empty
    assert "no_terms" in decisions.exceptions["kind"].tolist()


def test_without_an_inventory_row_nothing_is_suggested_unless_it_counts_as_zero():
    unknown, zero = decided(), decided(missing_inventory_is_zero=True)

    assert only(unknown)["action"] == "none"
    assert np.isnan(only(unknown)["on_hand"])
    assert np.isnan(only(unknown)["days_of_supply"])
    assert unknown.exceptions["kind"].tolist() == ["no_inventory"]
    assert only(zero)["action"] == "order"


def test_nothing_is_ordered_for_do_not_order():
    row = only(decided(inventory=[stock(0)], parameters=[parameter("do_not_order", "true", sku="A")]))

    assert (row["action"], row["order_units"], row["binding_constraint"]) == ("none", 0, "do_not_order")


def test_maximum_stock_is_hard_and_rounds_down_to_whole_packs():
    supply = [terms(order_multiple=12)]
    limit = [parameter("maximum_stock_units", 40, location="BER")]

    row = only(decided(inventory=[stock(18)], supply=supply, parameters=limit))

    assert row["order_units"] == 12  # 18 + 24 would be above 40
    assert row["binding_constraint"] == "maximum stock"


def test_nothing_is_ordered_where_the_maximum_leaves_less_than_the_minimum_order():
    supply = [terms(minimum_order_quantity=30)]
    limit = [parameter("maximum_stock_days", 20)]

    row = only(decided(inventory=[stock(18)], supply=supply, parameters=limit))

    assert (row["order_units"], row["binding_constraint"]) == (0, "maximum stock")


def test_minimum_order_and_packs_bind_by_name():
    minimum = only(decided(inventory=[stock(18)], supply=[terms(minimum_order_quantity=100)]))
    pack = only(decided(inventory=[stock(50)], supply=[terms(order_multiple=50)], order_line_gain_minimum=0.0))

    assert (minimum["order_units"], minimum["binding_constraint"]) == (100, "minimum order")
    assert (pack["order_units"], pack["binding_constraint"]) == (50, "pack")


def test_minimum_stock_is_ordered_for_even_without_demand():
    row = only(decided(inventory=[stock(3)], daily=0.0, parameters=[parameter("minimum_stock_units", 8, sku="A")]))

    assert row["order_units"] == 5
    assert row["reorder_point"] == 7


def test_a_safety_stock_of_ones_own_sets_the_level():
    row = only(decided(inventory=[stock(0)], parameters=[parameter("safety_stock_units", 30, sku="A")]))

    assert row["safety_stock"] == pytest.approx(30, abs=1)
    assert row["order_up_to_level"] == np.ceil(row["demand_mean"] + 30)


def test_a_service_target_of_ones_own_steers_by_cycle_service():
    decisions = decided(
        inventory=[stock(0)],
        unmet_demand="backordered",
        parameters=[parameter("service_target", 0.8, sku="A")],
    )
    policy = decisions.policies.iloc[0]

    assert (policy["service_by"], policy["target"]) == ("cycle_service", 0.8)
    assert 0.8 <= policy["cycle_service"] < 0.86


def test_a_class_target_holds_for_its_class():
    segments = [{"sku": "A", "location": "BER", "abc": "C", "xyz": "Z", "demand_class": "lumpy"}]
    decisions = decided(inventory=[stock(0)], segments=segments, service_target_by_class={"C": 0.9, "CZ": 0.7})

    assert decisions.policies.iloc[0]["target"] == 0.7


def test_fill_rate_of_the_level_reaches_its_target_and_one_step_less_does_not():
    policy = decided(inventory=[stock(0)], service_by="fill_rate", unmet_demand="backordered").policies.iloc[0]

    assert policy["fill_rate"] >= 0.97
    assert policy["fill_rate"] < 0.985


def test_a_price_break_is_taken_where_it_is_cheaper_in_total():
    cheap = [terms(price_breaks="all_units: 50=5.50")]
    hardly = [terms(price_breaks="all_units: 200=5.99")]

    taken, left = (
        only(decided(inventory=[stock(18)], supply=cheap)),
        only(decided(inventory=[stock(18)], supply=hardly)),
    )

    assert (taken["order_units"], taken["unit_cost"], taken["binding_constraint"]) == (50, 5.5, "price break")
    assert left["order_units"] < 50
    assert left["unit_cost"] == 6.0


def test_an_ending_item_stops_in_time_to_sell_out():
    running = only(decided(inventory=[stock(18)]))
    ending = only(decided(inventory=[stock(18)], parameters=[parameter("phase_out_on", day(20).date(), sku="A")]))
    too_late = only(decided(inventory=[stock(18)], parameters=[parameter("phase_out_on", day(12).date(), sku="A")]))

    assert 0 < ending["order_units"] < running["order_units"]
    assert ending["demand_mean"] == pytest.approx(40)
    assert too_late["order_units"] == 0


def test_a_discontinued_product_is_not_ordered_again():
    products = [{"sku": "A", "discontinued_on": day(-1), "successor_sku": "B"}]
    decisions = decided(inventory=[stock(5)], products=products)

    assert only(decisions)["action"] == "none"
    ending = decisions.exceptions.set_index("kind").loc["ending_item"]
    assert "followed by B" in ending["message"]


def test_no_order_is_placed_where_the_suppliers_closure_has_no_end_in_sight():
    closed = [{"supplier": "acme", "location": None, "starts_on": day(-3), "ends_on": day(2000)}]
    row = only(decided(inventory=[stock(0)], closures=closed))

    assert (row["action"], row["binding_constraint"]) == ("none", "closure")
    assert pd.isna(row["placed_on"])


def test_a_closure_ahead_is_covered_by_the_order_before_it():
    # Closed for four weeks from the day after the first ordering day: the next order can only be placed afterwards.
    closed = [{"supplier": "acme", "location": None, "starts_on": day(18), "ends_on": day(46)}]
    plain, before = only(decided(inventory=[stock(18)])), only(decided(inventory=[stock(18)], closures=closed))

    assert before["protection_days"] > plain["protection_days"]
    assert before["order_units"] > plain["order_units"]


def test_selling_at_a_loss_is_told_and_not_ordered_by_cost():
    decisions = decided(inventory=[stock(0)], price=5.0)

    assert only(decisions)["order_units"] == 0
    assert "negative_margin" in decisions.exceptions["kind"].tolist()


def test_channel_fees_lower_the_cost_of_a_lost_sale():
    fees = [{"channel": "shop", "commission_fraction": 0.15, "valid_from": pd.NaT, "fulfilment_cost_per_unit": 1.0}]
    plain = decided(inventory=[stock(0)]).policies.iloc[0]
    after_fees = decided(inventory=[stock(0)], channel_costs=fees).policies.iloc[0]

    assert plain["underage_cost"] == pytest.approx(4.0)
    assert after_fees["underage_cost"] == pytest.approx(10 * 0.85 - 1 - 6)


def test_a_weekly_company_orders_for_the_week_that_the_order_serves():
    # As in VN2: placed at the end of week 0, on the shelf at the start of week 3; the week before shows nothing more.
    rules = {"period": "week", "review_days": 7, "decision_lag_days": 0, "unmet_demand": "lost"}
    row = only(decided(inventory=[stock(0)], supply=[terms(lead_time_days=14)], daily=2.0, **rules))

    assert row["protection_days"] == 21
    assert row["expected_on"] == day(14)
    assert row["placed_on"] == day(0)


def test_transfers_replenish_what_no_supplier_serves_and_are_ordered_for():
    items = [item("A", "BER"), item("A", "FBA")]
    routes = [{"from_location": "BER", "to_location": "FBA", "sku": "*", "lead_time_days": 5.0, "cost_per_unit": 0.4}]
    decisions = decided(
        items,
        inventory=[stock(100, "A", "BER"), stock(2, "A", "FBA")],
        supply=[terms("A", "BER")],
        transfer_terms=routes,
    )
    alone = only(decided([item("A", "BER")], inventory=[stock(100)]))
    hub, fed = decisions.recommendations.iloc[0], decisions.recommendations.iloc[1]

    assert (fed["action"], fed["from_location"], fed["supplier"]) == ("transfer", "BER", None)
    assert fed["order_value"] == pytest.approx(0.4 * fed["order_units"])
    assert hub["reorder_point"] > alone["reorder_point"] + fed["order_units"]
    assert hub["order_units"] > alone["order_units"]
    assert hub["money_at_stake"] > 0


@pytest.mark.parametrize(("parameters", "sent"), [({"service_target": 0.97}, 0), ({"minimum_stock_units": 3}, 6)])
def test_a_scarce_sender_sends_what_loses_money_only_where_a_person_demands_it(parameters, sent):
    route = {"from_location": "BER", "to_location": "FBA", "sku": "*", "lead_time_days": 4.0, "cost_per_unit": 0.4}
    decisions = decided(
        [item("A", "BER"), item("A", "FBA")],
        inventory=[stock(18, "A", "BER"), stock(2, "A", "FBA")],
        supply=[terms("A", "BER")],
        daily=[0.9, 0.45],
        dispersion=3.0,
        price=7.5,
        transfer_terms=[route | {"fixed_cost": 18.0, "order_multiple": 6}],
        parameters=[parameter(name, value, sku="A", location="FBA") for name, value in parameters.items()],
    )

    row = decisions.recommendations.set_index("location").loc["FBA"]

    assert (row["order_units"], row["binding_constraint"]) == (sent, "source stock")
    if not sent:
        assert "BER can spare none worth sending" in row["reasons"]["sentence"]


def test_rows_are_the_same_whatever_other_items_are_in_the_bucket():
    both = decided(
        [item("A"), item("B")],
        inventory=[stock(18, "A"), stock(7, "B")],
        supply=[terms("A"), terms("B", lead_time_days=30, lead_time_sd_days=5.0)],
        daily=[2.0, 3.3],
        dispersion=[1.5, 2.5],
        level_sd=[0.3, 0.5],
        orders=[order(sku="B", promise=12)],
    )
    alone = decided([item("A")], inventory=[stock(18)], daily=2.0, dispersion=1.5, level_sd=0.3)

    expected = only(alone)
    found = both.recommendations.iloc[0]
    assert found["order_units"] == expected["order_units"]
    assert found["reasons"] == expected["reasons"]


def test_the_same_inputs_give_the_same_rows():
    first, second = (decided(inventory=[stock(18)], dispersion=2.0, level_sd=0.4, orders=[order()]) for _ in range(2))

    pd.testing.assert_frame_equal(first.recommendations, second.recommendations)
    pd.testing.assert_frame_equal(first.exceptions, second.exceptions)


def test_reasons_and_figures_are_json():
    decisions = decided(inventory=[stock(0)], orders=[order(promise=-70)], lines=[line(placed=-20)])

    assert json.loads(json.dumps(decisions.recommendations["reasons"].tolist(), allow_nan=False))
    assert json.loads(json.dumps(decisions.exceptions["figures"].tolist(), allow_nan=False))


def test_items_in_another_order_than_the_distribution_are_refused():
    empty = pd.DataFrame()

    with pytest.raises(ValueError, match="same items"):
        decide(
            pd.DataFrame([item("B")]),
            demand([item("A")]),
            None,
            {},
            segments=empty,
            channel_mix=empty,
            planned_order_lines=empty,
            rules=decision_rules(),
            as_of=AS_OF,
        )


@QUICK
@given(
    on_hand=st.integers(0, 120),
    multiple=st.sampled_from([1, 2, 6, 12]),
    minimum=st.integers(0, 60),
    maximum=st.sampled_from([None, 30, 80]),
    unmet=st.sampled_from(["lost", "backordered"]),
)
def test_minimums_multiples_and_maximums_always_hold(on_hand, multiple, minimum, maximum, unmet):
    supply = [terms(order_multiple=float(multiple), minimum_order_quantity=float(minimum))]
    limits = [] if maximum is None else [parameter("maximum_stock_units", maximum, sku="A")]

    row = only(decided(inventory=[stock(on_hand)], supply=supply, parameters=limits, unmet_demand=unmet, scenarios=64))

    ordered = row["order_units"]
    assert ordered >= 0
    assert ordered % multiple == 0
    assert ordered == 0 or ordered >= minimum
    assert ordered == 0 or maximum is None or row["inventory_position"] + ordered <= maximum


@QUICK
@given(
    first=st.integers(0, 80),
    more=st.integers(0, 40),
    promise=st.integers(0, 30),
    dispersion=st.sampled_from([1.0, 2.5]),
    level_sd=st.sampled_from([0.0, 0.4]),
    unmet=st.sampled_from(["lost", "backordered"]),
)
def test_more_on_order_never_raises_the_order(first, more, promise, dispersion, level_sd, unmet):
    given_all = {"inventory": [stock(5)], "dispersion": dispersion, "level_sd": level_sd, "unmet_demand": unmet}
    less = [order(units=first, promise=promise)] if first else []

    row = only(decided(orders=less, scenarios=64, **given_all))
    richer = only(decided(orders=[order(units=first + more, promise=promise)], scenarios=64, **given_all))

    assert richer["order_units"] <= row["order_units"]


@QUICK
@given(
    goodwill=st.floats(0, 20),
    more=st.floats(0, 50),
    daily=st.sampled_from([0.05, 0.7, 6.0]),
    unmet=st.sampled_from(["lost", "backordered"]),
)
def test_a_higher_shortage_cost_never_lowers_the_reorder_point(goodwill, more, daily, unmet):
    given_all = {"inventory": [stock(5)], "daily": daily, "level_sd": 0.3, "unmet_demand": unmet, "scenarios": 64}

    low = only(decided(goodwill_cost_per_unit=goodwill, **given_all))
    high = only(decided(goodwill_cost_per_unit=goodwill + more, **given_all))

    assert high["reorder_point"] >= low["reorder_point"]
    assert high["order_units"] >= low["order_units"]


@QUICK
@given(on_hand=st.integers(0, 90), fixed=st.sampled_from([0.0, 15.0]), unmet=st.sampled_from(["lost", "backordered"]))
def test_the_rule_orders_exactly_at_or_below_its_reorder_point(on_hand, fixed, unmet):
    supply = [terms(fixed_cost_per_line=fixed)]
    row = only(
        decided(
            inventory=[stock(on_hand)],
            supply=supply,
            orders=[order(units=8, promise=4)],
            dispersion=1.8,
            level_sd=0.3,
            unmet_demand=unmet,
            scenarios=64,
            order_line_gain_minimum=0.0,
        )
    )

    assert (row["order_units"] > 0) == (row["inventory_position"] <= row["reorder_point"])


def test_an_order_of_an_ending_item_is_no_larger_than_what_still_sells():
    ends = [parameter("phase_out_on", day(60).date(), sku="A")]
    supply = [terms(fixed_cost_per_line=60.0, order_multiple=4.0)]

    row = only(decided(inventory=[stock(18)], supply=supply, parameters=ends))

    # Two a day are sold until then; what 60 a line would make economic, 276, sells for months.
    assert 60 < row["order_units"] <= 100
    assert row["inventory_position"] + row["order_units"] <= 120


def test_a_dearer_shortage_of_ones_own_raises_the_level_and_a_dearer_stock_lowers_it():
    def point(*parameters):
        return only(decided(inventory=[stock(0)], dispersion=2.0, parameters=parameters))["reorder_point"]

    assert point(parameter("underage_cost_per_unit", 400, sku="A")) > point()
    assert point(parameter("holding_cost_per_unit_day", 0.2, sku="A")) < point()


def test_a_shift_of_the_quantile_moves_its_class_only():
    segments = [{"sku": "A", "location": "BER", "abc": "B", "xyz": "X", "demand_class": "smooth"}]

    def row(abc, shift):
        moved = pd.DataFrame({"abc": [abc], "quantile_shift": [shift]})
        return decided(inventory=[stock(0)], segments=segments, dispersion=2.0, quantile_shift=moved)

    plain = decided(inventory=[stock(0)], segments=segments, dispersion=2.0)
    lower, other = row("B", -0.8), row("A", -0.8)

    assert only(lower)["reorder_point"] < only(plain)["reorder_point"]
    assert lower.policies["target"].item() < plain.policies["target"].item()
    assert only(other)["reorder_point"] == only(plain)["reorder_point"]
    # Whatever the shift, the quantity ordered is the one of least cost.
    assert lower.options.loc[lower.options["is_chosen"], "expected_cost_base"].item() == pytest.approx(
        lower.options["expected_cost_base"].min()
    )


def test_a_short_shelf_life_caps_the_order():
    supply = [terms(order_multiple=48.0)]
    long = only(decided(inventory=[stock(0)], supply=supply, products=[{"sku": "A", "shelf_life_days": 400.0}]))
    short = decided(
        inventory=[stock(20)],
        supply=[terms(minimum_order_quantity=200.0)],
        products=[{"sku": "A", "shelf_life_days": 9.0}],
    )

    assert long["order_units"] == 48
    assert only(short)["order_units"] == 0  # about 18 of 200 would be sold before the rest spoils


@pytest.mark.parametrize("unmet", ["lost", "backordered"])
def test_what_a_target_asks_for_beyond_the_shelf_life_is_held_back(unmet):
    products = [{"sku": "A", "shelf_life_days": 8.0}]
    by_service = {"service_by": "cycle_service", "cycle_service_target": 0.999, "dispersion": 4.0}

    row = only(decided(inventory=[stock(18)], products=products, unmet_demand=unmet, **by_service))

    assert row["binding_constraint"] == "shelf life"
    assert "limited by the shelf life" in row["reasons"]["sentence"]


def test_a_forecast_that_moves_fast_covers_less_ahead():
    """A new item: its level is learned from its own sales by the next order."""
    old, new = (only(decided([item(first_sale_on=day(-age))], inventory=[stock(0)], level_sd=0.6)) for age in (900, 14))

    assert new["reorder_point"] < old["reorder_point"]


def cost_a_year(point, up_to, *, daily, lead, review, underage, holding, fixed=0.0):
    """Cost of (R,s,S) with lost sales by simulation: 40 shops, 8 years, Poisson demand."""
    rng = np.random.default_rng(7)
    shops, horizon, warm_up = 40, 8 * 365, 365
    stock_now, ordered = np.full(shops, float(up_to)), np.zeros(shops)
    coming = np.zeros((lead + 1, shops))
    cost = 0.0
    for today, wanted in enumerate(rng.poisson(daily, (horizon, shops))):
        stock_now += coming[today % (lead + 1)]
        ordered -= coming[today % (lead + 1)]
        coming[today % (lead + 1)] = 0.0
        sold = np.minimum(stock_now, wanted)
        stock_now = stock_now - sold
        placed = np.zeros(shops)
        if today % review == 0:
            placed = np.where(stock_now + ordered <= point, up_to - stock_now - ordered, 0.0)
            coming[(today + lead) % (lead + 1)] += placed
            ordered += placed
        if today >= warm_up:
            cost += (underage * (wanted - sold) + holding * stock_now + fixed * (placed > 0)).sum()
    return cost / (horizon - warm_up) / shops * 365


@pytest.mark.parametrize(
    ("daily", "fixed", "pack"),
    [(2.0, 8.0, 1), (0.3, 8.0, 1), (0.05, 8.0, 1), (2.0, 0.0, 48), (0.3, 0.0, 12), (0.05, 0.0, 1)],
)
def test_the_reorder_point_is_near_the_best_of_a_simulation(daily, fixed, pack):
    supply = [terms(order_multiple=float(pack), fixed_cost_per_line=fixed)]
    # as_of + 6 is a Monday: the order is placed at once, as in the simulation.
    decisions = decided(inventory=[stock(0)], supply=supply, daily=daily, decision_lag_days=6, scenarios=1000)
    policy = decisions.policies.iloc[0]
    lead = 10 + 6  # the lag is part of the interval that an order must cover
    batch = max(policy["order_up_to_level"] - policy["reorder_point"], pack)
    costs = {"underage": 4.0, "holding": 6 * 0.2 / 365, "daily": daily, "lead": lead, "review": 7, "fixed": fixed}

    found = cost_a_year(policy["reorder_point"], policy["reorder_point"] + batch, **costs)

    tried = range(max(-1, int(policy["reorder_point"]) - 12), int(policy["reorder_point"]) + 13)
    best = min(cost_a_year(point, point + batch, **costs) for point in tried)
    assert found <= best * 1.06


def test_a_plan_made_days_after_its_data_names_no_day_that_has_passed():
    # The week ended three days before: orders can be placed and asked about from the fourth on.
    made = {"decided_on": AS_OF + dt.timedelta(days=3), "decision_lag_days": 1, "period": "week"}
    ordered, patient = (only(decided(inventory=[stock(units)], **made)) for units in (18, 90))
    late = decided(inventory=[stock(400)], orders=[order(units=400, promise=20)], **made).recommendations.iloc[-1]

    assert (ordered["placed_on"], ordered["expected_on"]) == (day(4), day(14))
    assert patient["order_units"] == 0
    assert patient["order_by"] > day(4)
    assert (late["line_number"], late["order_by"]) == (2, day(4))


@pytest.mark.parametrize("unmet", ["lost", "backordered"])
@pytest.mark.parametrize(("days_later", "least", "most"), [(2, 10, 30), (10, 55, 75)])
def test_an_order_before_a_large_open_order_bridges_the_days_until_it(unmet, days_later, least, most):
    def ordered(**lines):
        supply = [terms(unit_cost=10.0, fixed_cost_per_line=60.0)]
        return only(decided(inventory=[stock(60)], daily=5.0, price=20.0, supply=supply, unmet_demand=unmet, **lines))

    arrives = (ordered()["expected_on"] - day(0)).days
    row = ordered(orders=[order(units=500, promise=arrives + days_later)])

    waiting = 20 if unmet == "backordered" else 0  # 60 are there, and 80 are sold until it comes
    assert least <= row["order_units"] - waiting <= most
    assert ordered()["order_units"] > 200


@pytest.mark.parametrize("unmet", ["lost", "backordered"])
@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        # All units: the break itself. Incremental: sqrt(2 K d / h), K = 100 * (10 - 8), d 2,037 and h 1.6 a year, is
        # 714, and what will wait by the arrival.
        ("all_units: 400=8", 400, 400),
        ("all_units: 700=8", 700, 700),
        ("incremental: 100=8", 700, 710 + 100),
    ],
)
def test_a_price_break_is_bought_once_however_long_it_lasts(text, least, most, unmet):
    supply = [terms(unit_cost=10.0, price_breaks=text)]

    row = only(decided(inventory=[stock(20)], daily=5.58, price=20.0, supply=supply, unmet_demand=unmet))

    assert least <= row["order_units"] <= most
    assert row["binding_constraint"] == "price break"


def test_where_demand_waits_a_rare_item_is_stocked_for_what_the_window_loses():
    # A review's holding, 0.023, not that of the 100 days that a unit lasts, against 24 for a unit short: the least y with
    # P(D_LR <= y) >= 0.999 P(D_L <= y) is 3 for Poisson means 0.23 and 0.16.
    row = only(decided(inventory=[stock(0)], daily=0.01, price=30.0, unmet_demand="backordered"))

    assert row["order_units"] == 3
