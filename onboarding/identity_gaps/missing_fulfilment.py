"""Channels whose sales name no location, and which `fulfilment` does not know."""

from dataclasses import dataclass

import pandas as pd

from data_contracts.declarations import EVERYTHING
from identity.fulfilment import fill_locations
from onboarding.identity_gaps.identity_gap import IdentityGap
from onboarding.identity_gaps.sales_by_code import SalesByCode

NEARLY_ALL = 0.95
MOST_ELSEWHERE = 0.5


@dataclass(frozen=True)
class _Place:
    """Where a channel's sales are likely taken from, why, and how sure that is."""

    location: str
    why: str
    confidence: float


def find_missing_fulfilment(by_code: SalesByCode, default_location: str | None) -> list[IdentityGap]:
    """Lines of `fulfilment` for channels (and markets, where others of the channel have theirs) without a location.

    The location is where the channel's other sales are taken from, the only one that keeps stock, or the only one whose
    stock holds nearly all that the channel sells. Where none of these shows it, nothing is proposed.
    """
    sales = by_code.sales
    fulfilment = by_code.tables.get("fulfilment")
    located = pd.notna(fill_locations(sales, fulfilment, default_location).locations)
    unplaced = sales.loc[~located]
    found = []
    for channel, rows in unplaced.groupby("channel", sort=True):
        place = _place_of(str(channel), rows, by_code)
        if place is None:
            continue
        whole = len(rows) == int((sales["channel"] == channel).sum())
        markets = rows["market"].astype(object).where(rows["market"].notna(), EVERYTHING) if "market" in rows else None
        if whole or markets is None:
            found.append(_line(str(channel), EVERYTHING, rows, place))
        else:
            found += [
                _line(str(channel), str(market), part, place) for market, part in rows.groupby(markets, sort=True)
            ]
    return found


def _place_of(channel: str, rows: pd.DataFrame, by_code: SalesByCode) -> _Place | None:
    own = by_code.sales.loc[by_code.sales["channel"] == channel]
    named = own.dropna(subset=["location"]).groupby("location")["units"].sum() if "location" in own else pd.Series()
    if len(named) and named.max() >= NEARLY_ALL * named.sum():
        location = str(named.idxmax())
        return _Place(location, f"its sales that name a location are taken from {location}", 0.9)
    inventory = by_code.tables.get("inventory")
    stocked = inventory.loc[inventory["on_hand"] > 0] if inventory is not None else None
    if stocked is None or stocked.empty:
        return None
    places = sorted(stocked["location"].unique())
    if len(places) == 1:
        return _Place(places[0], f"{places[0]} is the only location with stock", 0.95)
    units = rows.groupby("sku")["units"].sum()
    shares = pd.Series(
        {
            place: float(units[units.index.isin(stocked.loc[stocked["location"] == place, "sku"])].sum()) / units.sum()
            for place in places
        }
    ).sort_values(ascending=False, kind="stable")
    if shares.iloc[0] >= NEARLY_ALL and shares.iloc[1] <= MOST_ELSEWHERE:
        why = f"{shares.index[0]} stocks {shares.iloc[0]:.0%} of what it sells, and no other location more than half"
        return _Place(str(shares.index[0]), why, 0.7)
    return None


def _line(channel: str, market: str, rows: pd.DataFrame, place: _Place) -> IdentityGap:
    where = f"channel {channel!r}" + ("" if market == EVERYTHING else f" in market {market!r}")
    evidence = f"{len(rows):,} sales of {where} name no location and fulfilment has no row for them; {place.why}"
    line = {"channel": channel, "location": place.location, "market": market}
    units, money = float(rows["units"].sum()), float(rows["money"].sum())
    return IdentityGap("fulfilment", "fulfilment", line, evidence, units, money, place.confidence)
