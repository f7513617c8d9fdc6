"""How a stage is run: a Prefect task per group of buckets; finished results are used again, damaged ones redone."""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any, TypedDict

from prefect import Task, task
from prefect.futures import PrefectFuture, as_completed
from prefect.task_runners import ThreadPoolTaskRunner

from flows.execution import progress
from flows.execution.run import PlanningRun
from flows.execution.storage import Stored, is_intact
from settings import RestockError
from settings.secrets import secrets_kept_from_errors


class TaskResult(TypedDict):
    """What a task of a stage returns: its results by bucket (or by name), and how many items it worked on."""

    results: dict[str, Stored]
    items: int


def stage_task(stage: str) -> Callable[[Callable[..., TaskResult]], Task[..., TaskResult]]:
    """A task whose result a restart of the same run uses again.

    The key under which Prefect keeps the result holds everything that it depends on, since it replaces Prefect's own
    cache key: the run's key (date, inputs, settings, decisions, code), the stage and the buckets.
    """
    declare: Callable[[Callable[..., TaskResult]], Task[..., TaskResult]] = task(
        name=stage,
        task_run_name=stage + " {group}",
        persist_result=True,
        result_storage_key=f"{{parameters[run].key}}-{stage}-{{parameters[group]}}.json",
        result_serializer="json",
        retries=1,
        retry_delay_seconds=1,
        retry_condition_fn=_may_help,
    )
    return lambda work: declare(secrets_kept_from_errors()(work))


@dataclasses.dataclass(frozen=True)
class Job:
    """A stage for one group of buckets of one run, with the further parameters of its task."""

    work: Task[..., TaskResult]
    run: PlanningRun
    group: list[int]
    parameters: dict[str, Any]


def run_jobs(jobs: Sequence[Job]) -> list[dict[str, Stored]]:
    """Run jobs, as many at once as the company's settings say; returns their results in the order of the jobs.

    The threads are the stage's own: so it makes no difference whether a flow run of Prefect is around it.
    """
    results: list[dict[str, Stored]] = [{} for _ in jobs]
    workers = max((job.run.settings.run.workers for job in jobs), default=1)
    runner: ThreadPoolTaskRunner[TaskResult] = ThreadPoolTaskRunner(max_workers=workers)
    with runner:
        futures = {_submit(runner, job): place for place, job in enumerate(jobs)}
        for future in as_completed(list(futures)):
            place = futures[future]
            done: TaskResult = future.result()
            if not all(is_intact(stored) for stored in done["results"].values()):
                done = _submit(runner, _afresh(jobs[place])).result()
            results[place] = done["results"]
            progress.advance(done["items"])
    return results


def run_stage(
    work: Task[..., TaskResult],
    run: PlanningRun,
    groups: Sequence[list[int]],
    title: str,
    total: int,
    **parameters: Any,
) -> dict[str, Stored]:
    """Run a stage over all groups of buckets; returns the results by bucket.

    Parameters
    ----------
    work: the stage's task.
    run: the planning run.
    groups: buckets of each task.
    title: the stage's name, for whoever watches.
    total: items in all, for the progress bar; each task tells how many it did.
    given: further parameters of every task.
    """
    progress.stage(title, total)
    found = run_jobs([Job(work, run, group, parameters) for group in groups])
    return dict(sorted((name, stored) for results in found for name, stored in results.items()))


def run_once(work: Task[..., TaskResult], run: PlanningRun, title: str, **parameters: Any) -> dict[str, Stored]:
    """Run a stage that is about the whole company."""
    return run_stage(work, run, [[]], title, 1, **parameters)


def group_name(group: list[int]) -> str:
    """Name of a group of buckets; "all" where a stage is about the whole company."""
    return "-".join(str(bucket) for bucket in group) if group else "all"


def _submit(runner: ThreadPoolTaskRunner[TaskResult], job: Job) -> PrefectFuture[TaskResult]:
    given = {"run": job.run, "group": group_name(job.group), "buckets": job.group, **job.parameters}
    future: PrefectFuture[TaskResult] = runner.submit(job.work, given)
    return future


def _afresh(job: Job) -> Job:
    return dataclasses.replace(job, work=job.work.with_options(refresh_cache=True))


def _may_help(task_: Any, task_run: Any, state: Any) -> bool:
    """Whether a retry may help: not after a fault that the data or the program is sure to repeat."""
    try:
        state.result(raise_on_failure=True)
    except (RestockError, ValueError, TypeError, KeyError):
        return False
    except Exception:  # noqa: BLE001 - whatever else it was: a file, a connection, memory
        return True
    return False
