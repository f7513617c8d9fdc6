"""What a run suggests: at least one row per planned item, never changed once published."""

import datetime as dt

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from database.columns import Json, LargestFirst, Money, UnitMoney
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
    as_of: Mapped[dt.date] = mapped_column(comment="Last day that the run knows")
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
        comment="Level compared with the position less mean demand of the protection interval, units"
    )
    on_hand: Mapped[float | None] = mapped_column(comment="Sellable units there")
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
        comment="If nothing is ordered now, over the protection interval"
    )
    expected_lost_units: Mapped[float | None] = mapped_column(
        comment="If nothing is ordered now, over the protection interval"
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
