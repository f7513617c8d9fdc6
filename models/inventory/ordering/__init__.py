"""What to order: levels, the cost curve of an order, order constraints, options and alternatives."""
