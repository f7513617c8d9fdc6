"""How fast a large file of sales is read, validated and kept, and in how much memory.

The file is made here: order lines of 24 months, a few of them unreadable. It is taken in plain and gzipped, each into
an empty store, beside `pandas.read_csv` of the same file in the same run; then it is delivered again with one month
changed. Memory is the peak of a process beyond one that only imports the same libraries; time is without imports.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.common import Outcome, Shown, run
from benchmarks.intake.steps import MONTHS, UNREADABLE_EVERY

CHANGED_MONTH = MONTHS - 1
Figures = dict[str, Any]


def measure(arguments: argparse.Namespace) -> Outcome:
    """Figures of both files, of their second delivery, and of pandas."""
    arguments.data.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=arguments.data, prefix="intake-") as folder:
        figures = measure_in(Path(folder), arguments.rows)
    return Outcome(figures, [shown(figures)])


def measure_in(folder: Path, rows: int) -> Figures:
    """Write the files into a folder and measure; the store of each lies there too."""
    plain, packed = folder / "sales.csv", folder / "sales.csv.gz"
    size = step("write", plain, rows, -1)["bytes"]
    packed_size = step("pack", plain, packed)["bytes"]
    at_rest = step("imports")["peak_memory_bytes"], step("pandas_alone")["peak_memory_bytes"]
    figures: Figures = {"rows": rows, "bytes": size, "gzip_bytes": packed_size, "imports_bytes": at_rest[0]}
    for name, file in (("plain", plain), ("gzip", packed)):
        ours = per_second(step("ingest", file, folder / f"store-{name}"), rows, at_rest[0])
        pandas = per_second(step("read_by_pandas", file), rows, at_rest[1])
        check(ours, rows, validated=ours["parts"])
        figures[name] = {**ours, "pandas": pandas} | {
            f"{of}_of_pandas": ours[of] / pandas[of] for of in ("rows_per_second", "peak_memory_bytes")
        }
    step("write", plain, rows, CHANGED_MONTH)
    again = per_second(step("ingest", plain, folder / "store-plain"), rows, at_rest[0])
    check(again, rows, validated=1)
    figures["one_month_changed"] = {**again, "share_of_first": again["seconds"] / figures["plain"]["seconds"]}
    return figures | {name: figures["plain"][name] for name in ("rows_per_second", "peak_memory_bytes")}


def step(name: str, *arguments: object) -> Figures:
    """What a step finds, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.intake.steps", name, "--", *map(str, arguments)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found: Figures = json.loads(printed.splitlines()[-1])
    return found


def per_second(found: Figures, rows: int, at_rest: int) -> Figures:
    """The step's figures with its speed and its memory beyond that of a process at rest."""
    beyond = found["peak_memory_bytes"] - at_rest
    return {**found, "rows_per_second": rows / found["seconds"], "peak_memory_bytes": beyond}


def check(found: Figures, rows: int, *, validated: int) -> None:
    """No row may be lost, and nothing validated that was known."""
    wrong = sum(size // UNREADABLE_EVERY for size in month_sizes(rows))
    counted = found["rows_read"], found["rows_accepted"], found["rows_rejected"], found["parts_validated"]
    if counted != (rows, rows - wrong, wrong, validated):
        raise SystemExit(f"intake of {rows} rows, {wrong} of them unreadable, gave {found}; {validated} parts were new")


def month_sizes(rows: int) -> list[int]:
    """Rows of each month."""
    return [rows // MONTHS + (month < rows % MONTHS) for month in range(MONTHS)]


def shown(figures: Figures) -> Shown:
    """The figures for people."""
    named = [("plain", "plain"), ("gzip", "gzip"), ("one_month_changed", "plain, one month changed")]
    rows = [
        [title, *_cells(figures[name]), f"{figures[name]['parts_validated']} of {figures[name]['parts']}"]
        for name, title in named
    ]
    rows += [[f"pandas.read_csv, {name}", *_cells(figures[name]["pandas"]), ""] for name in ("plain", "gzip")]
    title = f"Intake of {figures['rows']:,} sales lines ({figures['bytes'] / 1e6:,.0f} MB; gzipped "
    title += f"{figures['gzip_bytes'] / 1e6:,.0f} MB); memory beyond imports"
    return Shown(title, ["file", "seconds", "rows per second", "peak memory, MiB", "months validated"], rows)


def _cells(found: Figures) -> list[str]:
    speed, memory = found["rows_per_second"], found["peak_memory_bytes"] / 2**20
    return [f"{found['seconds']:,.1f}", f"{speed:,.0f}", f"{memory:,.0f}"]


if __name__ == "__main__":
    run("intake", "Speed and memory of reading a large file", measure, rows=(10_000_000, "lines of the file"))
