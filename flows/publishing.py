"""Write, audit, switch: a run's results made visible by one row."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from sqlalchemy import Engine

from database.auditing import audit_run
from database.locks import HeldLock
from database.publishing import begin_run, fail_run, make_current, record_parts, sweep, write_rows
from features.stock_rows import RULES as STOCK_ROW_RULES
from flows.coupling import coupled_plans
from flows.execution import progress
from flows.execution.fingerprints import code_version, settings_hash
from flows.execution.run import PlanningRun
from flows.execution.storage import Stored, fetch
from flows.figures import run_figures, shadow_figures
from flows.inputs import Reading, bucket_name, company_inputs
from flows.results import BucketPlan, CompanyBudget, Inputs
from models.inventory.constraints import Coupled
from reports.reading import run_labels
from settings import PublishError


def publish(
    engine: Engine,
    lock: HeldLock,
    run: PlanningRun,
    reading: Reading,
    prepared: Mapping[str, Stored],
    plans: dict[str, Stored],
    coupled: dict[str, Stored],
    budget: Mapping[str, Stored],
) -> dict[str, Any]:
    """Publish the run's plan; returns its id and the figures that people read.

    Parameters
    ----------
    engine: the company's database.
    lock: the held run lock.
    run: the planning run.
    reading: the input parts that were read.
    prepared: what `prepare` wrote.
    plans: each bucket's plan, in bucket order.
    coupled: the orders within the limits that they share.
    budget: the company's budget.

    Raises
    ------
    PublishError: the database refused it, or the audit found a difference; the last good plan stays visible.
    """
    settings, inputs = run.settings, company_inputs(prepared)
    limits, money = fetch(Coupled, coupled["company"]), fetch(CompanyBudget, budget["company"])
    decided = coupled_plans(plans, limits, settings.company.base_currency)
    reproducible = not any((plan.prediction.items["fallback_reason"] != "").any() for plan in decided)
    frames = [
        *_frames({bucket_name(number): plan for number, plan in enumerate(decided)}),
        ("company", "rejected_rows", inputs.rejected),
        ("company", "data_quality", inputs.results),
        ("company", "budget_forecast", money.forecast),
        ("company", "bundle_components", inputs.tables["bundle_components"]),
        ("company", "constraint_prices", limits.prices),
        ("company", "kpis", _figures(engine, run, inputs, decided, money, limits)),
    ]
    sweep(engine)
    record_parts(engine, reading.parts, dt.datetime.now(dt.UTC))
    run_id = begin_run(
        engine,
        as_of=run.day,
        code_version=code_version(),
        settings_hash=settings_hash(settings),
        manifest_hash=reading.manifest_hash,
        manifest=reading.manifest,
        reconstructed=bool(inputs.reconstructed),
        is_shadow=settings.cut_over.shadow,
        lock=lock,
    )
    try:
        rows = _write(engine, run_id, frames)
        progress.stage("Audit and publish", 1)
        audit_run(engine, run_id, rows, items=inputs.items[["sku", "location"]], totals=_totals(frames))
        make_current(engine, run_id, lock=lock, figures={"rows": rows, "key": run.key}, reproducible=reproducible)
    except PublishError as fault:
        fail_run(engine, run_id, str(fault))
        raise
    labels = run_labels(
        is_shadow=settings.cut_over.shadow, reconstructed=bool(inputs.reconstructed), reproducible=reproducible
    )
    failed = f"limits kept by a list for {limits.unsearched} items, the search failed"
    return {
        "run_id": run_id,
        "as_of": run.as_of,
        "items": len(inputs.items),
        "rejected_rows": len(inputs.rejected),
        "exceptions": rows.get("exceptions", 0),
        "notes": _notes(inputs.results),
        "labels": [label.name for label in labels] + ([failed] if limits.unsearched else []),
    }


def _notes(results: pd.DataFrame) -> list[str]:
    """What the rows of stock leave open, in sentences that a run's summary says."""
    said = results[results["rule"].isin(STOCK_ROW_RULES) & (results["rows_failed"] > 0)]
    return [str(sentence) for sentence in said["first_example"]]


def _figures(
    engine: Engine,
    run: PlanningRun,
    inputs: Inputs,
    plans: Sequence[BucketPlan],
    budget: CompanyBudget,
    limits: Coupled,
) -> pd.DataFrame:
    """The run's figures, with the comparison of a shadow plan where it is one; sorted by name."""
    own = run_figures(run.settings, inputs, plans, budget, limits)
    shadow = shadow_figures(engine, run.settings, inputs, run.day)
    return pd.concat([own, shadow]).sort_values("name", ignore_index=True) if len(shadow) else own


def _write(engine: Engine, run_id: str, frames: Sequence[tuple[str, str, pd.DataFrame]]) -> dict[str, int]:
    """Write all frames; returns how many rows each table has."""
    progress.stage("Write the plan", len(frames))
    rows: dict[str, int] = {}
    for part, table, frame in frames:
        rows[table] = rows.get(table, 0) + write_rows(engine, table, frame, run_id, part=part)
        progress.advance()
    return rows


def _frames(parts: Mapping[str, BucketPlan]) -> list[tuple[str, str, pd.DataFrame]]:
    """(part, table, rows) of every bucket."""
    frames = []
    for bucket, plan in parts.items():
        frames += [
            (bucket, "recommendations", plan.decisions.recommendations),
            (bucket, "policies", plan.decisions.policies),
            (bucket, "exceptions", plan.decisions.exceptions),
            (bucket, "forecasts", plan.prediction.distribution.to_frame()),
            (bucket, "forecast_scores", plan.scores),
            (bucket, "demand_history", plan.weekly),
        ]
    return frames


def _totals(frames: list[tuple[str, str, pd.DataFrame]]) -> dict[str, dict[str, float]]:
    units = sum(float(frame["order_units"].fillna(0).sum()) for _, table, frame in frames if table == "recommendations")
    return {"recommendations": {"order_units": units}}
