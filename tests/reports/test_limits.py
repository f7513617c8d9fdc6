"""What the report says of limits that orders share."""

import pandas as pd

from models.inventory.constraints.limits import BUDGET, CAPACITY, FREIGHT, MINIMUM, VOLUME, WEIGHT
from reports.limits import KINDS, limit_rows, supplier_limits
from reports.planner import planner_page
from reports.reading import read_run
from reports.workbook import workbook_bytes
from tests.reports.factories import kpis, policy, published, recommendation


def limit(kind="open_to_buy", scope="*", *, binds=True, saving=240.0, limit_value=8000.0, used=8000.0, unit="EUR"):
    return {
        "kind": kind, "scope": scope, "month": pd.Timestamp("2026-11-01"), "unit": unit, "limit_value": limit_value,
        "wanted": 9500.0, "used": used, "is_binding": binds, "looser_by": 1000.0 if binds else None,
        "saving_if_looser": saving if binds else None, "tighter_by": 1000.0 if binds else None,
        "cost_if_tighter": 310.0 if binds else None,
        "sentence": f"{kind} of {scope}: 1,000 EUR more budget saves {saving:.0f} EUR.",
    }  # fmt: skip


def run_of(folder, *limits):
    engine, run = published(
        folder,
        recommendations=[recommendation(supplier="S0")],
        policies=[policy()],
        kpis=kpis(),
        **({"constraint_prices": list(limits)} if limits else {}),
    )
    data = read_run(engine, run)
    engine.dispose()
    return data


def test_every_kind_of_limit_has_its_heading():
    assert set(KINDS) == {MINIMUM, FREIGHT, VOLUME, WEIGHT, BUDGET, CAPACITY}


def test_binding_limits_come_first_the_dearest_of_them_at_the_top(tmp_path):
    data = run_of(
        tmp_path,
        limit("capacity", "HAM", binds=False),
        limit(scope="Tea", saving=5.0),
        limit(scope="Toys", saving=50.0),
    )

    assert [row["scope"] for row in limit_rows(data)] == ["Toys", "Tea", "HAM"]
    page = planner_page(data)
    assert "Shared limits" in page
    assert "1,000 EUR more budget saves 50 EUR" in page
    assert "1 limits that are not binding" in page
    assert len(workbook_bytes(data)) > 1000


def test_a_supplier_s_order_stands_against_its_minimum_free_freight_and_container(tmp_path):
    data = run_of(
        tmp_path,
        limit("supplier_minimum", "S0", binds=False, limit_value=500.0, used=450.0),
        limit("free_freight", "S0", binds=False, limit_value=1000.0, used=450.0),
        limit("container_volume", "S0, HAM", binds=False, limit_value=67.0, used=33.5, unit="m3"),
        limit("container_weight", "S0, HAM", binds=False, limit_value=26000.0, used=100.0, unit="kg"),
        limit("container_volume", "S01", binds=False, limit_value=67.0, used=67.0, unit="m3"),
    )

    filled = supplier_limits(data, "S0")

    assert filled["minimum_share"] == 0.9
    assert filled["limits"] == "free freight from 1,000 EUR: 45 % reached; container to HAM 50 % full"


def test_a_run_without_limits_says_nothing_of_them(tmp_path):
    data = run_of(tmp_path)

    assert supplier_limits(data, "S0") == {"minimum_share": None, "limits": ""}
    assert "Shared limits" not in planner_page(data)
