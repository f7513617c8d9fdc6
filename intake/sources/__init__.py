"""Reading what stands somewhere else: CSV and Parquet files, databases."""
