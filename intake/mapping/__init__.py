"""Files of any shape as rows of our tables, by settings alone.

To be read in this order: `arrow_texts` (columns as distinct texts), `selection`, `unpivot`, `expressions`, `join`,
`column_matching`, `distinct` (the steps that `[sources.TABLE]` may ask for), `tables` (their order),
`whole_file_formats` (what all rows of a file decide), `coercion` (texts as typed columns), `delivered_texts` (typed
rows as they were delivered).
"""
