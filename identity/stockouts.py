"""Past stockouts that a company wrote down, as stock levels: days on which nothing could be bought."""

import datetime as dt

import numpy as np
import pandas as pd

from data_contracts.as_of import next_period_start, period_start
from data_contracts.declarations import EVERYTHING, SOURCE_FILE, SOURCE_LINE

ITEM = ["sku", "location"]
_CELL = [*ITEM, "date"]


def add_stockouts(
    stock_levels: pd.DataFrame,
    stockouts: pd.DataFrame,
    items: pd.DataFrame,
    first_day: dt.date,
    as_of: dt.date,
    period: str,
    week_starts_on: str,
) -> tuple[pd.DataFrame, int]:
    """Stock levels with the stockouts in them, and how many stockout days they contradict.

    A period that lies wholly in a stockout gets `in_stock` = false, one that lies partly in it the share of its days
    in stock. A row of the company's own `stock_levels` is completed so where it says neither; where it says either,
    it stays as it is, and is counted as a contradiction if it says that the item was in stock all the time.

    Parameters
    ----------
    stock_levels: date, sku, location, on_hand, in_stock, in_stock_share.
    stockouts: sku (`*`: every one), location (`*`: at every item of the SKU), starts_on, ends_on (inclusive; missing:
        still).
    items: sku and location of all items, for stockouts of all locations.
    first_day, as_of: days outside are left out: before the first there is no demand to be corrected.
    period, week_starts_on: the company's period.
    """
    cells = _cells(_spans(stockouts, items, first_day, as_of), period, week_starts_on)
    if cells.empty:
        return stock_levels, 0
    share = pd.Series(cells["share"].to_numpy(), index=pd.MultiIndex.from_frame(cells[_CELL]))
    starts = period_start(stock_levels["date"].to_numpy(), period, week_starts_on).astype("datetime64[ns]")
    own = pd.MultiIndex.from_arrays([stock_levels["sku"], stock_levels["location"], starts], names=_CELL)
    stated = share.reindex(own).to_numpy("float64")
    levels = stock_levels.assign(
        in_stock=stock_levels["in_stock"].astype("boolean"),
        in_stock_share=stock_levels["in_stock_share"].astype("float64"),
    )
    says = levels["in_stock"].notna().to_numpy("bool") | levels["in_stock_share"].notna().to_numpy("bool")
    says_there = (
        levels["in_stock_share"].fillna(levels["in_stock"].astype("Float64")).fillna(0).to_numpy("float64") >= 1
    )
    completed = ~np.isnan(stated) & ~says
    levels["in_stock"] = levels["in_stock"].mask(completed & (stated == 0), other=False)
    partly = completed & (stated > 0)
    levels["in_stock_share"] = np.where(partly, stated, levels["in_stock_share"].to_numpy("float64"))
    added = cells.loc[~share.index.isin(own)]
    rows = added.assign(
        on_hand=np.where(added["out_at_end"], 0.0, np.nan),
        in_stock=(added["share"] > 0).astype("boolean").where((added["share"] == 0).to_numpy("bool")),
        in_stock_share=added["share"].where(added["share"] > 0),
    )
    contradicted = int((~np.isnan(stated) & says_there).sum())
    if rows.empty:
        return levels, contradicted
    rows = rows.reindex(columns=levels.columns)
    return (rows if levels.empty else pd.concat([levels, rows], ignore_index=True)), contradicted


def _spans(stockouts: pd.DataFrame, items: pd.DataFrame, first_day: dt.date, as_of: dt.date) -> pd.DataFrame:
    """One row per stockout and item, its days within the history: sku, location, begins, ends."""
    stockouts = _of_each_sku(stockouts, items)
    everywhere = (stockouts["location"].isna() | (stockouts["location"] == EVERYTHING)).to_numpy("bool")
    wide = stockouts.loc[everywhere].drop(columns="location").merge(items[ITEM].drop_duplicates(), on="sku")
    spans = pd.concat([frame for frame in (stockouts.loc[~everywhere], wide) if len(frame)] or [stockouts.iloc[:0]])
    first, last = np.datetime64(first_day, "ns"), np.datetime64(as_of, "ns")
    begins = np.maximum(pd.to_datetime(spans["starts_on"]).to_numpy("datetime64[ns]"), first)
    ends = np.fmin(pd.to_datetime(spans["ends_on"]).to_numpy("datetime64[ns]"), last)
    inside: pd.DataFrame = spans.assign(begins=begins, ends=ends).loc[begins <= ends].reset_index(drop=True)
    return inside


def _of_each_sku(stockouts: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """Stockouts of everything as stockouts of each SKU of the location, or of all."""
    of_all = (stockouts["sku"] == EVERYTHING).to_numpy("bool")
    if not of_all.any():
        return stockouts
    everywhere = (stockouts["location"].isna() | (stockouts["location"] == EVERYTHING)).to_numpy("bool")
    known = items[ITEM].drop_duplicates()
    wide = stockouts.loc[of_all & everywhere].drop(columns=ITEM).merge(known, how="cross")
    here = stockouts.loc[of_all & ~everywhere].drop(columns="sku").merge(known, on="location")
    return pd.concat([stockouts.loc[~of_all], wide, here], ignore_index=True)


def _cells(spans: pd.DataFrame, period: str, week_starts_on: str) -> pd.DataFrame:
    """One row per item and period that a stockout touches.

    Returns
    -------
    Columns sku, location, date (the period's first day), share (of its days in stock), out_at_end, source_file and
    source_line where the stockouts have them; sorted by the first three.
    """
    days = ((spans["ends"] - spans["begins"]).dt.days + 1).to_numpy("int64")
    row = np.repeat(np.arange(len(spans)), days)
    into = np.arange(len(row)) - np.repeat(np.cumsum(days) - days, days)
    places = [name for name in (SOURCE_FILE, SOURCE_LINE) if name in spans]
    every = spans[[*ITEM, *places]].iloc[row].reset_index(drop=True)
    day = spans["begins"].to_numpy().astype("datetime64[D]")[row] + into
    every = every.assign(day=day.astype("datetime64[ns]")).drop_duplicates([*ITEM, "day"])
    starts = period_start(every["day"].to_numpy(), period, week_starts_on)
    following = next_period_start(starts, period)
    every = every.assign(
        date=starts.astype("datetime64[ns]"),
        length=(following - starts).astype("int64"),
        out_at_end=every["day"].to_numpy().astype("datetime64[D]") == following - 1,
    )
    how = {"days": ("day", "size"), "length": ("length", "first"), "out_at_end": ("out_at_end", "any")}
    how |= {name: (name, "first") for name in places}
    cells: pd.DataFrame = every.groupby(_CELL, sort=True).agg(**how).reset_index()
    return cells.assign(share=1.0 - cells["days"] / cells["length"]).drop(columns=["days", "length"])
