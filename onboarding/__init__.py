"""A company's own files understood for the first time, and what its tables of identity likely lack.

- `survey`: what lies in a folder or a database: headings, values, how they are written
- `answers`: what people said, by the key of the question
- `questions`: guesses, how sure they are, and what is still to be asked
- `draft`: which file is which table, how columns map, and the text of `restock.toml`
- `identity_gaps`: codes, packs, successors and locations that `restock check` finds missing
"""
