"""The settings that a run started with, kept as a file without secrets: `restock.toml` may be edited during the run.

A snapshot is named by the hash of its content and never changed, so that all who read it see the same settings.
"""

import hashlib
import json
import os
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

from settings.errors import RestockError
from settings.loading import SettingsAsWritten
from settings.schema import Settings

NOT_KEPT = "not kept"
"""Stands for the URL of a source that may hold a password."""


class _Kept(SettingsAsWritten):
    """Settings exactly as they were kept."""

    environment_overrides: ClassVar[bool] = False


def save_settings_snapshot(settings: Settings, folder: Path) -> Path:
    """Write the settings under `folder`, whole or not at all; returns the file, the same for equal settings.

    The database's URL and every source's URL are left out, since they may hold passwords. A URL that names a variable
    of the environment (`env:NAME`) is kept.
    """
    text = json.dumps({**_without_secrets(settings), "root": str(settings.root)}, sort_keys=True)
    file = folder / f"{_digest(text)}.json"
    if _is_intact(file):
        file.touch()  # the newest snapshots are kept
    else:
        folder.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(prefix=".settings-", dir=folder)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(text)
        Path(beside).replace(file)
    return file


@lru_cache(maxsize=16)
def load_settings_snapshot(file: Path) -> Settings:
    """The settings that `save_settings_snapshot` wrote.

    Raises
    ------
    RestockError: the file is gone or was changed.
    """
    if not _is_intact(file):
        raise RestockError(
            f"{file}: the settings that the run started with are gone or were changed; start the run again"
        )
    return _Kept(**json.loads(file.read_text("utf-8")))


def _without_secrets(settings: Settings) -> dict[str, Any]:
    values = settings.model_dump(mode="json", exclude={"database"})
    for source in values["sources"].values():
        if source["url"] is not None and not source["url"].startswith("env:"):
            source["url"] = NOT_KEPT
    return values


def _is_intact(file: Path) -> bool:
    return file.is_file() and _digest(file.read_text("utf-8")) == file.stem


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
