"""The sentences of a recommendation, as a planner would write them, and figures as people read them.

Two at most, of about `MOST_WORDS` words: why now, and what the suggestion buys. What would make one longer is left out,
the least important first; the figures stand beside it.
"""

import datetime as dt
import math
import re

from models.inventory.recommendations.reasons import Reasons
from models.inventory.terms.order_limits import (
    CLOSURE,
    CUT_OVER,
    DO_NOT_ORDER,
    MAXIMUM_ORDER,
    MAXIMUM_STOCK,
    MINIMUM_ORDER,
    ORDER_CAP,
    PHASE_OUT,
    PRICE_BREAK,
    SHELF_LIFE,
    SOURCE_STOCK,
)

MOST_WORDS = 30
THIN_HISTORY_UNITS = 20
"""Of an item that has sold no more than this in all, the sentence says how many."""
_MAXIMUMS = (MAXIMUM_STOCK, MAXIMUM_ORDER, SHELF_LIFE, CUT_OVER)
_MANY_DAYS = 730
_WEEK_DAYS, _MONTH_DAYS = 7, 30
_FEWEST_A_MONTH = 0.1
_LEAST_MONEY = 0.005
_ROUNDING = 1e-6
_LIKELY = 0.25
"""A chance of running out that is worth a planner's attention although the mean stock lasts."""
_POSSIBLE = 0.1
"""The same of an item that is said to last to its end: no later order mends it."""
_WORTH_TELLING = 0.5
"""Units lost that are worth a planner's attention."""

Piece = tuple[int, str]
"""Part of a sentence: the greater its number, the sooner it is left out; 0 stays."""


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

    >>> units(1250.0), units(2.5), units(0.1 + 0.2 + 1.7)
    ('1,250', '2.5', '2')
    """
    text = f"{value:,.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def pace(daily: float) -> tuple[str, int]:
    """Units in the shortest of a day, a week or a month in which one is expected; and how many days that is.

    >>> pace(4.26), pace(0.3), pace(0.05), pace(1e-9)
    (('about 4.3', 1), ('about 2.1', 7), ('about 1.5', 30), ('less than 0.1', 30))
    """
    for span in (1, _WEEK_DAYS):
        if daily * span >= 0.95:
            return f"about {amount(daily * span)}", span
    monthly = daily * _MONTH_DAYS
    few = f"less than {_FEWEST_A_MONTH}"
    return (f"about {amount(monthly)}" if monthly >= _FEWEST_A_MONTH else few), _MONTH_DAYS


SPANS = {1: "day", _WEEK_DAYS: "week", _MONTH_DAYS: "month"}
"""Names of the spans of `pace`, by days."""


def money(value: float, currency: str | None) -> str:
    """An amount for people: whole units from 20 on.

    >>> money(1234.5, "EUR"), money(3.456, "EUR"), money(0.0, "EUR")
    ('1,234 EUR', '3.46 EUR', '0 EUR')
    """
    figure = "0" if abs(value) < _LEAST_MONEY else f"{value:,.0f}" if abs(value) >= 20 else f"{value:,.2f}"
    return f"{figure} {currency or ''}".rstrip()


def day_text(day: dt.date | None, as_of: dt.date) -> str:
    """A date as people write it in a list, with the year when it is not soon.

    >>> day_text(dt.date(2026, 11, 26), dt.date(2026, 11, 20))
    '26 Nov'
    >>> day_text(dt.date(2027, 6, 1), dt.date(2026, 11, 20))
    '1 Jun 2027'
    """
    if day is None:
        return "an unknown day"
    year = f" {day.year}" if abs((day - as_of).days) > 120 else ""
    return f"{day.day} {day:%b}{year}"


def fitted(pieces: list[Piece]) -> str:
    """The pieces as one sentence, without the least important ones where there are more than `MOST_WORDS` words.

    >>> fitted([(0, "18 left"), (1, ", about 6 a day")])
    '18 left, about 6 a day.'
    """
    kept = [piece for piece in pieces if piece[1]]
    while len(re.findall(r"\w[^\s]*", "".join(text for _, text in kept))) > MOST_WORDS and any(
        rank for rank, _ in kept
    ):
        last = max(rank for rank, _ in kept)
        kept = [piece for piece in kept if piece[0] != last]
    text = "".join(text for _, text in kept).removeprefix(", ").removeprefix("; ")
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def sentence(reasons: Reasons) -> str:
    """The reason of a line in words, from its figures; what is in `reasons.sentence` is not read."""
    if reasons.on_hand is None:
        return "Stock is not known, so nothing is suggested."
    return " ".join(part for part in (fitted(_why_now(reasons)), fitted(_suggestion(reasons))) if part)


def _why_now(reasons: Reasons) -> list[Piece]:
    back = round(reasons.returns_expected)
    returns = f", about {units(back)} {'return' if back == 1 else 'returns'} expected" if back else ""
    return [
        (0, _stock(reasons)),
        (0, f", {units(reasons.on_order)} on order" if reasons.on_order else ""),
        (1, _too_late(reasons)),
        (5, returns),
        (0, f", {_pace(reasons)}"),
        (1, _history(reasons)),
        (4, _fed(reasons)),
        (0, _on_hand_alone(reasons)),
        (0, _outlook(reasons)),
        (2, _lead_time(reasons) if reasons.source is not None else ""),
    ]


def _stock(reasons: Reasons) -> str:
    on_hand, available = reasons.on_hand or 0.0, reasons.available or 0.0
    held = f" ({units(reasons.reserved)} reserved)" if reasons.reserved else ""
    owed = f", {units(reasons.backordered)} on backorder" if reasons.backordered else ""
    if available > 0:
        return f"{units(on_hand)} left{held}{owed}"
    left = (
        f" ({units(on_hand)} on hand, {units(reasons.reserved)} reserved)" if on_hand > 0 and reasons.reserved else ""
    )
    return f"{'out of stock' if reasons.sells_from is None else 'not in stock yet'}{left}{owed}"


def _too_late(reasons: Reasons) -> str:
    late = reasons.on_order_too_late
    return f", {units(late)} {'more' if reasons.on_order else 'on order'} too late to help" if late else ""


def _fed(reasons: Reasons) -> str:
    """The share of the pace that goes to locations fed from here."""
    fed = reasons.fed_daily_demand
    if fed * _MONTH_DAYS < 0.5 or reasons.daily_demand <= 0:
        return ""
    return f", {amount(fed / reasons.daily_demand * 100)} % of it for locations fed from here"


def _pace(reasons: Reasons) -> str:
    daily = reasons.daily_demand
    if daily <= 0:
        return "no demand expected"
    mean, span = pace(daily)
    # The high side of the pace over the interval that the order must cover; of less than one a week it is none or one.
    high = reasons.daily_demand_p90 if span <= _WEEK_DAYS else None
    spread = f" (P90 {amount(high * span)})" if high is not None else ""
    return f"{mean} a {SPANS[span]}{spread}{_while_sold(reasons)}"


def _while_sold(reasons: Reasons) -> str:
    """From when on, or until when, the pace holds: of an item that is not sold yet, or that ends within the pace."""
    begins = f" from {day_text(reasons.sells_from, reasons.as_of)} on" if reasons.sells_from else ""
    last = (reasons.sells_from or reasons.as_of) + dt.timedelta(days=reasons.demand_days)
    ends = reasons.ends_on is not None and reasons.ends_on <= last
    return f"{begins} until {day_text(reasons.ends_on, reasons.as_of)}" if ends else begins


def _history(reasons: Reasons) -> str:
    """How much the pace rests on, where that is little."""
    sold = reasons.units_sold
    if sold is None or (sold > THIN_HISTORY_UNITS and not reasons.is_new):
        return ""
    if not sold or reasons.sold_since is None:
        if reasons.sells_from is not None:
            return ""  # its pace says from when it is sold
        return ", not sold yet" if reasons.daily_demand > 0 else ", never sold"
    since = reasons.sold_since
    when = f"{since:%B}" if (reasons.as_of - since).days < 300 else f"{since:%B %Y}"
    return f", {units(sold)} sold since {when}"


def _outlook(reasons: Reasons) -> str:
    """When stock runs out without an order, before which delivery, and how likely that is where the mean lasts."""
    gap = reasons.first_gap
    if reasons.daily_demand <= 0:
        return ""
    if reasons.sells_from is not None and gap is not None and gap <= reasons.sells_from:
        return ", needed on its first day of sale"
    if (reasons.available or 0.0) <= 0 and gap is not None and gap <= reasons.as_of + dt.timedelta(days=1):
        return _next_delivery(reasons, "; {} due {}")
    if gap is not None and gap <= reasons.protection_end:
        due = reasons.next_delivery_on
        before = _next_delivery(reasons, ", before {} arrive {}") if due is not None and gap < due else ""
        return f": runs out {day_text(gap, reasons.as_of)}{before}"
    return _lasting(reasons)


def _next_delivery(reasons: Reasons, text: str) -> str:
    """`text` with the units and the day of the next delivery; empty without one."""
    due = reasons.next_delivery_on
    return "" if due is None else text.format(units(reasons.next_delivery_units), day_text(due, reasons.as_of))


def _gap_of_stock(reasons: Reasons) -> dt.date | None:
    """The day on which what is on hand runs out, where only a delivery, which may be late, makes the mean last."""
    gap, daily, stock = reasons.first_gap, reasons.daily_demand, reasons.available or 0.0
    risky = (reasons.stockout_probability or 0.0) >= _LIKELY and reasons.next_delivery_on is not None
    if not risky or daily <= 0 or stock <= 0 or reasons.sells_from is not None:
        return None
    lasting = gap is None or gap > reasons.protection_end
    days = math.floor(stock / daily) + 1
    ends = lasting and days <= (reasons.protection_end - reasons.as_of).days
    return reasons.as_of + dt.timedelta(days=days) if ends else None


def _on_hand_alone(reasons: Reasons) -> str:
    gap = _gap_of_stock(reasons)
    return f": on hand runs out {day_text(gap, reasons.as_of)}" if gap else ""


def _lasting(reasons: Reasons) -> str:
    """How long the mean stock lasts beyond the protection interval, and the chance that it does not."""
    gap, last = reasons.first_gap, reasons.ends_on
    opening = "; all" if _gap_of_stock(reasons) else ":"
    lasting, least = "", _LIKELY
    if last is not None and (gap is None or gap > last):
        lasting = f"{opening} lasts until it ends {day_text(last, reasons.as_of)}" if last > reasons.as_of else ""
        least = _POSSIBLE
    elif gap is not None and (gap - reasons.as_of).days <= _MANY_DAYS:
        lasting = f"{opening} lasts until {day_text(gap, reasons.as_of)}"
    chance = reasons.stockout_probability or 0.0
    if chance < least:
        return lasting
    risk = f"{chance:.0%} likely to run out by {day_text(reasons.protection_end, reasons.as_of)}"
    return f"{lasting} on average, {risk}" if lasting else f"{opening.removesuffix(' all')} {risk}"


def _lead_time(reasons: Reasons) -> str:
    low, high = reasons.lead_time_p10_days, reasons.lead_time_p90_days
    span = "1 day" if low == high == 1 else f"{low} days" if low == high else f"{low} to {high} days"
    return f"; {reasons.supplier} takes {span}" if reasons.supplier else f"; {reasons.from_location} is {span} away"


def _suggestion(reasons: Reasons) -> list[Piece]:
    if reasons.order_units > 0:
        return _order(reasons)
    if reasons.source is None:
        return [(0, "no supply terms are known, so none can be ordered")]
    if reasons.waiting_units:
        return _waiting(reasons)
    return _hindrance(reasons) or _patience(reasons)


def _order(reasons: Reasons) -> list[Piece]:
    doomed = reasons.lost_before_arrival
    lasting = reasons.lasts_until
    soon = lasting is not None and (lasting - reasons.as_of).days <= _MANY_DAYS
    verb = "lasts" if reasons.order_units == reasons.pack_units else "last"
    until = f" {verb} until {day_text(lasting, reasons.as_of)}" if soon else ""
    return [
        (0, f"{_quantity(reasons)}{_cost(reasons)}{until}"),
        (1, _binding(reasons)),
        (2, _last_order(reasons)),
        (3, _later(reasons)),
        (5, _later_lost(reasons)),
        (4, f"; about {_units_words(doomed)} lost before it can arrive" if doomed >= _WORTH_TELLING else ""),
    ]


def _quantity(reasons: Reasons) -> str:
    ordered, pack = reasons.order_units, reasons.pack_units
    if pack <= 1:
        return units(ordered)
    count = ordered / pack
    return f"{units(ordered)} ({units(count)} {'pack' if count == 1 else 'packs'} of {units(pack)})"


def _cost(reasons: Reasons) -> str:
    """What the line costs; of a transfer, also what sending it costs whatever it holds."""
    value, fixed = reasons.order_value, reasons.fixed_cost_base
    cost = f" for {money(value, reasons.currency)}" if value is not None else ""
    if reasons.from_location is None or fixed <= 0:
        return cost
    sending = f"{money(fixed, reasons.base_currency)} for sending"
    return f"{cost} and {sending}" if cost else f" for {sending}"


def _last_order(reasons: Reasons) -> str:
    if not reasons.is_last_order:
        return ""
    rest = reasons.leftover_units
    over = f", about {amount(rest)} left over" if rest >= _WORTH_TELLING else ""
    return f"; the last order before it ends {day_text(reasons.ends_on, reasons.as_of)}{over}"


def _later(reasons: Reasons) -> str:
    """What the same order costs more a week later; where that is not known, what is at stake until the next order."""
    base, days = reasons.base_currency, reasons.later_days
    if days is None:
        stake = reasons.money_at_stake
        return f"; waiting puts {money(stake, base)} at stake" if stake >= 1 else ""
    when = "a week later" if days == _WEEK_DAYS else f"{units(days)} days later"
    cost = reasons.cost_if_later or 0.0
    if cost >= 1:
        return f"; {when} costs {money(cost, base)} more"
    has_other_reason = reasons.required_units or reasons.limit_note
    return "" if has_other_reason else f"; {when} costs hardly more"


def _later_lost(reasons: Reasons) -> str:
    """The units behind that cost."""
    lost = reasons.later_lost_units or 0.0
    if (reasons.cost_if_later or 0.0) < 1 or lost < _WORTH_TELLING:
        return ""
    return f", about {_units_words(lost)} {'late' if reasons.unmet_demand == 'backordered' else 'lost'}"


def _binding(reasons: Reasons) -> str:
    """Why it is not the wanted quantity."""
    if reasons.limit_note:
        return f"; {reasons.limit_note}"
    binding = reasons.binding_constraint
    ending = f"it ends {day_text(reasons.ends_on, reasons.as_of)}"
    if reasons.required_units and reasons.cost_if_nothing is not None and reasons.cost_if_nothing <= 0:
        cuts = {name: f" (limited by the {name})" for name in _MAXIMUMS}
        cuts |= {PHASE_OUT: f", cut since {ending}", SOURCE_STOCK: f", all that {reasons.from_location} can spare"}
        return f"; required by the {reasons.required_by}{cuts.get(binding, '')}, on cost alone it could wait"
    needed, later = f"; {_needed(reasons)}", "later orders bring the rest"
    fills = reasons.order_units >= _to_level(reasons) - _ROUNDING
    explained = {
        SOURCE_STOCK: f"{needed}, {reasons.from_location} can spare {units(reasons.order_units)}",
        PHASE_OUT: f"{needed}, but {ending}",
        MINIMUM_ORDER: f"{needed}, this is the minimum order" if fills else f"{needed}, the minimum order now, {later}",
        PRICE_BREAK: f"{needed}, the price break makes more cheaper"
        if fills
        else f"{needed}, a price break now, {later}",
        ORDER_CAP: f"; {units(_to_level(reasons))} up to the level, {later}",
    }
    explained |= {name: f"{needed}, limited by the {name}" for name in _MAXIMUMS}
    return explained.get(binding, "")


def _to_level(reasons: Reasons) -> float:
    return (reasons.order_up_to_level or 0.0) - (reasons.inventory_position or 0.0)


def _needed(reasons: Reasons) -> str:
    """The units that fill the position up to the level; what is wanted where that is another figure for a reason."""
    to_level = _to_level(reasons)
    if to_level <= _ROUNDING or abs(to_level - reasons.wanted_units) <= _ROUNDING:
        return f"{units(reasons.wanted_units)} needed"
    return f"{units(to_level)} up to the level"


def _waiting(reasons: Reasons) -> list[Piece]:
    """A line that gains too little to handle, or that would cost more now than later."""
    base = reasons.base_currency
    gain, least = reasons.waiting_gain_base or 0.0, reasons.gain_minimum_base or 0.0
    effect = f"gains {money(max(gain, 0.0), base)}, less than the {money(least, base)} a line must gain"
    if gain <= -_LEAST_MONEY:
        effect = f"costs {money(-gain, base)} more than waiting"
    return [(0, f"ordering {units(reasons.waiting_units or 0.0)} now {effect}: it waits{_next_review(reasons)}")]


def _hindrance(reasons: Reasons) -> list[Piece]:
    """Why nothing is ordered although it might be wanted; nothing where nothing hinders."""
    binding = reasons.binding_constraint
    if reasons.limit_note:
        more = reasons.lost_more_units or 0.0
        return [(0, reasons.limit_note), (1, f"; about {amount(more)} more units lost" if more >= 0.5 else "")]
    if reasons.sells_at_a_loss and binding != PHASE_OUT:
        return [(0, "a sale earns nothing after cost and fees, so none is ordered")]
    explained = {
        PHASE_OUT: f"it ends {day_text(reasons.ends_on, reasons.as_of)}, so no more is ordered",
        DO_NOT_ORDER: "marked do not order",
        CLOSURE: "the supplier is closed for as far ahead as is known",
        SOURCE_STOCK: f"{_needed(reasons)}, {reasons.from_location} can spare none worth sending",
    }
    room = "leaves no room for an order worth placing"
    explained |= {name: f"the {name} {room}" for name in _MAXIMUMS}
    lost = reasons.expected_lost_units
    would = f"; about {_units_words(lost)} will be lost" if lost >= _WORTH_TELLING and binding != PHASE_OUT else ""
    return [(0, explained[binding]), (1, would)] if binding in explained else []


def _patience(reasons: Reasons) -> list[Piece]:
    """When to look again."""
    position, point = reasons.inventory_position or 0.0, reasons.reorder_point or 0.0
    if reasons.sells_from is not None and (point < 0 or position <= point):
        begins = day_text(reasons.sells_from, reasons.as_of)
        return [(0, f"nothing to order yet: not on sale before {begins}{_next_review(reasons)}")]
    if point < 0:
        return [(0, f"nothing needs ordering: {_never(reasons)}{_next_review(reasons)}")]
    if position <= point:
        return [(0, f"an order now would cost more than it saves{_next_review(reasons)}")]
    held = "available" if not reasons.on_order else "available and on order"
    return [(0, f"{units(position)} {held} are above the reorder point of {units(point)}{_next_review(reasons)}")]


def _never(reasons: Reasons) -> str:
    """Why not even an empty shelf asks for an order now: its reorder point lies below zero."""
    if reasons.daily_demand <= 0:
        return "no demand is expected"
    if reasons.unmet_demand == "backordered":
        return f"an order pays from {units(-(reasons.reorder_point or 0.0))} on backorder on"
    return "even on an empty shelf an order would cost more than it saves"


def _next_review(reasons: Reasons) -> str:
    day, last = reasons.order_by, reasons.ends_on
    return "" if day is None or (last is not None and day > last) else f"; next review {day_text(day, reasons.as_of)}"


def _units_words(value: float) -> str:
    return f"{amount(value)} {'unit' if amount(value) == '1' else 'units'}"
