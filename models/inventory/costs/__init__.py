"""What a unit too few and a unit too many cost, for each item."""
