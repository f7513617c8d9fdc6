"""How a stage is run: a Prefect task per group of buckets; finished work is found again, broken work is redone."""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any, TypedDict

from prefect import Task, task
from prefect.futures import PrefectFuture, as_completed

from flows.execution import progress
from flows.execution.run import Night
from flows.execution.storage import Stored, is_whole
from settings import RestockError


class Done(TypedDict):
    """What a task of a stage returns: its results by bucket (or by name), and how many items it worked on."""

    results: dict[str, Stored]
    items: int


def stage_task(stage: str) -> Callable[[Callable[..., Done]], Task[..., Done]]:
    """A task whose result a later start of the same night finds again.

    The key under which Prefect keeps the result holds everything that it depends on, since it replaces Prefect's own
    cache key: the night's key (date, inputs, settings, decisions, code), the stage and the buckets.
    """
    return task(
        name=stage,
        task_run_name=stage + " {group}",
        persist_result=True,
        result_storage_key=f"{{parameters[night].key}}-{stage}-{{parameters[group]}}.json",
        result_serializer="json",
        retries=1,
        retry_delay_seconds=1,
        retry_condition_fn=_may_help,
    )


def run_stage(
    work: Task[..., Done], night: Night, groups: Sequence[list[int]], title: str, total: int, **given: Any
) -> dict[str, Stored]:
    """Run a stage over all groups of buckets; returns the results by bucket.

    Parameters
    ----------
    total: items in all, for the progress bar; each task tells how many it did.
    given: further parameters of every task.
    """
    progress.stage(title, total)
    open_futures = {_submit(work, night, group, given): group for group in groups}
    results: dict[str, Stored] = {}
    for future in as_completed(list(open_futures)):
        done: Done = future.result()
        if not all(is_whole(stored) for stored in done["results"].values()):
            again = _submit(work.with_options(refresh_cache=True), night, open_futures[future], given)
            done = again.result()
        results |= done["results"]
        progress.advance(done["items"])
    return dict(sorted(results.items()))


@dataclasses.dataclass(frozen=True)
class Job:
    """A stage for one group of buckets of one night, with the further parameters of its task."""

    work: Task[..., Done]
    night: Night
    group: list[int]
    given: dict[str, Any]


def run_jobs(jobs: Sequence[Job]) -> list[dict[str, Stored]]:
    """Run stages of several nights, as many at once as there are workers; their results in the order of the jobs."""
    futures = {_submit(job.work, job.night, job.group, job.given): place for place, job in enumerate(jobs)}
    results: list[dict[str, Stored]] = [{} for _ in jobs]
    for future in as_completed(list(futures)):
        job = jobs[futures[future]]
        done: Done = future.result()
        if not all(is_whole(stored) for stored in done["results"].values()):
            again = _submit(job.work.with_options(refresh_cache=True), job.night, job.group, job.given)
            done = again.result()
        results[futures[future]] = done["results"]
        progress.advance(done["items"])
    return results


def run_once(work: Task[..., Done], night: Night, title: str, **given: Any) -> dict[str, Stored]:
    """Run a stage that is about the whole company."""
    return run_stage(work, night, [[]], title, 1, **given)


def _submit(work: Task[..., Done], night: Night, group: list[int], given: dict[str, Any]) -> PrefectFuture[Done]:
    name = "-".join(str(bucket) for bucket in group) if group else "all"
    future: PrefectFuture[Done] = work.submit(night=night, group=name, buckets=group, **given)
    return future


def _may_help(task_: Any, run: Any, state: Any) -> bool:
    """A fault that the data or the program is sure to repeat is not tried again."""
    try:
        state.result(raise_on_failure=True)
    except (RestockError, ValueError, TypeError, KeyError):
        return False
    except Exception:  # noqa: BLE001 - whatever else it was: a file, a connection, memory
        return True
    return False
