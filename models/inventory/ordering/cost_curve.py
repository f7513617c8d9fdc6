"""What an order of each size is expected to cost: the curve behind the quantity suggested and every alternative to it.

Of an order of q units, in base currency, only what depends on q:

    C(q) = underage * lost(q) + overage * left(q) + fixed * 1{q > 0} + bought(q) + written_off(q) + E[ahead(e(q))]

`lost` and `left` are expected units over the window from the order's arrival to the next order's. Held beyond the
window is only what the next order would not have brought: with e units above the level at which the next order goes
out, W(e) the days for which they wait together (`Absorption`), and Q the economic quantity (or the least that can be
ordered), which lasts `days` a unit at the mean pace,

    ahead(e) = holding * W(e) - (holding * days * Q / 2 + fixed / Q) * e        for e >= 0
    ahead(e) = fixed + ahead(e + m)                                 for e < 0, m the next order's best quantity

is the relative value of cycle stock: what the units hold, less what they spare of the long-run cost of buying again.
It is averaged over what the forecast may have become when the next order is placed: where it has fallen, so has the
level, and a unit too many waits for long.

Source: docs/method.md, Recommendation; relative values of a renewal reward process, Tijms (2003), A First Course in
Stochastic Models, ch. 6; economic order quantity, Silver, Pyke & Thomas (2017), ch. 4.
"""

from dataclasses import dataclass, fields, replace

import numpy as np
from scipy import special

from features.arrays import Flags, Floats, Ints, Texts
from models.inventory.costs.write_offs import WriteOffs
from models.inventory.position.absorption import Absorption
from models.inventory.position.backlog import Backlog
from models.inventory.position.projection import Projection
from models.inventory.terms.price_breaks import order_unit_cost

_ROUNDING = 1e-9
_SCORES = special.ndtri((np.arange(16) + 0.5) / 16)
"""Equally likely revisions of the forecast, as normal scores."""
_PARTS = frozenset({"window", "absorption", "usual", "write_offs"})


@dataclass(frozen=True)
class CostCurve:
    """Expected cost of an order placed now as a function of its size. Arrays (items,), money in base currency.

    Attributes
    ----------
    window: from the order's arrival to the next one's, where unmet demand is lost, or where it waits.
    absorption: what takes units that are left at its end; usual: the same if no open line came any more.
    stock: units available now; below zero what waits.
    sold_until_end: the most that is worth having when the order arrives, of an item that ends; infinity without an end.
    level: stock at the window's beginning at which the next order goes out, at the mean pace.
    reach_demand: expected units of all days until the window's end.
    revision_sd: standard deviation of the log of what the forecast becomes until the next order over what it is.
    underage, overage: of a unit lost in the window, and left at its end.
    holding_per_unit_day: of one unit.
    days_per_unit: how long one unit lasts.
    fixed_cost: of an order line.
    batch: the quantity that is economic, a whole order at least.
    pack, minimum: an order is whole packs, and the minimum at least.
    unit_cost, rate, price_breaks: in the terms' currency, base units for one of it, texts or None.
    economic_cost: average unit cost of an economic quantity, terms' currency.
    write_offs: see there.
    """

    window: Projection | Backlog
    absorption: Absorption
    usual: Absorption
    stock: Floats
    sold_until_end: Floats
    level: Floats
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
    write_offs: WriteOffs

    def take(self, rows: Ints) -> "CostCurve":
        """Some items."""
        return replace(
            self,
            **{
                name: value.take(rows) if name in _PARTS else value[rows]
                for name, value in ((field.name, getattr(self, field.name)) for field in fields(self))
            },
        )

    def lost(self, units: Floats) -> Floats:
        """(items,) units of the window's demand expected to find no stock with an order of `units`."""
        return self.window.expected_lost_in_window(self.stock, units)

    def leftover(self, units: Floats, lost: Floats) -> Floats:
        """(items,) units expected in stock at the window's end, given what is `lost`."""
        return self.window.expected_leftover(self.stock, units, lost)

    def cost(self, units: Floats, lost: Floats | None = None) -> Floats:
        """(items,) expected cost of ordering `units`, whole packs or 0."""
        missed = self.lost(units) if lost is None else lost
        window = self.underage * missed + self.overage * self.leftover(units, missed)
        line = np.where(units > 0, self.fixed_cost, 0.0)
        return np.asarray(window + line + self.purchase_premium(units) + self._written_off(units) + self._ahead(units))

    def pays(self, units: Floats) -> Flags:
        """(items,) whether ordering `units` is expected to cost less than ordering nothing."""
        return np.asarray(self.cost(units) < self.cost(np.zeros(len(units))))

    def next_quantity(self) -> Floats:
        """(items,) whole packs that the cycle stock alone asks for at the mean pace."""
        return self._next_order(self._above(np.zeros(len(self.stock))), self.days_per_unit)

    def of_like_windows(self) -> "CostCurve":
        """The curve if no open line came after the arrival of an order placed now, and all windows sold alike."""
        alike = replace(self.usual, fewer=np.zeros_like(self.usual.fewer))
        return replace(self, window=self.window.without_landings(), absorption=alike)

    def smallest_order(self) -> Floats:
        """(items,) the smallest order: the minimum in whole packs, one pack at least."""
        packs = np.ceil(self.minimum / self.pack * (1 - _ROUNDING))
        return np.asarray(np.maximum(packs, 1.0) * self.pack)

    def _above(self, units: Floats) -> Floats:
        """(items,) units above the level at which the next order goes out, at the mean pace."""
        window = self.window
        left = window.mean_on_arrival(self.stock) + units + window.inflow_mean - window.window_mean
        return np.asarray(left + self.absorption.fewer - self.level)

    def _next_order(self, above: Floats, days_per_unit: Floats) -> Floats:
        """Whole packs that bring cycle stock nearest to its cheapest; (items,) or (items, revisions), as given."""
        shape = (-1,) + (1,) * (above.ndim - 1)
        # An order that falls short of the price break of the economic one would be dearer.
        least = np.where(self.economic_cost < self.unit_cost, self.batch, self.smallest_order())
        batch, pack, least = (values.reshape(shape) for values in (self.batch, self.pack, least))
        wear = self.holding_per_unit_day.reshape(shape) * days_per_unit * batch
        fixed = np.broadcast_to(self.fixed_cost.reshape(shape), wear.shape)
        spread = np.divide(fixed, wear, out=np.zeros(wear.shape), where=wear > 0)
        best = np.minimum(batch / 2 + spread, batch)
        return np.asarray(np.maximum(np.ceil((best - above) / pack - 0.5 - _ROUNDING) * pack, least))

    def _ahead(self, units: Floats) -> Floats:
        above = self._above(units)
        revised = np.exp(self.revision_sd[:, None] * _SCORES - np.square(self.revision_sd)[:, None] / 2)
        moved = above[:, None] - (revised - 1) * (self.reach_demand + self.level)[:, None]
        return np.where(self.absorption.goes_on, self._value(moved, revised).mean(axis=1), 0.0)

    def _value(self, above: Floats, revised: Floats) -> Floats:
        """Relative value of being `above` the next order's level, (items, revisions) of the pace."""
        batch, holding, days = self.batch[:, None], self.holding_per_unit_day[:, None], self.days_per_unit[:, None]
        fixed = np.where(holding * days > 0, self.fixed_cost[:, None], 0.0)
        soon = above < 0
        reached = np.where(soon, above + self._next_order(above, days / revised), above)
        waiting = self.absorption.unit_days(reached / revised)
        awaiting = np.flatnonzero(self.absorption.has_lines)
        if len(awaiting):
            # An order that follows is made for what comes after it.
            following = self.usual.take(awaiting).unit_days((reached / revised)[awaiting])
            waiting[awaiting] = np.where(soon[awaiting], following, waiting[awaiting])
        held = holding * revised * waiting
        # Units that nobody takes spare no later order.
        sold = np.minimum(reached, revised * self.absorption.taken[:, -1:])
        spared = (holding * days / revised * batch / 2 + fixed / batch) * sold
        return np.asarray(held - spared + np.where(soon, fixed, 0.0))

    def purchase_premium(self, units: Floats) -> Floats:
        """What the units cost beyond their price in an economic quantity: through price breaks alone."""
        broken = np.array([isinstance(text, str) and bool(text.strip()) for text in self.price_breaks], dtype=bool)
        if not broken.any():
            return np.zeros(len(units))
        paid = order_unit_cost(units, self.unit_cost, self.price_breaks.tolist())
        return np.where(broken & (units > 0), (paid - self.economic_cost) * units * self.rate, 0.0)

    def _written_off(self, units: Floats) -> Floats:
        """What is expected to be left when it spoils, or when the item ends."""
        loss = np.zeros(len(units))
        rows = np.flatnonzero(np.isfinite(self.write_offs.demand_ratio))
        if len(rows):
            part, lost = self.window.take(rows), self.write_offs.take(rows)
            unsold = part.expected_unsold(self.stock[rows], units[rows] - lost.spared, lost.demand_ratio)
            loss[rows] = unsold * lost.unit_loss
        return loss
