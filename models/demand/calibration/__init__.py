"""Which model each item takes, how its level is corrected and how uncertain it is, pooled over the company."""
