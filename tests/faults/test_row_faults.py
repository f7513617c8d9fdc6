"""Faults of values, repeats and dates: which rows are left out, and what is told of them."""

import pandas as pd
import pytest

from tests.faults.shop import (
    INVENTORY,
    PRODUCTS,
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


@pytest.mark.parametrize(
    ("written", "rule", "to_do"),
    [
        ("NaN", "sales.units.present", "fill it in the source"),
        ("inf", "sales.units.range", "correct the value"),
        ("1e12", "sales.units.range", "correct the value"),
        ("1.5", "sales.units.whole_steps", "correct the units, or set unit_step"),
        ("1.5x", "sales.units.number", "write a plain number such as 3"),
    ],
)
def test_units_that_cannot_be_reject_their_row_with_its_place_and_what_to_do(tmp_path, written, rule, to_do):
    shop(tmp_path, sales=[sale(day(3), "CUP", channel="shop", units=written)])

    found = check(tmp_path)

    told = problem(found, rule)
    (example,) = told.examples
    assert found.refusals == ()
    assert found.inputs.tables["demand_lines"]["units"].sum() == 420
    assert (told.outcome, told.rows) == ("reject", 1)
    assert (example.file, example.line, example.column) == ("sales.csv", 212, "units")
    assert example.message.startswith("sales.csv line 212: units is ")
    assert f"rejected (rule {rule})" in example.message
    assert told.to_do.startswith(to_do)
    assert (told.worth.money, told.worth.of) == (20.0, "net revenue")


def test_returns_are_no_errors(tmp_path):
    shop(tmp_path, sales=[sale(day(1), units="-2", net_revenue="-20", channel="shop")])

    found = check(tmp_path)

    assert found.refusals == ()
    assert [each.rule for each in found.problems if not each.needs_nothing] == []


def test_a_price_of_zero_warns_and_the_row_stays(tmp_path):
    shop(tmp_path, sales=[sale(day(1), channel="shop", net_revenue="0")])

    found = check(tmp_path)

    told = problem(found, "sales.net_revenue.not_zero")
    assert (told.outcome, told.rows, told.worth.units) == ("warn", 1, 2.0)
    assert "sales.csv line 212: net_revenue is" in told.examples[0].message
    assert found.inputs.tables["demand_lines"]["units"].sum() == 422


# --- repeats


def test_a_row_given_twice_counts_once(tmp_path):
    shop(tmp_path, sales_csv=csv(SALES + ",order,line", [f"{row},W{n},1" for n, row in enumerate(good_sales())] * 2))

    found = check(tmp_path)

    told = problem(found, "sales.key.repeated")
    assert found.refusals == ()
    assert found.inputs.tables["demand_lines"]["units"].sum() == 420
    assert (told.rows, told.worth.units, told.worth.money, told.needs_nothing) == (210, 420.0, 4200.0, True)


def test_a_row_given_twice_without_an_order_number_counts_once_and_needs_attention(tmp_path):
    shop(tmp_path, sales=[sale(day(1))] * 2)

    found = check(tmp_path)

    told = problem(found, "sales.key.repeated_without_order")
    assert found.inputs.tables["demand_lines"]["units"].sum() == 420
    assert (told.rows, told.worth.units, told.worth.money, told.needs_nothing) == (2, 4.0, 40.0, False)
    assert told.to_do.startswith("map the order number of the file as order in [sources.sales.columns]")
    assert told.says.startswith("row is a duplicate within its file, without an order number")


def test_a_shop_whose_orders_are_not_told_apart_is_refused_with_what_it_would_lose(tmp_path):
    shop(tmp_path, sales_csv=csv(SALES, [row for row in good_sales() for _ in range(3)]))

    found = check(tmp_path)

    assert only_reason(found).startswith("sales: 420 of 630 rows (66.7%) are duplicates of another row of their file")
    assert problem(found, "sales.key.repeated_without_order").worth.money == 8400.0
    assert found.problems[0].rule == "sales.key.repeated_without_order"


def test_two_values_for_one_key_are_a_conflict_and_none_is_believed(tmp_path):
    shop(tmp_path, sales=[sale(day(1), units="7")])

    found = check(tmp_path)

    told = problem(found, "sales.key.conflict")
    assert found.inputs.tables["demand_lines"]["units"].sum() == 418
    assert told.rows == 2
    assert told.to_do == "keep the row that is right; two real sales need an order number and a line number"
    assert {example.line for example in told.examples} == {206, 212}
    assert (
        "a duplicate key with different values (line 206: units 2; line 212: units 7); rejected"
        in told.examples[0].message
    )


def test_lines_of_an_order_without_line_numbers_repeat_lawfully(tmp_path):
    rows = [f"{row},W{n}" for n, row in enumerate(good_sales())]
    shop(tmp_path, sales_csv=csv(SALES + ",order", [*rows, rows[-1]]))

    found = check(tmp_path)

    assert found.inputs.tables["demand_lines"]["units"].sum() == 422
    assert problem(found, "sales.order.repeated_lines").outcome == "warn"


def test_the_same_file_delivered_twice_counts_once_and_is_named(tmp_path):
    shop(tmp_path, sales_csv=None, sources='[sources.sales]\npath = "sales"\n')
    (tmp_path / "sales").mkdir()
    for name in ("march.csv", "march (1).csv"):
        (tmp_path / "sales" / name).write_text(csv(SALES, good_sales()))

    found = check(tmp_path)

    assert found.inputs.tables["demand_lines"]["units"].sum() == 420
    told = problem(found, "sales.source.delivered_twice")
    assert told.examples[0].message.startswith("march.csv: the same content as march (1).csv, counted once")
    assert told.to_do == "remove one of the two files"


def test_a_restated_month_is_judged_again_and_replaces_the_old(tmp_path):
    shop(tmp_path)
    before = check(tmp_path).intakes["sales"].parts
    text = (tmp_path / "sales.csv").read_text()
    (tmp_path / "sales.csv").write_text(text.replace(sale(day(0)), sale(day(0), units="9")))

    found = check(tmp_path)

    after = found.intakes["sales"].parts
    assert before["month"].tolist() == after["month"].tolist() == ["2026-01", "2026-02", "2026-03"]
    assert after["was_cached"].tolist() == [True, True, False]
    assert found.inputs.tables["demand_lines"]["units"].sum() == 427


# --- dates


@pytest.mark.parametrize(
    ("date", "rule"),
    [
        ("1989-12-31", "sales.date.range"),
        ("2026-02-29", "sales.date.date"),
        ("2026-04-02", "sales.date.not_in_future"),
    ],
)
def test_days_that_cannot_be_reject_their_row(tmp_path, date, rule):
    shop(tmp_path, sales=[sale(date)])

    found = check(tmp_path)

    told = problem(found, rule)
    assert told.examples[0].line == 212
    assert f'date is "{date}"' in told.examples[0].message
    assert found.inputs.tables["demand_lines"]["units"].sum() == 420


def test_the_29_of_february_is_a_day(tmp_path):
    shop(tmp_path, sales=[sale("2024-02-29")])

    found = check(tmp_path)

    assert found.inputs.tables["demand_lines"]["date"].min() == pd.Timestamp("2024-02-29")


@pytest.mark.parametrize(
    ("instant", "on"),
    [
        ("2026-03-28T23:30:00Z", "2026-03-29"),
        ("2026-03-29T00:59:59+01:00", "2026-03-29"),
        ("2026-03-29T22:30:00Z", "2026-03-30"),
        ("2025-10-25T22:30:00Z", "2025-10-26"),
        ("2025-10-26T22:30:00Z", "2025-10-26"),
    ],
)
def test_an_instant_around_a_change_of_clocks_is_the_day_of_the_companys_zone(tmp_path, instant, on):
    rows = [
        sale(instant if n == 0 else row[:10], row.split(",")[1], channel="shop" if n == 0 else "web")
        for n, row in enumerate(good_sales())
    ]
    shop(tmp_path, sales_csv=csv(SALES, rows), settings='[company]\ntimezone = "Europe/Berlin"')

    sold = load_sales(check(tmp_path))

    assert sold.loc[sold["source_line"] == 2, "date"].tolist() == [pd.Timestamp(on)]
    assert len(sold) == 210


@pytest.mark.parametrize("week_starts_on", ["monday", "sunday"])
def test_a_year_of_53_weeks_is_summed_whole_by_weeks_of_either_start(tmp_path, week_starts_on):
    last = pd.Timestamp("2026-03-29" if week_starts_on == "monday" else "2026-03-28")
    dates = pd.date_range("2020-12-20", "2021-01-20").append(pd.date_range("2025-10-01", "2026-03-31"))
    rows = [sale(f"{date:%Y-%m-%d}") for date in dates]
    shop(
        tmp_path,
        sales_csv=csv(SALES, rows),
        inventory_csv=csv(INVENTORY, [f"{last:%Y-%m-%d},TEA,BER,30"]),
        settings=f'[company]\nperiod = "week"\nweek_starts_on = "{week_starts_on}"',
    )

    lines = check(tmp_path).inputs.tables["demand_lines"]

    assert lines["units"].sum() == 2 * (dates <= last).sum()
    assert set(lines["date"].dt.day_name()) == {week_starts_on.capitalize()}


def load_sales(found):
    """Accepted sales of a check."""
    from data_contracts.acceptance.accepted import load_accepted

    return load_accepted(found.intakes["sales"])


# --- the cause is told once


def test_a_rejected_product_is_one_cause_with_the_count_of_what_follows(tmp_path):
    products = [f"{sku},{sku},{'' if sku == 'CUP' else 'Kitchen'},10,4,EUR" for sku in SKUS]
    shop(tmp_path, products_csv=csv(PRODUCTS, products), settings="max_data_age_days = 9")
    allow_a_half(tmp_path)

    found = check(tmp_path)

    (told,) = [each for each in found.problems if not each.needs_nothing]
    assert found.refusals == ()
    assert told.rule == "products.category.present"
    assert told.follows == ("70 sales rows, 1 inventory row and 1 supply_terms row of CUP follow from it",)
    assert (told.followers, told.followers_worth.money) == (72, 1400.0)


ORDERS = "order_number,line_number,sku,location,supplier,ordered_on,ordered_units"
RECEIPTS = "order_number,line_number,received_on,received_units"


def test_receipts_of_a_rejected_purchase_order_are_reported_with_it(tmp_path):
    orders = [f"P-1,1,TEA,BER,NORD,{day(30)},4x", f"P-1,2,CUP,BER,NORD,{day(30)},5", f"P-2,1,POT,BER,NORD,{day(9)},6"]
    received = [f"P-1,1,{day(20)},2", f"P-1,1,{day(19)},2", f"P-1,2,{day(20)},5", f"P-9,1,{day(3)},7"]
    shop(tmp_path, purchase_orders_csv=csv(ORDERS, orders), receipts_csv=csv(RECEIPTS, received))
    allow_a_half(tmp_path)

    found = check(tmp_path)

    rejected = problem(found, "purchase_orders.ordered_units.number")
    unknown = problem(found, "receipts.order.known")
    assert rejected.follows == ("2 receipts of 1 such order count for nothing: no lead time is learned from them",)
    assert (rejected.rows, rejected.followers) == (1, 2)
    assert unknown.rows == 1
    assert 'receipts.csv line 5: order_number is "P-9"' in unknown.examples[0].message


def test_codes_that_nobody_declared_are_one_problem_with_the_rows_of_each(tmp_path):
    shop(
        tmp_path,
        sales=[sale(day(2), "ZZZ"), sale(day(3), "ZZZ"), sale(day(2), "YYY")],
        supply_terms=["ZZZ,BER,NORD,4,EUR,7"],
    )
    allow_a_half(tmp_path)

    found = check(tmp_path)

    (told,) = [each for each in found.problems if not each.needs_nothing]
    assert told.says == "2 SKUs not in products"
    assert told.follows == ("2 sales rows and 1 supply_terms row of ZZZ", "1 sales row of YYY")
    assert (told.rows, told.worth.money) == (4, 60.0)
    assert 'sales.csv line 212: sku is "ZZZ", not in products' in told.examples[0].message
    assert told.to_do.startswith("add the code to products, or a line to sku_aliases")


def test_a_location_that_nobody_declared_is_one_problem(tmp_path):
    locations = "location,name,kind,country,currency\nBER,Berlin,warehouse,DE,EUR\n"
    shop(tmp_path, locations=locations, sales=[sale(day(2), location="MUC"), sale(day(3), location="MUC")])

    told = problem(check(tmp_path), "sales.location.resolved")

    assert told.says == "1 location not in locations"
    assert told.to_do.startswith("add the location to locations")


def test_a_sale_without_any_location_is_reported_with_the_ways_to_give_one(tmp_path):
    shop(tmp_path, sales=[sale(day(2), location="")])

    told = problem(check(tmp_path), "sales.location.resolved")

    assert (
        "sales.csv line 212: location is empty, and neither fulfilment nor company.default_location gives"
        in told.examples[0].message
    )
    assert "company.default_location" in told.to_do


def allow_a_half(root):
    """A shop of three products loses a third of them with one."""
    file = root / "restock.toml"
    file.write_text(file.read_text().replace("max_rejected_share = 0.2", "max_rejected_share = 0.5"))


def test_a_term_that_cannot_be_is_worth_what_its_sku_sold(tmp_path):
    shop(
        tmp_path, supply_terms_csv=csv(TERMS, [f"{sku},BER,NORD,4,EUR,{'-7' if sku == 'TEA' else '7'}" for sku in SKUS])
    )

    found = check(tmp_path)

    told = problem(found, "supply_terms.lead_time_days.range")
    assert "supply_terms: 1 of 3 rows are rejected" in only_reason(found)
    assert (told.worth.money, told.worth.of) == (1400.0, "net revenue of these SKUs in the last 365 days")


def test_a_shop_most_of_whose_sales_are_of_unknown_skus_is_refused(tmp_path):
    shop(tmp_path, sales_csv=csv(SALES, [sale(day(n), "TEA" if n % 10 == 0 else f"OLD-{n}") for n in range(40)]))

    found = check(tmp_path)

    reason = only_reason(found)
    assert "sales: 36 of 40 rows are rejected (90.0%), more than data.max_rejected_share allows (20.0%)" in reason
    assert "36 by sales.sku.resolved, first sales.csv line" in reason
    assert "products" in problem(found, "sales.sku.resolved").to_do


def test_what_different_steps_reject_counts_together(tmp_path):
    unread = [sale(day(n), units="two") for n in range(20, 23)]
    unknown = [sale(day(n), "OLD") for n in range(3)]
    shop(tmp_path, sales_csv=csv(SALES, [*unread, *unknown, *(sale(day(n)) for n in range(14))]))

    reason = only_reason(check(tmp_path))

    assert "sales: 6 of 20 rows are rejected (30.0%)" in reason
    assert "3 by sales.units.number" in reason
    assert "3 by sales.sku.resolved" in reason
