"""How long plans stay: every day's for a while, each month's last for longer; then their rows are removed."""

import datetime as dt

import pandas as pd
from sqlalchemy import Engine, delete, select, update

from database.engine import writing
from database.faults import retrying, tried_again
from database.frames import read_frame
from database.publishing import EXPIRED, remove_run_rows
from database.tables import CurrentRun, InputPart, Run
from settings import RetentionSettings


def expire_plans(engine: Engine, retention: RetentionSettings, now: dt.datetime) -> list[str]:
    """Remove the rows of plans that are old enough; returns the ids of their runs.

    A plan disappears from readers first, by one transaction; then its rows go in batches. A removal that was
    interrupted is finished by the next. The header of each run stays.

    Parameters
    ----------
    engine: the company's database.
    retention: how long plans stay.
    now: an instant in UTC.

    Raises
    ------
    PublishError: the database refused it; the plans that readers see are whole.
    """
    expired = expired_runs(_published(engine), retention, now)

    def hide() -> list[str]:
        with writing(engine) as connection:
            connection.execute(delete(CurrentRun).where(CurrentRun.run_id.in_(expired)))
            connection.execute(update(Run).where(Run.run_id.in_(expired)).values(status=EXPIRED))
            left = select(Run.run_id).where(Run.status == EXPIRED, Run.swept_at.is_(None)).order_by(Run.started_at)
            return list(connection.execute(left).scalars())

    removed = retrying(hide, "hiding plans that are older than retention allows")
    for run_id in removed:
        remove_run_rows(engine, run_id)
    return removed


def expired_runs(plans: pd.DataFrame, retention: RetentionSettings, now: dt.datetime) -> list[str]:
    """The published runs whose rows need not be kept.

    Parameters
    ----------
    plans: one row per published run; columns run_id, as_of (datetime64), finished_at (datetime64, UTC), is_current
        (bool: readers see it).
    retention: how long plans stay, counted back from the newest plan.
    now: an instant in UTC, from which the time since a plan was replaced is counted.

    Returns
    -------
    Ids of runs: those that another of their date replaced, after `replaced_plan_days`; those of dates older than
    `daily_plan_days` that are not the last of their month; and all older than `monthly_plan_months`.
    """
    if plans.empty:
        return []
    as_of = pd.to_datetime(plans["as_of"])
    newest = as_of.max()
    replaced = ~plans["is_current"] & (
        plans["finished_at"] < pd.Timestamp(now) - pd.Timedelta(days=retention.replaced_plan_days)
    )
    shown = as_of.where(plans["is_current"])
    ends_month = shown == shown.groupby(as_of.dt.to_period("M")).transform("max")
    old = as_of < newest - pd.Timedelta(days=retention.daily_plan_days)
    oldest = as_of < newest - pd.DateOffset(months=retention.monthly_plan_months)
    gone = replaced | (plans["is_current"] & old & (~ends_month | oldest))
    return [str(run_id) for run_id in plans.loc[gone, "run_id"]]


@tried_again("reading what kept plans had read")
def kept_manifests(engine: Engine) -> list[object]:
    """Manifests of the published runs whose rows are kept: the input parts that they had read."""
    with engine.connect() as connection:
        return list(connection.execute(select(Run.manifest).where(Run.status != EXPIRED)).scalars())


def forget_parts(engine: Engine, paths: list[str]) -> None:
    """Take the parts whose files were removed from the list of input parts."""

    def work() -> None:
        with writing(engine) as connection:
            connection.execute(delete(InputPart).where(InputPart.path.in_(paths)))

    retrying(work, "forgetting input parts that no plan needs")


@tried_again("reading published runs")
def _published(engine: Engine) -> pd.DataFrame:
    is_current = select(CurrentRun.run_id).where(CurrentRun.run_id == Run.run_id).exists().label("is_current")
    statement = select(Run.run_id, Run.as_of, Run.finished_at, is_current).where(Run.status == "published")
    with engine.connect() as connection:
        return read_frame(connection, statement).astype({"is_current": bool})
