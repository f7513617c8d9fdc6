"""FreshRetailNet as a company's tables, with days hidden or cut short whose demand is known."""

import zlib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.common import folder
from features.arrays import Days, Flags, Floats, Ints

HOURS = 16
"""Selling hours of a day, 6 to 22."""
STEP = 0.1
"""The publisher scaled the quantities; 98 % of them are multiples of this."""
_SHORTEST_SPELL_DAYS = 7
_CHANCE_TO_START = 0.06
_LONGEST_CUT_DAYS = 3


@dataclass(frozen=True)
class Panel:
    """Series of a shop and a product, arrays (series, days).

    sales: units in hours 6 to 22; hours_out: hours of these without stock; promoted: on a promotion.
    days: (days,); names: product and store of each series.
    """

    sales: Floats
    hours_out: Ints
    promoted: Flags
    days: Days
    names: pd.DataFrame


def panel(data: Path, series: int, part: str) -> Panel:
    """About `series` of the 50,000 series, those whose hash is lowest; `part` "score" or "tune" are disjoint halves."""
    columns = ["store_id", "product_id", "dt", "sale_6_22", "stockout_hours_6_22", "activity_flag"]
    frame = pd.read_parquet(folder(data, "freshretailnet") / "daily.parquet", columns=columns)
    names = frame[["store_id", "product_id"]].drop_duplicates(ignore_index=True)
    code = np.array(
        [zlib.crc32(f"{s}/{p}".encode()) for s, p in zip(names["store_id"], names["product_id"], strict=True)]
    )
    order = np.argsort(code, kind="stable")
    names = names.iloc[np.sort(order[code[order] % 2 == (part == "tune")][:series])]
    chosen = frame.merge(names, on=["store_id", "product_id"])
    chosen = chosen.sort_values(["product_id", "store_id", "dt"], kind="stable")
    days = np.sort(chosen["dt"].unique()).astype("datetime64[D]")
    shape = (len(names), len(days))
    return Panel(
        sales=chosen["sale_6_22"].to_numpy(dtype=np.float64).reshape(shape),
        hours_out=chosen["stockout_hours_6_22"].to_numpy(dtype=np.int64).reshape(shape),
        promoted=(chosen["activity_flag"].to_numpy() > 0).reshape(shape),
        days=days,
        names=chosen[["product_id", "store_id"]].drop_duplicates().astype(str).reset_index(drop=True),
    )


def pooled_profile(of: Panel) -> Floats:
    """Share of a day's demand sold by the time that `h` of the 16 hours are without stock at its end, h = 0 to 16.

    There are no hourly sales. The share is taken from how a day's sales, over the series' mean in stock, fall with the
    hours out: over its maximum, made to fall. Days that sell out are days of high demand, which the maximum takes out
    only on average: a stand-in for a profile of the hours.
    """
    full = of.hours_out == 0
    mean = np.where(full, of.sales, 0.0).sum(axis=1) / np.maximum(full.sum(axis=1), 1)
    usable = (mean > 0)[:, None] & np.ones(of.sales.shape, dtype=bool)
    relative = np.divide(of.sales, mean[:, None], out=np.zeros_like(of.sales), where=usable)
    sums = np.bincount(of.hours_out[usable], weights=relative[usable], minlength=HOURS + 1)
    share = sums / np.maximum(np.bincount(of.hours_out[usable], minlength=HOURS + 1), 1)
    highest = int(share.argmax())
    falling = np.minimum.accumulate(share[highest:] / share[highest])
    between = np.linspace(1.0, falling[1], highest + 2)[:-1]
    return np.concatenate([between, falling[1:]])


def hidden_days(of: Panel, longest: int, seed: int) -> Flags:
    """(series, days) days hidden: one to `longest` in a row, inside spells of a week and more without a stockout."""
    full = of.hours_out == 0
    rng = np.random.default_rng(seed)
    starts = rng.random(full.shape) < _CHANCE_TO_START * (_LONGEST_CUT_DAYS + 1) / (longest + 1)
    length = rng.integers(1, longest + 1, full.shape)
    hidden = np.zeros(full.shape, dtype=bool)
    for ahead in range(longest):
        column = slice(ahead, None)
        hidden[:, column] |= (starts & (length > ahead))[:, : full.shape[1] - ahead]
    return hidden & _in_long_spells(full)


def _in_long_spells(full: Flags) -> Flags:
    spell = np.cumsum(~full, axis=1) + np.arange(len(full))[:, None] * (full.shape[1] + 1)
    length = np.bincount(spell[full], minlength=int(spell.max(initial=0)) + 1)
    return np.asarray(full & (length[spell] >= _SHORTEST_SPELL_DAYS))


def cut_short(of: Panel, days: Flags, share: Floats, seed: int) -> Panel:
    """The panel with the sales of `days` thinned: each step of 0.1 falls before the cut with the chance `share`."""
    steps = np.rint(of.sales[days] / STEP).astype(np.int64)
    kept = np.random.default_rng(seed).binomial(steps, share) * STEP
    sales = of.sales.copy()
    sales[days] = kept
    return replace(of, sales=sales)


def tables(of: Panel, share: Floats, *, given: bool) -> dict[str, pd.DataFrame]:
    """`demand_lines` and `stock_levels` of a panel; `share` (series, days) of the day in stock, as number or flag."""
    row, column = np.nonzero(of.sales > 0)
    units = of.sales[row, column]
    lines = pd.DataFrame(
        {
            "date": of.days[column].astype("datetime64[ns]"),
            "sku": of.names["product_id"].to_numpy()[row],
            "location": of.names["store_id"].to_numpy()[row],
            "channel": "store",
            "market": "CN",
            "order_type": "retail",
            "units": units,
            "cancelled_units": 0.0,
            "returned_units": 0.0,
            "resellable_units": 0.0,
            "net_revenue_base": units,
            "gross_revenue_base": units,
            "lines": 1.0,
            "orders": 1.0,
            "largest_line_units": units,
            "on_promotion": of.promoted[row, column],
        }
    )
    series, day = np.indices(of.sales.shape).reshape(2, -1)
    stock = pd.DataFrame(
        {
            "date": of.days[day].astype("datetime64[ns]"),
            "sku": of.names["product_id"].to_numpy()[series],
            "location": of.names["store_id"].to_numpy()[series],
            "on_hand": (share.ravel() >= 1).astype(np.float64),
            "in_stock": share.ravel() >= 1,
        }
    )
    return {"demand_lines": lines, "stock_levels": stock.assign(in_stock_share=share.ravel()) if given else stock}
