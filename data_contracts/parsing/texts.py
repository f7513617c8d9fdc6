"""Texts that stand for nothing, for yes and no, and those that settings name."""

import re
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

MISSING = frozenset({"", "nan", "null", "none", "n/a", "na", "#n/a", "nat", "-"})
"""Texts that stand for nothing in columns of numbers, dates and flags, in lower case."""

TRUE = frozenset({"true", "t", "yes", "y", "on", "1", "1.0"})
FALSE = frozenset({"false", "f", "no", "n", "off", "0", "0.0"})


def is_missing(texts: list[str]) -> NDArray[np.bool_]:
    """Which texts stand for nothing, in columns that are not text."""
    return np.array([text.strip().lower() in MISSING for text in texts], dtype=bool)


def read_flags(texts: list[str]) -> NDArray[np.float64]:
    """1 for yes, 0 for no, NaN for anything else."""
    words = [text.strip().lower() for text in texts]
    return np.array([1.0 if word in TRUE else 0.0 if word in FALSE else np.nan for word in words])


def is_listed(texts: Iterable[str], wanted: Sequence[str]) -> NDArray[np.bool_]:
    """Which texts the settings name; letter case is ignored.

    Parameters
    ----------
    texts: to be compared.
    wanted: texts, or regular expressions after `re:` that the whole text must match.

    >>> is_listed(["2024-01-08", "Store", "Shop"], ["store", "re:2024-.*"]).tolist()
    [True, True, False]
    """
    exact = {each.casefold() for each in wanted if not each.startswith("re:")}
    patterns = [re.compile(each[3:], re.IGNORECASE) for each in wanted if each.startswith("re:")]
    return np.array(
        [text.casefold() in exact or any(pattern.fullmatch(text) for pattern in patterns) for text in texts], dtype=bool
    )


def is_non_product(skus: "pd.Series[str]", not_products: Sequence[str]) -> NDArray[np.bool_]:
    """True for codes that are no products: postage, fees, samples.

    Parameters
    ----------
    skus: SKU codes.
    not_products: codes, or regular expressions after `re:`, as in `is_listed`.

    >>> is_non_product(pd.Series(["POST", "85048", "gift_0001_20"]), ["POST", "re:gift.*"]).tolist()
    [True, False, True]
    """
    codes, distinct = pd.factorize(skus)
    return np.append(is_listed(map(str, distinct), not_products), [False])[codes]


def normalise_sku(code: str, case: str, strip: bool) -> str:
    """A SKU code as the company compares it: in the declared letter case, blanks around it cut if so declared.

    >>> normalise_sku(" tea-1", "upper", strip=True)
    'TEA-1'
    """
    stripped = code.strip() if strip else code
    return stripped.upper() if case == "upper" else stripped
