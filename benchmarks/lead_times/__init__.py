"""Fitted lead-time distributions on the SCMS orders, rolling in time."""
