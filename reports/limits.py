"""Limits that orders share: what they cost, and how far each supplier's order fills its own."""

from typing import Any

import pandas as pd

from reports.numbers import count, percent
from reports.reading import RunData, records

KINDS = {
    "supplier_minimum": "Minimum order",
    "free_freight": "Free freight",
    "container_volume": "Container, volume",
    "container_weight": "Container, weight",
    "open_to_buy": "Order budget",
    "capacity": "Storage capacity",
}


def limit_rows(data: RunData) -> list[dict[str, Any]]:
    """Rows of `constraint_prices`, the binding ones first and of these the dearest, with `what` and `share` used."""
    rows = records(data.limits)
    for row in rows:
        row["what"] = KINDS[row["kind"]]
        row["share"] = row["used"] / row["limit_value"] if row["limit_value"] else None
    return sorted(
        rows,
        key=lambda row: (
            not row["is_binding"],
            -(row["saving_if_looser"] or 0.0),
            row["kind"],
            row["scope"],
            row["month"],
        ),
    )


def supplier_limits(data: RunData, supplier: str) -> dict[str, Any]:
    """How full a supplier's order is.

    Returns
    -------
    minimum_share: of the minimum order, in the supplier's currency; None without one. limits: free freight and
    containers in a few words.
    """
    if data.limits.empty:
        return {"minimum_share": None, "limits": ""}
    scope = data.limits["scope"].astype(str)
    mine = data.limits[(scope == supplier) | scope.str.startswith(f"{supplier}, ")]
    minimum = mine[mine["kind"] == "supplier_minimum"]
    share = float(minimum["used"].iloc[0] / minimum["limit_value"].iloc[0]) if len(minimum) else None
    return {"minimum_share": share, "limits": "; ".join(_words(row) for row in records(_fillable(mine)))}


def _fillable(mine: pd.DataFrame) -> pd.DataFrame:
    """Free freight; of containers the fuller of volume and weight by scope."""
    known = mine[mine["kind"].isin(["free_freight", "container_volume", "container_weight"])]
    known = known.assign(share=known["used"] / known["limit_value"], freight=known["kind"] == "free_freight")
    known = known.sort_values(["freight", "scope", "share"], ascending=[False, True, False], kind="stable")
    return known.drop_duplicates(["freight", "scope"])


def _words(row: dict[str, Any]) -> str:
    if row["kind"] == "free_freight":
        goal = f"{count(round(row['limit_value']))} {row['unit']}"
        return f"free freight from {goal}: {percent(min(row['share'] or 0.0, 1.0))} reached"
    at = row["scope"].partition(", ")[2]
    return f"container{' to ' + at if at else ''} {percent(row['share'] or 0.0)} full"
