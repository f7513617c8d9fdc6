"""A decided bucket, before it becomes rows."""

import functools
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.inventory.alternatives import Alternatives
from models.inventory.at_stake import AtStake
from models.inventory.costs import ItemCosts
from models.inventory.outlook import DailyMeans
from models.inventory.policy import Levels
from models.inventory.rules import DecisionRules
from models.inventory.situation import Situation
from models.inventory.targets import Targets
from models.inventory.working_days import Days

Floats = NDArray[np.float64]
_NEW_DAYS = 56


@dataclass(frozen=True)
class Plan:
    """A decided bucket: the situation, what was decided, and what follows from it. Arrays (items,)."""

    known: Situation
    rules: DecisionRules
    costs: ItemCosts
    targets: Targets
    policy: NDArray[np.object_]
    levels: Levels
    economic: Floats
    order: Floats
    required: Floats
    binding: NDArray[np.object_]
    stake: AtStake
    alternatives: Alternatives
    means: DailyMeans
    look_again: Days
    abc: NDArray[np.object_]
    xyz: NDArray[np.object_]
    demand_class: NDArray[np.object_]
    suppliers: pd.DataFrame

    @functools.cached_property
    def is_new(self) -> NDArray[np.bool_]:
        """(items,) first sold or launched within the last eight weeks, or not yet."""
        today = np.datetime64(self.known.as_of, "D")
        known_since = pd.DataFrame(index=self.known.items.index)
        for name in ("first_sale_on", "launched_on"):
            given = self.known.items.get(name)
            known_since[name] = pd.to_datetime(given) if given is not None else pd.NaT
        since = known_since.max(axis=1).to_numpy().astype("datetime64[D]")
        return np.asarray(((today - since).astype("float64") < _NEW_DAYS) & ~np.isnat(since))
