"""Why a line is recommended: its figures and its sentence, as they are stored with the line and read again.

So are the figures of exceptions that others read.

The database keeps them as JSON; nobody but this module knows how it looks. It imports nothing else of the project, so
that whoever reads a stored plan can import it.
"""

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, fields
from typing import Any, ClassVar, Self

SCHEMA_VERSION = 3
"""To be raised when a field is added, renamed, removed or takes another meaning; older plans cannot be read then."""


@dataclass(frozen=True)
class _Stored:
    """JSON and back: dates as ISO text, floats to nine significant digits, what is not finite as null."""

    KIND: ClassVar[str]

    def to_json(self) -> dict[str, object]:
        """The stored shape; a field that may be left out is left out where it is None."""
        written: dict[str, object] = {"schema": f"{self.KIND}/{SCHEMA_VERSION}"}
        for each in fields(self):
            value = getattr(self, each.name)
            if value is not None or not _may_be_left_out(each):
                written[each.name] = _plain(value)
        return written

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """What `to_json` wrote.

        Raises
        ------
        ValueError: the reasons are of another kind or version, or lack a field.
        """
        expected, found = f"{cls.KIND}/{SCHEMA_VERSION}", stored.get("schema")
        if found != expected:
            raise ValueError(
                f"reasons of schema {found!r} cannot be read, only {expected!r}: they were stored by another version "
                "of restock; plan again with `restock run`, or read them with that version"
            )
        missing = [each.name for each in fields(cls) if each.name not in stored and not _may_be_left_out(each)]
        if missing:
            raise ValueError(f"reasons of schema {found!r} lack {', '.join(missing)}; plan again with `restock run`")
        return cls(**{each.name: _typed(each, stored[each.name]) for each in fields(cls) if each.name in stored})


@dataclass(frozen=True)
class Reasons(_Stored):
    """Why an item is ordered, fetched from another location, or left alone.

    Attributes
    ----------
    sentence: the reason in words.
    on_hand, reserved, backordered, available: units; None where stock is unknown.
    on_order: units counted in the position. on_order_too_late: units that come after the protection interval.
    inventory_position, reorder_point, order_up_to_level, safety_stock: units.
    source: "supplier" or "transfer"; None without terms. supplier: its name. from_location: sender of a transfer.
    lead_time_p10_days, lead_time_p90_days, lead_time_mean_days: days.
    protection_days: days until the arrival of the order after this one. protection_end: that day.
    daily_demand, daily_demand_p90: units a day while the item is sold; the P90 over the protection interval, None where
        the item is not sold within it. demand_mean, demand_p90: units over the protection interval.
    stockout_probability, expected_lost_units: if nothing is ordered, over the protection interval.
    short_before_arrival, lost_before_arrival: the part of them that no order placed now can change.
    units_saved: expected units that waiting until the next review would lose beyond the suggestion.
    returns_expected: units that come back fit to sell within the protection interval.
    fed_daily_demand: units a day of locations that are fed from here.
    is_last_order: the last order before the item ends.
    leftover_units: expected stock when the next order arrives, with the suggestion.
    wanted_units: before limits and price breaks. required_units: asked for whatever they cost.
    required_by: what asks for them.
    cost_if_nothing, cost_if_pack_more, cost_if_pack_less, cost_if_later: expected cost beyond the suggestion's, in base
        currency; None where not known.
    later_days: days by which "later" is later. later_lost_units: units lost by it.
    pack_units, minimum_order_units, order_units: units.
    order_value: in `currency`. order_value_base, money_at_stake: base currency.
    unmet_demand: "lost" or "backordered".
    service_by, target, critical_ratio: what the level is set by, and at which probability.
    underage_cost, overage_cost: base currency per unit short and per unit too many.
    overage_days: days that a unit too many lies in stock.
    contribution: of a unit sold, base currency.
    sells_at_a_loss, margin_is_assumed: truth values.
    binding_constraint: what moved the quantity away from the wanted one.
    as_of: last known day. first_gap: stock runs out without an order. lasts_until: with the suggestion.
    order_by: when to order, or to look again. sells_from: the item's first day of sale, where it is still ahead.
    ends_on: its last day of sale. None where unknown or far.
    demand_days: days that `daily_demand` is the mean of.
    next_delivery_on, next_delivery_units: the next open order line that is expected; None and 0 without one.
    fixed_cost_base: of the line, whatever it holds, base currency.
    units_sold, sold_since: in all that is known of it, and since when; None where not known, or where nothing was sold.
    is_new: first sold or launched within the last weeks.
    waiting_units, waiting_gain_base: of a line that waits, what it would order and gain; left out where none waits.
    gain_minimum_base: least gain of a line that does not wait; left out likewise.
    limit_cost: base currency that limits across items add to the item's cost. lost_more_units: units lost by them.
    limit_note: which limit, in words. The three are left out where no such limit moved the line.
    quantile_shift: normal score by which the quantile was tuned on the past; left out where it was not.
    """

    KIND: ClassVar[str] = "item"

    sentence: str
    on_hand: float | None
    reserved: float
    backordered: float
    available: float | None
    on_order: float
    on_order_too_late: float
    inventory_position: float | None
    reorder_point: float | None
    order_up_to_level: float | None
    safety_stock: float | None
    source: str | None
    supplier: str | None
    from_location: str | None
    lead_time_p10_days: int
    lead_time_p90_days: int
    lead_time_mean_days: float
    protection_days: int
    daily_demand: float
    daily_demand_p90: float | None
    demand_mean: float
    demand_p90: float
    stockout_probability: float | None
    expected_lost_units: float
    lost_before_arrival: float
    short_before_arrival: float
    units_saved: float
    returns_expected: float
    fed_daily_demand: float
    is_last_order: bool
    leftover_units: float
    wanted_units: float
    required_units: float
    required_by: str | None
    cost_if_nothing: float | None
    cost_if_pack_more: float | None
    cost_if_pack_less: float | None
    cost_if_later: float | None
    later_days: float | None
    later_lost_units: float | None
    pack_units: float
    minimum_order_units: float
    order_units: float
    order_value: float | None
    order_value_base: float | None
    currency: str | None
    unmet_demand: str
    base_currency: str
    money_at_stake: float
    service_by: str
    target: float
    critical_ratio: float
    underage_cost: float
    overage_cost: float
    overage_days: float
    contribution: float
    sells_at_a_loss: bool
    margin_is_assumed: bool
    binding_constraint: str
    as_of: dt.date
    first_gap: dt.date | None
    lasts_until: dt.date | None
    order_by: dt.date | None
    sells_from: dt.date | None
    ends_on: dt.date | None
    protection_end: dt.date
    demand_days: int
    next_delivery_on: dt.date | None
    next_delivery_units: float
    fixed_cost_base: float
    units_sold: float | None
    sold_since: dt.date | None
    is_new: bool
    waiting_units: float | None = None
    waiting_gain_base: float | None = None
    gain_minimum_base: float | None = None
    limit_cost: float | None = None
    lost_more_units: float | None = None
    limit_note: str | None = None
    quantile_shift: float | None = None


@dataclass(frozen=True)
class OpenOrderReasons(_Stored):
    """Why an open order line should come on another day, or not at all.

    Attributes
    ----------
    sentence, phrase: the reason in words, and in few.
    action: "expedite", "postpone" or "cancel". kind: "purchase_order" or "transfer".
    order_number, line_number, supplier: of the line; supplier by name.
    order_units: units still to come.
    promised_on, current_expected_on, proposed_on: days; proposed_on is None for a cancellation.
    moved_days: days by which it moves, negative for earlier. ask_by: the day by which to ask.
    units_saved: expected units that are sold more, negative for less.
    holding_saved_base, write_off_saved_base, money_at_stake: base currency; what is saved, and what in all.
    left_over_units: expected units of a cancelled line that would not be sold.
    threshold_base, threshold_share: least worth of a proposal, in base currency and as a share of the line's value.
    unneeded_days: days after its arrival within which the line is not needed, as far as the forecast reaches.
    on_hand, daily_demand: units, units a day. first_gap: stock runs out without an order.
    inventory_position, reorder_point: units, before the change. position_after: the position once it is made.
    earliest_on: the first day on which the line could come, as quick as its supplier has been.
    underage_cost: base currency per unit short.
    ends_on, as_of: days.
    quantile_shift: as in `Reasons`.
    """

    KIND: ClassVar[str] = "open order"

    sentence: str
    phrase: str
    action: str
    kind: str
    order_number: str
    line_number: str | None
    supplier: str | None
    order_units: float
    promised_on: dt.date | None
    current_expected_on: dt.date
    proposed_on: dt.date | None
    moved_days: int
    ask_by: dt.date
    units_saved: float
    holding_saved_base: float
    write_off_saved_base: float
    left_over_units: float
    money_at_stake: float
    base_currency: str
    threshold_base: float
    threshold_share: float
    unneeded_days: int
    on_hand: float
    daily_demand: float
    first_gap: dt.date | None
    inventory_position: float
    reorder_point: float | None
    position_after: float
    earliest_on: dt.date
    underage_cost: float
    ends_on: dt.date | None
    as_of: dt.date
    quantile_shift: float | None = None


def stored_reasons(stored: Mapping[str, Any]) -> Reasons | OpenOrderReasons:
    """The reasons of a stored line, whichever its kind.

    Raises
    ------
    ValueError: they are of another version.
    """
    if str(stored.get("schema")).startswith(f"{OpenOrderReasons.KIND}/"):
        return OpenOrderReasons.from_json(stored)
    return Reasons.from_json(stored)


@dataclass(frozen=True)
class ExceptionFigures:
    """The figures of an exception that lists read; what else it stores is for people.

    Attributes
    ----------
    value_base: of dead stock or of what is too much, base currency; None for other kinds.
    threshold: from which on the exception is listed; None for kinds without one.
    """

    value_base: float | None = None
    threshold: float | None = None

    def to_json(self) -> dict[str, object]:
        """What there is of them."""
        return {name: value for name, value in vars(self).items() if value is not None}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Those among all figures that an exception stores."""
        return cls(**{each.name: stored.get(each.name) for each in fields(cls)})


def _may_be_left_out(each: Field[Any]) -> bool:
    return each.default is not MISSING


def _typed(each: Field[Any], value: Any) -> Any:
    is_date = value is not None and each.type in (dt.date, dt.date | None)
    return dt.date.fromisoformat(value) if is_date else value


def _plain(value: object) -> object:
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, float):
        return float(f"{value:.9g}") if math.isfinite(value) else None
    return value
