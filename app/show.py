"""`restock show`: one item in the terminal, why this many and why now, from the rows that the run stored."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Column, Table
from rich.text import Text

from app.company import open_company, plan_summary, published_run
from app.terminal import echo_json, out
from data_contracts.as_of import company_today
from database.queries import ItemDetails, RunRecord, item_details, recommendations
from models.inventory.recommendations.reasons import OpenOrderReasons, Reasons, stored_reasons
from reports.bundles import bundle_lines, component_lines
from reports.numbers import count, estimate, expected_units, money, whole
from reports.reading import records
from reports.worklist import cost_alternatives, has_no_point, is_overdue
from settings import UsageError

SHOWN_NAMES = 5
WEEKS_SHOWN = 26
BLOCKS = " ▁▂▃▄▅▆▇█"


def show_item(settings_file: Path, *, sku: str, location: str | None, as_of: dt.date | None, as_json: bool) -> None:
    """Print everything about one SKU, at each of its locations or one; of a bundle, where its stock and demand went.

    Parameters
    ----------
    settings_file: the company's restock.toml, or its folder.
    sku: as in the products file.
    location: only this stocking location; all of them when not given.
    as_of: day of the plan; the newest plan when not given.
    as_json: print the stored rows of every table for a program instead of panels.

    Raises
    ------
    UsageError: the plan has no such item; similar SKUs are named.
    """
    settings, engine = open_company(settings_file)
    run = published_run(engine, as_of)
    details = item_details(engine, run.run_id, sku, location)
    as_bundle = details.bundle_components[details.bundle_components["sku"] == sku]
    if details.recommendations.empty and as_bundle.empty:
        raise UsageError(_unknown_item(recommendations(engine, run.run_id), sku, location))
    if as_json:
        frames = {name: records(getattr(details, name)) for name in type(details).__dataclass_fields__}
        echo_json({"run": plan_summary(run), **frames})
        return
    if len(as_bundle):
        here = as_bundle if location is None else _at(as_bundle, location)
        out.print(_bundle_panel(here if len(here) else as_bundle, run))
    for panel in _panels(details, run, settings.company.base_currency, company_today(settings)):
        out.print(panel)


def _unknown_item(rows: pd.DataFrame, sku: str, location: str | None) -> str:
    at = rows.loc[rows["sku"] == sku, "location"]
    if len(at):
        return f"{sku} is not planned at {location}; it is at {', '.join(sorted(at.unique()))}"
    from rapidfuzz import process

    near = process.extract(sku, sorted(rows["sku"].unique()), limit=SHOWN_NAMES)
    return f"no SKU {sku} in the plan; the nearest are {', '.join(name for name, *_ in near)}"


def _bundle_panel(components: pd.DataFrame, run: RunRecord) -> Panel:
    """Of what a bundle is made, and which items to look at instead."""
    rows = records(components)
    parts = ", ".join(f"`restock show {sku}`" for sku in components["component_sku"].unique())
    text = Text("\n".join([*bundle_lines(rows), "", f"What is planned: {parts}"]))
    return Panel(text, title=Text(f"{rows[0]['sku']}, as of {run.as_of}"), title_align="left")


def _panels(details: ItemDetails, run: RunRecord, base_currency: str, today: dt.date) -> Iterator[Panel]:
    """A panel for each location of the SKU: decision, stock, history, forecast, policy, scores, exceptions."""
    for location, rows in details.recommendations.groupby("location", sort=True):
        mine = {name: _at(getattr(details, name), str(location)) for name in type(details).__dataclass_fields__}
        head = rows.iloc[0]
        title = f"{head['sku']} {head['name'] or ''} at {location}, as of {run.as_of}"
        parts: list[RenderableType] = [*(_decision(row, today) for row in records(rows))]
        parts += [
            _stock(head, base_currency),
            *_in_bundles(mine["bundle_components"]),
            _history(mine["demand_history"]),
            _policy(mine["policies"]),
        ]
        parts += [
            _scores(mine["forecast_scores"]),
            _exceptions(mine["exceptions"]),
            _decided(mine["planned_order_lines"]),
        ]
        yield Panel(Group(*parts), title=Text(title), title_align="left")


def _at(frame: pd.DataFrame, location: str) -> pd.DataFrame:
    return frame[frame["location"] == location] if "location" in frame else frame


def _decision(row: dict[str, Any], today: dt.date) -> RenderableType:
    units = f" {count(row['order_units'])} units" if row["order_units"] else ""
    source = row["supplier_name"] or row["supplier"] or row["from_location"]
    head = Text(f"{row['action'].upper()}{units}{f' from {source}' if source and units else ''}", style="bold")
    if row["order_value"] and row["currency"]:
        head.append(f", {row['order_value']:,.2f} {row['currency']}")
    dates = [("place on", "placed_on"), ("at the latest", "order_by"), ("arrives", "expected_on")]
    if row["order_by"] == row["placed_on"]:
        del dates[1]
    if row["purchase_order_number"]:
        head.append(f", order {row['purchase_order_number']}, now {row['current_expected_on']:%Y-%m-%d}")
        dates = [("ask by", "order_by"), ("to arrive", "expected_on")]
    if is_overdue(row["order_by"], today):
        past = {"place on": "should have been ordered on", "ask by": "should have been asked by"}
        dates = [(past.get(what, what), name) for what, name in dates if what != "arrives"]
    for what, name in dates:
        if not pd.isna(row[name]) and units:
            head.append(f", {what} {row[name]:%Y-%m-%d}")
    reasons = stored_reasons(row["reasons"])
    lines = [head, Text(reasons.sentence)]
    if reasons.quantile_shift:
        lines.append(Text(f"ordered at a quantile tuned on the past (normal score {reasons.quantile_shift:+.2f})"))
    return Group(Text("\n").join(lines), *_alternatives(reasons))


def _alternatives(reasons: Reasons | OpenOrderReasons) -> Iterator[RenderableType]:
    """What the alternatives to the suggestion cost; nothing where none is known."""
    known = cost_alternatives(reasons)
    if not known:
        return
    table = Table(box=None, padding=(0, 2), title="Alternatives", title_justify="left")
    for name in ("", "units", "costs more than the suggestion"):
        table.add_column(name, justify="right" if name else "left")
    for other in known:
        cost = f"{other.cost:+,.2f} {reasons.base_currency}"
        table.add_row(other.what, _number(other.units), cost)
    yield table


def _stock(row: pd.Series, base_currency: str) -> RenderableType:
    table = Table(box=None, show_header=False, padding=(0, 2), title="Stock and demand", title_justify="left")
    no_point = has_no_point(row["reorder_point"], stored_reasons(row["reasons"]))
    pairs = [
        ("on hand", _number(row["on_hand"])),
        ("on order, counted", _number(row["on_order"])),
        ("reserved", _number(row["reserved"])),
        ("inventory position", _number(row["inventory_position"])),
        ("reorder point", "none" if no_point else _number(row["reorder_point"])),
        ("order-up-to level", _number(row["order_up_to_level"])),
        ("safety stock", _number(row["safety_stock"])),
        ("protection interval", _number(row["protection_days"], "days")),
        ("demand over it, mean", _number(row["demand_mean"])),
        ("P50 / P90 / P95", " / ".join(_number(row[f"demand_p{q}"]) for q in (50, 90, 95))),
        ("days of supply on hand", _number(row["days_of_supply"], "days")),
        ("with the order", _number(row["days_of_supply_after"], "days")),
        ("stockout if nothing is ordered", _share(row["stockout_probability"])),
        ("expected lost units", expected_units(row["expected_lost_units"])),
        ("money at stake", money(row["money_at_stake"], base_currency)),
        ("binding constraint", str(row["binding_constraint"] or "none")),
    ]
    half = (len(pairs) + 1) // 2
    for left, right in zip(pairs[:half], pairs[half:], strict=True):
        table.add_row(*left, *right)
    return table


def _in_bundles(frame: pd.DataFrame) -> Iterator[Text]:
    """Bundles that the item is part of; nothing where it is of none."""
    if len(frame):
        yield Text("\n".join(component_lines(records(frame))))


def _history(frame: pd.DataFrame) -> RenderableType:
    if frame.empty:
        return Text("No sales history.")
    units = list(frame.iloc[0]["units"])[-WEEKS_SHOWN:]
    known = [value for value in units if value is not None]
    top = max(known, default=0) or 1
    bars = "".join("?" if value is None else BLOCKS[round((len(BLOCKS) - 1) * value / top)] for value in units)
    mean = sum(known) / len(known) if known else 0
    starts = list(frame.iloc[0]["week_starts"])[-WEEKS_SHOWN:]
    return Text(f"Weekly demand since {starts[0]} (highest {top:,.0f}, mean {mean:,.1f}, ? unknown)\n{bars}")


def _policy(frame: pd.DataFrame) -> RenderableType:
    if frame.empty:
        return Text("No policy: the item has no supply terms.")
    row = frame.iloc[0]
    target = "" if pd.isna(row["target"]) else f" at {_share(row['target'])}"
    mean, sd = _number(row["lead_time_mean_days"]), _number(row["lead_time_sd_days"])
    way = f"{row['policy']} by {str(row['service_by']).replace('_', ' ')}"
    if row["policy"] == "cost":
        way, target = "of least expected cost", f", critical ratio {_share(row['critical_ratio'])}"
    return Text(
        f"Policy {way}{target}; "
        f"class {row['abc']}{row['xyz']}, {row['demand_class']}; "
        f"lead time {mean} days (sd {sd}), {row['lead_time_source']}"
    )


def _scores(frame: pd.DataFrame) -> RenderableType:
    if frame.empty:
        return Text("No backtest: too little history.")
    table = Table(
        Column("Model", overflow="fold"),  # a name cut off by dots names no model
        "Used",
        "Loss",
        "WAPE",
        "Bias",
        "MASE",
        "Below P90",
        "Value added",
        title="Backtest",
        title_justify="left",
    )
    for row in records(frame.sort_values("loss")):
        numbers = [_number(row["loss"]), *(_share(row[name]) for name in ("wape", "bias")), _number(row["mase"])]
        numbers += [_share(row["coverage_90"]), _share(row["value_added"])]
        table.add_row(str(row["model"]), "yes" if row["chosen"] else "", *numbers)
    return table


def _exceptions(frame: pd.DataFrame) -> RenderableType:
    return Text("\n".join(f"{row['severity']}: {row['message']}" for row in records(frame)))


def _decided(frame: pd.DataFrame) -> RenderableType:
    lines = [f"{row['state']}: {count(row['units'])} units, due {row['due_on']}" for row in records(frame)]
    return Text("\n".join(lines))


def _number(value: Any, unit: str = "") -> str:
    if value is None or pd.isna(value):
        return "unknown"
    return f"{whole(value) if abs(value) >= 100 else estimate(value)} {unit}".rstrip()


def _share(value: Any) -> str:
    return "unknown" if value is None or pd.isna(value) else f"{100 * value:,.1f} %"
