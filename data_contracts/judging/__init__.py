"""Which rows are accepted: rules across rows, tables and months, their outcomes, and the parts that are kept."""
