"""Rules across tables, across months and relative to the date."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from data_contracts.acceptance.cross_table_rules import check_sources, validate_across_tables
from data_contracts.contract import empty_frame
from data_contracts.tables import CONTRACTS
from settings import DataRefused, Settings, SettingsError, TableSource
from settings.schema import CompanySettings, DataSettings

AS_OF = dt.date(2026, 3, 31)


def rows(table, *given):
    """A typed frame of a table; columns that are not named are empty or take their default."""
    contract = CONTRACTS[table]
    frame = pd.DataFrame(list(given))
    for column in contract.columns:
        if column.name not in frame:
            frame[column.name] = [column.default] * len(given)
    frame["source_file"], frame["source_line"] = f"{table}.csv", np.arange(2, len(given) + 2)
    return frame[empty_frame(contract).columns].astype(empty_frame(contract).dtypes)


def daily_sales(per_day=3, days=70, **more):
    """Sales of the days up to AS_OF."""
    dates = pd.date_range(end=pd.Timestamp(AS_OF), periods=days).repeat(per_day)
    return [
        {
            "date": d,
            "sku": "A",
            "channel": "web",
            "units": 1.0,
            "net_revenue": 9.0,
            "currency": "EUR",
            "location": "BER",
            **more,
        }
        for d in dates
    ]


def company(**changed):
    """The four needed tables of a shop with one product, and what is changed or added."""
    tables = {
        "sales": rows("sales", *daily_sales()),
        "products": rows("products", {"sku": "A", "name": "Tea", "category": "Hot"}),
        "supply_terms": rows(
            "supply_terms",
            {
                "sku": "A",
                "location": "BER",
                "supplier": "S",
                "unit_cost": 3.0,
                "currency": "EUR",
                "lead_time_days": 5.0,
            },
        ),
        "inventory": rows("inventory", {"as_of": AS_OF, "sku": "A", "location": "BER", "on_hand": 4.0}),
    }
    return {**tables, **changed}


def validate(tables, today=AS_OF, as_of=AS_OF, period="day", **data):
    settings = Settings(
        data=DataSettings(**{"max_rejected_share": 1.0, **data}), company=CompanySettings(period=period)
    )
    return validate_across_tables(tables, as_of, settings, today=today)


def warnings_in(found):
    """Rules that found something, and in how many rows."""
    results = found.results[found.results["rows_failed"] > 0]
    return dict(zip(results["rule"], results["rows_failed"], strict=True))


def test_a_whole_company_passes_and_absent_tables_are_empty_frames():
    found = validate(company())

    assert warnings_in(found) == {}
    assert len(found.rejected) == 0
    assert set(found.tables) == set(CONTRACTS)
    for table, contract in CONTRACTS.items():
        assert found.tables[table].dtypes.to_dict() == empty_frame(contract).dtypes.to_dict(), table


def test_needed_tables_without_rows_stop_the_run():
    tables = company(inventory=empty_frame(CONTRACTS["inventory"]))
    del tables["products"]

    with pytest.raises(DataRefused, match=r"(?s)products: needed to run.*inventory: needed to run"):
        validate(tables)


def test_a_needed_table_without_a_source_is_refused_with_the_closest_file(tmp_path):
    (tmp_path / "inventry.csv").write_text("")
    sources = {table: TableSource(path=f"{table}.csv") for table in ("sales", "products", "supply_terms")}

    with pytest.raises(DataRefused, match=r"inventory: needed to run.*closest name .* is 'inventry.csv'"):
        check_sources(Settings(sources=sources, root=tmp_path))


def test_a_source_of_an_unknown_table_is_wrong_use():
    with pytest.raises(SettingsError, match=r"sources.sale: there is no such table; did you mean 'sales'"):
        check_sources(Settings(sources={"sale": TableSource(path="x.csv")}))


# --- references between tables


def test_sales_of_unknown_skus_warn_and_stay():
    tables = company(sales=rows("sales", *daily_sales(), *daily_sales(1, 2, sku="B")))

    found = validate(tables)

    assert warnings_in(found) == {"sales.sku.known": 2}
    assert len(found.tables["sales"]) == 212
    assert 'sales.csv line 212: sku is "B", not in products' in found.results["first_example"].max()


@pytest.mark.parametrize(
    "more",
    [
        {"sku_aliases": rows("sku_aliases", {"alias": "B", "sku": "A"})},
        {"bundles": rows("bundles", {"bundle_sku": "B", "component_sku": "A", "units": 2.0})},
    ],
)
def test_aliases_and_bundles_are_known_skus(more):
    tables = company(sales=rows("sales", *daily_sales(), *daily_sales(1, 2, sku="B")), **more)

    assert warnings_in(validate(tables)) == {}


def test_blanks_and_letter_case_of_skus_count_as_the_settings_say():
    tables = company(sales=rows("sales", *daily_sales(), *daily_sales(1, 1, sku=" a ")))

    assert warnings_in(validate(tables)) == {"sales.sku.known": 1}
    assert warnings_in(validate(tables, sku_case="upper")) == {}


def test_codes_that_are_no_products_are_not_reported_as_unknown():
    tables = company(sales=rows("sales", *daily_sales(), *daily_sales(1, 1, sku="POST")))
    source = TableSource(path="sales.csv", not_products=["POST"])
    settings = Settings(data=DataSettings(), sources={"sales": source})

    assert warnings_in(validate_across_tables(tables, AS_OF, settings, today=AS_OF)) == {}


def test_unknown_locations_and_suppliers_are_reported_where_their_tables_are_given():
    locations = rows("locations", {"location": "MUC", "name": "M", "kind": "store", "country": "DE", "currency": "EUR"})
    suppliers = rows("suppliers", {"supplier": "T", "name": "T", "country": "DE", "currency": "EUR"})

    found = warnings_in(validate(company(locations=locations, suppliers=suppliers)))

    assert found == {
        "sales.location.known": 210,
        "inventory.location.known": 1,
        "supply_terms.location.known": 1,
        "supply_terms.supplier.known": 1,
    }


def test_a_successor_that_does_not_exist_is_left_out():
    products = rows(
        "products",
        {"sku": "A", "name": "Tea", "category": "Hot", "successor_sku": "Z", "similar_sku": "A2"},
        {"sku": "A2", "name": "T", "category": "Hot"},
    )

    found = validate(company(products=products))

    assert found.tables["products"]["successor_sku"].isna().all()
    assert found.tables["products"]["similar_sku"].iloc[0] == "A2"


def test_units_are_whole_multiples_of_the_products_step():
    products = rows(
        "products",
        {"sku": "A", "name": "Tea", "category": "Hot"},
        {"sku": "SILK", "name": "Silk", "category": "Cloth", "unit_step": 0.25},
    )
    sales = rows(
        "sales",
        *daily_sales(),
        *daily_sales(1, 1, units=1.5),
        *daily_sales(1, 1, sku="SILK", units=1.75),
        *daily_sales(1, 1, sku="SILK", units=0.1),
    )

    found = validate(company(products=products, sales=sales))

    assert found.rejected["line"].tolist() == [212, 214]
    assert set(found.rejected["rule"]) == {"sales.units.whole_steps"}


# --- purchase orders and receipts


def order(**changed):
    return {
        "order_number": "P1",
        "line_number": "1",
        "sku": "A",
        "location": "BER",
        "supplier": "S",
        "ordered_on": "2026-03-01",
        "ordered_units": 10.0,
        **changed,
    }


def receipt(**changed):
    return {"order_number": "P1", "line_number": "1", "received_on": "2026-03-20", "received_units": 10.0, **changed}


@pytest.mark.parametrize(
    ("receipts", "rule"),
    [
        ([receipt()], None),
        ([receipt(order_number="P9")], "receipts.order.known"),
        ([receipt(received_on="2026-02-20")], "receipts.received_on.after_order"),
        (
            [receipt(received_units=6.0), receipt(received_on="2026-03-21", received_units=6.0)],
            "receipts.received_units.not_more_than_ordered",
        ),
    ],
)
def test_receipts_are_compared_with_their_orders(receipts, rule):
    found = validate(company(purchase_orders=rows("purchase_orders", order()), receipts=rows("receipts", *receipts)))

    assert warnings_in(found) == ({rule: len(receipts)} if rule else {})


@pytest.mark.parametrize(
    ("status", "receipts", "warned"),
    [
        ("partly_received", [], True),
        ("partly_received", [receipt(line_number="2")], True),
        (
            "partly_received",
            [receipt(received_units=4.0), receipt(received_on="2026-03-21", received_units=-4.0)],
            True,
        ),
        ("partly_received", [receipt(received_units=4.0)], False),
        ("open", [], False),
        ("closed", [], False),
    ],
)
def test_a_partly_received_line_without_receipts_is_told(status, receipts, warned):
    orders = rows("purchase_orders", order(status=status), order(line_number="2"))
    given = rows("receipts", *receipts) if receipts else empty_frame(CONTRACTS["receipts"])
    found = validate(company(purchase_orders=orders, receipts=given))

    rule = "purchase_orders.status.received_in_part"
    assert warnings_in(found) == ({rule: 1} if warned else {})
    if warned:
        told = found.results.set_index("rule").loc[rule, "first_example"]
        assert "purchase_orders.csv line 2" in told
        assert "what came in is not known, and all ordered units count as still to come" in told


def test_an_order_line_given_in_two_months_is_a_conflict():
    orders = rows("purchase_orders", order(ordered_on="2026-02-01"), order(ordered_units=20.0), order(line_number="2"))

    found = validate(company(purchase_orders=orders))

    assert found.tables["purchase_orders"]["line_number"].tolist() == ["2"]
    assert set(found.rejected["rule"]) == {"purchase_orders.key.conflict_across_parts"}


def test_a_sale_given_in_two_months_is_a_conflict_and_its_return_is_none():
    line = {"order": "W1", "line": "1"}
    twice = [*daily_sales(1, 1, **line), *daily_sales(1, 1, **line, units=-1.0, net_revenue=-9.0)]

    assert len(validate(company(sales=rows("sales", *daily_sales(), *twice))).rejected) == 0
    twice = [*daily_sales(1, 1, **line), {**daily_sales(1, 1, **line)[0], "date": "2026-02-01"}]
    assert len(validate(company(sales=rows("sales", *daily_sales(), *twice))).rejected) == 2


# --- relative to the date


def test_what_happened_after_the_companys_date_is_rejected():
    tables = company(sales=rows("sales", *daily_sales(), {**daily_sales(1, 1)[0], "date": "2026-04-02"}))

    assert validate(tables, today=dt.date(2026, 4, 1)).rejected["rule"].tolist() == ["sales.date.not_in_future"]
    assert len(validate(tables, today=dt.date(2026, 4, 2)).rejected) == 0


def test_inventory_much_older_than_the_plans_day_stops_the_run():
    tables = company(
        inventory=rows("inventory", {"as_of": "2026-03-20", "sku": "A", "location": "BER", "on_hand": 4.0})
    )

    with pytest.raises(DataRefused, match=r"inventory: newest as_of is 2026-03-20"):
        validate(tables)

    assert warnings_in(validate(tables, max_data_age_days=11)) == {}


@pytest.mark.parametrize(("now", "before"), [(30, 3), (3, 30)])
def test_ten_times_and_a_tenth_of_the_rows_stop_the_run_unless_accepted(now, before):
    dates = pd.date_range(end=pd.Timestamp(AS_OF), periods=70)
    sold = [
        s for i, d in enumerate(dates) for s in [{**daily_sales(1, 1)[0], "date": d}] * (now if i >= 42 else before)
    ]
    tables = company(sales=rows("sales", *sold))

    with pytest.raises(
        DataRefused, match=rf"sales: {28 * now} rows in the newest 28 days and {28 * before} in the 28 days before"
    ):
        validate(tables)

    assert warnings_in(validate(tables, accept_volume_on=AS_OF)) == {}


def test_a_few_sales_more_or_less_are_chance():
    tables = company(sales=rows("sales", {**daily_sales(1, 1)[0], "date": "2025-12-01"}, *daily_sales(1, 20)))

    assert warnings_in(validate(tables)) == {}


def test_months_are_compared_with_months():
    dates = pd.date_range("2025-01-01", "2026-03-01", freq="MS").repeat(50)
    tables = company(sales=rows("sales", *[{**daily_sales(1, 1)[0], "date": d} for d in dates]))

    assert warnings_in(validate(tables, period="month")) == {}


def test_a_location_that_the_snapshot_before_had_stops_the_run():
    inventory = rows(
        "inventory",
        *[
            {"as_of": day, "sku": "A", "location": place, "on_hand": 4.0}
            for day, place in (("2026-03-30", "BER"), ("2026-03-30", "MUC"), ("2026-03-31", "BER"))
        ],
    )

    with pytest.raises(DataRefused, match=r"inventory: location 'MUC' has 1 rows on 2026-03-30 and none on 2026-03-31"):
        validate(company(inventory=inventory))

    assert warnings_in(validate(company(inventory=inventory), accept_volume_on=AS_OF)) == {}


def test_an_exchange_rate_that_jumps_is_reported():
    rates = rows(
        "fx_rates",
        *[{"date": f"2026-03-0{i}", "currency": "USD", "rate_to_base": r} for i, r in ((1, 0.9), (2, 0.91), (3, 91.0))],
    )

    assert warnings_in(validate(company(fx_rates=rates))) == {"fx_rates.rate_to_base.jump": 1}


def test_too_many_rejected_rows_stop_the_run():
    tables = company(sales=rows("sales", *daily_sales(units=1.5)))

    with pytest.raises(DataRefused, match=r"sales: 210 of 210 rows are rejected"):
        validate(tables, max_rejected_share=0.05)


def test_the_inputs_are_not_changed():
    tables = company(sales=rows("sales", *daily_sales(), *daily_sales(1, 1, units=1.5)))
    before = {table: frame.copy(deep=True) for table, frame in tables.items()}

    validate(tables)

    for table, frame in tables.items():
        pd.testing.assert_frame_equal(frame, before[table])
