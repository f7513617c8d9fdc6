"""Values of planning parameters, each a number, a day or a flag, in one canonical text."""

import numpy as np

from data_contracts.parsing.numbers import read_numbers
from data_contracts.parsing.texts import read_flags
from data_contracts.parsing.written_days import read_written_day


def read_parameter_values(texts: list[str], decimal: str, thousands: str | None) -> list[str | None]:
    """Canonical text of numbers ("12.5"), ISO dates and flags ("true"); None for anything else."""
    numbers = read_numbers(texts, decimal, thousands, percent=True)
    flags = read_flags(texts)
    read: list[str | None] = []
    for text, number, flag in zip(texts, numbers, flags, strict=True):
        if not np.isnan(number):
            read.append(f"{number:.12g}")
        elif not np.isnat(day := read_written_day(text.strip())):
            read.append(str(day))
        elif not np.isnan(flag):
            read.append("true" if flag else "false")
        else:
            read.append(None)
    return read
