"""Steps of the intake benchmark, each in a process of its own so that its peak of memory is its own.

python -m benchmarks.intake.steps STEP ARGUMENTS: prints what it found as JSON.
"""

import argparse
import gzip
import json
import resource
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

MONTHS = 24
FIRST_MONTH = np.datetime64("2024-01")
SKUS = 20_000
SEED = 7
UNREADABLE_EVERY = 10_000
"""One row in so many has units that are no number."""


def write(file: str, rows: str, changed: str) -> dict[str, Any]:
    """Order lines of two years, sorted by date; in the month numbered `changed` (-1: none) each sells one unit more."""
    rng = np.random.default_rng(SEED)
    sizes = np.full(MONTHS, int(rows) // MONTHS)
    sizes[: int(rows) % MONTHS] += 1
    writer, last_order = None, 1_000_000
    for month, size in enumerate(sizes.tolist()):
        lines, last_order = _month(rng, FIRST_MONTH + month, size, last_order, more=int(month == int(changed)))
        if writer is None:
            quiet = csv.WriteOptions(quoting_style="none", quoting_header="none")
            writer = csv.CSVWriter(file, lines.schema, write_options=quiet)
        writer.write_table(lines)
    if writer is not None:
        writer.close()
    return {"bytes": Path(file).stat().st_size}


def _month(
    rng: np.random.Generator, month: np.datetime64, size: int, last_order: int, *, more: int
) -> tuple[pa.Table, int]:
    first_day, next_month = month.astype("datetime64[D]"), (month + 1).astype("datetime64[D]")
    begins = rng.random(size) < 0.5
    begins[:1] = True
    first_line = np.maximum.accumulate(np.where(begins, np.arange(size), 0))
    order = last_order + np.cumsum(begins)
    day = np.sort(rng.integers(0, (next_month - first_day).astype(int), size))[first_line]
    units = rng.geometric(0.7, size) + more
    price = np.round(rng.gamma(2.0, 10.0, size) + 1.0, 2)
    unreadable = pa.array(np.arange(size) % UNREADABLE_EVERY == UNREADABLE_EVERY - 1)
    columns = {
        "date": pa.array(first_day + day).cast(pa.string()),
        "order": _coded("W-", order),
        "line": pa.array(np.arange(size) - first_line + 1),
        "sku": _coded("SKU-", (SKUS * rng.random(size) ** 2).astype(np.int64)),
        "location": _one_of(["BER", "HAM", "MUC"], rng.integers(0, 3, size)),
        "channel": _one_of(["webshop", "marketplace"], order % 2),
        "market": _one_of(["DE", "AT", "FR", "NL"], order % 4),
        "units": pc.if_else(unreadable, "two", pa.array(units).cast(pa.string())),
        "net_revenue": pa.array(np.round(units * price, 2)),
        "currency": _one_of(["EUR"], np.zeros(size, np.int64)),
    }
    return pa.table(columns), int(order[-1]) if size else last_order


def _coded(prefix: str, numbers: np.ndarray) -> pa.Array:
    return pc.binary_join_element_wise(prefix, pa.array(numbers).cast(pa.string()), "")


def _one_of(texts: list[str], codes: np.ndarray) -> pa.Array:
    return pa.array(texts).take(pa.array(codes))


def pack(file: str, packed: str) -> dict[str, Any]:
    """The same file, gzipped."""
    with Path(file).open("rb") as source, gzip.open(packed, "wb", compresslevel=6) as target:
        shutil.copyfileobj(source, target, 1 << 22)
    return {"bytes": Path(packed).stat().st_size}


def imports() -> dict[str, Any]:
    """What `ingest` imports, and nothing done."""
    from data_contracts.expectations import validation  # noqa: PLC0415 - other steps are measured without
    from intake.ingest import ingest_table  # noqa: PLC0415 - other steps are measured without

    return {"modules": [ingest_table.__module__, validation.__name__]}


def ingest(file: str, store: str) -> dict[str, Any]:
    """Read, validate and keep the file."""
    from data_contracts.acceptance.parts import PartStore  # noqa: PLC0415 - other steps are measured without
    from data_contracts.expectations import validation  # noqa: PLC0415 - other steps are measured without
    from data_contracts.tables import CONTRACTS  # noqa: PLC0415 - other steps are measured without
    from intake.ingest import ingest_table  # noqa: PLC0415 - other steps are measured without
    from settings import TableSource  # noqa: PLC0415 - other steps are measured without
    from settings.schema import DataSettings  # noqa: PLC0415 - other steps are measured without

    assert callable(validation.validate), "imported before the clock starts"
    source = TableSource(path=file)
    clock = Clock()
    intake = ingest_table(CONTRACTS["sales"], source, Path(file).parent, PartStore(Path(store)), DataSettings())
    times, parts = clock.read(), intake.parts
    counts = {name: int(parts[name].sum()) for name in ("rows_read", "rows_accepted", "rows_rejected")}
    return {**times, "parts": len(parts), "parts_validated": int((~parts["was_cached"]).sum()), **counts}


def pandas_alone() -> dict[str, Any]:
    """What `read_by_pandas` imports, and nothing done."""
    return {"version": pd.__version__}


def read_by_pandas(file: str) -> dict[str, Any]:
    """The file by `pandas.read_csv`, and no more."""
    clock = Clock()
    rows = len(pd.read_csv(file))
    return {**clock.read(), "rows_read": rows}


class Clock:
    """Time since it was made: on the wall, and of the processor, which other programs on the machine disturb less."""

    def __init__(self) -> None:
        self._wall, self._processor = time.perf_counter(), time.process_time()

    def read(self) -> dict[str, float]:
        return {"seconds": time.perf_counter() - self._wall, "cpu_seconds": time.process_time() - self._processor}


def peak_memory_bytes() -> int:
    """Most memory that this process has held.

    The kernel's own figure where it gives one: `ru_maxrss` counts what the process was started from, too.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


STEPS: dict[str, Callable[..., dict[str, Any]]] = {
    step.__name__: step for step in (write, pack, imports, ingest, pandas_alone, read_by_pandas)
}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.intake.steps")
    parser.add_argument("step", choices=STEPS)
    parser.add_argument("arguments", nargs="*")
    asked = parser.parse_args()
    found = STEPS[asked.step](*asked.arguments)
    print(json.dumps({**found, "peak_memory_bytes": peak_memory_bytes()}))
