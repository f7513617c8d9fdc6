"""Why an open order line should move or go, as a planner would write it to the buyer."""

from models.inventory.open_orders.lines import CANCEL, EXPEDITE, POSTPONE
from models.inventory.recommendations.reasons import OpenOrderReasons
from models.inventory.recommendations.sentences import amount, day_text, money, units

PHRASES = {
    EXPEDITE: "would come too late",
    POSTPONE: "comes before it is needed",
    CANCEL: "not needed",
}
"""The reason of each action in a few words."""


def open_order_sentence(reasons: OpenOrderReasons) -> str:
    """The reason in words, from its figures; what is in `reasons.sentence` is not read."""
    as_of = reasons.as_of
    name = f" from {reasons.supplier}" if reasons.supplier else ""
    what = "transfer" if reasons.kind == "transfer" else "order"
    current = day_text(reasons.current_expected_on, as_of)
    promised = reasons.promised_on
    other = promised is not None and promised != reasons.current_expected_on
    promise = f" (promised for {day_text(promised, as_of)})" if other else ""
    start = f"{units(reasons.order_units)} of {what} {reasons.order_number}{name} are expected on {current}{promise}"
    if reasons.action == EXPEDITE:
        gap = reasons.first_gap
        out = f", but we run out around {day_text(gap, as_of)}" if gap and gap < reasons.current_expected_on else ""
        sooner = f"{_span(-reasons.moved_days)} earlier, on {day_text(reasons.proposed_on, as_of)}"
        sold = f"about {amount(reasons.units_saved)} units of sales"
        return f"{start}{out}; {sooner}, would save {sold}, worth {_stake(reasons)}."
    if reasons.action == CANCEL:
        return f"{start}{_needless(reasons)}; cancelling saves {_saved(reasons)}{_risk(reasons)}{_net(reasons)}."
    return (
        f"{start}, before they are needed; {_span(reasons.moved_days)} later, on "
        f"{day_text(reasons.proposed_on, as_of)}, saves {_saved(reasons)}{_risk(reasons)}{_net(reasons)}."
    )


def _needless(reasons: OpenOrderReasons) -> str:
    if reasons.ends_on:
        day = day_text(reasons.ends_on, reasons.as_of)
        ending = "has ended" if reasons.ends_on <= reasons.as_of else f"ends on {day}"
        return f", but it {ending} and about {amount(reasons.left_over_units)} of them would be left over"
    return f", but other stock and supply last for more than {reasons.unneeded_days} days beyond that"


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
    return f": {_stake(reasons)} net" if abs(saved - reasons.money_at_stake) >= 0.02 * saved else ""


def _stake(reasons: OpenOrderReasons) -> str:
    return money(reasons.money_at_stake, reasons.base_currency)


def _span(count: int) -> str:
    return f"{count} day{'' if count == 1 else 's'}"
