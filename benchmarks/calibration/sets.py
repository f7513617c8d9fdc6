"""The real data on which calibration is measured, each as what the nightly run makes of it.

Every set becomes demand lines and stock flags, and `build_history` makes the demand history of any date from what
lies before it. Origins: those in `scored` are what the benchmark reports; those in `earlier` lie before them, and
constants of models/demand were chosen on them alone.

- VN2: 599 store-products, weekly; weeks flagged out of stock are unknown.
- MAN: spare parts, weekly, 93 % zeros; parts sold in fractions are counted in tenths.
- Online Retail II, first year: order lines by day, a quarter of the codes by hash; wholesale lines are apart and
  one-off bulk lines are cut, as in the nightly run; its stock is not known.
- Car parts: monthly, intermittent; missing months end the item's life.
"""

import datetime as dt
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from benchmarks.common import folder
from examples.online_retail.order_lines import is_non_product, read_order_lines
from examples.vn2.prepare import company_tables, read_contest
from features.history import DemandHistory, build_history

SEVEN = dt.timedelta(days=7)
RETAIL_SHARE = 4
"""One code of Online Retail in so many is taken."""


@dataclass(frozen=True)
class CompanyData:
    """One data set as a company.

    Attributes
    ----------
    name: as in the figures.
    period: day, week or month.
    lines: demand lines, as `build_history` reads them.
    stock: stock levels, or None where unknown.
    items: one row per item, as of `planned_items`.
    begins, ends: first and last day of the data.
    scored, earlier: last known days of the origins reported, and of those that constants were chosen on.
    windows: (first, past the last) steps scored: weeks, or months of a monthly company.
    has_order_lines: whether rows are order lines, so that bulk lines can be recognised.
    """

    name: str
    period: str
    lines: pd.DataFrame
    stock: pd.DataFrame | None
    items: pd.DataFrame
    begins: dt.date
    ends: dt.date
    scored: Sequence[dt.date]
    earlier: Sequence[dt.date]
    windows: Sequence[tuple[int, int]]
    has_order_lines: bool = False

    def history(self, as_of: dt.date, horizon_days: int = 186) -> DemandHistory:
        """Demand up to `as_of` of the items sold by then."""
        tables = {"demand_lines": self.lines[self.lines["date"] <= pd.Timestamp(as_of)]}
        if self.stock is not None:
            tables["stock_levels"] = self.stock[self.stock["date"] <= pd.Timestamp(as_of)]
        sold = tables["demand_lines"].loc[lambda frame: frame["units"] > 0, ["sku", "location"]].drop_duplicates()
        return build_history(
            tables,
            self.items.merge(sold, on=["sku", "location"]),
            as_of=as_of,
            period=self.period,
            week_starts_on="monday",
            history_days=min((as_of - self.begins).days + 1, 1095),
            horizon_days=horizon_days,
            one_off_units_factor=10.0,
            bulk_dampening=self.has_order_lines,
            default_country="FR" if self.name == "vn2" else "GB",
        )


def vn2(data: Path) -> CompanyData:
    contest = read_contest(folder(data, "vn2"))
    tables = company_tables(contest)
    sales = tables["sales"].assign(date=lambda frame: pd.to_datetime(frame["date"]))
    stock = tables["stock_levels"].assign(date=lambda frame: pd.to_datetime(frame["date"]))
    keys = tables["supply_terms"][["sku", "location"]]
    items = keys.merge(tables["products"][["sku", "category"]], on="sku")
    ends = [contest.as_of - k * SEVEN for k in range(8, 90, 8)]
    return CompanyData(
        name="vn2",
        period="week",
        lines=_demand_lines(sales, "FR"),
        stock=stock,
        items=_items(items, "FR"),
        begins=dt.date.fromisoformat(contest.weeks[0]),
        ends=contest.as_of,
        scored=ends[:6],
        earlier=ends[6:],
        windows=((0, 1), (0, 2), (2, 3), (0, 4), (0, 8)),
    )


def man(data: Path) -> CompanyData:
    wide = pd.read_parquet(folder(data, "spare_parts") / "man_weekly.parquet")
    weeks = [name for name in wide.columns if name[0] == "w" and name[1:].isdigit()]
    units = wide[weeks].to_numpy(np.float64)
    pieces = np.abs(units - np.round(units)).max(axis=1) < 1e-9
    step = np.where(pieces, 1.0, 0.1)
    units = np.round(units / step[:, None]) * step[:, None]
    begins = dt.date(2018, 1, 1)
    starts = pd.to_datetime([begins + k * SEVEN for k in range(len(weeks))])
    sku = "M" + wide["item"].astype(str).str.zfill(5)
    lines = _wide_lines(units, sku.to_numpy(object), starts, wide["cost_price_eur"].to_numpy(np.float64))
    ends = [begins + k * SEVEN - dt.timedelta(days=1) for k in (102, 94, 86, 78, 70, 62, 54)]
    items = pd.DataFrame({"sku": sku, "category": "parts", "unit_step": step})
    return CompanyData(
        name="man",
        period="week",
        lines=lines,
        stock=None,
        items=_items(items, "GB"),
        begins=begins,
        ends=begins + len(weeks) * SEVEN - dt.timedelta(days=1),
        scored=ends[:4],
        earlier=ends[4:],
        windows=((0, 1), (0, 2), (2, 3), (0, 4), (0, 8)),
    )


def online_retail(data: Path) -> CompanyData:
    source = pd.read_parquet(folder(data, "online_retail") / "year_2009_2010.parquet")
    lines = read_order_lines(source).lines
    kept = (lines["quantity"] > 0) & (lines["unit_price"] > 0) & ~is_non_product(lines["sku"])
    lines = lines[kept & ~lines["invoice"].str.startswith("C")]
    codes = lines["sku"].drop_duplicates()
    chosen = codes[[zlib.crc32(code.encode()) % RETAIL_SHARE == 0 for code in codes]]
    lines = lines[lines["sku"].isin(chosen)].assign(date=lambda frame: frame["invoice_date"].dt.normalize())
    by_day = lines.groupby(["date", "sku", "order_type"], as_index=False).agg(
        units=("quantity", "sum"),
        net_revenue=("net_revenue", "sum"),
        lines=("quantity", "size"),
        largest_line_units=("quantity", "max"),
    )
    last = by_day["date"].max().date()
    sunday = last - dt.timedelta(days=(last.weekday() + 1) % 7)
    ends = [sunday - k * SEVEN for k in (8, 12, 16, 20, 24, 28)]
    return CompanyData(
        name="online_retail",
        period="day",
        lines=_demand_lines(by_day.assign(location="W", units=lambda f: f["units"].astype(np.float64)), "GB"),
        stock=None,
        items=_items(pd.DataFrame({"sku": sorted(chosen), "category": "gifts"}), "GB"),
        begins=by_day["date"].min().date(),
        ends=last,
        scored=ends[:3],
        earlier=ends[3:],
        windows=((0, 1), (0, 2), (2, 3), (0, 4), (0, 8)),
        has_order_lines=True,
    )


def car_parts(data: Path) -> CompanyData:
    wide = pd.read_parquet(folder(data, "spare_parts") / "carparts_monthly.parquet")
    months = [name for name in wide.columns if name != "part"]
    units = wide[months].to_numpy(np.float64)
    starts = pd.to_datetime([f"{name}-01" for name in months])
    sku = ("C" + wide["part"].astype(str)).to_numpy(object)
    known = ~np.isnan(units)
    after = starts.append(starts[-1:] + pd.offsets.MonthBegin(1))
    last = after.to_numpy()[units.shape[1] - known[:, ::-1].argmax(axis=1)]
    gone = ~known[:, -1] & known.any(axis=1)
    ended = pd.Series(last).where(pd.Series(gone)) - pd.Timedelta(days=1)
    items = pd.DataFrame({"sku": sku, "category": "parts", "discontinued_on": ended})
    ends = [(starts[-k] - pd.Timedelta(days=1)).date() for k in (4, 7, 10, 13, 16, 19, 22)]
    return CompanyData(
        name="car_parts",
        period="month",
        lines=_wide_lines(np.nan_to_num(units), sku, starts, np.ones(len(sku))),
        stock=None,
        items=_items(items, "GB"),
        begins=starts[0].date(),
        ends=(starts[-1] + pd.offsets.MonthEnd(0)).date(),
        scored=ends[:4],
        earlier=ends[4:],
        windows=((0, 1), (0, 2), (2, 3), (0, 4)),
    )


SETS: dict[str, Callable[[Path], CompanyData]] = {
    "vn2": vn2,
    "man": man,
    "online_retail": online_retail,
    "car_parts": car_parts,
}


def sampled(company: CompanyData, share: float) -> CompanyData:
    """The company with a share of its SKUs, chosen by hash."""
    if share >= 1:
        return company
    chosen = [zlib.crc32(f"sample/{sku}".encode()) / 2**32 < share for sku in company.items["sku"]]
    items = company.items[chosen].reset_index(drop=True)
    lines = company.lines[company.lines["sku"].isin(items["sku"])]
    return replace(company, items=items, lines=lines)


def _wide_lines(
    units: npt.NDArray[np.float64],
    sku: npt.NDArray[np.object_],
    starts: pd.DatetimeIndex,
    price: npt.NDArray[np.float64],
) -> pd.DataFrame:
    row, column = np.nonzero(units > 0)
    sold = units[row, column]
    frame = pd.DataFrame({"date": starts[column], "sku": sku[row], "units": sold, "net_revenue": sold * price[row]})
    return _demand_lines(frame.assign(location="W"), "GB")


def _demand_lines(sales: pd.DataFrame, market: str) -> pd.DataFrame:
    """Sales rows with the remaining columns of demand lines; a row is one line unless it says more."""
    usual: dict[str, Any] = {
        "channel": "shop",
        "market": market,
        "order_type": "retail",
        "lines": 1.0,
        "largest_line_units": sales["units"],
        "on_promotion": False,
    }
    filled = sales.assign(**{name: value for name, value in usual.items() if name not in sales})
    filled = filled.assign(net_revenue_base=filled["net_revenue"], gross_revenue_base=filled["net_revenue"])
    return filled.sort_values(["date", "sku", "location"], kind="stable", ignore_index=True)


def _items(known: pd.DataFrame, market: str) -> pd.DataFrame:
    usual: dict[str, Any] = {
        "location": "W",
        "market": market,
        "unit_step": 1.0,
        "launched_on": pd.NaT,
        "discontinued_on": pd.NaT,
        "similar_sku": None,
        "successor_sku": None,
        "predecessor_sku": None,
        "unit_price_base": 10.0,
        "unit_cost_base": 5.0,
    }
    filled = known.assign(**{name: value for name, value in usual.items() if name not in known})
    dates = ("launched_on", "discontinued_on")
    return filled.assign(**{name: pd.to_datetime(filled[name]).astype("datetime64[ns]") for name in dates})
