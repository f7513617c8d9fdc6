"""A company's own files understood for the first time: what they are, how they map to our tables, what is missing."""
