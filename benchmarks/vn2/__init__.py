"""The VN2 inventory contest: six weekly orders, eight weeks scored, by its official rules."""
