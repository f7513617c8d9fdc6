"""What is learned from all items together, at each origin of the backtest and at the refit date itself."""

from flows.execution.run import Night
from flows.execution.stages import Done, stage_task
from flows.execution.storage import Stored, fetch, store
from flows.forecasting import refit_on
from flows.intake import bucket_name
from flows.results import BucketFeatures, BucketLessons, CompanyState, Learned
from models.demand import fit, origin_dates, pool_effects, summarise, training_rows


@stage_task("lessons")
def gather_lessons(
    night: Night, group: str, buckets: list[int], features: dict[str, Stored], pooled: dict[str, Stored]
) -> Done:
    """Of some buckets: rows for the global model, and what each origin could know of the effects."""
    settings = night.settings
    forecast, until = settings.forecast, refit_on(night, settings)
    company_items = len(fetch(CompanyState, pooled["company"]).segments)
    results: dict[str, Stored] = {}
    items = 0
    for bucket in map(bucket_name, buckets):
        history = fetch(BucketFeatures, features[bucket]).history
        rows = None
        if forecast.global_model:
            rows = training_rows(history, until, items=company_items, bound=forecast.global_model_rows)
        origins = origin_dates(history, until, forecast.backtest_origins)
        lessons = BucketLessons(rows, {day.isoformat(): summarise(history, day) for day in origins})
        results[bucket] = store(lessons, night.place("lessons", bucket))
        items += len(history.items)
    return {"results": results, "items": items}


@stage_task("learn")
def learn(
    night: Night, group: str, buckets: list[int], features: dict[str, Stored], lessons: dict[str, Stored]
) -> Done:
    """Effects and global model as of some days: 0 is the refit date, 1 the newest origin before it, and so on.

    The name under which a result is found is its day.
    """
    settings = night.settings
    until = refit_on(night, settings)
    any_history = fetch(BucketFeatures, next(iter(features.values()))).history
    days = [until, *origin_dates(any_history, until, settings.forecast.backtest_origins)]
    parts = [fetch(BucketLessons, stored) for stored in lessons.values()]
    rows = [part.rows for part in parts if part.rows is not None]
    results: dict[str, Stored] = {}
    for place in (place for place in buckets if place < len(days)):
        day = days[place].isoformat()
        learned = Learned(
            effects=pool_effects([part.origin_summaries[day] for part in parts]) if place else None,
            global_model=fit(rows, days[place]) if rows else None,
        )
        results[day] = store(learned, night.place("learn", day))
    return {"results": results, "items": len(buckets)}
