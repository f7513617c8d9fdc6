"""Public data sets turned into companies that `restock run` plans, by documented scripts."""
