"""What the stages of a run hand to each other, as frozen dataclasses that `flows.execution.storage` can keep."""

import datetime as dt
from dataclasses import dataclass

import pandas as pd

from features.history import DemandHistory
from features.resellable_returns import ReturnProfile
from models.budget import BudgetPart
from models.demand import Backtest, Calibration, Effects, EffectsSummary, GlobalModel, Prediction, TrainingRows
from models.inventory.decide import Decisions
from models.inventory.lead_times.fit import LeadTimes


@dataclass(frozen=True)
class Inputs:
    """The company's tables under canonical identity, and what was wrong with the data.

    Attributes
    ----------
    tables: canonical tables that every bucket needs whole.
    items: one row per planned item.
    rejected, results: rejected rows and rule results of the run.
    reconstructed: what was not recorded then and had to be reconstructed.
    sales_known_from: day of the company's first accepted sale; None where there is none.
    pooled_mix: how the company sells by location, for items that never sold.
    returns: how much of what is sold comes back fit to sell, and when.
    decided_on: see `Reading`.
    """

    tables: dict[str, pd.DataFrame]
    items: pd.DataFrame
    rejected: pd.DataFrame
    results: pd.DataFrame
    reconstructed: list[str]
    sales_known_from: dt.date | None
    pooled_mix: pd.DataFrame
    returns: ReturnProfile
    decided_on: dt.date | None


@dataclass(frozen=True)
class Bucket:
    """The rows of a bucket's SKUs, by table."""

    tables: dict[str, pd.DataFrame]
    items: pd.DataFrame


@dataclass(frozen=True)
class BucketFeatures:
    """Demand history of a bucket and what the company's aggregates need of it.

    Attributes
    ----------
    history: the bucket's demand.
    summaries: what tells the known effects, by last day used (ISO): the refit date and each origin before it.
    item_summary: one row per item, for demand classes.
    channel_mix: how items sell by channel.
    """

    history: DemandHistory
    summaries: dict[str, EffectsSummary]
    item_summary: pd.DataFrame
    channel_mix: pd.DataFrame


@dataclass(frozen=True)
class CompanyState:
    """Company-wide state of the run that comes before the backtests.

    Attributes
    ----------
    effects: known effects by last day used (ISO): the refit date, which is the last, and each origin before it.
    segments: classes of all items.
    lead_times: of all suppliers and items.
    """

    effects: dict[str, Effects]
    segments: pd.DataFrame
    lead_times: LeadTimes


@dataclass(frozen=True)
class BucketPlan:
    """A bucket's forecast, decisions and part of the budget.

    `scores` has a row per item and model, `weekly` one per item (charts), `last_year` one per month and group.
    """

    prediction: Prediction
    scores: pd.DataFrame
    decisions: Decisions
    weekly: pd.DataFrame
    budget: BudgetPart
    last_year: pd.DataFrame


@dataclass(frozen=True)
class CompanyBudget:
    """The budget forecast by month and group, and its figures for `kpis`."""

    forecast: pd.DataFrame
    figures: pd.DataFrame


__all__ = [
    "Backtest",
    "Bucket",
    "BucketFeatures",
    "BucketPlan",
    "Calibration",
    "CompanyBudget",
    "CompanyState",
    "GlobalModel",
    "Inputs",
    "TrainingRows",
]
