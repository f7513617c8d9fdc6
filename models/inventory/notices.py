"""What a person should look at: the exceptions of a decided bucket."""

from typing import Any

import numpy as np
import pandas as pd

from models.inventory.columns import days, texts
from models.inventory.open_supply import ON_ITS_WAY
from models.inventory.rows import Plan
from models.inventory.sizing import DO_NOT_ORDER, MAXIMUM_ORDER, MAXIMUM_STOCK, SOURCE_STOCK

COLUMNS = ["sku", "location", "kind", "severity", "message", "figures"]
AT_RISK_PROBABILITY = 0.25
"""An item is at risk when it runs out, so likely, before an order placed tonight arrives."""
_ORDER = {"critical": 0, "warning": 1, "info": 2}


def notices(plan: Plan, recommendations: pd.DataFrame) -> pd.DataFrame:
    """Exceptions of a bucket, sorted by item, severity and kind.

    Kinds: no_terms, no_inventory, stockout_now, at_risk, overstock, dead_stock, overdue_order, unseen_export,
    forecast_fallback, new_item, ending_item, negative_margin, margin_assumed, held_back. Every message says what, why
    and what to do; figures hold the threshold.

    Returns
    -------
    DataFrame with `COLUMNS`.
    """
    found = [*_of_items(plan, recommendations), *_of_lines(plan)]
    frame = pd.DataFrame(found, columns=COLUMNS)
    if frame.empty:
        return frame
    frame["_severity"] = frame["severity"].map(_ORDER)
    frame["_place"] = range(len(frame))
    frame = frame.sort_values(["sku", "location", "_severity", "kind", "_place"], kind="stable")
    return frame[COLUMNS].reset_index(drop=True)


def _of_items(plan: Plan, rows: pd.DataFrame) -> list[tuple[Any, ...]]:
    known, rules, stake = plan.known, plan.rules, plan.stake
    today = np.datetime64(known.as_of, "D")
    sku, place = rows["sku"].to_numpy(), rows["location"].to_numpy()
    available = known.stock.available
    demand = known.daily_demand
    on_hand = np.nan_to_num(known.stock.on_hand)
    supply = rows["days_of_supply"].to_numpy(dtype=np.float64)
    lasting = np.where(np.isnan(supply) & (on_hand > 0), np.inf, supply)
    sold = days(known.items, "last_sale_on")
    unsold = (today - sold).astype("float64")
    unsold = np.where(np.isnat(sold), np.inf, unsold)
    knows_sales = "last_sale_on" in known.items.columns
    fallback = texts(known.items, "fallback_reason")
    successor = texts(known.items, "successor_sku")
    worth = on_hand * plan.costs.unit_cost
    coming = _first_coming(plan)
    found: list[tuple[Any, ...]] = []

    def add(row: int, kind: str, severity: str, message: str, **figures: Any) -> None:
        plain = {name: _figure(value) for name, value in figures.items()}
        found.append((sku[row], place[row], kind, severity, message, plain))

    for row in range(len(known)):
        item = f"{sku[row]} at {place[row]}"
        if not known.has_source[row]:
            text = (
                f"{item}: no supplier's terms and no transfer terms, so no order can be suggested; add its supply_terms"
            )
            add(row, "no_terms", "warning", text, daily_demand=demand[row])
        if not known.stock.known[row]:
            text = f"{item}: no inventory row, so its stock is unknown and nothing is suggested; deliver its stock"
            add(row, "no_inventory", "warning", text, daily_demand=demand[row])
        ended = not np.isnat(known.ends_on[row]) and known.ends_on[row] <= today
        active = known.stock.known[row] and demand[row] > 0 and not ended
        if active and available[row] <= 0:
            text = (
                f"{item}: nothing left to sell and about {demand[row]:.3g} wanted a day; {_relief(plan, row, coming)}"
            )
            lost = stake.lost_before_arrival[row]
            add(row, "stockout_now", "critical", text, available=available[row], expected_lost_before_arrival=lost)
        elif active and known.has_source[row] and stake.short_before_arrival[row] >= AT_RISK_PROBABILITY:
            chance = stake.short_before_arrival[row]
            text = f"{item}: runs out before an order placed now arrives, with probability {chance:.0%}; {_relief(plan, row, coming)}"
            lost = stake.lost_before_arrival[row]
            add(row, "at_risk", "warning", text, probability=chance, threshold=AT_RISK_PROBABILITY, expected_lost=lost)
        dead = knows_sales and on_hand[row] > 0 and unsold[row] > rules.dead_stock_days
        since = "never sold" if np.isinf(unsold[row]) else f"not sold for {unsold[row]:.0f} days"
        if dead and not plan.is_new[row]:
            text = f"{item}: {on_hand[row]:,.0f} in stock and {since}; sell off, move or write off"
            add(
                row,
                "dead_stock",
                "warning",
                text,
                days=unsold[row],
                threshold=rules.dead_stock_days,
                value_base=worth[row],
            )
        elif on_hand[row] > 0 and lasting[row] > rules.overstock_days and not plan.is_new[row]:
            excess = max(on_hand[row] - demand[row] * rules.overstock_days, 0.0)
            span = "no demand is expected" if np.isinf(lasting[row]) else f"it lasts {lasting[row]:,.0f} days"
            text = f"{item}: {on_hand[row]:,.0f} in stock, {span}; threshold {rules.overstock_days} days"
            value = excess * plan.costs.unit_cost[row]
            add(row, "overstock", "info", text, days_of_supply=lasting[row], excess_units=excess, value_base=value)
        if fallback[row] is not None:
            text = f"{item}: its forecast is a stopgap ({fallback[row]}); check it before ordering much"
            add(row, "forecast_fallback", "info", text, reason=fallback[row])
        if plan.is_new[row]:
            add(row, "new_item", "info", f"{item}: new, so its forecast rests on few sales", daily_demand=demand[row])
        if not np.isnat(known.ends_on[row]) and (available[row] > 0 or plan.order[row] > 0):
            after = f", followed by {successor[row]}" if successor[row] is not None else ""
            text = f"{item}: ends on {known.ends_on[row]}{after}; {available[row]:,.0f} to sell until then"
            add(row, "ending_item", "info", text, ends_on=str(known.ends_on[row]), available=available[row])
        if known.has_source[row] and plan.costs.contribution[row] <= 0:
            text = f"{item}: a sale earns nothing after cost and fees ({plan.costs.contribution[row]:,.2f}); check price and cost"
            add(row, "negative_margin", "warning", text, contribution=plan.costs.contribution[row])
        elif known.has_source[row] and plan.costs.margin_is_assumed[row]:
            text = f"{item}: price or cost is unknown, so a margin of {rules.gross_margin_default:.0%} is assumed"
            add(row, "margin_assumed", "info", text, margin=rules.gross_margin_default)
        if (
            plan.binding[row] in {DO_NOT_ORDER, MAXIMUM_STOCK, MAXIMUM_ORDER, SOURCE_STOCK}
            and plan.levels.wanted[row] > 0
        ):
            text = f"{item}: {plan.levels.wanted[row]:,.0f} wanted, {plan.order[row]:,.0f} suggested because of {plan.binding[row]}"
            wanted, lost = plan.levels.wanted[row], stake.expected_lost_units[row]
            add(row, "held_back", "info", text, wanted_units=wanted, expected_lost_units=lost)
    return found


def _first_coming(plan: Plan) -> dict[int, tuple[float, Any]]:
    """Units and likely day of the next delivery of each item that has one."""
    lines = plan.known.supply.lines
    expected = lines[lines["is_expected"].to_numpy(dtype=bool)].sort_values(["item", "median_on"], kind="stable")
    first = expected.drop_duplicates("item")
    return {
        int(item): (float(units), day.date())
        for item, units, day in zip(first["item"], first["units"], first["median_on"], strict=True)
    }


def _relief(plan: Plan, row: int, coming: dict[int, tuple[float, Any]]) -> str:
    """What there is to hope for: the next delivery, tonight's order, or nothing."""
    if row in coming:
        units, day = coming[row]
        return f"{units:,.0f} are expected around {day}, ask to pull them forward"
    if plan.order[row] > 0:
        return f"the order suggested arrives around {plan.known.calendar.expected_on[row]}, ask for a faster way"
    return "nothing is on its way"


def _of_lines(plan: Plan) -> list[tuple[Any, ...]]:
    """Overdue orders, and exported lines that the feed does not show."""
    known, rules = plan.known, plan.rules
    today = np.datetime64(known.as_of, "D")
    lines = known.supply.lines
    exported = days(lines, "exported_on")
    age = (today - exported).astype("float64")
    found: list[tuple[Any, ...]] = []
    for place, line in enumerate(lines.itertuples(index=False)):
        number = f"{line.order_number} line {line.line_number}"
        item = f"{line.sku} at {line.location}"
        if line.overdue_days > 0:
            fate = (
                f"still counted, likely around {line.median_on.date()}"
                if line.is_expected
                else f"no longer counted after {rules.overdue_days_counted} days"
            )
            sender = f" from {line.supplier}" if line.supplier is not None else ""
            text = f"{item}: {line.units:,.0f} of {number}{sender} overdue by {line.overdue_days} days, {fate}; ask for a date"
            figures = {
                "order_number": line.order_number,
                "line_number": line.line_number,
                "units": _figure(line.units),
                "overdue_days": int(line.overdue_days),
                "counted": bool(line.is_expected),
                "threshold": rules.overdue_days_counted,
            }
            severity = "warning" if line.is_expected else "critical"
            found.append((line.sku, line.location, "overdue_order", severity, text, figures))
        unseen = line.kind == "planned_line" and line.state in ON_ITS_WAY and not np.isnat(exported[place])
        if unseen and age[place] > rules.unseen_export_days:
            text = f"{item}: line {line.order_number}, exported {age[place]:.0f} days ago, is not in the feed; still counted"
            figures = {"line_id": line.order_number, "units": _figure(line.units), "days": int(age[place])}
            figures["threshold"] = rules.unseen_export_days
            text += "; check that the order was placed, or cancel the line"
            found.append((line.sku, line.location, "unseen_export", "warning", text, figures))
    return found


def _figure(value: Any) -> Any:
    """A JSON-able figure; None where there is none, or no end to it."""
    if isinstance(value, (float, np.floating)):
        return float(f"{value:.9g}") if np.isfinite(value) else None
    if isinstance(value, (int, np.integer)):
        return int(value)
    return value
