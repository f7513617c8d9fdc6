"""Limits that couple items, solved rather than patched: minimums, freight, containers, budgets, room."""

from models.inventory.constraints.applying import with_orders
from models.inventory.constraints.couple import Coupled, CouplingRules, couple

__all__ = ["Coupled", "CouplingRules", "couple", "with_orders"]
