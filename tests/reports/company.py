"""A company of some size for tests of speed, size and looks."""

import numpy as np
import pandas as pd

from tests.models.inventory.recommendations.factories import reasons
from tests.reports.factories import (
    Row,
    budget,
    day,
    demand,
    exception,
    history,
    idle,
    kpis,
    policy,
    recommendation,
    score,
)

SUPPLIERS = ["Nordwind", "Bergmann & Söhne", "Shenzhen Lumen", "Atelier Fontaine", "Kowalski Sp. z o.o."]
NAMES = ["Kettle, brushed steel, 1.7 l", "Lunch box", "Garden lantern", "Wool blanket", "Bread knife", "Desk lamp"]
CATEGORIES = ["Kitchen", "Garden", "Home", "Office"]


def company(count: int) -> dict[str, pd.DataFrame | list[Row]]:
    """Rows of every table for `count` items, a third of which are to be ordered."""
    rng = np.random.default_rng(11)
    keys = [(f"SKU-{k:05d}", ["HAM", "FBA-DE", "LYON"][k % 3]) for k in range(count)]
    recommendations, exceptions, scores = [], [], []
    for k, (sku, location) in enumerate(keys):
        facts: Row = {
            "sku": sku,
            "location": location,
            "name": NAMES[k % len(NAMES)],
            "category": CATEGORIES[k % len(CATEGORIES)],
            "supplier": f"S{k % 5}",
            "supplier_name": SUPPLIERS[k % 5],
            "abc": "ABC"[k % 3],
            "xyz": "XYZ"[k % 3],
        }
        units, stake = float(12 * rng.integers(1, 40)), float(np.round(rng.gamma(0.8, 400.0), 2))
        cost, supply = float(np.round(rng.gamma(2.0, 6.0), 2)), float(np.round(rng.gamma(2.0, 8.0), 1))
        if k % 3 == 0:
            facts |= {"order_units": units, "money_at_stake": stake, "unit_cost": cost, "days_of_supply": supply}
            facts |= {
                "order_value": units * cost,
                "order_value_base": units * cost,
                "days_of_supply_after": supply + 40,
            }
            facts |= {"on_hand": 0.0 if k % 21 == 0 else float(rng.integers(1, 400)), "expected_on": day(5 + k % 40)}
            facts["reasons"] = reasons(
                sentence=f"18 left, about 6 a day (P90 9); an order from {SUPPLIERS[k % 5]} takes 14 to 23 days, "
                "so we run out around 26 November; 2 packs of 48 last until 10 January and cost 412 EUR; "
                "a week later would lose about 31 units (290 EUR margin).",
                pack_units=12.0,
            ).to_json()
            recommendations.append(recommendation(**facts))
            if k % 21 == 0:
                exceptions.append(
                    exception(
                        "stockout_now",
                        sku=sku,
                        location=location,
                        severity="critical",
                        message="Nothing left since 2026-11-18; 40 units arrive on 2026-12-04.",
                    )
                )
            elif supply < 6:
                exceptions.append(
                    exception(
                        "at_risk",
                        sku=sku,
                        location=location,
                        message="Runs out about 9 days before an order placed now can arrive.",
                    )
                )
        else:
            recommendations.append(idle(**facts))
            if k % 7 == 0:
                exceptions.append(
                    exception(
                        "overstock",
                        sku=sku,
                        location=location,
                        severity="info",
                        message="Lasts 310 days at the forecast; about 240 units more than 120 days need.",
                        figures={"value_base": stake * 9},
                    )
                )
            if k % 31 == 0:
                exceptions.append(
                    exception(
                        "dead_stock",
                        sku=sku,
                        location=location,
                        message="No sale since 2026-03-02.",
                        figures={"value_base": stake * 3},
                    )
                )
            if k % 41 == 0:
                exceptions.append(
                    exception(
                        "new_item",
                        sku=sku,
                        location=location,
                        severity="info",
                        message="Launched 2026-11-02; forecast from SKU-00007.",
                    )
                )
            if k % 53 == 0:
                exceptions.append(
                    exception(
                        "no_terms",
                        sku=sku,
                        location=location,
                        message="No supply terms: forecast only; add a row to supply_terms.",
                    )
                )
        for model, chosen in [("combined", True), ("local", False), ("seasonal_naive", False)]:
            wape = float(rng.uniform(0.2, 0.9)) * (1.3 if model == "seasonal_naive" else 1.0)
            scores.append(
                score(
                    sku=sku,
                    location=location,
                    model=model,
                    chosen=chosen,
                    wape=wape,
                    bias=float(rng.normal(0, 0.1)),
                    value_added=float(rng.normal(0.15, 0.1)),
                )
            )
    forecast, figures = budget([(c, ch, m) for c in CATEGORIES for ch in ("shop", "marketplace") for m in ("DE", "FR")])
    minimums = (
        '[{"supplier":"S0","minimum_order_value_base":500.0},{"supplier":"S2","minimum_order_value_base":9999999.0}]'
    )
    quality = [
        {
            "table": table,
            "part": f"2026-{month:02d}",
            "rule": f"{table}.{rule}",
            "outcome": outcome,
            "rows_checked": 41_234,
            "rows_failed": failed,
            "first_example": example if failed else None,
        }
        for table, rule, outcome, failed, example in [
            ("sales", "units.number", "reject", 3, 'sales-2026-03.csv line 812: units is "1,5x", not a number'),
            ("sales", "key.unique", "reject", 0, ""),
            ("stock_levels", "on_hand.not_negative", "warn", 12, "stock.csv line 7: on_hand is -2"),
            ("products", "category.given", "warn", 1, "products.csv line 14: category is empty"),
            ("receipts", "received_units.positive", "reject", 2, "receipts.csv line 99: received_units is 0"),
        ]
        for month in range(1, 11)
    ]
    rejected = [
        {
            "table": "sales",
            "source": "sales-2026-03.csv",
            "line": 812 + k,
            "rule": "sales.units.number",
            "column": "units",
            "value": "1,5x",
            "message": 'units is "1,5x", not a number',
        }
        for k in range(30)
    ]
    return {
        "recommendations": recommendations,
        "policies": [policy(sku=sku, location=location) for sku, location in keys],
        "forecasts": demand(keys).to_frame(),
        "forecast_scores": scores,
        "demand_history": history(keys),
        "exceptions": exceptions,
        "data_quality": quality,
        "rejected_rows": rejected,
        "budget_forecast": forecast,
        "kpis": pd.concat([kpis(supplier_minimums=minimums), figures], ignore_index=True),
    }
