"""The director's page: twelve months of revenue, margin, units and cost with P10, P50 and P90."""

import datetime as dt
from pathlib import Path
from typing import Any

import pandas as pd

from reports.charts import month_chart
from reports.numbers import about, apportion, chance, change, estimate, percent
from reports.pages import render, write_file
from reports.reading import RunData, RunFigures, records

ALL = "*"
WHOLE = (ALL, ALL, ALL)
KEYS = ("category", "channel", "market")
_MEASURES = ("net_revenue", "cost", "margin", "units")
_QUANTILES = ("p10", "p50", "p90")
_NONE = {f"{name}_mean": 0.0 for name in _MEASURES}
Row = dict[str, Any]
_PARTLY = "Last year and the change cover only the months for which last year is known"


def budget_report(data: RunData, folder: Path) -> Path:
    """Write the director's budget page of a run.

    Parameters
    ----------
    data: the run, as `read_run` gives it.
    folder: where the file goes; made if it is missing.

    Returns
    -------
    The file, `budget.html`; the same run gives the same bytes.
    """
    return write_file(folder / "budget.html", budget_page(data).encode())


def budget_page(data: RunData) -> str:
    """The page as text."""
    months = _totals(data.budget)
    figures = data.figures
    tables = [_by_month(months, figures)] if months else []
    tables += [_by_key(key, data, months, tables[0]["total"]) for key in KEYS if months]
    return render(
        "budget.html",
        data=data,
        months=months,
        first_month=f"{months[0]['month']:%Y-%m}" if months else "",
        last_month=f"{months[-1]['month']:%Y-%m}" if months else "",
        figures=_figures(data, tables[0]["total"]) if months else [],
        charts=_charts(data, months) if months else [],
        tables=[table for table in tables if table["rows"]],
        has_last=bool(figures.last_year),
        has_plan=bool(figures.plan),
        without_price=figures.items_without_price,
        without_cost=figures.items_without_cost,
        has_channel_costs="channel_costs" in data.tables_read,
    )


def _totals(budget: pd.DataFrame) -> list[Row]:
    """Rows of the months over all categories, channels and markets."""
    is_total = (budget[list(KEYS)] == ALL).all(axis=1)
    return records(budget[is_total].sort_values("month"))


def _line(label: str, row: Row) -> Row:
    line: Row = {"label": label, "last_year": None, "change": None, "plan": None, "against_plan": None}
    for name in _MEASURES:
        line[name] = row[f"{name}_mean"]
        line |= {f"{name}_{quantile}": row.get(f"{name}_{quantile}") for quantile in _QUANTILES}
    line["margin_share"] = line["margin"] / line["net_revenue"] if line["net_revenue"] else None
    return line


def _compare(line: Row, name: str, ratio: str, forecast: float, other: float | None) -> None:
    line[name] = other
    line[ratio] = forecast / other - 1 if other else None


def _by_month(months: list[Row], figures: RunFigures) -> Row:
    rows, compared, planned = [], 0.0, 0.0
    for row in months:
        line = _line(f"{row['month']:%Y-%m}", row)
        before = figures.last_year.get((_year_before(row["month"]), WHOLE))
        _compare(line, "last_year", "change", line["net_revenue"], _amount(before, "net_revenue"))
        compared += line["net_revenue"] if before else 0.0
        mine = figures.plan.get(line["label"])
        _compare(line, "plan", "against_plan", line["net_revenue"], _amount(mine, "net_revenue"))
        planned += line["net_revenue"] if mine else 0.0
        rows.append(line)
    total = _sum(rows, "Twelve months", figures.year[WHOLE])
    known = [row["last_year"] for row in rows if row["last_year"] is not None]
    _compare(total, "last_year", "change", compared, sum(known) if known else None)
    plans = [row["plan"] for row in rows if row["plan"] is not None]
    _compare(total, "plan", "against_plan", planned, sum(plans) if plans else None)
    note = _PARTLY if 0 < len(known) < len(rows) else ""
    _round(rows, total)
    return {
        "identity": "month",
        "title": "By month",
        "label": "Month",
        "rows": rows,
        "total": total,
        "note": note,
        "has_plan": bool(figures.plan),
    }


def _by_key(key: str, data: RunData, months: list[Row], total: Row) -> Row:
    """Twelve months by category, channel or market."""
    others = [name for name in KEYS if name != key]
    budget, last_year = data.budget, data.figures.last_year
    single = budget[(budget[others] == ALL).all(axis=1) & (budget[key] != ALL)]
    sums = single.groupby(key, sort=True)[[f"{name}_mean" for name in _MEASURES]].sum()
    comparable = {month for month, group in last_year if group == WHOLE} & {
        _year_before(row["month"]) for row in months
    }
    sold_before = {group[KEYS.index(key)] for month, group in last_year if month in comparable} - {ALL}
    rows = []
    for value in sorted(sold_before | {str(value) for value in sums.index}):
        category, channel, market = (value if name == key else ALL for name in KEYS)
        group = (category, channel, market)
        means = {str(name): float(mean) for name, mean in sums.loc[value].items()} if value in sums.index else _NONE
        line = _line(value, data.figures.year.get(group, {}) | means)
        mine = single[single[key] == value]
        in_both = mine["month"].map(lambda month: _year_before(month) in comparable)
        before = [
            last_year[(month, group)]["net_revenue"] for month in sorted(comparable) if (month, group) in last_year
        ]
        if comparable:
            forecast = float(mine.loc[in_both, "net_revenue_mean"].sum())
            _compare(line, "last_year", "change", forecast, sum(before))
        rows.append(line)
    rows.sort(key=lambda line: (-line["net_revenue"], line["label"]))
    whole = total | {"label": {"category": "All categories"}.get(key, f"All {key}s")}
    _round(rows, whole)
    return {
        "identity": key,
        "title": f"By {key}, twelve months",
        "label": key.capitalize(),
        "rows": rows,
        "total": whole,
        "note": _PARTLY if 0 < len(comparable) < len(months) else "",
        "has_plan": False,
    }


def _sum(rows: list[Row], label: str, whole: Row) -> Row:
    """The total line: expected values added, quantiles of the year's own scenario sums."""
    means = {f"{name}_mean": sum(row[name] for row in rows) for name in _MEASURES}
    return _line(label, whole | means)


def _round(rows: list[Row], total: Row) -> None:
    """Expected values to whole numbers that add up to the rounded total."""
    for name in (*_MEASURES, "last_year", "plan"):
        known = [row for row in rows if row[name] is not None]
        for row, value in zip(known, apportion([row[name] for row in known]), strict=True):
            row[name] = value
        if total[name] is not None:
            total[name] = round(total[name])


def _amount(row: Row | None, name: str) -> float | None:
    return None if row is None else row.get(name)


def _year_before(month: dt.date) -> str:
    return f"{month.year - 1}-{month:%m}"


def _figures(data: RunData, total: Row) -> list[dict[str, str]]:
    figures = []
    for name, label in [
        ("net_revenue", "Net revenue"),
        ("margin", "Margin"),
        ("cost", "Cost of goods"),
        ("units", "Units"),
    ]:
        unit = None if name == "units" else data.currency
        low, middle, high = (total[f"{name}_{quantile}"] for quantile in _QUANTILES)
        figures.append(
            {
                "what": f"{label}, P50",
                "value": about(middle, unit),
                "more": f"P10 {estimate(low)} to P90 {estimate(high)}",
            }
        )
    share = total["margin"] / total["net_revenue"] if total["net_revenue"] else None
    figures.append(
        {"what": "Margin, share of revenue", "value": percent(share), "more": "after returns and channel costs"}
    )
    if total["last_year"]:
        figures.append(
            {"what": "Against last year", "value": change(total["change"]), "more": "expected revenue, same months"}
        )
    if total["plan"]:
        figures.append(
            {
                "what": "Against budget",
                "value": change(total["against_plan"]),
                "more": f"{chance(data.figures.probability_of_plan)} chance of reaching it",
            }
        )
    return figures


def _charts(data: RunData, months: list[Row]) -> list[Row]:
    charts = []
    last_year, plan = data.figures.last_year, data.figures.plan
    for name, title in [
        ("net_revenue", "Net revenue"),
        ("margin", "Margin"),
        ("units", "Units"),
        ("cost", "Cost of goods"),
    ]:
        others: list[tuple[str, str, list[float | None]]] = []
        if name in ("net_revenue", "units") and last_year:
            before = [last_year.get((_year_before(row["month"]), WHOLE)) for row in months]
            others.append(("last year", "last-year", [_amount(row, name) for row in before]))
        if name != "cost" and plan:
            mine = [plan.get(f"{row['month']:%Y-%m}") for row in months]
            values = [_amount(row, name) for row in mine]
            if any(value is not None for value in values):
                others.append(("budget", "plan", values))
        unit = "units" if name == "units" else data.currency
        svg = month_chart(
            identity=f"m-{name.replace('_', '-')}",
            label=title,
            unit=unit,
            months=[row["month"] for row in months],
            low=[row[f"{name}_p10"] for row in months],
            middle=[row[f"{name}_p50"] for row in months],
            high=[row[f"{name}_p90"] for row in months],
            others=others,
        )
        styles = {"last-year": "dashed: last year", "plan": "dotted: budget"}
        legend = "".join(f"; {styles[kind]}" for _, kind, _ in others)
        charts.append({"title": title, "unit": unit, "svg": svg, "others": legend})
    return charts
