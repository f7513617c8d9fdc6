"""Units of order lines split into sold, cancelled and returned ones.

Returns here are those that were recorded; those to be expected are `features.resellable_returns`.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

CANCELLED_WITHIN_DAYS = 30
"""How far back the line is looked for that a cancellation takes back."""

UNITS_COLUMNS = ("units", "cancelled_units", "returned_units", "resellable_units")
REVENUE_COLUMNS = ("gross_revenue", "net_revenue")


@dataclass(frozen=True)
class SeparatedSales:
    """Order lines with their units split by kind.

    lines: the lines kept, one row each; added or replaced columns, all >= 0: units (sold and not cancelled),
        cancelled_units, returned_units, resellable_units; gross_revenue (of the units not cancelled), net_revenue
        (gross less what was paid back for returns; negative on a line that is only a return), largest_line_units.
    cancelled_lines, returned_lines, adjusted_lines, unmatched_cancellations: numbers of lines recognised as such.
    """

    lines: pd.DataFrame
    cancelled_lines: int
    returned_lines: int
    adjusted_lines: int
    unmatched_cancellations: int


def separate_returns(
    sales: pd.DataFrame,
    list_prices: "pd.Series[float] | None" = None,
    cancelled_order_prefix: str | None = None,
) -> SeparatedSales:
    """Split the units of order lines into sold, cancelled and returned ones.

    A line with status `cancelled` never was demand; one with `returned` was, and all of its units came back where
    `returned_units` names no part of them. A line whose order number starts with the prefix cancels the latest
    line of the same sku, customer and channel not after it and at most `CANCELLED_WITHIN_DAYS` before it that has as
    many units left (one with exactly as many comes first): those units are cancelled on the earlier line's date, gross
    revenue with their share of the line's, net revenue with what was paid back, so that it sums to that of the
    rows. A cancellation without such a line, and every other line with negative units, is a return on its own
    date. Where cancellations are declared by a prefix, a negative line without it, without customer and without
    money is a stock adjustment and is left out. A cancellation without customer is matched only where no line at
    all names a customer.

    Parameters
    ----------
    sales: one row per order line: date, sku, channel, units (negative: returned or cancelled), net_revenue; used where
        present: order, customer, status, unit_price, returned_units, resellable_units.
    list_prices: price of a unit by row, in the row's currency; used for returned units of a row that sold none
        and names no price.
    cancelled_order_prefix: how the order numbers of cancellations start; None: there are none.
    """
    count = len(sales)
    units = sales["units"].to_numpy("float64").copy()
    revenue = sales["net_revenue"].fillna(0.0).to_numpy("float64").copy()
    cancelled = np.zeros(count)
    status = _text(sales, "status").str.lower()
    by_status = status.isin(["cancelled", "canceled"]).to_numpy("bool")
    came_back = status.eq("returned").to_numpy("bool")
    cancelled[by_status] = np.abs(units[by_status])
    units[by_status] = 0.0
    revenue[by_status] = 0.0

    cancels = np.zeros(count, dtype="bool")
    adjusts = np.zeros(count, dtype="bool")
    if cancelled_order_prefix:
        prefixed = _text(sales, "order").str.startswith(cancelled_order_prefix).to_numpy("bool")
        cancels = prefixed & (units != 0)
        adjusts = ~prefixed & (units < 0) & (revenue == 0) & _missing(sales, "customer")
    matched_line = _match_cancellations(sales, units, cancels, ~cancels & ~by_status & (units > 0))
    matched = matched_line >= 0
    given_back = np.bincount(matched_line[matched], weights=np.abs(units[matched]), minlength=count)
    share_left = np.divide(units - given_back, units, out=np.ones(count), where=given_back > 0)
    units -= given_back
    cancelled += given_back
    gross_revenue = revenue * share_left
    revenue -= np.bincount(matched_line[matched], weights=np.abs(revenue[matched]), minlength=count)

    returns = ((units < 0) | cancels) & ~matched & ~adjusts
    returned = _number(sales, "returned_units")
    returned = np.where(came_back & (returned == 0), np.maximum(units, 0.0), returned)
    returned[returns] = np.abs(units[returns])
    resellable = np.minimum(_number(sales, "resellable_units"), returned)
    paid_back = np.zeros(count)
    paid_back[returns] = np.abs(revenue[returns])
    beside = (returned > 0) & ~returns & (revenue >= 0)
    paid_back[beside] = returned[beside] * _unit_prices(sales, units, gross_revenue, list_prices)[beside]
    units[returns] = 0.0
    gross_revenue = np.where(returns, 0.0, np.maximum(gross_revenue, 0.0))
    net_revenue = np.where(returns, 0.0, revenue) - paid_back

    lines = sales.assign(
        units=units,
        cancelled_units=cancelled,
        returned_units=returned,
        resellable_units=resellable,
        gross_revenue=gross_revenue,
        net_revenue=net_revenue,
        largest_line_units=units,
    ).loc[~matched & ~adjusts]
    return SeparatedSales(
        lines=lines,
        cancelled_lines=int(by_status.sum() + matched.sum()),
        returned_lines=int(returns.sum()),
        adjusted_lines=int(adjusts.sum()),
        unmatched_cancellations=int((cancels & ~matched).sum()),
    )


def _match_cancellations(
    sales: pd.DataFrame, units: NDArray[np.float64], cancels: NDArray[np.bool_], sold: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Row of the line that each cancellation takes back, -1 where there is none."""
    match = np.full(len(sales), -1, dtype="int64")
    without_customer = _missing(sales, "customer")
    rows_to_match = cancels if without_customer.all() else cancels & ~without_customer
    if not rows_to_match.any():
        return match
    key = ["sku", "channel"] if without_customer.all() else ["sku", "customer", "channel"]
    group = sales.groupby(key, sort=False, dropna=False).ngroup().to_numpy("int64")
    day = sales["date"].to_numpy().astype("datetime64[D]").astype("int64")
    wanted = np.flatnonzero(sold & np.isin(group, np.unique(group[rows_to_match])))
    wanted = wanted[np.lexsort((wanted, day[wanted], group[wanted]))]
    stride = int(day.max() - day.min()) + CANCELLED_WITHIN_DAYS + 2
    place = group[wanted] * stride + (day[wanted] - day.min())
    left = units[wanted].copy()
    order = np.flatnonzero(rows_to_match)
    order = order[np.lexsort((order, day[order]))]
    end_of_day = group[order] * stride + (day[order] - day.min())
    begins = np.searchsorted(place, np.maximum(end_of_day - CANCELLED_WITHIN_DAYS, group[order] * stride), side="left")
    ends = np.searchsorted(place, end_of_day, side="right")
    for row, begin, end, asked in zip(order, begins, ends, np.abs(units[order]), strict=True):
        same = np.flatnonzero(left[begin:end] == asked)
        enough = same if len(same) else np.flatnonzero(left[begin:end] >= asked)
        if len(enough):
            taken = begin + enough[-1]
            left[taken] -= asked
            match[row] = wanted[taken]
    return match


def _unit_prices(
    sales: pd.DataFrame,
    units: NDArray[np.float64],
    revenue: NDArray[np.float64],
    list_prices: "pd.Series[float] | None",
) -> NDArray[np.float64]:
    """What a unit of each line was paid with: its own revenue, else its price, else the list price, else nothing."""
    price = np.divide(revenue, units, out=np.full(len(sales), np.nan), where=units > 0)
    if "unit_price" in sales:
        price = np.where(np.isnan(price), sales["unit_price"].to_numpy("float64"), price)
    if list_prices is not None:
        price = np.where(np.isnan(price), list_prices.to_numpy("float64"), price)
    prices: NDArray[np.float64] = np.nan_to_num(price)
    return prices


def _number(frame: pd.DataFrame, column: str) -> NDArray[np.float64]:
    if column not in frame:
        return np.zeros(len(frame))
    numbers: NDArray[np.float64] = np.maximum(np.nan_to_num(frame[column].to_numpy("float64")), 0.0)
    return numbers


def _text(frame: pd.DataFrame, column: str) -> "pd.Series[str]":
    if column not in frame:
        return pd.Series("", index=frame.index, dtype=object)
    return frame[column].astype(object).fillna("").astype(str)


def _missing(frame: pd.DataFrame, column: str) -> NDArray[np.bool_]:
    if column not in frame:
        return np.ones(len(frame), dtype="bool")
    return frame[column].isna().to_numpy("bool")
