"""Why: the figures of a line and the sentence that a planner would write about it."""

import datetime as dt
import math
from collections.abc import Mapping
from typing import Any

Figures = Mapping[str, Any]
_MANY_DAYS = 730
_WEEK_DAYS = 7
_LIMITS = ("maximum stock", "maximum order", "source stock", "shelf life", "cut-over cap")
_WORTH_TELLING = 0.5
"""Units lost that a planner is told of."""


def amount(value: float, *, digits: int = 3) -> str:
    """A figure for people: three significant digits, thousands separated, no needless zeros.

    >>> amount(5.98), amount(1234.4), amount(0.0321)
    ('6', '1,230', '0.03')
    """
    if not math.isfinite(value):
        return "?"
    if value == 0:
        return "0"
    places = digits - 1 - math.floor(math.log10(abs(value)))
    rounded = round(value, places)
    if abs(rounded) >= 10 or rounded == round(rounded):
        return f"{rounded:,.0f}"
    if abs(rounded) >= 1:
        return f"{round(rounded, 1):.1f}".removesuffix(".0")
    return f"{round(rounded, 2):.2f}" if rounded >= 0.01 else "0.01" if value > 0 else f"{rounded:.2f}"


def units(value: float) -> str:
    """Units as they are: whole numbers in full, fractions to two digits.

    >>> units(1250.0), units(2.5)
    ('1,250', '2.5')
    """
    return f"{value:,.0f}" if value == round(value) else f"{value:,.2f}".rstrip("0")


def day_text(day: dt.date | None, as_of: dt.date) -> str:
    """A date as people say it, with the year when it is not soon.

    >>> day_text(dt.date(2026, 11, 26), dt.date(2026, 11, 20))
    '26 November'
    >>> day_text(dt.date(2027, 6, 1), dt.date(2026, 11, 20))
    '1 June 2027'
    """
    if day is None:
        return "an unknown day"
    year = f" {day.year}" if abs((day - as_of).days) > 120 else ""
    return f"{day.day} {day:%B}{year}"


def sentence(figures: Figures) -> str:
    """The reason of a line in words; see `decide` for the figures.

    Source: ux.md, the sentence of a reason.
    """
    parts = [_stock(figures), _supply(figures), _verdict(figures)]
    text = "; ".join(part for part in parts if part)
    return text[:1].upper() + text[1:] + "."


def _stock(figures: Figures) -> str:
    if figures["on_hand"] is None:
        return "stock is not known, so nothing is suggested"
    owed = figures["reserved"] + figures["backordered"]
    held = f" ({units(figures['reserved'])} reserved)" if figures["reserved"] else ""
    left = f"{units(figures['on_hand'])} left{held}"
    if figures["backordered"]:
        left += f", {units(figures['backordered'])} owed to customers"
    if owed and figures["on_hand"] - owed <= 0:
        left += ", none free"
    pace = _pace(figures)
    coming = f", {units(figures['on_order'])} on order" if figures["on_order"] else ""
    late = figures.get("on_order_too_late", 0.0)
    if late:
        coming += f" ({units(late)} of them too late to help)"
    back = round(figures.get("returns_expected", 0.0))
    returns = f", about {units(back)} {'return' if back == 1 else 'returns'} expected" if back else ""
    return f"{left}{coming}{returns}, {pace}{_fed(figures)}"


def _fed(figures: Figures) -> str:
    """The share of the pace that goes to locations fed from here."""
    fed = figures.get("fed_daily_demand", 0.0)
    if fed * 30 < 0.5 or figures["daily_demand"] <= 0:
        return ""
    return f", {amount(fed / figures['daily_demand'] * 100)} % of it for locations fed from here"


def _pace(figures: Figures) -> str:
    daily = figures["daily_demand"]
    if daily <= 0:
        return "no demand expected"
    if daily >= 0.95:
        # The high side of a day's pace over the interval that the order must cover.
        return f"about {amount(daily)} a day (P90 {amount(figures['daily_demand_p90'])})"
    if daily * 7 >= 0.95:
        return f"about {amount(daily * 7)} a week (P90 {amount(figures['daily_demand_p90'] * 7)})"
    return f"about {amount(daily * 30)} a month"


def _supply(figures: Figures) -> str:
    if figures["source"] is None:
        return "no supplier's terms are known"
    name = figures["supplier"] or figures["from_location"]
    low, high = figures["lead_time_p10_days"], figures["lead_time_p90_days"]
    span = f"{low} days" if low == high else f"{low} to {high} days"
    if low == high == 1:
        span = "1 day"
    origin = f"an order from {name} takes {span}" if figures["supplier"] else f"a transfer from {name} takes {span}"
    gap = figures["first_gap"]
    if figures["on_hand"] is None or figures["daily_demand"] <= 0:
        return origin
    if figures["available"] <= 0 and gap is not None and gap <= figures["as_of"] + dt.timedelta(days=1):
        return f"{origin}, and we are out now"
    if gap is None or (gap - figures["as_of"]).days > _MANY_DAYS:
        return origin
    if gap <= figures["protection_end"]:
        return f"{origin}, so we run out around {day_text(gap, figures['as_of'])}"
    return f"{origin}, and stock lasts until about {day_text(gap, figures['as_of'])}"


def _verdict(figures: Figures) -> str:
    if figures["order_units"] > 0:
        return _order(figures)
    if figures["source"] is None or figures["on_hand"] is None:
        return ""
    return _hindrance(figures) or _patience(figures)


def _hindrance(figures: Figures) -> str:
    """Why nothing is ordered although it might be wanted; empty where nothing hinders."""
    if figures.get("limit_note"):
        more = figures["lost_more_units"]
        return f"{figures['limit_note']}" + (f"; that loses about {amount(more)} units more" if more >= 0.5 else "")
    binding = figures["binding_constraint"]
    if binding == "phase-out":
        return f"it ends on {day_text(figures['ends_on'], figures['as_of'])}, so no more is ordered"
    if figures["sells_at_a_loss"]:
        return "a sale earns nothing after cost and fees, so none is ordered"
    told = {
        "do_not_order": "marked as not to be ordered",
        "closure": "the supplier takes no orders in the known future",
    }
    told |= {name: f"the {name} leaves no room for an order worth placing" for name in _LIMITS}
    return told[binding] + _would(figures) if binding in told else ""


def _patience(figures: Figures) -> str:
    """When to look again."""
    position, point = figures["inventory_position"], figures["reorder_point"]
    if point < 0:
        return "nothing needs ordering: no sale is lost that an order could save"
    when = figures["order_by"]
    again = f"; look again on {day_text(when, figures['as_of'])}" if when else ""
    return f"{units(position)} available and coming, order at {units(point)} or below, so nothing tonight{again}"


def _would(figures: Figures) -> str:
    lost = figures["expected_lost_units"]
    return f"; about {amount(lost)} units are expected to be lost" if lost >= 0.5 else ""


def _order(figures: Figures) -> str:
    ordered, pack = figures["order_units"], figures["pack_units"]
    count = ordered / pack
    if pack > 1:
        what = f"{units(count)} {'pack' if count == 1 else 'packs'} of {units(pack)}"
    else:
        what = f"{units(ordered)} {'unit' if ordered == 1 else 'units'}"
    lasting = figures["lasts_until"]
    soon = lasting is not None and (lasting - figures["as_of"]).days <= _MANY_DAYS
    until = f" {'lasts' if count == 1 else 'last'} until {day_text(lasting, figures['as_of'])}" if soon else ""
    value = figures["order_value"]
    verb = "costs" if count == 1 else "cost"
    cost = f" and {verb} {_money(value, figures['currency'])}" if value is not None and until else ""
    if value is not None and not until:
        cost = f" {verb} {_money(value, figures['currency'])}"
    why = f" ({_binding(figures)})" if _binding(figures) else ""
    text = f"{what}{until}{cost}{why}{_waiting(figures)}"
    if figures.get("is_last_order"):
        text += f"; the last order before it ends on {day_text(figures['ends_on'], figures['as_of'])}"
        rest = figures["leftover_units"]
        text += f", about {amount(rest)} would be left over" if rest >= 0.5 else ""
    doomed = figures["lost_before_arrival"]
    if doomed >= 0.5:
        text += f"; about {amount(doomed)} units are lost before it can arrive"
    return text


def _waiting(figures: Figures) -> str:
    """What the same order would cost a week later; where that is not known, what is at stake until the next order."""
    base, days = figures["base_currency"], figures.get("later_days")
    if days is None:
        saved, money = figures["units_saved"], figures["money_at_stake"]
        if saved < _WORTH_TELLING:
            return f"; waiting puts {_money(money, base)} at stake" if money > 0 else ""
        at_stake = f" ({_money(money, base)} at stake)" if money > 0 else ""
        return f"; waiting until the next order would lose about {amount(saved)} more units{at_stake}"
    when = "a week later" if days == _WEEK_DAYS else f"{units(days)} days later"
    lost, cost = figures["later_lost_units"], figures["cost_if_later"]
    if lost >= _WORTH_TELLING:
        what = f"{amount(lost)} {'unit' if amount(lost) == '1' else 'units'}"
        if figures.get("unmet_demand") == "backordered":
            return f"; {when} would leave customers waiting for about {what}"
        return f"; {when} would lose about {what} ({_money(lost * max(figures['contribution'], 0.0), base)} margin)"
    if cost >= 1:
        return f"; {when} would cost about {_money(cost, base)} more"
    told_by_other = figures["required_units"] or figures.get("limit_note")
    return "" if told_by_other else f"; {when} would cost hardly more"


def _binding(figures: Figures) -> str:
    if figures.get("limit_note"):
        return str(figures["limit_note"])
    binding, wanted = figures["binding_constraint"], figures["wanted_units"]
    if binding in {*_LIMITS, "phase-out"}:
        return f"{units(wanted)} wanted, rounded down by the {binding}"
    if figures.get("required_units") and figures["cost_if_nothing"] is not None and figures["cost_if_nothing"] <= 0:
        return f"for the {figures['required_by']} that is set; by cost alone it could wait"
    if binding == "minimum order":
        return f"the minimum order; {units(wanted)} would do"
    if binding == "price break":
        return f"{units(wanted)} would do, but the price break makes more cheaper in total"
    return ""


def _money(value: float, currency: str | None) -> str:
    figure = f"{value:,.0f}" if abs(value) >= 20 else f"{value:,.2f}"
    return f"{figure} {currency or ''}".rstrip()
