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
    at: periods of the history before the origin.
    step_periods: periods in a step.
    multipliers: (I, T + H) known effects of each period, about 1; by whether the season is among them.
    steps: history in steps; by whether the season is taken out.
    """

    history: "DemandHistory"
    at: int
    step_periods: int
    multipliers: dict[bool, Floats]
    steps: dict[bool, Steps]


def origin_at(history: "DemandHistory", effects: Effects, at: int) -> Origin:
    """The bucket seen after its first `at` periods."""
    step_periods = STEP_PERIODS[effects.period]
    factors = {True: multipliers(history, effects), False: multipliers(history, effects, season=False)}
    cuts = {season: cut_steps(history, factor, at, step_periods) for season, factor in factors.items()}
    return Origin(history, at, step_periods, factors, cuts)
