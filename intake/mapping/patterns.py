"""Texts that settings name: as they are, or by a regular expression."""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process, utils

from settings import SettingsError


def named_by(texts: Sequence[str | None], wanted: Sequence[str]) -> NDArray[np.bool_]:
    """Which texts the settings name; blanks around them and letter case are ignored.

    Parameters
    ----------
    texts: missing ones are never named.
    wanted: texts, or regular expressions after `re:` that the whole text must match.

    >>> named_by(["2024-01-08", "Store", " store"], ["store", "re:2024-.*"]).tolist()
    [True, True, True]
    """
    exact = {each.strip().casefold() for each in wanted if not each.startswith("re:")}
    patterns = [re.compile(each[3:], re.IGNORECASE) for each in wanted if each.startswith("re:")]

    def is_named(text: str) -> bool:
        return text.casefold() in exact or any(pattern.fullmatch(text) for pattern in patterns)

    return np.array([text is not None and is_named(text.strip()) for text in texts], dtype=bool)


def require_columns(names: Sequence[str], available: Sequence[str], setting: str, source: str) -> None:
    """Refuse a setting that names a column which the delivered rows do not have.

    Raises
    ------
    SettingsError: the first such column, with the nearest that is there.
    """
    for name in names:
        if name not in available:
            nearest = process.extractOne(name, available, processor=utils.default_process)
            hint = (
                f"the nearest is {nearest[0]!r}" if nearest and nearest[1] >= 45 else f"it has {', '.join(available)}"
            )
            raise SettingsError(
                f"{setting} names the column {name!r}, which {source} does not have; {hint}; correct it"
            )
