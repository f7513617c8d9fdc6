"""Demand of days without stock, estimated on FreshRetailNet."""
