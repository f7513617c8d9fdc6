"""A night with a binding supplier minimum and budget: rows, totals, prices and sentences of the published plan agree."""

import pandas as pd
import pytest

from database import connect, queries
from tests.running import plan_bytes, restock


def planned(folder):
    """Recommendations, prices of limits and figures of the visible plan."""
    engine = connect("sqlite:///restock.db", folder)
    run = queries.current_run(engine).run_id
    found = queries.recommendations(engine, run), queries.constraint_prices(engine, run), queries.kpis(engine, run)
    engine.dispose()
    return found[0], found[1], found[2].set_index("name")["value"]


@pytest.fixture
def with_minimum(copy_of):
    """The small company with one minimum value for every supplier."""

    def made(minimum):
        folder = copy_of(f"minimum-{minimum}")
        suppliers = pd.read_csv(folder / "suppliers.csv")
        suppliers.assign(minimum_order_value=minimum).to_csv(folder / "suppliers.csv", index=False)
        code, _, err = restock("run", "--settings", folder)
        assert code == 0, err
        return folder

    return made


@pytest.mark.slow
def test_every_order_reaches_its_minimum_or_waits_and_all_pages_say_the_same(with_minimum):
    folder = with_minimum(3000)

    rows, prices, figures = planned(folder)
    minimums = prices[prices["kind"] == "supplier_minimum"].set_index("scope")
    ordered = rows[rows["action"] == "order"]
    bound = rows[rows["binding_constraint"] == "supplier minimum"]

    assert ((minimums["used"] == 0) | (minimums["used"] >= minimums["limit_value"] - 0.005)).all()
    assert set(ordered["supplier"]) <= set(minimums.index[minimums["used"] > 0])
    assert len(bound)
    assert minimums["is_binding"].any()
    for row in bound.to_dict("records"):
        reasons = row["reasons"]
        assert reasons["order_units"] == row["order_units"]
        assert "minimum of 3,000" in reasons["sentence"]
        assert (row["action"] == "order") == (row["order_units"] > 0)
    value = ordered["order_value_base"].sum()
    replenished = rows[rows["action"].isin(["order", "transfer"])]["order_value_base"].sum()
    assert value > 0
    assert figures["order_value"] == pytest.approx(replenished)
    assert figures["limits_binding"] == prices["is_binding"].sum()
    page = (folder / "reports" / "planner.html").read_text()
    assert "What the limits cost" in page


@pytest.mark.slow
def test_tasks_and_workers_change_no_choice_under_limits(with_minimum, copy_of):
    folder = with_minimum(3000)
    other = copy_of("other-cut", run={"tasks": 3, "workers": 1})
    suppliers = pd.read_csv(other / "suppliers.csv")
    suppliers.assign(minimum_order_value=3000).to_csv(other / "suppliers.csv", index=False)

    code, _, err = restock("run", "--settings", other, "--no-reports")

    assert code == 0, err
    assert plan_bytes(other) == plan_bytes(folder)
