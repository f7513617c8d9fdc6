"""What is committed already, and what is left of budgets and room."""

import datetime as dt

import pandas as pd

from models.inventory.constraints import CouplingRules, couple, with_orders
from models.inventory.constraints.open_to_buy import budgets, commitments
from models.inventory.constraints.storage_capacity import inbound_units, storage_capacity
from tests.models.inventory.company import NO_LINES, day, decided, item, line, order, stock, terms
from tests.models.inventory.constraints.factories import supplier

AS_OF = dt.date(2026, 3, 31)
PRODUCTS = pd.DataFrame(
    {"sku": ["A", "B"], "category": ["Tea", "Toys"], "unit_cost_base": [5.0, 7.0], "volume_m3": [0.1, None]}
)
NO_ROWS = pd.DataFrame(columns=["sku", "location", "action", "order_units"])
NO_TRANSFERS = pd.DataFrame(columns=["sku", "from_location", "to_location", "shipped_on", "units", "received_on"])
NO_RECEIPTS = pd.DataFrame(columns=["order_number", "line_number", "received_on", "received_units"])


def committed(orders, lines=()):
    planned = pd.DataFrame(list(lines), columns=NO_LINES)
    return commitments(pd.DataFrame(orders), planned, pd.DataFrame([terms("A")]), PRODUCTS, as_of=AS_OF)


def test_orders_count_at_the_cost_of_their_terms_else_of_the_product():
    found = committed([order("P1", units=10, sku="A"), order("P2", units=10, sku="B")])

    assert found["value_base"].tolist() == [60.0, 70.0]
    assert found["category"].tolist() == ["Tea", "Toys"]


def test_cancelled_orders_do_not_count_and_an_approved_line_counts_once():
    cancelled = order("P1", units=10, offset=-60, status="cancelled")
    seen = order("P2", units=10, offset=-5, external_reference="L1")

    assert committed([cancelled])["value_base"].sum() == 0.0
    assert committed([seen], [line("L1", units=10)])["value_base"].sum() == 60.0
    assert committed([cancelled], [line("L1", units=10, state="approved")])["value_base"].sum() == 60.0


def test_a_budget_holds_for_its_month_and_category():
    table = pd.DataFrame(
        {
            "month": pd.to_datetime(["2026-03-01", "2026-03-15", "2026-04-01"]),
            "category": ["*", "Tea", "*"],
            "amount_base": [500.0, 100.0, 900.0],
        }
    )

    found = budgets(
        table, committed([order("P1", offset=-5, sku="A"), order("P2", offset=-5, sku="B"), order("P3", -60)])
    )

    assert found["committed_base"].tolist() == [130.0, 60.0, 0.0]
    assert found["month"].tolist() == [pd.Timestamp("2026-03-01")] * 2 + [pd.Timestamp("2026-04-01")]


def test_stock_open_orders_and_goods_under_way_take_room():
    inventory = pd.DataFrame({"sku": ["A", "B"], "location": "BER", "on_hand": [30.0, 500.0]})
    under_way = pd.DataFrame(
        {
            "sku": ["A"],
            "from_location": ["HAM"],
            "to_location": ["BER"],
            "shipped_on": [day(-1)],
            "units": [5.0],
            "received_on": [pd.NaT],
        }
    )
    locations = pd.DataFrame({"location": ["BER", "HAM"], "capacity_m3": [10.0, None]})

    lines = inbound_units(
        pd.DataFrame([order(units=10)]), NO_RECEIPTS, under_way, pd.DataFrame(columns=NO_LINES), NO_ROWS
    )
    found = storage_capacity(locations, PRODUCTS, inventory, lines)

    assert found.to_dict("records") == [{"location": "BER", "capacity_m3": 10.0, "taken_m3": 4.5}]


def test_tonight_s_transfers_take_room_before_tonight_s_orders():
    # The shop BER sells A, moved there from the warehouse HAM, and B, bought from acme.
    items = [item("A", "BER"), item("A", "HAM"), item("B", "BER")]
    supply = [terms("A", "HAM"), terms("B", "BER", order_multiple=6)]
    route = {"from_location": "HAM", "to_location": "BER", "sku": "A", "lead_time_days": 2.0}
    inventory = [stock(2, "A", "BER"), stock(500, "A", "HAM"), stock(2, "B", "BER")]
    decisions = decided(items, inventory=inventory, supply=supply, transfer_terms=[route])
    decided_rows = decisions.recommendations.set_index(["sku", "location"])
    moved, bought = (decided_rows.loc[(sku, "BER"), "order_units"] for sku in "AB")
    products = pd.DataFrame({"sku": ["A", "B"], "volume_m3": [0.1, 0.1]})
    options = decisions.options.assign(volume_m3=decisions.options["order_units"] * 0.1)
    room = 0.1 * (2 + 2 + moved + bought - 6)
    locations = pd.DataFrame({"location": ["BER"], "capacity_m3": [room]})

    empty = pd.DataFrame([order()]).iloc[:0]
    lines = inbound_units(empty, NO_RECEIPTS, NO_TRANSFERS, pd.DataFrame(columns=NO_LINES), decisions.recommendations)
    found = couple(
        options,
        pd.DataFrame([supplier()]),
        pd.DataFrame(columns=["month", "category", "amount_base", "committed_base"]),
        storage_capacity(locations, products, pd.DataFrame(inventory), lines),
        pd.DataFrame(supply),
        CouplingRules("EUR", 180.0, 0.0),
    )

    left = with_orders(decisions, found.choices, "EUR").recommendations.set_index(["sku", "location"])
    assert decided_rows.loc[("A", "BER"), "action"] == "transfer"
    assert left.loc[("A", "BER"), "order_units"] == moved > 0
    assert left.loc[("B", "BER"), "order_units"] == bought - 6 > 0
    assert left.loc[("B", "BER"), "binding_constraint"] == "capacity"


def test_without_orders_nothing_is_committed():
    empty = pd.DataFrame([order()]).iloc[:0]

    assert commitments(empty, pd.DataFrame(columns=NO_LINES), pd.DataFrame([terms("A")]), PRODUCTS, as_of=AS_OF).empty
    assert inbound_units(empty, NO_RECEIPTS, NO_TRANSFERS, pd.DataFrame(columns=NO_LINES), NO_ROWS).empty
