"""What suppliers' minimums, freight, containers, budgets and room make of tonight's orders, and what they cost."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import OptimizeResult

from models.inventory.constraints import exact
from models.inventory.constraints.limits import round_step
from tests.models.inventory.constraints.factories import budget, coupled, freight, item, orders, price, room, supplier


def test_without_limits_nothing_changes_and_nothing_is_priced():
    found = coupled(item("A"), item("B", 36.0))

    assert found.choices.empty
    assert found.prices.empty


def test_an_order_below_the_minimum_is_raised_by_the_packs_that_cost_least():
    items = item("A", 24.0), item("B", 0.0, held_cost=0.01)

    found = coupled(*items, suppliers=[supplier(minimum_order_value=450)])

    assert orders(found, *items) == {"A": 24.0, "B": 24.0}
    assert found.choices["binding_constraint"].tolist() == ["supplier minimum"]
    assert found.choices["limit_note"].item() == "raised to reach Acme's minimum of 450 EUR; none is needed yet"
    told = price(found, "supplier_minimum")
    assert (told["wanted"], told["used"], told["limit_value"], told["is_binding"]) == (240.0, 480.0, 450.0, True)
    assert (
        "raised to 480 EUR for the minimum of 450 EUR: that costs 0.24 EUR, waiting would cost 72 EUR"
        in told["sentence"]
    )


def test_an_order_waits_where_that_costs_less_than_reaching_the_minimum():
    items = item("A", 12.0, short_cost=0.1), item("B", 0.0, held_cost=2.0)

    found = coupled(*items, suppliers=[supplier(minimum_order_value=500)])

    assert orders(found, *items) == {"A": 0.0, "B": 0.0}
    assert found.choices["binding_constraint"].tolist() == ["supplier minimum"]
    assert "12 wanted, but the order is below Acme's minimum of 500 EUR" in found.choices["limit_note"].item()
    assert "waiting until 13 Apr costs 1.20 EUR" in price(found, "supplier_minimum")["sentence"]


def test_what_raising_would_cost_is_told_however_dear_it_is():
    items = (item("A", 12.0, short_cost=0.1, held_cost=500.0),)

    found = coupled(*items, suppliers=[supplier(minimum_order_value=500)])

    assert orders(found, *items) == {"A": 0.0}
    # Five packs for the minimum, four of them too many: 48 units at 500.
    assert "raising it would cost 24,000 EUR" in price(found, "supplier_minimum")["sentence"]


def test_a_minimum_beyond_all_options_is_reached_with_larger_quantities_of_what_sells():
    items = item("A", 24.0, packs=3, short_cost=50.0), item("B", 0.0, packs=1)

    found = coupled(*items, suppliers=[supplier(minimum_order_value=2000)])

    assert price(found, "supplier_minimum")["used"] >= 2000
    assert all(units % 12 == 0 for units in orders(found, *items).values())


def test_an_item_that_sells_once_in_a_thousand_years_is_pulled_forward_no_further():
    sells, hardly = item("A", 24.0, packs=3, short_cost=50.0), item("B", 0.0, packs=1, daily_demand=1e-5)

    found = coupled(sells, hardly, suppliers=[supplier(minimum_order_value=2000)])

    assert price(found, "supplier_minimum")["used"] >= 2000
    assert orders(found, sells, hardly)["B"] <= 12


def test_an_item_s_own_limit_holds_when_quantities_are_extended():
    items = (item("A", 24.0, packs=2, short_cost=50.0, most_units=24.0),)

    found = coupled(*items, suppliers=[supplier(minimum_order_value=2000)])

    assert orders(found, *items) == {"A": 0.0}


def test_a_minimum_in_another_currency_is_compared_in_that_currency():
    items = (item("A", 24.0, currency="USD", order_value=np.arange(6) * 100.0, order_value_base=np.arange(6) * 80.0),)

    reached = coupled(*items, suppliers=[supplier(currency="USD", rate=0.8, minimum_order_value=200)])

    assert reached.choices.empty
    assert price(reached, "supplier_minimum")["unit"] == "USD"


def test_a_small_order_waits_for_others_when_placing_it_costs_more_than_waiting():
    items = (item("A", 12.0, short_cost=0.1, daily_demand=1000.0, holding_per_unit_day=1.0),)

    found = coupled(*items, suppliers=[supplier(fixed_cost_per_order=50)])

    assert found.choices["binding_constraint"].tolist() == ["order cost"]


def test_an_order_that_goes_out_rarely_is_only_put_off_by_waiting_so_its_cost_weighs_little():
    items = (item("A", 12.0, short_cost=0.1, daily_demand=0.01, holding_per_unit_day=0.001),)

    assert coupled(*items, suppliers=[supplier(fixed_cost_per_order=50)]).choices.empty


def test_an_order_is_raised_to_free_freight_where_the_freight_saved_is_worth_it():
    items = item("A", 24.0), item("B", 24.0)
    suppliers = [supplier(free_freight_from=600)]

    assert coupled(*items, suppliers=suppliers, terms=freight("A", "B", per_unit=0.01)).choices.empty
    found = coupled(*items, suppliers=suppliers, terms=freight("A", "B", per_unit=0.5))

    assert found.choices["binding_constraint"].tolist() == ["free freight"]
    assert price(found, "free_freight")["used"] == 600.0


def test_free_freight_beyond_all_options_is_reached_with_larger_quantities_where_that_pays():
    items = item("A", 24.0, packs=3, held_cost=0.01), item("B", 24.0, packs=3, held_cost=0.01)
    suppliers = [supplier(free_freight_from=1500)]

    dear = coupled(*items, suppliers=suppliers, terms=freight("A", "B", per_unit=5.0))
    cheap = coupled(*items, suppliers=suppliers, terms=freight("A", "B", per_unit=0.01))
    none = coupled(*items, suppliers=suppliers)

    assert price(dear, "free_freight")["used"] >= 1500
    assert set(dear.choices["binding_constraint"]) == {"free freight"}
    assert all(units % 12 == 0 for units in orders(dear, *items).values())
    assert cheap.choices.empty
    assert none.choices.empty


def test_goods_are_cut_to_whole_containers_whose_cost_is_unknown():
    items = item("A", 48.0), item("B", 12.0, short_cost=9.0)

    found = coupled(*items, suppliers=[supplier(container_volume_m3=4.9)])

    assert orders(found, *items) == {"A": 36.0, "B": 12.0}
    assert found.choices["binding_constraint"].tolist() == ["container"]
    told = price(found, "container_volume")
    assert told["looser_by"] == 4.9
    assert "one more container saves 36 EUR" in told["sentence"]


def test_a_last_container_that_is_wanted_at_least_by_half_goes_along():
    assert coupled(item("A", 48.0), suppliers=[supplier(container_volume_m3=3.2)]).choices.empty


def test_a_container_whose_cost_is_known_is_paid_filled_or_left_out_whichever_costs_least():
    def ordered(cost, held_cost):
        items = (item("A", 36.0, short_cost=0.5, held_cost=held_cost),)
        found = coupled(*items, suppliers=[supplier(container_volume_m3=2.4, container_cost=cost)])
        return orders(found, *items)["A"], found

    assert ordered(1.0, 0.5)[0] == 36.0
    assert ordered(30.0, 5.0)[0] == 24.0
    units, found = ordered(30.0, 0.05)
    assert units == 48.0
    assert found.choices["limit_note"].item() == "raised to fill Acme's container; 36 would do"
    assert price(found, "container_volume")["sentence"] == "Acme: 2 containers paid, 100% of 4.8 m3 filled."


def test_a_budget_goes_where_a_euro_saves_most():
    items = item("A", 24.0, short_cost=1.0), item("B", 24.0, short_cost=2.0)

    found = coupled(*items, budgets=[budget(400, committed=40)])

    assert orders(found, *items) == {"A": 12.0, "B": 24.0}
    told = price(found, "open_to_buy")
    assert (told["limit_value"], told["wanted"], told["used"]) == (400.0, 520.0, 400.0)
    assert found.choices["limit_note"].item() == "24 wanted, cut by the order budget of April"


def test_the_price_of_a_budget_is_what_solving_again_saves_and_costs():
    items = item("A", 48.0, short_cost=1.0, pack=1.0, packs=60), item("B", 24.0, short_cost=2.0, pack=1.0, packs=30)

    told = price(coupled(*items, budgets=[budget(500)]), "open_to_buy")

    assert (told["looser_by"], told["tighter_by"]) == (50.0, 50.0)
    assert (told["saving_if_looser"], told["cost_if_tighter"]) == (5.0, 5.0)
    assert "50 EUR more budget saves 5.00 EUR, 50 EUR less costs 5.00 EUR" in told["sentence"]


def test_a_category_s_budget_binds_its_own_items_alone():
    items = item("A", 24.0), item("B", 24.0, category="Toys")

    found = coupled(*items, budgets=[budget(120, category="Toys"), budget(9999)])

    assert orders(found, *items) == {"A": 24.0, "B": 12.0}


def test_a_month_without_a_budget_and_another_month_s_budget_limit_nothing():
    assert coupled(item("A", 24.0), budgets=[budget(0, month="2026-05-01")]).choices.empty


def test_stock_and_open_orders_leave_less_room():
    items = item("A", 24.0), item("B", 24.0, short_cost=9.0)

    found = coupled(*items, storage_capacity=[room(10.0, taken=6.4)])

    assert orders(found, *items) == {"A": 12.0, "B": 24.0}
    assert found.choices["binding_constraint"].tolist() == ["capacity"]
    assert price(found, "capacity")["used"] == pytest.approx(10.0)


def test_what_a_person_demands_comes_first_and_is_told_where_a_limit_makes_it_impossible():
    items = item("A", 24.0, short_cost=9.0), item("B", 24.0, short_cost=0.1, required=24.0)

    served = coupled(*items, budgets=[budget(240)])
    impossible = coupled(*items, budgets=[budget(120)])

    assert orders(served, *items) == {"A": 0.0, "B": 24.0}
    assert orders(impossible, *items) == {"A": 0.0, "B": 12.0}
    assert impossible.choices.set_index("sku")["short_of_required"].to_dict() == {"A": 0.0, "B": 12.0}


def test_an_order_that_is_worth_less_than_nothing_when_raised_waits_even_for_what_is_required():
    # Three euros for A against 48 units of B at a quarter each; what a target requires pays for no minimum.
    items = item("A", 12.0, short_cost=0.25, held_cost=0.5, required=12.0), item("B", 0.0, held_cost=0.25)

    waits = coupled(*items, suppliers=[supplier(minimum_order_value=600)])
    dear = item("A", 12.0, short_cost=9.0, held_cost=0.5, required=12.0), items[1]
    raised = coupled(*dear, suppliers=[supplier(minimum_order_value=600)])

    assert orders(waits, *items) == {"A": 0.0, "B": 0.0}
    held = waits.choices.set_index("sku").loc["A"]
    assert (held["binding_constraint"], held["short_of_required"]) == ("supplier minimum", 12.0)
    assert "12 wanted, but the order is below Acme's minimum of 600 EUR: waiting until" in held["limit_note"]
    told = price(waits, "supplier_minimum")["sentence"]
    assert "waiting until 13 Apr costs 3.00 EUR, raising it would cost 12.00 EUR" in told
    assert orders(raised, *dear) == {"A": 12.0, "B": 48.0}


def test_the_order_of_rows_changes_nothing():
    items = pd.concat([item("B", 24.0, short_cost=2.0), item("A", 36.0), item("C", 12.0)], ignore_index=True)
    limits = {"suppliers": [supplier(minimum_order_value=600)], "budgets": [budget(700)]}

    found, again = coupled(items, **limits), coupled(items.sample(frac=1.0, random_state=1), **limits)

    pd.testing.assert_frame_equal(found.choices, again.choices)
    pd.testing.assert_frame_equal(found.prices, again.prices)


@given(
    wanted=st.lists(st.integers(0, 4), min_size=1, max_size=5),
    short_cost=st.lists(st.floats(0.05, 5.0), min_size=5, max_size=5),
    minimum=st.integers(0, 900),
    amount=st.integers(0, 1500),
    capacity=st.just(0.0) | st.floats(1e-6, 20.0),
)
@settings(max_examples=50, deadline=None)
def test_minimums_and_multiples_are_respected_and_limits_never_exceeded(wanted, short_cost, minimum, amount, capacity):
    items = [
        item(f"S{k}", 12.0 * packs, short_cost=cost)
        for k, (packs, cost) in enumerate(zip(wanted, short_cost, strict=False))
    ]

    found = coupled(
        *items,
        suppliers=[supplier(minimum_order_value=minimum)],
        budgets=[budget(amount)],
        storage_capacity=[room(capacity)],
    )

    units = orders(found, *items)
    total = 10.0 * sum(units.values())
    assert all(ordered % 12 == 0 for ordered in units.values())
    assert total == 0 or total >= minimum
    assert total <= amount
    assert 0.1 * sum(units.values()) <= capacity + 1e-9


def test_items_whose_search_failed_are_counted():
    items = item("A", 24.0, short_cost=1.0), item("B", 24.0, short_cost=2.0), item("C", 12.0, supplier="nordwind")
    limits = {
        "suppliers": [supplier(minimum_order_value=300), supplier("nordwind")],
        "budgets": [budget(400, category="Tea")],
    }

    searched = coupled(*items, **limits)
    with pytest.MonkeyPatch.context() as patched:
        nothing = OptimizeResult(x=None, status=4, message="stopped", fun=None, mip_dual_bound=None)
        patched.setattr(exact, "milp", lambda *_, **__: nothing)
        listed = coupled(*items, **limits)

    assert searched.unsearched == 0
    assert listed.unsearched > 0
    assert 10 * (orders(listed, *items)["A"] + orders(listed, *items)["B"]) >= 300
    assert 10 * sum(orders(listed, *items).values()) <= 400


def test_steps_are_round_numbers():
    assert [round_step(amount) for amount in (33_000.0, 250.0, 67.0)] == [2_000.0, 20.0, 5.0]
