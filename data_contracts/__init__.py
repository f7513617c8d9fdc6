"""What every input table must look like, which rows are accepted, and what is wrong with the rest.

To be read in this order: `declarations` (columns and rules), `contract` (a table's columns, key and rules) with
`derived_rules`, `tables` (each input table, declared once), `parsing` (texts as numbers, dates and flags), `as_of` (the
day of a plan and its periods), `expectations` (Great Expectations, made from the contracts), `acceptance` (verdicts,
the rows that are accepted and the parts in which they are kept), `quarantine` (problems in words, with what they are
worth and what to do); beside them `reference` (the page of the docs) and `atomic_files`.
"""
