"""A simulator that hides the future from policies: one at a time over the same demand and lead times, and its cost."""

from models.inventory.simulation.engine import run_policy, simulate
from models.inventory.simulation.ledger import Ledger
from models.inventory.simulation.measures import compare, measures
from models.inventory.simulation.policies import GivenArrivals, LevelPolicy
from models.inventory.simulation.world import OpenOrders, Policy, State, World

__all__ = [
    "GivenArrivals",
    "Ledger",
    "LevelPolicy",
    "OpenOrders",
    "Policy",
    "State",
    "World",
    "compare",
    "measures",
    "run_policy",
    "simulate",
]
