"""Parquet files."""

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from intake.sources.csv_text import BATCH_ROWS
from intake.sources.raw import Delivery, RawTable
from intake.sources.stable_file import StableFile, refuse_beyond, stable_file, within_limits
from settings import DataRefused
from settings.sources import ReadingLimits


def open_parquet_file(file: Path, limits: ReadingLimits | None = None) -> Delivery:
    """A Parquet file, whose rows have the types that it gives them; `lines` are row numbers from 1.

    Raises
    ------
    DataRefused: the file is empty, half-written or no Parquet; some of it may show only while it is read.
    """
    delivered = stable_file(file, limits)
    with closing(delivered.open()) as stream:
        if not stream.read(1):
            raise DataRefused(f"{file.name}: the file is empty; deliver it again")
        _refuse_unfit(file, _opened(file, stream), delivered.limits)
    return Delivery(file.name, delivered.content_hash, lambda: _batches(delivered))


def _refuse_unfit(file: Path, opened: parquet.ParquetFile, limits: ReadingLimits) -> None:
    """Refuse a file that is larger than its settings allow, or has two columns of one name."""
    metadata, names = opened.metadata, opened.schema_arrow.names
    unpacked = sum(metadata.row_group(number).total_byte_size for number in range(metadata.num_row_groups))
    refuse_beyond(limits, file.name, rows=metadata.num_rows, columns=len(names), mib=unpacked / (1 << 20))
    twice = next((name for name, count in Counter(names).items() if count > 1), None)
    if twice is not None:
        raise DataRefused(f"{file.name}: has column {twice!r} twice; rename one")


def _batches(delivered: StableFile) -> Iterator[RawTable]:
    with closing(delivered.open()) as stream:
        row = 1
        batches = _row_batches(delivered.file, stream)
        for rows in within_limits(delivered.limits, delivered.file.name, batches):
            lines = np.arange(row, row + rows.num_rows, dtype=np.int64)
            yield RawTable(delivered.file.name, delivered.content_hash, rows, lines)
            row += rows.num_rows
    delivered.refuse_if_changed()


def _row_batches(file: Path, stream: BinaryIO) -> Iterator[pa.Table]:
    opened = _opened(file, stream)
    if opened.metadata.num_rows == 0:
        yield opened.schema_arrow.empty_table()
    parts = opened.iter_batches(batch_size=BATCH_ROWS)
    while True:
        try:
            part = next(parts, None)
        except (pa.ArrowException, OSError) as fault:
            raise DataRefused(_broken(file, fault)) from fault
        if part is None:
            return
        if part.num_rows:
            yield pa.Table.from_batches([part])


def _opened(file: Path, stream: BinaryIO) -> parquet.ParquetFile:
    try:
        return parquet.ParquetFile(stream)
    except (pa.ArrowException, OSError) as fault:
        raise DataRefused(_broken(file, fault)) from fault


def _broken(file: Path, fault: BaseException) -> str:
    reason = str(fault).splitlines()[0].split(". ")[0] if str(fault) else type(fault).__name__
    return f"{file.name}: broken or half-written Parquet ({reason}); deliver it again"
