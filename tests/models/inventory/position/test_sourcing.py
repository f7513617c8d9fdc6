"""Purchase or transfer: the cheaper for what is needed now."""

import pytest

from tests.models.inventory.company import decided, item, stock, terms


def shop(hub_stock, shop_stock, supplier_days=30, cost_per_unit=0.4, hub_cost=6.0):
    """The row of a shop that a supplier serves and another location could."""
    items = [item("A", "BER", unit_price_base=10.0), item("A", "SHOP", unit_price_base=10.0)]
    route = {"from_location": "BER", "to_location": "SHOP", "sku": "*", "lead_time_days": 2.0}
    decisions = decided(
        items,
        inventory=[stock(hub_stock, "A", "BER"), stock(shop_stock, "A", "SHOP")],
        supply=[terms("A", "BER", unit_cost=hub_cost), terms("A", "SHOP", lead_time_days=supplier_days)],
        transfer_terms=[route | {"cost_per_unit": cost_per_unit}],
    )
    rows = decisions.recommendations
    return rows[(rows["location"] == "SHOP") & (rows["line_number"] == 1)].iloc[0]


def test_a_transfer_goes_before_a_purchase_where_it_saves_more_sales_than_it_costs():
    row = shop(hub_stock=500, shop_stock=5)

    assert (row["action"], row["from_location"], row["supplier"]) == ("transfer", "BER", None)


@pytest.mark.parametrize(
    "case",
    [
        {"hub_stock": 30, "shop_stock": 5},  # the sender needs its own
        {"hub_stock": 500, "shop_stock": 90},  # nothing is needed yet
        {"hub_stock": 500, "shop_stock": 60, "cost_per_unit": 3.0},  # few sales are lost before the supplier's delivery
        {"hub_stock": 500, "shop_stock": 5, "cost_per_unit": 5.0},  # a transfer costs more than it saves
    ],
)
def test_else_it_is_bought(case):
    row = shop(**case)

    assert row["supplier"] == "acme"
    assert row["from_location"] is None


def test_a_location_that_buys_cheaper_saves_even_without_a_sale_lost():
    assert shop(hub_stock=500, shop_stock=62, cost_per_unit=0.2, hub_cost=5.0)["from_location"] == "BER"
