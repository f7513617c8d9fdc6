"""The company's own past, replayed: what happened, what each policy would have done, and what that would have cost."""

from models.inventory.replay.calendar import ReplayCalendar, replay_calendar
from models.inventory.replay.levels import NO_LEVELS, Levels, levels_of
from models.inventory.replay.naive import four_weeks_cover, normal_safety_stock
from models.inventory.replay.observed_history import Happenings, Told, happenings, told_at
from models.inventory.replay.policies import company_orders, replayed, stand_at
from models.inventory.replay.scores import (
    ALL,
    ALL_DAYS,
    COMPANY,
    FIGURES,
    KNOWN_DAYS,
    OURS,
    joined,
    scores,
    summary_sentence,
)
from models.inventory.replay.state import Standing, with_standing
from models.inventory.replay.window import Costs, Past, past_of

__all__ = [
    "ALL",
    "ALL_DAYS",
    "COMPANY",
    "FIGURES",
    "KNOWN_DAYS",
    "NO_LEVELS",
    "OURS",
    "Costs",
    "Happenings",
    "Levels",
    "Past",
    "ReplayCalendar",
    "Standing",
    "Told",
    "company_orders",
    "four_weeks_cover",
    "happenings",
    "joined",
    "levels_of",
    "normal_safety_stock",
    "past_of",
    "replay_calendar",
    "replayed",
    "scores",
    "stand_at",
    "summary_sentence",
    "told_at",
    "with_standing",
]
