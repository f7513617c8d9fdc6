"""Reading optional tables and columns of canonical frames: absent and missing are one thing."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from features.arrays import Days, Flags, Floats, Ints, Texts

KEY = ["sku", "location"]


def table(tables: Mapping[str, pd.DataFrame], name: str) -> pd.DataFrame:
    """A canonical table, or an empty frame where it is not given."""
    return tables.get(name, pd.DataFrame())


def numbers(frame: pd.DataFrame, name: str, default: float = np.nan) -> Floats:
    """Column `name` as floats, `default` where the column or a value is missing."""
    if name not in frame.columns:
        return np.full(len(frame), default)
    values = pd.to_numeric(frame[name], errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    return np.where(np.isnan(values), default, values)


def texts(frame: pd.DataFrame, name: str) -> Texts:
    """Column `name` as str or None."""
    if name not in frame.columns:
        return np.full(len(frame), None, dtype=object)
    values = frame[name].astype(object).to_numpy()
    found = np.full(len(values), None, dtype=object)
    given = ~pd.isna(values)
    found[given] = values[given]
    return found


def days(frame: pd.DataFrame, name: str) -> Days:
    """Column `name` as datetime64[D], NaT where the column or a value is missing."""
    if name not in frame.columns:
        return np.full(len(frame), np.datetime64("NaT", "D"))
    values = pd.to_datetime(frame[name])
    if getattr(values.dt, "tz", None) is not None:
        values = values.dt.tz_convert("UTC").dt.tz_localize(None)
    return values.to_numpy().astype("datetime64[D]")


def flags(frame: pd.DataFrame, name: str, *, default: bool = False) -> Flags:
    """Column `name` as booleans, `default` where the column or a value is missing."""
    if name not in frame.columns:
        return np.full(len(frame), default)
    values = frame[name].astype(object)
    return values.where(values.notna(), default).astype(bool).to_numpy()


def item_rows(frame: pd.DataFrame, items: pd.DataFrame) -> Ints:
    """Row in `items` of each row's sku and location; -1 where it is none of them."""
    if frame.empty:
        return np.zeros(0, dtype=np.int64)
    places = pd.MultiIndex.from_frame(items[KEY].astype(object))
    return np.asarray(places.get_indexer(pd.MultiIndex.from_frame(frame[KEY].astype(object))), dtype=np.int64)
