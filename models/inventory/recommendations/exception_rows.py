"""The exceptions of a decided bucket: what a person should look at, and from which figure on."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from features.arrays import Floats
from models.inventory.position.feed_matching import ON_ITS_WAY
from models.inventory.recommendations.plan import Plan
from models.inventory.recommendations.reasons import ExceptionFigures
from models.inventory.terms.columns import days, texts
from models.inventory.terms.order_limits import CUT_OVER, DO_NOT_ORDER, MAXIMUM_ORDER, MAXIMUM_STOCK, SOURCE_STOCK

COLUMNS = ["sku", "location", "kind", "severity", "message", "figures"]
AT_RISK_PROBABILITY = 0.25
"""An item is at risk when it runs out, so likely, before an order placed now arrives."""
_ORDER = {"critical": 0, "warning": 1, "info": 2}
_HELD_BACK = (CUT_OVER, DO_NOT_ORDER, MAXIMUM_STOCK, MAXIMUM_ORDER, SOURCE_STOCK)

Found = tuple[str, str, str, dict[str, object]]
"""Kind, severity, message (after the item's name) and figures."""


def exception_rows(plan: Plan, days_of_supply: Floats) -> pd.DataFrame:
    """Exceptions of a bucket, sorted by item, severity and kind.

    Kinds: no_terms, no_inventory, stockout_now, at_risk, overstock, dead_stock, overdue_order, unseen_export,
    forecast_fallback, new_item, ending_item, negative_margin, margin_assumed, held_back. Every message says what, why
    and what to do; figures hold the threshold.

    Parameters
    ----------
    plan: the decided bucket.
    days_of_supply: (items,) NaN for unknown stock or no demand.

    Returns
    -------
    DataFrame with columns `COLUMNS`.
    """
    facts = _facts(plan, days_of_supply)
    checks = (_missing, _running_out, _too_much, _forecast, _ending, _margin, _held_back)
    found: list[tuple[object, ...]] = []
    for row, (sku, place) in enumerate(zip(facts.sku, facts.location, strict=True)):
        for check in checks:
            found += [(sku, place, kind, severity, f"{sku} at {place}: {text}", _plain(figures))
                      for kind, severity, text, figures in check(plan, facts, row)]  # fmt: skip
    found += _of_lines(plan)
    frame = pd.DataFrame(found, columns=COLUMNS)
    if frame.empty:
        return frame
    ranked = frame.assign(_severity=frame["severity"].map(_ORDER), _place=range(len(frame)))
    ranked = ranked.sort_values(["sku", "location", "_severity", "kind", "_place"], kind="stable")
    return ranked[COLUMNS].reset_index(drop=True)


@dataclass(frozen=True)
class _Facts:
    """What several checks look at; arrays (items,)."""

    sku: list[str]
    location: list[str]
    available: Floats
    on_hand: Floats
    demand: Floats
    lasting: Floats
    unsold_days: Floats
    knows_sales: bool
    ended: np.ndarray
    fallback: np.ndarray
    successor: np.ndarray
    coming: dict[int, tuple[float, object]]


def _facts(plan: Plan, days_of_supply: Floats) -> _Facts:
    state = plan.state
    today = np.datetime64(state.as_of, "D")
    on_hand = np.nan_to_num(state.stock.on_hand)
    sold = days(state.items, "last_sale_on")
    unsold = np.where(np.isnat(sold), np.inf, (today - sold).astype("float64"))
    return _Facts(
        sku=state.items["sku"].tolist(),
        location=state.items["location"].tolist(),
        available=state.stock.available,
        on_hand=on_hand,
        demand=state.daily_demand,
        lasting=np.where(np.isnan(days_of_supply) & (on_hand > 0), np.inf, days_of_supply),
        unsold_days=unsold,
        knows_sales="last_sale_on" in state.items.columns,
        ended=~np.isnat(state.ends_on) & (state.ends_on <= today),
        fallback=texts(state.items, "fallback_reason"),
        successor=texts(state.items, "successor_sku"),
        coming=_first_coming(plan),
    )


def _missing(plan: Plan, facts: _Facts, row: int) -> list[Found]:
    found: list[Found] = []
    figures: dict[str, object] = {"daily_demand": facts.demand[row]}
    if not plan.state.has_source[row]:
        text = "no supplier's terms and no transfer terms, so no order can be suggested; add its supply_terms"
        found.append(("no_terms", "warning", text, figures))
    if not plan.state.stock.known[row]:
        text = "no inventory row, so its stock is unknown and nothing is suggested; deliver its stock"
        found.append(("no_inventory", "warning", text, figures))
    return found


def _running_out(plan: Plan, facts: _Facts, row: int) -> list[Found]:
    if not plan.state.stock.known[row] or facts.demand[row] <= 0 or facts.ended[row]:
        return []
    lost, chance = plan.stake.lost_before_arrival[row], plan.stake.short_before_arrival[row]
    if facts.available[row] <= 0:
        text = f"nothing left to sell and about {facts.demand[row]:.3g} wanted a day; {_relief(plan, facts, row)}"
        figures = {"available": facts.available[row], "expected_lost_before_arrival": lost}
        return [("stockout_now", "critical", text, figures)]
    if plan.state.has_source[row] and chance >= AT_RISK_PROBABILITY:
        text = f"{chance:.0%} likely to run out before an order placed now arrives; {_relief(plan, facts, row)}"
        figures = {"probability": chance, "expected_lost_before_arrival": lost}
        listed = ExceptionFigures(threshold=AT_RISK_PROBABILITY)
        return [("at_risk", "warning", text, figures | listed.to_json())]
    return []


def _too_much(plan: Plan, facts: _Facts, row: int) -> list[Found]:
    on_hand, lasting = facts.on_hand[row], facts.lasting[row]
    if on_hand <= 0 or plan.is_new[row]:
        return []
    rules, cost = plan.rules, plan.costs.unit_cost[row]
    unsold = facts.unsold_days[row]
    if facts.knows_sales and unsold > rules.dead_stock_days:
        since = "never sold" if np.isinf(unsold) else f"not sold for {unsold:.0f} days"
        text = f"{on_hand:,.0f} in stock and {since}; sell off, move or write off"
        listed = ExceptionFigures(value_base=on_hand * cost, threshold=rules.dead_stock_days)
        return [("dead_stock", "warning", text, {"days": unsold} | listed.to_json())]
    if lasting > rules.overstock_days:
        excess = max(on_hand - facts.demand[row] * rules.overstock_days, 0.0)
        span = "no demand is expected" if np.isinf(lasting) else f"it lasts {lasting:,.0f} days"
        text = f"{on_hand:,.0f} in stock, {span}; more than {rules.overstock_days} days count as overstock"
        figures = {"days_of_supply": lasting, "excess_units": excess}
        listed = ExceptionFigures(value_base=excess * cost, threshold=rules.overstock_days)
        return [("overstock", "info", text, figures | listed.to_json())]
    return []


def _forecast(plan: Plan, facts: _Facts, row: int) -> list[Found]:
    found: list[Found] = []
    reason = facts.fallback[row]
    if reason is not None:
        text = f"its forecast is a stopgap ({reason}); check it before ordering much"
        found.append(("forecast_fallback", "info", text, {"reason": reason}))
    if plan.is_new[row]:
        text = "new, so its forecast rests on few sales; check it before ordering much"
        found.append(("new_item", "info", text, {"daily_demand": facts.demand[row]}))
    return found


def _ending(plan: Plan, facts: _Facts, row: int) -> list[Found]:
    ends_on, left = plan.state.ends_on[row], facts.available[row]
    if np.isnat(ends_on) or not (left > 0 or plan.order[row] > 0):
        return []
    after = f", followed by {facts.successor[row]}" if facts.successor[row] is not None else ""
    ending = "ended" if facts.ended[row] else "ends"
    text = f"{ending} on {ends_on}{after}; {left:,.0f} still to be sold"
    return [("ending_item", "info", text, {"ends_on": str(ends_on), "available": left})]


def _margin(plan: Plan, facts: _Facts, row: int) -> list[Found]:  # noqa: ARG001
    if not plan.state.has_source[row]:
        return []
    gain = plan.costs.contribution[row]
    if gain <= 0:
        text = (
            f"a sale earns nothing after cost and fees ({gain:,.2f} {plan.rules.base_currency}); check price and cost"
        )
        return [("negative_margin", "warning", text, {"contribution": gain})]
    if plan.costs.margin_is_assumed[row]:
        margin = plan.rules.gross_margin_default
        text = f"price or cost is unknown, so a margin of {margin:.0%} is assumed; add the missing figure"
        return [("margin_assumed", "info", text, {"margin": margin})]
    return []


def _held_back(plan: Plan, facts: _Facts, row: int) -> list[Found]:  # noqa: ARG001
    wanted, order = plan.levels.wanted[row], plan.order[row]
    if plan.binding[row] not in _HELD_BACK or wanted <= 0 or not plan.state.stock.known[row]:
        return []
    text = f"{wanted:,.0f} wanted, {order:,.0f} suggested because of {plan.binding[row]}"
    figures: dict[str, object] = {"wanted_units": wanted, "order_units": order}
    return [("held_back", "info", text, figures | {"expected_lost_units": plan.stake.expected_lost_units[row]})]


def _first_coming(plan: Plan) -> dict[int, tuple[float, object]]:
    """Units and likely day of the next delivery of each item that has one."""
    lines = plan.state.supply.lines
    expected = lines[lines["is_expected"].to_numpy(dtype=bool)].sort_values(["item", "median_on"], kind="stable")
    first = expected.drop_duplicates("item")
    return {
        int(item): (float(units), day.date())
        for item, units, day in zip(first["item"], first["units"], first["median_on"], strict=True)
    }


def _relief(plan: Plan, facts: _Facts, row: int) -> str:
    """What there is to hope for: the next delivery, the order suggested, or nothing."""
    if row in facts.coming:
        units, day = facts.coming[row]
        return f"{units:,.0f} are expected around {day}, ask to pull them forward"
    if plan.order[row] > 0:
        return f"the order suggested arrives around {plan.state.calendar.expected_on[row]}, ask for a faster way"
    return "nothing is on its way"


def _of_lines(plan: Plan) -> list[tuple[object, ...]]:
    """Overdue orders, and exported lines that the feed does not show."""
    lines = plan.state.supply.lines
    exported = days(lines, "exported_on")
    age = (np.datetime64(plan.state.as_of, "D") - exported).astype("float64")
    limit = plan.rules.unseen_export_days
    found: list[tuple[object, ...]] = []

    for place, record in enumerate(lines.to_dict("records")):
        line = {str(name): value for name, value in record.items()}
        if line["overdue_days"] > 0:
            found.append(_of_line(line, _overdue(line, plan.rules.overdue_days_counted)))
        is_ours = line["kind"] == "planned_line" and line["state"] in ON_ITS_WAY
        if is_ours and not np.isnat(exported[place]) and age[place] > limit:
            number = line["order_number"]
            text = (
                f"line {number}, exported {age[place]:.0f} days ago, is not in the feed and still counted; "
                "check that the order was placed, or cancel the line"
            )
            figures = {"line_id": number, "units": line["units"], "days": age[place], "threshold": limit}
            found.append(_of_line(line, ("unseen_export", "warning", text, figures)))
    return found


def _of_line(line: dict[str, Any], found: Found) -> tuple[object, ...]:
    kind, severity, text, figures = found
    sku, place = line["sku"], line["location"]
    return (sku, place, kind, severity, f"{sku} at {place}: {text}", _plain(figures))


def _overdue(line: dict[str, Any], limit: int) -> Found:
    """The exception of an overdue line."""
    counted, late = bool(line["is_expected"]), int(line["overdue_days"])
    likely = line["median_on"].date()
    fate = f"still counted, likely around {likely}" if counted else f"no longer counted after {limit} days"
    sender = f" from {line['supplier']}" if line["supplier"] is not None else ""
    text = f"{line['units']:,.0f} of {line['order_number']}{sender} overdue by {late} days, {fate}; ask for a date"
    figures: dict[str, object] = {name: line[name] for name in ("order_number", "line_number", "units")}
    figures |= {"overdue_days": late, "counted": counted, "threshold": limit}
    return "overdue_order", "warning" if counted else "critical", text, figures


def _plain(figures: dict[str, object]) -> dict[str, object]:
    """JSON-able figures; None where there is none, or no end to it."""
    return {name: _figure(value) for name, value in figures.items()}


def _figure(value: object) -> object:
    if isinstance(value, float | np.floating):
        return float(f"{value:.9g}") if np.isfinite(value) else None
    return int(value) if isinstance(value, np.integer) else value
