"""What tasks hand to each other: frozen dataclasses as folders of Parquet and JSON, found again by content hash.

A folder is written beside its place and renamed into it, so that it is there whole or not at all. No pickle.
"""

import dataclasses
import datetime as dt
import hashlib
import json
import shutil
import tempfile
import typing
from pathlib import Path
from typing import Any, TypedDict, TypeVar

import numpy as np
import pandas as pd

T = TypeVar("T")


class Stored(TypedDict):
    """Where a result lies and what it hashes to: what a task returns instead of the object."""

    folder: str
    digest: str


def store(result: Any, folder: Path) -> Stored:
    """Write a frozen dataclass under `folder` and return its place and content hash.

    Parameters
    ----------
    result: a dataclass whose fields are frames, arrays, dates, text, numbers, None, nested dataclasses,
        or lists and string-keyed dictionaries of these.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    (beside / "fields.json").write_text(json.dumps(_write(result, beside, "r"), sort_keys=True), "utf-8")
    digest = digest_of(beside)
    if folder.exists():
        shutil.rmtree(folder)
    beside.replace(folder)
    return {"folder": str(folder), "digest": digest}


def fetch(kind: type[T], stored: Stored) -> T:
    """The dataclass that `store` wrote; `kind` is its class."""
    folder = Path(stored["folder"])
    result: T = _read(json.loads((folder / "fields.json").read_text("utf-8")), folder, kind)
    return result


def is_intact(stored: Stored) -> bool:
    """Whether a stored result is still there with the recorded hash."""
    folder = Path(stored["folder"])
    return folder.is_dir() and digest_of(folder) == stored["digest"]


def digest_of(folder: Path) -> str:
    """Content hash of all files of a folder, by name."""
    total = hashlib.blake2b(digest_size=16)
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        total.update(str(file.relative_to(folder)).encode())
        total.update(hashlib.blake2b(file.read_bytes(), digest_size=16).digest())
    return total.hexdigest()


def _write(value: Any, folder: Path, name: str) -> Any:  # noqa: PLR0911
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {f.name: _write(getattr(value, f.name), folder, f"{name}.{f.name}") for f in dataclasses.fields(value)}
        return {"is": "dataclass", "of": fields}
    if isinstance(value, pd.DataFrame):
        # Parquet would turn dictionaries of different keys into one structure with all of them.
        nested = [column for column in value.columns if _holds_json(value[column])]
        texts = {column: [json.dumps(cell, sort_keys=True) for cell in value[column]] for column in nested}
        value.assign(**texts).to_parquet(folder / f"{name}.parquet", index=False)
        return {"is": "frame", "of": f"{name}.parquet", "json": nested}
    if isinstance(value, np.ndarray):
        if value.dtype == object:
            return {"is": "texts", "of": [None if pd.isna(text) else str(text) for text in value]}
        np.save(folder / f"{name}.npy", value, allow_pickle=False)
        return {"is": "array", "of": f"{name}.npy"}
    if isinstance(value, (dt.date, dt.datetime)):
        return {"is": "date", "of": value.isoformat()[:10]}
    if isinstance(value, dict):
        return {"is": "dict", "of": {str(key): _write(of, folder, f"{name}.{key}") for key, of in value.items()}}
    if isinstance(value, (list, tuple)):
        return {"is": type(value).__name__, "of": [_write(of, folder, f"{name}.{i}") for i, of in enumerate(value)]}
    if isinstance(value, np.generic):
        return value.item()
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    raise TypeError(f"{name}: a {type(value).__name__} cannot be stored between tasks")


def _holds_json(column: "pd.Series[Any]") -> bool:
    return column.dtype == object and any(isinstance(cell, (dict, list)) for cell in column)


def _read(written: Any, folder: Path, kind: Any) -> Any:  # noqa: PLR0911
    if not isinstance(written, dict):
        return written
    of = written["of"]
    match written["is"]:
        case "dataclass":
            kinds = typing.get_type_hints(kind)
            return kind(**{name: _read(value, folder, _plain(kinds[name])) for name, value in of.items()})
        case "frame":
            frame = pd.read_parquet(folder / of)
            return frame.assign(**{column: [json.loads(text) for text in frame[column]] for column in written["json"]})
        case "texts":
            return np.array(of, dtype=object)
        case "array":
            return np.load(folder / of, allow_pickle=False)
        case "date":
            return dt.date.fromisoformat(of)
        case "dict":
            inner = (typing.get_args(kind) or (None, None))[1]
            return {name: _read(value, folder, inner) for name, value in of.items()}
        case "list" | "tuple":
            inner = (typing.get_args(kind) or (None,))[0]
            values = [_read(value, folder, inner) for value in of]
            return tuple(values) if written["is"] == "tuple" else values
    raise TypeError(f"{folder}: unknown kind {written['is']!r}")


def _plain(kind: Any) -> Any:
    """The dataclass inside `X | None`."""
    options = [option for option in typing.get_args(kind) if dataclasses.is_dataclass(option)]
    return options[0] if options and typing.get_origin(kind) is not dict else kind
