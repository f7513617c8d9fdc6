"""Parts: one month of one table, kept under the hash of its rows with what validation decided.

A part is validated once per content, contract and settings. What is kept: a verdict (which rows break
which rule, by position), the accepted rows and the rejected ones. A part whose files are missing or differ from
their recorded hash is done again.
"""

import hashlib
import json
import shutil
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import parquet

from data_contracts.atomic_files import file_hash, write_atomically
from data_contracts.declarations import SOURCE_FILE, SOURCE_LINE

WHOLE = "all"
"""Stands for the month of tables that are not cut into months."""

UNDATED = "undated"
"""Stands for the month of rows without a date."""


@dataclass(frozen=True)
class PartKey:
    """What a part is known by.

    Attributes
    ----------
    table, month: such as `sales` and `2026-03`, `WHOLE` or `UNDATED`.
    content_hash: of the rows' values in their order; names of files and lines are no part of it.
    contract_version, settings_version: of the declaration, and of the settings that validation obeys.
    """

    table: str
    month: str
    content_hash: str
    contract_version: str
    settings_version: str

    @property
    def folder(self) -> Path:
        """Where the part is kept below the store's root."""
        return Path(self.table) / self.month / f"{self.content_hash}-{self.contract_version}-{self.settings_version}"


@dataclass(frozen=True)
class Verdict:
    """What Great Expectations decided about a part.

    Attributes
    ----------
    rows: rows checked.
    failed: positions of rows that break a rule, by rule; rules that every row keeps are absent.
    """

    rows: int
    failed: dict[str, list[int]]

    def positions(self, rule: str) -> NDArray[np.int64]:
        """Positions of the rows that break the rule."""
        return np.array(self.failed.get(rule, []), dtype=np.int64)


@dataclass(frozen=True)
class StoredRows:
    """Files of a part: relative paths below the store's root."""

    accepted_path: str
    rejected_path: str


class PartStore:
    """Parts on disk below one folder; every write is a temporary file, then a rename.

    Parameters
    ----------
    root: folder of the company's parts; made where it does not exist.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def verdict(self, key: PartKey) -> Verdict | None:
        """The verdict kept for a part; None where there is none, or its file is broken."""
        try:
            kept = json.loads((self.root / key.folder / "verdict.json").read_text("utf-8"))
            verdict = Verdict(rows=kept["rows"], failed=kept["failed"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return verdict if kept.get("check") == _check(verdict) else None

    def save_verdict(self, key: PartKey, verdict: Verdict, ingested_at: str) -> None:
        """Keep what was decided, and when the part was first seen (an ISO instant, for people)."""
        kept = {"rows": verdict.rows, "failed": verdict.failed, "check": _check(verdict), "ingested_at": ingested_at}
        write_atomically(
            self.root / key.folder / "verdict.json", lambda path: path.write_text(json.dumps(kept), "utf-8")
        )

    def rows(self, key: PartKey, place: str) -> StoredRows | None:
        """The accepted and rejected rows kept for a part delivered at `place` (hash of files and lines), if whole."""
        try:
            kept = json.loads((self.root / key.folder / f"rows-{place}.json").read_text("utf-8"))
            for name, recorded in kept.items():
                if file_hash(self.root / name) != recorded:
                    return None
        except (OSError, ValueError, AttributeError):
            return None
        accepted, *_, rejected = sorted(kept)
        return StoredRows(accepted, rejected)

    def save_rows(
        self, key: PartKey, place: str, accepted: pa.Table, rejected: pd.DataFrame, counted_once: pa.Table
    ) -> StoredRows:
        """Write the accepted and rejected rows of a part, and those that were counted once where there are any.

        Parameters
        ----------
        key: of the part.
        place: hash of the files and lines at which its rows were delivered (`provenance_hash`).
        accepted, counted_once: rows with the contract's columns; counted_once also with the rule.
        rejected: columns of `REJECTED_SCHEMA`.
        """
        tables = {
            "accepted": accepted,
            "rejected": pa.Table.from_pandas(rejected, schema=REJECTED_SCHEMA, preserve_index=False),
            **({DUPLICATES: counted_once} if len(counted_once) else {}),
        }
        written = {(key.folder / f"{kind}-{place}.parquet").as_posix(): rows for kind, rows in tables.items()}
        for name, rows in written.items():
            write_atomically(self.root / name, partial(_write_parquet, rows))
        recorded = {name: file_hash(self.root / name) for name in written}
        note = self.root / key.folder / f"rows-{place}.json"
        write_atomically(note, lambda path: path.write_text(json.dumps(recorded), "utf-8"))
        accepted_path, *_, rejected_path = sorted(written)
        return StoredRows(accepted_path, rejected_path)

    def remove_unused(self, used: set[str], before: float) -> list[str]:
        """Remove the rows, then the verdicts, of parts that nobody names; returns paths of the accepted rows removed.

        Parameters
        ----------
        used: paths of accepted or rejected rows, below the root, that are to stay.
        before: only what changed last before that time (seconds since 1970) is removed.
        """
        removed: list[str] = []
        for note in sorted(self.root.glob("*/*/*/rows-*.json")):
            place = note.stem.removeprefix("rows-")
            files = sorted(note.parent.glob(f"*-{place}.parquet"))
            paths = [file.relative_to(self.root).as_posix() for file in files]
            if used.isdisjoint(paths) and note.stat().st_mtime < before:
                for file in (note, *files):
                    file.unlink(missing_ok=True)
                removed += [path for path in paths if Path(path).name.startswith("accepted-")]
                if not any(note.parent.glob("rows-*.json")):
                    shutil.rmtree(note.parent, ignore_errors=True)
        return removed


DUPLICATES = "counted_once"
"""Kind of the file with rows that were left out as repeats; its name sorts between accepted and rejected."""


def duplicates_path(accepted_path: str) -> Path:
    """Where the rows are that were counted once, beside the accepted ones; there is no file where there are none."""
    path = Path(accepted_path)
    return path.with_name(DUPLICATES + path.name.removeprefix("accepted"))


REJECTED_SCHEMA = pa.schema(
    [
        ("table", pa.string()),
        ("source", pa.string()),
        ("line", pa.int64()),
        ("rule", pa.string()),
        ("column", pa.string()),
        ("value", pa.string()),
        ("message", pa.string()),
    ]
)
"""Columns of rejected rows, everywhere."""


def empty_rejected() -> pd.DataFrame:
    """An empty frame of rejected rows."""
    return pd.DataFrame(
        {name: pd.Series(dtype="int64" if name == "line" else "object") for name in REJECTED_SCHEMA.names}
    )


def row_hashes(frame: pd.DataFrame) -> NDArray[np.uint64]:
    """A hash of each row's values; of its file only which one of the part's files it is.

    The same on every machine and in every process.
    """
    content = frame.drop(columns=[SOURCE_FILE, SOURCE_LINE])
    for name in content.columns[content.dtypes == "boolean"]:
        content[name] = content[name].astype("float64")
    return np.asarray(pd.util.hash_pandas_object(content, index=False), dtype=np.uint64)


def content_hash(hashes: NDArray[np.uint64], files: NDArray[np.integer[Any]]) -> str:
    """Hash of a part from its rows' hashes and the number of the file that each row is from."""
    digest = hashlib.blake2b(hashes.astype("<u8").tobytes(), digest_size=12)
    first_seen = pd.factorize(files)[0]
    digest.update(first_seen.astype("<i4").tobytes())
    return digest.hexdigest()


def provenance_hash(files: list[str], codes: NDArray[np.integer[Any]], lines: NDArray[np.int64]) -> str:
    """Hash of where a part's rows stand: names of files and lines."""
    digest = hashlib.blake2b("\n".join(files).encode(), digest_size=6)
    digest.update(codes.astype("<i4").tobytes())
    digest.update(lines.astype("<i8").tobytes())
    return digest.hexdigest()


def _check(verdict: Verdict) -> str:
    text = json.dumps([verdict.rows, verdict.failed], sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def _write_parquet(rows: pa.Table, path: Path) -> None:
    parquet.write_table(rows, path, compression="zstd")
