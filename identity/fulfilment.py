"""Where sales are taken from: the stocking location of sales that name none."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data_contracts.declarations import EVERYTHING


@dataclass(frozen=True)
class FilledLocations:
    """The outcome of filling in stocking locations.

    locations: location by row; None where none was found.
    by_fulfilment, by_default: number of rows filled from the table, and with the company's default.
    """

    locations: NDArray[np.object_]
    by_fulfilment: int
    by_default: int


def fill_locations(
    sales: pd.DataFrame, fulfilment: pd.DataFrame | None, default_location: str | None
) -> FilledLocations:
    """Stocking location of every sale: its own, else that of its channel and market on its date, else the default.

    Of several rows of `fulfilment` that hold on a date the most specific wins (channel and market named, then channel,
    then market), among these the one with the latest valid_from, then the first location by name.

    Parameters
    ----------
    sales: one row per sale: date, channel; location and market where known.
    fulfilment: channel, market (`*` or missing: all), location, valid_from, valid_to (inclusive; missing: always).
    default_location: location of what is left, or None.
    """
    count = len(sales)
    own = sales["location"].to_numpy(dtype=object, copy=True) if "location" in sales else np.full(count, None, object)
    open_rows = np.flatnonzero(pd.isna(own))
    by_fulfilment = 0
    if fulfilment is not None and len(fulfilment) and len(open_rows):
        asked = sales.iloc[open_rows]
        keys = pd.DataFrame({"channel": asked["channel"].to_numpy(), "date": asked["date"].to_numpy()})
        keys["market"] = asked["market"].to_numpy(dtype=object) if "market" in asked else None
        group = keys.groupby(["channel", "market", "date"], sort=False, dropna=False).ngroup().to_numpy()
        first_of_group = np.unique(group, return_index=True)[1]
        found = _locations_of(keys.iloc[first_of_group], fulfilment)[group]
        own[open_rows] = found
        by_fulfilment = int(pd.notna(found).sum())
    left = pd.isna(own)
    if default_location is not None:
        own[left] = default_location
    own[pd.isna(own)] = None
    return FilledLocations(own, by_fulfilment, int(left.sum()) if default_location is not None else 0)


def _locations_of(keys: pd.DataFrame, fulfilment: pd.DataFrame) -> NDArray[np.object_]:
    """Location of each (channel, market, date); rules are laid on from the weakest to the strongest."""
    rules = pd.DataFrame({"channel": _or_all(fulfilment, "channel"), "market": _or_all(fulfilment, "market")})
    rules["location"] = fulfilment["location"].to_numpy()
    rules["begins"] = _dates(fulfilment, "valid_from", "1677-09-22")
    rules["ends"] = _dates(fulfilment, "valid_to", "2262-04-10")
    rules["strength"] = 2 * (rules["channel"] != EVERYTHING) + (rules["market"] != EVERYTHING)
    rules = rules.sort_values(["strength", "begins", "location"], ascending=[True, True, False], kind="stable")
    found = np.full(len(keys), None, dtype=object)
    channel, market, date = (keys[name].to_numpy() for name in ("channel", "market", "date"))
    dates = zip(rules["begins"].to_numpy(), rules["ends"].to_numpy(), strict=True)
    places = zip(rules["channel"], rules["market"], rules["location"], strict=True)
    for (begins, ends), (rule_channel, rule_market, location) in zip(dates, places, strict=True):
        holds = (date >= begins) & (date <= ends)
        if rule_channel != EVERYTHING:
            holds &= channel == rule_channel
        if rule_market != EVERYTHING:
            holds &= market == rule_market
        found[holds] = location
    return found


def _or_all(frame: pd.DataFrame, column: str) -> "pd.Series[str]":
    if column not in frame:
        return pd.Series(EVERYTHING, index=range(len(frame)), dtype=object)
    return frame[column].astype(object).fillna(EVERYTHING).reset_index(drop=True)


def _dates(frame: pd.DataFrame, column: str, otherwise: str) -> "pd.Series[pd.Timestamp]":
    if column not in frame:
        return pd.Series(pd.Timestamp(otherwise), index=range(len(frame)))
    return pd.to_datetime(frame[column]).fillna(pd.Timestamp(otherwise)).reset_index(drop=True)
