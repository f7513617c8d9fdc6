"""Inventory decisions: lead times, levels, order quantities, and why; pure functions over arrays and frames."""
