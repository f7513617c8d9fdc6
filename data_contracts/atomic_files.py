"""Files that are written wholly or not at all, and hashes of their bytes."""

import hashlib
import uuid
from collections.abc import Callable
from pathlib import Path


def write_atomically(file: Path, write: Callable[[Path], object]) -> None:
    """Write a file under a temporary name beside it, then rename it; its folder is made where it does not exist.

    Parameters
    ----------
    file: that is there afterwards, as it was or as it is written.
    write: writes the whole content to the path that it is given.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.parent / f".writing-{uuid.uuid4().hex}"
    try:
        write(temporary)
        temporary.replace(file)
    finally:
        temporary.unlink(missing_ok=True)


def file_hash(file: Path) -> str:
    """Hash of a file's bytes, 24 hexadecimal digits; OSError where it does not exist."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, lambda: hashlib.blake2b(digest_size=12)).hexdigest()
