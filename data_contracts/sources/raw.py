"""One delivered file, or one answer of a database, before anything is read into it."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


@dataclass(frozen=True)
class RawTable:
    """Rows as delivered.

    Attributes
    ----------
    source: name shown to people, such as `sales-2026-03.csv`.
    content_hash: of the delivered bytes; equal for the same file under another name.
    rows: columns under their delivered names; text for CSV, typed for Parquet and SQL.
    lines: line of the file on which each row begins (the header is line 1), or the row's number.
    malformed: rows with too few or too many fields: line, and the text of the row.
    """

    source: str
    content_hash: str
    rows: pa.Table
    lines: NDArray[np.int64]
    malformed: tuple[tuple[int, str], ...] = ()
