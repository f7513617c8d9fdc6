"""JSON files: a list of objects, as web interfaces of shops answer with."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from intake.sources.raw import RawTable
from intake.sources.stable_file import StableFile, decompressed, refuse_beyond, stable_file
from settings import DataRefused
from settings.sources import ReadingLimits

LARGEST_BYTES = 512 * 1024**2
"""Unpacked: a JSON file is read whole, and takes several times its size in memory."""


def read_json_file(file: Path, limits: ReadingLimits | None = None) -> RawTable:
    """Rows of a JSON file as text: one row per object of its list; `lines` are the objects' numbers from 1.

    The list is the whole file, or the one list in an object (`{"orders": [...]}`). A column is a key of any object;
    texts stay as they are, numbers and flags are their text, lists and objects their JSON text, null is missing.

    Raises
    ------
    DataRefused: the file is empty, half-written, too large or no JSON, or holds something else than one list of
        objects.
    """
    settled = stable_file(file, limits)
    delivered = _bytes(settled)
    if not delivered.strip(b"\xef\xbb\xbf \r\n\t"):
        raise DataRefused(f"{file.name}: the file is empty; deliver it again")
    elements = _list_of(file, _parsed(file, delivered))
    refuse_beyond(settled.limits, file.name, rows=len(elements))
    names: dict[str, None] = {}
    for number, element in enumerate(elements, 1):
        if not isinstance(element, dict):
            raise DataRefused(
                f"{file.name} element {number}: {_shown(element)} is not an object of names and values, "
                "as every element of the list must be; deliver the list as the shop's interface gives it"
            )
        names |= dict.fromkeys(element)
    return RawTable(
        source=file.name,
        content_hash=settled.content_hash,
        rows=pa.table({name: pa.array([_text(row.get(name)) for row in elements], pa.string()) for name in names}),
        lines=np.arange(1, len(elements) + 1, dtype=np.int64),
    )


def _bytes(settled: StableFile) -> bytes:
    delivered = bytearray()
    for piece in decompressed(settled):
        delivered += piece
        if len(delivered) > LARGEST_BYTES:
            raise DataRefused(
                f"{settled.file.name}: more than {LARGEST_BYTES >> 20} MiB of JSON, which is read whole; deliver it in "
                "several files, such as one for each month"
            )
    return bytes(delivered)


def _parsed(file: Path, delivered: bytes) -> Any:
    try:
        return json.loads(delivered.decode(json.detect_encoding(delivered)))
    except json.JSONDecodeError as fault:
        raise DataRefused(
            f"{file.name} line {fault.lineno} column {fault.colno}: not JSON ({fault.msg}); "
            "the file is broken or half-written, deliver it again"
        ) from fault
    except UnicodeDecodeError as fault:
        line = delivered.count(b"\n", 0, fault.start) + 1
        raise DataRefused(f"{file.name} line {line}: not UTF-8, as JSON must be; deliver it again as UTF-8") from fault
    except RecursionError as fault:
        raise DataRefused(f"{file.name}: lists nested too deeply to be rows; deliver a list of objects") from fault
    except ValueError as fault:
        raise DataRefused(f"{file.name}: a number in it cannot be read ({fault}); deliver it again") from fault


def _list_of(file: Path, parsed: Any) -> list[Any]:
    if isinstance(parsed, list):
        return parsed
    lists = {name: value for name, value in parsed.items() if isinstance(value, list)} if _is_object(parsed) else {}
    if len(lists) == 1:
        return next(iter(lists.values()))
    found = f"an object with {len(lists)} lists ({', '.join(lists)})" if lists else _shown(parsed)
    raise DataRefused(f"{file.name}: holds {found}; one list of objects is needed, alone or in an object")


def _is_object(parsed: Any) -> bool:
    return isinstance(parsed, dict)


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else f"{text[:37]}..."
