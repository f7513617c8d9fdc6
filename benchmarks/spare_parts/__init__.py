"""MAN spare parts: what our levels cost against the textbook's."""
