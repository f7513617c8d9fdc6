"""The reports of a published plan as files, beside the company's settings or where they are wanted."""

from pathlib import Path

from sqlalchemy import Engine

from data_contracts.as_of import company_today
from database.queries import RunRecord, current_run
from reports import budget_report, order_workbook, planner_report, read_run
from settings import Settings


def write_report_files(settings: Settings, engine: Engine, run: RunRecord, to: Path | None = None) -> list[Path]:
    """Write the planner's report, the order workbook and the budget page of a published run; returns the files.

    Without a folder they go to `reports/`, where `planner.html` is always the newest plan's.
    """
    newest = current_run(engine)
    dated = [] if newest is None or run.as_of == newest.as_of else [f"as-of-{run.as_of}"]
    folder = to or settings.root.joinpath("reports", *dated)
    folder.mkdir(parents=True, exist_ok=True)
    data = read_run(engine, run.run_id, today=company_today(settings))
    return [write(data, folder) for write in (planner_report, order_workbook, budget_report)]
