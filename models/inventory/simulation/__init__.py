"""An honest simulator: one policy at a time over the same demand and lead times, and what it cost."""

from models.inventory.simulation.engine import Ending, Played, play, simulate
from models.inventory.simulation.ledger import Ledger
from models.inventory.simulation.measures import compare, measures
from models.inventory.simulation.policies import FixedQuantity, GivenArrivals, LevelPolicy, base_stock, min_max
from models.inventory.simulation.world import OpenOrders, Policy, State, World

__all__ = [
    "Ending",
    "FixedQuantity",
    "GivenArrivals",
    "Ledger",
    "LevelPolicy",
    "OpenOrders",
    "Played",
    "Policy",
    "State",
    "World",
    "base_stock",
    "compare",
    "measures",
    "min_max",
    "play",
    "simulate",
]
