"""The run's orders together, within what they share: suppliers' minimums, budgets, containers and storage room."""

import dataclasses

import pandas as pd

from flows.deciding import planned_frame
from flows.execution.run import PlanningRun
from flows.execution.stages import TaskResult, stage_task
from flows.execution.storage import Stored, fetch, store
from flows.inputs import company_inputs
from flows.results import BucketPlan
from models.inventory.constraints import Coupled, CouplingRules, couple, with_orders
from models.inventory.constraints.open_to_buy import budgets, commitments
from models.inventory.constraints.storage_capacity import inbound_units, storage_capacity


@stage_task("couple")
def couple_orders(
    run: PlanningRun,
    group: str,
    buckets: list[int],
    prepared: dict[str, Stored],
    plans: dict[str, Stored],
    planned_lines: list[dict[str, str | float | None]],
) -> TaskResult:
    """One quantity for each item that could be ordered now, within the limits that the company's orders share.

    Parameters
    ----------
    run: the planning run.
    group, buckets: not used, since the stage is about the whole company.
    prepared: what `prepare` wrote.
    plans: each bucket's plan, in bucket order.
    planned_lines: approved and exported lines, see `planned_frame`.
    """
    settings = run.settings
    tables = company_inputs(prepared).tables
    decided = [fetch(BucketPlan, stored).decisions for stored in plans.values()]
    filled = [part.options for part in decided if len(part.options)]
    lines = planned_frame(planned_lines)
    committed = commitments(tables["purchase_orders"], lines, tables["supply_terms"], tables["products"], as_of=run.day)
    coupled = couple(
        pd.concat(filled, ignore_index=True) if filled else decided[0].options,
        tables["suppliers"],
        budgets(tables["open_to_buy"], committed),
        storage_capacity(
            tables["locations"],
            tables["products"],
            tables["inventory"],
            inbound_units(
                tables["purchase_orders"],
                tables["receipts"],
                tables["transfers"],
                lines,
                pd.concat([part.recommendations for part in decided], ignore_index=True),
            ),
        ),
        tables["supply_terms"],
        CouplingRules(
            settings.company.base_currency,
            float(settings.inventory.overstock_days),
            settings.inventory.order_line_gain_minimum,
        ),
    )
    return {"results": {"company": store(coupled, run.folder_for("couple", "company"))}, "items": 1}


def coupled_plans(plans: dict[str, Stored], coupled: Coupled, base_currency: str) -> list[BucketPlan]:
    """Every bucket's plan, in bucket order, with the quantities that the limits leave."""
    result = []
    for stored in plans.values():
        plan = fetch(BucketPlan, stored)
        result.append(dataclasses.replace(plan, decisions=with_orders(plan.decisions, coupled.choices, base_currency)))
    return result
