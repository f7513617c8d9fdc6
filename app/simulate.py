"""`restock simulate`: the past replayed, with a person, a scheduler or a program watching."""

import datetime as dt
from pathlib import Path
from typing import Any

from rich.table import Table

from app.flow_run import flow_command
from app.terminal import echo, out
from settings import load_settings

_MEASURES = (
    ("Fill rate", "fill_rate", "share"),
    ("Cycle service", "cycle_service", "share"),
    ("Stockout days", "stockout_days", "count"),
    ("Mean stock", "stock_value", "count"),
    ("Turns a year", "turns", "rate"),
    ("Orders", "orders", "count"),
    ("Total cost", "cost", "count"),
)


def run_simulation(settings_file: Path, *, weeks: int | None, until: dt.date | None, as_json: bool) -> None:
    """Run the flow and print what it says.

    Raises
    ------
    SettingsError, DataRefused: see `flows.simulation.simulate.replay`.
    RunLocked: another replay of the company is going on.
    """
    # Prefect's folder is its own: a nightly run may go on beside it.
    flow_command(
        settings_file,
        _flow,
        _print,
        home="prefect-replays",
        what="replay",
        as_json=as_json,
        until=until.isoformat() if until else None,
        weeks=weeks,
    )


def _flow() -> Any:
    from flows.simulation.simulate import replay

    return replay


def _print(settings_file: Path, outcome: dict[str, Any]) -> None:
    company = load_settings(settings_file).company.name
    echo(
        f"\n{company}: {outcome['weeks']} weeks replayed, {outcome['first_day']} to {outcome['as_of']}, "
        f"{outcome['items']:,} items; amounts in {outcome['currency']}.\n"
    )
    out.print(comparison(outcome["policies"]))
    echo("Below each figure: its 95 % interval by resampling items.\n")
    echo(f"{outcome['sentence']}\n")
    for row in outcome["tuning"]:
        echo(f"Tuning {row['text']}.")
    for note in outcome["notes"]:
        echo(f"Note: {note}.")


def comparison(policies: dict[str, dict[str, dict[str, float | None]]]) -> Table:
    """Measures as rows and policies as columns, so that a terminal of 80 columns has room for four policies.

    Parameters
    ----------
    policies: by policy and measure the value, low and high.
    """
    table = Table("", *policies, box=None, padding=(0, 1, 0, 0))
    for column in table.columns[1:]:
        column.justify = "right"
    for title, name, kind in _MEASURES:
        table.add_row(title, *(_cell(figures[name], kind) for figures in policies.values()))
    return table


def _cell(figure: dict[str, float | None], kind: str) -> str:
    """A figure with its interval beneath it."""
    value, low, high = (_number(figure[name], kind) for name in ("value", "low", "high"))
    return f"{value}\n{low.removesuffix('%')}-{high}"


def _number(value: float | None, kind: str) -> str:
    if value is None:
        return "-"
    return f"{value:.1%}" if kind == "share" else f"{value:,.1f}" if kind == "rate" else f"{value:,.0f}"
