"""Files of any shape as rows of our tables, by settings alone.

`map_tables` (`intake.mapping.tables`) takes delivered rows through the steps that `[sources.TABLE]` asks for:
texts that mean nothing, wide columns as rows, columns of further files, rows to leave out, computed columns, one row
for each key.
"""
