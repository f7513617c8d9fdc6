"""Plans of three companies whose keys and figures stay as they are; `test_golden.py` says how."""
