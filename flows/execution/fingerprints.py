"""Content hashes that decide whether finished results may be used again."""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from settings import Settings

ROOMS = ("settings", "data_contracts", "intake", "identity", "features", "models", "flows")
_WITHOUT_EFFECT = {"folder", "tasks", "workers", "keep_runs", "where_prefect_is_away"}


@cache
def code_version() -> str:
    """Hash of the program's own files that results depend on."""
    total = hashlib.blake2b(digest_size=8)
    root = Path(__file__).resolve().parents[2]
    for room in ROOMS:
        for file in sorted((root / room).rglob("*.py")):
            total.update(str(file.relative_to(root)).encode())
            total.update(file.read_bytes())
    return total.hexdigest()


def settings_hash(settings: Settings) -> str:
    """Hash of every setting that a run's result depends on; where work is done and stored is not among them.

    How the past is replayed is not either: what a replay tuned comes in by its values.
    """
    elsewhere = dict.fromkeys(("root", "database", "simulation", "retention", "schedule"), True)
    without: Any = {**elsewhere, "run": _WITHOUT_EFFECT}
    chosen = settings.model_dump(mode="json", exclude=without)
    return fingerprint(chosen)


def fingerprint(value: Any) -> str:
    """Short hash of a JSON-able value, whatever the order of its keys."""
    text = json.dumps(value, sort_keys=True, default=str)
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
