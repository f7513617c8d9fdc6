"""A replay of the past as the database keeps it."""

import datetime as dt

import pandas as pd
from sqlalchemy import Engine

from database.simulations import record_simulation
from models.inventory.simulation.measures import MEASURES
from tests.reports.factories import AS_OF

SENTENCE = (
    "Over the last 26 weeks restock would have served 97.8 % of demand (your orders: 95.1 %) with 12 % less stock."
)


def record_replay(engine: Engine, as_of: dt.date = AS_OF) -> None:
    """Record a replay of 26 weeks up to a day."""
    rows = [
        {
            "days": "all days", "scope": scope, "policy": policy, "measure": measure, "items": 2, "value": value,
            "low": 0.9 * value, "high": 1.1 * value, "difference": 0.0, "difference_low": 0.0, "difference_high": 0.0,
            "ratio": 1.0, "ratio_low": 1.0, "ratio_high": 1.0,
        }
        for scope in ("A", "all")
        for policy, value in (("your orders", 0.951), ("restock", 0.978))
        for measure in MEASURES
    ]  # fmt: skip
    header = {
        "key": "k", "as_of": as_of, "first_day": as_of - dt.timedelta(days=181), "weeks": 26, "items": 2,
        "items_left_out": 0, "currency": "EUR", "sentence": SENTENCE, "notes": ["Stock was guessed"],
        "code_version": "c", "settings_hash": "s",
    }  # fmt: skip
    tuning = {
        "abc": "A", "parameter": "quantile_shift", "theory": 0.0, "best": 0.3, "tuned": 0.2, "gain_share": 0.04,
        "low": 0.01, "high": 0.07, "items": 50, "windows": 400, "accepted": True, "text": "A: ordering more pays",
    }  # fmt: skip
    record_simulation(
        engine, header, pd.DataFrame(rows), pd.DataFrame([tuning]), at=dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
    )
