"""Open purchase orders that should arrive on another day, or not at all."""
