"""The sentence of a recommendation, as a planner would write it, and figures as people read them."""

import datetime as dt
import math

from models.inventory.recommendations.reasons import Reasons

_MANY_DAYS = 730
_WEEK_DAYS = 7
_LIMITS = ("maximum stock", "maximum order", "source stock", "shelf life", "cut-over cap")
_WORTH_TELLING = 0.5
"""Units lost that are worth a planner's attention."""


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


def money(value: float, currency: str | None) -> str:
    """An amount for people: whole units from 20 on.

    >>> money(1234.5, "EUR"), money(3.456, "EUR"), money(0.0, "EUR")
    ('1,234 EUR', '3.46 EUR', '0 EUR')
    """
    figure = "0" if abs(value) < 0.005 else f"{value:,.0f}" if abs(value) >= 20 else f"{value:,.2f}"
    return f"{figure} {currency or ''}".rstrip()


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


def sentence(reasons: Reasons) -> str:
    """The reason of a line in words, from its figures; what is in `reasons.sentence` is not read."""
    parts = [_stock(reasons), _supply(reasons), _verdict(reasons)]
    text = "; ".join(part for part in parts if part)
    return text[:1].upper() + text[1:] + "."


def _stock(reasons: Reasons) -> str:
    if reasons.on_hand is None:
        return "stock is unknown, so nothing is suggested"
    owed = reasons.reserved + reasons.backordered
    held = f" ({units(reasons.reserved)} reserved)" if reasons.reserved else ""
    left = f"{units(reasons.on_hand)} left{held}"
    if reasons.backordered:
        left += f", {units(reasons.backordered)} owed to customers"
    if owed and reasons.on_hand - owed <= 0:
        left += ", none available"
    pace = _pace(reasons)
    coming = f", {units(reasons.on_order)} on order" if reasons.on_order else ""
    late = reasons.on_order_too_late
    if late:
        coming += f" ({units(late)} of them too late to help)"
    back = round(reasons.returns_expected)
    returns = f", about {units(back)} {'return' if back == 1 else 'returns'} expected" if back else ""
    return f"{left}{coming}{returns}, {pace}{_fed(reasons)}"


def _fed(reasons: Reasons) -> str:
    """The share of the pace that goes to locations fed from here."""
    fed = reasons.fed_daily_demand
    if fed * 30 < 0.5 or reasons.daily_demand <= 0:
        return ""
    return f", {amount(fed / reasons.daily_demand * 100)} % of it for locations fed from here"


def _pace(reasons: Reasons) -> str:
    daily = reasons.daily_demand
    if daily <= 0:
        return "no demand expected"
    when = _while_sold(reasons)
    for days, name in ((1, "day"), (_WEEK_DAYS, "week")):
        if daily * days >= 0.95:
            # The high side of the pace over the interval that the order must cover.
            high = reasons.daily_demand_p90
            spread = f" (P90 {amount(high * days)})" if high is not None else ""
            return f"about {amount(daily * days)} a {name}{spread}{when}"
    return f"about {amount(daily * 30)} a month{when}"


def _while_sold(reasons: Reasons) -> str:
    """From when on, or until when, the pace holds: of an item that is not sold yet, or that ends within the pace."""
    begins = f" from {day_text(reasons.sells_from, reasons.as_of)} on" if reasons.sells_from else ""
    last = (reasons.sells_from or reasons.as_of) + dt.timedelta(days=reasons.demand_days)
    ends = reasons.ends_on is not None and reasons.ends_on <= last
    return f"{begins} until {day_text(reasons.ends_on, reasons.as_of)}" if ends else begins


def _supply(reasons: Reasons) -> str:
    if reasons.source is None:
        return "no supply terms are known"
    name = reasons.supplier or reasons.from_location
    low, high = reasons.lead_time_p10_days, reasons.lead_time_p90_days
    span = f"{low} days" if low == high else f"{low} to {high} days"
    if low == high == 1:
        span = "1 day"
    origin = f"an order from {name} takes {span}" if reasons.supplier else f"a transfer from {name} takes {span}"
    if reasons.on_hand is None or reasons.daily_demand <= 0:
        return origin
    return origin + _lasting(reasons)


def _lasting(reasons: Reasons) -> str:
    """How long stock lasts without an order; empty where that is far away."""
    gap = reasons.first_gap
    if (reasons.available or 0.0) <= 0 and gap is not None and gap <= reasons.as_of + dt.timedelta(days=1):
        return ", and we are out now"
    if gap is None or (gap - reasons.as_of).days > _MANY_DAYS:
        return ""
    if reasons.sells_from is not None and gap <= reasons.sells_from:
        return ", and none is there yet for its first day of sale"
    if gap <= reasons.protection_end:
        return f", so we run out around {day_text(gap, reasons.as_of)}"
    return f", and stock lasts until about {day_text(gap, reasons.as_of)}"


def _verdict(reasons: Reasons) -> str:
    if reasons.order_units > 0:
        return _order(reasons)
    if reasons.source is None or reasons.on_hand is None:
        return ""
    return _hindrance(reasons) or _patience(reasons)


def _hindrance(reasons: Reasons) -> str:
    """Why nothing is ordered although it might be wanted; empty where nothing hinders."""
    if reasons.limit_note:
        more = reasons.lost_more_units or 0.0
        return reasons.limit_note + (f"; that loses about {amount(more)} more units" if more >= 0.5 else "")
    binding = reasons.binding_constraint
    if binding == "phase-out":
        return f"it ends on {day_text(reasons.ends_on, reasons.as_of)}, so no more is ordered"
    if reasons.sells_at_a_loss:
        return "a sale earns nothing after cost and fees, so none is ordered"
    explained = {
        "do_not_order": "marked do not order",
        "closure": "the supplier is closed for as far ahead as is known",
    }
    explained |= {name: f"the {name} leaves no room for an order worth placing" for name in _LIMITS}
    return explained[binding] + _would(reasons) if binding in explained else ""


def _patience(reasons: Reasons) -> str:
    """When to look again."""
    position, point = reasons.inventory_position or 0.0, reasons.reorder_point or 0.0
    if point < 0:
        return "nothing needs ordering: no sale is lost that an order could save"
    when = reasons.order_by
    again = f"; next review on {day_text(when, reasons.as_of)}" if when else ""
    return f"{units(position)} available and on order, above the reorder point of {units(point)}, so nothing now{again}"


def _would(reasons: Reasons) -> str:
    lost = reasons.expected_lost_units
    return f"; about {amount(lost)} units are expected to be lost" if lost >= 0.5 else ""


def _order(reasons: Reasons) -> str:
    ordered, pack = reasons.order_units, reasons.pack_units
    count = ordered / pack
    if pack > 1:
        what = f"{units(count)} {'pack' if count == 1 else 'packs'} of {units(pack)}"
    else:
        what = f"{units(ordered)} {'unit' if ordered == 1 else 'units'}"
    lasting = reasons.lasts_until
    soon = lasting is not None and (lasting - reasons.as_of).days <= _MANY_DAYS
    until = f" {'lasts' if count == 1 else 'last'} until {day_text(lasting, reasons.as_of)}" if soon else ""
    value = reasons.order_value
    verb = "costs" if count == 1 else "cost"
    cost = f" and {verb} {money(value, reasons.currency)}" if value is not None and until else ""
    if value is not None and not until:
        cost = f" {verb} {money(value, reasons.currency)}"
    why = f" ({_binding(reasons)})" if _binding(reasons) else ""
    text = f"{what}{until}{cost}{why}{_waiting(reasons)}"
    if reasons.is_last_order:
        text += f"; the last order before the item ends on {day_text(reasons.ends_on, reasons.as_of)}"
        rest = reasons.leftover_units
        text += f", about {amount(rest)} would be left over" if rest >= 0.5 else ""
    doomed = reasons.lost_before_arrival
    if doomed >= 0.5:
        text += f"; about {amount(doomed)} units are lost before it can arrive"
    return text


def _waiting(reasons: Reasons) -> str:
    """What the same order would cost a week later; where that is not known, what is at stake until the next order."""
    base, days = reasons.base_currency, reasons.later_days
    if days is None:
        saved, stake = reasons.units_saved, reasons.money_at_stake
        if saved < _WORTH_TELLING:
            return f"; waiting puts {money(stake, base)} at stake" if stake > 0 else ""
        at_stake = f" ({money(stake, base)} at stake)" if stake > 0 else ""
        return f"; waiting until the next order would lose about {amount(saved)} more units{at_stake}"
    when = "ordering a week later" if days == _WEEK_DAYS else f"ordering {units(days)} days later"
    lost, cost = reasons.later_lost_units or 0.0, reasons.cost_if_later or 0.0
    if lost >= _WORTH_TELLING:
        what = f"{amount(lost)} {'unit' if amount(lost) == '1' else 'units'}"
        if reasons.unmet_demand == "backordered":
            return f"; {when} would leave customers waiting for about {what}"
        return f"; {when} would lose about {what} ({money(lost * max(reasons.contribution, 0.0), base)} margin)"
    if cost >= 1:
        return f"; {when} would cost about {money(cost, base)} more"
    has_other_reason = reasons.required_units or reasons.limit_note
    return "" if has_other_reason else f"; {when} would cost hardly any more"


def _binding(reasons: Reasons) -> str:
    if reasons.limit_note:
        return reasons.limit_note
    binding, wanted = reasons.binding_constraint, reasons.wanted_units
    if binding in {*_LIMITS, "phase-out"}:
        return f"{units(wanted)} wanted, limited by the {binding}"
    if reasons.required_units and reasons.cost_if_nothing is not None and reasons.cost_if_nothing <= 0:
        return f"required by the {reasons.required_by}; on cost alone it could wait"
    if binding == "minimum order":
        return f"the minimum order; {units(wanted)} would do"
    if binding == "price break":
        return f"{units(wanted)} would do, but the price break makes more cheaper in total"
    return ""
