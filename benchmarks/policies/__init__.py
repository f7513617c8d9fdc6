"""Our order rule against the textbook at equal fill rate, on real data."""
