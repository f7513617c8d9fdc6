"""`restock report`: the planner's report, the order workbook and the director's budget page of a published plan."""

import datetime as dt
from pathlib import Path

from app.company import open_company, published_run
from reports import budget_report, order_workbook, planner_report, read_run


def write_reports(settings_file: Path, *, to: Path | None, as_of: dt.date | None) -> list[Path]:
    """Write the reports of a published plan; returns the files."""
    settings, engine = open_company(settings_file)
    run = published_run(engine, as_of)
    newest = published_run(engine, None)
    dated = [] if run.as_of == newest.as_of else [f"as-of-{run.as_of}"]  # planner.html is always the newest plan's
    folder = to or settings.root.joinpath("reports", *dated)
    folder.mkdir(parents=True, exist_ok=True)
    data = read_run(engine, run.run_id)
    return [write(data, folder) for write in (planner_report, order_workbook, budget_report)]
