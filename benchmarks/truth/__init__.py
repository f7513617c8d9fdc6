"""Our forecasts against what the demo's generator knows of demand to come."""
