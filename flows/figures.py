"""The figures of a run (`kpis`): what it wrote, the thresholds of its lists, and how a shadow plan compares."""

import datetime as dt
import json
from collections.abc import Sequence

import pandas as pd
from sqlalchemy import Engine

from database.queries import shadow_suggestions
from flows.results import BucketPlan, CompanyBudget, Inputs
from models.inventory.constraints import Coupled
from models.inventory.ordering.cut_over import compared_with_orders
from reports.worklist import CHANGE_ACTIONS, ORDER_ACTIONS
from settings import Settings

COMPARED_DAYS = 28
"""Days of shadow plans that are compared with what was really ordered."""


def run_figures(
    settings: Settings, inputs: Inputs, plans: Sequence[BucketPlan], budget: CompanyBudget, limits: Coupled
) -> pd.DataFrame:
    """Counts and sums of a run.

    Parameters
    ----------
    settings: the company's settings.
    inputs: the company's part of the run's inputs.
    plans: each bucket's plan.
    budget: the company's budget.
    limits: the orders within the limits that they share.

    Returns
    -------
    One row per figure: name, value, unit, text; sorted by name.
    """
    lines = pd.concat([plan.decisions.recommendations for plan in plans], ignore_index=True)
    orders = lines[lines["action"].isin(ORDER_ACTIONS)]
    changes = lines[lines["action"].isin(CHANGE_ACTIONS)]
    items = lines[lines["line_number"] == 1]
    scores = pd.concat([plan.scores for plan in plans], ignore_index=True)
    chosen = scores[scores["chosen"] & scores["loss"].notna()]
    base = settings.company.base_currency
    stock = (items["on_hand"] * items["sku"].map(_costs(inputs))).sum()
    rows = [
        ("company", None, None, settings.company.name),
        ("base_currency", None, None, base),
        ("overstock_days", settings.inventory.overstock_days, "days", None),
        ("dead_stock_days", settings.inventory.dead_stock_days, "days", None),
        ("items_planned", len(inputs.items), "items", None),
        ("lines_to_order", len(orders), "lines", None),
        ("order_value", _cents(orders["order_value_base"]), base, None),
        ("money_at_stake", _cents(orders["money_at_stake"]), base, None),
        ("open_orders_to_change", len(changes), "lines", "to expedite, postpone or cancel"),
        ("open_orders_at_stake", _cents(changes["money_at_stake"]), base, "what changing these lines saves"),
        ("stock_value", round(float(stock), 2), base, "at unit cost of the terms, else of the product"),
        ("rows_rejected", len(inputs.rejected), "rows", None),
        ("items_with_fallback", _fallbacks(plans), "items", None),
        ("limits_binding", int(limits.prices["is_binding"].sum()), "limits", "that change an order"),
        ("lines_changed_by_limits", len(limits.choices), "lines", "ordered otherwise than by themselves"),
        ("limits_gap", round(limits.gap, 2), base, "that a better choice within the limits could save at most"),
        ("limits_unsearched", limits.unsearched, "items", "whose orders stand on a list, since the search failed"),
        ("supplier_minimums", None, None, _minimums(inputs.tables["suppliers"])),
        ("reconstructed", None, None, "; ".join(inputs.reconstructed) or None),
    ]
    if len(chosen):
        added = chosen["value_added"].where(chosen["value_added"].abs() < 10)
        rows += [
            ("forecast_value_added_median", float(added.median()), "fraction", "over seasonal naive"),
            ("forecast_coverage_90", float(chosen["coverage_90"].mean()), "fraction", "share of outcomes below P90"),
        ]
    own = pd.DataFrame(rows, columns=["name", "value", "unit", "text"])
    return pd.concat([own, budget.figures]).sort_values("name", ignore_index=True)


def shadow_figures(engine: Engine, settings: Settings, inputs: Inputs, day: dt.date) -> pd.DataFrame:
    """What the shadow plans of the last weeks suggested, beside what was really ordered.

    Returns
    -------
    One row per figure: name, value, unit, text; none where the plan is no shadow, or the first one.
    """
    columns = ["name", "value", "unit", "text"]
    since = day - dt.timedelta(days=COMPARED_DAYS)
    suggestions = shadow_suggestions(engine, since=since, before=day) if settings.cut_over.shadow else pd.DataFrame()
    if suggestions.empty:
        return pd.DataFrame(columns=columns)
    begun = suggestions["as_of"].min().date()
    found = compared_with_orders(suggestions, inputs.tables["purchase_orders"], since=begun, until=day)
    suggested, placed = found[found["suggested_units"] > 0], found[found["placed_units"] > 0]
    both, base = found[found["in_common"]], settings.company.base_currency
    only_here = found[~found["in_common"] & (found["suggested_units"] > 0)]
    worth = float(only_here["money_at_stake"].sum())
    difference = float(both["suggested_value_base"].sum() - both["placed_value_base"].sum())
    text = (
        f"Since {begun} the shadow plans suggested {len(suggested):,} lines of "
        f"{suggested['suggested_units'].sum():,.0f} units ({suggested['suggested_value_base'].sum():,.0f} {base}); "
        f"{len(placed):,} lines of {placed['placed_units'].sum():,.0f} units were ordered. In common are "
        f"{len(both):,}: there restock would have ordered for {abs(difference):,.0f} {base} "
        f"{'more' if difference > 0 else 'less'}. "
        f"Its {len(only_here):,} lines that nobody ordered were worth {worth:,.0f} {base} by the next review; "
        f"{len(placed) - len(both):,} lines were ordered that it would have left."
    )
    rows = [
        ("shadow_lines_suggested", float(len(suggested)), "lines", None),
        ("shadow_lines_placed", float(len(placed)), "lines", None),
        ("shadow_lines_in_common", float(len(both)), "lines", None),
        ("shadow_units_suggested", float(suggested["suggested_units"].sum()), "units", None),
        ("shadow_units_placed", float(placed["placed_units"].sum()), "units", None),
        ("shadow_value_difference", round(difference, 2), base, "of the lines in common"),
        ("shadow_not_ordered_at_stake", round(worth, 2), base, "of lines that nobody ordered"),
        ("shadow_comparison", None, None, text),
    ]
    return pd.DataFrame(rows, columns=columns)


def _costs(inputs: Inputs) -> "pd.Series[float]":
    return inputs.items.drop_duplicates("sku").set_index("sku")["unit_cost_base"]


def _cents(amounts: "pd.Series[float]") -> float:
    """Sum of rounded lines, as integers of a hundredth, so that it does not depend on their order."""
    return float((amounts.fillna(0.0) * 100).round().sum() / 100)


def _fallbacks(plans: Sequence[BucketPlan]) -> int:
    """Items whose chosen model failed at some origin of the backtest, or now."""
    failed = [
        frame.loc[frame["fallback_reason"] != "", ["sku", "location"]]
        for plan in plans
        for frame in (plan.prediction.items, plan.scores[plan.scores["chosen"]])
    ]
    return len(pd.concat(failed).drop_duplicates())


def _minimums(suppliers: pd.DataFrame) -> str | None:
    if "minimum_order_value_base" not in suppliers:
        return None
    named = suppliers[["supplier", "minimum_order_value_base"]].dropna().sort_values("supplier")
    return json.dumps(named.to_dict("records")) if len(named) else None
