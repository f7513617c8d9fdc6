"""Bundles in words: of what they are, and where their stock and demand went."""

from collections.abc import Iterable
from typing import Any

from reports.numbers import count, estimate, is_missing

Row = dict[str, Any]
"""A row of the table `bundle_components`."""

NOWHERE = "*"
"""Location of a bundle that is sold, stocked and ordered nowhere."""


def bundle_lines(rows: Iterable[Row]) -> list[str]:
    """What a bundle is made of, and at each location what it adds to the demand and stock of its components.

    Parameters
    ----------
    rows: of one bundle, sorted.
    """
    known = list(rows)
    parts = {row["component_sku"]: f"{count(row['units_in_bundle'])} {row['component_sku']}" for row in known}
    owner = "these components" if len(parts) > 1 else known[0]["component_sku"]
    made_of = f"{known[0]['sku']} is a bundle of {' and '.join(parts.values())}."
    planned = f"It is not planned by itself: what is sold, stocked and ordered of it belongs to {owner}."
    places = [row for row in known if row["location"] != NOWHERE]
    return [
        f"{made_of} {planned}",
        *(
            f"At {row['location']}, in units of {row['component_sku']}: {_demand(row)}; {_supply(row)}."
            for row in places
        ),
    ]


def component_lines(rows: Iterable[Row]) -> list[str]:
    """How many of a component's units lie in made-up bundles or come in them, a sentence for each bundle.

    Parameters
    ----------
    rows: of one component at one location; bundles that hold none of it are only sold.
    """
    return [
        f"In bundle {row['sku']} ({count(row['units_in_bundle'])} each): {_demand(row)}; {_supply(row)}."
        for row in rows
    ]


def _demand(row: Row) -> str:
    return (
        f"{estimate(row['sold_units'])} sold in the last 91 days"
        if row["sold_units"]
        else "none sold in the last 91 days"
    )


def _supply(row: Row) -> str:
    """What lies in made-up bundles and is on order in them, and how much of it counts."""
    stock = _counted(row["stock_units"], row["stock_counted"], "in made-up bundles in stock")
    order = _counted(row["order_units"], row["order_counted"], "on order in bundles")
    return f"{stock}; {order}" if order and stock else stock or order or "none made up in stock or on order"


def _counted(units: float, counted: float, where: str) -> str:
    if is_missing(units) or not units:
        return ""
    if units < 0:
        return f"{count(-units)} owed to buyers of the bundle"
    if counted >= units:
        return f"{count(units)} {where}, all counted"
    return (
        f"{count(units)} {where}, of which {count(counted)} count: the bundle does not sell more within the lead time"
    )
