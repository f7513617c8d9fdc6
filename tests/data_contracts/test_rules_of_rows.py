"""Great Expectations decides which rows are rejected, warned of or counted once."""

import numpy as np
import pandas as pd
import pytest

from data_contracts.acceptance.accepted import load_accepted
from data_contracts.expectations import validation
from data_contracts.expectations.suite import build_rule_suite, build_suite
from data_contracts.tables import CONTRACTS
from settings import DataRefused
from tests.data_contracts.company import SALES_HEADER, accepted, ingest, rejected, sale, sales_csv, warnings_of, write

LINES = SALES_HEADER + ",order,line"


def test_a_rejected_row_is_reported_with_file_line_rule_and_value(tmp_path):
    rows = [sale(sku=f"S{i}") for i in range(810)] + [sale(units='"1,5x"')]
    write(tmp_path, "sales-2026-03.csv", sales_csv(*rows))

    (row,) = rejected(tmp_path, path="sales-2026-03.csv").to_dict("records")

    assert row == {
        "table": "sales",
        "source": "sales-2026-03.csv",
        "line": 812,
        "rule": "sales.units.number",
        "column": "units",
        "value": "1,5x",
        "message": 'sales-2026-03.csv line 812: units is "1,5x", not a number; rejected (rule sales.units.number)',
    }


@pytest.mark.parametrize(
    ("fault", "rule"),
    [
        ({"units": "NaN"}, "sales.units.present"),
        ({"units": ""}, "sales.units.present"),
        ({"units": "inf"}, "sales.units.range"),
        ({"units": "1e12"}, "sales.units.range"),
        ({"units": "-1e12"}, "sales.units.range"),
        ({"net_revenue": "1e15"}, "sales.net_revenue.range"),
        ({"date": "1989-12-31"}, "sales.date.range"),
        ({"date": "2026-02-30"}, "sales.date.date"),
        ({"date": ""}, "sales.date.present"),
        ({"sku": ""}, "sales.sku.present"),
        ({"currency": "EURO"}, "sales.currency.currency"),
    ],
)
def test_impossible_values_reject_the_row(tmp_path, fault, rule):
    write(tmp_path, "sales.csv", sales_csv(sale(sku="good"), sale(**{"sku": "bad", **fault})))

    assert accepted(tmp_path)["sku"].tolist() == ["good"]
    assert rejected(tmp_path)["rule"].tolist() == [rule]


def test_returns_are_no_errors(tmp_path):
    write(tmp_path, "sales.csv", sales_csv(sale(units="-2", net_revenue="-20")))

    intake = ingest(tmp_path)

    assert accepted(tmp_path)["units"].tolist() == [-2.0]
    assert warnings_of(intake) == {}


def test_doubtful_values_warn_and_stay(tmp_path):
    write(
        tmp_path,
        "sales.csv",
        sales_csv(sale(net_revenue="0"), sale(sku="B", net_revenue="-5"), sale(sku="C", units="0")),
    )

    intake = ingest(tmp_path)

    assert len(accepted(tmp_path)) == 3
    assert warnings_of(intake) == {
        "sales.net_revenue.not_zero": 1,
        "sales.net_revenue.sign": 1,
        "sales.units.not_zero": 1,
    }


def test_an_optional_value_that_cannot_be_is_left_out_and_reported(tmp_path):
    text = "sku,name,category,weight_kg,pack_size,unit_price\nA,Tea,Hot,-5,many,0\n"
    write(tmp_path, "products.csv", text)

    row = accepted(tmp_path, table="products", path="products.csv").iloc[0]

    assert row[["weight_kg", "pack_size", "unit_price"]].isna().all()
    reported = warnings_of(ingest(tmp_path, table="products", path="products.csv"))
    assert reported == {
        "products.weight_kg.range": 1,
        "products.pack_size.number": 1,
        "products.unit_price.not_zero": 1,
    }


def test_defaults_stand_where_nothing_is_written(tmp_path):
    text = (
        "sku,location,supplier,unit_cost,currency,lead_time_days,is_preferred\nA,BER,S,3,EUR,5,\nB,BER,S,3,EUR,5,yes\n"
    )
    write(tmp_path, "terms.csv", text)

    rows = accepted(tmp_path, table="supply_terms", path="terms.csv")

    assert rows["valid_from"].tolist() == [pd.Timestamp("1990-01-01")] * 2
    assert rows["is_preferred"].isna().tolist() == [True, False]


# --- repeats and conflicts


def test_a_row_given_twice_counts_once_and_is_reported(tmp_path):
    write(tmp_path, "sales.csv", sales_csv(sale(), sale(), sale(sku="B"), sale()))

    intake = ingest(tmp_path)

    assert accepted(tmp_path)["sku"].tolist() == ["A", "B"]
    assert warnings_of(intake) == {"sales.key.repeated_without_order": 2}
    assert len(rejected(tmp_path)) == 0


def test_overlapping_exports_without_orders_count_once_and_need_nothing(tmp_path):
    write(tmp_path, "in/a.csv", sales_csv(sale(), sale(sku="B")))
    write(tmp_path, "in/b.csv", sales_csv(sale(), sale(sku="B"), sale(sku="C")))

    intake = ingest(tmp_path, path="in", max_rejected_share=0.05)

    assert warnings_of(intake) == {"sales.key.repeated": 2}


def test_rows_of_an_order_line_given_twice_count_once(tmp_path):
    write(tmp_path, "sales.csv", sales_csv(*[sale() + ",W1,1"] * 2, header=LINES))

    assert warnings_of(ingest(tmp_path)) == {"sales.key.repeated": 1}


def test_too_many_rows_that_no_order_number_tells_apart_are_refused_with_what_to_do(tmp_path):
    rows = [sale(date=f"2026-03-{day:02}") for day in range(1, 11) for _ in range(3)]
    write(tmp_path, "sales.csv", sales_csv(*rows))

    with pytest.raises(
        DataRefused,
        match=r"(?s)sales: 20 of 30 rows \(66.7%\) are duplicates of another row of their file and have no order number"
        r".*map the order number as order in \[sources.sales.columns\].*first sales.csv line 3: ",
    ):
        ingest(tmp_path, max_rejected_share=0.2)

    orders = [f"{row},W{number}," for number, row in enumerate(rows)]
    write(tmp_path, "sales.csv", sales_csv(*orders, header=LINES))
    assert warnings_of(ingest(tmp_path, max_rejected_share=0.2)) == {}


def test_different_values_for_a_key_are_a_conflict_that_rejects_all_of_them(tmp_path):
    write(tmp_path, "sales.csv", sales_csv(sale(units="1"), sale(units="2"), sale(units="2"), sale(sku="B")))

    assert accepted(tmp_path)["sku"].tolist() == ["B"]
    assert set(rejected(tmp_path)["rule"]) == {"sales.key.conflict"}


def test_a_return_may_stand_beside_the_sale_of_its_day(tmp_path):
    write(tmp_path, "sales.csv", sales_csv(sale(units="5"), sale(units="-1", net_revenue="-10")))

    assert accepted(tmp_path)["units"].tolist() == [5.0, -1.0]


def test_lines_of_an_order_without_line_ids_repeat_lawfully(tmp_path):
    """6,865 rows of Online Retail do."""
    write(tmp_path, "sales.csv", sales_csv(*[sale() + ",W1,"] * 3, sale(units="2") + ",W1,", header=LINES))

    intake = ingest(tmp_path)

    assert accepted(tmp_path)["units"].tolist() == [1.0, 1.0, 1.0, 2.0]
    assert warnings_of(intake) == {"sales.order.repeated_lines": 2}


def test_overlapping_exports_of_such_orders_count_once(tmp_path):
    write(tmp_path, "in/a.csv", sales_csv(*[sale() + ",W1,"] * 2, header=LINES))
    write(tmp_path, "in/b.csv", sales_csv(*[sale() + ",W1,"] * 2, sale() + ",W2,", header=LINES))

    assert accepted(tmp_path, path="in")["order"].tolist() == ["W1", "W1", "W2"]


def test_one_line_id_with_different_values_is_a_conflict(tmp_path):
    rows = (
        sale() + ",W1,1",
        sale(units="2") + ",W1,1",
        sale() + ",W1,2",
        sale(sku="B") + ",W2,1",
        sale(sku="B") + ",W2,1",
    )
    write(tmp_path, "sales.csv", sales_csv(*rows, header=LINES))

    assert accepted(tmp_path)["line"].tolist() == ["2", "1"]
    assert len(rejected(tmp_path)) == 2


def test_units_of_an_order_line_may_come_back_on_two_days(tmp_path):
    rows = [sale(units="3") + ",W1,1"] + [
        sale(date=f"2026-03-1{d}", units="-1", net_revenue="-10") + ",W1,1" for d in (1, 2)
    ]
    write(tmp_path, "sales.csv", sales_csv(*rows, header=LINES))

    assert accepted(tmp_path)["units"].sum() == 1.0


def test_the_same_file_delivered_twice_counts_once(tmp_path):
    for name in ("in/sales.csv", "in/sales (1).csv"):
        write(tmp_path, name, sales_csv(sale() + ",W1,", sale() + ",W1,", header=LINES))

    intake = ingest(tmp_path, path="in")

    assert len(accepted(tmp_path, path="in")) == 2
    assert warnings_of(intake)["sales.source.delivered_twice"] == 1


# --- rules over several columns


@pytest.mark.parametrize(
    ("table", "text", "rule"),
    [
        (
            "promotions",
            "sku,category,starts_on,ends_on,discount_fraction\nA,,2026-03-05,2026-03-01,0.1\n",
            "promotions.dates.in_order",
        ),
        (
            "promotions",
            "sku,category,starts_on,ends_on,discount_fraction\nA,Tea,2026-03-05,2026-03-06,0.1\n",
            "promotions.scope",
        ),
        (
            "promotions",
            "sku,starts_on,ends_on,discount_fraction\nA,2026-03-05,2026-03-06,20\n",
            "promotions.discount_fraction.range",
        ),
        ("closures", "starts_on,ends_on\n2026-03-05,2026-03-06\n", "closures.scope"),
        ("transfer_terms", "from_location,to_location,lead_time_days\nBER,BER,3\n", "transfer_terms.locations.differ"),
        ("bundles", "bundle_sku,component_sku,units\nA,A,3\n", "bundles.component_sku.not_itself"),
        ("bundles", "bundle_sku,component_sku,units\nA,B,0\n", "bundles.units.range"),
        ("planning_parameters", "name,value\nservice_target,1.5\n", "planning_parameters.value.fits_name"),
        ("planning_parameters", "name,value\nphase_out_on,7\n", "planning_parameters.value.fits_name"),
        ("planning_parameters", "name,value\nfavourite,7\n", "planning_parameters.name.choice"),
        (
            "supply_terms",
            "sku,location,supplier,unit_cost,currency,lead_time_days\nA,BER,S,3,EUR,-2\n",
            "supply_terms.lead_time_days.range",
        ),
        ("fx_rates", "date,currency,rate_to_base\n2026-03-01,USD,0\n", "fx_rates.rate_to_base.range"),
        ("inventory", "as_of,sku,location,on_hand\n2026-03-01,A,BER,many\n", "inventory.on_hand.number"),
        ("locations", "location,name,kind,country,currency\nBER,Berlin,castle,DE,EUR\n", "locations.kind.choice"),
    ],
)
def test_each_rule_rejects_its_bad_row(tmp_path, table, text, rule):
    write(tmp_path, f"{table}.csv", text)

    assert rejected(tmp_path, table=table, path=f"{table}.csv")["rule"].tolist() == [rule]


@pytest.mark.parametrize(
    ("column", "written", "rule"),
    [
        ("order_weekdays", "mon+thu", None),
        ("order_weekdays", "Monday;thursday", None),
        ("order_weekdays", "someday", "supply_terms.order_weekdays.readable"),
        ("price_breaks", "all_units: 100=5.80; 500=5.40", None),
        ("price_breaks", "cheaper from 100", "supply_terms.price_breaks.readable"),
        ("unit_cost", "0", "supply_terms.unit_cost.not_zero"),
        ("lead_time_days", "0", "supply_terms.lead_time_days.not_zero"),
    ],
)
def test_doubtful_terms_are_reported(tmp_path, column, written, rule):
    term = {
        "sku": "A",
        "location": "BER",
        "supplier": "S",
        "unit_cost": "3",
        "currency": "EUR",
        "lead_time_days": "5",
        column: written,
    }
    write(tmp_path, "terms.csv", f"{','.join(term)}\n{','.join(term.values())}\n")

    reported = warnings_of(ingest(tmp_path, table="supply_terms", path="terms.csv"))

    assert reported == ({rule: 1} if rule else {})


def test_negative_stock_beside_backorders_is_told_and_kept(tmp_path):
    counted = [("A", -5, 5), ("B", -5, 0), ("C", 3, 5), ("D", -5, "")]
    lines = [f"2026-03-31,{sku},BER,{on_hand},{backordered}" for sku, on_hand, backordered in counted]
    write(tmp_path, "inventory.csv", "\n".join(["as_of,sku,location,on_hand,backordered", *lines]) + "\n")

    intake = ingest(tmp_path, table="inventory", path="inventory.csv")

    assert warnings_of(intake) == {
        "inventory.on_hand.not_negative": 3,
        "inventory.on_hand.negative_beside_backorders": 1,
    }
    assert load_accepted(intake)["on_hand"].tolist() == [-5, -5, 3, -5]


# --- Great Expectations decides


@pytest.mark.parametrize(
    ("bad", "rule"),
    [
        (sale(units="1,5x").replace("1,5x", "15x"), "sales.units.number"),
        (sale(units="1e12"), "sales.units.range"),
        (sale(currency="EURO"), "sales.currency.currency"),
    ],
)
def test_without_its_expectation_a_bad_row_is_accepted(tmp_path, monkeypatch, bad, rule):
    write(tmp_path, "sales.csv", sales_csv(sale(sku="good"), bad))

    def suite_without_the_rule(contract, rules):
        suite = build_rule_suite(contract, rules)
        suite.expectations = [each for each in suite.expectations if each.meta["rule"] != rule]
        return suite

    with_the_rule = len(rejected(tmp_path))
    monkeypatch.setattr(validation, "build_rule_suite", suite_without_the_rule)
    (tmp_path / "parts").rename(tmp_path / "parts of the whole suite")

    assert with_the_rule == 1
    assert len(rejected(tmp_path)) == 0
    assert len(accepted(tmp_path)) == 2


def test_every_rule_of_every_contract_has_its_expectation():
    for contract in CONTRACTS.values():
        rules = [each.meta["rule"] for each in build_suite(contract).expectations]
        assert rules == [rule.name for rule in contract.all_rules()]
        assert len(set(rules)) == len(rules)


def test_an_expectation_that_cannot_be_evaluated_is_an_error_and_never_a_pass(monkeypatch):
    from data_contracts.expectations import row_checks
    from settings import RestockError

    monkeypatch.setitem(row_checks.ROW_CHECKS, "differ", lambda frame: 1 / 0)
    frame = pd.DataFrame({"component_sku": ["A"], "bundle_sku": ["B"]})
    suite = build_suite(CONTRACTS["bundles"])
    suite.expectations = [
        each for each in suite.expectations if each.meta["rule"] == "bundles.component_sku.not_itself"
    ]

    with pytest.raises(RestockError, match=r"rule bundles\.component_sku\.not_itself could not be evaluated"):
        validation.validate(frame, suite)


def test_more_rejected_rows_than_the_settings_allow_stop_the_run(tmp_path):
    write(tmp_path, "sales.csv", sales_csv(*[sale(sku=f"S{i}") for i in range(9)], sale(units="x")))

    assert len(ingest(tmp_path, max_rejected_share=0.1).parts) == 1
    with pytest.raises(DataRefused, match=r"sales: 1 of 10 rows are rejected \(10\.0%\)") as refused:
        ingest(tmp_path, max_rejected_share=0.05)

    assert 'line 11: units is "x", not a number' in str(refused.value)


def test_sums_over_any_calendar_equal_the_sum_of_the_rows(tmp_path):
    days = pd.date_range("2019-12-20", "2021-01-10")
    units = np.arange(len(days)) % 7 + 1
    write(
        tmp_path,
        "sales.csv",
        sales_csv(*[sale(date=f"{d:%Y-%m-%d}", units=str(u)) for d, u in zip(days, units, strict=True)]),
    )

    rows = accepted(tmp_path)

    assert rows["units"].sum() == units.sum()
    assert rows["date"].tolist() == days.tolist()
