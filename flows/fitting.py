"""From each bucket's rows to fitted, compared and calibrated models: the stages, and their order."""

import dataclasses
import datetime as dt

import pandas as pd

from features.calendar import refit_date
from features.channel_mix import channel_mix
from features.history import DemandHistory, build_history
from features.segments import item_summary, segment
from flows.execution.run import PlanningRun
from flows.execution.stages import TaskResult, run_once, run_stage, stage_task
from flows.execution.storage import Stored, fetch, store
from flows.inputs import bucket_name, company_inputs, groups_of
from flows.results import (
    Backtest,
    Bucket,
    BucketFeatures,
    Calibration,
    CompanyState,
    GlobalModel,
    TrainingRows,
)
from models.demand import (
    backtest,
    fit_global_model,
    level_rows,
    origin_dates,
    pool_calibration,
    pool_effects,
    summarise,
)
from models.inventory.lead_times.fit import fit_lead_times
from settings import Settings

HORIZON_DAYS = 18 * 31


@dataclasses.dataclass(frozen=True)
class FittedModels:
    """Where the results of the stages are stored: by bucket, by day (`global_models`) or under "company"."""

    features: dict[str, Stored]
    pooled: dict[str, Stored]
    global_models: dict[str, Stored]
    backtests: dict[str, Stored]
    calibrated: dict[str, Stored]


def fit_models(run: PlanningRun, prepared: dict[str, Stored], *, title: str = "") -> FittedModels:
    """Demand histories, what the company's items share, global models, backtests and calibration.

    Parameters
    ----------
    run: the planning run, whose day the models are fitted on.
    prepared: what `prepare` wrote, by bucket and for the company.
    title: text before the name of each stage, for whoever watches.
    """
    settings, items = run.settings, len(company_inputs(prepared).items)
    groups = groups_of(prepared, settings.run.tasks)
    features = run_stage(build_features, run, groups, f"{title}Build demand histories", items, prepared=prepared)
    pooled = run_once(pool, run, f"{title}Pool classes, effects, lead times", prepared=prepared, features=features)
    global_models: dict[str, Stored] = {}
    if settings.forecast.global_model:
        rows = run_stage(
            collect_training_rows, run, groups, f"{title}Collect training rows", items, features=features, pooled=pooled
        )
        days = [[place] for place in range(1 + settings.forecast.backtest_origins)]
        global_models = run_stage(
            fit_global, run, days, f"{title}Fit the global models", len(days), pooled=pooled, rows=rows
        )
    backtests = run_stage(
        run_backtests, run, groups, f"{title}Backtest", items,
        features=features, pooled=pooled, global_models=global_models,
    )  # fmt: skip
    calibrated = run_once(calibrate, run, f"{title}Calibrate", backtests=backtests)
    return FittedModels(features, pooled, global_models, backtests, calibrated)


def refit_on(run: PlanningRun, settings: Settings) -> dt.date:
    """Day up to which rows decide parameters, models and classes."""
    return refit_date(run.day, settings.company.period, settings.company.week_starts_on)


@stage_task("features")
def build_features(run: PlanningRun, group: str, buckets: list[int], prepared: dict[str, Stored]) -> TaskResult:
    """Demand histories of some buckets."""
    settings = run.settings
    inputs = company_inputs(prepared)
    until = refit_on(run, settings)
    results: dict[str, Stored] = {}
    items = 0
    for bucket in map(bucket_name, buckets):
        rows = fetch(Bucket, prepared[bucket])
        history = history_of({**rows.tables, "promotions": inputs.tables["promotions"]}, rows.items, run.day, settings)
        lines = rows.tables["demand_lines"]
        features = BucketFeatures(
            history=history,
            summaries={
                day.isoformat(): summarise(history, day)
                for day in (until, *origin_dates(history, until, settings.forecast.backtest_origins))
            },
            item_summary=item_summary(history, lines, until),
            channel_mix=channel_mix(lines, history.items, run.day, inputs.pooled_mix),
        )
        results[bucket] = store(features, run.folder_for("features", bucket))
        items += len(history.items)
    return {"results": results, "items": items}


def history_of(
    tables: dict[str, pd.DataFrame], items: pd.DataFrame, as_of: dt.date, settings: Settings
) -> DemandHistory:
    """Demand history of some items as the company's settings ask for it; see `features.history.build_history`."""
    company, forecast = settings.company, settings.forecast
    return build_history(
        tables,
        items,
        as_of=as_of,
        period=company.period,
        week_starts_on=company.week_starts_on,
        history_days=forecast.history_days,
        horizon_days=HORIZON_DAYS,
        one_off_units_factor=settings.data.one_off_units_factor,
        bulk_dampening=forecast.bulk_dampening,
        default_country=company.country,
    )


@stage_task("pool")
def pool(
    run: PlanningRun, group: str, buckets: list[int], prepared: dict[str, Stored], features: dict[str, Stored]
) -> TaskResult:
    """Company-wide state: effects, classes, lead times.

    Parameters
    ----------
    run: the planning run.
    group, buckets: not used, since the stage is about the whole company.
    prepared: what `prepare` wrote.
    features: each bucket's demand history.
    """
    settings = run.settings
    tables = company_inputs(prepared).tables
    parts = [fetch(BucketFeatures, stored) for stored in features.values()]
    summary = pd.concat([part.item_summary for part in parts], ignore_index=True)
    state = CompanyState(
        effects={day: pool_effects([part.summaries[day] for part in parts]) for day in sorted(parts[0].summaries)},
        segments=segment(summary),
        lead_times=fit_lead_times(
            tables["receipts"],
            tables["purchase_orders"],
            tables["supply_terms"],
            tables["suppliers"],
            tables["closures"],
            as_of=run.day,
            min_receipts_to_trust=settings.inventory.min_receipts_to_trust,
            overdue_days_counted=settings.inventory.overdue_days_counted,
            weekends_are_closed=settings.inventory.weekends_are_closed,
            holidays_are_closed=settings.inventory.holidays_are_closed,
        ),
    )
    return {"results": {"company": store(state, run.folder_for("pool", "company"))}, "items": 1}


@stage_task("training_rows")
def collect_training_rows(
    run: PlanningRun, group: str, buckets: list[int], features: dict[str, Stored], pooled: dict[str, Stored]
) -> TaskResult:
    """Rows for the global models of every day, of some buckets.

    Parameters
    ----------
    run: the planning run.
    group, buckets: name and numbers of the task's group of buckets.
    features: each bucket's demand history.
    pooled: the company's state.
    """
    settings = run.settings
    state = fetch(CompanyState, pooled["company"])
    earliest = state.effects[min(state.effects)]
    results: dict[str, Stored] = {}
    items = 0
    for bucket in map(bucket_name, buckets):
        history = fetch(BucketFeatures, features[bucket]).history
        rows = level_rows(
            history,
            refit_on(run, settings),
            earliest,
            items=len(state.segments),
            bound=settings.forecast.global_model_rows,
        )
        results[bucket] = store(rows, run.folder_for("training_rows", bucket))
        items += len(history.items)
    return {"results": results, "items": items}


@stage_task("global_model")
def fit_global(
    run: PlanningRun, group: str, buckets: list[int], pooled: dict[str, Stored], rows: dict[str, Stored]
) -> TaskResult:
    """Global models as of some days: 0 is the refit date, 1 the newest origin before it, and so on.

    The name under which a result is found is its day.

    Parameters
    ----------
    run: the planning run.
    group, buckets: name and numbers of the task's days.
    pooled: the company's state.
    rows: each bucket's training rows.
    """
    days = sorted(fetch(CompanyState, pooled["company"]).effects, reverse=True)
    parts = [fetch(TrainingRows, stored) for stored in rows.values()]
    results: dict[str, Stored] = {}
    for day in (days[place] for place in buckets if place < len(days)):
        fitted = fit_global_model(parts, dt.date.fromisoformat(day))
        results[day] = store(fitted, run.folder_for("global_model", day))
    return {"results": results, "items": len(buckets)}


@stage_task("backtest")
def run_backtests(
    run: PlanningRun,
    group: str,
    buckets: list[int],
    features: dict[str, Stored],
    pooled: dict[str, Stored],
    global_models: dict[str, Stored],
) -> TaskResult:
    """Forecasts from rolling origins against what came, for some buckets.

    Parameters
    ----------
    run: the planning run.
    group, buckets: name and numbers of the task's group of buckets.
    features: each bucket's demand history.
    pooled: the company's state.
    global_models: by day; empty where they are off.
    """
    settings = run.settings
    state = fetch(CompanyState, pooled["company"])
    effects = {dt.date.fromisoformat(day): found for day, found in state.effects.items()}
    by_day = {dt.date.fromisoformat(day): fetch(GlobalModel, stored) for day, stored in global_models.items()}
    results: dict[str, Stored] = {}
    items = 0
    for bucket in map(bucket_name, buckets):
        history = fetch(BucketFeatures, features[bucket]).history
        tested = backtest(
            history,
            effects[max(effects)],
            refit_on(run, settings),
            state.segments,
            origins=settings.forecast.backtest_origins,
            origin_effects=effects,
            global_models=by_day,
        )
        results[bucket] = store(tested, run.folder_for("backtest", bucket))
        items += len(history.items)
    return {"results": results, "items": items}


@stage_task("calibrate")
def calibrate(run: PlanningRun, group: str, buckets: list[int], backtests: dict[str, Stored]) -> TaskResult:
    """Uncertainty from the backtests of all buckets."""
    calibration: Calibration = pool_calibration([fetch(Backtest, stored) for stored in backtests.values()])
    return {"results": {"company": store(calibration, run.folder_for("calibrate", "company"))}, "items": 1}
