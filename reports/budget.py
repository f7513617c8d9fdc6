"""The director's page: twelve months of revenue, margin, units and cost with P10, P50 and P90."""

import datetime as dt
from pathlib import Path
from typing import Any

import pandas as pd

from reports.charts import month_chart
from reports.numbers import about, apportion, chance, change, estimate, percent, whole
from reports.pages import render, write_file
from reports.reading import RunData, RunFigures, records

ALL = "*"
WHOLE = (ALL, ALL, ALL)
KEYS = ("category", "channel", "market")
_MEASURES = ("net_revenue", "cost", "margin", "units")
_QUANTILES = ("p10", "p50", "p90")
_NONE = {f"{name}_mean": 0.0 for name in _MEASURES}
Row = dict[str, Any]


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
    compared = tables[0]["compared"] if months else []
    return render(
        "budget.html",
        data=data,
        months=months,
        first_month=f"{months[0]['month']:%Y-%m}" if months else "",
        last_month=f"{months[-1]['month']:%Y-%m}" if months else "",
        compared=compared,
        left_out=[f"{row['month']:%Y-%m}" for row in months if f"{row['month']:%Y-%m}" not in compared],
        figures=_figures(data, tables[0]) if months else [],
        promotions=_promotions(figures),
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
    line: Row = {
        "label": label,
        "same_months": None,
        "last_year": None,
        "change": None,
        "plan": None,
        "over_plan": None,
    }
    for name in _MEASURES:
        line[name] = row[f"{name}_mean"]
        line |= {f"{name}_{quantile}": row.get(f"{name}_{quantile}") for quantile in _QUANTILES}
    return line


def _by_month(months: list[Row], figures: RunFigures) -> Row:
    """The months, and totals: of all of them, and of those that last year or the company's budget has as well."""
    rows = []
    for row in months:
        line = _line(f"{row['month']:%Y-%m}", row)
        before = figures.last_year.get((_year_before(row["month"]), WHOLE))
        line["last_year"] = _amount(before, "net_revenue")
        line["plan"] = _amount(figures.plan.get(line["label"]), "net_revenue")
        rows.append(line)
    total = _sum(rows, "Twelve months", figures.year[WHOLE])
    _round(rows, total)
    others = []
    for name, words in (("last_year", "last year has"), ("plan", "the budget has")):
        both = [row for row in rows if row[name] is not None]
        if len(both) == len(rows):
            total[name] = sum(row[name] for row in both)
        elif both:
            months_named = f"The {len(both)} months" if len(both) > 1 else "The month"
            partial = _sum(both, f"{months_named} that {words}", {})
            others.append(partial | {name: sum(row[name] for row in both)})
    for line in (*rows, total, *others):
        _ratios(line, line["net_revenue"])
    return {
        "identity": "month",
        "title": "By month",
        "label": "Month",
        "rows": rows,
        "total": total,
        "others": others,
        "compared": [row["label"] for row in rows if row["last_year"] is not None],
        "has_plan": bool(figures.plan),
        "is_partial": False,
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
        if comparable:
            mine = single[single[key] == value]
            in_both = mine["month"].map(lambda month: _year_before(month) in comparable)
            before = (last_year.get((month, group)) for month in sorted(comparable))
            line["same_months"] = float(mine.loc[in_both, "net_revenue_mean"].sum())
            line["last_year"] = sum(row["net_revenue"] for row in before if row)
        rows.append(line)
    rows.sort(key=lambda line: (-line["net_revenue"], line["label"]))
    whole = total | {"label": {"category": "All categories"}.get(key, f"All {key}s")}
    _round(rows, whole)
    if comparable:
        whole |= {name: sum(row[name] for row in rows) for name in ("same_months", "last_year")}
    for line in (*rows, whole):
        _ratios(line, line["same_months"])
    return {
        "identity": key,
        "title": f"By {key}, twelve months",
        "label": key.capitalize(),
        "rows": rows,
        "total": whole,
        "others": [],
        "has_plan": False,
        "is_partial": 0 < len(comparable) < len(months),
    }


def _sum(rows: list[Row], label: str, whole: Row) -> Row:
    """The total line: expected values added, quantiles of the year's own scenario sums."""
    means = {f"{name}_mean": sum(row[name] for row in rows) for name in _MEASURES}
    return _line(label, whole | means)


def _round(rows: list[Row], total: Row) -> None:
    """Expected values to whole numbers that add up to the rounded total."""
    for name in (*_MEASURES, "same_months", "last_year", "plan"):
        known = [row for row in rows if row[name] is not None]
        for row, value in zip(known, apportion([row[name] for row in known]), strict=True):
            row[name] = value
    for name in _MEASURES:
        total[name] = round(total[name])


def _ratios(line: Row, compared: float | None) -> None:
    """Change of `compared` (revenue of the months that last year has too), distance to the budget, margin's share."""
    line["change"] = compared / line["last_year"] - 1 if compared is not None and line["last_year"] else None
    line["over_plan"] = line["net_revenue"] / line["plan"] - 1 if line["plan"] else None
    line["margin_share"] = line["margin"] / line["net_revenue"] if line["net_revenue"] else None


def _promotions(figures: RunFigures) -> str:
    """Which promotions the forecast holds, and what that means for the comparison with last year."""
    until = figures.announced_until
    announced = f"announced ones, until {until}" if until else "none is announced"
    if figures.promotions == "as_last_year":
        return f"Promotions: {announced}; beyond that last year's come again on the same days (budget.promotions)."
    words = f"Promotions: only {announced}." if until else f"Promotions: {announced}, and none is expected."
    if figures.last_year_promoted:
        words += (
            f" Last year {percent(figures.last_year_promoted)} of revenue was sold on promotion, so months without an "
            'announced promotion compare low. With budget.promotions = "as_last_year" in restock.toml last year\'s '
            "promotions are expected again."
        )
    return words


def _amount(row: Row | None, name: str) -> float | None:
    return None if row is None else row.get(name)


def _year_before(month: dt.date) -> str:
    return f"{month.year - 1}-{month:%m}"


def _figures(data: RunData, table: Row) -> list[dict[str, str]]:
    total, rows = table["total"], table["rows"]
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
                "more": f"P10 {estimate(low)} to P90 {about(high, unit)}",
            }
        )
    figures.append(
        {
            "what": "Margin, share of revenue",
            "value": percent(total["margin_share"]),
            "more": "after returns and channel costs",
        }
    )
    figures += _against(rows, "last_year", "net_revenue", "Revenue against last year", "sold", data.currency)
    chance_words = f", {chance(data.figures.probability_of_plan)} chance of reaching it"
    against = _against(rows, "plan", "net_revenue", "Revenue against budget", "budgeted", data.currency)
    figures += [figure | {"more": figure["more"] + chance_words} for figure in against]
    margins = [row | {"plan": _amount(data.figures.plan.get(row["label"]), "margin")} for row in rows]
    figures += _against(margins, "plan", "margin", "Margin against budget", "budgeted", data.currency)
    return figures


def _against(rows: list[Row], other: str, measure: str, what: str, words: str, currency: str) -> list[dict[str, str]]:
    """The expected value against another, of the months that have both; nothing where none has.

    Parameters
    ----------
    rows: the months.
    other, measure: names of what is compared with, and of what is expected.
    what, words: heading of the figure, and what the other amount is.
    currency: the base currency.
    """
    both = [row for row in rows if row[other] is not None]
    expected, known = sum(row[measure] for row in both), sum(row[other] for row in both)
    if not known:
        return []
    months = "" if len(both) == len(rows) else f", {len(both)} months"
    more = f"{whole(expected)} {currency} expected, {whole(known)} {currency} {words}"
    return [{"what": f"{what}{months}", "value": change(expected / known - 1), "more": more}]


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
