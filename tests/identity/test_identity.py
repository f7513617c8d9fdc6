import datetime as dt

import hypothesis
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_contracts.contract import empty_frame
from data_contracts.declarations import EVERYTHING
from data_contracts.tables import CONTRACTS
from identity.resolve import resolve_identity
from settings import DataRefused
from tests.identity.demand_factories import inventory, products, sales, settings


def resolved(tables, rules=None):
    return resolve_identity(
        {"products": products("A", "B"), "inventory": inventory("A"), **tables}, rules or settings()
    )


def lines_of(result, *columns):
    return result.tables["demand_lines"][list(columns)].to_numpy().tolist()


def failed(result, rule):
    return result.results.set_index("rule")["rows_failed"].get(rule, 0)


def test_lines_are_summed_to_item_period_channel_and_market():
    rows = sales(
        {"units": 2.0, "order": "1"},
        {"units": 3.0, "order": "1"},
        {"units": 1.0, "order": "2", "market": "FR"},
        {"units": 4.0, "order": "3", "order_type": "wholesale"},
    )

    lines = lines_of(
        resolved({"sales": rows}), "market", "order_type", "units", "lines", "orders", "largest_line_units"
    )

    assert lines == [["DE", "retail", 5, 2, 1, 3], ["DE", "wholesale", 4, 1, 1, 4], ["FR", "retail", 1, 1, 1, 1]]


def test_weekly_companies_sum_to_the_first_day_of_the_week():
    rows = sales({"date": "2026-03-01"}, {"date": "2026-03-02"}, {"date": "2026-03-08"})

    lines = lines_of(resolved({"sales": rows}, settings(company={"period": "week"})), "date", "units")

    assert lines == [[pd.Timestamp("2026-02-23"), 1], [pd.Timestamp("2026-03-02"), 2]]


def test_aliases_are_resolved_in_every_table():
    frames = {
        "sales": sales({"sku": "B0ALIAS"}, {"sku": "A"}),
        "sku_aliases": pd.DataFrame({"alias": ["B0ALIAS"], "sku": ["A"], "source": ["*"]}),
        "inventory": inventory("A", "B0ALIAS"),
        "purchase_orders": pd.DataFrame({"sku": ["B0ALIAS"], "location": ["BER"]}),
    }

    result = resolved(frames)

    assert lines_of(result, "sku", "units") == [["A", 2.0]]
    assert result.tables["inventory"][["sku", "on_hand"]].to_numpy().tolist() == [["A", 10.0]]
    assert result.tables["purchase_orders"]["sku"].tolist() == ["A"]
    assert failed(result, "sales.sku.alias") == 1


def test_an_alias_of_an_alias_leads_to_the_sku():
    aliases = pd.DataFrame({"alias": ["X", "Y", "P", "Q"], "sku": ["Y", "A", "Q", "P"]})

    result = resolved({"sales": sales({"sku": "X"}, {"sku": "P"}), "sku_aliases": aliases})

    assert lines_of(result, "sku") == [["A"]]
    assert result.rejected["value"].tolist() == ["P"]  # a circle leads nowhere


def test_a_code_that_means_two_skus_is_resolved_by_channel():
    aliases = pd.DataFrame({"alias": ["X", "X"], "sku": ["A", "B"], "source": ["web", "amazon"]})
    rows = sales({"sku": "X", "channel": "web"}, {"sku": "X", "channel": "amazon"}, {"sku": "X", "channel": "ebay"})

    result = resolved({"sales": rows, "sku_aliases": aliases})

    assert lines_of(result, "sku", "channel") == [["A", "web"], ["B", "amazon"]]
    assert result.rejected["rule"].tolist() == ["sales.sku.resolved"]


def test_a_channels_code_does_not_rename_a_product_of_the_same_code():
    aliases = pd.DataFrame({"alias": ["B"], "sku": ["A"], "source": ["amazon"]})
    rows = sales({"sku": "B", "channel": "web"}, {"sku": "B", "channel": "amazon"})

    result = resolved({"sales": rows, "sku_aliases": aliases})

    assert lines_of(result, "sku", "channel") == [["A", "amazon"], ["B", "web"]]
    assert result.tables["products"]["sku"].tolist() == ["A", "B"]


def test_letter_case_is_kept_unless_declared_and_counted_when_changed():
    frames = {"sales": sales({"sku": "a"}, {"sku": " A "})}

    kept = resolved(frames)
    upper = resolved(frames, settings(data={"sku_case": "upper"}))

    assert kept.rejected["value"].tolist() == ["a"]
    assert lines_of(kept, "sku", "units") == [["A", 1.0]]
    assert failed(kept, "sales.sku.normalised") == 1
    assert lines_of(upper, "sku", "units") == [["A", 2.0]]
    assert failed(upper, "sales.sku.normalised") == 2


def test_products_that_differ_by_case_only_become_one():
    frames = {"sales": sales({}), "products": products("A", "a"), "inventory": inventory("A", "a")}

    result = resolved(frames, settings(data={"sku_case": "upper"}))

    assert result.tables["products"]["sku"].tolist() == ["A"]
    assert result.tables["inventory"]["on_hand"].tolist() == [10.0]


def fulfilment(*rows):
    columns = ["channel", "market", "location", "valid_from", "valid_to"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(valid_from=pd.to_datetime(frame["valid_from"]), valid_to=pd.to_datetime(frame["valid_to"]))


def test_fulfilment_fills_only_missing_locations():
    table = fulfilment(("web", "DE", "FBA", None, None))

    result = resolved({"sales": sales({}, {"location": None}), "fulfilment": table})

    assert lines_of(result, "location", "units") == [["BER", 1.0], ["FBA", 1.0]]


@pytest.mark.parametrize(
    ("row", "location"),
    [
        ({"market": "DE", "date": "2026-03-02"}, "HAM"),
        ({"market": "DE", "date": "2026-03-01"}, "BER"),
        ({"market": "FR"}, "LYO"),
        ({"market": None}, "LYO"),
        ({"channel": "ebay"}, "DEF"),
    ],
)
def test_the_most_specific_fulfilment_of_the_date_wins(row, location):
    table = fulfilment(
        ("web", "DE", "BER", None, None),
        ("web", "DE", "HAM", "2026-03-02", "2026-03-31"),
        ("web", EVERYTHING, "LYO", "2026-02-01", None),
    )

    result = resolved(
        {"sales": sales({"location": None, **row}), "fulfilment": table},
        settings(company={"default_location": "DEF"}),
    )

    assert lines_of(result, "location") == [[location]]


def test_a_sale_without_a_stocking_location_is_rejected_with_file_and_line():
    result = resolved({"sales": sales({}, {"location": None})})

    row = result.rejected.iloc[0]
    assert (row["table"], row["source"], row["line"], row["rule"]) == (
        "sales",
        "sales.csv",
        3,
        "sales.location.resolved",
    )
    assert lines_of(result, "units") == [[1.0]]


def test_unknown_skus_and_locations_are_rejected_by_rule():
    locations = pd.DataFrame({"location": ["BER"]})

    result = resolved({"sales": sales({"sku": "ZZZ"}, {"location": "MARS"}, {}), "locations": locations})

    assert result.rejected["rule"].tolist() == ["sales.sku.resolved", "sales.location.resolved"]
    assert result.rejected["value"].tolist() == ["ZZZ", "MARS"]


def test_codes_that_are_no_products_are_set_aside_and_counted_not_rejected():
    result = resolved(
        {"sales": sales({}, {"sku": "POST"}, {"sku": "gift_20"})}, settings(not_products=["POST", "re:gift_.*"])
    )

    assert failed(result, "sales.sku.no_product") == 2
    assert result.rejected.empty


def test_bundles_are_demand_for_their_components():
    table = pd.DataFrame({"bundle_sku": ["SET", "SET"], "component_sku": ["A", "B"], "units": [2.0, 1.0]})
    frames = {"sales": sales({"sku": "SET", "units": 3.0}), "bundles": table}

    result = resolved(frames | {"products": products("A", "B", unit_price=[5.0, 20.0])})

    assert lines_of(result, "sku", "units", "largest_line_units", "net_revenue_base") == [
        ["A", 6, 6, 10],
        ["B", 3, 3, 20],
    ]


def test_a_bundle_with_an_unknown_component_is_rejected_whole():
    table = pd.DataFrame({"bundle_sku": ["SET", "SET"], "component_sku": ["A", "ZZZ"], "units": [1.0, 1.0]})

    result = resolved({"sales": sales({"sku": "SET"}), "bundles": table})

    assert result.rejected["rule"].tolist() == ["bundles.component_sku.resolved"] * 2 + ["sales.sku.resolved"]


def test_money_is_in_base_currency_at_the_rate_of_its_day():
    fx = pd.DataFrame(
        {"date": pd.to_datetime(["2026-03-01", "2026-03-30"]), "currency": "USD", "rate_to_base": [0.9, 0.5]}
    )
    terms = {"sku": ["A"], "location": ["BER"], "supplier": ["S"], "unit_cost": [4.0], "currency": ["USD"]}
    frames = {
        "sales": sales({"currency": "USD", "net_revenue": 100.0}),
        "fx_rates": fx,
        "supply_terms": pd.DataFrame(terms),
    }

    result = resolved(frames)

    assert lines_of(result, "net_revenue_base") == [[90.0]]
    assert result.tables["supply_terms"][["unit_cost_base", "rate_to_base"]].to_numpy().tolist() == [[2.0, 0.5]]


def test_a_missing_rate_refuses_the_run():
    with pytest.raises(DataRefused, match=r"fx_rates: no rate to EUR.*USD from 2026-03-02"):
        resolved({"sales": sales({"currency": "USD"})})


def test_a_market_that_nobody_names_is_called_unknown():
    rows = sales({}).drop(columns="market")

    assert lines_of(resolved({"sales": rows}), "market") == [["unknown"]]


def test_empty_tables_of_the_contracts_are_understood():
    tables = {name: empty_frame(contract) for name, contract in CONTRACTS.items()}

    result = resolve_identity(tables, settings(), dt.date(2026, 3, 31))

    assert result.tables["demand_lines"].empty
    assert set(CONTRACTS) < set(result.tables)


@hypothesis.settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.tuples(st.dates(dt.date(2024, 1, 1), dt.date(2026, 12, 31)), st.integers(-3, 9)), min_size=1, max_size=40
    ),
    st.sampled_from(["day", "week", "month"]),
    st.sampled_from(["monday", "sunday"]),
)
def test_a_sum_over_any_calendar_equals_the_sum_of_its_rows(rows, period, week_starts_on):
    frame = sales(*[{"date": str(date), "units": float(units)} for date, units in rows])

    result = resolved({"sales": frame}, settings(company={"period": period, "week_starts_on": week_starts_on}))

    lines = result.tables["demand_lines"]
    assert lines["units"].sum() == sum(units for _, units in rows if units > 0)
    assert lines["returned_units"].sum() == -sum(units for _, units in rows if units < 0)
    assert lines["net_revenue_base"].sum() == pytest.approx(10 * sum(units for _, units in rows))
    assert not lines.duplicated(["date", "sku", "location", "channel", "market", "order_type"]).any()
