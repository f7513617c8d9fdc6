"""A bucket as a forecast origin sees it: its history up to a day, in steps, with the known effects taken out."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from features.arrays import Floats
from models.demand.effects.known_effects import Effects, multipliers
from models.demand.steps import STEP_PERIODS, Steps, cut_steps

if TYPE_CHECKING:
    from features.history import DemandHistory


@dataclass(frozen=True)
class Origin:
    """History of I items up to an origin, with known effects of T past and H future periods.

    Attributes
    ----------
    history: the bucket's demand; of its periods from `at` on only announced discounts and holidays are used.
    effects: known then.
    at: periods of the history before the origin.
    step_periods: periods in a step.
    multipliers: (I, T + H) known effects of each period, about 1.
    steps: history in steps, without them.
    """

    history: "DemandHistory"
    effects: Effects
    at: int
    step_periods: int
    multipliers: Floats
    steps: Steps


def origin_at(history: "DemandHistory", effects: Effects, at: int) -> Origin:
    """The bucket seen after its first `at` periods."""
    step_periods = STEP_PERIODS[effects.period]
    factor = multipliers(history, effects)
    return Origin(history, effects, at, step_periods, factor, cut_steps(history, factor, at, step_periods))
