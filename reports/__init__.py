"""Reports of a published run: the planner's page, the buyers' workbook and the director's budget page."""

from reports.budget import budget_report
from reports.planner import planner_report
from reports.reading import read_run
from reports.workbook import order_workbook

__all__ = ["budget_report", "order_workbook", "planner_report", "read_run"]
