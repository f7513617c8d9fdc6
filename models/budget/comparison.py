"""What the budget forecast is held against: the year before, and the company's own budget."""

import datetime as dt
from collections.abc import Sequence

import numpy as np
import pandas as pd

from models.budget.months import months_after
from models.budget.part import KEYS, UNKNOWN, BudgetPart
from models.inventory.terms.money_rounding import minor_digits

_ACTUAL = ["month", "category", "channel", "market", "units", "net_revenue", "promoted_revenue"]


def actual_months(
    demand_lines: pd.DataFrame,
    items: pd.DataFrame,
    *,
    as_of: dt.date,
    currency: str,
    months: int = 12,
    known_from: dt.date | None = None,
) -> pd.DataFrame:
    """Retail sales of the months a year before the budget's, as far as they are complete.

    Parameters
    ----------
    demand_lines: one row per (date, sku, location, channel, market, order_type), columns units,
        net_revenue_base, on_promotion (bool).
    items: one row per item: sku, location, category.
    as_of: last day counted; the budget begins with the month after it.
    currency: the base currency, whose minor unit revenue is rounded to.
    months: months of the budget.
    known_from: first day of the company's sales history; the first of these lines when not given. Give it where the
        lines are one bucket's, so that all buckets leave out the same months.

    Returns
    -------
    One row per (month, category, channel, market), sorted: month is the first day a year before the budget's
    month; units (gross), net_revenue and promoted_revenue, the part sold on promotion (base currency, rounded to the
    minor unit). Months that end after `as_of`, and months that begin before `known_from`, have no row. Wholesale and
    one-off orders are left out as they are in the budget.
    """
    wanted = months_after(as_of, months) - 12
    complete = wanted[(wanted + 1).astype("datetime64[D]") <= np.datetime64(as_of) + 1]
    lines = demand_lines[demand_lines["order_type"] == "retail"]
    if lines.empty or not len(complete):
        return pd.DataFrame({name: [] for name in _ACTUAL})
    first_day = np.datetime64(pd.Timestamp(known_from or demand_lines["date"].min()), "D")
    complete = complete[complete.astype("datetime64[D]") >= first_day]
    month = lines["date"].to_numpy("datetime64[M]")
    inside = np.isin(month, complete)
    sold = lines[inside].assign(month=month[inside].astype("datetime64[ns]"))
    categories = items[["sku", "location", "category"]].drop_duplicates(["sku", "location"])
    sold = sold.merge(categories, on=["sku", "location"], how="left")
    for key in KEYS:
        sold[key] = sold[key].astype(object).where(sold[key].notna(), UNKNOWN).astype(str)
    money = ["net_revenue", "promoted_revenue"]
    sold["net_revenue"] = sold["net_revenue_base"]
    sold["promoted_revenue"] = sold["net_revenue_base"].where(sold["on_promotion"].astype(bool), 0.0)
    totals = sold.groupby(["month", *KEYS], sort=True, as_index=False)[["units", *money]].sum()
    totals[money] = totals[money].round(minor_digits(currency))
    return totals[_ACTUAL]


def plan_months(budgets: pd.DataFrame, *, as_of: dt.date, currency: str, months: int = 12) -> pd.DataFrame:
    """The company's own budget by month, over all categories, channels and markets.

    Parameters
    ----------
    budgets: canonical `budgets` rows with revenue_base and, where known, units and margin_base. Rows of the same
        month add up.

    Returns
    -------
    One row per month of the budget forecast that has a budget: month, net_revenue, margin, units (NaN: not budgeted).
    """
    if budgets.empty:
        return pd.DataFrame({name: [] for name in ["month", "net_revenue", "margin", "units"]})
    month = budgets["month"].to_numpy("datetime64[M]")
    inside = np.isin(month, months_after(as_of, months))
    planned = pd.DataFrame(
        {
            "month": month[inside].astype("datetime64[ns]"),
            **{
                name: budgets.loc[inside, source].to_numpy(np.float64) if source in budgets else np.nan
                for name, source in [("net_revenue", "revenue_base"), ("margin", "margin_base"), ("units", "units")]
            },
        }
    )
    totals = planned.groupby("month", sort=True)[["net_revenue", "margin", "units"]].sum(min_count=1)
    return totals.round(minor_digits(currency)).reset_index()


def probability_of_plan(parts: Sequence[BudgetPart], plan: pd.DataFrame) -> float:
    """Share of scenarios in which net revenue over the budgeted months reaches the budget; NaN without a budget.

    Parameters
    ----------
    parts: one per bucket, in bucket order.
    plan: as `plan_months` returns it.
    """
    if plan.empty or not parts or plan["net_revenue"].isna().all():
        return float("nan")
    inside = np.isin(parts[0].months, plan["month"].to_numpy("datetime64[M]"))
    revenue = np.zeros(parts[0].units.shape[2])
    for part in parts:
        revenue += part.net_revenue[:, inside, :].sum(axis=(0, 1))
    return float(np.mean(revenue >= plan["net_revenue"].sum()))
