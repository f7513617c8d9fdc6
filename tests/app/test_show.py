"""`restock show`: one item with its decision, stock, history, policy and scores."""

import json

import pytest

from tests.models.inventory.recommendations.factories import open_order_reasons, reasons
from tests.reports.factories import day, exception, history, idle, kpis, policy, recommendation, score
from tests.running import restock_here


def show(folder, sku="KET-1", *options):
    code, out, err = restock_here("show", sku, "--settings", folder, *options)
    assert code == 0, err
    return " ".join(out.replace("│", " ").split())


def test_an_order_is_shown_with_supplier_value_dates_and_reason(shop_of):
    shown = show(shop_of(recommendations=[recommendation()], policies=[policy(target=0.95, service_by="fill_rate")]))

    assert "KET-1 Kettle at HAM, as of 2026-11-22" in shown
    assert "ORDER 96 units from Nordwind, 384.00 EUR, place on 2026-11-23, arrives 2026-12-07" in shown
    assert "18 left, about 6 a day." in shown
    assert "money at stake 290.00 EUR" in shown
    assert "Policy (R,S) by fill rate at 95.0 %; class AX, smooth; lead time 14.2 days (sd 3), learned" in shown


def test_an_order_and_a_change_whose_day_has_passed_say_so(shop_of):
    change = recommendation(
        line_number=2, action="postpone", purchase_order_number="PO-7", current_expected_on=day(9), order_value=None,
        reasons=open_order_reasons().to_json(), order_by=day(0),
    )  # fmt: skip
    late = recommendation(order_by=day(0), placed_on=day(0))

    shown = show(shop_of(recommendations=[late, change]))

    assert "384.00 EUR, should have been ordered on 2026-11-22 18 left" in shown
    assert "now 2026-12-01, should have been asked by 2026-11-22" in shown


def test_a_change_of_an_open_order_names_the_order_its_day_and_the_day_to_ask_for(shop_of):
    change = recommendation(
        line_number=2, action="postpone", purchase_order_number="PO-7", current_expected_on=day(9), order_value=None,
        reasons=open_order_reasons().to_json(),
    )  # fmt: skip

    shown = show(shop_of(recommendations=[recommendation(), change]))

    assert (
        "POSTPONE 96 units from Nordwind, order PO-7, now 2026-12-01, ask by 2026-11-23, to arrive 2026-12-07" in shown
    )


def test_what_else_could_be_done_is_priced(shop_of):
    why = reasons(cost_if_nothing=56.2, order_units=96.0, base_currency="EUR").to_json()

    shown = show(shop_of(recommendations=[recommendation(reasons=why)]))

    assert "nothing before the next order 0 +56.20 EUR" in shown


def test_an_order_at_a_tuned_quantile_says_so(shop_of):
    why = reasons(quantile_shift=0.2).to_json()

    assert "(normal score +0.20)" in show(shop_of(recommendations=[recommendation(reasons=why)]))


def test_an_order_of_least_expected_cost_is_shown_with_its_critical_ratio(shop_of):
    row = policy(policy="cost", service_by="cost", critical_ratio=0.913)

    shown = show(shop_of(recommendations=[recommendation()], policies=[row]))

    assert "Policy of least expected cost, critical ratio 91.3 %" in shown


def held_in_bundles(**values):
    """A row of bundle FIVE of five kettles, at HAM."""
    amounts = {
        "sold_units": 420.0,
        "stock_units": 200.0,
        "stock_counted": 150.0,
        "order_units": 0.0,
        "order_counted": 0.0,
    }
    return {"sku": "FIVE", "component_sku": "KET-1", "location": "HAM", "units_in_bundle": 5.0, **amounts, **values}


def test_a_bundle_says_of_what_it_is_made_and_where_its_demand_and_stock_went(shop_of):
    elsewhere = held_in_bundles(location="MUC", sold_units=0.0, stock_units=0.0, order_units=40.0, order_counted=40.0)
    folder = shop_of(recommendations=[recommendation()], bundle_components=[held_in_bundles(), elsewhere])

    shown = show(folder, "FIVE")

    assert "FIVE is a bundle of 5 KET-1. It is not planned by itself" in shown
    assert "At HAM, in units of KET-1: 420 sold in the last 91 days; 200 in made-up bundles" in shown
    assert "of which 150 count" in shown
    assert "At MUC, in units of KET-1: none sold in the last 91 days; 40 on order in bundles, all counted." in shown
    assert "`restock show KET-1`" in shown
    assert "At MUC" not in show(folder, "FIVE", "--location", "HAM")


def test_a_component_says_how_many_of_its_units_lie_in_made_up_bundles(shop_of):
    shown = show(shop_of(recommendations=[recommendation()], bundle_components=[held_in_bundles()]))

    assert "In bundle FIVE (5 each): 420 sold in the last 91 days; 200 in made-up bundles in stock" in shown


def test_history_scores_and_exceptions_stand_below(shop_of):
    folder = shop_of(
        recommendations=[recommendation()],
        demand_history=history([("KET-1", "HAM")]),
        forecast_scores=[score(), score(model="imapa", chosen=False, loss=0.9, wape=None)],
        exceptions=[exception("at_risk", message="runs out")],
    )

    shown = show(folder)

    assert "Weekly demand since 2026-05-25 (highest" in shown
    assert "Model Used Loss" in shown.replace("┃ ", "")
    assert "warning: runs out" in shown


def test_what_is_not_known_is_said(shop_of):
    shown = show(shop_of(recommendations=[idle(on_hand=None, inventory_position=None)]))

    for words in ("NONE", "on hand unknown", "No sales history.", "No policy:", "No backtest:"):
        assert words in shown


def test_each_location_has_its_panel_unless_one_is_wanted(shop_of):
    folder = shop_of(recommendations=[recommendation(), recommendation(location="LYON")])

    assert "at LYON" in show(folder)
    assert "at HAM" in show(folder)
    assert "at HAM" not in show(folder, "KET-1", "--location", "LYON")


def test_a_program_gets_the_rows_of_every_table(nordlicht):
    answer = json.loads(restock_here("show", "SKU-00003", "--settings", nordlicht, "--json")[1])

    assert answer["run"]["as_of"] == "2026-11-22"
    [row] = answer["recommendations"]
    assert (row["location"], row["as_of"], row["order_by"][:4]) == ("HAM", "2026-11-22", "2026")
    assert all(len(row[name] or "2026-11-22") == len("2026-11-22") for name in row if name.endswith(("_on", "_by")))
    assert {"policies", "forecasts", "forecast_scores", "demand_history", "exceptions", "decisions"} < set(answer)


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (("SKU-0003",), "no SKU SKU-0003 in the plan; the nearest are SKU-00003"),
        (("SKU-00003", "--location", "ROME"), "SKU-00003 is not planned at ROME; it is at HAM"),
        (("SKU-00003", "--as-of", "2020-01-01"), "no plan is published as of 2020-01-01"),
        (("SKU-00003", "--as-of", "yesterday"), "--as-of is 'yesterday', not a date; write it as 2026-03-31"),
    ],
)
def test_what_is_not_in_the_plan_is_wrong_use_with_what_is(nordlicht, wanted, words):
    code, _, err = restock_here("show", *wanted, "--settings", nordlicht)

    assert code == 2
    assert words in " ".join(err.split())


def test_without_a_plan_it_says_how_to_make_one(tmp_path):
    (tmp_path / "restock.toml").write_text("")
    restock_here("db", "upgrade", "--settings", tmp_path)

    code, _, err = restock_here("show", "A", "--settings", tmp_path)

    assert code == 2
    assert "no plan is published yet; make one with `restock run`" in " ".join(err.split())


def test_kpis_are_not_needed_to_show_an_item(shop_of):
    assert "ORDER" in show(shop_of(recommendations=[recommendation()], kpis=kpis()))
