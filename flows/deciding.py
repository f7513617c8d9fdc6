"""Each bucket's demand distribution, orders and part of the budget; then the company's budget."""

import dataclasses
import datetime as dt

import numpy as np
import pandas as pd

from features.history import DemandHistory, with_last_years_promotions
from features.resellable_returns import expected_returns
from features.weekly import weekly_history
from flows.execution.run import PlanningRun
from flows.execution.stages import TaskResult, stage_task
from flows.execution.storage import Stored, fetch, store
from flows.fitting import FittedModels
from flows.inputs import bucket_name, company_inputs
from flows.results import (
    Backtest,
    Bucket,
    BucketFeatures,
    BucketPlan,
    Calibration,
    CompanyBudget,
    CompanyState,
)
from models.budget import BudgetPart, actual_months, budget_forecast, budget_kpis, combine, plan_months
from models.demand import GlobalModel, Prediction, forecast_scores, predict
from models.inventory.decide import decide
from models.inventory.lead_times.fit import LeadTimes
from models.inventory.ordering.cut_over import with_first_order_cap
from models.inventory.recommendations.rows import record_quantile_shift
from models.inventory.terms.decision_rules import DecisionRules
from settings import Settings

NEARLY_ALL = 0.95


def decision_rules(settings: Settings) -> DecisionRules:
    """The company's settings as the rules for `decide`."""
    return DecisionRules(
        **settings.inventory.model_dump(exclude={"min_receipts_to_trust"}),
        base_currency=settings.company.base_currency,
        period=settings.company.period,
        missing_inventory_is_zero=settings.data.missing_inventory_is_zero,
        scenarios=settings.forecast.scenarios,
    )


def fine_grid_days(lead_times: LeadTimes, settings: Settings) -> int:
    """Days forecast in the company's own period: eight weeks, or nearly every protection interval up to half a year."""
    late = (np.cumsum(lead_times.pmf, axis=1) < NEARLY_ALL).sum(axis=1).max(initial=0)
    return int(np.clip(late + settings.inventory.decision_lag_days + settings.inventory.review_days, 56, 182))


@dataclasses.dataclass(frozen=True)
class Models:
    """The fitted models in memory."""

    state: CompanyState
    calibration: Calibration
    global_model: GlobalModel | None

    def forecast(self, history: DemandHistory, as_of: dt.date, settings: Settings) -> tuple[Prediction, pd.DataFrame]:
        """The prediction, and the history's items with the units sold and the reason for a fallback model, if any."""
        prediction = predict(
            history,
            self.state.effects[max(self.state.effects)],
            self.calibration,
            as_of,
            fine_grid_days=fine_grid_days(self.state.lead_times, settings),
            global_model=self.global_model,
        )
        reason = prediction.items["fallback_reason"].replace("", None).to_numpy()
        sold = np.nansum(history.units, axis=1)
        return prediction, history.items.assign(fallback_reason=reason, units_sold=sold)


def fetch_models(fitted: FittedModels) -> Models:
    """The models of a fit; of the global ones that of the newest day, on which the others were fitted."""
    newest = fitted.global_models[max(fitted.global_models)] if fitted.global_models else None
    return Models(
        state=fetch(CompanyState, fitted.pooled["company"]),
        calibration=fetch(Calibration, fitted.calibrated["company"]),
        global_model=fetch(GlobalModel, newest) if newest else None,
    )


@stage_task("decide")
def decide_orders(
    run: PlanningRun,
    group: str,
    buckets: list[int],
    prepared: dict[str, Stored],
    fitted: FittedModels,
    planned_lines: list[dict[str, str | float | None]],
    tuned: dict[str, float],
) -> TaskResult:
    """Distribution, orders and budget of some buckets.

    Parameters
    ----------
    run: the planning run.
    group, buckets: name and numbers of the task's group of buckets.
    prepared: what `prepare` wrote.
    fitted: where the fitted models lie.
    planned_lines: approved and exported lines, see `planned_frame`.
    tuned: by ABC class, shift of the quantile ordered at.
    """
    settings = run.settings
    inputs = company_inputs(prepared)
    company = inputs.tables
    models = fetch_models(fitted)
    lines = planned_frame(planned_lines)
    results: dict[str, Stored] = {}
    items = 0
    for bucket in map(bucket_name, buckets):
        rows = fetch(Bucket, prepared[bucket])
        seen = fetch(BucketFeatures, fitted.features[bucket])
        prediction, forecast_items = models.forecast(seen.history, run.day, settings)
        decisions = decide(
            _capped(forecast_items, rows.tables["purchase_orders"], run),
            prediction.distribution,
            models.state.lead_times,
            {**company, **rows.tables},
            planned_order_lines=lines,
            segments=models.state.segments,
            channel_mix=seen.channel_mix,
            rules=decision_rules(settings),
            as_of=run.day,
            decided_on=inputs.decided_on,
            quantile_shift=pd.DataFrame({"abc": list(tuned), "quantile_shift": list(tuned.values())}),
            returns=expected_returns(rows.tables["demand_lines"], seen.history.items, inputs.returns, run.day),
        )
        if tuned:
            reasoned = record_quantile_shift(decisions.recommendations, decisions.policies, tuned)
            decisions = dataclasses.replace(decisions, recommendations=reasoned)
        tested = fetch(Backtest, fitted.backtests[bucket])
        expected = prediction
        if settings.budget.promotions == "as_last_year":
            expected, _ = models.forecast(with_last_years_promotions(seen.history), run.day, settings)
        plan = BucketPlan(
            prediction=prediction,
            scores=forecast_scores(tested, models.calibration),
            decisions=decisions,
            weekly=weekly_history(seen.history, week_starts_on=settings.company.week_starts_on),
            budget=budget_forecast(
                expected.distribution,
                seen.history.items,
                seen.channel_mix,
                company["channel_costs"],
                currency=settings.company.base_currency,
                scenarios=settings.forecast.scenarios,
                gross_margin_default=settings.inventory.gross_margin_default,
            ),
            last_year=actual_months(
                rows.tables["demand_lines"],
                seen.history.items,
                as_of=run.day,
                currency=settings.company.base_currency,
                known_from=inputs.sales_known_from,
            ),
        )
        results[bucket] = store(plan, run.folder_for("decide", bucket))
        items += len(seen.history.items)
    return {"results": results, "items": items}


@stage_task("budget")
def add_up_budget(
    run: PlanningRun, group: str, buckets: list[int], prepared: dict[str, Stored], plans: dict[str, Stored]
) -> TaskResult:
    """The company's budget from the buckets' scenario sums.

    Parameters
    ----------
    run: the planning run.
    group, buckets: not used, since the stage is about the whole company.
    prepared: what `prepare` wrote.
    plans: each bucket's plan, in bucket order.
    """
    settings = run.settings
    fetched = [fetch(BucketPlan, stored) for stored in plans.values()]
    parts: list[BudgetPart] = [plan.budget for plan in fetched]
    currency = settings.company.base_currency
    last_year = fetched[0].last_year
    sold = [plan.last_year for plan in fetched if len(plan.last_year)]
    if sold:
        keys = ["month", "category", "channel", "market"]
        last_year = pd.concat(sold, ignore_index=True).groupby(keys, as_index=False, sort=True).sum()
    tables = company_inputs(prepared).tables
    figures = budget_kpis(
        parts,
        last_year=last_year,
        plan=plan_months(tables["budgets"], as_of=run.day, currency=currency),
        promotions=settings.budget.promotions,
        announced_until=_announced_until(tables["promotions"], run.day),
    )
    budget = CompanyBudget(combine(parts), figures)
    return {"results": {"company": store(budget, run.folder_for("budget", "company"))}, "items": 1}


def _announced_until(promotions: pd.DataFrame, day: dt.date) -> dt.date | None:
    """Last day of the promotions that are announced after `day`."""
    ahead = promotions.loc[promotions["ends_on"] > pd.Timestamp(day), "ends_on"]
    return ahead.max().date() if len(ahead) else None


def _capped(items: pd.DataFrame, purchase_orders: pd.DataFrame, run: PlanningRun) -> pd.DataFrame:
    """Items with the cap of their first order after a cut-over."""
    cut_over = run.settings.cut_over
    return with_first_order_cap(
        items,
        purchase_orders,
        as_of=run.day,
        started_on=cut_over.started_on,
        weeks=cut_over.first_orders_weeks,
        cap_days=cut_over.first_orders_cap_days,
    )


def planned_frame(lines: list[dict[str, str | float | None]]) -> pd.DataFrame:
    """Approved and exported lines as the frame that the inventory position is made from."""
    columns = ["line_id", "sku", "location", "supplier", "units", "due_on", "state", "exported_at", "placed_on"]
    frame = pd.DataFrame(lines, columns=columns)
    for name in ("due_on", "exported_at", "placed_on"):
        frame[name] = pd.to_datetime(frame[name])
    return frame.astype({"units": "float64"})
