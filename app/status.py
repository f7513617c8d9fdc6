"""`restock status`: the plan that readers see, the newest replay, and how the last runs ended."""

from pathlib import Path
from typing import Any

import pandas as pd
from rich.panel import Panel
from rich.table import Table

from app.company import open_company, plan_summary
from app.terminal import echo, echo_json, out
from data_contracts.as_of import company_today
from database.queries import RunRecord, current_run, recommendations, run_rows, runs
from database.simulations import SimulationRecord, newest_simulation
from reports.numbers import about, chance, whole
from reports.reading import Label, labels_of, records, run_labels
from reports.worklist import to_place_in_words
from settings import Settings

SHOWN_RUNS = 10
SHOWN_FIGURES = {
    "money_at_stake": "money at stake if these orders wait",
    "open_orders_to_change": "open orders to change",
    "open_orders_at_stake": "saved by these changes",
    "items_planned": "items planned",
    "items_with_fallback": "items with a fallback forecast",
    "stock_value": "stock value at landed cost",
    "rows_rejected": "rows rejected",
    "forecast_coverage_90": "outcomes at or below the forecast's P90",
    "forecast_value_added_median": "forecast loss below that of the seasonal naive, median",
    "budget_probability_of_plan": "chance of reaching the budget",
}
"""Figure of the table `kpis`: what it is in words."""
ESTIMATED = {"money_at_stake", "open_orders_at_stake"}
"""Figures that are said as the planner's page says them: to three figures."""


def show_status(settings_file: Path, *, as_json: bool) -> None:
    """Print the published plan, the newest replay, and how the last runs ended."""
    settings, engine = open_company(settings_file, create=True)
    current, last = current_run(engine), runs(engine, limit=SHOWN_RUNS)
    simulation = newest_simulation(engine)
    if as_json:
        plan = None if current is None else plan_summary(current)
        past = None if simulation is None else _simulation(simulation)
        echo_json({"plan": plan, "simulation": past, "runs": records(last)})
        return
    if current is None:
        echo(f"{settings.company.name}: no plan is published yet; make one with `restock run`.")
    else:
        figures = run_rows(engine, "kpis", current.run_id)
        out.print(_plan_panel(settings, current, figures, recommendations(engine, current.run_id)))
    if simulation is None:
        echo("The past has not been replayed yet; `restock simulate` does it.")
    else:
        echo(f"{simulation.sentence} ({simulation.first_day} to {simulation.as_of})")
    # Without lines between the columns a run's whole id has room in 80 of them.
    table = Table(box=None, padding=(0, 2, 0, 0), title="Last runs", title_justify="left")
    for name in ("Run", "As of", "Status", "Started (UTC)", "Items"):
        table.add_column(name, no_wrap=name != "Status", justify="right" if name == "Items" else "left")
    started = last["started_at"].dt.strftime("%Y-%m-%d %H:%M")
    for run, instant in zip(records(last), started, strict=True):
        words = ["published, shown" if run["is_current"] else run["status"]]
        words += [label.name for label in _labels(run)]
        items = "" if run["items"] is None else f"{run['items']:,.0f}"
        table.add_row(run["run_id"], str(run["as_of"]), ", ".join(words), instant, items)
    if len(last):
        out.print(table)
    for run in records(last):
        if run["message"]:
            echo(f"{run['run_id']}: {run['message']}")


def _labels(run: dict[str, Any]) -> list[Label]:
    flags = ("is_shadow", "reconstructed", "reproducible")
    return run_labels(**{name: bool(run[name]) for name in flags})


def _simulation(simulation: SimulationRecord) -> dict[str, Any]:
    """A replay without its frames, and what it set."""
    names = ("simulation_id", "as_of", "first_day", "weeks", "items", "items_left_out", "currency", "sentence", "notes")
    return {name: getattr(simulation, name) for name in names} | {"tuning": records(simulation.tuning)}


def _plan_panel(settings: Settings, run: RunRecord, figures: pd.DataFrame, lines: pd.DataFrame) -> Panel:
    labels = ", ".join(label.name for label in labels_of(run))
    known = {row["name"]: row for row in records(figures) if row["value"] is not None}
    shown = [f"Plan as of {run.as_of}{f' ({labels})' if labels else ''}, run {run.run_id}"]
    shown.append(f"  orders: {to_place_in_words(lines, settings.company.base_currency, company_today(settings))}")
    shown += [
        f"  {words}: {_figure(name, known[name]['value'], known[name]['unit'])}"
        for name, words in SHOWN_FIGURES.items()
        if name in known
    ]
    return Panel("\n".join(shown), title=settings.company.name, title_align="left", expand=False)


def _figure(name: str, value: float, unit: str | None) -> str:
    if unit == "fraction":
        return chance(value)
    if name in ESTIMATED:
        return about(value, unit)
    return f"{whole(value)} {unit or ''}".rstrip()
