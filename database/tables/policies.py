"""One row per item with terms: the rule by which it is ordered, and its figures."""

from sqlalchemy.orm import Mapped, mapped_column

from database.columns import UnitMoney
from database.tables.base import Base


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
        comment="Level compared with the position less mean demand of the protection interval, units"
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
    lead_time_source: Mapped[str | None] = mapped_column(comment="Where the lead time was learned")
    protection_days: Mapped[float | None] = mapped_column(
        comment="Length of the protection interval at the mean lead time, days"
    )
    abc: Mapped[str | None] = mapped_column(comment="Class by revenue")
    xyz: Mapped[str | None] = mapped_column(comment="Class by steadiness of demand")
    demand_class: Mapped[str | None] = mapped_column(comment="smooth, intermittent, erratic or lumpy")
    binding_constraint: Mapped[str | None] = mapped_column(comment="Constraint that moved the order most")
