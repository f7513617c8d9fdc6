"""A window of the past of one or a few items with constant demand, everything that a test does not name left out."""

import datetime as dt

import numpy as np
import pandas as pd

from features.history import DemandHistory
from models.inventory.lead_times.fit import fit_lead_times
from models.inventory.replay import observed_history, replay_calendar, replay_window
from tests.models.inventory.factories import lead_time_options
from tests.models.inventory.factories import rules as decision_rules

UNTIL = dt.date(2026, 6, 28)  # a Sunday
LINES = ["date", "sku", "location", "order_type", "units", "resellable_units"]
ORDERS = [
    "order_number",
    "line_number",
    "sku",
    "location",
    "supplier",
    "ordered_on",
    "ordered_units",
    "expected_on",
    "status",
]
RECEIPTS = ["order_number", "line_number", "received_on", "received_units"]


def calendar(weeks=8, warm_up_weeks=2, until=UNTIL, **changes):
    return replay_calendar(
        until, weeks=weeks, warm_up_weeks=warm_up_weeks, refit_weeks=8, **({"period": "day"} | changes)
    )


def day(text):
    return pd.Timestamp(text)


def history(daily=2.0, skus=("A",), days=300, unknown_on=(), until=UNTIL, stock=np.nan):
    """Demand of `daily` units each day; the days of `unknown_on` (ISO) are out of stock without sales."""
    starts = np.datetime64(until, "D") - np.arange(days)[::-1]
    shape = (len(skus), days)
    gone = np.isin(starts, np.array(list(unknown_on), dtype="datetime64[D]"))
    units = np.where(gone, np.nan, np.full(shape, float(daily)))
    items = pd.DataFrame({"sku": list(skus), "location": "BER", "unit_step": 1.0, "unit_cost_base": 5.0})
    ahead = np.datetime64(until, "D") + 1 + np.arange(100)
    zero = np.zeros((len(skus), days + 100))
    return DemandHistory(
        items=items,
        period_starts=starts,
        future_starts=ahead,
        units=units,
        censored=np.zeros(shape, dtype=bool),
        estimated=np.full(shape, float(daily)),
        alive=np.ones(shape, dtype=bool),
        dampened_units=np.zeros(shape),
        discount=zero,
        log_relative_price=zero,
        holiday=zero,
        on_hand_end=np.full(shape, stock),
        period="day",
    )


def order(number, ordered_on, units, received_on=None, sku="A", supplier="acme"):
    """A purchase order line and its receipt."""
    line = {
        "order_number": number, "line_number": "1", "sku": sku, "location": "BER", "supplier": supplier,
        "ordered_on": day(ordered_on), "ordered_units": float(units), "expected_on": pd.NaT,
        "status": "open" if received_on is None else "received",
    }  # fmt: skip
    receipt = {
        "order_number": number,
        "line_number": "1",
        "received_on": day(received_on or "2200-01-01"),
        "received_units": float(units),
    }
    return line, None if received_on is None else receipt


def tables(*orders, skus=("A",), lead_time_days=10.0, lines=(), transfers=(), **terms):
    """Canonical tables of the items, bought from acme."""
    row = {
        "location": "BER", "supplier": "acme", "unit_cost": 5.0, "unit_cost_base": 5.0, "currency": "EUR",
        "lead_time_days": lead_time_days, "lead_time_sd_days": 0.0, "valid_from": pd.NaT,
    }  # fmt: skip
    sold = pd.DataFrame(list(lines), columns=LINES)
    return {
        "supply_terms": pd.DataFrame([row | {"sku": sku} | terms for sku in skus]),
        "products": pd.DataFrame({"sku": list(skus), "category": "x"}),
        "suppliers": pd.DataFrame({"supplier": ["acme"], "country": ["DE"]}),
        "purchase_orders": pd.DataFrame([line for line, _ in orders], columns=ORDERS).astype(
            {"ordered_on": "datetime64[ns]", "expected_on": "datetime64[ns]"}
        ),
        "receipts": pd.DataFrame([receipt for _, receipt in orders if receipt], columns=RECEIPTS).astype(
            {"received_on": "datetime64[ns]"}
        ),
        "transfers": pd.DataFrame(list(transfers)),
        "demand_lines": sold.astype({"date": "datetime64[ns]", "units": float, "resellable_units": float}),
        "closures": pd.DataFrame(columns=["supplier", "location", "starts_on", "ends_on"]),
    }


def window(
    *orders,
    on=None,
    start_stock=50.0,
    reported=(),
    daily=2.0,
    unknown_on=(),
    rules=None,
    stock=np.nan,
    skus=("A",),
    **changes,
):
    """The past of the items; `start_stock` None says that nobody recorded it."""
    on = on or calendar()
    rules = rules or decision_rules(decision_lag_days=0)
    known = tables(*orders, skus=skus, **changes)
    seen = history(daily, skus, unknown_on=unknown_on, stock=stock)
    inventory = pd.DataFrame(
        {"sku": list(skus), "location": "BER", "on_hand": start_stock, "reserved": 0.0, "backordered": 0.0}
    )
    observed = observed_history(
        seen.items,
        on,
        seen,
        inventory if start_stock is not None else inventory.iloc[:0],
        known,
        reported=reported,
        week_starts_on="monday",
    )
    learned = fit_lead_times(
        known["receipts"],
        known["purchase_orders"],
        known["supply_terms"],
        known["suppliers"],
        known["closures"],
        as_of=on.ends[0].item(),
        **lead_time_options(),
    )
    lead_times = dict.fromkeys(on.fit_days, learned)
    made, _ = replay_window(seen.items, on, observed, lead_times, known, rules=rules, week_starts_on="monday")
    return made
