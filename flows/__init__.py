"""Prefect flows: they walk the data through the rooms and hold no arithmetic of their own."""
