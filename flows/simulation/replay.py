"""The stages of a replay: forecasts at each review, what really happened, and what would have been decided."""

import dataclasses
import datetime as dt
import json
import threading
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from data_contracts.acceptance.cross_table_rules import validate_across_tables
from data_contracts.declarations import EVERYTHING
from features.channel_mix import channel_mix, pooled_mix
from features.items import planned_items
from features.resellable_returns import ExpectedReturns, expected_returns, return_profile
from flows.deciding import decision_rules, fetch_models, planned_frame
from flows.execution.run import PlanningRun
from flows.execution.stages import TaskResult, group_name, stage_task
from flows.execution.storage import Stored, fetch, store
from flows.fitting import FittedModels, history_of
from flows.inputs import (
    BUCKET_TABLES,
    LARGE_TABLES,
    accepted_tables,
    bucket_name,
    company_inputs,
    past_reading,
    receipts_of,
    rows_by_bucket,
)
from flows.results import Bucket, CompanyState
from identity.past_stock import PastStock, as_it_stood, stock_of
from identity.resolve import resolve_identity
from intake.point_in_time import as_known_on
from models.demand import DemandDistribution
from models.inventory.decide import decide
from models.inventory.replay import (
    Costs,
    ReplayCalendar,
    ReplayWindow,
    ReportedDemand,
    ReviewLevels,
    observed_history,
    replay_window,
    reported_demand,
    review_levels,
    state_at,
    with_replay_state,
)
from models.inventory.terms.columns import KEY
from settings import Settings, load_settings_snapshot

_KEPT = ("target", "service_by", "underage_cost", "protection_days", "abc")


@dataclasses.dataclass(frozen=True)
class ReviewInputs:
    """Some items at a review, as known then: tables, forecast, and the demand reported since the review before."""

    tables: dict[str, pd.DataFrame]
    items: pd.DataFrame
    distribution: DemandDistribution
    channel_mix: pd.DataFrame
    returns: ExpectedReturns
    reported: ReportedDemand


@dataclasses.dataclass(frozen=True)
class ReviewDecisions:
    """What a review decided for some items: levels until the next, and the figures that tuning looks at."""

    levels: ReviewLevels
    policies: pd.DataFrame


@dataclasses.dataclass(frozen=True)
class ReplaySpan:
    """The past of some items, the items left out of it, and the ABC class of each item."""

    window: ReplayWindow
    left_out: pd.DataFrame
    abc: np.ndarray


@stage_task("forecast_review")
def forecast_review(
    run: PlanningRun,
    group: str,
    buckets: list[int],
    manifest: dict[str, Any],
    until: str,
    groups: list[list[int]],
    fitted: FittedModels,
) -> TaskResult:
    """Forecast all items at a review with what was known then and the models of the last fit; results by group.

    Parameters
    ----------
    run: the planning run of the review's day.
    group, buckets: not used, since all items are forecast.
    manifest: input parts, see `Reading.manifest`.
    until: last day of the replay (ISO), as of which rows are judged.
    groups: groups of buckets, each of which gets a result of its own.
    fitted: models of the last fit before the review.
    """
    settings = run.settings
    known = tables_as_known_on(run, manifest, dt.date.fromisoformat(until))
    items = planned_items(known, as_of=run.day, planned_if_sold_within_days=settings.data.planned_if_sold_within_days)
    models = fetch_models(fitted)
    mix = pooled_mix(known["demand_lines"], run.day)
    returns = return_profile(known["demand_lines"], items, run.day)
    count = sum(len(part) for part in groups)
    rows_of = {name: rows_by_bucket(known[name], count) for name in BUCKET_TABLES}
    of_items = rows_by_bucket(items, count)
    results: dict[str, Stored] = {}
    for part in groups:
        tables = {
            name: known[name].iloc[_together(rows, part)].reset_index(drop=True) for name, rows in rows_of.items()
        }
        own = items.iloc[_together(of_items, part)]
        history = history_of(tables | {"promotions": known["promotions"]}, own, run.day, settings)
        prediction, forecast_items = models.forecast(history, run.day, settings)
        week = ReviewInputs(
            tables={name: frame for name, frame in (known | tables).items() if name not in (*LARGE_TABLES, "receipts")}
            | {"receipts": receipts_of(known["receipts"], tables["purchase_orders"])},
            items=forecast_items,
            distribution=prediction.distribution,
            channel_mix=channel_mix(tables["demand_lines"], history.items, run.day, mix),
            returns=expected_returns(tables["demand_lines"], history.items, returns, run.day),
            reported=reported_demand(history, _periods_in_a_week(settings)),
        )
        results[group_name(part)] = store(week, run.folder_for("forecast_review", group_name(part)))
    return {"results": results, "items": 1}


@stage_task("observe_history")
def observe_history(
    run: PlanningRun,
    group: str,
    buckets: list[int],
    calendar: dict[str, Stored],
    prepared: dict[str, Stored],
    pooled: dict[str, dict[str, Stored]],
    weeks: list[dict[str, Stored]],
) -> TaskResult:
    """The past of some buckets: demand, deliveries, lead times and the days on which one could order.

    Parameters
    ----------
    run: the planning run.
    group, buckets: name and numbers of the task's group of buckets.
    calendar: the replay's calendar, under "calendar".
    prepared: what `prepare` wrote for the last day.
    pooled: the company's state by day of each fit (ISO).
    weeks: each review's inputs, by group.
    """
    settings = run.settings
    days = fetch(ReplayCalendar, calendar["calendar"])
    inputs = company_inputs(prepared)
    parts = [fetch(Bucket, prepared[bucket_name(bucket)]) for bucket in buckets]
    tables = inputs.tables | {name: _rows_of_buckets([part.tables[name] for part in parts]) for name in parts[0].tables}
    items = pd.concat([part.items for part in parts], ignore_index=True)
    history = history_of(tables, items, run.day, settings)
    reviews = [fetch(ReviewInputs, week[group]) for week in weeks]
    first = reviews[0].tables["inventory"]
    observed = observed_history(
        history.items,
        days,
        history,
        first[first["as_of"] == pd.Timestamp(days.ends[0])],
        tables,
        reported=[review.reported for review in reviews[1:]],
        week_starts_on=settings.company.week_starts_on,
    )
    states = {dt.date.fromisoformat(day): fetch(CompanyState, stored["company"]) for day, stored in pooled.items()}
    window, left_out = replay_window(
        history.items,
        days,
        observed,
        {day: state.lead_times for day, state in states.items()},
        tables,
        rules=decision_rules(settings),
        week_starts_on=settings.company.week_starts_on,
    )
    newest = states[max(states)].segments
    abc = window.items[KEY].merge(newest, on=KEY, how="left")["abc"].to_numpy(dtype=object)
    span = ReplaySpan(window, left_out, np.where(pd.isna(abc), "C", abc).astype(object))
    return {"results": {group: store(span, run.folder_for("observe_history", group))}, "items": len(items)}


@stage_task("decide_review")
def decide_review(
    run: PlanningRun,
    group: str,
    buckets: list[int],
    week: dict[str, Stored],
    observed: dict[str, Stored],
    pooled: dict[str, Stored],
    before: list[Stored],
) -> TaskResult:
    """Decide at a review on the stock and orders that the policy's own decisions had led to.

    Parameters
    ----------
    run: the planning run of the review's day.
    group, buckets: name and numbers of the task's group of buckets.
    week: the review's inputs, by group.
    observed: the past of each group.
    pooled: the company's state at the last fit.
    before: what the reviews before decided, the oldest first.
    """
    settings = run.settings
    known = fetch(ReviewInputs, week[group])
    window = fetch(ReplaySpan, observed[group]).window
    state = fetch(CompanyState, pooled["company"])
    levels = [fetch(ReviewDecisions, stored).levels for stored in before]
    at_review = state_at(window, levels, len(levels))
    decisions = decide(
        known.items,
        known.distribution,
        state.lead_times,
        with_replay_state(window, at_review, known.tables),
        planned_order_lines=planned_frame([]),
        segments=state.segments,
        channel_mix=known.channel_mix,
        rules=dataclasses.replace(decision_rules(settings), scenarios=settings.simulation.scenarios),
        as_of=run.day,
        returns=known.returns,
    )
    found = review_levels(
        window, len(levels), at_review, known.distribution, decisions.recommendations, decisions.policies
    )
    reviewed = ReviewDecisions(found, decisions.policies[[*KEY, *_KEPT]])
    return {"results": {group: store(reviewed, run.folder_for("decide_review", group))}, "items": len(window)}


def costs_of(window: ReplayWindow, reviews: list[ReviewLevels]) -> Costs:
    """Costs of units as of the newest review that has them; 0 where no review does."""
    underage, holding = np.full(len(window), np.nan), np.full(len(window), np.nan)
    for levels in reviews:
        underage = np.where(np.isfinite(levels.underage), levels.underage, underage)
        holding = np.where(np.isfinite(levels.holding_per_unit_day), levels.holding_per_unit_day, holding)
    unit_cost = window.items["unit_cost_base"].to_numpy(np.float64)
    return Costs(unit_cost, np.nan_to_num(holding), np.maximum(np.nan_to_num(underage), 0.0))


def tables_as_known_on(run: PlanningRun, manifest: dict[str, Any], until: dt.date) -> dict[str, pd.DataFrame]:
    """All tables under canonical identity as they stood at the end of the run's day.

    Rows are judged once, by the rules across tables as of the newest day: whether a row is sound is no knowledge of
    the future.
    """
    settings = run.settings
    with _JUDGING:
        asked = (json.dumps(manifest, sort_keys=True), Path(run.settings_snapshot), until)
        judged = _judged(*asked)
        known = as_it_stood(judged, run.day, settings, lambda: _stock(*asked))
    return resolve_identity(known.tables, settings, run.day).tables


_JUDGING = threading.Lock()


@lru_cache(maxsize=1)
def _judged(manifest: str, snapshot: Path, until: dt.date) -> dict[str, pd.DataFrame]:
    """Accepted rows of all tables without those that break a rule across tables; inventory of all days."""
    settings = load_settings_snapshot(snapshot)
    accepted = accepted_tables(past_reading(json.loads(manifest), settings), settings)
    known = as_known_on(accepted, until, settings.company.period, settings.company.week_starts_on)
    checked = validate_across_tables(known.tables, until, settings).tables
    return {**checked, "inventory": accepted["inventory"]}


@lru_cache(maxsize=1)
def _stock(manifest: str, snapshot: Path, until: dt.date) -> PastStock:
    """What the stock of days before the first count is worked out from."""
    return stock_of(_judged(manifest, snapshot, until), load_settings_snapshot(snapshot))


def _together(rows: list[np.ndarray], buckets: list[int]) -> np.ndarray:
    """Positions of the rows of some buckets, each once, in their order."""
    return np.unique(np.concatenate([rows[bucket] for bucket in buckets]))


def _rows_of_buckets(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """Rows of several buckets; those for every SKU, which each of them has, once."""
    first, *others = frames
    own = [
        frame if "sku" not in frame else frame[frame["sku"].notna() & (frame["sku"] != EVERYTHING)] for frame in others
    ]
    return pd.concat([first, *own], ignore_index=True)


def _periods_in_a_week(settings: Settings) -> int:
    return 7 if settings.company.period == "day" else 1
