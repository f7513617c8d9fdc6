"""The company's own past, replayed: what happened, what each policy would have done, and what that would have cost."""

from models.inventory.replay.calendar import ReplayCalendar, replay_calendar
from models.inventory.replay.history import ObservedHistory, ReportedDemand, observed_history, reported_demand
from models.inventory.replay.levels import NO_LEVELS, ReviewLevels, review_levels
from models.inventory.replay.naive import four_weeks_cover, normal_safety_stock
from models.inventory.replay.policies import company_orders, replayed, state_at
from models.inventory.replay.scores import (
    ALL,
    ALL_DAYS,
    COMPANY,
    FIGURES,
    KNOWN_DAYS,
    OURS,
    combine_ledgers,
    scores,
    summary_sentence,
)
from models.inventory.replay.state import ReplayState, with_replay_state
from models.inventory.replay.window import Costs, ReplayWindow, replay_window

__all__ = [
    "ALL",
    "ALL_DAYS",
    "COMPANY",
    "FIGURES",
    "KNOWN_DAYS",
    "NO_LEVELS",
    "OURS",
    "Costs",
    "ObservedHistory",
    "ReplayCalendar",
    "ReplayState",
    "ReplayWindow",
    "ReportedDemand",
    "ReviewLevels",
    "combine_ledgers",
    "company_orders",
    "four_weeks_cover",
    "normal_safety_stock",
    "observed_history",
    "replay_calendar",
    "replay_window",
    "replayed",
    "reported_demand",
    "review_levels",
    "scores",
    "state_at",
    "summary_sentence",
    "with_replay_state",
]
