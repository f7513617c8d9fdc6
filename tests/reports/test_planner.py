"""What the planner's report shows, from rows of the database."""

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from reports import planner_report, read_run
from tests.models.inventory.recommendations.factories import open_order_reasons, reasons
from tests.reports.factories import (
    Row,
    day,
    demand,
    exception,
    history,
    idle,
    kpis,
    policy,
    published,
    recommendation,
    score,
)
from tests.reports.page import Page

OPEN_ORDER = {
    "purchase_order_number": "PO-7",
    "current_expected_on": day(9),
    "reasons": open_order_reasons().to_json(),
}

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>'


def page(tmp_path: Path, *, today: dt.date | None = None, **tables: object) -> Page:
    given: dict[str, Any] = {"recommendations": [recommendation()], "kpis": kpis()} | tables
    keys = [(row["sku"], row["location"]) for row in given["recommendations"]]
    given.setdefault("policies", [policy(sku=sku, location=location) for sku, location in dict.fromkeys(keys)])
    engine, run_id = published(tmp_path, **given)
    html = planner_report(read_run(engine, run_id, today=today), tmp_path).read_text("utf-8")
    engine.dispose()
    return Page(html)


def test_lines_whose_day_has_passed_are_overdue_and_no_plan(tmp_path: Path) -> None:
    asked = recommendation(**OPEN_ORDER, line_number=2, action="postpone", order_value=None, order_value_base=None)
    later = recommendation(sku="B", order_by=day(4), placed_on=day(4))
    found = page(tmp_path, today=dt.date(2026, 11, 25), recommendations=[recommendation(), asked, later])

    dates = [row[8] for row in found.tables["Order lines"] if len(row) > 8]
    assert "should have been ordered 2026-11-23 would then arrive 2026-12-07" in dates
    assert any(text.startswith("should have been asked by 2026-11-23") for text in dates)
    assert any(text.startswith("2026-11-26 arrives") for text in dates)
    assert "Should have been placed on 2026-11-23" in found.text


def test_an_order_line_shows_its_figures_dates_and_reason(tmp_path: Path) -> None:
    found = page(tmp_path, forecasts=demand([("KET-1", "HAM")]).to_frame(), demand_history=history([("KET-1", "HAM")]))

    line = found.row("Order lines", "KET-1")
    assert line[1:] == [
        "Due",
        "HAM",
        "position at or below reorder point",
        "9.3 on hand with incoming runs out 2026-12-01 if ordered 2026-12-17",
        "18 +40 incoming 2 reserved",
        "124, 168 in 21 days",
        "96 2 packs of 48",
        "2026-11-23 arrives 2026-12-07",
        "384.00 EUR",
        "290",
        "high AX",
    ]
    assert "18 left, about 6 a day." in found.text
    assert "87 % chance of a stockout, about 31.4 units lost in 21 days" in found.text
    assert found.html.count('<svg class="chart"') == 1
    assert "arrives 2026-12-07" in found.text


def test_orders_are_added_up_by_supplier_against_its_minimum(tmp_path: Path) -> None:
    lines = [
        recommendation(order_value_base=100.10),
        recommendation(sku="B", order_value_base=0.20),
        recommendation(sku="C", supplier="LU", supplier_name="Lumen", order_value_base=50.0),
        recommendation(sku="D", action="expedite", order_value_base=999.0, **OPEN_ORDER),
    ]
    figures = kpis(supplier_minimums='[{"supplier":"NW","minimum_order_value_base":200.0}]')

    found = page(tmp_path, recommendations=lines, kpis=figures)

    nordwind = found.row("Orders by supplier", "Nordwind")
    assert nordwind[1:5] == ["2026-11-23", "2", "192", "100.30 EUR"]
    assert nordwind[5] == "50 % of 200.00 EUR 99.70 EUR short"
    assert found.row("Orders by supplier", "All suppliers")[4] == "150.30 EUR"
    assert found.row("Orders by supplier", "Lumen")[5] == "no minimum"


def test_a_change_of_an_open_order_stands_in_the_list_and_not_in_the_totals(tmp_path: Path) -> None:
    change = recommendation(
        line_number=2,
        action="postpone",
        **OPEN_ORDER,
        order_value=None,
        order_value_base=None,
        expected_on=day(37),
        money_at_stake=300.0,
    )

    found = page(tmp_path, recommendations=[recommendation(), change])

    row = found.row("Order lines", "KET-1")
    assert row[3] == "comes before it is needed"
    assert row[7] == "Postpone 96 of order PO-7"
    assert row[8].split()[::2] == ["ask", "2026-11-23", "arrive", "now"]
    assert row[9] == "ordered already"
    assert found.row("Orders by supplier", "All suppliers")[1:5] == ["", "1", "96", "384.00 EUR"]
    assert "1 open order line worth changing" in found.text
    assert len(found.tables["All planned items"]) == 2  # a heading and one item


def test_lines_are_sorted_by_money_at_stake_unknown_last(tmp_path: Path) -> None:
    lines = [
        recommendation(sku="LOW", money_at_stake=1.0),
        recommendation(sku="HIGH", money_at_stake=900.0),
        recommendation(sku="NONE", money_at_stake=None),
    ]

    rows = page(tmp_path, recommendations=lines).tables["Order lines"]

    assert [row[0].split()[0] for row in rows if len(row) > 1][1:] == ["HIGH", "LOW", "NONE"]


def test_the_status_is_the_worst_thing_known(tmp_path: Path) -> None:
    lines = [
        recommendation(sku="OUT", on_hand=2.0, reserved=2.0),
        recommendation(sku="LATE"),
        recommendation(sku="DUE"),
        recommendation(sku="MOVE", action="postpone", **OPEN_ORDER),
    ]
    found = page(tmp_path, recommendations=lines, exceptions=[exception("at_risk", sku="LATE", message="too late")])

    assert [found.row("Order lines", sku)[1] for sku in ("OUT", "LATE", "DUE", "MOVE")] == [
        "Out of stock",
        "At risk",
        "Due",
        "Change",
    ]
    assert found.row("Items at risk", "LATE")[3] == "Too late"


def test_the_threshold_of_risk_is_the_runs_own_and_the_item_is_not_named_twice(tmp_path: Path) -> None:
    risk = exception("at_risk", message="KET-1 at HAM: runs out before an order arrives", figures={"threshold": 0.25})

    found = page(tmp_path, exceptions=[risk])

    assert "at least 25 % likely to run out before an order placed now can arrive" in found.text
    assert found.row("Items at risk", "KET-1")[3] == "Runs out before an order arrives"


def test_a_transfer_counts_among_the_orders_under_its_sending_location(tmp_path: Path) -> None:
    move = recommendation(sku="B", action="transfer", supplier=None, supplier_name=None, from_location="LYON")

    found = page(tmp_path, recommendations=[recommendation(), move])

    assert found.row("Orders by supplier", "transfer from LYON")[4] == "384.00 EUR"
    assert found.row("Orders by supplier", "All suppliers")[4] == "768.00 EUR"


def test_what_can_be_placed_on_the_next_ordering_day_stands_apart_from_the_rest(tmp_path: Path) -> None:
    tomorrow, later = {"placed_on": day(1)}, {"supplier": "S", "supplier_name": "Sund", "order_value_base": 100.0}
    lines = [
        recommendation(**tomorrow),
        recommendation(sku="B", placed_on=day(3), **later),
        recommendation(sku="C", placed_on=day(8), **later),
        recommendation(sku="D", action="cancel", **OPEN_ORDER | {"placed_on": None}),
    ]

    found = page(tmp_path, recommendations=lines)

    assert "To place on 2026-11-23384 EUR1 line, the next ordering day" in found.text
    assert "To place on later days200 EUR2 lines, until 2026-11-30" in found.text
    assert found.row("Orders by supplier", "Next ordering day")[1:5] == ["2026-11-23", "1", "", "384.00 EUR"]
    assert found.row("Orders by supplier", "Later")[1:5] == ["2026-11-25 to 2026-11-30", "2", "", "200.00 EUR"]
    assert [row[0] for row in found.tables["Orders by supplier"][1:3]] == ["Nordwind", "Sund"]


def test_where_all_orders_are_placed_on_one_day_nothing_is_said_of_others(tmp_path: Path) -> None:
    found = page(tmp_path, recommendations=[recommendation(), recommendation(sku="B")])

    assert "To place on 2026-11-23768 EUR2 lines" in found.text
    assert "later days" not in found.text
    assert [row[0] for row in found.tables["Orders by supplier"][2:]] == ["All suppliers"]


def test_every_list_states_its_threshold(tmp_path: Path) -> None:
    found = page(
        tmp_path,
        recommendations=[recommendation(), idle(sku="OVER")],
        exceptions=[exception("overstock", sku="OVER", figures={"value_base": 1234.0})],
    )

    assert "Stock for more than 120 days" in found.text
    assert "without a sale for 180 days" in found.text
    assert found.row("Overstock", "OVER")[5] == "1,230 EUR"


def test_all_items_are_there_also_those_with_nothing_to_do(tmp_path: Path) -> None:
    found = page(tmp_path, recommendations=[recommendation(), idle(sku="IDLE")])

    assert found.row("All planned items", "IDLE")[2:4] == ["Covered", "Nothing"]
    assert not [row for row in found.tables["Order lines"] if row[0].startswith("IDLE")]


def test_data_quality_names_rule_file_line_value_and_what_is_missing(tmp_path: Path) -> None:
    quality: list[Row] = [
        {
            "table": "sales",
            "part": part,
            "rule": "sales.units.number",
            "outcome": "reject",
            "rows_checked": 100,
            "rows_failed": failed,
            "first_example": "line 812" if failed else "",
        }
        for part, failed in [("2026-01", 0), ("2026-02", 2)]
    ]
    asked_twice = {"part": "*", "rule": "sales.date.not_in_future", "rows_failed": 0, "first_example": ""}
    quality += [quality[0] | asked_twice | {"rows_checked": rows} for rows in (198, 197)]
    warned = {"sales.returned": 40, "sales.sku.alias": 30, "sales.key.repeated": 9, "sales.unit_price.range": 5}
    quality += [
        asked_twice | {"table": "sales", "rule": rule, "outcome": "warn", "rows_checked": 200, "rows_failed": rows}
        for rule, rows in warned.items()
    ]
    rejected: list[Row] = [
        {
            "table": "sales",
            "source": "sales.csv",
            "line": 812,
            "rule": rule,
            "column": "units",
            "value": "1,5x",
            "message": "not a number",
        }
        for rule in ("sales.units.number", "sales.units.positive")
    ]

    found = page(tmp_path, data_quality=quality, rejected_rows=rejected)

    assert found.row("Checked tables", "sales")[1:4] == ["200", "1", "<1 %"]
    assert found.row("Checked tables", "sales")[4] == "5"  # as `restock check`: only what needs something
    assert found.row("Failed rules", "sales.units.number")[2:6] == ["reject", "2", "200", "line 812"]
    assert found.row("Rejected rows", "sales.csv")[1:] == [
        "812",
        "sales",
        "sales.units.number",
        "units",
        "1,5x",
        "not a number",
    ]
    missing = [row[0] for row in found.tables["Missing tables"]]
    assert "stock_levels" in missing
    assert "receipts" not in missing  # the run's manifest names it


def test_a_table_that_was_not_delivered_is_missing_although_its_rules_were_run_on_nothing(tmp_path: Path) -> None:
    run_on_nothing: Row = {
        "table": "stockouts",
        "part": "*",
        "rule": "stockouts.sku.resolved",
        "outcome": "reject",
        "rows_checked": 0,
        "rows_failed": 0,
        "first_example": None,
    }

    found = page(tmp_path, data_quality=[run_on_nothing])

    assert "stockouts" in [row[0] for row in found.tables["Missing tables"]]


def test_scores_that_no_item_has_are_left_empty_without_a_warning(tmp_path: Path) -> None:
    found = page(
        tmp_path,
        recommendations=[recommendation()],
        forecast_scores=[score(mase=None, value_added=None, coverage_90=None)],
    )

    assert found.row("Forecast quality by class", "All items")[1] == "1"


def test_forecast_quality_is_weighted_by_last_years_units(tmp_path: Path) -> None:
    keys = [("BIG", "HAM"), ("TINY", "HAM")]
    seen = history(keys, weeks=60)
    seen["units"] = [[30.0] * 60, [10.0] * 60]
    scores = [
        score(sku="BIG", wape=0.2, mase=0.5, value_added=0.3),
        score(sku="TINY", wape=1.0, mase=1.5, value_added=-0.1, fallback_reason="raised"),
        score(sku="BIG", model="seasonal_naive", chosen=False, wape=0.4),
    ]

    found = page(
        tmp_path,
        recommendations=[recommendation(sku=sku) for sku, _ in keys],
        policies=[policy(sku=sku) for sku, _ in keys],
        forecast_scores=scores,
        demand_history=seen,
    )

    line = found.row("Forecast quality by class", "All items")
    assert line[1:4] == ["2", "40 %", "40 %"]
    assert line[5:9] == ["1", "10 %", "50 % of items", "91 %"]
    assert found.row("Models that failed", "raised") == ["raised", "1"]
    assert found.row("What the forecast is made of", "used")[1:4] == ["2", "40 %", "+5 %"]
    assert found.row("What the forecast is made of", "the season before")[1:3] == ["1", "40 %"]


def test_a_model_without_a_reason_did_not_fail(tmp_path: Path) -> None:
    found = page(tmp_path, recommendations=[recommendation()], forecast_scores=[score(fallback_reason="")])

    assert "No model failed." in found.text


def test_names_cannot_become_markup(tmp_path: Path) -> None:
    found = page(
        tmp_path,
        recommendations=[
            recommendation(
                sku=HOSTILE,
                name=HOSTILE,
                supplier=HOSTILE,
                supplier_name=HOSTILE,
                category=HOSTILE,
                location=HOSTILE,
                currency="EUR",
                binding_constraint=HOSTILE,
                reasons=reasons(sentence=HOSTILE, limit_note=HOSTILE).to_json(),
            ),
            recommendation(sku="B"),
        ],
        policies=[policy(sku=HOSTILE, location=HOSTILE, lead_time_source=HOSTILE)],
        forecasts=demand([(HOSTILE, HOSTILE)]).to_frame(),
        demand_history=history([(HOSTILE, HOSTILE)]),
        exceptions=[
            exception("at_risk", sku=HOSTILE, location=HOSTILE, message=HOSTILE),
            exception("no_terms", message=HOSTILE),
        ],
        rejected_rows=[
            {
                "table": HOSTILE,
                "source": HOSTILE,
                "line": 1,
                "rule": HOSTILE,
                "column": HOSTILE,
                "value": HOSTILE,
                "message": HOSTILE,
            }
        ],
        forecast_scores=[score(sku=HOSTILE, location=HOSTILE, model=HOSTILE, fallback_reason=HOSTILE)],
        kpis=kpis().assign(text=lambda frame: frame["text"].where(frame["name"] != "company", HOSTILE)),
    )

    assert not any(tag == "img" for tag, _ in found.tags)
    assert sum(tag == "script" for tag, _ in found.tags) == 2  # the page's own
    assert not any(name.startswith("on") for _, attributes in found.tags for name in attributes)
    assert not found.unclosed


def test_the_page_loads_nothing_from_elsewhere(small_files: dict[str, Path]) -> None:
    for name in ("planner", "budget"):
        html = small_files[name].read_text("utf-8")
        assert not re.search(r"https?:|//[a-z]|@import|url\((?!#)", html)
        assert "default-src 'none'" in html


def test_the_same_run_gives_the_same_bytes(
    small_run: tuple[Engine, str], small_files: dict[str, Path], tmp_path: Path
) -> None:
    again = planner_report(read_run(*small_run), tmp_path)

    assert again.read_bytes() == small_files["planner"].read_bytes()


def test_ids_are_unique_and_references_resolve(small_files: dict[str, Path]) -> None:
    for name in ("planner", "budget"):
        tags = Page(small_files[name].read_text("utf-8")).tags
        ids = [str(attributes["id"]) for _, attributes in tags if "id" in attributes]
        assert len(ids) == len(set(ids))
        wanted = {
            word
            for _, attributes in tags
            for key in ("aria-labelledby", "aria-controls", "data-tools")
            for word in str(attributes.get(key) or "").split()
        }
        assert wanted <= set(ids)


def test_an_empty_run_says_so(tmp_path: Path) -> None:
    found = page(tmp_path, recommendations=[idle()])

    assert "Nothing to order:" in found.text
    assert "No item is likely to run out" in found.text


def test_labels_of_reconstructed_runs_are_shown(small_files: dict[str, Path]) -> None:
    assert "Reconstructed:" in small_files["planner"].read_text("utf-8")


def test_a_run_that_is_not_there_is_named(small_run: tuple[Engine, str], tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="run nonsense is not in the database"):
        read_run(small_run[0], "nonsense")
