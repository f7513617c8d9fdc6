"""What Prefect's pages show of a run: its figures and the most urgent orders."""

import contextlib
from collections.abc import Iterator
from typing import Any

from prefect.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from sqlalchemy import Engine

from database.queries import recommendations
from flows.execution.progress import ProgressReporter, report_progress_to, reporter
from flows.execution.watched_run import show
from flows.results import Inputs
from reports.reading import records
from settings.secrets import safe_text, safe_values

SHOWN_ORDERS = 25
STAGES = 10


class _ProgressArtifact:
    """Passes progress on, and shows it as an artifact of the flow run."""

    def __init__(self, reporter: ProgressReporter) -> None:
        self._reporter = reporter
        self._begun = 0
        self._artifact: Any = show(create_progress_artifact, 0.0, key="restock-progress", description="The run begins")

    def stage(self, name: str, total: int) -> None:
        """Show the share of stages that are done."""
        self._reporter.stage(name, total)
        done = 100.0 * min(self._begun / STAGES, 1.0)
        show(update_progress_artifact, self._artifact, done, description=name)
        self._begun += 1

    def advance(self, done: int) -> None:
        """Only stages are shown in Prefect."""
        self._reporter.advance(done)

    def finish(self) -> None:
        """All stages are done."""
        show(update_progress_artifact, self._artifact, 100.0, description="Published")


@contextlib.contextmanager
def progress_artifact() -> Iterator[None]:
    """Show the run's stages in Prefect while the block runs."""
    shown = _ProgressArtifact(reporter())
    with report_progress_to(shown):
        yield
    shown.finish()


def write(outcome: dict[str, Any], inputs: Inputs, engine: Engine) -> None:
    """Show the run's summary, its data quality and its most urgent orders as artifacts of the flow run.

    The plan is published by then: nothing that goes wrong here is a fault of the run.
    """
    show(_write, outcome, inputs, engine)


def _write(outcome: dict[str, Any], inputs: Inputs, engine: Engine) -> None:
    labels = f" ({', '.join(outcome['labels'])})" if outcome["labels"] else ""
    create_markdown_artifact(
        key="restock-run",
        markdown=safe_text(
            f"# Plan as of {outcome['as_of']}{labels}\n\nRun `{outcome['run_id']}` is published: "
            f"{outcome['items']:,} items, {outcome['exceptions']:,} exceptions, "
            f"{outcome['rejected_rows']:,} rejected rows."
        ),
        description="The run's result",
    )
    failed = inputs.results[inputs.results["rows_failed"] > 0]
    create_table_artifact(
        key="restock-data-quality",
        table=safe_values(
            records(failed[["table", "part", "rule", "outcome", "rows_failed", "first_example"]].astype(str))
        ),
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
        key="restock-orders", table=safe_values(records(lines[shown].astype(str))), description="Most urgent orders"
    )
