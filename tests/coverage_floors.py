"""Branch coverage of each room against its floor: `make coverage` runs the fast tests, then this.

A floor is never lowered. Where a room is more than two points above its floor, the floor to write is named.
"""

import json
import math
import sys
from collections import defaultdict
from pathlib import Path

from tests.project import TOOLS

SLACK_POINTS = 2


def room_coverage(report):
    """Per cent of lines and branches that ran, by room, from the report of `coverage json`."""
    counts = defaultdict(lambda: [0, 0])
    for file, measured in report["files"].items():
        summary = measured["summary"]
        count = counts[Path(file).parts[0]]
        count[0] += summary["covered_lines"] + summary["covered_branches"]
        count[1] += summary["num_statements"] + summary["num_branches"]
    return {room: 100 * covered / max(total, 1) for room, (covered, total) in counts.items()}


def failures(coverage, floors):
    """Rooms below their floor, and rooms without one."""
    missing = [f"{room}: no floor; write {math.floor(coverage[room])}" for room in sorted(set(coverage) - set(floors))]
    return missing + [
        f"{room}: {coverage.get(room, 0.0):.1f} %, below its floor of {floor} %"
        for room, floor in floors.items()
        if coverage.get(room, 0.0) < floor
    ]


def main(report_file):
    """Print each room's coverage; returns the exit code."""
    coverage = room_coverage(json.loads(Path(report_file).read_text("utf-8")))
    floors = TOOLS["restock"]["coverage_floors"]
    for room in sorted(coverage):
        above = coverage[room] - floors.get(room, 0)
        raised = f"; the floor can be raised to {math.floor(coverage[room])}" if above > SLACK_POINTS else ""
        print(f"{room:16}{coverage[room]:6.1f} %  floor {floors.get(room, 0)} %{raised}")
    broken = failures(coverage, floors)
    print("\n".join(broken), file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
