"""Parquet files."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from intake.sources.csv_text import BATCH_ROWS
from intake.sources.raw import Delivery, RawTable
from intake.sources.stable_file import StableFile, stable_file
from settings import DataRefused


def open_parquet_file(file: Path) -> Delivery:
    """A Parquet file, whose rows have the types that it gives them; `lines` are row numbers from 1.

    Raises
    ------
    DataRefused: the file is empty, half-written or no Parquet; some of it may show only while it is read.
    """
    delivered = stable_file(file)
    with closing(delivered.open()) as stream:
        if not stream.read(1):
            raise DataRefused(f"{file.name}: the file is empty; deliver it again")
        _opened(file, stream)
    return Delivery(file.name, delivered.content_hash, lambda: _batches(delivered))


def _batches(delivered: StableFile) -> Iterator[RawTable]:
    with closing(delivered.open()) as stream:
        row = 1
        for rows in _row_batches(delivered.file, stream):
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
