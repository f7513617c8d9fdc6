"""What Prefect's pages show of a night: its figures and the most urgent orders."""

from typing import Any

from prefect.artifacts import create_markdown_artifact, create_table_artifact
from sqlalchemy import Engine

from database.queries import recommendations
from flows.results import Inputs
from reports.reading import records

SHOWN_ORDERS = 25


def write(outcome: dict[str, Any], inputs: Inputs, engine: Engine) -> None:
    """Publish the night's summary, its data quality and its most urgent orders as artifacts of the flow run."""
    labels = f" ({', '.join(outcome['labels'])})" if outcome["labels"] else ""
    create_markdown_artifact(
        key="restock-night",
        markdown=(
            f"# Plan as of {outcome['as_of']}{labels}\n\nRun `{outcome['run_id']}` is published: "
            f"{outcome['items']:,} items, {outcome['exceptions']:,} exceptions, "
            f"{outcome['rejected_rows']:,} rejected rows."
        ),
        description="The night's result",
    )
    failed = inputs.results[inputs.results["rows_failed"] > 0]
    create_table_artifact(
        key="restock-data-quality",
        table=records(failed[["table", "part", "rule", "outcome", "rows_failed", "first_example"]].astype(str)),
        description="Rules that rows broke",
    )
    lines = recommendations(engine, outcome["run_id"], action="order", order="money_at_stake", limit=SHOWN_ORDERS)
    shown = [
        "sku",
        "location",
        "supplier",
        "order_units",
        "order_by",
        "expected_on",
        "order_value_base",
        "money_at_stake",
    ]
    create_table_artifact(
        key="restock-orders", table=records(lines[shown].astype(str)), description="Most urgent orders"
    )
