"""`restock report`: the planner's report, the order workbook and the director's budget page of a published plan."""

import datetime as dt
from pathlib import Path

from app.company import open_company, published_run
from flows.report_files import write_report_files


def write_reports(settings_file: Path, *, to: Path | None, as_of: dt.date | None) -> list[Path]:
    """Write the reports of a published plan; returns the files."""
    settings, engine = open_company(settings_file)
    return write_report_files(settings, engine, published_run(engine, as_of), to)
