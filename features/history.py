"""Demand history of a bucket's items on a complete calendar, with what is announced for the periods ahead."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from features.arrays import Days, Flags, Floats, Ints
from features.availability import Availability, availability, item_codes
from features.calendar import days_or, period_index, period_lengths_days, period_range
from features.censoring import estimate_demand
from features.items import planned_items
from features.one_offs import bulk_excess
from features.promotions import (
    declared_discounts,
    log_relative_prices,
    observed_discounts,
    repeated_a_year_later,
)
from features.public_holidays import country_code, holiday_shares

__all__ = ["DemandHistory", "build_history", "planned_items", "with_last_years_promotions"]

_THURSDAY = 3  # weekday of 1970-01-01, Monday being 0


@dataclass(frozen=True)
class DemandHistory:
    """Demand of I items in T past periods, and what is announced for H periods ahead.

    Attributes
    ----------
    items: one row per item, sorted by sku and location: the columns of `planned_items`, first_sale_on,
        last_sale_on (days), median_price_base (base currency per unit).
    period_starts: (T,) first days, oldest first; the last period ends at as_of. future_starts: (H,) the periods after.
    units: (I, T) gross retail units sold; NaN where demand is unknown: out of stock without sales, outside the
        item's life.
    censored: (I, T) demand was at least `units`.
    estimated: (I, T) demand, units: one-off bulk cut, unknown and censored periods at their conditional
        expectation, 0 outside life.
    alive: (I, T) from launch or first sale to discontinuation or last sale.
    dampened_units: (I, T) units cut as one-off bulk.
    discount: (I, T+H) fraction of the price, 0 without promotion.
    log_relative_price: (I, T+H) log of the price over the item's median price, 0 where nothing was sold and ahead.
    holiday: (I, T+H) share of the period's days that are public holidays of the item's market.
    on_hand_end: (I, T) units at the end of the period, NaN without a stock row.
    period: day, week or month.
    """

    items: pd.DataFrame
    period_starts: Days
    future_starts: Days
    units: Floats
    censored: Flags
    estimated: Floats
    alive: Flags
    dampened_units: Floats
    discount: Floats
    log_relative_price: Floats
    holiday: Floats
    on_hand_end: Floats
    period: str

    @property
    def period_lengths_days(self) -> Floats:
        """(T,) days in each past period."""
        return period_lengths_days(self.period_starts, self.period)


def build_history(
    tables: Mapping[str, pd.DataFrame],
    items: pd.DataFrame,
    *,
    as_of: dt.date,
    period: str,
    week_starts_on: str,
    history_days: int,
    horizon_days: int,
    one_off_units_factor: float,
    bulk_dampening: bool,
    default_country: str,
) -> DemandHistory:
    """Demand history of the items; that of an item does not depend on the others.

    Parameters
    ----------
    tables: of `resolve_identity`; used are `demand_lines`, `stock_levels` and `promotions`. Rows of other items
        are ignored.
    items: one row per item (`planned_items`), in any order.
    as_of: last day of the last complete period.
    period, week_starts_on: the company's period.
    history_days: days of history; the whole periods within them are taken.
    horizon_days: days ahead that the future periods cover at least.
    one_off_units_factor: see `features.one_offs.bulk_excess`.
    bulk_dampening: whether one-off bulk lines are cut in `estimated`.
    default_country: ISO code of the public holidays of items without a market.
    """
    items = items.sort_values(["sku", "location"], kind="stable", ignore_index=True)
    last = np.datetime64(as_of, "D")
    past = period_range(last - (history_days - 1), last, period, week_starts_on)
    ahead = period_range(last + 1, last + horizon_days, period, week_starts_on)
    both = np.concatenate([past, ahead])
    size = (len(items), len(past))

    lines, item, place = _retail_lines(tables["demand_lines"], items, past, as_of, period, week_starts_on)
    stock = availability(tables.get("stock_levels"), items, past, period, week_starts_on)
    items = _with_sales_dates(items, lines, item)
    inside = place >= 0
    flat = item[inside] * len(past) + place[inside]
    inner = lines.loc[inside]
    sold = _summed(flat, inner["units"], size)
    alive = _alive(items, past, both[len(past)] if len(ahead) else last + 1, stock)
    unobserved = alive & stock.out_of_stock & (sold == 0)
    partly = stock.in_stock_share > 0
    censored = alive & stock.ran_out & ((sold > 0) | partly)

    dampened = np.zeros(size)
    if bulk_dampening:
        dampened = np.minimum(_summed(flat, _one_off_units(lines, item, one_off_units_factor)[inside], size), sold)
    step = items["unit_step"].to_numpy("float64")[:, None]
    estimated = step * estimate_demand(
        (sold - dampened) / step,
        alive & ~unobserved & ~censored,
        censored,
        unobserved,
        weekday=(past.astype("int64") + _THURSDAY) % 7 if period == "day" else None,
        period_days=float(period_lengths_days(past, period).mean()) if len(past) else 1.0,
        share=np.where(partly, stock.in_stock_share, np.nan),
    )
    log_price, median_price = log_relative_prices(sold, _summed(flat, inner["gross_revenue_base"], size))
    discount = declared_discounts(tables.get("promotions"), items, _channel_shares(lines, item, items), both, period)
    promoted = _summed(flat, inner["on_promotion"], size) > 0
    discount[:, : len(past)] = observed_discounts(discount[:, : len(past)], promoted, log_price)
    countries = np.array([country_code(market) or default_country for market in items["market"]], dtype=object)
    return DemandHistory(
        items=items.assign(median_price_base=median_price),
        period_starts=past,
        future_starts=ahead,
        units=np.where(alive & ~unobserved, sold, np.nan),
        censored=censored,
        estimated=estimated,
        alive=alive,
        dampened_units=dampened,
        discount=discount,
        log_relative_price=np.concatenate([log_price, np.zeros((len(items), len(ahead)))], axis=1),
        holiday=holiday_shares(countries, both, period),
        on_hand_end=stock.on_hand_end,
        period=period,
    )


def with_last_years_promotions(history: DemandHistory) -> DemandHistory:
    """The history with the promotions of the year before in the periods ahead, beside those that are announced."""
    starts = np.concatenate([history.period_starts, history.future_starts])
    repeated = repeated_a_year_later(history.discount, starts, len(history.period_starts), history.period)
    return replace(history, discount=repeated)


def _one_off_units(lines: pd.DataFrame, item: Ints, units_factor: float) -> Floats:
    return bulk_excess(
        item,
        lines["units"].to_numpy("float64"),
        lines["lines"].to_numpy("float64"),
        lines["largest_line_units"].to_numpy("float64"),
        lines["on_promotion"].to_numpy("bool"),
        units_factor=units_factor,
    )


def _retail_lines(
    demand_lines: pd.DataFrame, items: pd.DataFrame, past: Days, as_of: dt.date, period: str, week_starts_on: str
) -> tuple[pd.DataFrame, Ints, Ints]:
    """Retail lines of the items up to `as_of`, by item and date, with the item and the period of each."""
    retail = demand_lines.loc[(demand_lines["order_type"] == "retail") & (demand_lines["date"] <= pd.Timestamp(as_of))]
    item = item_codes(retail, items)
    own = np.flatnonzero(item >= 0)
    order = own[np.lexsort((own, retail["date"].to_numpy()[own], item[own]))]
    lines = retail.iloc[order].reset_index(drop=True)
    return lines, item[order], period_index(lines["date"].to_numpy(), past, period, week_starts_on)


def _with_sales_dates(items: pd.DataFrame, lines: pd.DataFrame, item: Ints) -> pd.DataFrame:
    sold = (lines["units"] > 0).to_numpy("bool")
    dates = lines["date"].loc[sold].groupby(item[sold])
    rows = np.arange(len(items))
    return items.assign(
        first_sale_on=dates.min().reindex(rows).astype("datetime64[ns]").to_numpy(),
        last_sale_on=dates.max().reindex(rows).astype("datetime64[ns]").to_numpy(),
    )


def _alive(items: pd.DataFrame, past: Days, after: np.datetime64, stock: Availability) -> Flags:
    """Periods of life: from launch (not before the item is first in stock there) or the first sale, whichever is
    earlier, or without a launch date from the first stock or sale; to discontinuation or the last sale, whichever
    is later.
    """
    if not len(past):
        return np.zeros((len(items), 0), dtype="bool")
    never, always = np.datetime64("2262-01-01", "D"), np.datetime64("1678-01-01", "D")
    first_sale = days_or(items["first_sale_on"], never)
    last_sale = days_or(items["last_sale_on"], always)
    launched = days_or(items["launched_on"], always)
    seen = stock.seen_in_stock.any(axis=1)
    first_stock = np.where(seen, past[stock.seen_in_stock.argmax(axis=1)], never)
    has_launch = items["launched_on"].notna().to_numpy("bool")
    if "stock_known_from" in items:  # what lay there when recording began had come at any time before
        recorded = days_or(items["stock_known_from"], always)
        seen = seen & (first_stock > recorded)
    opened = np.where(has_launch, np.where(seen, np.maximum(launched, first_stock), launched), first_stock)
    begins = np.minimum(opened, first_sale)
    ends = np.maximum(days_or(items["discontinued_on"], never), last_sale)
    period_ends = np.append(past[1:], after) - np.timedelta64(1, "D")
    alive: Flags = (period_ends[None, :] >= begins[:, None]) & (past[None, :] <= ends[:, None])
    return alive


def _summed(flat: Ints, values: "pd.Series[float] | Floats", shape: tuple[int, int]) -> Floats:
    weights = np.asarray(values, dtype="float64")
    return np.bincount(flat, weights=weights, minlength=shape[0] * shape[1]).astype("float64").reshape(shape)


def _channel_shares(lines: pd.DataFrame, item: Ints, items: pd.DataFrame) -> pd.DataFrame:
    """Share of each channel in the item's units: sku, location, channel, share."""
    channel, names = pd.factorize(lines["channel"], sort=True)
    sums = _summed(item * max(len(names), 1) + channel, lines["units"], (len(items), max(len(names), 1)))
    total = sums.sum(axis=1, keepdims=True)
    shares = np.divide(sums, total, out=np.zeros_like(sums), where=total > 0)
    row, column = np.nonzero(shares)
    return pd.DataFrame(
        {
            "sku": items["sku"].to_numpy(dtype=object)[row],
            "location": items["location"].to_numpy(dtype=object)[row],
            "channel": np.asarray(names, dtype=object)[column],
            "share": shares[row, column],
        }
    )
