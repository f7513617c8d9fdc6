"""A run with a binding supplier minimum and budget: rows, totals, prices and sentences of the published plan agree."""

import numpy as np
import pandas as pd
import pytest

from database import connect, queries
from tests.running import plan_bytes, restock

QUICK = {"scenarios": 64, "backtest_origins": 2}


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


@pytest.mark.slow
def test_every_order_reaches_its_minimum_or_waits_whatever_the_tasks_and_workers(copy_of, prefect_server):
    def run(name, minimum, *flags, tasks=2, workers=2):
        settings = {"run": {"buckets": 4, "tasks": tasks, "workers": workers}, "forecast": QUICK}
        company = with_terms(copy_of(name, **settings), minimum)
        code, _, err = restock("run", "--settings", company, *flags, PREFECT_API_URL=prefect_server)
        assert code == 0, err
        return company

    free, _, _ = planned(run("free", 0, "--no-reports"))
    # A little more than any supplier is ordered for without a minimum: what is added to reach it has a limit.
    largest = free[free["action"] == "order"].groupby("supplier")["order_value_base"].sum().max()
    minimum = int(np.ceil(1.02 * float(largest) / 10)) * 10

    folder, other = run("minimum", minimum), run("other-cut", minimum, "--no-reports", tasks=3, workers=1)

    assert plan_bytes(other) == plan_bytes(folder)
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
