"""What each item's level is set by: cost, cycle service or fill rate, and the target."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import special

from features.arrays import Flags, Floats, Ints, Texts
from models.inventory.terms.columns import item_rows, texts

HIGHEST_TARGET = 1 - 1e-6
BY_COST = "cost"
BY_CYCLE_SERVICE = "cycle_service"
BY_FILL_RATE = "fill_rate"


@dataclass(frozen=True)
class Targets:
    """What each item's level is set by. Arrays (items,).

    Attributes
    ----------
    service_by: "cost", "cycle_service" or "fill_rate".
    target: critical ratio, probability or fill rate, in [0, 1).
    """

    service_by: Texts
    target: Floats

    def take(self, rows: Ints) -> "Targets":
        """Some items."""
        return Targets(self.service_by[rows], self.target[rows])

    @property
    def by_fill_rate(self) -> Flags:
        """(items,) whether the target is a fill rate."""
        return np.asarray(self.service_by == BY_FILL_RATE, dtype=bool)

    def orders_several_steps(self, batch_units: Floats, step: Floats) -> Flags:
        """(items,) whether an item is steered by cost and must order more than a step at once."""
        by_cost = np.asarray(self.service_by == BY_COST, dtype=bool)
        return by_cost & (self.target > 0) & (batch_units > step + 1e-9)


@dataclass(frozen=True)
class ItemClasses:
    """Classes of each item, and the service target of its class. Arrays (items,).

    Attributes
    ----------
    service_target: NaN where none is set.
    abc, xyz, demand_class: names; None where unknown.
    """

    service_target: Floats
    abc: Texts
    xyz: Texts
    demand_class: Texts


def item_classes(segments: pd.DataFrame, items: pd.DataFrame, targets: Mapping[str, float]) -> ItemClasses:
    """Classes of each item; the target of both letters ("AX") goes before that of ABC, and that before XYZ.

    Parameters
    ----------
    segments: columns sku, location, abc, xyz, demand_class.
    items: columns sku, location.
    targets: fraction by class.
    """
    place = item_rows(segments, items)
    own = segments[place >= 0].set_index(place[place >= 0])
    own = own[~own.index.duplicated()].reindex(range(len(items)))
    abc, xyz, demand_class = texts(own, "abc"), texts(own, "xyz"), texts(own, "demand_class")
    found = [
        targets.get(f"{a}{x}", targets.get(str(a), targets.get(str(x), np.nan))) for a, x in zip(abc, xyz, strict=True)
    ]
    return ItemClasses(np.array(found, dtype=np.float64), abc, xyz, demand_class)


def service_targets(
    *,
    service_by: str,
    critical_ratio: Floats,
    cycle_service_target: float,
    fill_rate_target: float,
    class_target: Floats,
    item_target: Floats,
) -> Targets:
    """What each item's level is set by: the item's own target, else its class's, else the company's.

    Where the company steers by cost, an item or class with a target of its own is steered by cycle service.

    Parameters
    ----------
    service_by: the company's way.
    critical_ratio: (items,).
    cycle_service_target, fill_rate_target: the company's.
    class_target, item_target: (items,), NaN where none is set.
    """
    own = np.where(np.isfinite(item_target), item_target, class_target)
    has_own = np.isfinite(own)
    if service_by == BY_COST:
        way = np.where(has_own, BY_CYCLE_SERVICE, BY_COST).astype(object)
        default = critical_ratio
    else:
        way = np.full(len(own), service_by, dtype=object)
        default = np.full(len(own), fill_rate_target if service_by == BY_FILL_RATE else cycle_service_target)
    return Targets(way, np.clip(np.where(has_own, own, default), 0.0, HIGHEST_TARGET))


def shifted_ratio(ratio: Floats, shift: Floats | float) -> Floats:
    """A critical ratio moved by a shift of its normal score; arrays broadcast.

    >>> shifted_ratio(np.array([0.95]), 0.0).round(6).tolist(), bool(shifted_ratio(np.array([0.95]), 0.2)[0] > 0.95)
    ([0.95], True)
    """
    score = special.ndtri(np.clip(ratio, 1 - HIGHEST_TARGET, HIGHEST_TARGET)) + shift
    return np.asarray(special.ndtr(score), dtype=np.float64)


def with_quantile_shift(targets: Targets, abc: Texts, quantile_shift: pd.DataFrame | None) -> Targets:
    """Targets of items steered by cost, moved by their class's shift: a normal score added to the ratio's.

    Parameters
    ----------
    abc: (items,) class.
    quantile_shift: columns abc, quantile_shift; None for none. A class that it does not name stays.

    >>> ratio = Targets(np.array(["cost"], dtype=object), np.array([0.9]))
    >>> lower = pd.DataFrame({"abc": ["A"], "quantile_shift": [-0.3]})
    >>> with_quantile_shift(ratio, np.array(["A"], dtype=object), lower).target.round(3).tolist()
    [0.837]
    """
    if quantile_shift is None or quantile_shift.empty:
        return targets
    by_class = quantile_shift.drop_duplicates("abc", keep="last").set_index("abc")["quantile_shift"]
    shift = pd.Series(abc, dtype=object).map(by_class).fillna(0.0).to_numpy(dtype=np.float64)
    moves = (targets.service_by == BY_COST) & (targets.target > 0) & (shift != 0)
    moved = shifted_ratio(targets.target, shift)
    return replace(targets, target=np.where(moves, np.clip(moved, 0.0, HIGHEST_TARGET), targets.target))
