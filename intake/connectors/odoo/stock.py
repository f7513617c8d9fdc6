"""Odoo's stock by location, and its reordering rules."""

import numpy as np
import pandas as pd

from intake.connectors.conversion import converted, exclude_rows
from intake.connectors.fields import (
    Numbers,
    Texts,
    coalesce,
    is_filled,
    number_texts,
    numbers,
    numbers_or_zero,
    required_column,
    text_column,
)
from intake.connectors.odoo.frame import odoo_frame, sku_of, warehouse_of
from intake.sources.raw import RawTable
from settings import TableSource

LOCATION = ("location_id", "Location", "location_id/complete_name", "Location/Full Location Name")
USAGE = ("location_id/usage", "Location/Location Type")
QUANTITY = ("quantity", "Quantity", "inventory_quantity_auto_apply", "Inventoried Quantity")
RESERVED = ("reserved_quantity", "Reserved Quantity")
MINIMUM = ("product_min_qty", "Min Quantity", "Minimum Quantity")
MAXIMUM = ("product_max_qty", "Max Quantity", "Maximum Quantity")

NOT_OURS = ("virtual locations", "partners", "physical locations")
ELSEWHERE = "the location is not one of the company's own: suppliers, customers, scrap, adjustments, transit"
NO_RULE = "minimum and maximum are both 0, which sets no limit in Odoo"


def inventory(raw: RawTable, source: TableSource) -> RawTable:
    """Stock by warehouse: the quants of all its locations, lots and packages, summed.

    Raises
    ------
    DataRefused: the location or the quantity is not among the columns.
    """
    delivered = odoo_frame(raw)
    location = required_column(delivered, raw, source, "inventory.location", "Odoo export of stock (quants)", LOCATION)
    quantity = required_column(delivered, raw, source, "inventory.on_hand", "Odoo export of stock (quants)", QUANTITY)
    warehouse, usage = warehouse_of(location), text_column(delivered, *USAGE).str.casefold()
    elsewhere = warehouse.str.casefold().isin(NOT_OURS) | (is_filled(usage) & ~usage.str.startswith("internal"))
    kept, left_out = exclude_rows(raw, delivered, {ELSEWHERE: elsewhere})
    rows = pd.DataFrame(
        {
            "sku": sku_of(kept),
            "location": warehouse[kept.index],
            "on_hand": quantity[kept.index],
            "reserved": text_column(kept, *RESERVED),
        }
    )
    return converted(raw, _by_warehouse(rows, source), left_out)


def _by_warehouse(rows: pd.DataFrame, source: TableSource) -> pd.DataFrame:
    """One row a SKU and warehouse, under the line of the first; what cannot be summed stays, for the contract."""
    on_hand, reserved = numbers(rows["on_hand"], source), numbers_or_zero(rows["reserved"], source)
    can = is_filled(rows["sku"]) & on_hand.notna() & reserved.notna()
    place = rows["location"] + "\0" + rows["sku"]

    def total(values: Numbers) -> Texts:
        return number_texts(values[can].groupby(place[can]).transform("sum"), source)

    summed = rows[can].assign(on_hand=total(on_hand), reserved=total(reserved)).drop_duplicates(["sku", "location"])
    return pd.concat([summed, rows[~can]]).sort_index()


def planning_parameters(raw: RawTable, source: TableSource) -> RawTable:
    """Minimum and maximum stock of each reordering rule, two rows where both are set.

    Raises
    ------
    DataRefused: minimum or maximum is not among the columns.
    """
    title = "Odoo export of reordering rules"
    delivered = odoo_frame(raw)
    low = required_column(delivered, raw, source, "planning_parameters.value", title, MINIMUM)
    high = required_column(delivered, raw, source, "planning_parameters.value", title, MAXIMUM)
    minimum, maximum = numbers_or_zero(low, source), numbers_or_zero(high, source)
    kept, left_out = exclude_rows(raw, delivered, {NO_RULE: (minimum == 0) & (maximum == 0)})
    rule = pd.DataFrame(
        {
            "sku": sku_of(kept),
            "location": warehouse_of(text_column(kept, *LOCATION)),
            "who": "Odoo",
            "why": coalesce(
                text_column(kept, "name", "Name", "Reference"), pd.Series("reordering rule", index=kept.index)
            ),
        }
    )
    least = rule.assign(name="minimum_stock_units", value=low)[minimum[kept.index] != 0]
    reached = pd.Series(np.fmax(minimum, maximum), index=delivered.index).where(maximum.notna())
    most = rule.assign(name="maximum_stock_units", value=number_texts(reached, source, high))[maximum[kept.index] != 0]
    both = pd.concat([least, most]).sort_index(kind="stable")
    # Where no SKU is written a parameter holds for all of them, so such a rule must not pass.
    nameless = both["value"] + " for a product without internal reference"
    return converted(raw, both.assign(value=both["value"].where(is_filled(both["sku"]), nameless)), left_out)
