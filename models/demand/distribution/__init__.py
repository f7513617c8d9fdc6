"""The demand distribution: one generative model with two views, totals over intervals and scenario paths."""
