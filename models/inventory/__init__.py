"""Inventory decisions: lead times, levels, order quantities, and why; pure functions over arrays and frames."""

from models.inventory.calendar.replenishment_calendar import ReplenishmentCalendar, replenishment_calendar
from models.inventory.decide import Decisions, decide
from models.inventory.lead_times.fit import LeadTimes, fit_lead_times
from models.inventory.position.inventory_position import inventory_position
from models.inventory.terms.decision_rules import DecisionRules

__all__ = [
    "DecisionRules",
    "Decisions",
    "LeadTimes",
    "ReplenishmentCalendar",
    "decide",
    "fit_lead_times",
    "inventory_position",
    "replenishment_calendar",
]
