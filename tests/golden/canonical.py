"""A published plan as plain CSV text: keys and figures of its tables, whatever the code calls them today.

The headings are those of the committed files and never change. Where a table, a column or a figure is renamed in the
database, one line in `TABLES`, `renamed` or `RENAMED_FIGURES` says its name of today, and the files stay as they are.
There are no run ids, no instants and no sentences in the text.
"""

import csv
import io
import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

DIGITS, PLACES = 7, 9
"""Significant digits, and places after the point, that are told: what lies beyond either is noise of floats."""

NUMBERS, FIGURES = "reasons", "figures"
"""JSON columns: of the first all numbers without their names, of the second all figures with them."""

RENAMED_FIGURES: dict[str, str] = {}
"""Figure of an exception as it is named today = its name in the files; for those alone that were renamed."""

CURRENT_RUN = "SELECT run_id FROM current_runs ORDER BY as_of DESC LIMIT 1"


@dataclass(frozen=True)
class Layout:
    """What is told of a table: `key` and `figures` are headings.

    `table`: its name in the database today. `renamed`: column today = heading; for those alone that were renamed.
    """

    table: str
    key: tuple[str, ...]
    figures: tuple[str, ...]
    renamed: Mapping[str, str] = field(default_factory=dict)

    @property
    def headings(self) -> tuple[str, ...]:
        """Headings of the CSV text."""
        return (*self.key, *self.figures)

    @property
    def columns(self) -> tuple[str, ...]:
        """Names in the database today, in the order of the headings."""
        today = {heading: column for column, heading in self.renamed.items()}
        return tuple(today.get(heading, heading) for heading in self.headings)


TABLES: dict[str, Layout] = {
    "recommendations": Layout(
        table="recommendations",
        key=("sku", "location", "line_number"),
        figures=(
            "as_of", "action", "status", "supplier", "supplier_name", "supplier_sku", "name", "category", "abc", "xyz",
            "order_units", "purchase_order_number", "purchase_order_line", "from_location", "order_by", "placed_on",
            "expected_on", "current_expected_on", "unit_cost", "currency", "order_value", "order_value_base",
            "reorder_point", "order_up_to_level", "safety_stock", "on_hand", "on_order", "reserved", "backordered",
            "inventory_position", "protection_days", "demand_mean", "demand_p50", "demand_p90", "demand_p95",
            "days_of_supply", "days_of_supply_after", "stockout_probability", "expected_lost_units", "money_at_stake",
            "binding_constraint", "lasts_until", "first_gap_on", "confidence", "reasons",
        ),
    ),
    "policies": Layout(
        table="policies",
        key=("sku", "location"),
        figures=(
            "supplier", "policy", "service_by", "target", "reorder_point", "order_up_to_level", "safety_stock",
            "cycle_service", "fill_rate", "critical_ratio", "underage_cost", "overage_cost",
            "holding_cost_per_unit_day", "eoq", "lead_time_mean_days", "lead_time_sd_days", "protection_days", "abc",
            "xyz", "demand_class", "binding_constraint",
        ),
    ),
    "budget_forecast": Layout(
        table="budget_forecast",
        key=("month", "category", "channel", "market"),
        figures=(
            "currency", "units_p10", "units_p50", "units_p90", "units_mean", "net_revenue_p10", "net_revenue_p50",
            "net_revenue_p90", "net_revenue_mean", "cost_p10", "cost_p50", "cost_p90", "cost_mean", "margin_p10",
            "margin_p50", "margin_p90", "margin_mean",
        ),
    ),
    "exceptions": Layout(
        table="exceptions",
        key=("kind", "severity", "sku", "location"),
        figures=("figures",),
    ),
}  # fmt: skip


def canonical_tables(database: Path) -> dict[str, str]:
    """CSV text of each table of the published run in a company's SQLite file."""
    connection = sqlite3.connect(database)
    try:
        return {name: canonical_text(layout, _rows(connection, layout)) for name, layout in TABLES.items()}
    finally:
        connection.close()


def canonical_text(layout: Layout, rows: list[tuple[object, ...]]) -> str:
    r"""Rows as CSV: lines ended by \n, sorted as text."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(layout.headings)
    cells = [[_cell(*pair) for pair in zip(layout.headings, row, strict=True)] for row in rows]
    writer.writerows(sorted(cells))
    return out.getvalue()


def _rows(connection: sqlite3.Connection, layout: Layout) -> list[tuple[object, ...]]:
    there = {row[1] for row in connection.execute(f"PRAGMA table_info({layout.table})")}
    gone = [column for column in layout.columns if column not in there]
    assert not gone, f"{layout.table} has no {', '.join(gone)}: if renamed, say so in {__name__}.TABLES"
    statement = f"SELECT {', '.join(layout.columns)} FROM {layout.table} WHERE run_id = ({CURRENT_RUN})"
    return connection.execute(statement).fetchall()


def _cell(heading: str, value: object) -> str:
    if isinstance(value, str) and heading == NUMBERS:
        return " ".join(_number(number) for number in sorted(_numbers(json.loads(value))))
    if isinstance(value, str) and heading == FIGURES:
        figures = {RENAMED_FIGURES.get(name, name): figure for name, figure in json.loads(value).items()}
        return " ".join(f"{name}={_plain(figure)}" for name, figure in sorted(figures.items()))
    return _plain(value)


def _plain(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _number(value)
    return str(value)


def _number(value: float) -> str:
    """Rounded, so that the last bits of a sum may differ.

    >>> _number(37472912.3), _number(0.1 + 0.2), _number(9.999998e-07), _number(-1e-16)
    ('37472910', '0.3', '1e-06', '0')
    """
    return f"{float(f'{round(value, PLACES):.{DIGITS}g}') + 0.0:.15g}"


def _numbers(value: object) -> Iterator[float]:
    """All numbers in nested JSON, truth values left out."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from _numbers(part)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield float(value)
