"""Where the demo company sells, stocks and buys: locations, flows of sales, suppliers, closures, rates."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from demo.seeding import generator_for

LOCATIONS = pd.DataFrame(
    [
        ("LEIPZIG", "Own warehouse Leipzig", "warehouse", "DE", "EUR", "Europe/Berlin", 9000.0),
        ("BIRMINGHAM", "3PL Birmingham", "3pl", "GB", "GBP", "Europe/London", 2500.0),
        ("HAMBURG", "Store Hamburg", "store", "DE", "EUR", "Europe/Berlin", 400.0),
        ("MARKETPLACE", "Marketplace fulfilment centre", "marketplace", "DE", "EUR", "Europe/Berlin", 800.0),
    ],
    columns=["location", "name", "kind", "country", "currency", "timezone", "capacity_m3"],
)


@dataclass(frozen=True)
class Outlet:
    """One way of selling from one location: the flows of demand are items times outlets.

    `share` is the outlet's part of its location's demand, `weekdays` the relative demand Monday to
    Sunday, `return_rate_factor` multiplies the category's return rate.
    """

    location: str
    channel: str
    market: str
    currency: str
    share: float
    weekdays: tuple[float, ...]
    return_rate_factor: float


_WEB = (1.12, 1.02, 0.98, 0.96, 0.88, 0.90, 1.14)
_MARKETPLACE = (1.10, 1.04, 1.00, 0.98, 0.92, 0.88, 1.08)
_STORE = (0.80, 0.82, 0.90, 1.00, 1.28, 2.20, 0.0)

OUTLETS: tuple[Outlet, ...] = (
    Outlet("LEIPZIG", "webshop", "DE", "EUR", 0.58, _WEB, 1.0),
    Outlet("LEIPZIG", "webshop", "FR", "EUR", 0.17, _WEB, 0.8),
    Outlet("LEIPZIG", "webshop", "AT", "EUR", 0.12, _WEB, 1.0),
    Outlet("LEIPZIG", "webshop", "NL", "EUR", 0.09, _WEB, 0.9),
    Outlet("LEIPZIG", "webshop", "IE", "EUR", 0.04, _WEB, 0.8),
    Outlet("BIRMINGHAM", "webshop", "GB", "GBP", 0.92, _WEB, 0.9),
    Outlet("BIRMINGHAM", "webshop", "IE", "EUR", 0.08, _WEB, 0.8),
    Outlet("HAMBURG", "store", "DE", "EUR", 1.0, _STORE, 0.25),
    Outlet("MARKETPLACE", "marketplace", "DE", "EUR", 0.72, _MARKETPLACE, 1.2),
    Outlet("MARKETPLACE", "marketplace", "FR", "EUR", 0.28, _MARKETPLACE, 1.1),
)
# Irish orders are shipped from Birmingham from this many days before the last day on.
IRELAND_MOVED_DAYS_AGO = 300
LOCATION_SCALE = {"LEIPZIG": 1.0, "BIRMINGHAM": 0.55, "HAMBURG": 0.38, "MARKETPLACE": 0.75}
LOCATION_COVER = {"LEIPZIG": 1.0, "BIRMINGHAM": 0.45, "HAMBURG": 0.33, "MARKETPLACE": 0.34}


@dataclass(frozen=True)
class Supplier:
    """One supplier and how it really behaves (`mean_delay`, `delay_shape`, `late_share`, `late_days`).

    A real lead time is the declared one times (0.92 + Gamma(`delay_shape`) * `mean_delay` / `delay_shape`), and for
    `late_share` of the orders another exponential wait of mean `late_days`.
    """

    supplier: str
    name: str
    country: str
    currency: str
    lead_time_days: int
    order_weekdays: str | None
    review_days: int | None
    fixed_cost_per_line: float
    fixed_cost_per_order: float
    minimum_order_value: float
    free_freight_from: float | None
    payment_terms_days: int
    freight_share: float
    duty_rate: float
    mean_delay: float
    delay_shape: float
    late_share: float
    late_days: float


# fmt: off
SUPPLIERS: tuple[Supplier, ...] = (
    Supplier("S01", "Ningbo Homeware Export", "CN", "USD", 52, "tuesday", None, 12, 180,
             3000, None, 30, 0.09, 0.04, 0.16, 1.2, 0.10, 14),
    Supplier("S02", "Shenzhen Trail Gear", "CN", "USD", 48, "monday", None, 12, 180,
             2500, None, 30, 0.08, 0.045, 0.20, 1.0, 0.12, 16),
    Supplier("S03", "Guangzhou Bright Lighting", "CN", "USD", 56, "wednesday", None, 12, 180,
             2500, None, 30, 0.09, 0.037, 0.14, 1.2, 0.08, 12),
    Supplier("S04", "Aegean Ceramics", "TR", "EUR", 24, "tuesday", None, 8, 60,
             800, 4000, 30, 0.05, 0.0, 0.22, 1.0, 0.12, 8),
    Supplier("S05", "Świece Polskie", "PL", "EUR", 9, "monday,thursday", None, 5, 25,
             300, 1500, 14, 0.03, 0.0, 0.15, 1.5, 0.08, 5),
    Supplier("S06", "Tessuti Bergamo", "IT", "EUR", 16, "wednesday", None, 6, 40,
             600, 2500, 45, 0.04, 0.0, 0.25, 1.0, 0.15, 8),
    Supplier("S07", "Messing & Stahl Solingen", "DE", "EUR", 6, None, 1, 5, 15,
             250, 1000, 30, 0.02, 0.0, 0.12, 2.0, 0.05, 3),
    Supplier("S08", "Jaipur Weaving Mills", "IN", "USD", 42, "friday", None, 10, 150,
             2000, None, 30, 0.08, 0.08, 0.24, 1.0, 0.14, 15),
    Supplier("S09", "Tannwald Holzwaren", "DE", "EUR", 12, "monday,wednesday", None, 5, 20,
             2400, 6000, 30, 0.02, 0.0, 0.18, 1.2, 0.08, 5),
    Supplier("S10", "Radwerk Utrecht", "NL", "EUR", 8, None, 1, 5, 20,
             300, 1000, 30, 0.03, 0.0, 0.15, 1.5, 0.06, 4),
    Supplier("S11", "Yorkshire Candle & Wool", "GB", "GBP", 11, "tuesday,friday", None, 6, 30,
             350, 1500, 30, 0.04, 0.0, 0.18, 1.2, 0.10, 6),
    Supplier("S12", "Great Lakes Kitchen Co.", "US", "USD", 34, "thursday", None, 10, 120,
             1500, None, 45, 0.07, 0.03, 0.18, 1.2, 0.10, 10),
)
# fmt: on


def suppliers_frame() -> pd.DataFrame:
    """The `suppliers` table: one row per supplier."""
    rows = [
        (s.supplier, s.name, s.country, s.currency, s.fixed_cost_per_order, s.minimum_order_value, s.free_freight_from,
         s.payment_terms_days, 67.0 if s.lead_time_days > 30 else None, 26000.0 if s.lead_time_days > 30 else None)
        for s in SUPPLIERS
    ]  # fmt: skip
    columns = ["supplier", "name", "country", "currency", "fixed_cost_per_order", "minimum_order_value",
               "free_freight_from", "payment_terms_days", "container_volume_m3", "container_weight_kg"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


# (supplier, from month-day, to month-day, reason), in every year; feasts that move are given by year.
_YEARLY_CLOSURES = (
    ("S01", "10-01", "10-07", "National holiday week"),
    ("S02", "10-01", "10-07", "National holiday week"),
    ("S03", "10-01", "10-07", "National holiday week"),
    ("S06", "08-08", "08-23", "Ferragosto"),
    ("S07", "12-24", "01-01", "Works holidays"),
    ("S09", "12-23", "01-06", "Works holidays"),
    ("S10", "12-24", "01-01", "Works holidays"),
)
_CHINESE_NEW_YEAR = {2024: date(2024, 2, 10), 2025: date(2025, 1, 29), 2026: date(2026, 2, 17), 2027: date(2027, 2, 6)}
_FEAST_OF_SACRIFICE = {
    2024: date(2024, 6, 16),
    2025: date(2025, 6, 6),
    2026: date(2026, 5, 27),
    2027: date(2027, 5, 16),
}


def closures_frame(first_day: date, last_day: date) -> pd.DataFrame:
    """The `closures` table from a year before the first day to a year after the last.

    One row per closure: supplier or location (the other is null), starts_on, ends_on (both closed), reason. Two lie in
    the weeks after `last_day`: the maintenance of supplier S05 and the stocktaking of the store.
    """
    rows: list[tuple[str | None, str | None, date, date, str]] = []
    for year in range(first_day.year - 1, last_day.year + 2):
        for supplier, start, end, reason in _YEARLY_CLOSURES:
            ends_year = year + 1 if end < start else year
            starts_on, ends_on = date.fromisoformat(f"{year}-{start}"), date.fromisoformat(f"{ends_year}-{end}")
            rows.append((supplier, None, starts_on, ends_on, reason))
        if year in _CHINESE_NEW_YEAR:
            new_year = _CHINESE_NEW_YEAR[year]
            starts_on, ends_on = new_year - timedelta(days=4), new_year + timedelta(days=11)
            rows += [(s, None, starts_on, ends_on, "Chinese New Year") for s in ("S01", "S02", "S03")]
            feast = _FEAST_OF_SACRIFICE[year]
            rows.append(("S04", None, feast - timedelta(days=1), feast + timedelta(days=3), "Feast of Sacrifice"))
    rows.append(("S05", None, last_day + timedelta(days=8), last_day + timedelta(days=19), "Summer maintenance"))
    rows.append((None, "HAMBURG", last_day + timedelta(days=5), last_day + timedelta(days=5), "Stocktaking"))
    frame = pd.DataFrame(rows, columns=["supplier", "location", "starts_on", "ends_on", "reason"])
    near = (frame["ends_on"] >= first_day - timedelta(days=365)) & (
        frame["starts_on"] <= last_day + timedelta(days=365)
    )
    return frame[near].sort_values(["starts_on", "supplier", "location"], na_position="last", ignore_index=True)


def exchange_rates(seed: int, days: NDArray[np.datetime64]) -> pd.DataFrame:
    """The `fx_rates` table: EUR for one GBP and one USD on each working day of `days`, a slow random walk."""
    rng = generator_for(seed, "exchange rates")
    working = days[np.is_busday(days)]
    frames = []
    for currency, start in (("GBP", 1.172), ("USD", 0.921)):
        steps = rng.normal(0, 0.0032, len(working))
        pull = np.empty(len(working))
        level = 0.0
        for k, step in enumerate(steps):
            level = 0.995 * level + step
            pull[k] = level
        rates = np.round(start * np.exp(pull), 5)
        frames.append(pd.DataFrame({"date": working, "currency": currency, "rate_to_base": rates}))
    return pd.concat(frames).sort_values(["date", "currency"], ignore_index=True)


def fulfilment_frame(last_day: date) -> pd.DataFrame:
    """The `fulfilment` table: which location serves a channel and market, and since when."""
    moved_on = last_day - timedelta(days=IRELAND_MOVED_DAYS_AGO)
    rows: list[tuple[str, str, str, date | None, date | None]] = [
        (outlet.channel, outlet.market, outlet.location, None, None) for outlet in OUTLETS if outlet.market != "IE"
    ]
    rows.append(("webshop", "IE", "LEIPZIG", None, moved_on - timedelta(days=1)))
    rows.append(("webshop", "IE", "BIRMINGHAM", moved_on, None))
    return pd.DataFrame(rows, columns=["channel", "market", "location", "valid_from", "valid_to"])
