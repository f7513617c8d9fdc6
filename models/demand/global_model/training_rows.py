"""Training rows of one bucket: (item, origin, steps ahead) chosen by a stable hash, so that their number is bounded."""

import datetime as dt
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.arrays import Ints
from models.demand import steps
from models.demand.global_model.features import own_features, scales
from models.demand.global_model.groups import KINDS, group_labels, group_sums
from models.demand.global_model.panel import StepPanel, cut_panel
from models.demand.global_model.step_windows import StepWindows

if TYPE_CHECKING:
    from features.history import DemandHistory


YEARS = 3
"""Years before the refit date whose origins may become rows."""

ROW = ["sku", "location", "end", "target_end", *KINDS, "scale", "units"]


@dataclass(frozen=True)
class TrainingRows:
    """Rows of one bucket, and its groups' sums.

    Attributes
    ----------
    rows: sku, location, end (last known day), target_end (last day of the target step), company, category, location
        labels, scale (units), units (of the target step), then the features of `own_features`.
    groups: of `group_sums`.
    year: steps in a year.
    """

    rows: pd.DataFrame
    groups: pd.DataFrame
    year: int


def training_rows(history: "DemandHistory", at: dt.date, *, items: int, bound: int) -> TrainingRows:
    """Rows of a bucket, all of them within the periods up to `at`.

    Parameters
    ----------
    history: the bucket's demand.
    at: last day that may be used.
    items: items of the whole company.
    bound: rows of the whole company, at most (give or take the hash's chance).
    """
    panel = cut_panel(history, steps.periods_until(history, at))
    windows = StepWindows(panel.units)
    item, origin, ahead = _chosen(history, panel, items, bound)
    target = origin + ahead - 1
    scale = scales(windows, item, origin, panel.year)
    units = panel.units[item, target]
    usable = np.isfinite(scale) & np.isfinite(units)
    item, origin, ahead, target = item[usable], origin[usable], ahead[usable], target[usable]
    scale, units = scale[usable], units[usable]
    table = {
        "sku": history.items["sku"].to_numpy(object)[item],
        "location": history.items["location"].to_numpy(object)[item],
        "end": panel.ends[origin - 1].astype("datetime64[ns]"),
        "target_end": panel.ends[target].astype("datetime64[ns]"),
        "company": group_labels(history, "company")[item],
        "category": group_labels(history, "category")[item],
        "scale": scale,
        "units": units,
        **own_features(panel, windows, item, origin, ahead, scale),
    }
    return TrainingRows(pd.DataFrame(table), group_sums(history, panel), panel.year)


def _chosen(history: "DemandHistory", panel: StepPanel, items: int, bound: int) -> tuple[Ints, Ints, Ints]:
    """(R,) item, origin and steps ahead of the rows that the hash takes."""
    first = max(1, panel.count - YEARS * panel.year)
    origins = np.arange(first, panel.count)
    share = min(1.0, bound / max(1, items * len(origins) * steps.AHEAD_STEPS))
    keys = zip(history.items["sku"], history.items["location"], strict=True)
    code = np.array([zlib.crc32(f"{sku}\n{location}".encode()) for sku, location in keys], dtype=np.uint64)
    day = panel.ends[origins - 1].astype(np.int64).astype(np.uint64)
    ahead = np.arange(1, steps.AHEAD_STEPS + 1, dtype=np.uint64)
    with np.errstate(over="ignore"):
        mixed = _mix(code[:, None] * np.uint64(1 << 20) + day[None, :])
        taken = _mix(mixed[:, :, None] + ahead) < np.uint64(share * float(2**64 - 2**11))
    within = origins[:, None] + np.arange(steps.AHEAD_STEPS) < panel.count
    item, place, step = np.nonzero(taken & within)
    return item.astype(np.int64), origins[place].astype(np.int64), step.astype(np.int64) + 1


def _mix(value: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """SplitMix64's finaliser (Steele, Lea & Flood 2014): whole numbers to evenly spread ones."""
    value = value + np.uint64(0x9E3779B97F4A7C15)
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))
