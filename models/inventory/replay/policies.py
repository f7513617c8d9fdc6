"""Policies in a window of the past, and the stock and orders that one of them has led to at a review."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from features.arrays import Floats
from models.inventory.replay.levels import ReviewLevels
from models.inventory.replay.state import ReplayState
from models.inventory.replay.window import Costs, ReplayWindow
from models.inventory.simulation import LevelPolicy, OpenOrders, RecordedOrders, State, simulate


@dataclass(frozen=True)
class ReplayedPolicy:
    """Levels by review, compared with a position that leaves out what was ordered before the start and comes later.

    Attributes
    ----------
    levels: one column a review.
    unseen: (I, R) units ordered before the start that arrive after the review that follows each review: what of
        them is known depends on when the replay ends, and levels must not.
    """

    levels: LevelPolicy
    unseen: Floats

    def orders(self, day: int, state: State) -> Floats:
        """Units up to the level where the position is at or below the point."""
        review = int(self.levels.column[day])
        position = state.position - self.unseen[:, review]
        short = position <= self.levels.reorder_point[:, review]
        return np.where(short, np.maximum(self.levels.order_up_to[:, review] - position, 0.0), 0.0)


def replayed(window: ReplayWindow, levels: Sequence[ReviewLevels]) -> ReplayedPolicy:
    """The policy of the first reviews' levels; later reviews keep the last."""
    low, high = (np.column_stack([getattr(part, name) for part in levels]) for name in ("reorder_point", "order_up_to"))
    column = np.minimum(window.calendar.column, len(levels) - 1)
    return ReplayedPolicy(LevelPolicy(low, high, column), unseen_arrivals(window))


def unseen_arrivals(window: ReplayWindow) -> Floats:
    """(I, R) units under way at the start that arrive after the review that follows each review."""
    arrivals = window.history.early_arrivals
    following = np.append(window.calendar.reviews[1:], arrivals.shape[1] - 1)
    until = np.cumsum(arrivals, axis=1)
    return np.asarray(until[:, -1:] - until[:, following])


def company_orders(window: ReplayWindow) -> RecordedOrders:
    """What the company really ordered, and when it came."""
    return RecordedOrders(window.history.own_orders, window.history.own_arrivals)


def state_at(window: ReplayWindow, levels: Sequence[ReviewLevels], review: int) -> ReplayState:
    """Stock and open orders at a review, after the levels of the reviews before it.

    The window is simulated again from its start each time: it costs milliseconds, and nothing has to be carried over
    from one review to the next. Of a group of buckets of which nothing can be replayed, the state is of no items.
    """
    count = len(window)
    nothing = Costs(*(np.zeros(count) for _ in range(3)))
    at = int(window.calendar.reviews[review])
    inner = replayed(window, levels) if levels else None
    recorder = _Recorder(inner, at, count)
    world = window.world(nothing)
    can_order = world.can_order.copy()
    can_order[:, at] = True  # the simulator asks only where an order is possible
    simulate(replace(world, can_order=can_order), recorder)
    # Without items the simulator has nobody to ask.
    seen = recorder.seen[0] if recorder.seen else _nothing_seen()
    position = seen.position - unseen_arrivals(window)[:, review]
    return ReplayState(at, seen.on_hand, seen.backorders, position, seen.open_orders)


@dataclass(frozen=True)
class _Recorded:
    on_hand: Floats
    backorders: Floats
    position: Floats
    open_orders: OpenOrders


def _nothing_seen() -> _Recorded:
    """What stands at the end of any period of a window without items."""
    none, rows = np.zeros(0), np.zeros(0, dtype=np.int64)
    return _Recorded(none, none, none, OpenOrders(item=rows, units=none, placed=rows, promised=rows))


@dataclass
class _Recorder:
    """Orders as a policy does until a period, notes what stands then, and orders nothing more."""

    inner: ReplayedPolicy | None
    at: int
    items: int
    seen: list[_Recorded] = field(default_factory=list)

    def orders(self, day: int, state: State) -> Floats:
        """As the policy, until the period."""
        if day < self.at and self.inner is not None:
            return self.inner.orders(day, state)
        if day == self.at:
            self.seen.append(_Recorded(state.on_hand, state.backorders, state.position, state.open_orders()))
        return np.zeros(self.items)
