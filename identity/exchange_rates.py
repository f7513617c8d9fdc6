"""Money in the company's base currency, at the last rate known on a date."""

import datetime as dt

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from settings import DataRefused


def to_base(
    amounts: "pd.Series[float]",
    currencies: "pd.Series[str]",
    dates: "pd.Series[pd.Timestamp] | dt.date",
    fx_rates: pd.DataFrame,
    base: str,
    max_gap_days: int,
) -> "pd.Series[float]":
    """Amounts in base currency.

    Parameters
    ----------
    amounts: money in its own currency; NaN stays NaN and needs no rate.
    currencies: ISO code of each amount; a missing one is the base currency.
    dates: day of each amount, or one day for all.
    fx_rates: one row per (date, currency); rate_to_base: base units for one unit of the currency.
    base: the company's base currency.
    max_gap_days: days that a rate is carried forward at most.

    Returns
    -------
    float64 series with the index of `amounts`.

    Raises
    ------
    DataRefused: a currency has no rate on a date, nor on one of the `max_gap_days` days before it; all such
        currencies are named with their first and last date.
    """
    return pd.Series(
        amounts.to_numpy("float64") * rates_to_base(amounts.notna(), currencies, dates, fx_rates, base, max_gap_days),
        index=amounts.index,
        name=amounts.name,
    )


def rates_to_base(
    needed: "pd.Series[bool]",
    currencies: "pd.Series[str]",
    dates: "pd.Series[pd.Timestamp] | dt.date",
    fx_rates: pd.DataFrame,
    base: str,
    max_gap_days: int,
) -> NDArray[np.float64]:
    """Rate of each row: the last one on or before its date; 1 for the base currency and where none is needed.

    Parameters
    ----------
    needed: True where a rate must be found.
    currencies, dates, fx_rates, base, max_gap_days: as in `to_base`.

    Returns
    -------
    float64 by row: base units for one unit of the row's currency.

    Raises
    ------
    DataRefused: as in `to_base`.
    """
    rates = np.ones(len(currencies))
    codes, distinct = pd.factorize(currencies)  # a missing currency gets code -1: the base
    if isinstance(dates, pd.Series):
        days = dates.to_numpy().astype("datetime64[D]")
    else:
        days = np.full(len(rates), np.datetime64(dates, "D"))
    missing: list[str] = []
    for code, currency in enumerate(distinct):
        rows = np.flatnonzero((codes == code) & needed.to_numpy("bool"))
        if currency == base or len(rows) == 0:
            continue
        known = fx_rates.loc[fx_rates["currency"] == currency].dropna(subset=["date", "rate_to_base"])
        known = known.sort_values("date", kind="stable")
        known_days = known["date"].to_numpy().astype("datetime64[D]")
        place = np.searchsorted(known_days, days[rows], side="right") - 1
        gap = np.full(len(rows), np.iinfo("int64").max)
        found = place >= 0
        gap[found] = (days[rows][found] - known_days[place[found]]).astype("int64")
        unmet = gap > max_gap_days
        if unmet.any():
            first, last = days[rows][unmet].min(), days[rows][unmet].max()
            missing.append(f"{currency} from {first} to {last} ({unmet.sum()} rows)")
            continue
        rates[rows] = known["rate_to_base"].to_numpy("float64")[place]
    if missing:
        raise DataRefused(
            f"fx_rates: no rate to {base} within {max_gap_days} days before the date for {'; '.join(sorted(missing))}; "
            "deliver the rates of these dates, or raise data.max_rate_gap_days"
        )
    return rates
