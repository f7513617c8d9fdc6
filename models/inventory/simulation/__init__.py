"""A simulator that hides the future from policies: one at a time over the same demand and lead times, and its cost."""

from models.inventory.simulation.engine import run_policy, simulate
from models.inventory.simulation.ledger import Ledger
from models.inventory.simulation.measures import compare, measures
from models.inventory.simulation.policies import LevelPolicy, RecordedOrders
from models.inventory.simulation.world import OpenOrders, Policy, State, World

__all__ = [
    "Ledger",
    "LevelPolicy",
    "OpenOrders",
    "Policy",
    "RecordedOrders",
    "State",
    "World",
    "compare",
    "measures",
    "run_policy",
    "simulate",
]
