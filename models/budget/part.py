"""One bucket's budget: scenario arrays of units, revenue, cost and margin by group and month.

A group is (category, channel, market). Scenario s is the same for all items of all buckets, so arrays of
buckets are added scenario by scenario and quantiles are taken of the sums alone.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from features.arrays import Days, Floats
from models.budget.months import month_shares, months_after

KEYS = ["category", "channel", "market"]
MEASURES = ["units", "net_revenue", "cost", "margin"]
UNKNOWN = "unknown"
_BLOCK = 256  # items whose paths are in memory at once; fixed, so that sums never depend on the machine


class PathSource(Protocol):
    """What the budget needs of a `models.demand.DemandDistribution`."""

    @property
    def sku(self) -> NDArray[Any]:
        """SKU of each item."""

    @property
    def location(self) -> NDArray[Any]:
        """Stocking location of each item."""

    @property
    def as_of(self) -> dt.date:
        """Last known day."""

    @property
    def starts(self) -> Days:
        """First day of each grid period."""

    @property
    def lengths_days(self) -> NDArray[Any]:
        """Days of each grid period."""

    @property
    def mean(self) -> Floats:
        """Expected units (items, grid periods)."""

    def take(self, rows: ArrayLike) -> "PathSource":
        """The distribution of some of the items."""

    def paths(self, scenarios: int) -> NDArray[Any]:
        """Demand (items, scenarios, grid periods), units."""


@dataclass(frozen=True)
class BudgetPart:
    """Scenario arrays of one bucket; `groups` has columns category, channel, market, sorted, without repeats."""

    groups: pd.DataFrame
    months: Days  # datetime64[M] (M,)
    currency: str
    units: Floats  # (groups, months, scenarios), gross units sold
    net_revenue: Floats  # base currency, after returns, without tax
    cost: Floats  # base currency, landed cost of the units that do not come back to stock
    margin: Floats  # base currency, net revenue less cost less channel costs
    expected: Floats  # (measures, groups, months): the mean, exact rather than averaged over the scenarios
    items_without_price: int
    items_without_cost: int

    def measure(self, name: str) -> Floats:
        """The array of one of `MEASURES`."""
        return {"units": self.units, "net_revenue": self.net_revenue, "cost": self.cost, "margin": self.margin}[name]


def budget_forecast(
    distribution: PathSource,
    items: pd.DataFrame,
    channel_mix: pd.DataFrame,
    channel_costs: pd.DataFrame,
    *,
    currency: str,
    scenarios: int,
    gross_margin_default: float = 0.40,
    months: int = 12,
) -> BudgetPart:
    """The budget of a bucket: demand paths x channel mix x prices and costs, by month.

    Parameters
    ----------
    distribution: demand of the bucket's items on the full grid.
    items: one row per item, column sku, location, category; unit_cost_base (landed, base currency).
    channel_mix: one row per (sku, location, channel, market), columns units_share (sums to 1 per item),
        net_price_base (net revenue for one gross unit), return_rate and resellable_share (fractions).
        An item without a row is sold through channel and market "unknown".
    channel_costs: one row per (channel, valid_from): commission_fraction, payment_fee_fraction (of net
        revenue), fulfilment_cost_per_unit, return_cost_per_unit (base currency). Empty: no channel costs.
        The row in force on a month's first day holds for the month.
    currency: the base currency.
    scenarios: number of shared scenarios S.
    gross_margin_default: fraction of the price taken as margin where either price or cost is unknown.
    months: whole calendar months after `distribution.as_of`.

    Raises
    ------
    ValueError: the grid does not cover the months, or scenario paths have another shape than asked for.
    """
    budget_months = months_after(distribution.as_of, months)
    shares = month_shares(distribution.starts, distribution.lengths_days, budget_months)
    mix, without_price, without_cost = _priced_mix(distribution, items, channel_mix, gross_margin_default)
    groups = mix[KEYS].drop_duplicates().sort_values(KEYS, ignore_index=True)
    group = pd.MultiIndex.from_frame(groups).get_indexer(pd.MultiIndex.from_frame(mix[KEYS]))
    row = mix["row"].to_numpy(np.intp)
    share = mix["units_share"].to_numpy(np.float64)
    returned = share * mix["return_rate"].to_numpy(np.float64)
    kept = share - returned * mix["resellable_share"].to_numpy(np.float64)
    weights = {
        "units": share,
        "net_revenue": share * mix["net_price"].to_numpy(np.float64),
        "cost": kept * mix["unit_cost"].to_numpy(np.float64),
        "returned": returned,
    }
    sums = {name: np.zeros((len(groups), months * (scenarios + 1))) for name in weights}
    count = len(distribution.sku)
    for first in range(0, count, _BLOCK):
        rows = np.arange(first, min(first + _BLOCK, count))
        demand = _monthly_paths(distribution.take(rows), scenarios, shares)
        inside = (row >= first) & (row < first + len(rows))
        for name, weight in weights.items():
            matrix = sparse.csr_array(
                (weight[inside], (group[inside], row[inside] - first)), shape=(len(groups), len(rows))
            )
            sums[name] += matrix @ demand
    cube = {name: values.reshape(len(groups), months, scenarios + 1) for name, values in sums.items()}
    cube["margin"] = cube["net_revenue"] - cube["cost"] - _channel_cost(cube, groups, channel_costs, budget_months)
    return BudgetPart(
        groups,
        budget_months,
        currency,
        **{name: cube[name][:, :, :scenarios] for name in MEASURES},
        expected=np.stack([cube[name][:, :, scenarios] for name in MEASURES]),
        items_without_price=without_price,
        items_without_cost=without_cost,
    )


def _monthly_paths(distribution: PathSource, scenarios: int, shares: Floats) -> Floats:
    paths = np.asarray(distribution.paths(scenarios), dtype=np.float64)
    wanted = (len(distribution.sku), scenarios, len(shares))
    if paths.shape != wanted:
        raise ValueError(f"demand paths have shape {paths.shape}, not (items, scenarios, grid periods) = {wanted}")
    # One flat product is three times as fast as one per item; the mean is one more scenario.
    monthly = (paths.reshape(-1, len(shares)) @ shares).reshape(len(paths), scenarios, -1)
    monthly = np.concatenate([monthly, (distribution.mean @ shares)[:, None, :]], axis=1)
    return np.ascontiguousarray(monthly.transpose(0, 2, 1)).reshape(len(paths), -1)


def _priced_mix(
    distribution: PathSource, items: pd.DataFrame, channel_mix: pd.DataFrame, gross_margin_default: float
) -> tuple[pd.DataFrame, int, int]:
    """The mix with `row` (of the distribution), net_price and unit_cost; and how many items lack price, cost."""
    keys = pd.DataFrame(
        {"sku": distribution.sku, "location": distribution.location, "row": np.arange(len(distribution.sku))}
    )
    facts = items[["sku", "location", "category", "unit_cost_base"]].drop_duplicates(["sku", "location"])
    mix = keys.merge(facts, on=["sku", "location"], how="left").merge(channel_mix, on=["sku", "location"], how="left")
    mix["units_share"] = mix["units_share"].fillna(1.0)
    for key in KEYS:
        mix[key] = mix[key].astype(object).where(mix[key].notna(), UNKNOWN).astype(str)
    for fraction in ["return_rate", "resellable_share"]:
        mix[fraction] = mix[fraction].astype(np.float64).fillna(0.0).clip(0.0, 1.0)
    price, cost = mix["net_price_base"].astype(np.float64), mix["unit_cost_base"].astype(np.float64)
    sold = mix["units_share"] > 0
    without_price = mix.loc[price.isna() & sold, "row"].nunique()
    without_cost = mix.loc[cost.isna() & sold, "row"].nunique()
    keep = 1.0 - gross_margin_default
    price_from_cost = cost / keep if keep > 0 else cost
    mix["net_price"] = price.fillna(price_from_cost).fillna(0.0)
    mix["unit_cost"] = cost.fillna(price * keep).fillna(0.0)
    return mix.sort_values(["row", *KEYS], ignore_index=True), int(without_price), int(without_cost)


def _channel_cost(cube: dict[str, Floats], groups: pd.DataFrame, channel_costs: pd.DataFrame, months: Days) -> Floats:
    """Commission, payment fees, fulfilment and returns handling (groups, months, scenarios), base currency."""
    rate = {name: _in_force(channel_costs, name, groups["channel"], months)[:, :, None] for name in _CHANNEL_COSTS}
    fees: Callable[[str], Floats] = rate.__getitem__
    return np.asarray(
        cube["net_revenue"] * (fees("commission_fraction") + fees("payment_fee_fraction"))
        + cube["units"] * fees("fulfilment_cost_per_unit")
        + cube["returned"] * fees("return_cost_per_unit")
    )


_CHANNEL_COSTS = ["commission_fraction", "payment_fee_fraction", "fulfilment_cost_per_unit", "return_cost_per_unit"]


def _in_force(costs: pd.DataFrame, name: str, channels: pd.Series, months: Days) -> Floats:
    """The value (groups, months) of the newest row that is valid on each month's first day; 0 without one."""
    values = np.zeros((len(channels), len(months)))
    if costs.empty or name not in costs:
        return values
    table = costs[costs[name].notna()].copy()
    valid_from = table["valid_from"] if "valid_from" in table else pd.Series(pd.NaT, index=table.index)
    table["valid_from"] = pd.to_datetime(valid_from).fillna(pd.Timestamp("1900-01-01"))
    table = table.sort_values(["channel", "valid_from"], kind="stable")
    first_days = months.astype("datetime64[D]")
    for channel, rows in table.groupby("channel", sort=True):
        position = np.searchsorted(rows["valid_from"].to_numpy("datetime64[D]"), first_days, side="right") - 1
        line = np.where(position >= 0, rows[name].to_numpy(np.float64)[np.maximum(position, 0)], 0.0)
        values[(channels == channel).to_numpy()] = line
    return values
