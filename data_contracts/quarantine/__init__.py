"""What is wrong with the data, in words: each cause once, what it is worth and what to do about it.

To be read in this order: `advice` (what to do about a broken rule), `worth` (units and money of failed rows),
`orphaned_receipts` (receipts whose order was rejected), `problems` (each cause with all of it).
"""
