"""Amazon's reports of stock in its warehouses: today's (FBA inventory), and each past day's (ledger summary)."""

import pandas as pd

from intake.connectors.conversion import converted, exclude_rows, text_frame
from intake.connectors.fields import is_filled, number_texts, numbers, numbers_or_zero, result_texts, text_column
from intake.sources.raw import RawTable
from settings import TableSource

NOT_SELLABLE = "Disposition is not SELLABLE, so nobody can buy these units"


def inventory(raw: RawTable, source: TableSource) -> RawTable:
    """Sellable units in Amazon's warehouses: fulfillable and reserved ones, which are apart in the report.

    All reserved units count as promised; which of them are, the reserved-inventory report says, and it can be joined.
    """
    delivered = text_frame(raw)
    fulfillable, reserved = (
        text_column(delivered, "afn-fulfillable-quantity"),
        text_column(delivered, "afn-reserved-quantity"),
    )
    on_hand = numbers(fulfillable, source) + numbers_or_zero(reserved, source)
    rows = pd.DataFrame(
        {
            "sku": text_column(delivered, "sku"),
            "on_hand": result_texts(on_hand, source, fulfillable, reserved),
            "reserved": reserved,
        }
    )
    return converted(raw, rows)


def products(raw: RawTable, _source: TableSource) -> RawTable:
    """Names and prices of the SKUs that the FBA inventory lists."""
    delivered = text_frame(raw)
    rows = pd.DataFrame(
        {
            "sku": text_column(delivered, "sku"),
            "name": text_column(delivered, "product-name"),
            "unit_price": text_column(delivered, "your-price"),
        }
    )
    return converted(raw, rows)


def stock_levels(raw: RawTable, source: TableSource) -> RawTable:
    """Sellable units at the end of each day, summed over Amazon's warehouses and countries.

    Today's stock is not split by country either, so both are of one location.
    """
    delivered = text_frame(raw)
    disposition = text_column(delivered, "Disposition").str.strip().str.casefold()
    kept, left_out = exclude_rows(raw, delivered, {NOT_SELLABLE: (disposition != "sellable") & (disposition != "")})
    balance = text_column(kept, "Ending Warehouse Balance")
    rows = pd.DataFrame(
        {
            "date": text_column(kept, "Date"),
            "sku": text_column(kept, "MSKU"),
            "on_hand": balance,
            "number": numbers(balance, source),
        }
    )
    return converted(raw, _summed(rows, source), left_out)


def _summed(rows: pd.DataFrame, source: TableSource) -> pd.DataFrame:
    """One row a day and SKU, under the line of the first; rows that cannot be summed stay, for the contract to name."""
    can = is_filled(rows["sku"]) & is_filled(rows["date"]) & rows["number"].notna()
    groups = rows[can].groupby(["date", "sku"], sort=False)["number"]
    first = rows[can].drop_duplicates(["date", "sku"])
    totals = groups.transform("sum").loc[first.index]
    whole = first.assign(on_hand=number_texts(totals, source))
    return pd.concat([whole, rows[~can]]).sort_index().drop(columns="number")
