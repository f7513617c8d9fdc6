"""Mathematics of demand, inventory and budget: pure functions over frames and arrays."""
