"""A simulator that hides the future from policies: one at a time over the same demand and lead times, and its cost."""

from models.inventory.simulation.engine import FinalState, PolicyRun, run_policy, simulate
from models.inventory.simulation.ledger import Ledger
from models.inventory.simulation.measures import compare, measures
from models.inventory.simulation.policies import FixedQuantity, GivenArrivals, LevelPolicy, base_stock, min_max
from models.inventory.simulation.world import OpenOrders, Policy, State, World

__all__ = [
    "FinalState",
    "FixedQuantity",
    "GivenArrivals",
    "Ledger",
    "LevelPolicy",
    "OpenOrders",
    "Policy",
    "PolicyRun",
    "State",
    "World",
    "base_stock",
    "compare",
    "measures",
    "min_max",
    "run_policy",
    "simulate",
]
