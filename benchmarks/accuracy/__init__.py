"""Forecasts and their distributions against those of the usual libraries, on real data."""
