"""What every input table must look like, which rows are accepted, and what is wrong with the rest.

Each table is declared once in `data_contracts.tables`; the coercion of frames, the Great Expectations
suite and the reference page of the docs are all made from that declaration.
"""
