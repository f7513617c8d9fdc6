"""A run with a binding supplier minimum and budget: rows, totals, prices and sentences of the published plan agree."""

import numpy as np
import pandas as pd
import pytest

from database import connect, queries
from tests.running import plan_bytes, restock


def planned(folder):
    """Recommendations, prices of limits and figures of the visible plan."""
    engine = connect("sqlite:///restock.db", folder)
    run = queries.current_run(engine).run_id
    limits, figures = (queries.run_rows(engine, table, run) for table in ("constraint_prices", "kpis"))
    rows = queries.recommendations(engine, run)
    engine.dispose()
    return rows, limits, figures.set_index("name")["value"]


def with_terms(folder, minimum):
    """The folder's company with a budget that binds nothing and one minimum value for every supplier."""
    budget = pd.read_csv(folder / "open_to_buy.csv")
    budget.assign(amount=1_000_000).to_csv(folder / "open_to_buy.csv", index=False)
    suppliers = pd.read_csv(folder / "suppliers.csv")
    suppliers.assign(minimum_order_value=minimum).to_csv(folder / "suppliers.csv", index=False)
    return folder


@pytest.fixture
def with_minimum(copy_of):
    """The small company planned with that minimum."""

    def made(minimum):
        folder = with_terms(copy_of(f"minimum-{minimum}"), minimum)
        code, _, err = restock("run", "--settings", folder)
        assert code == 0, err
        return folder

    return made


@pytest.fixture
def minimum(with_minimum):
    """A little more than any supplier would be ordered for without a minimum: what is added to reach it has a limit."""
    rows, _, _ = planned(with_minimum(0))
    largest = rows[rows["action"] == "order"].groupby("supplier")["order_value_base"].sum().max()
    return int(np.ceil(1.02 * float(largest) / 10)) * 10


@pytest.mark.slow
def test_every_order_reaches_its_minimum_or_waits_and_all_pages_say_the_same(with_minimum, minimum):
    folder = with_minimum(minimum)

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
        assert f"minimum of {minimum:,}" in reasons["sentence"]
        assert (row["action"] == "order") == (row["order_units"] > 0)
    value = ordered["order_value_base"].sum()
    replenished = rows[rows["action"].isin(["order", "transfer"])]["order_value_base"].sum()
    assert value > 0
    assert figures["order_value"] == pytest.approx(replenished)
    assert figures["limits_binding"] == prices["is_binding"].sum()
    page = (folder / "reports" / "planner.html").read_text()
    assert "Shared limits" in page


@pytest.mark.slow
def test_tasks_and_workers_change_no_choice_under_limits(with_minimum, minimum, copy_of):
    folder = with_minimum(minimum)
    other = with_terms(copy_of("other-cut", run={"tasks": 3, "workers": 1}), minimum)

    code, _, err = restock("run", "--settings", other, "--no-reports")

    assert code == 0, err
    assert plan_bytes(other) == plan_bytes(folder)
