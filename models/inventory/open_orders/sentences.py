"""Why an open order line should move or go, as a planner would write it to the buyer: two sentences at most."""

from models.inventory.open_orders.lines import CANCEL, EXPEDITE, POSTPONE
from models.inventory.recommendations.reasons import OpenOrderReasons
from models.inventory.recommendations.sentences import Piece, amount, day_text, fitted, money, units

PHRASES = {
    EXPEDITE: "would come too late",
    POSTPONE: "comes before it is needed",
    CANCEL: "not needed",
}
"""The reason of each action in a few words."""


def open_order_sentence(reasons: OpenOrderReasons) -> str:
    """The reason in words, from its figures; what is in `reasons.sentence` is not read."""
    as_of = reasons.as_of
    promised = reasons.promised_on
    other = promised is not None and promised != reasons.current_expected_on
    what = "transfer" if reasons.kind == "transfer" else "order"
    line = f"{units(reasons.order_units)} of {what} {reasons.order_number}"
    first: list[Piece] = [
        (0, line),
        (2, f" from {reasons.supplier}" if reasons.supplier else ""),
        (0, f" are expected {day_text(reasons.current_expected_on, as_of)}"),
        (1, f" (promised {day_text(promised, as_of)})" if other else ""),
        (0, _trouble(reasons)),
    ]
    return f"{fitted(first)} {fitted(_change(reasons))}"


def _trouble(reasons: OpenOrderReasons) -> str:
    if reasons.action == EXPEDITE:
        gap = reasons.first_gap
        soon = gap is not None and gap < reasons.current_expected_on
        return f", but stock runs out {day_text(gap, reasons.as_of)}" if soon else ""
    if reasons.action == POSTPONE:
        return ", before they are needed"
    if reasons.ends_on:
        ending = "has ended" if reasons.ends_on <= reasons.as_of else f"ends {day_text(reasons.ends_on, reasons.as_of)}"
        return f", but it {ending} and about {amount(reasons.left_over_units)} would be left over"
    return f", but other supply lasts at least {reasons.unneeded_days} days beyond that"


def _change(reasons: OpenOrderReasons) -> list[Piece]:
    if reasons.action == CANCEL:
        point = reasons.reorder_point
        above = f", above the reorder point of {units(point)}" if point is not None and point >= 0 else ""
        after = f"; {units(reasons.position_after)} stay available and on order{above}"
        return [
            (0, f"cancelling saves {_saved(reasons)}{_net(reasons)}"),
            (1, _risk(reasons)),
            (2, after if reasons.ends_on is None else ""),
        ]
    earlier = reasons.action == EXPEDITE
    moved = f"{_span(abs(reasons.moved_days))} {'earlier' if earlier else 'later'}"
    on = f", on {day_text(reasons.proposed_on, reasons.as_of)}, saves"
    if earlier:
        sold = f" about {amount(reasons.units_saved)} units of sales, {_stake(reasons)}"
        return [(0, f"{moved}{on}{sold}")]
    return [(0, f"{moved}{on} {_saved(reasons)}{_net(reasons)}"), (1, _risk(reasons))]


def _saved(reasons: OpenOrderReasons) -> str:
    holding = f"{money(reasons.holding_saved_base, reasons.base_currency)} of holding cost"
    if reasons.write_off_saved_base < 1:
        return holding
    lost = f"{money(reasons.write_off_saved_base, reasons.base_currency)} of write-offs"
    return lost if reasons.holding_saved_base < 1 else f"{lost} and {holding}"


def _risk(reasons: OpenOrderReasons) -> str:
    lost = -reasons.units_saved
    return f" and risks about {amount(lost)} units of sales" if lost >= 0.1 else ""


def _net(reasons: OpenOrderReasons) -> str:
    """What is left of the saving, where it is not all."""
    saved = reasons.holding_saved_base + reasons.write_off_saved_base
    return f" ({_stake(reasons)} net)" if abs(saved - reasons.money_at_stake) >= 0.02 * saved else ""


def _stake(reasons: OpenOrderReasons) -> str:
    return money(reasons.money_at_stake, reasons.base_currency)


def _span(count: int) -> str:
    return f"{count} day{'' if count == 1 else 's'}"
