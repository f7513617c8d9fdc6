"""The demand distribution: one generative model with two readings, totals over intervals and scenario paths."""
