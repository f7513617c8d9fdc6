"""Options and limits of a few items of one supplier, made by hand: costs fall until the wanted quantity, then rise."""

import numpy as np
import pandas as pd

from models.inventory.constraints import CouplingRules, couple

PLACED, NEXT = pd.Timestamp("2026-04-06"), pd.Timestamp("2026-04-13")
RULES = CouplingRules("EUR", 180.0, 0.0)


def item(sku, wanted=24.0, *, pack=12.0, packs=5, price=10.0, short_cost=3.0, held_cost=0.05, required=0.0, **columns):
    """Rows of one item: costs short_cost a unit missing, held_cost a unit too many, and 0 at the wanted quantity."""
    units = np.arange(packs + 1) * pack
    cost = short_cost * np.maximum(wanted - units, 0.0) + held_cost * np.maximum(units - wanted, 0.0)
    rows = pd.DataFrame(
        {
            "sku": sku,
            "location": "BER",
            "supplier": "acme",
            "currency": "EUR",
            "rate_to_base": 1.0,
            "category": "Tea",
            "order_units": units,
            "order_value": units * price,
            "order_value_base": units * price,
            "volume_m3": units * 0.1,
            "weight_kg": units * 2.0,
            "lost_units": np.maximum(wanted - units, 0.0),
            "leftover_units": np.maximum(units - wanted, 0.0),
            "expected_cost_base": cost,
            "is_chosen": units == wanted,
            "is_required": (required > 0) & (units == required),
            "placed_on": PLACED,
            "expected_on": PLACED + pd.Timedelta(days=10),
            "minimum_order_units": 0.0,
            "pack_units": pack,
            "days_of_supply_after": 10 + units / 2,
            "lasts_until": PLACED + pd.to_timedelta(10 + units / 2, unit="D"),
            "money_at_stake": cost[0] - cost,
            "next_placed_on": NEXT,
            "daily_demand": 2.0,
            "holding_per_unit_day": held_cost / 10,
            "most_units": 10_000.0,
        }
    )
    return rows.assign(**columns)


def supplier(name="acme", rate=1.0, currency="EUR", **amounts):
    row = {"supplier": name, "name": name.title(), "currency": currency}
    for column in ("fixed_cost_per_order", "minimum_order_value", "free_freight_from", "container_cost"):
        row[column] = amounts.get(column, np.nan)
        row[f"{column}_base"] = row[column] * rate
    return row | {name: amounts.get(name, np.nan) for name in ("container_volume_m3", "container_weight_kg")}


def budget(amount, committed=0.0, category="*", month="2026-04-01"):
    row = {"month": pd.Timestamp(month), "category": category}
    return row | {"amount_base": float(amount), "committed_base": float(committed)}


def room(capacity, taken=0.0, location="BER"):
    return {"location": location, "capacity_m3": float(capacity), "taken_m3": float(taken)}


def freight(*skus, per_unit=1.0, name="acme"):
    row = {"location": "BER", "supplier": name, "freight_per_unit_base": per_unit, "valid_from": pd.NaT}
    return [{"sku": sku} | row for sku in skus]


def frame(rows, columns):
    return pd.DataFrame(list(rows)) if rows else pd.DataFrame(columns=columns)


def coupled(*items, suppliers=None, budgets=(), storage_capacity=(), terms=()):
    """What the limits make of the items."""
    return couple(
        pd.concat(items, ignore_index=True),
        pd.DataFrame([supplier()] if suppliers is None else suppliers),
        frame(budgets, ["month", "category", "amount_base", "committed_base"]),
        frame(storage_capacity, ["location", "capacity_m3", "taken_m3"]),
        frame(terms, ["sku", "location", "supplier", "freight_per_unit_base", "valid_from"]),
        RULES,
    )


def orders(found, *items):
    """Units of every item by SKU after coupling."""
    rows = pd.concat(items, ignore_index=True)
    own = rows[rows["is_chosen"]].set_index("sku")["order_units"].to_dict()
    return own | found.choices.set_index("sku")["order_units"].to_dict()


def price(found, kind):
    """The row of one limit."""
    rows = found.prices[found.prices["kind"] == kind]
    assert len(rows) == 1
    return rows.iloc[0]
