"""A decided bucket as rows: recommendations with their reasons, policies and exceptions."""
