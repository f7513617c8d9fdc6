"""From which day on stock is known, and whose demand before it may be understated.

A day without stock looks like a day without demand where nobody recorded the stock. Gaps in an item's sales that its
own rate makes improbable are where that shows. Short stockouts, and those of slow sellers, do not show: the number of
items is a lower bound.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from data_contracts.acceptance.outcomes import RESULT_COLUMNS
from features.arrays import Days, Flags, Floats, Ints
from features.availability import item_codes
from features.calendar import period_start
from features.sales_gaps import WINDOW_PERIODS, chance_of_gap

RULE = "inventory.stock_history"
COLUMNS = ("location", "known_from", "sold_from", "items", "items_in_doubt", "units_in_doubt")
LEAST_SHARE_OF_ROWS = 0.1
"""Of the rows of the location's fullest day: with fewer, a day's stock is that of some items only."""

EXPECTED_GAPS = 0.01
"""Expected number of such gaps in a history like the item's, below which a gap is doubted."""

_NEVER = np.datetime64("2262-01-01", "D")


def stock_known_from(stock_levels: pd.DataFrame) -> "pd.Series[pd.Timestamp]":
    """First day of each location on which stock was recorded, by location.

    Rows that only say that something was out of stock, as a file of stockouts does, record nothing of the others.
    """
    there = stock_levels.loc[(stock_levels["on_hand"] > 0).to_numpy("bool")]
    rows = there.groupby(["location", "date"], sort=True).size().rename("rows").reset_index()
    enough = rows["rows"].astype("float64") >= LEAST_SHARE_OF_ROWS * rows.groupby("location")["rows"].transform("max")
    first: pd.Series[pd.Timestamp] = rows.loc[enough].groupby("location")["date"].min()
    return first


def stock_recording(
    tables: Mapping[str, pd.DataFrame], items: pd.DataFrame, as_of: dt.date, *, period: str, week_starts_on: str
) -> pd.DataFrame:
    """From when on the stock of each location is recorded, and which demand before it may be understated.

    An item is in doubt when, before its location's stock is known, it sold nothing for so long between two sales that
    the rate of its sales before the gap and after it would produce such a gap less than `EXPECTED_GAPS` times in its
    history. Periods in which the location sold nothing at all, gaps with a stock row inside, and gaps longer than
    the item is known before or after them do not count.

    Parameters
    ----------
    tables: of `resolve_identity`; used are `demand_lines`, `stock_levels` and `inventory`.
    items: one row per item (sku, location).
    as_of: day of the decision.
    period, week_starts_on: the company's period.

    Returns
    -------
    One row per location of `items`, most items in doubt first: `COLUMNS`. known_from, sold_from: first day of recorded
    stock and first sale, NaT where there is none; units_in_doubt: what the gaps would have sold at the rate around
    them.
    """
    stock = tables.get("stock_levels", pd.DataFrame(columns=["date", "sku", "location", "on_hand"]))
    counts = tables.get("inventory", stock).rename(columns={"as_of": "date"})
    # The first count of a location may be newer than the last complete period, and so than all rows of `stock_levels`.
    known = pd.Series({**stock_known_from(counts), **stock_known_from(stock)}, dtype="datetime64[ns]")
    items = items[["sku", "location"]].reset_index(drop=True)
    lines = tables["demand_lines"]
    kept = (lines["order_type"] == "retail") & (lines["units"] > 0) & (lines["date"] <= pd.Timestamp(as_of))
    lines = lines.loc[kept.to_numpy("bool")]
    known_day = items["location"].map(known).to_numpy().astype("datetime64[D]")
    until = np.where(np.isnat(known_day), _NEVER, known_day)
    doubted = _doubted(lines, stock, items, until, period, week_starts_on)
    places = items.groupby("location", sort=True).size()
    found = pd.DataFrame({"location": places.index.to_numpy(dtype=object), "items": places.to_numpy()})
    found["known_from"] = pd.to_datetime(found["location"].map(known))
    found["sold_from"] = pd.to_datetime(found["location"].map(lines.groupby("location")["date"].min()))
    in_doubt = items.assign(units=doubted).loc[doubted > 0].groupby("location")["units"]
    found["items_in_doubt"] = found["location"].map(in_doubt.size()).fillna(0).astype("int64")
    found["units_in_doubt"] = found["location"].map(in_doubt.sum()).astype("float64").fillna(0.0)
    return found.sort_values(["items_in_doubt", "location"], ascending=[False, True], ignore_index=True)[list(COLUMNS)]


def stock_recording_results(recording: pd.DataFrame) -> pd.DataFrame:
    """What `stock_recording` found, as results of a rule: one row per location, in `RESULT_COLUMNS`."""
    rows = []
    for place in recording.to_dict("records"):
        unseen = not pd.isna(place["sold_from"]) and not (place["known_from"] <= place["sold_from"])
        doubted = place["items_in_doubt"] if unseen else 0
        example = _sentence(place) if unseen else ""
        # No rows of its own: those of the inventory were counted when its parts were read.
        rows.append(("inventory", place["location"], RULE, "warn", 0, doubted, example))
    return pd.DataFrame(rows, columns=list(RESULT_COLUMNS))


def _sentence(place: Mapping[Any, Any]) -> str:
    known, count = place["known_from"], place["items_in_doubt"]
    is_known = not pd.isna(known)
    begins = f"its stock is known from {known:%Y-%m-%d} on" if is_known else "no row says that anything was in stock"
    unseen = f"stockouts before {known:%Y-%m-%d}" if is_known else "all stockouts so far"
    effect = "no item shows a gap in its sales that its own rate does not explain"
    if count:
        units = float(f"{place['units_in_doubt']:.2g}")
        of = f"{count:,} item{'s' if count > 1 else ''} of {place['items']:,}"
        effect = (
            f"demand of at least {of} may be understated, by about {units:,.0f} units in all; deliver stock_levels or "
            "stockouts of that time"
        )
    return f"{place['location']}: {begins}; {unseen} are invisible: {effect}"


def _doubted(
    lines: pd.DataFrame, stock: pd.DataFrame, items: pd.DataFrame, until: Days, period: str, week: str
) -> Floats:
    """Units that each item may have lost in improbable gaps before the day `until` of the item."""
    lost = np.zeros(len(items))
    item = item_codes(lines, items) if len(lines) else np.zeros(0, "int64")
    day = period_start(lines["date"].to_numpy(), period, week).astype("int64")
    place = pd.factorize(items["location"])[0].astype("int64")
    item, day, units = item[item >= 0], day[item >= 0], lines["units"].to_numpy("float64")[item >= 0]
    if not len(item):
        return lost
    span = int(day.max()) + 2 - min(int(day.min()), 0)
    open_periods = np.unique(place[item] * span + day)
    at = np.searchsorted(open_periods, place[item] * span + day)  # successive within a location
    size = len(open_periods) + 1
    cell, cell_of = np.unique(item * size + at, return_inverse=True)
    sold = np.concatenate([[0.0], np.cumsum(np.bincount(cell_of, weights=units))])
    of, pos = cell // size, cell % size
    gap = np.flatnonzero((of[1:] == of[:-1]) & (pos[1:] > pos[:-1] + 1))
    who, before, after = of[gap], pos[gap], pos[gap + 1]
    length = after - before - 1
    first = np.searchsorted(of, who, side="left")
    last = np.searchsorted(of, who, side="right") - 1
    window = np.maximum(2 * length, WINDOW_PERIODS[period])
    earlier = np.minimum(window, before - pos[first])
    later = np.minimum(window, pos[last] - after)
    begin = np.searchsorted(cell, who * size + before - earlier)
    end = np.searchsorted(cell, who * size + after + later, side="right")
    chance = np.maximum(chance_of_gap(length, earlier, gap - begin), chance_of_gap(length, later, end - gap - 2))
    seasoned = np.minimum(earlier, later) >= length  # else an item out of season looks like one out of stock
    improbable = seasoned & (chance * (last - first + 1) < EXPECTED_GAPS)
    ends = (open_periods[after] % span).astype("datetime64[D]")
    begins = (open_periods[before] % span).astype("datetime64[D]")
    unseen = improbable & (ends <= until[who])
    who, begins, ends = who[unseen], begins[unseen], ends[unseen]
    rate = (sold[end] - sold[begin])[unseen] / (earlier + later + 2)[unseen]
    seen = _recorded_inside(stock, items, until, who, begins, ends)
    np.add.at(lost, who[~seen], (rate * length[unseen])[~seen])
    return lost


def _recorded_inside(
    stock: pd.DataFrame,
    items: pd.DataFrame,
    until: Days,
    who: Ints,
    begins: Days,
    ends: Days,
) -> Flags:
    """Whether a stock row lies in each gap."""
    if stock.empty or not len(who):
        return np.zeros(len(who), "bool")
    early = stock.loc[stock["date"].to_numpy().astype("datetime64[D]") < until.max()]
    row, day = item_codes(early, items), early["date"].to_numpy().astype("datetime64[D]").astype("int64")
    span = 200_000  # days: more than any date has
    rows = np.sort(row[row >= 0] * span + day[row >= 0])
    recorded: Flags = np.searchsorted(rows, who * span + ends.astype("int64")) > np.searchsorted(
        rows, who * span + begins.astype("int64"), side="right"
    )
    return recorded
