"""Public holidays of the countries where the demand comes from."""

import functools
import re
import warnings

import holidays
import numpy as np
from numpy.typing import NDArray

from features.arrays import Days
from features.calendar import next_period_start


def country_code(market: object) -> str | None:
    """ISO 3166 code of a market written as a code or as a country's English name; None for anything else.

    >>> country_code("DE"), country_code("United Kingdom"), country_code("EIRE"), country_code("amazon")
    ('DE', 'GB', 'IE', None)
    """
    if not isinstance(market, str):
        return None
    text = market.strip()
    if text.upper() in _codes():
        return _codes()[text.upper()]
    return _names().get(re.sub("[^a-z]", "", text.lower()))


def holiday_shares(countries: "NDArray[np.object_]", starts: Days, period: str) -> NDArray[np.float64]:
    """Share of the days of each period that are public holidays.

    Parameters
    ----------
    countries: (I,) ISO code of each item's market; None or a country without a known calendar has no holidays.
    starts: (T,) first days of successive periods.
    period: day, week or month.

    Returns
    -------
    (I, T), 0 to 1.

    Source: the `holidays` library's national public holidays.
    """
    shares = np.zeros((len(countries), len(starts)))
    if not len(starts):
        return shares
    ends = next_period_start(starts, period)
    for country in sorted({c for c in countries if isinstance(c, str)}):
        days = _days_of(country, int(str(starts[0])[:4]), int(str(ends[-1])[:4]))
        inside = np.searchsorted(days, ends) - np.searchsorted(days, starts)
        shares[countries == country] = inside / (ends - starts).astype("float64")
    return shares


@functools.lru_cache(maxsize=256)
def _days_of(country: str, first_year: int, last_year: int) -> Days:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the library warns of years and categories that it knows in part
            known = holidays.country_holidays(country, years=range(first_year, last_year + 1))
    except NotImplementedError:
        return np.array([], dtype="datetime64[D]")
    return np.array(sorted(known), dtype="datetime64[D]")


@functools.cache
def _codes() -> dict[str, str]:
    """Codes of two and three letters -> the two-letter code."""
    codes = {"UK": "GB"}
    for _, short, long, *_ in holidays.registry.COUNTRIES.values():
        codes |= {short: short, long: short}
    return codes


@functools.cache
def _names() -> dict[str, str]:
    """English names, small letters only -> the two-letter code."""
    names = {module.replace("_", ""): entry[1] for module, entry in holidays.registry.COUNTRIES.items()}
    return names | {"usa": "US", "eire": "IE", "greatbritain": "GB", "england": "GB", "holland": "NL", "rsa": "ZA"}
