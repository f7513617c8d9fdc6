"""Faults across tables: volumes, items of which something is missing, currencies, orders and lead times."""

import numpy as np
import pandas as pd
import pytest

from app.check.incomplete import incomplete_items
from tests.faults.shop import (
    AS_OF,
    INVENTORY,
    SALES,
    SKUS,
    TERMS,
    check,
    csv,
    day,
    good_sales,
    only_reason,
    problem,
    sale,
    shop,
)

ORDERS = "order_number,line_number,sku,location,supplier,ordered_on,ordered_units"
RECEIPTS = "order_number,line_number,received_on,received_units"


def sold(per_day):
    """So many sales a day, by days before the plan's day."""
    return [sale(day(before), channel=f"c{n}") for before in range(69, -1, -1) for n in range(per_day(before))]


# --- volumes


@pytest.mark.parametrize(("now", "before"), [(30, 3), (3, 30)])
def test_ten_times_and_a_tenth_of_the_rows_are_refused_with_the_figures_unless_accepted(tmp_path, now, before):
    rows = sold(lambda ago: now if ago < 28 else before)
    shop(tmp_path, sales_csv=csv(SALES, rows))

    reason = only_reason(check(tmp_path))
    (tmp_path / "restock.toml").write_text(
        (tmp_path / "restock.toml").read_text().replace("[data]", f"[data]\naccept_volume_on = {AS_OF}")
    )
    accepted = check(tmp_path)

    assert f"sales: {28 * now} rows in the newest 28 days and {28 * before} in the 28 days before" in reason
    assert (
        "data.max_volume_factor = 5; deliver the missing rows, or accept them with data.accept_volume_on = 2026-03-31"
        in reason
    )
    assert accepted.refusals == ()


def test_a_location_that_is_missing_is_refused_by_name_unless_accepted(tmp_path):
    stock = [
        f"{date},{sku},{place},30"
        for sku in SKUS
        for date, place in ((day(1), "BER"), (day(1), "MUC"), (day(0), "BER"))
    ]
    shop(tmp_path, inventory_csv=csv(INVENTORY, stock))

    reason = only_reason(check(tmp_path))

    assert f"inventory: location 'MUC' has 3 rows on {day(1)} and none on {day(0)}" in reason
    assert "deliver them, or accept it with data.accept_volume_on = 2026-03-31" in reason


# --- items of which something is missing


def missing_for(found):
    """What is missing, by the items that it is told for."""
    rows = incomplete_items(found.inputs, missing_inventory_is_zero=False)
    return {row.examples: (row.what, row.to_do) for row in rows}


def test_an_item_without_supplier_is_planned_and_listed_with_what_is_missing(tmp_path):
    shop(tmp_path, supply_terms_csv=csv(TERMS, [f"{sku},BER,NORD,4,EUR,7" for sku in SKUS if sku != "TEA"]))

    found = check(tmp_path)

    assert set(found.inputs.items["sku"]) == set(SKUS)
    what, to_do = missing_for(found)[("TEA at BER",)]
    assert what.startswith("no supplier's terms and no transfer terms: they are forecast, and nothing is ordered")
    assert to_do.startswith("add a row to supply_terms")


def test_an_item_without_stock_row_is_planned_and_listed(tmp_path):
    shop(tmp_path, inventory_csv=csv(INVENTORY, [f"{AS_OF},{sku},BER,30" for sku in SKUS if sku != "CUP"]))

    found = check(tmp_path)

    assert set(found.inputs.items["sku"]) == set(SKUS)
    assert missing_for(found)[("CUP at BER",)][0].startswith("no row in inventory: their stock is unknown")


def test_an_item_without_cost_or_price_is_planned_and_listed(tmp_path):
    shop(tmp_path, products=["JUG,Jug,Kitchen,,,"], sales=[sale(day(2), "JUG")], inventory=[f"{AS_OF},JUG,BER,3"])

    told = " ".join(
        row.what
        for row in incomplete_items(check(tmp_path).inputs, missing_inventory_is_zero=False)
        if "JUG at BER" in row.examples
    )

    assert "no unit cost" in told
    assert "no price in products" in told


def test_stock_without_sales_is_planned_and_listed(tmp_path):
    shop(
        tmp_path,
        products=["JUG,Jug,Kitchen,9,3,EUR"],
        supply_terms=["JUG,BER,NORD,3,EUR,7"],
        inventory=[f"{AS_OF},JUG,BER,3"],
    )

    assert missing_for(check(tmp_path))[("JUG at BER",)][0].startswith("stock, and not one sale on record")


# --- currencies


def test_a_currency_without_rates_is_refused_with_its_days_and_what_to_do(tmp_path):
    shop(tmp_path, sales=[sale(day(9), channel="shop", currency="USD"), sale(day(2), channel="shop", currency="USD")])

    reason = only_reason(check(tmp_path))

    assert (
        f"fx_rates: no rate to EUR within 10 days before the date for USD from {day(9)} to {day(2)} (2 rows)" in reason
    )
    assert "deliver the rates of these dates, or raise data.max_rate_gap_days" in reason


@pytest.mark.parametrize(("gap", "is_bridged"), [(10, True), (11, False)])
def test_a_gap_of_rates_is_bridged_up_to_the_days_set_then_refused(tmp_path, gap, is_bridged):
    rates = f"date,currency,rate_to_base\n{day(gap + 2)},USD,0.5\n"
    shop(tmp_path, fx_rates=rates, sales=[sale(day(2), channel="shop", currency="USD")])

    found = check(tmp_path)

    assert (found.refusals == ()) == is_bridged
    if is_bridged:
        assert found.inputs.tables["demand_lines"]["net_revenue_base"].sum() == 4210


# --- lead times and orders


@pytest.mark.parametrize(
    ("written", "rule", "outcome"),
    [
        ("0", "supply_terms.lead_time_days.not_zero", "warn"),
        ("-7", "supply_terms.lead_time_days.range", "reject"),
        ("99999", "supply_terms.lead_time_days.range", "reject"),
        ("two weeks", "supply_terms.lead_time_days.number", "reject"),
    ],
)
def test_a_lead_time_that_cannot_be_is_reported_with_its_place(tmp_path, written, rule, outcome):
    more = [f"{sku},MUC,NORD,4,EUR,7" for sku in SKUS for _ in range(1)]
    shop(tmp_path, supply_terms=[*more, f"TEA,HAM,NORD,4,EUR,{written}"])

    told = problem(check(tmp_path), rule)

    assert told.outcome == outcome
    assert "supply_terms.csv line 8: lead_time_days is" in told.examples[0].message
    assert f"(rule {rule})" in told.examples[0].message


def test_received_before_ordered_warns_and_nothing_is_learned_from_it(tmp_path):
    orders = csv(ORDERS, [f"P1,1,TEA,BER,NORD,{day(30)},10"])
    shop(tmp_path, purchase_orders=orders, receipts=csv(RECEIPTS, [f"P1,1,{day(40)},10"]))

    found = check(tmp_path)

    told = problem(found, "receipts.received_on.after_order")
    assert found.refusals == ()
    assert "receipts.csv line 2: received_on is" in told.examples[0].message
    assert "no lead time is learned from it" in told.examples[0].message
    assert told.to_do == "correct one of the two dates"


# --- awkward histories


def test_awkward_histories_are_read_without_a_word(tmp_path):
    long_ago = pd.date_range("2016-04-01", AS_OF)
    rows = [sale(f"{date:%Y-%m-%d}") for date in long_ago]
    rows += [
        sale(day(before), "POT", units=str(2 if before > 30 else 8), net_revenue="80") for before in range(69, -1, -1)
    ]
    rows += [sale(day(5), "CUP", units="500", net_revenue="5000")]
    shop(tmp_path, sales_csv=csv(SALES, rows))

    found = check(tmp_path)

    assert (found.refusals, [each.rule for each in found.problems]) == ((), [])
    assert len(found.inputs.items) == 3
    assert np.isclose(found.inputs.tables["demand_lines"]["units"].sum(), 2 * len(long_ago) + 39 * 2 + 31 * 8 + 500)


def test_a_product_without_any_sale_is_no_error(tmp_path):
    shop(tmp_path, sales_csv=csv(SALES, good_sales(skus=("TEA", "CUP"))))

    found = check(tmp_path)

    assert found.refusals == ()
    assert set(found.inputs.items["sku"]) == set(SKUS)


def test_stock_that_is_no_whole_number_of_units_warns_and_stays(tmp_path):
    shop(tmp_path, inventory_csv=csv(INVENTORY, [f"{AS_OF},TEA,BER,1.2", f"{AS_OF},CUP,BER,30", f"{AS_OF},POT,BER,30"]))

    found = check(tmp_path)

    told = problem(found, "inventory.on_hand.whole_steps")
    assert (told.outcome, told.rows, told.needs_nothing) == ("warn", 1, False)
    assert told.to_do.startswith("correct the units, or set unit_step")
    assert found.refusals == ()
