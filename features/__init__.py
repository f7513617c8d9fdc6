"""Demand history from validated sales: what models see of the past and know of the future."""
