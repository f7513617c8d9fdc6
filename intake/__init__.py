"""From what is delivered to accepted rows.

To be read in this order: `sources` (files and databases as they are), `connectors` (exports of other systems),
`mapping` (columns and texts as the settings read them), `corrections` (rows corrected by hand), `delivery` (all of
these for one table), `rows_by_month` and `monthly_validation` (cut into months, which are validated and kept),
`ingest` (a table from its source to accepted rows), `point_in_time` (tables as known on a past day); for people
`rejected_rows` (found again in what was delivered) and `data_docs`.
"""
