"""Which days are open, when each item can be ordered, and when that order arrives."""
