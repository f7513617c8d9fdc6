"""`restock status`, `show`, `report` and `db upgrade`: what is in the database, for people and programs."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pandas as pd
from rich.panel import Panel
from rich.table import Table

from app.company import open_company, published_run
from app.item_page import item_panels
from app.terminal import out, say
from database.engine import connect
from database.migrations import upgrade
from database.queries import RunRecord, current_run, item_details, kpis, recommendations, runs
from database.simulations import SimulationRecord, newest_simulation
from reports import budget_report, order_workbook, planner_report
from reports.reading import records
from settings import Settings, UsageError, load_settings

SHOWN_RUNS = 10
SHOWN_FIGURES = (
    "budget_probability_of_plan",
    "forecast_coverage_90",
    "forecast_value_added_median",
    "items_planned",
    "items_with_fallback",
    "lines_to_order",
    "money_at_stake",
    "order_value",
    "rows_rejected",
    "stock_value",
)
SHOWN_NAMES = 5


def show_status(settings_file: Path, *, as_json: bool) -> None:
    """Print the visible plan and how the last runs ended."""
    settings, engine = open_company(settings_file, create=True)
    current, last = current_run(engine), runs(engine, limit=SHOWN_RUNS)
    simulation = newest_simulation(engine)
    if as_json:
        plan = None if current is None else _plan(current)
        past = None if simulation is None else _simulation(simulation)
        out.print_json(json.dumps({"plan": plan, "simulation": past, "runs": _records(last)}, default=str))
        return
    if current is None:
        say(f"{settings.company.name}: no plan is published yet; make one with `restock run`.")
    else:
        out.print(_plan_panel(settings, current, kpis(engine, current.run_id)))
    if simulation is None:
        say("The past has not been replayed yet; `restock simulate` does it.")
    else:
        say(f"{simulation.sentence} ({simulation.first_day} to {simulation.as_of})")
    table = Table(
        "Run", "As of", "Status", "Started (UTC)", "Items", "Message", title="Last runs", title_justify="left"
    )
    started = last["started_at"].dt.strftime("%Y-%m-%d %H:%M")
    for run, instant in zip(records(last), started, strict=True):
        status = "published, shown" if run["is_current"] else run["status"]
        status += ", shadow" if run["is_shadow"] else ""
        status += ", reconstructed" if run["reconstructed"] else ""
        items = "" if run["items"] is None else f"{run['items']:,.0f}"
        table.add_row(run["run_id"], str(run["as_of"]), status, instant, items, run["message"] or "")
    if len(last):
        out.print(table)


def show_item(settings_file: Path, *, sku: str, location: str | None, as_of: dt.date | None, as_json: bool) -> None:
    """Print everything about one SKU, at each of its locations or one.

    Raises
    ------
    UsageError: the plan has no such item; similar SKUs are named.
    """
    settings, engine = open_company(settings_file)
    run = published_run(engine, as_of)
    details = item_details(engine, run.run_id, sku, location)
    if details.recommendations.empty:
        raise UsageError(_unknown_item(recommendations(engine, run.run_id), sku, location))
    if as_json:
        frames = {name: _records(getattr(details, name)) for name in type(details).__dataclass_fields__}
        out.print_json(json.dumps({"run": _plan(run), **frames}, default=str))
        return
    for panel in item_panels(details, run, settings.company.base_currency):
        out.print(panel)


def write_reports(settings_file: Path, *, to: Path | None, as_of: dt.date | None) -> list[Path]:
    """Write the reports of a published plan; returns the files."""
    settings, engine = open_company(settings_file)
    run = published_run(engine, as_of)
    newest = published_run(engine, None)
    dated = [] if run.as_of == newest.as_of else [f"as-of-{run.as_of}"]  # planner.html is always the newest plan's
    folder = to or settings.root.joinpath("reports", *dated)
    folder.mkdir(parents=True, exist_ok=True)
    return [make(engine, run.run_id, folder) for make in (planner_report, order_workbook, budget_report)]


def upgrade_database(settings_file: Path) -> None:
    """Bring the schema to the program's version."""
    settings = load_settings(settings_file)
    applied = upgrade(connect(settings.database.url, settings.root))
    say(f"Applied: {', '.join(applied)}" if applied else "The schema is up to date.")


def _unknown_item(rows: pd.DataFrame, sku: str, location: str | None) -> str:
    at = rows.loc[rows["sku"] == sku, "location"]
    if len(at):
        return f"{sku} is not planned at {location}; it is at {', '.join(sorted(at.unique()))}"
    from rapidfuzz import process

    near = process.extract(sku, sorted(rows["sku"].unique()), limit=SHOWN_NAMES)
    return f"no SKU {sku} in the plan; the nearest are {', '.join(name for name, *_ in near)}"


def _plan(run: RunRecord) -> dict[str, Any]:
    return {
        name: getattr(run, name)
        for name in ("run_id", "as_of", "finished_at", "items", "reconstructed", "reproducible", "is_shadow")
    }


def _simulation(simulation: SimulationRecord) -> dict[str, Any]:
    """A replay without its frames, and what it set."""
    names = ("simulation_id", "as_of", "first_day", "weeks", "items", "items_left_out", "currency", "sentence", "notes")
    return {name: getattr(simulation, name) for name in names} | {"tuning": _records(simulation.tuning)}


def _plan_panel(settings: Settings, run: RunRecord, figures: pd.DataFrame) -> Panel:
    labels = [
        label
        for label, shown in (
            ("shadow, nothing is ordered", run.is_shadow),
            ("reconstructed", run.reconstructed),
            ("not reproducible", not run.reproducible),
        )
        if shown
    ]
    lines = [f"Plan as of {run.as_of}{' (' + ', '.join(labels) + ')' if labels else ''}, run {run.run_id}"]
    lines += [
        f"  {row['name'].replace('_', ' ')}: {_figure(row['value'], row['unit'])}"
        for row in records(figures)
        if row["value"] is not None and row["name"] in SHOWN_FIGURES
    ]
    return Panel("\n".join(lines), title=settings.company.name, title_align="left", expand=False)


def _figure(value: float, unit: str | None) -> str:
    return f"{value:.1%}" if unit == "fraction" else f"{value:,.0f} {unit or ''}".rstrip()


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    records: list[dict[str, Any]] = json.loads(frame.to_json(orient="records", date_format="iso"))
    return records
