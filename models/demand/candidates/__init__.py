"""Candidate forecasts of single items: statsforecast models, blends with the global model, new items."""
