"""Small tables for the tests of features: only what a test compares is written out."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pandas as pd

from features.history import DemandHistory, build_history

AS_OF = dt.date(2026, 3, 31)
CASES = json.loads((Path(__file__).parent / "known_answers.json").read_text())


def cases(prefix: str) -> list[dict[str, Any]]:
    """Known answers whose id starts with `prefix`."""
    return [case for case in CASES if case["id"].startswith(prefix)]


def items(*skus: str, **columns: Any) -> pd.DataFrame:
    """One item at BER for each SKU, with the columns given."""
    typical = {"location": "BER", "category": "Tea", "market": "DE", "unit_step": 1.0, "unit_price_base": 10.0}
    dates = {"launched_on": pd.NaT, "discontinued_on": pd.NaT}
    frame = pd.DataFrame({"sku": list(skus)} | typical | dates | columns)
    return frame.assign(**{name: pd.to_datetime(frame[name]) for name in dates})


def demand_lines(*rows: dict[str, Any]) -> pd.DataFrame:
    """Retail demand of SKU A at BER for 10 a unit, unless a row says otherwise."""
    typical = {
        "date": "2026-03-31",
        "sku": "A",
        "location": "BER",
        "channel": "web",
        "market": "DE",
        "order_type": "retail",
    }
    filled = []
    for row in rows or ({},):
        line = typical | {"units": 1.0, "cancelled_units": 0.0, "returned_units": 0.0, "resellable_units": 0.0} | row
        money = {"net_revenue_base": 10.0 * line["units"], "gross_revenue_base": 10.0 * line["units"]}
        size = {"lines": 1.0, "orders": 1.0, "largest_line_units": line["units"], "on_promotion": False}
        filled.append(money | size | line)
    frame = pd.DataFrame(filled)
    return frame.assign(date=pd.to_datetime(frame["date"])).iloc[: len(rows)]


def stock(
    rows: dict[str, float], sku: str = "A", flags: dict[str, bool] | None = None, shares: dict[str, float] | None = None
) -> pd.DataFrame:
    """Stock of one SKU at BER at the end of days; `flags` are in_stock of these days, `shares` their in_stock_share."""
    flags, shares = flags or {}, shares or {}
    frame = pd.DataFrame(
        {"date": pd.to_datetime(list(rows)), "sku": sku, "location": "BER", "on_hand": list(rows.values())}
    )
    return frame.assign(
        in_stock=pd.array([flags.get(date) for date in rows], dtype="boolean"),
        in_stock_share=[shares.get(date, float("nan")) for date in rows],
    )


def history(lines: pd.DataFrame, of: pd.DataFrame | None = None, **arguments: Any) -> DemandHistory:
    """History of ten days (or as given) up to 31 March 2026, ten days ahead."""
    tables = {name: arguments.pop(name) for name in ("stock_levels", "promotions") if name in arguments}
    typical = {
        "as_of": AS_OF,
        "period": "day",
        "week_starts_on": "monday",
        "history_days": 10,
        "horizon_days": 10,
        "one_off_units_factor": 10.0,
        "bulk_dampening": True,
        "default_country": "DE",
    }
    return build_history({"demand_lines": lines} | tables, items("A") if of is None else of, **(typical | arguments))
