"""What planners do without a program: levels from the mean of the last eight weeks."""

import numpy as np
from scipy import stats

from features.arrays import Floats
from models.inventory.ordering.order_sizes import economic_quantity
from models.inventory.replay.window import Costs, ReplayWindow
from models.inventory.simulation import LevelPolicy

COVER_DAYS = 28.0
_WEEK = 7.0


def normal_safety_stock(window: ReplayWindow, costs: Costs, *, cycle_service: float) -> LevelPolicy:
    """(s,S) with a normal safety stock: the textbook's rule on the mean and spread of the last eight weeks.

    s = m (L + R) + z sd sqrt(L + R), S = s + the economic quantity; m and sd of what was sold, days out of stock left
    out, L as declared.

    Source: Silver, Pyke & Thomas, Inventory and Production Management in Supply Chains, 4th ed., ch. 6.
    """
    mean, spread = _rates(window)
    covered = _protection_days(window)
    safety = stats.norm.ppf(min(max(cycle_service, 1e-6), 1 - 1e-6)) * spread * np.sqrt(covered / _WEEK)
    point = mean * covered + safety
    fixed = window.items["fixed_cost_base"].to_numpy(np.float64)[:, None]
    lot = economic_quantity(mean, fixed, costs.holding_per_unit_day[:, None])
    return LevelPolicy(np.maximum(point, 0.0), np.maximum(point + lot, 0.0), window.calendar.column)


def four_weeks_cover(window: ReplayWindow) -> LevelPolicy:
    """Order up to the mean demand of the lead time and four weeks more, whenever an order can be placed."""
    mean, _ = _rates(window)
    level = mean * (_protection_days(window) + COVER_DAYS)
    return LevelPolicy(level - window.items["unit_step"].to_numpy(np.float64)[:, None], level, window.calendar.column)


def _protection_days(window: ReplayWindow) -> Floats:
    """(I, 1) declared lead time and mean days between chances to order."""
    declared = np.nan_to_num(window.items["lead_time_days"].to_numpy(np.float64))
    return np.asarray((declared + window.items["review_days"].to_numpy(np.float64))[:, None])


def _rates(window: ReplayWindow) -> tuple[Floats, Floats]:
    """(I, R) mean units a day, and standard deviation of a week's units, known at each review."""
    calendar, observed = window.calendar, window.history.observed
    before = observed.shape[1] - len(calendar.ends)
    length = float(calendar.days[1:].mean())
    length_before = max(before, 1)
    block = max(1, round(_WEEK / length))
    mean, spread = (np.zeros((len(window), len(calendar.reviews))) for _ in range(2))
    for review, at in enumerate(calendar.reviews):
        seen = np.delete(observed[:, : before + at + 1], before, axis=1)[:, -length_before:]  # without the start period
        known = np.isfinite(seen)
        rate = np.where(known, seen, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1) / length
        mean[:, review] = rate
        filled = np.where(known, seen, (rate * length)[:, None])
        filled = filled[:, filled.shape[1] % block :]
        weeks = filled.reshape(len(window), filled.shape[1] // block, block).sum(axis=2)
        if weeks.shape[1] > 1:
            spread[:, review] = weeks.std(axis=1, ddof=1) * np.sqrt(_WEEK / (block * length))
    return mean, spread
