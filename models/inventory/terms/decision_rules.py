"""What a company decides about its orders, as one frozen value: the rules that `decide` obeys."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class DecisionRules:
    """Rules where the SKU, its class or its terms say nothing; names, units and defaults are those of the settings.

    The fields up to `dead_stock_days` are the settings' [inventory] table; the rest come from [company], [data] and
    [forecast].
    """

    policy: str = "cost"
    policy_by_class: Mapping[str, str] = field(default_factory=dict)
    service_by: str = "cost"
    cycle_service_target: float = 0.95
    fill_rate_target: float = 0.97
    service_target_by_class: Mapping[str, float] = field(default_factory=dict)
    unmet_demand: str = "lost"
    share_of_demand_lost: float = 1.0
    lost_customer_factor: float = 0.0
    goodwill_cost_per_unit: float = 0.0
    capital_rate_per_year: float = 0.10
    storage_cost_per_m3_day: float = 0.35
    storage_rate_per_year: float = 0.05
    obsolescence_rate_per_year: float = 0.05
    gross_margin_default: float = 0.40
    fixed_cost_per_line: float = 0.0
    review_days: int = 1
    decision_lag_days: int = 1
    min_receipts_to_trust: int = 8
    overdue_days_counted: int = 60
    open_order_gain_minimum: float = 50.0
    open_order_gain_share: float = 0.02
    open_order_notice_days: int = 5
    cancel_if_unneeded_days: int = 180
    salvage_share_of_cost: float = 0.0
    weekends_are_closed: bool = False
    holidays_are_closed: bool = False
    unseen_export_days: int = 7
    overstock_days: int = 120
    dead_stock_days: int = 180
    base_currency: str = "EUR"
    period: str = "day"
    missing_inventory_is_zero: bool = False
    scenarios: int = 256

    def next_as_of(self, as_of: dt.date) -> dt.date:
        """Last day of the period that follows the one ending on `as_of`.

        >>> DecisionRules(period="month").next_as_of(dt.date(2024, 1, 31))
        datetime.date(2024, 2, 29)
        """
        if self.period == "month":
            after = as_of + dt.timedelta(days=1)
            following = dt.date(after.year + after.month // 12, after.month % 12 + 1, 1)
            return following - dt.timedelta(days=1)
        return as_of + dt.timedelta(days=7 if self.period == "week" else 1)
