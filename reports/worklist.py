"""The planner's lists: what to order, by supplier, what is at risk, and what is too much."""

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd

from reports.limits import of_supplier
from reports.numbers import count
from reports.reading import RunData, plain, records

REPLENISHES = ("order", "transfer")
CHANGES = ("expedite", "postpone", "cancel")
"""Actions on what is on order already: no new money, so that totals of orders leave them out."""
STOCKOUT_KINDS = ("stockout_now", "at_risk")
KEY = ["sku", "location"]
ACTION_WORDS = {
    "order": "Order",
    "expedite": "Expedite",
    "postpone": "Postpone",
    "cancel": "Cancel",
    "transfer": "Transfer",
    "none": "Nothing",
}
_STATES = {
    "out": (0, "Out of stock"),
    "late": (1, "Runs out first"),
    "due": (2, "Due"),
    "change": (3, "Change"),
    "fine": (4, "Covered"),
    "unknown": (5, "Unknown stock"),
}


def all_items(data: RunData) -> pd.DataFrame:
    """Recommendations with what the lists show beside them, sorted by money at stake, then by key.

    Returns
    -------
    One row per recommendation with all its columns and: state (out, late, due, change, fine, unknown), state_rank,
    state_words, action_words, sentence, phrase, pack_words, gap_on, lasts_until, confidence, item_class, stock_value.
    """
    rows = data.recommendations.copy()
    for name in _OPTIONAL:
        if name not in rows:
            rows[name] = None
    classes = data.policies.drop_duplicates(KEY)
    known = [
        name for name in ["abc", "xyz", "demand_class", "lead_time_source", "lead_time_mean_days"] if name in classes
    ]
    rows = rows.merge(classes[[*KEY, *known]], on=KEY, how="left", suffixes=("", "_policy"))
    for name in ["abc", "xyz"]:
        if f"{name}_policy" in rows:
            rows[name] = rows[name].where(rows[name].notna(), rows[f"{name}_policy"])
    rows = _with_states(rows, data)
    rows["action_words"] = rows["action"].map(lambda action: ACTION_WORDS.get(action, str(action)))
    rows["item_class"] = [_joined(a, x) for a, x in zip(rows["abc"], rows["xyz"], strict=True)]
    rows["gap_on"] = _dates(rows["first_gap_on"], rows["days_of_supply"], data.as_of)
    rows["lasts_until"] = _dates(rows["lasts_until"], rows["days_of_supply_after"], data.as_of)
    rows["sentence"] = rows["reasons"].map(lambda reasons: _reason(reasons, "sentence"))
    rows["phrase"] = [_phrase(row) for row in rows[_PHRASE].itertuples(index=False)]
    rows["pack_words"] = [_pack_words(*row) for row in zip(rows["reasons"], rows["order_units"], strict=True)]
    rows["supplier_words"] = rows["supplier_name"].where(rows["supplier_name"].notna(), rows["supplier"])
    rows["at_stake"] = pd.to_numeric(rows["money_at_stake"], errors="coerce").fillna(-np.inf)
    return rows.sort_values(["at_stake", *KEY, "line_number"], ascending=[False, True, True, True], ignore_index=True)


def proposals(items: pd.DataFrame) -> pd.DataFrame:
    """The rows of `all_items` that propose to do something."""
    return items[items["action"] != "none"].reset_index(drop=True)


def changes(items: pd.DataFrame) -> pd.DataFrame:
    """The rows of `all_items` that propose to change an open order."""
    return items[items["action"].isin(CHANGES)].reset_index(drop=True)


def first_lines(items: pd.DataFrame) -> pd.DataFrame:
    """The rows of `all_items` without proposals to change open orders: one per item."""
    return items[~items["action"].isin(CHANGES)].reset_index(drop=True)


def by_supplier(items: pd.DataFrame, data: RunData) -> list[dict[str, Any]]:
    """Orders and transfers added up by supplier or sending location, greatest money at stake first.

    Returns
    -------
    Rows with supplier, supplier_words, lines, units, value (base currency, lines as rounded), at_stake, placed_on,
    expected_first, expected_last, minimum (base currency; None: not known), minimum_share, limits (free freight and
    containers in words), lead_time_mean_days.
    """
    orders = items[items["action"].isin(REPLENISHES)]
    source = orders["supplier"].where(
        orders["supplier"].notna(), "transfer from " + orders["from_location"].astype(str)
    )
    minimums = {row["supplier"]: row for row in data.rows("supplier_minimums")}
    rows = []
    for supplier, lines in orders.groupby(source, sort=True):
        minimum = _minimum(lines, minimums.get(supplier))
        limits = of_supplier(data, str(supplier))
        value = _total(lines["order_value_base"])
        names = lines["supplier_words"].dropna()
        rows.append(
            {
                "supplier": supplier,
                "supplier_words": names.iloc[0] if len(names) else supplier,
                "lines": len(lines),
                "units": float(lines["order_units"].sum()),
                "value": value,
                "at_stake": _total(lines["money_at_stake"]),
                "placed_on": plain(lines["placed_on"].min()),
                "expected_first": plain(lines["expected_on"].min()),
                "expected_last": plain(lines["expected_on"].max()),
                "minimum": minimum,
                "minimum_share": limits["minimum_share"] or (value / minimum if minimum else None),
                "limits": limits["limits"],
                "lead_time_mean_days": plain(pd.to_numeric(lines["lead_time_mean_days"], errors="coerce").mean()),
                "currencies": ", ".join(sorted(set(lines["currency"].dropna()))),
            }
        )
    return sorted(rows, key=lambda row: (-row["at_stake"], row["supplier"]))


def exceptions_of(data: RunData, items: pd.DataFrame, *kinds: str) -> list[dict[str, Any]]:
    """Exceptions of some kinds with their item's row: the worst first, then by money at stake, then by key."""
    found = data.exceptions[data.exceptions["kind"].isin(kinds)].reset_index(drop=True)
    item = first_lines(items).drop_duplicates(KEY).drop(columns=["run_id"], errors="ignore")
    rows = found.merge(item, on=KEY, how="left", suffixes=("", "_item"))
    rows["message"] = [_without_item(*row) for row in zip(rows["message"], rows["sku"], rows["location"], strict=True)]
    rank = rows["severity"].map({"critical": 0, "warning": 1, "info": 2}).fillna(3)
    stake = -rows["at_stake"].fillna(-np.inf)
    rows = rows.assign(rank=rank, stake=stake).sort_values(
        ["rank", "stake", *KEY, "kind", "message"], ignore_index=True
    )
    return records(rows)


def _without_item(message: str, sku: str | None, location: str | None) -> str:
    """The message without the item that it begins with, which stands beside it."""
    short = message.removeprefix(f"{sku} at {location}: ")
    return short[:1].upper() + short[1:]


def _with_states(rows: pd.DataFrame, data: RunData) -> pd.DataFrame:
    risky = data.exceptions[data.exceptions["kind"].isin(STOCKOUT_KINDS)]
    late = set(zip(risky["sku"], risky["location"], strict=True))
    free = rows["on_hand"] - rows["reserved"].fillna(0.0) - rows["backordered"].fillna(0.0).astype(np.float64)
    is_late = np.array([key in late for key in zip(rows["sku"], rows["location"], strict=True)], dtype=bool)
    selling = (rows["demand_mean"].fillna(0.0) > 0).to_numpy()
    state = np.select(
        [
            rows["on_hand"].isna().to_numpy(),
            (free <= 0).to_numpy() & (selling | is_late),
            is_late,
            rows["action"].isin(REPLENISHES).to_numpy(),
            (rows["action"] != "none").to_numpy(),
        ],
        ["unknown", "out", "late", "due", "change"],
        "fine",
    )
    return rows.assign(
        state=state,
        state_rank=[_STATES[name][0] for name in state],
        state_words=[_STATES[name][1] for name in state],
    )


def _dates(known: pd.Series, days: pd.Series, as_of: dt.date) -> list[dt.date | None]:
    """The date where known, else `as_of` and the days of supply; nothing beyond three years."""
    result: list[dt.date | None] = []
    for date, supply in zip(known, pd.to_numeric(days, errors="coerce"), strict=True):
        if plain(date) is not None:
            result.append(pd.Timestamp(date).date())
        elif np.isfinite(supply) and 0 <= supply <= _FAR_DAYS:
            result.append(as_of + dt.timedelta(days=int(supply)))
        else:
            result.append(None)
    return result


def _phrase(row: Any) -> str:
    """Why, in a few words."""
    given = _reason(row.reasons, "phrase")
    if given:
        return given
    if row.action in REPLENISHES and row.state == "out":
        return "nothing left to sell"
    if row.action in REPLENISHES and row.state == "late":
        return "runs out before it can arrive"
    if row.action in REPLENISHES and plain(row.reorder_point) is not None and plain(row.inventory_position) is not None:
        return (
            "position at or below reorder point" if row.inventory_position <= row.reorder_point else "pays to order now"
        )
    return {"expedite": "needed earlier than promised", "postpone": "not needed yet", "cancel": "not needed"}.get(
        row.action, ""
    )


def _reason(reasons: Any, name: str) -> str:
    if isinstance(reasons, dict):
        found = reasons.get(name)
        return found if isinstance(found, str) else ""
    if isinstance(reasons, list):
        return next((text for text in (_reason(part, name) for part in reasons) if text), "")
    return ""


def reason_figures(reasons: Any) -> dict[str, Any]:
    """Machine-readable figures of a reason, wherever they stand in it."""
    if isinstance(reasons, dict):
        inner = reasons.get("figures")
        return {**{k: v for k, v in reasons.items() if k != "figures"}, **(inner if isinstance(inner, dict) else {})}
    if isinstance(reasons, list):
        merged: dict[str, Any] = {}
        for part in reasons:
            merged |= reason_figures(part)
        return merged
    return {}


def _pack_words(reasons: Any, order_units: float | None) -> str:
    """Whole packs of the order, where a pack is more than a unit."""
    size = reason_figures(reasons).get("pack_units")
    if not isinstance(size, int | float) or size <= 1 or not order_units or not np.isfinite(order_units):
        return ""
    packs = order_units / size
    return f"{count(packs)} {'pack' if packs == 1 else 'packs'} of {count(size)}"


def _minimum(lines: pd.DataFrame, row: dict[str, Any] | None) -> float | None:
    if row is not None:
        found = row.get("minimum_order_value_base")
        return float(found) if found else None
    for reasons in lines["reasons"]:
        found = reason_figures(reasons).get("supplier_minimum_order_value_base")
        if found:
            return float(found)
    return None


def _total(amounts: pd.Series) -> float:
    """Sum in whole ten-thousandths, so that it does not depend on the order of the lines."""
    return float(np.rint(pd.to_numeric(amounts, errors="coerce").fillna(0.0) * 10_000).astype(np.int64).sum() / 10_000)


def _joined(abc: Any, xyz: Any) -> str:
    return f"{plain(abc) or ''}{plain(xyz) or ''}"


_FAR_DAYS = 1096
_OPTIONAL = [
    "name",
    "category",
    "supplier_name",
    "supplier_sku",
    "abc",
    "xyz",
    "lasts_until",
    "first_gap_on",
    "confidence",
    "backordered",
]
_PHRASE = ["action", "state", "reasons", "reorder_point", "inventory_position"]
