"""Speed, accuracy and cost against public data and peers; each `python -m benchmarks.NAME --data DIR --json FILE`."""
