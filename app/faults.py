"""Faults of the machine in a sentence: what happened to which file or database, and what to do."""

import errno

_REMEDIES = {
    errno.EACCES: "give this user the right to read and write it",
    errno.EPERM: "give this user the right to read and write it",
    errno.EROFS: "its disk is read-only: mount it writable, or set run.folder and database.url to another place",
    errno.ENOSPC: "free some space on the disk, then give the same command again",
    errno.EDQUOT: "free some space, or ask for a larger quota, then give the same command again",
    errno.EISDIR: "name a file, not a folder",
    errno.ENOTDIR: "a file stands where a folder is needed: move it away",
    errno.EEXIST: "a file stands where a folder is needed: move it away",
    errno.ENOENT: "it was there and is gone: look who removes it, then give the same command again",
    errno.EMFILE: "raise the limit of open files (`ulimit -n 4096`), then give the same command again",
    errno.EIO: "the disk reports a fault: check it, and keep a backup at hand",
    errno.ELOOP: "a link leads to itself: remove it",
    errno.ENAMETOOLONG: "use a shorter name",
}


def in_words(error: BaseException) -> str | None:
    """What happened and what to do, for faults of disks, memory and databases; None for any other error.

    >>> in_words(PermissionError(errno.EACCES, "Permission denied", ".restock/runs"))
    '.restock/runs: Permission denied; give this user the right to read and write it'
    """
    if isinstance(error, MemoryError):
        return (
            "the memory is used up; end other programs, set run.workers = 1, or more run.buckets, so that less is "
            "worked on at once"
        )
    if isinstance(error, OSError) and error.errno in _REMEDIES:
        place = f"{error.filename}: " if error.filename else ""
        return f"{place}{error.strerror}; {_REMEDIES[error.errno]}"
    return _of_the_database(error)


def _of_the_database(error: BaseException) -> str | None:
    # Imported only after a fault, so that `--help` stays quick.
    from sqlalchemy.exc import DBAPIError
    from sqlalchemy.exc import TimeoutError as PoolTimeout

    if not isinstance(error, (DBAPIError, PoolTimeout)):
        return None
    from database import faults

    return faults.in_words(error)
