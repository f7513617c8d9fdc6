"""The budget's figures that are no month: the year, last year, the company's own budget, what was assumed."""

import datetime as dt
from collections.abc import Sequence

import numpy as np
import pandas as pd

from models.budget.comparison import probability_of_plan
from models.budget.part import KEYS, BudgetPart
from models.budget.quantiles import ALL, year_totals
from models.inventory.terms.money_rounding import minor_digits


def budget_kpis(
    parts: Sequence[BudgetPart],
    *,
    last_year: pd.DataFrame,
    plan: pd.DataFrame,
    promotions: str,
    announced_until: dt.date | None,
) -> pd.DataFrame:
    """Rows for the table `kpis`, from which the budget report reads what `budget_forecast` cannot hold.

    Parameters
    ----------
    parts: one per bucket, in bucket order.
    last_year: as `actual_months` returns it.
    plan: as `plan_months` returns it.
    promotions: which promotions the forecast holds, as the setting `budget.promotions` names them.
    announced_until: last day of an announced promotion; None where none is announced.

    Returns
    -------
    One row per figure: name, value, unit, text, sorted by name. The texts are JSON lists of rows:
    budget_year (`year_totals` with at most one of category, channel and market named), budget_last_year (month,
    category, channel, market, units, net_revenue; at most one named) and budget_plan (month, net_revenue, margin,
    units). budget_promotions and budget_promotions_announced_until hold what was given, budget_last_year_promoted the
    share of last year's revenue that was sold on promotion. The others have no text.
    """
    currency = parts[0].currency
    year = year_totals(parts)
    whole = year[(year[KEYS] == ALL).all(axis=1)]
    revenue = float(whole["net_revenue_mean"].iloc[0]) if len(whole) else 0.0
    year = year[(year[KEYS] == ALL).sum(axis=1) >= len(KEYS) - 1]
    rows: list[tuple[str, float | None, str | None, str | None]] = [
        ("budget_year", revenue, currency, _json(year)),
        ("budget_promotions", None, None, promotions),
        ("budget_promotions_announced_until", None, None, announced_until.isoformat() if announced_until else None),
        ("budget_items_without_price", float(sum(part.items_without_price for part in parts)), "items", None),
        ("budget_items_without_cost", float(sum(part.items_without_cost for part in parts)), "items", None),
    ]
    if not last_year.empty:
        sold, promoted = float(last_year["net_revenue"].sum()), float(last_year["promoted_revenue"].sum())
        rows.append(("budget_last_year", sold, currency, _json(_single(last_year, currency))))
        rows.append(("budget_last_year_promoted", promoted / sold if sold else None, "fraction", None))
    if not plan.empty:
        probability = probability_of_plan(parts, plan)
        rows.append(("budget_plan", float(plan["net_revenue"].sum()), currency, _json(plan)))
        if np.isfinite(probability):
            rows.append(("budget_probability_of_plan", probability, "fraction", None))
    return pd.DataFrame(rows, columns=["name", "value", "unit", "text"]).sort_values("name", ignore_index=True)


def _single(actual: pd.DataFrame, currency: str) -> pd.DataFrame:
    """Sums by month and by month with one of the keys; "*" for the others."""
    frames = []
    for named in [None, *KEYS]:
        labels = actual.assign(**{key: ALL for key in KEYS if key != named})
        frames.append(labels.groupby(["month", *KEYS], sort=True, as_index=False)[["units", "net_revenue"]].sum())
    totals = pd.concat(frames, ignore_index=True).round({"net_revenue": minor_digits(currency), "units": 3})
    return totals.sort_values(["month", *KEYS], ignore_index=True)


def _json(frame: pd.DataFrame) -> str:
    plain = frame.copy()
    if "month" in plain:
        plain["month"] = pd.to_datetime(plain["month"]).dt.strftime("%Y-%m-%d")
    return plain.to_json(orient="records", force_ascii=False)
