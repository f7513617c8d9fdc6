"""`python -m benchmarks.spare_parts --data DIR --json FILE`; see `parts`."""

from benchmarks.common import run
from benchmarks.spare_parts import parts

if __name__ == "__main__":
    run(
        "spare_parts",
        parts.__doc__,
        parts.measure,
        items=(0, "parts taken, by hash; 0 for all"),
        local=(0, "1: local models only"),
    )
