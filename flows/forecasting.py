"""From each bucket's rows to its demand history, then company-wide state, backtests and calibration."""

import datetime as dt

import numpy as np
import pandas as pd

from features.calendar import refit_date
from features.history import build_history
from features.money import channel_mix
from features.segments import item_summary, segment
from flows.execution.run import Night
from flows.execution.stages import Done, stage_task
from flows.execution.storage import Stored, fetch, store
from flows.intake import bucket_name, company_inputs
from flows.results import Backtest, Bucket, BucketFeatures, Calibration, CompanyState, Learned
from models.demand import backtest, pool_calibration, pool_effects, summarise
from models.inventory.lead_times.learn import learn_lead_times
from settings import Settings

HORIZON_DAYS = 18 * 31


def refit_on(night: Night, settings: Settings) -> dt.date:
    """Day up to which rows decide parameters, models and classes."""
    return refit_date(night.day, settings.company.period, settings.company.week_starts_on)


@stage_task("features")
def build_features(night: Night, group: str, buckets: list[int], prepared: dict[str, Stored]) -> Done:
    """Demand histories of some buckets."""
    settings = night.settings
    company, forecast, data = settings.company, settings.forecast, settings.data
    inputs = company_inputs(prepared)
    results: dict[str, Stored] = {}
    items = 0
    for bucket in map(bucket_name, buckets):
        rows = fetch(Bucket, prepared[bucket])
        history = build_history(
            {**rows.tables, "promotions": inputs.tables["promotions"]},
            rows.items,
            as_of=night.day,
            period=company.period,
            week_starts_on=company.week_starts_on,
            history_days=forecast.history_days,
            horizon_days=HORIZON_DAYS,
            one_off_units_factor=data.one_off_units_factor,
            bulk_dampening=forecast.bulk_dampening,
            default_country=company.country,
        )
        lines = rows.tables["demand_lines"]
        features = BucketFeatures(
            history=history,
            summary=summarise(history, refit_on(night, settings)),
            item_summary=item_summary(history, lines, refit_on(night, settings)),
            channel_mix=channel_mix(lines, history.items, night.day, inputs.pooled_mix),
        )
        results[bucket] = store(features, night.place("features", bucket))
        items += len(history.items)
    return {"results": results, "items": items}


@stage_task("pool")
def pool(
    night: Night, group: str, buckets: list[int], prepared: dict[str, Stored], features: dict[str, Stored]
) -> Done:
    """Company-wide state: effects, classes, items on which slow models can pay, lead times."""
    settings = night.settings
    tables = company_inputs(prepared).tables
    parts = [fetch(BucketFeatures, stored) for stored in features.values()]
    summary = pd.concat([part.item_summary for part in parts], ignore_index=True)
    state = CompanyState(
        effects=pool_effects([part.summary for part in parts]),
        segments=segment(summary),
        slow_items=slow_items(summary, settings.forecast.slow_model_share),
        lead_times=learn_lead_times(
            tables["receipts"],
            tables["purchase_orders"],
            tables["supply_terms"],
            tables["suppliers"],
            tables["closures"],
            as_of=night.day,
            min_receipts_to_trust=settings.inventory.min_receipts_to_trust,
            overdue_days_counted=settings.inventory.overdue_days_counted,
            weekends_are_closed=settings.inventory.weekends_are_closed,
            holidays_are_closed=settings.inventory.holidays_are_closed,
        ),
    )
    return {"results": {"company": store(state, night.place("pool", "company"))}, "items": 1}


@stage_task("backtest")
def run_backtests(
    night: Night,
    group: str,
    buckets: list[int],
    features: dict[str, Stored],
    pooled: dict[str, Stored],
    learned: dict[str, Stored],
) -> Done:
    """Candidates compared on rolling origins, for some buckets."""
    settings = night.settings
    state = fetch(CompanyState, pooled["company"])
    by_day = {dt.date.fromisoformat(day): fetch(Learned, stored) for day, stored in learned.items()}
    results: dict[str, Stored] = {}
    items = 0
    for bucket in map(bucket_name, buckets):
        history = fetch(BucketFeatures, features[bucket]).history
        found = backtest(
            history,
            state.effects,
            refit_on(night, settings),
            state.segments,
            slow_mask(history.items, state.slow_items),
            origins=settings.forecast.backtest_origins,
            time_limit_seconds=settings.forecast.partition_time_limit_seconds,
            origin_effects={day: known.effects for day, known in by_day.items() if known.effects is not None},
            global_models={day: known.global_model for day, known in by_day.items() if known.global_model is not None},
        )
        results[bucket] = store(found, night.place("backtest", bucket))
        items += len(history.items)
    return {"results": results, "items": items}


@stage_task("calibrate")
def calibrate(night: Night, group: str, buckets: list[int], backtests: dict[str, Stored]) -> Done:
    """Model choices and uncertainty from the backtests of all buckets."""
    calibration: Calibration = pool_calibration([fetch(Backtest, stored) for stored in backtests.values()])
    return {"results": {"company": store(calibration, night.place("calibrate", "company"))}, "items": 1}


def slow_mask(items: pd.DataFrame, slow_items: pd.DataFrame) -> np.ndarray:
    """(I,) whether slow models may compete on each item."""
    wanted = pd.MultiIndex.from_frame(slow_items[["sku", "location"]])
    return np.asarray(pd.MultiIndex.from_frame(items[["sku", "location"]]).isin(wanted))


def slow_items(summary: pd.DataFrame, share: float) -> pd.DataFrame:
    """The items that earn most, so many that they are `share` of all."""
    ordered = summary.sort_values(["revenue_base", "sku", "location"], ascending=[False, True, True], kind="stable")
    chosen = ordered.head(int(len(ordered) * share))
    return chosen[["sku", "location"]].sort_values(["sku", "location"], ignore_index=True)
