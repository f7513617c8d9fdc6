"""What is wrong with the data, in words: each cause once, what it is worth and what to do about it."""
