"""Parquet files."""

import hashlib
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from data_contracts.sources.csv_text import read_settled
from data_contracts.sources.raw import RawTable
from settings import DataRefused


def read_parquet_file(file: Path) -> RawTable:
    """Rows of a Parquet file with the types that it has; `lines` are row numbers from 1.

    Raises
    ------
    DataRefused: the file is empty, half-written or no Parquet.
    """
    delivered = read_settled(file)
    if not delivered:
        raise DataRefused(f"{file.name}: the file is empty; deliver it again")
    try:
        rows = parquet.ParquetFile(pa.BufferReader(delivered)).read()
    except (pa.ArrowException, OSError) as fault:
        raise DataRefused(
            f"{file.name}: broken or half-written Parquet ({_first_sentence(fault)}); deliver it again"
        ) from fault
    return RawTable(
        source=file.name,
        content_hash=hashlib.blake2b(delivered, digest_size=16).hexdigest(),
        rows=rows,
        lines=np.arange(1, rows.num_rows + 1, dtype=np.int64),
    )


def _first_sentence(fault: BaseException) -> str:
    return str(fault).splitlines()[0].split(". ")[0] if str(fault) else type(fault).__name__
