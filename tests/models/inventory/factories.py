"""Small frames of orders, receipts and terms, and calendars of a few items."""

import datetime as dt

import numpy as np
import pandas as pd

from models.inventory.calendar.replenishment_calendar import ReplenishmentCalendar, replenishment_calendar
from models.inventory.calendar.working_days import location_clock, supplier_clock
from models.inventory.lead_times.fit import LeadTimes, fit_lead_times
from models.inventory.terms.decision_rules import DecisionRules
from settings.schema import InventorySettings

AS_OF = dt.date(2024, 6, 30)
DEFAULTS = InventorySettings()
KNOWN = {"first_day": dt.date(2023, 1, 1), "last_day": dt.date(2026, 12, 31)}


def day(text):
    return pd.Timestamp(text)


def rules(**changes) -> DecisionRules:
    """The rules of a company that has set nothing but `changes`."""
    beside = {"base_currency": "EUR", "period": "day", "missing_inventory_is_zero": False, "scenarios": 256}
    return DecisionRules(**(DEFAULTS.model_dump(exclude={"min_receipts_to_trust"}) | beside | changes))


def lead_time_options(**changes):
    """What `fit_lead_times` is given by a company that has set nothing but `changes`."""
    names = ("min_receipts_to_trust", "overdue_days_counted", "weekends_are_closed", "holidays_are_closed")
    return {name: getattr(DEFAULTS, name) for name in names} | changes


def suppliers(country="DE", names=("acme",)):
    return pd.DataFrame({"supplier": list(names), "country": country})


def closures(*rows):
    """Rows of (supplier, location, first closed day, last closed day)."""
    frame = pd.DataFrame(list(rows), columns=["supplier", "location", "starts_on", "ends_on"], dtype=object)
    return frame.assign(starts_on=pd.to_datetime(frame["starts_on"]), ends_on=pd.to_datetime(frame["ends_on"]))


def terms(sku="A", supplier="acme", location="hall", lead_time_days=10.0, lead_time_sd_days=np.nan, valid_from=pd.NaT):
    return pd.DataFrame(
        {
            "sku": [sku],
            "location": [location],
            "supplier": [supplier],
            "valid_from": pd.to_datetime([valid_from]),
            "lead_time_days": [float(lead_time_days)],
            "lead_time_sd_days": [lead_time_sd_days],
        }
    )


def orders(*rows, sku="A", supplier="acme", location="hall", units=10.0, promise=None, status="open"):
    """Rows of (order number, ordered_on), one line each."""
    return pd.DataFrame(
        {
            "order_number": [row[0] for row in rows],
            "line_number": ["1" for _ in rows],
            "sku": sku,
            "location": location,
            "supplier": supplier,
            "ordered_on": pd.to_datetime([row[1] for row in rows]),
            "ordered_units": units,
            "expected_on": pd.to_datetime([promise] * len(rows)),
            "status": status,
        }
    )


def receipts(*rows):
    """Rows of (order number, received_on, units)."""
    return pd.DataFrame(
        {
            "order_number": pd.Series([row[0] for row in rows], dtype=object),
            "line_number": pd.Series(["1" for _ in rows], dtype=object),
            "received_on": pd.to_datetime([row[1] for row in rows]),
            "received_units": pd.Series([row[2] for row in rows], dtype=float),
        }
    )


def arrived(count, lead_time_days, sku="A", supplier="acme", prefix="P", first="2024-01-01"):
    """Orders placed day after day from `first`, each received whole after `lead_time_days`."""
    placed = [pd.Timestamp(first) + pd.Timedelta(days=k) for k in range(count)]
    numbers = [f"{prefix}{k}" for k in range(count)]
    po = orders(*zip(numbers, placed, strict=True), sku=sku, supplier=supplier)
    got = receipts(*[(n, p + pd.Timedelta(days=lead_time_days), 10) for n, p in zip(numbers, placed, strict=True)])
    return po, got


def fit(purchase_orders=None, received=None, supply_terms=None, closed=None, as_of=AS_OF, **options) -> LeadTimes:
    return fit_lead_times(
        receipts() if received is None else received,
        orders() if purchase_orders is None else purchase_orders,
        terms() if supply_terms is None else supply_terms,
        suppliers(),
        closures() if closed is None else closed,
        as_of=as_of,
        **lead_time_options(**options),
    )


def calendar(
    as_of="2024-04-14",
    lead_time_days=14.0,
    pmf=None,
    lag=1,
    closed=None,
    next_as_of=None,
    weekends=False,
    holidays=False,
    default_review_days=1,
    **columns,
) -> ReplenishmentCalendar:
    """The calendar of one item of supplier acme at location hall."""
    items = pd.DataFrame({"supplier": ["acme"], "location": ["hall"], **{k: [v] for k, v in columns.items()}})
    if pmf is None:
        pmf = {int(np.ceil(lead_time_days)): 1.0}
    dense = np.zeros((1, max(pmf) + 1))
    dense[0, list(pmf)] = list(pmf.values())
    closed = closures() if closed is None else closed
    return replenishment_calendar(
        items,
        as_of=dt.date.fromisoformat(as_of),
        decision_lag_days=lag,
        lead_time_pmf=dense,
        lead_time_mean_days=np.array([lead_time_days]),
        suppliers=supplier_clock(
            suppliers(), closed, weekends_are_closed=weekends, holidays_are_closed=holidays, **KNOWN
        ),
        locations=location_clock(closed, **KNOWN),
        default_review_days=default_review_days,
        next_as_of=None if next_as_of is None else dt.date.fromisoformat(next_as_of),
    )
