"""What a company decides about its orders, as one frozen value: the rules that `decide` obeys."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class DecisionRules:
    """Rules where the SKU, its class or its terms say nothing; names, units and values are those of the settings.

    The fields up to `dead_stock_days` are the settings' [inventory] table; the rest come from [company], [data] and
    [forecast].
    """

    policy: str
    policy_by_class: Mapping[str, str]
    service_by: str
    cycle_service_target: float
    fill_rate_target: float
    service_target_by_class: Mapping[str, float]
    unmet_demand: str
    share_of_demand_lost: float
    lost_customer_factor: float
    goodwill_cost_per_unit: float
    capital_rate_per_year: float
    storage_cost_per_m3_day: float
    storage_rate_per_year: float
    obsolescence_rate_per_year: float
    gross_margin_default: float
    fixed_cost_per_line: float
    review_days: int
    decision_lag_days: int
    overdue_days_counted: int
    order_line_gain_minimum: float
    open_order_gain_minimum: float
    open_order_gain_share: float
    open_order_notice_days: int
    cancel_if_unneeded_days: int
    salvage_share_of_cost: float
    weekends_are_closed: bool
    holidays_are_closed: bool
    unseen_export_days: int
    overstock_days: int
    dead_stock_days: int
    base_currency: str
    period: str
    missing_inventory_is_zero: bool
    scenarios: int
