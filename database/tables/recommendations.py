"""What a run recommends, by which policy, within which limits, and what a person should look at."""

import datetime as dt

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from database.columns import Json, LargestFirst, Money, RowId, UnitMoney
from database.tables.base import Base


class Recommendation(Base):
    """What a run suggests: at least one row per planned item, never changed once published."""

    __tablename__ = "recommendations"
    __table_args__ = ({"comment": "One row per item and suggestion.", "info": {"run_rows": True}},)

    run_id: Mapped[str] = mapped_column(primary_key=True, comment="The run that wrote the row")
    sku: Mapped[str] = mapped_column(primary_key=True, comment="Stock-keeping unit")
    location: Mapped[str] = mapped_column(primary_key=True, comment="Stocking location")
    line_number: Mapped[int] = mapped_column(
        primary_key=True, comment="Number of the suggestion within the item, from 1"
    )
    as_of: Mapped[dt.date] = mapped_column(comment="Last day whose data the run uses")
    supplier: Mapped[str | None] = mapped_column(comment="Supplier")
    action: Mapped[str] = mapped_column(comment="order, expedite, postpone, cancel, transfer or none")
    order_units: Mapped[float | None] = mapped_column(comment="Units to order")
    purchase_order_number: Mapped[str | None] = mapped_column(comment="Open order that the action changes")
    purchase_order_line: Mapped[str | None] = mapped_column(comment="Line of that order")
    from_location: Mapped[str | None] = mapped_column(comment="Location that a transfer takes from")
    order_by: Mapped[dt.date | None] = mapped_column(comment="Latest ordering day after which waiting costs more")
    placed_on: Mapped[dt.date | None] = mapped_column(comment="Day on which the order would be placed")
    expected_on: Mapped[dt.date | None] = mapped_column(comment="Day on which it would arrive")
    current_expected_on: Mapped[dt.date | None] = mapped_column(comment="Day on which the changed order arrives now")
    unit_cost: Mapped[UnitMoney | None] = mapped_column(comment="Cost of a unit in currency")
    currency: Mapped[str | None] = mapped_column(comment="Currency of unit_cost and order_value")
    order_value: Mapped[Money | None] = mapped_column(comment="Value of the line in currency")
    order_value_base: Mapped[Money | None] = mapped_column(comment="Value of the line in base currency")
    reorder_point: Mapped[float | None] = mapped_column(
        comment="Largest position at which the unconstrained rule orders, units"
    )
    order_up_to_level: Mapped[float | None] = mapped_column(comment="Position ordered up to, units")
    safety_stock: Mapped[float | None] = mapped_column(
        comment="Level that the position is compared with, less mean demand of the protection interval, units"
    )
    on_hand: Mapped[float | None] = mapped_column(comment="Sellable units at the location")
    on_order: Mapped[float | None] = mapped_column(comment="Units on order that the position counts")
    reserved: Mapped[float | None] = mapped_column(comment="Units of on_hand promised to customers")
    backordered: Mapped[float | None] = mapped_column(comment="Units sold that on_hand does not cover")
    inventory_position: Mapped[float | None] = mapped_column(
        comment="on_hand less reserved and backordered plus on_order, units"
    )
    protection_days: Mapped[float | None] = mapped_column(
        comment="Length of the protection interval at the mean lead time, days"
    )
    demand_mean: Mapped[float | None] = mapped_column(comment="Mean demand of the protection interval, units")
    demand_p50: Mapped[float | None] = mapped_column(comment="Median of it")
    demand_p90: Mapped[float | None] = mapped_column(comment="90 % quantile of it")
    demand_p95: Mapped[float | None] = mapped_column(comment="95 % quantile of it")
    days_of_supply: Mapped[float | None] = mapped_column(comment="Days that the stock lasts at mean demand")
    days_of_supply_after: Mapped[float | None] = mapped_column(comment="The same with the suggestion")
    stockout_probability: Mapped[float | None] = mapped_column(
        comment="Probability of a stockout in the protection interval if nothing is ordered now"
    )
    expected_lost_units: Mapped[float | None] = mapped_column(
        comment="Units of demand not served in the protection interval if nothing is ordered now"
    )
    money_at_stake: Mapped[Money | None] = mapped_column(
        comment="Expected cost of waiting until the next review less that of the suggestion, base currency"
    )
    binding_constraint: Mapped[str | None] = mapped_column(comment="Constraint that moved the order most")
    reasons: Mapped[Json | None] = mapped_column(comment="Why, as a sentence and as figures")
    status: Mapped[str] = mapped_column(comment="State of the suggestion when the run made it")
    name: Mapped[str | None] = mapped_column(comment="Name of the product")
    category: Mapped[str | None] = mapped_column(comment="Category of the product")
    supplier_name: Mapped[str | None] = mapped_column(comment="Name of the supplier")
    supplier_sku: Mapped[str | None] = mapped_column(comment="The supplier's code of the product")
    abc: Mapped[str | None] = mapped_column(comment="Class by revenue")
    xyz: Mapped[str | None] = mapped_column(comment="Class by steadiness of demand")
    lasts_until: Mapped[dt.date | None] = mapped_column(comment="Day until which stock lasts with the suggestion")
    first_gap_on: Mapped[dt.date | None] = mapped_column(
        comment="First day likely without stock before the next delivery"
    )
    confidence: Mapped[str | None] = mapped_column(comment="How far to trust it: high, medium or low")


_WORST_FIRST = LargestFirst(Recommendation.__table__.c.money_at_stake)
_KEY = (Recommendation.sku, Recommendation.location, Recommendation.line_number)

Index("ix_recommendations_worklist", Recommendation.run_id, _WORST_FIRST, *_KEY)
Index("ix_recommendations_action", Recommendation.run_id, Recommendation.action, _WORST_FIRST, *_KEY)
Index("ix_recommendations_supplier", Recommendation.run_id, Recommendation.supplier, _WORST_FIRST, *_KEY)


class PolicyRow(Base):
    """One row per item with terms: the rule by which it is ordered, and its figures."""

    __tablename__ = "policies"
    __table_args__ = ({"comment": "One row per item with terms.", "info": {"run_rows": True}},)

    run_id: Mapped[str] = mapped_column(primary_key=True, comment="The run that wrote the row")
    sku: Mapped[str] = mapped_column(primary_key=True, comment="Stock-keeping unit")
    location: Mapped[str] = mapped_column(primary_key=True, comment="Stocking location")
    supplier: Mapped[str | None] = mapped_column(comment="Supplier or location that replenishes it")
    policy: Mapped[str | None] = mapped_column(comment="Textbook form, such as (R,S) or (R,s,S)")
    service_by: Mapped[str | None] = mapped_column(comment="What sets the level: cost, cycle_service or fill_rate")
    target: Mapped[float | None] = mapped_column(comment="Service target, as a fraction")
    reorder_point: Mapped[float | None] = mapped_column(
        comment="Largest position at which the unconstrained rule orders, units"
    )
    order_up_to_level: Mapped[float | None] = mapped_column(comment="Position ordered up to, units")
    safety_stock: Mapped[float | None] = mapped_column(
        comment="Level that the position is compared with, less mean demand of the protection interval, units"
    )
    cycle_service: Mapped[float | None] = mapped_column(comment="Probability of no stockout in a cycle")
    fill_rate: Mapped[float | None] = mapped_column(comment="Share of demand served from stock")
    critical_ratio: Mapped[float | None] = mapped_column(comment="Underage over underage plus overage")
    underage_cost: Mapped[UnitMoney | None] = mapped_column(comment="Cost of a unit short, base currency")
    overage_cost: Mapped[UnitMoney | None] = mapped_column(comment="Cost of a unit left over, base currency")
    holding_cost_per_unit_day: Mapped[float | None] = mapped_column(
        comment="Rate of holding a unit for a day, base currency"
    )
    eoq: Mapped[float | None] = mapped_column(comment="Economic order quantity, units")
    lead_time_mean_days: Mapped[float | None] = mapped_column(comment="Mean lead time, calendar days")
    lead_time_sd_days: Mapped[float | None] = mapped_column(comment="Standard deviation of the lead time, days")
    lead_time_source: Mapped[str | None] = mapped_column(
        comment="Which receipts the lead time was estimated from, or that it is declared"
    )
    protection_days: Mapped[float | None] = mapped_column(
        comment="Length of the protection interval at the mean lead time, days"
    )
    abc: Mapped[str | None] = mapped_column(comment="Class by revenue")
    xyz: Mapped[str | None] = mapped_column(comment="Class by steadiness of demand")
    demand_class: Mapped[str | None] = mapped_column(comment="smooth, intermittent, erratic or lumpy")
    binding_constraint: Mapped[str | None] = mapped_column(comment="Constraint that moved the order most")


class ExceptionRow(Base):
    """What a person should look at."""

    __tablename__ = "exceptions"
    __table_args__ = (
        Index("ix_exceptions_run_id_kind_severity", "run_id", "kind", "severity"),
        Index("ix_exceptions_run_id_sku_location", "run_id", "sku", "location"),
        {"comment": "One row per exception.", "info": {"run_rows": True}},
    )

    id: Mapped[RowId] = mapped_column(primary_key=True, comment="Number of the row")
    run_id: Mapped[str] = mapped_column(comment="The run that wrote the row")
    sku: Mapped[str | None] = mapped_column(comment="Stock-keeping unit; null for what concerns no item")
    location: Mapped[str | None] = mapped_column(comment="Stocking location")
    kind: Mapped[str] = mapped_column(comment="What it is, such as no_terms, at_risk or overdue_order")
    severity: Mapped[str] = mapped_column(comment="info, warning or critical")
    message: Mapped[str] = mapped_column(comment="What, where, why and what to do")
    figures: Mapped[Json | None] = mapped_column(comment="The figures of the message")


class ConstraintPrice(Base):
    """What the limits that couple items cost."""

    __tablename__ = "constraint_prices"
    __table_args__ = ({"comment": "One row per limit that orders of several items share.", "info": {"run_rows": True}},)

    run_id: Mapped[str] = mapped_column(primary_key=True, comment="The run that wrote the row")
    kind: Mapped[str] = mapped_column(
        primary_key=True,
        comment="supplier_minimum, free_freight, container_volume, container_weight, open_to_buy or capacity",
    )
    scope: Mapped[str] = mapped_column(
        primary_key=True, comment="Supplier, location or category that the limit is about; * for the company"
    )
    month: Mapped[dt.date] = mapped_column(
        primary_key=True, comment="First day of the month of an order budget, else of the order"
    )
    unit: Mapped[str] = mapped_column(comment="Unit of the limit: a currency, m3 or kg")
    limit_value: Mapped[float] = mapped_column(comment="The limit")
    wanted: Mapped[float] = mapped_column(comment="What the orders would use without the limit")
    used: Mapped[float] = mapped_column(comment="What the orders use")
    is_binding: Mapped[bool] = mapped_column(comment="Whether the limit changes an order")
    looser_by: Mapped[float | None] = mapped_column(comment="Step by which the limit was loosened, in its unit")
    saving_if_looser: Mapped[Money | None] = mapped_column(comment="Expected cost saved by that, base currency")
    tighter_by: Mapped[float | None] = mapped_column(comment="Step by which it was tightened")
    cost_if_tighter: Mapped[Money | None] = mapped_column(comment="Expected cost added by that, base currency")
    sentence: Mapped[str] = mapped_column(comment="The price in words")
