"""The exceptions of a decided bucket: what a person should look at, and from which figure on."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from features.arrays import Floats
from models.inventory.position.feed_matching import ON_ITS_WAY
from models.inventory.position.inventory_position import units_by_item
from models.inventory.position.open_supply import PARTLY_RECEIVED
from models.inventory.recommendations.figures import next_deliveries
from models.inventory.recommendations.plan import Plan
from models.inventory.recommendations.reasons import ExceptionFigures
from models.inventory.recommendations.sentences import SPANS, pace
from models.inventory.terms.columns import days, texts
from models.inventory.terms.order_limits import CUT_OVER, DO_NOT_ORDER, MAXIMUM_ORDER, MAXIMUM_STOCK, SOURCE_STOCK

COLUMNS = ["sku", "location", "kind", "severity", "message", "figures"]
AT_RISK_PROBABILITY = 0.25
"""An item is at risk when it runs out, so likely, before an order placed now arrives."""
_WORTH_TELLING = 0.5
_ORDER = {"critical": 0, "warning": 1, "info": 2}
_HELD_BACK = (CUT_OVER, DO_NOT_ORDER, MAXIMUM_STOCK, MAXIMUM_ORDER, SOURCE_STOCK)

Found = tuple[str, str, str, dict[str, object]]
"""Kind, severity, message (after the item's name) and figures."""


def exception_rows(plan: Plan, days_of_supply: Floats) -> pd.DataFrame:
    """Exceptions of a bucket, sorted by item, severity and kind.

    Kinds: no_terms, no_inventory, stockout_now, at_risk, overstock, dead_stock, overdue_order, unseen_export,
    receipts_missing, owed_twice, forecast_fallback, new_item, ending_item, negative_margin, margin_assumed, held_back.
    Every message says what, why and what to do; figures hold the threshold.

    Parameters
    ----------
    plan: the decided bucket.
    days_of_supply: (items,) NaN for unknown stock or no demand.

    Returns
    -------
    DataFrame with columns `COLUMNS`.
    """
    facts = _facts(plan, days_of_supply)
    checks = (_missing, _owed_twice, _running_out, _too_much, _forecast, _ending, _margin, _held_back)
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
    wanted_until_end: Floats
    to_come: Floats
    left_over: Floats


def _facts(plan: Plan, days_of_supply: Floats) -> _Facts:
    state = plan.state
    today = np.datetime64(state.as_of, "D")
    on_hand = np.nan_to_num(state.stock.on_hand)
    sold = days(state.items, "last_sale_on")
    unsold = np.where(np.isnat(sold), np.inf, (today - sold).astype("float64"))
    wanted, to_come = _until_the_end(plan)
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
        wanted_until_end=wanted,
        to_come=to_come,
        left_over=np.maximum(np.nan_to_num(state.stock.available) + to_come - wanted, 0.0),
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


def _owed_twice(plan: Plan, facts: _Facts, row: int) -> list[Found]:
    """Negative stock beside backorders: the same units told twice, or twice as many owed."""
    short, waiting = -facts.on_hand[row], plan.state.stock.backordered[row]
    if short <= 0 or waiting <= 0:
        return []
    text = (
        f"on hand is {-short:,.0f} and {waiting:,.0f} are backordered, so {short + waiting:,.0f} count as owed to "
        "customers; where both mean the same units, deliver them in one of the two columns"
    )
    return [("owed_twice", "warning", text, {"on_hand": -short, "backordered": waiting})]


def _running_out(plan: Plan, facts: _Facts, row: int) -> list[Found]:
    if not plan.state.stock.known[row] or facts.demand[row] <= 0 or facts.ended[row]:
        return []
    lost, chance = plan.stake.lost_before_arrival[row], plan.stake.short_before_arrival[row]
    ahead = plan.state.sells_from[row]
    if facts.available[row] <= 0 and np.isnat(ahead):
        wanted, span = pace(facts.demand[row])
        text = f"out of stock and {wanted} wanted a {SPANS[span]}; {_relief(plan, facts, row)}"
        figures = {"available": facts.available[row], "expected_lost_before_arrival": lost}
        return [("stockout_now", "critical", text, figures)]
    if plan.state.has_source[row] and chance >= AT_RISK_PROBABILITY:
        first = "" if np.isnat(ahead) else f"to be sold from {ahead} on, and "
        text = f"{first}{chance:.0%} likely to run out before an order placed now arrives; {_relief(plan, facts, row)}"
        figures = {"probability": chance, "expected_lost_before_arrival": lost}
        listed = ExceptionFigures(threshold=AT_RISK_PROBABILITY)
        return [("at_risk", "warning", text, figures | listed.to_json())]
    return []


def _too_much(plan: Plan, facts: _Facts, row: int) -> list[Found]:
    on_hand, lasting = facts.on_hand[row], facts.lasting[row]
    if on_hand <= 0 or plan.is_new[row]:
        return []
    # What is ordered is not too much at the same time, unless a person asks for what nobody buys.
    ordered = plan.order[row] > 0
    rules, cost = plan.rules, plan.costs.unit_cost[row]
    unsold = facts.unsold_days[row]
    if facts.knows_sales and unsold > rules.dead_stock_days and (not ordered or plan.required[row] > 0):
        since = "never sold" if np.isinf(unsold) else f"not sold for {unsold:.0f} days"
        text = f"{on_hand:,.0f} in stock and {since}; sell off, move or write off"
        listed = ExceptionFigures(value_base=on_hand * cost, threshold=rules.dead_stock_days)
        return [("dead_stock", "warning", text, {"days": unsold} | listed.to_json())]
    sold_out = not np.isnat(plan.state.ends_on[row]) and not facts.ended[row]  # what is left then: `_ending`
    if lasting > rules.overstock_days and not sold_out and not ordered:
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
    figures: dict[str, object] = {"ends_on": str(ends_on), "available": left}
    if facts.ended[row]:
        return [("ending_item", "info", f"ended on {ends_on}{after}; {_rest(left)}", figures)]
    wanted, over = facts.wanted_until_end[row], facts.left_over[row]
    rest = f", so about {over:,.0f} will be left over" if over >= _WORTH_TELLING else ""
    more = facts.to_come[row]
    coming = f" and {more:,.0f} more to come" if more >= _WORTH_TELLING else ""
    text = f"ends on {ends_on}{after}; {_rest(left)}{coming}, about {wanted:,.0f} wanted until then{rest}"
    listed = ExceptionFigures(value_base=over * plan.costs.unit_cost[row])
    figures |= {"wanted_units": wanted, "left_over_units": over}
    return [("ending_item", "info", text, figures | listed.to_json())]


def _rest(left: float) -> str:
    """What is there of an ending item."""
    return f"{left:,.0f} still to be sold" if left > 0 else f"{-left:,.0f} on backorder" if left < 0 else "none left"


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
    first = next_deliveries(plan).dropna()
    return {
        int(item): (float(units), day.date())
        for item, units, day in zip(first.index, first["units"], first["median_on"], strict=True)
    }


def _until_the_end(plan: Plan) -> tuple[Floats, Floats]:
    """(items,) units wanted until the item ends, and units that come by then or are suggested."""
    state = plan.state
    last = np.where(np.isnat(state.ends_on), 0, state.offset(state.ends_on))
    wanted = state.demand.expected(1, last)
    lines = state.supply.lines
    ends_on = state.ends_on[lines["item"].to_numpy(dtype=np.int64)]
    in_time = lines["is_expected"].to_numpy(dtype=bool) & (days(lines, "median_on") <= ends_on)
    return wanted, units_by_item(lines, len(state), in_time) + plan.order


def _relief(plan: Plan, facts: _Facts, row: int) -> str:
    """What there is to hope for: the next delivery, the order suggested, or nothing."""
    if row in facts.coming:
        units, day = facts.coming[row]
        return f"{units:,.0f} are expected around {day}, ask to pull them forward"
    if plan.order[row] > 0:
        return f"the order suggested arrives around {plan.state.calendar.expected_on[row]}, ask for a faster way"
    return "nothing is on its way"


def _of_lines(plan: Plan) -> list[tuple[object, ...]]:
    """Overdue orders, orders received in part without a receipt, exported lines that the feed does not show."""
    lines = plan.state.supply.lines
    exported = days(lines, "exported_on")
    age = (np.datetime64(plan.state.as_of, "D") - exported).astype("float64")
    limit = plan.rules.unseen_export_days
    found: list[tuple[object, ...]] = []

    for place, record in enumerate(lines.to_dict("records")):
        line = {str(name): value for name, value in record.items()}
        if line["overdue_days"] > 0:
            found.append(_of_line(line, _overdue(line, plan.rules.overdue_days_counted)))
        if line["state"] == PARTLY_RECEIVED and line["received_units"] <= 0:
            found.append(_of_line(line, _without_receipts(line)))
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


def _without_receipts(line: dict[str, Any]) -> Found:
    """The exception of a line that came in part, nobody knows how much of it."""
    number, units = line["order_number"], line["units"]
    text = (
        f"{number} is received in part and none of its receipts is there, so all {units:,.0f} ordered units count as "
        "still to come; deliver its receipts, or the units that are still to come"
    )
    return "receipts_missing", "warning", text, {"order_number": number, "units": units}


def _overdue(line: dict[str, Any], limit: int) -> Found:
    """The exception of an overdue line."""
    counted, late = bool(line["is_expected"]), int(line["overdue_days"])
    likely = line["median_on"].date()
    fate = f"still counted, likely around {likely}" if counted else f"no longer counted after {limit} days"
    sender = f" from {line['supplier']}" if line["supplier"] is not None else ""
    since = "overdue by" if pd.notna(line["expected_on"]) else "open without a date, longer than usual by"
    text = f"{line['units']:,.0f} of {line['order_number']}{sender} {since} {late} days, {fate}; ask for a date"
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
