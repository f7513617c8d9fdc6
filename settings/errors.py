"""The errors that users see, as one small family.

    RestockError
     ├── UsageError          the command was called wrongly          exit code 2
     │    ├── AnswersNeeded  `restock init` has questions            exit code 2
     │    └── SettingsError  restock.toml or the environment         exit code 2
     ├── DataRefused         the data may not be planned on          exit code 3
     ├── PublishError        writing or auditing the plan failed     exit code 1
     ├── MigrationError      the database's schema does not fit      exit code 1
     └── RunLocked           another run of the company is going on  exit code 1

Every message says, in this order: what, where, why, and what to do. Passwords are taken out of it (`settings.secrets`).
"""

from collections.abc import Iterable
from typing import ClassVar

from rapidfuzz import fuzz, process, utils

from settings.secrets import safe_text

MIN_SIMILARITY = 60.0
"""Likeness, of 100, from which on a name is proposed instead of one that does not exist."""


class RestockError(Exception):
    """Base of every error that is meant for a person; shown without a traceback."""

    exit_code: ClassVar[int] = 1
    heading: str = ""
    """What stands before the message, where that is not the exit code's usual word."""

    def __init__(self, *args: object) -> None:
        super().__init__(*(safe_text(each) if isinstance(each, str) else each for each in args))


class UsageError(RestockError):
    """The command was called wrongly, or with something that does not exist."""

    exit_code: ClassVar[int] = 2


class AnswersNeeded(UsageError):
    """Nothing is wrong: only people know the answers, and nobody is there to be asked."""

    def __init__(self, count: int, questions: str) -> None:
        super().__init__(questions)
        self.heading = f"restock init needs {count} answer{'' if count == 1 else 's'}"


class SettingsError(UsageError):
    """A settings file or variable is missing, unreadable, unknown or out of bounds."""


class DataRefused(RestockError):
    """A stop rule fired: nothing is published and the last good plan stays visible."""

    exit_code: ClassVar[int] = 3


class PublishError(RestockError):
    """A run was written but did not pass its audit, or the database refused it."""


class MigrationError(RestockError):
    """The database's schema is older or newer than this version of the program expects."""


class RunLocked(RestockError):
    """Another run of the same company is going on."""


def closest(name: str, names: Iterable[str]) -> str | None:
    """The name that is most like one that does not exist, letter case and signs aside; None where none is like it.

    >>> closest("sale", ["products", "sales"])
    'sales'
    """
    like = process.extract(name, list(names), processor=utils.default_process, score_cutoff=MIN_SIMILARITY, limit=None)
    # A part of a long name is as like as a whole short one with a slip, which is what people mean.
    return max((each for each, *_ in like), key=lambda each: _similarity(name, each), default=None)


def _similarity(one: str, other: str) -> float:
    return fuzz.ratio(one, other, processor=utils.default_process)
