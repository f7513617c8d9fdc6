"""Which rows are accepted, and where they are kept.

To be read in this order: `parts` (one month of one table, with its verdict), `outcomes` (what follows from a verdict:
accepted and rejected rows, results of rules), `accepted` (a table's parts, read back), `evidence` (what rules across
tables look at), `cross_table_rules` (these rules, checked in every run).
"""
