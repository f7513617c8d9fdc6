"""Order lines summed to item, period, channel, market and order type."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data_contracts.as_of import period_start

UNKNOWN_MARKET = "unknown"
ORDER_TYPES = ("retail", "wholesale", "one_off")
KEY = ("date", "sku", "location", "channel", "market", "order_type")
SUMMED = ("units", "cancelled_units", "returned_units", "resellable_units", "net_revenue_base", "gross_revenue_base")
COLUMNS = (
    *KEY,
    "units",
    "cancelled_units",
    "returned_units",
    "resellable_units",
    "lines",
    "largest_line_units",
    "orders",
    "net_revenue_base",
    "gross_revenue_base",
    "on_promotion",
)


def sum_demand_lines(lines: pd.DataFrame, period: str, week_starts_on: str) -> pd.DataFrame:
    """Demand and money of each item by period, channel, market and order type.

    Parameters
    ----------
    lines: one row per order line: date, sku, location, channel, units, cancelled_units, returned_units,
        resellable_units, largest_line_units, net_revenue_base, gross_revenue_base; used where present: market,
        order_type, order, on_promotion.
    period, week_starts_on: the company's period.

    Returns
    -------
    One row per key (`KEY`), sorted by it; columns `COLUMNS`. date is the period's first day; lines counts lines with
    units; orders counts their distinct orders (lines where no order is named); market is "unknown" where
    the source names none.
    """
    count = len(lines)
    sold = lines["units"].to_numpy("float64") > 0
    parts: list[tuple[NDArray[np.int64], NDArray[np.object_]]] = []
    dates = period_start(lines["date"].to_numpy(), period, week_starts_on).astype("datetime64[ns]")
    market = _texts(lines, "market", UNKNOWN_MARKET)
    order_type = pd.Series(_texts(lines, "order_type", "retail")).replace("one-off", "one_off")
    combined = np.zeros(count, dtype="int64")
    for values in (dates, lines["sku"], lines["location"], lines["channel"], market, order_type):
        codes, distinct = pd.factorize(values, sort=True)
        combined = combined * max(len(distinct), 1) + codes
        parts.append((codes, np.asarray(distinct)))
    keys, first_row, group = np.unique(combined, return_index=True, return_inverse=True)
    result = pd.DataFrame(
        {name: distinct[codes[first_row]] for name, (codes, distinct) in zip(KEY, parts, strict=True)}
    )
    for name in SUMMED:
        result[name] = np.bincount(group, weights=lines[name].to_numpy("float64"), minlength=len(keys))
    result["lines"] = np.bincount(group, weights=sold, minlength=len(keys))
    largest = np.zeros(len(keys))
    np.maximum.at(largest, group, lines["largest_line_units"].to_numpy("float64"))
    result["largest_line_units"] = largest
    result["orders"] = _distinct_orders(lines, group, sold, len(keys))
    promoted = lines["on_promotion"].fillna(False).to_numpy("bool") if "on_promotion" in lines else np.zeros(count)
    result["on_promotion"] = np.bincount(group, weights=promoted, minlength=len(keys)) > 0
    return result[list(COLUMNS)]


def _distinct_orders(
    lines: pd.DataFrame, group: NDArray[np.int64], sold: NDArray[np.bool_], groups: int
) -> NDArray[np.float64]:
    if "order" not in lines or lines["order"].isna().all():
        return np.bincount(group, weights=sold, minlength=groups).astype("float64")
    order, distinct = pd.factorize(lines["order"])
    named = sold & (order >= 0)
    pairs = np.unique(group[named].astype("int64") * len(distinct) + order[named])
    unnamed = np.bincount(group, weights=sold & (order < 0), minlength=groups)
    counted = np.bincount(pairs // max(len(distinct), 1), minlength=groups)
    return counted.astype("float64") + unnamed


def _texts(lines: pd.DataFrame, column: str, otherwise: str) -> NDArray[np.object_]:
    if column not in lines:
        return np.full(len(lines), otherwise, dtype=object)
    return lines[column].astype(object).fillna(otherwise).to_numpy(dtype=object)
