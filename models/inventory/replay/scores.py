"""What each policy served, held and cost in a replay, by class and in all, and that in a sentence."""

from collections.abc import Mapping
from dataclasses import fields

import numpy as np
import pandas as pd

from features.arrays import Texts
from models.inventory.simulation import Ledger, compare

OURS = "restock"
COMPANY = "your orders"
ALL = "all"
ALL_DAYS, KNOWN_DAYS = "all days", "days of known demand"
FIGURES = ("fill_rate", "cycle_service", "stockout_days", "stock_value", "turns", "orders", "cost")
"""What people are shown first."""

FEWEST_ITEMS = 2
_PERIODS_PER_YEAR = {"day": 365.0, "week": 365.0 / 7.0, "month": 12.0}


def combine_ledgers(ledgers: list[Ledger]) -> Ledger:
    """The ledgers of several sets of items as one."""
    names = [column.name for column in fields(Ledger)]
    return Ledger(**{name: np.concatenate([getattr(part, name) for part in ledgers]) for name in names})


def scores(ledgers: Mapping[str, Mapping[str, Ledger]], abc: Texts, *, period: str, draws: int = 1000) -> pd.DataFrame:
    """Every policy's figures with 95 % intervals by resampling items, and its differences from ours.

    Parameters
    ----------
    ledgers: by days ("all days", "days of known demand"), by policy; all of the same I items.
    abc: (I,) class of each item.
    period: of the ledgers.
    draws: of the bootstrap.

    Returns
    -------
    one row per days, scope ("all" or a class), policy and measure: value, low, high, difference, difference_low,
    difference_high, ratio, ratio_low, ratio_high (against ours), items.
    """
    parts = []
    for kind, by_policy in ledgers.items():
        for scope in (ALL, *sorted({str(name) for name in abc if pd.notna(name)})):
            rows = np.flatnonzero(np.full(len(abc), fill_value=True) if scope == ALL else abc == scope)
            if len(rows) < FEWEST_ITEMS:
                continue
            some = {name: ledger.take(rows) for name, ledger in by_policy.items()}
            found = compare(some, OURS, draws=draws, periods_per_year=_PERIODS_PER_YEAR[period])
            parts.append(found.assign(days=kind, scope=scope, items=len(rows)))
    return pd.concat(parts, ignore_index=True)


def _value(found: pd.DataFrame, policy: str, measure: str, *, scope: str = ALL, days: str = ALL_DAYS) -> float:
    """One value of `scores`; NaN where there is none."""
    chosen = (found["policy"] == policy) & (found["measure"] == measure)
    rows = found.loc[chosen & (found["scope"] == scope) & (found["days"] == days), "value"]
    return float(rows.iloc[0]) if len(rows) else float("nan")


def summary_sentence(found: pd.DataFrame, *, weeks: int, currency: str) -> str:
    """The outcome in a sentence."""
    names = set(found["policy"])
    other = COMPANY if COMPANY in names else min(names - {OURS})
    ours, theirs = (
        {name: _value(found, policy, name) for name in ("fill_rate", "stock_value", "cost")} for policy in (OURS, other)
    )
    chosen = (found["policy"] == other) & (found["measure"] == "cost") & (found["scope"] == ALL)
    interval = found.loc[chosen & (found["days"] == ALL_DAYS), ["difference_low", "difference_high"]]
    low, high = (float(value) for value in interval.iloc[0])
    sure = "" if low > 0 or high < 0 else ", which may be chance"
    return (
        f"Over the last {weeks} weeks restock would have served {_percent(ours['fill_rate'])} of demand "
        f"({other}: {_percent(theirs['fill_rate'])}) {_stock(ours['stock_value'], theirs['stock_value'])}, "
        f"at a total cost of {ours['cost']:,.0f} {currency} instead of {theirs['cost']:,.0f} {currency} "
        f"({_change(ours['cost'], theirs['cost'])}{sure})."
    )


def _percent(share: float) -> str:
    return "an unknown share" if np.isnan(share) else f"{100 * share:.1f} %"


def _change(ours: float, theirs: float) -> str:
    if not theirs > 0:
        return "no cost to compare with"
    change = 100 * (ours / theirs - 1)
    return f"{abs(change):.0f} % {'more' if change > 0 else 'less'}"


def _stock(ours: float, theirs: float) -> str:
    if not theirs > 0 or abs(ours / theirs - 1) < 0.005:
        return "with the same stock"
    change = 100 * (ours / theirs - 1)
    return f"with {abs(change):.0f} % {'more' if change > 0 else 'less'} stock"
