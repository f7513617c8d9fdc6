"""The planner's report: one HTML file with what to order now, why, and how far to trust it."""

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from reports.charts import item_chart
from reports.limits import limit_rows
from reports.numbers import about, count, counted, percent, whole
from reports.pages import render, write_file
from reports.quality import (
    failed_rules,
    fallbacks,
    forecast_quality,
    missing_tables,
    models_compared,
    rejected_rows,
    simulation_rows,
    tables_checked,
)
from reports.reading import RunData, records
from reports.worklist import (
    ACTION_WORDS,
    CHANGE_ACTIONS,
    KEY,
    STOCKOUT_KINDS,
    OrdersToPlace,
    all_items,
    by_ordering_day,
    by_supplier,
    changes,
    cost_alternatives,
    exceptions_of,
    is_overdue,
    one_per_item,
    suggestions,
    waiting,
    waiting_words,
)

SHOWN_LINES = 50
SHOWN_ROWS = 25
SHOWN_REJECTED = 20
CHARTS = 100
ROWS_AT_MOST = 2_000
FAN_WEEKS = 13
HISTORY_WEEKS = 78
FAN = (0.05, 0.25, 0.50, 0.75, 0.95)

_SEARCHED = ("sku", "name", "supplier", "supplier_words", "supplier_sku", "location", "category")
_LISTED = {"overstock", "dead_stock", "new_item", "ending_item", *STOCKOUT_KINDS}
_KIND_TITLES = {
    "no_terms": "Without supply terms",
    "no_inventory": "Without a stock figure",
    "overdue_order": "Overdue orders",
    "receipts_missing": "Received in part, receipts missing",
    "owed_twice": "Negative stock beside backorders",
    "unseen_export": "Exported but not in the order feed",
    "forecast_fallback": "Fallback forecasts",
    "margin_assumed": "Assumed margins",
    "negative_margin": "Sold without a margin",
    "held_back": "Ordered less than wanted",
}


def planner_report(data: RunData, folder: Path) -> Path:
    """Write the planner's report of a run.

    Parameters
    ----------
    data: the run, as `read_run` gives it.
    folder: where the file goes; made if it is missing.

    Returns
    -------
    The file, `planner.html`; the same run gives the same bytes.
    """
    return write_file(folder / "planner.html", planner_page(data).encode())


def planner_page(data: RunData) -> str:
    """The page as text."""
    everything = all_items(data)
    items, orders, moved = one_per_item(everything), suggestions(everything), changes(everything)
    lines = _lines(orders.head(ROWS_AT_MOST), data)
    suppliers = by_supplier(items, data)
    risk = exceptions_of(data, items, *STOCKOUT_KINDS)
    lists = _lists(data, items)
    quality = forecast_quality(data, items)
    following, later = by_ordering_day(items, data.today)
    totals = {
        "next": following,
        "later": later,
        "overdue": is_overdue(following.first_day, data.today),
        "lines": sum(row["lines"] for row in suppliers),
        "units": sum(row["units"] for row in suppliers),
        "value": round(sum(row["value"] for row in suppliers), 4),
        "at_stake": sum(row["at_stake"] for row in suppliers),
    }
    limits = limit_rows(data)
    sections = [
        ("order", "Orders"),
        *([("limits", "Limits")] if limits else []),
        ("risk", "At risk"),
        *((part["identity"], part["title"]) for part in lists),
    ]
    sections += [("data", "Data quality"), ("forecast", "Forecast quality"), ("past", "Replay"), ("all", "All items")]
    return render(
        "planner.html",
        data=data,
        figures=_figures(data, items, totals, moved, risk, lists, quality),
        sections=sections,
        suppliers=suppliers,
        totals=totals,
        lines=lines,
        changes=CHANGE_ACTIONS,
        change_count=len(moved),
        line_count=len(orders),
        shown_lines=SHOWN_LINES,
        shown_rows=SHOWN_ROWS,
        shown_rejected=SHOWN_REJECTED,
        chart_count=min(CHARTS, len(lines)),
        filters=_filters(orders, ["action", "placed", "state", "supplier", "location", "category", "abc"]),
        limits=limits,
        risk=risk,
        risk_threshold=_risk_threshold(risk),
        lists=lists,
        tables=tables_checked(data),
        rules=failed_rules(data),
        missing=missing_tables(data),
        rejected=rejected_rows(data),
        rejected_total=data.rejected_count,
        other_kinds=_other_kinds(data, items),
        quality=quality,
        models=models_compared(data),
        simulation=data.simulation,
        simulation_rows=simulation_rows(data.simulation) if data.simulation else [],
        fallbacks=fallbacks(data),
        items=[row | {"words": _words(row)} for row in records(items.head(ROWS_AT_MOST))],
        item_count=len(items),
        item_filters=_filters(items, ["action", "state", "location"]),
    )


def _lines(orders: pd.DataFrame, data: RunData) -> list[dict[str, Any]]:
    charts = _charts(orders.head(CHARTS), data)
    rows = []
    for number, row in enumerate(records(orders)):
        instead = cost_alternatives(row["reasons"])
        rows.append(row | {"chart": charts.get(number, ""), "words": _words(row), "instead": instead})
    return rows


def _words(row: dict[str, Any]) -> str:
    """What a search finds: lower-case text of the row's names."""
    names = [row[name] for name in _SEARCHED]
    return " ".join(dict.fromkeys(str(name).lower() for name in names if name))


def _charts(orders: pd.DataFrame, data: RunData) -> dict[int, str]:
    """A chart for each order line, by its place in the list."""
    demand = data.distribution(orders[KEY])
    place: dict[tuple[str, str], int] = {}
    weeks = 0
    fans = np.empty((0, len(FAN), 0))
    if demand is not None:
        place = {key: k for k, key in enumerate(zip(demand.sku, demand.location, strict=True))}
        weeks = min(FAN_WEEKS, int(demand.lengths_days.sum()) // 7)
        fans = np.empty((len(place), len(FAN), weeks))
        for week in range(weeks):
            total = demand.interval(7 * week + 1, 7 * week + 7)
            for k, probability in enumerate(FAN):
                fans[:, k, week] = total.quantile(probability)
    starts = [data.as_of + dt.timedelta(days=7 * week + 1) for week in range(weeks)]
    charts: dict[int, str] = {}
    for number, row in enumerate(records(orders)):
        history = data.item_history(row["sku"], row["location"])
        known = place.get((row["sku"], row["location"]))
        if known is None and not history.starts:
            continue
        charts[number] = item_chart(
            identity=f"c{number}",
            label=f"{row['sku']} at {row['location']}",
            starts=history.starts[-HISTORY_WEEKS:],
            units=history.units[-HISTORY_WEEKS:],
            out_of_stock_share=history.out_of_stock_share[-HISTORY_WEEKS:],
            as_of=data.as_of,
            fan_starts=starts if known is not None else [],
            fan=fans[known] if known is not None else np.empty((len(FAN), 0)),
            arrival=row["expected_on"],
        )
    return charts


def _filters(rows: pd.DataFrame, names: list[str]) -> list[dict[str, Any]]:
    """Choices of the filters above a list, in the order that people expect."""
    states = rows.drop_duplicates("state").set_index("state")["state_words"].to_dict() if len(rows) else {}
    suppliers = rows.drop_duplicates("supplier").set_index("supplier")["supplier_words"].to_dict() if len(rows) else {}
    words: dict[str, tuple[str, dict[Any, Any]]] = {
        "action": ("Action", ACTION_WORDS),
        "placed": ("Place on", {}),
        "state": ("Status", states),
        "supplier": ("Supplier", suppliers),
        "location": ("Location", {}),
        "category": ("Category", {}),
        "abc": ("Class", {}),
    }
    filters = []
    for name in names:
        label, shown = words[name]
        values = sorted({str(value) for value in rows[name].dropna()})
        options = [{"value": value, "label": shown.get(value) or value} for value in values]
        filters.append({"name": "class" if name == "abc" else name, "label": label, "options": options})
    return filters


def _figures(
    data: RunData,
    items: pd.DataFrame,
    totals: dict[str, Any],
    moved: pd.DataFrame,
    risk: list[dict[str, Any]],
    lists: list[dict[str, Any]],
    quality: list[dict[str, Any]],
) -> list[dict[str, str]]:
    more = waiting_words(waiting(items), data.currency)
    by_identity = {part["identity"]: part["rows"] for part in lists}
    figures = [
        *_to_place(totals["next"], totals["later"], data),
        _figure(
            "Money at stake",
            about(totals["at_stake"], data.currency),
            f"if these lines wait until the next review{'; ' + more if more else ''}",
        ),
        _figure(
            "Open orders to change",
            _lines_of(len(moved)),
            f"{about(float(moved['money_at_stake'].sum()), data.currency)} saved" if len(moved) else "",
        ),
        _figure(
            "At risk of a stockout",
            _items(len({(row["sku"], row["location"]) for row in risk})),
            f"{count(sum(1 for row in risk if row['kind'] == 'stockout_now'))} out of stock now",
        ),
        _stock_figure("Overstock", by_identity["overstock"], data.currency, "above the threshold"),
        _stock_figure("Dead stock", by_identity["dead"], data.currency, "in stock"),
    ]
    if quality:
        score = quality[0]
        figures.append(
            _figure("Forecast error (WAPE)", percent(score["wape"]), f"seasonal naive {percent(score['naive_wape'])}")
        )
    planned = f"{counted(items.drop_duplicates(KEY).shape[0], 'item')} planned"
    figures.append(_figure("Rejected rows", count(data.rejected_count), planned))
    return figures


def _to_place(following: OrdersToPlace, later: OrdersToPlace, data: RunData) -> list[dict[str, str]]:
    """The orders of the next ordering day, or of those that have passed, and those that wait for later ones."""
    currency, late = data.currency, is_overdue(following.first_day, data.today)
    day = f" on {following.first_day}" if following.first_day else ""
    when = "overdue" if late else "the next ordering day"
    title = f"Should have been placed{day}" if late else f"To place{day}"
    figures = [_figure(title, f"{whole(following.value)} {currency}", f"{_lines_of(following.lines)}, {when}")]
    if later.lines:
        until = f"{_lines_of(later.lines)}, until {later.last_day}"
        figures.append(_figure("To place on later days", f"{whole(later.value)} {currency}", until))
    return figures


def _lines_of(number: int) -> str:
    return f"{count(number)} {'line' if number == 1 else 'lines'}"


def _stock_figure(what: str, rows: list[dict[str, Any]], currency: str, where: str) -> dict[str, str]:
    value = sum(row["figures"].value_base or 0.0 for row in rows)
    return _figure(what, _items(len(rows)), f"{about(value, currency)} {where}" if value else "")


def _figure(what: str, value: str, more: str) -> dict[str, str]:
    return {"what": what, "value": value, "more": more}


def _items(number: int) -> str:
    return f"{count(number)} {'item' if number == 1 else 'items'}"


def _lists(data: RunData, items: pd.DataFrame) -> list[dict[str, Any]]:
    parts = [
        ("overstock", "Overstock", "Excess value", ("overstock",)),
        ("dead", "Dead stock", "Stock value", ("dead_stock",)),
        ("life", "New and ending items", "", ("new_item", "ending_item")),
    ]
    lists = []
    for identity, title, value_label, kinds in parts:
        rows = exceptions_of(data, items, *kinds)
        if value_label:
            rows.sort(key=lambda row: -(row["figures"].value_base or 0.0))
        lists.append({"identity": identity, "title": title, "value_label": value_label, "rows": rows[:ROWS_AT_MOST]})
    return lists


def _risk_threshold(risk: list[dict[str, Any]]) -> float | None:
    """The least probability of running out at which the run lists an item; None where all are out of stock already."""
    return next((row["figures"].threshold for row in risk if row["figures"].threshold), None)


def _other_kinds(data: RunData, items: pd.DataFrame) -> list[dict[str, Any]]:
    kinds = sorted(set(data.exceptions["kind"]) - _LISTED)
    return [{"title": _KIND_TITLES[kind], "rows": exceptions_of(data, items, kind)} for kind in kinds]
