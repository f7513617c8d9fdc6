"""Demand turned into money: the budget forecast by month, category, channel and market."""

from models.budget.comparison import actual_months, plan_months, probability_of_plan
from models.budget.kpis import budget_kpis
from models.budget.months import month_shares, months_after
from models.budget.part import BudgetPart, budget_forecast
from models.budget.quantiles import combine, year_totals

__all__ = [
    "BudgetPart",
    "actual_months",
    "budget_forecast",
    "budget_kpis",
    "combine",
    "month_shares",
    "months_after",
    "plan_months",
    "probability_of_plan",
    "year_totals",
]
