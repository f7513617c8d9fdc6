"""How far to trust a plan: its data, its forecasts, and the company's own past replayed."""

from typing import Any

import numpy as np
import pandas as pd

from data_contracts.acceptance import outcomes
from data_contracts.acceptance.outcomes import rows_checked
from data_contracts.quarantine.advice import warnings_to_look_at
from database.simulations import SimulationRecord
from reports.numbers import about, count, estimate, is_missing
from reports.reading import RunData, plain, records

KEY = ["sku", "location"]
SEASONAL_NAIVE = "seasonal_naive"
MODELS = {
    "combined": "used: the mean of those below and of the whole life",
    "all_items": "all items together (global model)",
    "local": "each item's own recent weeks",
    SEASONAL_NAIVE: "the season before, repeated",
}
_SHOWN = ("fill_rate", "cycle_service", "stockout_days", "stock_value", "turns", "orders", "cost")
_SHARES = {"fill_rate", "cycle_service"}

# What a run does without a table, and what that costs.
OPTIONAL_TABLES = {
    "stock_levels": "Days without stock look like days without demand: items that ran out are forecast too low.",
    "stockouts": "Past stockouts that are not in stock_levels look like days without demand.",
    "locations": "Countries of locations are unknown: the company's public holidays apply everywhere.",
    "suppliers": "No minimum order values, order costs or payment terms: an order may be below a minimum.",
    "purchase_orders": "Nothing counts as on order: what was ordered already may be ordered again.",
    "receipts": "Lead times cannot be learned from deliveries: the declared ones are used.",
    "transfer_terms": "Locations are replenished by suppliers only.",
    "transfers": "Stock in transit between locations is not counted.",
    "promotions": "Past and planned promotions count as ordinary demand.",
    "closures": "Closed days of suppliers and locations count as open.",
    "bundles": "Bundles are planned as if they were stocked themselves.",
    "sku_aliases": "Renamed codes count as different products, each with part of the history.",
    "fulfilment": "Sales without a location count for the default location.",
    "planning_parameters": "No minimum, maximum or service target can be set for single items.",
    "channel_costs": "Margins are before commissions and fulfilment: the cost of a lost sale is overstated.",
    "fx_rates": "Amounts in other currencies cannot be converted, and their rows are rejected.",
    "budgets": "The budget forecast is compared with last year only.",
    "open_to_buy": "Orders are not limited by a purchase budget.",
}


def missing_tables(data: RunData) -> list[dict[str, str]]:
    """Optional tables of which the run read nothing, with what that costs."""
    return [{"table": name, "cost": cost} for name, cost in OPTIONAL_TABLES.items() if name not in data.tables_read]


def tables_checked(data: RunData) -> list[dict[str, Any]]:
    """One row per table: rows checked, rows rejected (once each), failed rules, warnings to look at; worst first."""
    quality = data.data_quality
    if quality.empty:
        return []
    checked, failed = rows_checked(quality), outcomes.failed_rules(quality)
    warned = warnings_to_look_at(quality)
    rules = quality.groupby("table", sort=True)["rule"].nunique().to_dict()
    rows = []
    for table, count_checked in checked.items():
        own = failed[failed["table"] == table]
        refused = data.rejected_by_table.get(str(table), 0)
        rows.append(
            {
                "table": table,
                "checked": int(count_checked),
                "rejected": refused,
                "share": refused / count_checked if count_checked else None,
                "rules": rules[table],
                "rules_failed": int(own["rule"].nunique()),
                "warnings": warned.get(str(table), 0),
            }
        )
    return sorted(rows, key=lambda row: (-row["rejected"], -row["warnings"], row["table"]))


def failed_rules(data: RunData) -> list[dict[str, Any]]:
    """Rules that some row failed, over all parts: outcome, rows, the first example; most rows first."""
    if data.data_quality.empty:
        return []
    failed = outcomes.failed_rules(data.data_quality)
    order = failed["outcome"].map({"stop": 0, "reject": 1, "warn": 2})
    failed = failed.assign(order=order).sort_values(
        ["order", "rows_failed", "table", "rule"], ascending=[True, False, True, True]
    )
    return records(failed)


def rejected_rows(data: RunData) -> list[dict[str, Any]]:
    """Rows in quarantine by table, file and line."""
    columns = ["table", "source", "line", "rule"]
    return records(data.rejected_rows.sort_values(columns, ignore_index=True))


def forecast_quality(data: RunData, items: pd.DataFrame) -> list[dict[str, Any]]:
    """Backtest scores of the forecasts used: all items first, then by ABC class.

    Returns
    -------
    Rows with label, items, wape, naive_wape, bias, mase (median), value_added (median), better (share of items that
    beat the seasonal naive), coverage (share of outcomes at or below P90). WAPE and bias are weighted by the last
    year's units, or equally where no history is kept.
    """
    scores = data.scores.copy()
    if scores.empty:
        return []
    scores["weight"] = _weights(scores, data)
    classes = items.drop_duplicates(KEY).set_index(KEY)["abc"]
    scores["abc"] = [plain(classes.get(key)) for key in zip(scores["sku"], scores["location"], strict=True)]
    chosen, naive = scores[scores["chosen"].astype(bool)], scores[scores["model"] == SEASONAL_NAIVE]
    rows = [_quality("All items", chosen, naive)]
    names = sorted({value for value in scores["abc"] if value is not None})
    return rows + [
        _quality(f"Class {name}", chosen[chosen["abc"] == name], naive[naive["abc"] == name]) for name in names
    ]


def models_compared(data: RunData) -> list[dict[str, Any]]:
    """What each part of the forecast would have told alone: model in words, whether used, items, WAPE, bias, loss."""
    if data.scores.empty:
        return []
    scores = data.scores.assign(weight=_weights(data.scores, data))
    rows = []
    for model, words in MODELS.items():
        part = scores[scores["model"] == model]
        if len(part):
            used = bool(part["chosen"].astype(bool).any())
            loss = part["loss"].astype(np.float64).dropna()
            rows.append(
                {
                    "model": words,
                    "used": used,
                    "items": len(part),
                    "wape": _weighted(part, "wape"),
                    "bias": _weighted(part, "bias"),
                    "loss": plain(loss.median()),
                }
            )
    return rows


def fallbacks(data: RunData) -> list[dict[str, Any]]:
    """What failed among the models of single items, and for how many items, most first."""
    failed = data.scores[data.scores["fallback_reason"].fillna("") != ""]
    counts = failed.groupby("fallback_reason", sort=True).size()
    rows = [{"reason": reason, "items": int(number)} for reason, number in counts.items()]
    return sorted(rows, key=lambda row: (-row["items"], row["reason"]))


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
            figures = [_measure(by_measure, name, simulation.currency) for name in _SHOWN]
            words = "All items" if scope == "all" else f"Class {scope}"
            rows.append(
                {"scope": words, "policy": policy, "items": int(by_measure["items"].iloc[0]), "figures": figures}
            )
    return rows


def _quality(label: str, chosen: pd.DataFrame, naive: pd.DataFrame) -> dict[str, Any]:
    added = chosen["value_added"].astype(np.float64).dropna()
    return {
        "label": label,
        "items": len(chosen),
        "wape": _weighted(chosen, "wape"),
        "naive_wape": _weighted(naive, "wape"),
        "bias": _weighted(chosen, "bias"),
        "mase": plain(chosen["mase"].astype(np.float64).dropna().median()),
        "value_added": plain(added.median()),
        "better": float((added > 0).mean()) if len(added) else None,
        "coverage": plain(chosen["coverage_90"].astype(np.float64).mean()),
    }


def _weighted(scores: pd.DataFrame, name: str) -> float | None:
    known = scores[scores[name].notna()]
    if known.empty:
        return None
    weight = known["weight"].to_numpy(np.float64)
    if weight.sum() <= 0:
        weight = np.ones(len(known))
    return float((known[name].to_numpy(np.float64) * weight).sum() / weight.sum())


def _weights(scores: pd.DataFrame, data: RunData) -> pd.Series:
    """Units of the last year of each row's item."""
    return scores[KEY].apply(tuple, axis=1).map(_last_year_units(data)).fillna(0.0)


def _last_year_units(data: RunData) -> dict[tuple[str, str], float]:
    result = {}
    for sku, location in zip(data.history["sku"], data.history["location"], strict=True):
        history = data.item_history(sku, location)
        result[(sku, location)] = sum(value for value in history.units[-52:] if value is not None)
    return result


def _order(policy: str) -> tuple[int, str]:
    return (0 if policy == "restock" else 1 if policy == "your orders" else 2, policy)


def _measure(by_measure: pd.DataFrame, name: str, currency: str) -> tuple[str, str]:
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
