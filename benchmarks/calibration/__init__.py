"""Coverage of predicted quantiles on real data that nothing was fitted to."""
