"""What an order of each size is expected to cost: the curve behind the quantity suggested and every alternative to it.

Of an order of q units, in base currency, only what depends on q:

    C(q) = underage * lost(q) + overage * left(q) + fixed * 1{q > 0} + bought(q) + spoilt(q) + E[ahead(e(q))]

`lost` and `left` are expected units over the window from the order's arrival to the next order's. Held beyond the
window is only what the next order would not have brought: with e units above the level at which the next order goes
out, and Q the economic quantity (or the least that can be ordered),

    ahead(e) = holding * days * e * (e - Q) / 2 - fixed * e / Q     for e >= 0, days that one unit lasts
    ahead(e) = fixed + ahead(e + m)                                 for e < 0, m the next order's best quantity

is the relative value of cycle stock. It is averaged over what the forecast may have become when the next order is
placed: where it has fallen, so has the level, and a unit too many waits for long.

Source: docs/method.md, Recommendation; relative values of a renewal reward process, Tijms (2003), A First Course in
Stochastic Models, ch. 6; economic order quantity, Silver, Pyke & Thomas (2017), ch. 4.
"""

from dataclasses import dataclass, fields, replace

import numpy as np
from scipy import special

from features.arrays import Flags, Floats, Ints, Texts
from models.demand.distribution.counts import CountMixture
from models.inventory.costs.shelf_life import Freshness
from models.inventory.position.projection import Projection
from models.inventory.terms.price_breaks import order_unit_cost

LONGEST_DAYS = 730.0
_ROUNDING = 1e-9
_SCORES = special.ndtri((np.arange(16) + 0.5) / 16)
"""Equally likely revisions of the forecast, as normal scores."""


@dataclass(frozen=True)
class CostCurve:
    """Expected cost of an order placed now as a function of its size. Arrays (items,), money in base currency.

    Attributes
    ----------
    projection: where unmet demand is lost; None where it waits.
    protection: demand until the next order's arrival.
    stock: units available now (lost sales), or the inventory position (backorders).
    level: stock at the window's beginning at which the next order goes out, at the mean pace.
    window_demand: expected units of the window; reach_demand: of all days until its end.
    revision_sd: standard deviation of the log of what the forecast becomes until the next order over what it is.
    underage, overage: of a unit lost in the window, and left at its end.
    holding_per_unit_day: of one unit.
    days_per_unit: how long one unit lasts.
    fixed_cost: of an order line.
    batch: the quantity that is economic, a whole order at least.
    pack, minimum: an order is whole packs, and the minimum at least.
    unit_cost, rate, price_breaks: in the terms' currency, base units for one of it, texts or None.
    economic_cost: average unit cost of an economic quantity, terms' currency.
    freshness: see there.
    """

    projection: Projection | None
    protection: CountMixture
    stock: Floats
    level: Floats
    window_demand: Floats
    reach_demand: Floats
    revision_sd: Floats
    underage: Floats
    overage: Floats
    holding_per_unit_day: Floats
    days_per_unit: Floats
    fixed_cost: Floats
    batch: Floats
    pack: Floats
    minimum: Floats
    unit_cost: Floats
    rate: Floats
    price_breaks: Texts
    economic_cost: Floats
    freshness: Freshness

    def take(self, rows: Ints) -> "CostCurve":
        """Some items."""
        cut = {
            field.name: getattr(self, field.name)[rows]
            for field in fields(self)
            if field.name not in {"projection", "protection", "freshness"}
        }
        return replace(
            self,
            projection=None if self.projection is None else self.projection.take(rows),
            protection=self.protection.take(rows),
            freshness=Freshness(self.freshness.demand_ratio[rows], self.freshness.unit_cost[rows]),
            **cut,
        )

    def lost(self, units: Floats) -> Floats:
        """(items,) units expected to be lost in the window, or to wait at its end, with an order of `units`."""
        if self.projection is None:
            return self.protection.expected_shortage(self.stock + units)
        return self.projection.expected_lost_in_window(self.stock, units)

    def leftover(self, units: Floats, lost: Floats) -> Floats:
        """(items,) units expected in stock at the window's end, given what is `lost`."""
        if self.projection is None:
            return np.asarray(np.maximum(self.stock + units - self.protection.mean + lost, 0.0))
        return self.projection.expected_leftover(self.stock, units, lost)

    def cost(self, units: Floats, lost: Floats | None = None) -> Floats:
        """(items,) expected cost of ordering `units`, whole packs or 0."""
        missed = self.lost(units) if lost is None else lost
        window = self.underage * missed + self.overage * self.leftover(units, missed)
        line = np.where(units > 0, self.fixed_cost, 0.0)
        return np.asarray(window + line + self.purchase_premium(units) + self._spoilt(units) + self._ahead(units))

    def pays(self, units: Floats) -> Flags:
        """(items,) whether ordering `units` is expected to cost less than ordering nothing."""
        return np.asarray(self.cost(units) < self.cost(np.zeros(len(units))))

    def stock_on_arrival(self, stock: Floats) -> Floats:
        """(items,) units expected when the order arrives, from `stock` now, where unmet demand is lost."""
        paths = self.projection
        return stock if paths is None else np.asarray(paths.stock_on_arrival(stock).mean(axis=1))

    def next_quantity(self) -> Floats:
        """(items,) whole packs that the cycle stock alone asks for at the mean pace."""
        return self._next_order(self.stock_on_arrival(self.stock) - self.window_demand - self.level, self.days_per_unit)

    def smallest_order(self) -> Floats:
        """(items,) the smallest order: the minimum in whole packs, one pack at least."""
        packs = np.ceil(self.minimum / self.pack * (1 - _ROUNDING))
        return np.asarray(np.maximum(packs, 1.0) * self.pack)

    def _next_order(self, above: Floats, days_per_unit: Floats) -> Floats:
        """Whole packs that bring cycle stock nearest to its cheapest; (items,) or (items, revisions), as given."""
        shape = (-1,) + (1,) * (above.ndim - 1)
        batch, pack, least = (values.reshape(shape) for values in (self.batch, self.pack, self.smallest_order()))
        wear = self.holding_per_unit_day.reshape(shape) * days_per_unit * batch
        fixed = np.broadcast_to(self.fixed_cost.reshape(shape), wear.shape)
        spread = np.divide(fixed, wear, out=np.zeros(wear.shape), where=wear > 0)
        best = np.minimum(batch / 2 + spread, batch)
        return np.asarray(np.maximum(np.ceil((best - above) / pack - 0.5 - _ROUNDING) * pack, least))

    def _ahead(self, units: Floats) -> Floats:
        above = self.stock_on_arrival(self.stock) + units - self.window_demand - self.level
        revised = np.exp(self.revision_sd[:, None] * _SCORES - np.square(self.revision_sd)[:, None] / 2)
        days = self.days_per_unit[:, None] / revised
        moved = above[:, None] - (revised - 1) * (self.reach_demand + self.level)[:, None]
        return np.asarray(self._value(moved, days).mean(axis=1))

    def _value(self, above: Floats, days_per_unit: Floats) -> Floats:
        """Relative value of being `above` the next order's level, (items, revisions)."""
        batch = self.batch[:, None]
        per_unit = self.holding_per_unit_day[:, None] * days_per_unit / 2
        fixed = np.where(per_unit > 0, self.fixed_cost[:, None], 0.0)
        soon = above < 0
        reached = np.where(soon, above + self._next_order(above, days_per_unit), above)
        stored = per_unit * reached * (reached - batch) - fixed * reached / batch
        return np.asarray(stored + np.where(soon, fixed, 0.0))

    def purchase_premium(self, units: Floats) -> Floats:
        """What the units cost beyond their price in an economic quantity: through price breaks alone."""
        broken = np.array([isinstance(text, str) and bool(text.strip()) for text in self.price_breaks], dtype=bool)
        if not broken.any():
            return np.zeros(len(units))
        paid = order_unit_cost(units, self.unit_cost, self.price_breaks.tolist())
        return np.where(broken & (units > 0), (paid - self.economic_cost) * units * self.rate, 0.0)

    def _spoilt(self, units: Floats) -> Floats:
        """What is expected to spoil before it is sold: the oldest is sold first."""
        spoilt = np.zeros(len(units))
        rows = np.flatnonzero(np.isfinite(self.freshness.demand_ratio))
        if not len(rows):
            return spoilt
        ratio, order = self.freshness.demand_ratio[rows], units[rows]
        if self.projection is None:
            part = self.protection.take(rows)
            lasting = CountMixture(part.rates * ratio[:, None], part.weights, part.dispersion, part.unit_step)
            stock = self.stock[rows] + order
            unsold = stock - lasting.mean + lasting.expected_shortage(stock)
        else:
            whole = self.projection.take(rows)
            lasting_paths = replace(whole, window_rate=whole.window_rate * ratio[:, None])
            missed = lasting_paths.expected_lost_in_window(self.stock[rows], order)
            unsold = lasting_paths.expected_leftover(self.stock[rows], order, missed)
        spoilt[rows] = np.maximum(unsold, 0.0) * self.freshness.unit_cost[rows]
        return spoilt
