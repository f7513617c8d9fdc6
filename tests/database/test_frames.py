import datetime as dt
import io
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, text

from database import connect, queries
from database.columns import ExactDecimal, canonical_json, plain_text, to_decimal
from database.exports import export_recommendations
from database.frames import scaled_integers
from database.publishing import write_rows
from settings import PublishError
from tests.database.factories import recommendation, recommendations, run

NASTY = [
    "=1+1",
    "+cmd|' /C calc'!A0",
    "@SUM(A1)",
    "\tx",
    "'; DROP TABLE recommendations; --",
    '"quoted", and\nbroken',
    "Ünïcode 数 🚲",
    "<script>alert(1)</script>",
    "\\N",
    "\\.",
    "%s {} :name ?",
    "",
]


def written(engine, frame, exact=True):
    run_id = run(engine)
    write_rows(engine, "recommendations", frame, run_id)
    return queries.recommendations(engine, run_id, exact=exact)


def test_money_comes_back_as_it_was_written(engine):
    amounts = ["0.1", "0.3", "-12.3457", "99999999999999.9999", "0", "1234567890.05"]
    frame = pd.DataFrame(
        [
            recommendation(line_number=n + 1, order_value=Decimal(a), unit_cost=Decimal("0.000001"))
            for n, a in enumerate(amounts)
        ]
    )

    found = written(engine, frame)

    assert list(found["order_value"]) == [Decimal(a) for a in amounts]
    assert set(found["unit_cost"]) == {Decimal("0.000001")}


def test_money_given_as_floats_is_rounded_half_even_to_its_places(engine):
    frame = pd.DataFrame(
        [recommendation(line_number=n + 1, order_value=a) for n, a in enumerate([0.1 + 0.2, 0.00005, 0.00025, 1e9 / 3])]
    )

    found = written(engine, frame)

    assert [str(a) for a in found["order_value"]] == ["0.3000", "0.0000", "0.0002", "333333333.3333"]


def test_money_sums_exactly_in_the_database(engine):
    run_id = run(engine)
    frame = recommendations(1000, order_value_base=0.1)
    write_rows(engine, "recommendations", frame, run_id)

    found = queries.recommendations(engine, run_id, exact=True)["order_value_base"]

    assert sum(found) == Decimal(100)


@given(st.decimals(min_value=-(10**13), max_value=10**13, places=4))
def test_any_amount_of_four_places_survives_both_ways_of_keeping_it(amount):
    kind = ExactDecimal(4)
    for dialect in (create_engine("sqlite://").dialect, create_engine("postgresql+psycopg://").dialect):
        assert kind.process_result_value(kind.process_bind_param(amount, dialect), dialect) == amount


@given(st.integers(min_value=-(10**14), max_value=10**14))
def test_amounts_as_floats_find_their_step(steps):
    assert scaled_integers(np.array([float(Decimal(steps).scaleb(-4))]), 4)[0] == steps


@pytest.mark.parametrize("amount", [Decimal("NaN"), Decimal("Infinity"), Decimal("1e14"), float("inf")])
def test_what_is_no_amount_is_refused(amount):
    with pytest.raises(ValueError, match="not an amount"):
        to_decimal(amount, 4)


def test_missing_values_of_every_kind_are_null(engine):
    missing = {
        "order_units": np.nan,
        "supplier": None,
        "order_by": pd.NaT,
        "order_value": np.nan,
        "reasons": None,
        "name": np.nan,
        "category": pd.NA,
    }
    run_id = run(engine)
    write_rows(engine, "recommendations", pd.DataFrame([recommendation(**missing)]), run_id)

    with engine.connect() as connection:
        row = connection.execute(text(f"SELECT {', '.join(missing)} FROM recommendations")).one()
    assert list(row) == [None] * len(missing)
    found = queries.recommendations(engine, run_id)
    assert found["order_units"].dtype == np.float64
    assert found["order_by"].dtype == "datetime64[ns]"
    assert found["supplier"].tolist() == [None]


def test_numpy_and_pandas_types_are_kept_as_what_they_mean(engine):
    frame = pd.DataFrame([recommendation(), recommendation(sku="B")]).assign(
        line_number=np.array([1, 2], dtype=np.int32),
        order_units=pd.array([3, None], dtype="Int64"),
        order_by=[dt.date(2026, 3, 2), None],
        supplier=pd.Categorical(["N", "N"]),
        purchase_order_line=[3, 4.0],
        reasons=[
            {"n": np.int64(3), "x": np.float32(0.5), "d": pd.Timestamp("2026-03-01"), "nan": np.nan},
            '{"a": [1]}',
        ],
    )

    found = written(engine, frame)

    assert found["line_number"].tolist() == [1, 2]
    assert found["order_units"].tolist()[0] == 3.0
    assert found["order_by"].tolist() == [pd.Timestamp("2026-03-02"), pd.NaT]
    assert found["purchase_order_line"].tolist() == ["3", "4"]
    assert found["reasons"].tolist() == [{"n": 3, "x": 0.5, "d": "2026-03-01", "nan": None}, {"a": [1]}]


def test_flags_and_counts_are_kept(engine):
    run_id = run(engine)
    frame = pd.DataFrame(
        {"sku": "A", "location": "L", "model": ["x", "y"], "chosen": [True, False], "origin_count": [4.0, np.nan]}
    )
    write_rows(engine, "forecast_scores", frame, run_id)

    found = queries.run_rows(engine, "forecast_scores", run_id)

    assert found["chosen"].dtype == bool
    assert found["chosen"].tolist() == [True, False]
    assert found["origin_count"].tolist()[0] == 4.0


@pytest.mark.parametrize("value", NASTY)
def test_formulas_and_sql_are_stored_as_text(engine, value):
    found = written(engine, pd.DataFrame([recommendation(sku="A" + value, name=value, reasons={value: value})]))

    assert found["name"].tolist() == [value]
    assert found["sku"].tolist() == ["A" + value]
    assert found["reasons"].tolist() == [{value: value}]


@given(value=st.text(max_size=30))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_can_be_written_and_comes_back_the_same_from_both(engine, value):
    run_id = run(engine)
    write_rows(engine, "kpis", pd.DataFrame({"name": ["x"], "text": [value]}), run_id)

    assert queries.run_rows(engine, "kpis", run_id)["text"].tolist() == [plain_text(value)]


def test_nul_and_lone_surrogates_are_written_out():
    assert plain_text("a\x00b\ud800") == "a\\x00b\\ud800"
    assert canonical_json({"k\x00": "\ud800"}) == '{"k\\\\x00":"\\\\ud800"}'


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"order_units": np.inf}, "column order_units, row 1, sku B, location L: 'inf': it is infinite"),
        ({"order_units": "many"}, "column order_units, row 1, sku B, location L: 'many'"),
        ({"line_number": 1.5}, "column line_number, row 1, sku B, location L: '1.5': it is not whole"),
        ({"action": None}, "column action, row 1, sku B, location L: 'None': it is missing"),
        ({"order_value": 1e15}, "column order_value, row 1, sku B, location L: .* does not fit 14 digits"),
        ({"reasons": {"a": object()}}, "column reasons, row 1, sku B, location L: .* cannot be stored as JSON"),
    ],
)
def test_a_value_that_does_not_fit_is_named_with_its_item(engine, changes, message):
    with pytest.raises(PublishError, match=message):
        written(engine, pd.DataFrame([recommendation(), recommendation(sku="B", **changes)]))


def test_unknown_and_missing_columns_are_named(engine):
    with pytest.raises(PublishError, match="has no column colour; its columns are"):
        written(engine, recommendations(1, colour="red"))
    with pytest.raises(PublishError, match="needs column action, which the frame lacks"):
        written(engine, recommendations(1).drop(columns="action"))
    with pytest.raises(PublishError, match="decisions is not a table of run rows"):
        write_rows(engine, "decisions", recommendations(1), "x")


def test_an_empty_frame_writes_nothing(engine):
    assert write_rows(engine, "recommendations", recommendations(1).head(0), run(engine)) == 0


def test_a_stored_distribution_comes_back_with_the_columns_that_were_written(engine):
    run_id = run(engine)
    frame = pd.DataFrame(
        {
            "sku": ["A", "B"],
            "location": "L",
            "mean": ["[0.1,2.0]", "[1e-07]"],
            "level_sd": [0.1 + 0.2, 1.0],
            "market": "DE",
        }
    )
    write_rows(engine, "forecasts", frame, run_id)

    pd.testing.assert_frame_equal(queries.run_rows(engine, "forecasts", run_id), frame, check_like=True)


def test_the_export_is_the_same_bytes_on_sqlite_and_postgresql(sqlite_url, postgres_url):
    exports = []
    for url, order in ((sqlite_url, 1), (postgres_url, -1)):
        engine = connect(url)
        run_id = run(engine)
        rows = [
            recommendation(
                sku=sku, line_number=n + 1, order_units=n / 3, order_value=n / 7, money_at_stake=-n * 1.005,
                reasons={"b": n / 9, "a": [value]}, name=value, order_by=pd.Timestamp("2026-03-02"),
            )
            for n, value in enumerate(NASTY) for sku in ("b", "A", "ä", "Z")
        ]  # fmt: skip
        write_rows(engine, "recommendations", pd.DataFrame(rows[::order]), run_id)
        exports.append(export_recommendations(engine, run_id))
        engine.dispose()

    assert exports[0] == exports[1]
    read = pd.read_csv(io.BytesIO(exports[0]), keep_default_na=False)
    assert read["sku"].drop_duplicates().tolist() == ["A", "Z", "b", "ä"]
    assert "run_id" not in read
    assert not read["name"].str.startswith(("=", "+", "-", "@", "\t")).any()


@pytest.mark.postgres
def test_text_is_compared_byte_by_byte_whatever_the_servers_language_is(postgres_url):
    engine = connect(postgres_url)
    with engine.connect() as connection:
        found = connection.execute(
            text(
                "SELECT DISTINCT collation_name FROM information_schema.columns "
                "WHERE table_schema = 'public' AND table_name <> 'alembic_version' "
                "AND data_type IN ('text', 'character varying')"
            )
        ).scalars()
        assert list(found) == ["C"]
    engine.dispose()


def test_the_largest_money_at_stake_comes_first_and_unknown_last(engine):
    stakes = [5.0, 5.0, np.nan, 9.25, 0.0, np.nan, -1.5, 5.0]
    frame = recommendations(len(stakes)).assign(money_at_stake=stakes)
    run_id = run(engine)
    write_rows(engine, "recommendations", frame, run_id)

    page = queries.recommendations(engine, run_id, order="money_at_stake", limit=6)

    expected = frame.sort_values(["money_at_stake", "sku"], ascending=[False, True], na_position="last")
    assert page["sku"].tolist() == expected["sku"].tolist()[:6]


def test_a_page_of_the_worklist_is_read_from_its_index(sqlite_url):
    engine = connect(sqlite_url)
    run_id = run(engine)
    with engine.connect() as connection:
        plan = connection.execute(
            text(
                "EXPLAIN QUERY PLAN SELECT * FROM recommendations WHERE run_id = :run AND action = 'order' "
                "ORDER BY money_at_stake DESC, sku, location, line_number LIMIT 50"
            ),
            {"run": run_id},
        ).all()
    engine.dispose()

    assert [row.detail for row in plan] == [
        "SEARCH recommendations USING INDEX ix_recommendations_action (run_id=? AND action=?)"
    ]


def test_everything_about_an_item_is_found(engine):
    run_id = run(engine)
    write_rows(engine, "recommendations", recommendations(3), run_id)
    write_rows(engine, "forecasts", pd.DataFrame({"sku": ["S000001"], "location": "L", "mean": "[1.0]"}), run_id)

    details = queries.item_details(engine, run_id, "S000001", "L")
    nothing = queries.item_details(engine, run_id, "' OR 1=1 --")

    assert len(details.recommendations) == 1
    assert details.forecasts["mean"].tolist() == ["[1.0]"]
    assert details.policies.empty
    assert nothing.recommendations.empty
    assert nothing.forecasts.empty
