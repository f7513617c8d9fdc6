"""Exchange curves of stock against fill rate, and how far apart two of them are."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.common import Shown, bootstrap_interval
from features.arrays import Floats, Ints
from models.inventory.simulation import Ledger

OURS = "restock"
FILL_RATES = (0.90, 0.92, 0.94, 0.96, 0.98)
"""Where curves are compared, as far as both reach."""

DRAWS = 200


@dataclass(frozen=True)
class Curve:
    """One policy at K points of a sweep over I items, in money at unit cost.

    Attributes
    ----------
    stock: (K, I) mean stock value. demand, sold: (K, I) of the scored periods; sold is what was served at once.
    """

    stock: Floats
    demand: Floats
    sold: Floats

    def totals(self, rows: Ints) -> tuple[Floats, Floats]:
        """Fill rate and stock (K,) of some items together, by rising fill rate."""
        fill = self.sold[:, rows].sum(axis=1) / self.demand[:, rows].sum(axis=1)
        order = np.argsort(fill, kind="stable")
        return fill[order], self.stock[:, rows].sum(axis=1)[order]


def curve_of(ledger: Ledger, points: int, unit_cost: Floats) -> Curve:
    """The curve of a ledger whose item i at point k is row k * I + i; `unit_cost` is (K * I,)."""
    stock = ledger.stock_value_days / np.maximum(ledger.days, 1.0)
    parts = (stock, ledger.demand * unit_cost, ledger.sold_value)
    return Curve(*(part.reshape(points, -1) for part in parts))


def log_ratios(ours: Curve, theirs: Curve, rows: Ints) -> tuple[Floats, Floats]:
    """Log ratios, ours over theirs, at each of `FILL_RATES`: of stock; of lost sales at the stock they need.

    NaN where a curve does not reach. Between points the log of stock is linear in the log of the share lost.
    """
    (our_fill, our_stock), (fill, stock) = ours.totals(rows), theirs.totals(rows)
    wanted = np.array(FILL_RATES)
    needed = np.exp(_read(_nines(wanted), _nines(fill), np.log(np.maximum(stock, 1e-9))))
    with np.errstate(divide="ignore", invalid="ignore"):
        held = np.exp(_read(_nines(wanted), _nines(our_fill), np.log(np.maximum(our_stock, 1e-9))))
        order = np.argsort(our_stock, kind="stable")
        reached = _read(np.log(needed), np.log(np.maximum(our_stock[order], 1e-9)), _nines(our_fill[order]))
    return np.log(held / needed), -reached - np.log1p(-wanted)


def compared(sides: Mapping[str, Mapping[str, Curve]]) -> tuple[dict[str, Any], list[Shown]]:
    """Figures and tables: ours against the better of the textbook's curves, for each data set and over all of them."""
    figures: dict[str, Any] = {"by_set": {}}
    rows, points = [], []
    for name, curves in sides.items():
        everyone = np.arange(curves[OURS].stock.shape[1])
        rivals = {rival: log_ratios(curves[OURS], curve, everyone) for rival, curve in curves.items() if rival != OURS}
        best = max(rivals, key=lambda rival: float(np.nanmean(rivals[rival][0])))
        found = _against(curves[OURS], curves[best], everyone)
        figures["by_set"][name] = found | {"textbook": best}
        rows.append([f"{name}: {best}", *(_cell(found[key], found[f"{key}_interval"]) for key in RATIOS)])
        for rival, curve in curves.items():
            fill, stock = curve.totals(everyone)
            at = np.exp(_read(_nines(np.array(FILL_RATES)), _nines(fill), np.log(np.maximum(stock, 1e-9))))
            points.append([f"{name}: {rival}", *("-" if np.isnan(value) else f"{value:,.0f}" for value in at)])
    for key in RATIOS:
        logs = [np.log(found[key]) for found in figures["by_set"].values()]
        figures[key] = float(np.exp(np.mean(logs)))
    rows.append(["all sets, geometric mean", *(f"{figures[key]:.3f}" for key in RATIOS)])
    return figures, [
        Shown("Stock value needed for a fill rate", ["set, policy", *(f"{rate:.0%}" for rate in FILL_RATES)], points),
        Shown(
            "restock over the textbook's better curve, 95 % intervals by resampling items",
            ["set: textbook's standard deviation", "stock at equal fill rate", "lost sales at equal stock"],
            rows,
        ),
    ]


RATIOS = ("stock_ratio_at_equal_fill_rate", "lost_ratio_at_equal_stock")


def _against(ours: Curve, theirs: Curve, everyone: Ints) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for place, key in enumerate(RATIOS):

        def ratio(rows: Ints, place: int = place) -> float:
            return float(np.exp(np.nanmean(log_ratios(ours, theirs, rows)[place])))

        found[key] = ratio(everyone)
        found[f"{key}_interval"] = list(bootstrap_interval(ratio, len(everyone), draws=DRAWS))
    return found


def _cell(value: float, interval: list[float]) -> str:
    return f"{value:.3f} ({interval[0]:.3f} to {interval[1]:.3f})"


def _nines(fill: Floats) -> Floats:
    """Minus the log of the share lost: rises with the fill rate, about linear in the safety factor."""
    return np.asarray(-np.log(np.maximum(1 - fill, 1e-9)))


def _read(wanted: Floats, known: Floats, values: Floats) -> Floats:
    """Values at `wanted` by linear interpolation over rising `known`; NaN outside of it."""
    return np.asarray(np.interp(wanted, known, values, left=np.nan, right=np.nan))
