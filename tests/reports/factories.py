"""A published run in a SQLite file, written by the database's own functions from small frames."""

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Engine

from database import connect, upgrade
from database.auditing import audit_run
from database.publishing import begin_run, make_current, write_rows
from models.demand import DemandDistribution
from tests.models.inventory.recommendations.factories import reasons

AS_OF = dt.date(2026, 11, 22)
Row = dict[str, Any]


def day(offset: int) -> pd.Timestamp:
    return pd.Timestamp(AS_OF) + pd.Timedelta(days=offset)


def recommendation(**changes: Any) -> Row:
    base: Row = {
        "sku": "KET-1",
        "location": "HAM",
        "line_number": 1,
        "as_of": pd.Timestamp(AS_OF),
        "supplier": "NW",
        "supplier_name": "Nordwind",
        "action": "order",
        "order_units": 96.0,
        "order_by": day(1),
        "placed_on": day(1),
        "expected_on": day(15),
        "unit_cost": 4.0,
        "currency": "EUR",
        "order_value": 384.0,
        "order_value_base": 384.0,
        "reorder_point": 110.0,
        "order_up_to_level": 150.0,
        "safety_stock": 24.0,
        "on_hand": 18.0,
        "on_order": 40.0,
        "reserved": 2.0,
        "backordered": 0.0,
        "inventory_position": 56.0,
        "protection_days": 21.0,
        "demand_mean": 126.0,
        "demand_p50": 124.0,
        "demand_p90": 168.0,
        "demand_p95": 181.0,
        "days_of_supply": 9.3,
        "days_of_supply_after": 25.3,
        "stockout_probability": 0.87,
        "expected_lost_units": 31.4,
        "money_at_stake": 290.0,
        "binding_constraint": "order multiple",
        "reasons": reasons().to_json(),
        "first_gap_on": day(9),
        "lasts_until": day(25),
        "status": "open",
        "name": "Kettle",
        "category": "Kitchen",
        "abc": "A",
        "xyz": "X",
        "confidence": "high",
    }
    return base | changes


def idle(**changes: Any) -> Row:
    nothing: Row = {
        "action": "none",
        "order_units": 0.0,
        "order_value": None,
        "order_value_base": None,
        "placed_on": None,
        "expected_on": None,
        "money_at_stake": 0.0,
        "reasons": reasons(sentence="Covered.", order_units=0.0).to_json(),
        "inventory_position": 400.0,
        "on_hand": 400.0,
        "on_order": 0.0,
        "days_of_supply": 66.0,
        "stockout_probability": 0.001,
        "expected_lost_units": 0.0,
    }
    return recommendation(**nothing) | changes


def policy(**changes: Any) -> Row:
    base: Row = {
        "sku": "KET-1",
        "location": "HAM",
        "supplier": "NW",
        "policy": "(R,S)",
        "lead_time_mean_days": 14.2,
        "lead_time_sd_days": 3.0,
        "lead_time_source": "learned",
        "protection_days": 21.0,
        "abc": "A",
        "xyz": "X",
        "demand_class": "smooth",
    }
    return base | changes


def exception(kind: str, **changes: Any) -> Row:
    base: Row = {
        "sku": "KET-1",
        "location": "HAM",
        "kind": kind,
        "severity": "warning",
        "message": f"{kind} message",
        "figures": {},
    }
    return base | changes


def score(**changes: Any) -> Row:
    base: Row = {
        "sku": "KET-1",
        "location": "HAM",
        "model": "combined",
        "chosen": True,
        "origin_count": 4,
        "wape": 0.4,
        "bias": 0.05,
        "mase": 0.8,
        "scaled_pinball": 0.3,
        "coverage_90": 0.91,
        "value_added": 0.2,
        "loss": 0.8,
        "fallback_reason": None,
    }
    return base | changes


def demand(keys: list[tuple[str, str]], weekly: float = 42.0) -> DemandDistribution:
    days, weeks, count = 56, 70, len(keys)
    lengths = np.array([1] * days + [7] * weeks)
    first = np.datetime64(AS_OF) + 1
    return DemandDistribution(
        sku=np.array([sku for sku, _ in keys], dtype=object),
        location=np.array([location for _, location in keys], dtype=object),
        as_of=AS_OF,
        period="day",
        starts=first + np.concatenate([[0], np.cumsum(lengths)[:-1]]),
        lengths_days=lengths,
        mean=np.tile(lengths * weekly / 7.0, (count, 1)),
        dispersion=np.full(count, 1.4),
        level_sd=np.full(count, 0.25),
        level_growth=np.full(count, 0.3),
        level_autocorrelation=np.full(count, 0.9),
        exposure=np.tile([0.4, 0.2, 0.2], (count, 1)),
        market=np.array(["DE"] * count, dtype=object),
        category=np.array(["Kitchen"] * count, dtype=object),
        factor_autocorrelation=np.full(3, 0.9),
        unit_step=np.ones(count),
    )


def history(keys: list[tuple[str, str]], weeks: int = 104) -> pd.DataFrame:
    rows = []
    for number, (sku, location) in enumerate(keys):
        rng = np.random.default_rng(number)
        level = 40 * (1 + 0.3 * np.sin(np.arange(weeks) / 52 * 2 * np.pi))
        units: list[float | None] = rng.poisson(level).astype(float).tolist()
        shares = [0.0] * weeks
        for week in range(weeks - 20, weeks - 17):
            units[week], shares[week] = (None, 1.0) if week < weeks - 18 else (9.0, 0.6)
        starts = [
            str((pd.Timestamp(AS_OF) - pd.Timedelta(days=7 * (weeks - week) - 1)).date()) for week in range(weeks)
        ]
        rows.append(
            {"sku": sku, "location": location, "week_starts": starts, "units": units, "out_of_stock_share": shares}
        )
    return pd.DataFrame(rows)


def budget(
    groups: list[tuple[str, str, str]], monthly: float = 1000.005, *, promotions: str = "announced"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Forecast by month and figures, as models.budget makes them, from scenarios without a seed to care for."""
    from models.budget import BudgetPart, actual_months, budget_kpis, combine, months_after, plan_months

    months = months_after(AS_OF)
    rng = np.random.default_rng(5)
    world = np.exp(rng.normal(0, 0.15, (len(groups), len(months), 200)))
    season = 1 + 0.4 * np.cos(np.arange(12) / 12 * 2 * np.pi)
    revenue = monthly * world * season[None, :, None]
    frame = pd.DataFrame(sorted(groups), columns=["category", "channel", "market"])
    cubes = {"units": revenue / 10, "net_revenue": revenue, "cost": revenue * 0.6, "margin": revenue * 0.25}
    expected = np.stack([cube.mean(axis=2) for cube in cubes.values()])
    part = BudgetPart(frame, months, "EUR", **cubes, expected=expected, items_without_price=2, items_without_cost=1)
    dates = pd.date_range("2025-11-15", AS_OF)
    lines = pd.DataFrame(
        [
            {
                "date": date,
                "sku": f"S{k}",
                "location": "HAM",
                "channel": channel,
                "market": market,
                "order_type": "retail",
            }
            for k, (_, channel, market) in enumerate(sorted(groups))
            for date in dates
        ]
    ).assign(units=3.0, net_revenue_base=monthly / 31)
    lines["on_promotion"] = lines["date"].dt.day > 24
    items = pd.DataFrame({"sku": [f"S{k}" for k in range(len(groups))], "location": "HAM"})
    items["category"] = [category for category, _, _ in sorted(groups)]
    plan = pd.DataFrame({"month": months.astype("datetime64[ns]"), "revenue_base": monthly * len(groups) * 1.05})
    figures = budget_kpis(
        [part],
        last_year=actual_months(lines, items, as_of=AS_OF, currency="EUR"),
        plan=plan_months(plan, as_of=AS_OF, currency="EUR"),
        promotions=promotions,
        announced_until=AS_OF + dt.timedelta(days=60),
    )
    return combine([part]), figures


def kpis(*more: Row, **texts: str) -> pd.DataFrame:
    rows = [
        {"name": "company", "value": None, "unit": None, "text": "Nordlicht GmbH"},
        {"name": "base_currency", "value": None, "unit": None, "text": "EUR"},
        {"name": "overstock_days", "value": 120.0, "unit": "days", "text": None},
        {"name": "dead_stock_days", "value": 180.0, "unit": "days", "text": None},
    ]
    rows += [{"name": name, "value": None, "unit": None, "text": text} for name, text in texts.items()]
    return pd.DataFrame([*rows, *more])


def published(
    folder: Path, *, reconstructed: bool = False, is_shadow: bool = False, **tables: pd.DataFrame | list[Row]
) -> tuple[Engine, str]:
    """A database with one published run of these tables' rows."""
    engine = connect(f"sqlite:///{folder / 'restock.db'}")
    upgrade(engine)
    run_id = begin_run(
        engine,
        as_of=AS_OF,
        code_version="0.1.0",
        settings_hash="5e77" * 8,
        manifest_hash="abcd" * 8,
        manifest={name: {"table": name} for name in ("sales", "products", "receipts")},
        reconstructed=reconstructed,
        is_shadow=is_shadow,
    )
    expected = {}
    for name, rows in tables.items():
        frame = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(rows)
        write_rows(engine, name, frame, run_id)
        expected[name] = len(frame)
    audit_run(engine, run_id, expected)
    make_current(engine, run_id)
    return engine, run_id
