"""Returns that can be sold again: how much of what is sold comes back, when, and what is still to come.

Which order lines are returns is decided in `data_contracts.line_kinds`; demand net of returns is made in
`models.inventory.position.net_demand`.
"""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import optimize

from features.arrays import Floats
from identity.demand_lines import ORDER_TYPES

WINDOW_DAYS = 364
DELAY_WEEKS = 8
"""Returns are looked for in the week of the sale and so many weeks after it."""

DEFAULT_DELAY_DAYS = 28
"""Where returns carry the date of their sale, their delay is not known: spread evenly over so many days."""

ITEM_PRIOR_UNITS = 200.0
"""An item's own share of returns weighs as much as its category's at so many units sold."""

CATEGORY_PRIOR_UNITS = 1000.0
"""A category's share weighs as much as the company's at so many units sold."""

COMPANY = "*"
_ITEM = ["sku", "location"]


@dataclass(frozen=True)
class ReturnProfile:
    """Return rates and the delay of returns that the company's items share.

    Attributes
    ----------
    rates: columns category, resellable_rate (units that come back fit to sell, of a unit sold); a row for every
        category and one for the company (`COMPANY`).
    delay: (days,) probability that such a unit is there again d days after its sale.
    """

    rates: pd.DataFrame
    delay: Floats


@dataclass(frozen=True)
class ExpectedReturns:
    """Returns to be expected of some items, in their order.

    Attributes
    ----------
    rate: (items,) units that come back fit to sell, of a unit sold.
    of_past_sales: (items, days) expected units on each day after `as_of`, of past sales.
    mean_delay_days: from a sale to its return.
    """

    rate: Floats
    of_past_sales: Floats
    mean_delay_days: float


def return_profile(demand_lines: pd.DataFrame, items: pd.DataFrame, as_of: dt.date) -> ReturnProfile:
    """Rates by category, shrunk to the company's, and the delay of returns, from the last 52 weeks of retail sales.

    The delay is found from the weeks in which items were sold and came back: the non-negative least squares fit of
    returned units on the units sold in the same and the eight weeks before, items weighed by the inverse of their
    sales. Where most come back in the week of their sale, the returns carry the date of the sale.

    Parameters
    ----------
    demand_lines: see `identity.demand_lines`; items: columns sku, location, category.
    as_of: last day counted.
    """
    lines = _retail(demand_lines, as_of, WINDOW_DAYS)
    category = items.drop_duplicates("sku").set_index("sku")["category"]
    named = lines["sku"].map(category).astype(object).fillna("").astype(str)
    sums = lines.groupby(named.to_numpy(), sort=True)[["units", "resellable_units"]].sum()
    sold, back = sums["units"].to_numpy(dtype=np.float64), sums["resellable_units"].to_numpy(dtype=np.float64)
    company = float(back.sum() / sold.sum()) if sold.sum() > 0 else 0.0
    rate = (back + CATEGORY_PRIOR_UNITS * company) / (sold + CATEGORY_PRIOR_UNITS)
    rates = pd.DataFrame({"category": [*sums.index.astype(str), COMPANY], "resellable_rate": [*rate, company]})
    return ReturnProfile(rates, _delay(lines, as_of))


def expected_returns(
    demand_lines: pd.DataFrame, items: pd.DataFrame, profile: ReturnProfile, as_of: dt.date
) -> ExpectedReturns:
    """Each item's rate, shrunk to its category's, and what is still to come of its latest sales.

    Parameters
    ----------
    demand_lines: of the items; items: columns sku, location, category.
    profile: the company's.
    as_of: last known day.
    """
    lines = _retail(demand_lines, as_of, WINDOW_DAYS)
    known = pd.MultiIndex.from_frame(items[_ITEM].astype(object))
    place = known.get_indexer(pd.MultiIndex.from_frame(lines[_ITEM].astype(object)))
    lines, place = lines[place >= 0], place[place >= 0]
    units = lines["units"].to_numpy(dtype=np.float64)
    sold = np.bincount(place, weights=units, minlength=len(items))
    back = np.bincount(place, weights=lines["resellable_units"].to_numpy(dtype=np.float64), minlength=len(items))
    by_category = profile.rates.set_index("category")["resellable_rate"]
    of_category = items["category"].astype(object).fillna("").astype(str).map(by_category).fillna(by_category[COMPANY])
    rate = np.clip(
        (back + ITEM_PRIOR_UNITS * of_category.to_numpy(dtype=np.float64)) / (sold + ITEM_PRIOR_UNITS), 0.0, 1.0
    )

    width = len(profile.delay)
    age = (pd.Timestamp(as_of) - lines["date"]).dt.days.to_numpy(dtype=np.int64)
    recent = (age >= 0) & (age < width)
    latest = np.zeros((len(items), width))
    np.add.at(latest, (place[recent], age[recent]), units[recent])
    coming = np.zeros((len(items), max(width - 1, 1)))
    for day in range(1, width):
        # A unit sold `age` days ago comes on day `day` after as_of when its delay is the sum of both.
        coming[:, day - 1] = latest[:, : width - day] @ profile.delay[day:]
    mean = float(np.arange(width) @ profile.delay)
    return ExpectedReturns(rate, coming * rate[:, None], mean)


def _retail(demand_lines: pd.DataFrame, as_of: dt.date, days: int) -> pd.DataFrame:
    last = pd.Timestamp(as_of)
    date = demand_lines["date"]
    inside = (demand_lines["order_type"] == ORDER_TYPES[0]) & (date <= last) & (date > last - pd.Timedelta(days=days))
    return demand_lines.loc[inside]


def _delay(lines: pd.DataFrame, as_of: dt.date) -> Floats:
    """(days,) distribution of the delay."""
    default = np.append(0.0, np.full(DEFAULT_DELAY_DAYS, 1.0 / DEFAULT_DELAY_DAYS))
    if not (lines["resellable_units"] > 0).any():
        return default
    weeks = WINDOW_DAYS // 7
    week = weeks - 1 - (pd.Timestamp(as_of) - lines["date"]).dt.days.to_numpy(dtype=np.int64) // 7
    item = lines.groupby(_ITEM, sort=True).ngroup().to_numpy(dtype=np.int64)
    shape = (int(item.max()) + 1, weeks)
    sold, back = np.zeros(shape), np.zeros(shape)
    np.add.at(sold, (item, week), lines["units"].to_numpy(dtype=np.float64))
    np.add.at(back, (item, week), lines["resellable_units"].to_numpy(dtype=np.float64))
    weight = 1 / np.sqrt(sold.mean(axis=1) + 0.1)
    lagged = np.stack([sold[:, DELAY_WEEKS - lag : weeks - lag] * weight[:, None] for lag in range(DELAY_WEEKS + 1)])
    design = lagged.reshape(DELAY_WEEKS + 1, -1)
    answer = (back[:, DELAY_WEEKS:] * weight[:, None]).ravel()
    share, _ = optimize.nnls(design @ design.T, design @ answer)
    if share.sum() <= 0 or share[0] > 0.5 * share.sum():
        return default
    # What comes so many weeks later comes about so many times seven days later, from the day after the sale on.
    by_day = np.repeat(share / 7, 7)[3:]
    by_day[:4] = np.append(0.0, np.full(3, share[0] / 3))
    return np.asarray(by_day / by_day.sum())
