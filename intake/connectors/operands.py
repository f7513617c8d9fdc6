"""Reckoning with several delivered numbers, so that one that cannot be read is named and not lost."""

import pandas as pd

from intake.connectors.fields import Numbers, Texts, filled, number_texts, numbers
from settings import TableSource


def or_zero(values: Texts, source: TableSource) -> Numbers:
    """The texts as numbers, 0 where nothing is written, NaN where something else is."""
    return numbers(values, source).where(filled(values), 0.0)


def result_texts(result: Numbers, source: TableSource, *operands: Texts) -> Texts:
    """A result as the source writes numbers; where there is none the first operand that is no number, as written.

    Parameters
    ----------
    result: NaN where an operand is missing or no number.
    source: how its numbers are written.
    operands: what it was made of, as delivered.
    """
    unread = pd.Series("", index=result.index, dtype=object)
    for values in operands:
        bad = filled(values) & numbers(values, source).isna() & (unread == "")
        unread = unread.mask(bad, values)
    return number_texts(result, source, unread)
