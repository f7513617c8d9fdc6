"""A decided bucket, before it becomes rows."""

import functools
from dataclasses import dataclass

import numpy as np
import pandas as pd

from features.arrays import Days, Flags, Floats, Texts
from models.inventory.costs.unit_costs import ItemCosts
from models.inventory.ordering.alternatives import Alternatives
from models.inventory.ordering.at_stake import AtStake
from models.inventory.ordering.levels import Levels
from models.inventory.ordering.waiting import Waiting
from models.inventory.position.outlook import DailyMeans, next_order_day
from models.inventory.position.state import InventoryState
from models.inventory.terms.decision_rules import DecisionRules
from models.inventory.terms.service_targets import ItemClasses, Targets

_NEW_DAYS = 56


@dataclass(frozen=True)
class Plan:
    """A decided bucket: the state, what was decided, and what follows from it. Arrays (items,)."""

    state: InventoryState
    rules: DecisionRules
    costs: ItemCosts
    targets: Targets
    policy: Texts
    levels: Levels
    economic: Floats
    order: Floats
    required: Floats
    binding: Texts
    stake: AtStake
    alternatives: Alternatives
    waiting: Waiting
    means: DailyMeans
    classes: ItemClasses
    suppliers: pd.DataFrame

    @functools.cached_property
    def next_review_on(self) -> Days:
        """(items,) the next ordering day that is expected to bring an order; see `next_order_day`."""
        return next_order_day(
            self.means,
            position=self.state.position,
            reorder_point=self.levels.reorder_point,
            placed_on=self.state.calendar.placed_on,
            next_placed_on=self.state.calendar.next_placed_on,
            as_of=np.datetime64(self.state.as_of, "D"),
            expected_on=self.state.calendar.expected_on,
            sells_from=self.state.sells_from,
        )

    @functools.cached_property
    def is_new(self) -> Flags:
        """(items,) first sold or launched within the last eight weeks, or not yet."""
        today = np.datetime64(self.state.as_of, "D")
        known_since = pd.DataFrame(index=self.state.items.index)
        for name in ("first_sale_on", "launched_on"):
            given = self.state.items.get(name)
            known_since[name] = pd.to_datetime(given) if given is not None else pd.NaT
        since = known_since.max(axis=1).to_numpy().astype("datetime64[D]")
        return np.asarray(((today - since).astype("float64") < _NEW_DAYS) & ~np.isnat(since))
