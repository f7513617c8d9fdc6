"""The replay of the past in the planner's report: its figures as rows, what was tuned, and what to know before."""

from typing import Any

import pandas as pd

from database.simulations import SimulationRecord
from reports.numbers import about, count, estimate, is_missing
from reports.reading import records

_SHOWN = ("fill_rate", "cycle_service", "stockout_days", "stock_value", "turns", "orders", "cost")
_SHARES = {"fill_rate", "cycle_service"}
_FIRST = "restock"


def simulation_rows(simulation: SimulationRecord) -> list[dict[str, Any]]:
    """One row per scope and policy, the whole company first: scope, policy, items, and each figure in words.

    A figure is (value, interval); money in the simulation's currency.
    """
    found = simulation.results[simulation.results["days"] == "all days"]
    rows = []
    for scope in sorted(found["scope"].unique(), key=lambda name: (name != "all", name)):
        part = found[found["scope"] == scope]
        for policy in sorted(part["policy"].unique(), key=_order):
            by_measure = part[part["policy"] == policy].set_index("measure")
            figures = [_figure(by_measure, name, simulation.currency) for name in _SHOWN]
            words = "All items" if scope == "all" else f"Class {scope}"
            rows.append(
                {"scope": words, "policy": policy, "items": int(by_measure["items"].iloc[0]), "figures": figures}
            )
    return rows


def tuning_rows(simulation: SimulationRecord) -> list[str]:
    """What was tuned, a sentence a class."""
    return [str(row["text"]) for row in records(simulation.tuning)]


def _order(policy: str) -> tuple[int, str]:
    return (0 if policy == _FIRST else 1 if policy == "your orders" else 2, policy)


def _figure(by_measure: pd.DataFrame, name: str, currency: str) -> tuple[str, str]:
    value, low, high = (float(by_measure[column][name]) for column in ("value", "low", "high"))
    if is_missing(value):
        return ("", "")
    return (_words(value, name, currency), f"{_words(low, name, '')} to {_words(high, name, '')}")


def _words(value: float, name: str, currency: str) -> str:
    if name in _SHARES:
        return f"{100 * value:.1f} %"
    if name in {"stock_value", "cost"}:
        return about(value, currency)
    return count(round(value)) if name in {"stockout_days", "orders"} else estimate(value)
