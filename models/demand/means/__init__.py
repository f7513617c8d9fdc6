"""Expected demand: what single items, all items together and an item's whole life tell of it, and their mean."""

from models.demand.means.expected_demand import ExpectedDemand, expected_demand

__all__ = ["ExpectedDemand", "expected_demand"]
