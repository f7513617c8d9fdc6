"""Classes of items: ABC by revenue, XYZ by steadiness, and the kind of demand by ADI and CV2."""

import datetime as dt

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from features.arrays import Floats
from features.calendar import next_period_start
from features.history import DemandHistory

ADI_LIMIT = 1.32
CV2_LIMIT = 0.49
_A_SHARE, _B_SHARE = 0.80, 0.95
_X_CV, _Y_CV = 0.5, 1.0
_REVENUE_DAYS = 365
_XYZ_DAYS = 364


def abc_classes(revenue: ArrayLike) -> NDArray[np.str_]:
    """A for the items that earn the first 80 % of revenue, B to 95 %, C the rest and what earned nothing.

    The item that crosses a limit belongs to the better class. Equal revenues are taken in the order given.

    >>> abc_classes([50.0, 5, 30, 15, 0]).tolist()
    ['A', 'C', 'A', 'B', 'C']
    """
    earned = np.maximum(np.nan_to_num(np.asarray(revenue, dtype="float64")), 0.0)
    order = np.argsort(-earned, kind="stable")
    total = earned.sum()
    classes = np.full(len(earned), "C")
    if total > 0:
        before = np.concatenate([[0.0], np.cumsum(earned[order])[:-1]]) / total
        classes[order] = np.select([before < _A_SHARE - 1e-12, before < _B_SHARE - 1e-12], ["A", "B"], "C")
        classes[earned == 0] = "C"
    return classes


def coefficient_of_variation(units: ArrayLike) -> Floats:
    """Population standard deviation over mean of each row of (I, W), NaN left out; NaN where the mean is 0."""
    values = np.asarray(units, dtype="float64")
    seen = ~np.isnan(values)
    count = np.maximum(seen.sum(axis=1), 1)
    mean = np.where(seen, values, 0.0).sum(axis=1) / count
    variance = np.where(seen, (values - mean[:, None]) ** 2, 0.0).sum(axis=1) / count
    variation: Floats = np.divide(np.sqrt(variance), mean, out=np.full(len(values), np.nan), where=mean > 0)
    return variation


def xyz_classes(weekly_cv: ArrayLike) -> NDArray[np.str_]:
    """X for weekly demand with a coefficient of variation up to 0.5, Y up to 1, Z beyond and without demand (NaN).

    >>> xyz_classes([0.07, 1.7, float("nan")]).tolist()
    ['X', 'Z', 'Z']
    """
    variation = np.nan_to_num(np.asarray(weekly_cv, dtype="float64"), nan=np.inf)
    return np.select([variation <= _X_CV, variation <= _Y_CV], ["X", "Y"], "Z")


def adi_cv2(units: ArrayLike) -> tuple[Floats, Floats, NDArray[np.str_]]:
    """Mean interval between periods with demand, squared variation of its size, and the kind of demand.

    Parameters
    ----------
    units: (I, T) units a period, or (T,) of one item; NaN (unknown) is left out.

    Returns
    -------
    ADI in periods (infinite without demand), CV2 (NaN without demand), and smooth, intermittent, erratic, lumpy or
    none; each (I,).

    Source: Syntetos, Boylan & Croston (2005), "On the categorization of demand patterns", JORS 56: ADI 1.32, CV2 0.49;
    CV2 with the population standard deviation of the demands that are not zero.

    >>> adi, cv2, kind = adi_cv2([0.0, 0, 3, 0, 0, 0, 5, 0, 2, 0, 0, 4])
    >>> float(adi[0]), round(float(cv2[0]), 4), str(kind[0])
    (3.0, 0.102, 'intermittent')
    """
    values = np.atleast_2d(np.asarray(units, dtype="float64"))
    demanded = values > 0
    count = demanded.sum(axis=1)
    periods = (~np.isnan(values)).sum(axis=1)
    adi = np.divide(periods, count, out=np.full(len(values), np.inf), where=count > 0)
    cv2 = coefficient_of_variation(np.where(demanded, values, np.nan)) ** 2
    steady, even = adi < ADI_LIMIT, cv2 < CV2_LIMIT
    kinds = np.select(
        [count == 0, steady & even, ~steady & even, steady], ["none", "smooth", "intermittent", "erratic"], "lumpy"
    )
    return adi, cv2, kinds


def item_summary(history: DemandHistory, demand_lines: pd.DataFrame, as_of: dt.date) -> pd.DataFrame:
    """What the classes are made from; each row depends on its own item only.

    Parameters
    ----------
    history: of the bucket's items.
    demand_lines: of the bucket; all order types count as revenue.
    as_of: last day counted; periods of `history` that end after it are left out.

    Returns
    -------
    One row per item, sorted: sku, location, revenue_base (net, of the last 365 days), units_per_week (mean of the
    last 52 weeks of life), weekly_cv, adi, cv2, demand_class (of the company's period, over known periods).
    """
    items = history.items[["sku", "location"]]
    day = pd.Timestamp(as_of)
    recent = demand_lines["date"] > day - pd.Timedelta(days=_REVENUE_DAYS)
    recent &= demand_lines["date"] <= day
    revenue = demand_lines.loc[recent].groupby(["sku", "location"])["net_revenue_base"].sum()
    ends = next_period_start(history.period_starts, history.period) - np.timedelta64(1, "D")
    periods = int((ends <= np.datetime64(as_of, "D")).sum())
    weekly, weeks_each = _weekly_units(history, periods)
    adi, cv2, kinds = adi_cv2(history.units[:, :periods])
    return pd.DataFrame(
        {
            "sku": items["sku"],
            "location": items["location"],
            "revenue_base": revenue.reindex(pd.MultiIndex.from_frame(items)).fillna(0.0).to_numpy("float64"),
            "units_per_week": _row_means(weekly) / weeks_each,
            "weekly_cv": coefficient_of_variation(weekly),
            "adi": adi,
            "cv2": cv2,
            "demand_class": kinds.astype(object),
        }
    )


def segment(items_summary: pd.DataFrame) -> pd.DataFrame:
    """Classes of all items of the company.

    Parameters
    ----------
    items_summary: `item_summary` of all buckets, concatenated in any order.

    Returns
    -------
    One row per item, sorted by sku and location: sku, location, abc, xyz, adi, cv2, demand_class.
    """
    ordered = items_summary.sort_values(["sku", "location"], kind="stable", ignore_index=True)
    return pd.DataFrame(
        {
            "sku": ordered["sku"],
            "location": ordered["location"],
            "abc": abc_classes(ordered["revenue_base"]).astype(object),
            "xyz": xyz_classes(ordered["weekly_cv"]).astype(object),
            "adi": ordered["adi"],
            "cv2": ordered["cv2"],
            "demand_class": ordered["demand_class"],
        }
    )


def _weekly_units(history: DemandHistory, periods: int) -> tuple[Floats, float]:
    """Estimated demand by week (by month in monthly companies) over the last 52 weeks of the first `periods`.

    NaN where not wholly alive; and the mean length of a block in weeks.
    """
    days = history.period_lengths_days[:periods]
    step = 7 if days.max(initial=1) == 1 else 1
    blocks = min(int(_XYZ_DAYS / (step * days.mean())), periods // step) if periods else 0
    tail = slice(periods - blocks * step, periods)
    shape = (len(history.items), blocks, step)
    units = history.estimated[:, tail].reshape(shape).sum(axis=2)
    alive = history.alive[:, tail].reshape(shape).all(axis=2)
    weeks_each = step * float(days[tail].mean()) / 7 if blocks else 1.0
    return np.where(alive, units, np.nan), weeks_each


def _row_means(values: Floats) -> Floats:
    seen = ~np.isnan(values)
    count = seen.sum(axis=1)
    sums = np.where(seen, values, 0.0).sum(axis=1)
    means: Floats = np.divide(sums, count, out=np.zeros(len(values)), where=count > 0)
    return means
