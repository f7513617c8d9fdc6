"""How company, categories and locations sell against their items' own past year: sums that add up over buckets.

Sums are whole millionths, so that they are the same to the last bit however items are cut into buckets.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from features.arrays import Days, Floats, Ints, Texts
from models.demand.global_model.panel import StepPanel
from models.demand.global_model.step_windows import StepWindows

if TYPE_CHECKING:
    from features.history import DemandHistory


KINDS = ("company", "category", "location")
MILLIONTH = 1e-6
KEYS = ["kind", "label", "end"]


def group_labels(history: "DemandHistory", kind: str) -> Texts:
    """(I,) label of each item's group."""
    if kind == "company":
        return np.full(len(history.items), "", dtype=object)
    return history.items[kind].fillna("").astype(str).to_numpy(object)


def group_sums(history: "DemandHistory", panel: StepPanel) -> pd.DataFrame:
    """Sums of a bucket, one row per group and step: kind, label, end, units, expected (whole millionths).

    `expected` is the items' own mean of the year before the step; items without one, and unknown steps, count in
    neither.
    """
    level = StepWindows(panel.units).trailing(panel.year)
    both = ~np.isnan(panel.units) & (level > 0)
    units = np.round(np.where(both, panel.units, 0.0) / MILLIONTH).astype(np.int64)
    expected = np.round(np.where(both, level, 0.0) / MILLIONTH).astype(np.int64)
    tables = []
    for kind in KINDS:
        labels, code = np.unique(group_labels(history, kind).astype(str), return_inverse=True)
        shape = (len(labels), panel.count)
        sums = np.zeros((2, *shape), dtype=np.int64)
        np.add.at(sums[0], code, units)
        np.add.at(sums[1], code, expected)
        tables.append(
            pd.DataFrame(
                {
                    "kind": kind,
                    "label": np.repeat(labels.astype(object), panel.count),
                    "end": np.tile(panel.ends[: panel.count].astype("datetime64[ns]"), len(labels)),
                    "units": sums[0].ravel(),
                    "expected": sums[1].ravel(),
                }
            )
        )
    return pd.concat(tables, ignore_index=True)


def add_groups(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """The company's sums from those of all buckets, sorted by kind, label and end."""
    joined = pd.concat(tables, ignore_index=True)
    return joined.groupby(KEYS, sort=True, as_index=False)[["units", "expected"]].sum()


@dataclass(frozen=True)
class GroupSeries:
    """One kind's sums as running totals: `units`, `expected` (L + 1, D + 1); the last row is of no group at all."""

    labels: Texts
    ends: Days
    units: Floats
    expected: Floats

    def rows(self, labels: Texts) -> Ints:
        """Row of each label; that of no group for an unknown one."""
        found = pd.Index(self.labels).get_indexer(pd.Index(labels))
        return np.where(found >= 0, found, len(self.labels)).astype(np.int64)

    def index(self, row: Ints, start: Ints, stop: Ints) -> Floats:
        """Log of units over expected units in steps start..stop-1; NaN where nothing was expected."""
        last = self.units.shape[1] - 1
        low, high = np.clip(start, 0, last), np.clip(stop, 0, last)
        units = self.units[row, high] - self.units[row, low]
        expected = self.expected[row, high] - self.expected[row, low]
        some = (high > low) & (expected > 0)
        # A twentieth of what is expected keeps an empty step of a small group finite.
        ratio = np.maximum(units, 0.05 * expected) / np.where(some, expected, 1.0)
        return np.where(some, np.log(np.where(some, ratio, 1.0)), np.nan)


def group_series(groups: pd.DataFrame, kind: str) -> GroupSeries:
    """Running totals of one kind of group, in units."""
    own = groups[groups["kind"] == kind]
    labels = np.array(sorted(set(own["label"])), dtype=object)
    ends = np.unique(own["end"].to_numpy("datetime64[D]"))
    row = pd.Index(labels).get_indexer(pd.Index(own["label"]))
    column = np.searchsorted(ends, own["end"].to_numpy("datetime64[D]"))
    totals = []
    for name in ("units", "expected"):
        table = np.zeros((len(labels) + 1, len(ends) + 1))
        table[row, column + 1] = own[name].to_numpy(np.float64) * MILLIONTH
        totals.append(table.cumsum(axis=1))
    return GroupSeries(labels, ends, totals[0], totals[1])
