"""What the rows of stock leave open: counts newer than the last complete period, and periods without a row."""

import datetime as dt
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from data_contracts.acceptance.outcomes import RESULT_COLUMNS
from features.arrays import Days, Ints
from features.availability import item_codes
from features.calendar import period_index, period_range, period_start
from features.stock_recording import stock_known_from

COUNTED_LATER_RULE = "inventory.counted_later"
NO_ROW_RULE = "stock_levels.no_row"
RULES = (COUNTED_LATER_RULE, NO_ROW_RULE)
"""Rules of this module; a run says their sentences in its summary."""


def counted_later_results(inventory: pd.DataFrame, as_of: dt.date, period: str) -> pd.DataFrame:
    """Locations of which stock was counted after the last complete period: one row each, in `RESULT_COLUMNS`.

    Parameters
    ----------
    inventory: the newest row of each item.
    as_of: last day of the last complete period.
    period: day, week or month.
    """
    rows = []
    for location, counts in inventory.groupby("location", sort=True):
        later = counts.loc[counts["as_of"] > pd.Timestamp(as_of), "as_of"]
        if later.empty:
            continue
        first, last = later.min(), later.max()
        when = f"{last:%Y-%m-%d}" if first == last else f"{first:%Y-%m-%d} to {last:%Y-%m-%d}"
        items = f"{len(later):,} item{'s' if len(later) > 1 else ''}"
        example = (
            f"{location}: the stock of {items} is dated {when}, after the last complete {period}, which ended on "
            f"{as_of}; it is used as counted, and the demand expected from then until the count as sold"
        )
        rows.append(("inventory", location, COUNTED_LATER_RULE, "warn", 0, len(later), example))
    return pd.DataFrame(rows, columns=list(RESULT_COLUMNS))


def no_row_results(
    tables: Mapping[str, pd.DataFrame], items: pd.DataFrame, as_of: dt.date, *, period: str, week_starts_on: str
) -> pd.DataFrame:
    """Periods of items without a row of stock, which count as in stock: one row a location, in `RESULT_COLUMNS`.

    Counted are the periods up to `as_of` from the first of which the location's stock is known, and from the first
    row or sale of the item after that; in a period in which it was sold it was there.

    Parameters
    ----------
    tables: of `resolve_identity`; used are `demand_lines` and `stock_levels`.
    items: columns sku, location.
    as_of: last day of the last complete period.
    period, week_starts_on: the company's period.
    """
    stock = tables.get("stock_levels", pd.DataFrame(columns=["date", "sku", "location", "on_hand"]))
    known = stock_known_from(stock)
    if known.empty:
        return pd.DataFrame(columns=list(RESULT_COLUMNS))
    items = items[["sku", "location"]].reset_index(drop=True)
    starts = period_range(
        pd.Timestamp(period_start(np.array([known.min()]), period, week_starts_on)[0]), as_of, period, week_starts_on
    )
    lines = tables["demand_lines"]
    sold = lines.loc[((lines["order_type"] == "retail") & (lines["units"] > 0)).to_numpy("bool")]
    rhythm = (starts, period, week_starts_on)
    item, place = _cells([_places(frame, items, *rhythm) for frame in (stock, sold)], len(starts))
    known_from = period_index(items["location"].map(known).to_numpy(), *rhythm)
    first = np.full(len(items), len(starts))
    np.minimum.at(first, item, place)
    first = np.where(known_from >= 0, np.maximum(first, known_from), len(starts))
    asked = len(starts) - first
    silent = asked - np.bincount(item[place >= first[item]], minlength=len(items))
    rows = []
    for location, places in items.groupby("location", sort=True).indices.items():
        periods, without = int(asked[places].sum()), int(silent[places].sum())
        if not without:
            continue
        concerned = int((silent[places] > 0).sum())
        example = (
            f"{location}: {without:,} of {periods:,} {period}s of items have neither a row of stock nor a sale and "
            f"count as in stock, so as {period}s without demand, of {concerned:,} item{'s' if concerned > 1 else ''}; "
            "deliver their stock_levels, also where they are zero"
        )
        rows.append(("stock_levels", location, NO_ROW_RULE, "warn", 0, concerned, example))
    return pd.DataFrame(rows, columns=list(RESULT_COLUMNS))


def _places(
    frame: pd.DataFrame, items: pd.DataFrame, starts: Days, period: str, week_starts_on: str
) -> tuple[Ints, Ints]:
    """Item and period of each row of the frame that has both."""
    if frame.empty:
        return np.zeros(0, "int64"), np.zeros(0, "int64")
    item = item_codes(frame, items)
    place = period_index(frame["date"].to_numpy(), starts, period, week_starts_on)
    inside = (item >= 0) & (place >= 0)
    return item[inside], place[inside]


def _cells(parts: Sequence[tuple[Ints, Ints]], periods: int) -> tuple[Ints, Ints]:
    """Distinct items and periods."""
    cells = np.unique(np.concatenate([item * periods + place for item, place in parts]))
    return cells // periods, cells % periods
