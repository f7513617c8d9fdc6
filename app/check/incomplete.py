"""Items that are planned as far as possible, and what is missing for the rest."""

import pandas as pd

from flows.results import Inputs
from reports.check import IncompleteItems

SHOWN = 5


def incomplete_items(inputs: Inputs, *, missing_inventory_is_zero: bool) -> list[IncompleteItems]:
    """What is missing, for how many items, the first of them, and what to do; what holds for none is left out."""
    items = inputs.items
    stocked = inputs.tables["inventory"]
    stocked = stocked[stocked["on_hand"] > 0]
    sold = pd.MultiIndex.from_frame(inputs.tables["demand_lines"][["sku", "location"]])
    key = pd.MultiIndex.from_frame(items[["sku", "location"]])
    unsold = key.isin(pd.MultiIndex.from_frame(stocked[["sku", "location"]])) & ~key.isin(sold)
    found = [
        (
            ~items["has_source"].to_numpy(bool),
            "no supplier's terms and no transfer terms: they are forecast, and nothing is ordered",
            "add a row to supply_terms, or to transfer_terms where another location replenishes them",
        ),
        (
            ~items["has_inventory"].to_numpy(bool) & (not missing_inventory_is_zero),
            "no row in inventory: their stock is unknown, and nothing is suggested",
            "deliver a row for them, with 0 where none is there, or set data.missing_inventory_is_zero",
        ),
        (
            items["unit_cost_base"].isna().to_numpy(bool),
            "no unit cost: what their stock ties up is not known",
            "give unit_cost in products or supply_terms",
        ),
        (
            items["unit_price_base"].isna().to_numpy(bool),
            "no price in products: where they never sold either, a lost sale costs inventory.gross_margin_default",
            "give unit_price in products",
        ),
        (
            unsold,
            "stock, and not one sale on record: they are forecast at nothing",
            "see whether their sales are exported, or whether a code differs",
        ),
    ]
    rows = []
    for holds, what, to_do in found:
        names = [
            f"{sku} at {location}" for sku, location in items.loc[holds, ["sku", "location"]].head(SHOWN).to_numpy()
        ]
        if names:
            rows.append(IncompleteItems(int(holds.sum()), what, to_do, tuple(names)))
    return rows
