"""Larger quantities than the options hold, for orders that cannot reach their supplier's minimum or free freight."""

import numpy as np
import pandas as pd

from features.arrays import Flags, Floats
from models.inventory.constraints.program import TOLERANCE
from models.inventory.terms.columns import numbers
from models.inventory.terms.currency import line_values

_PACKS = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0)


def extended(options: pd.DataFrame, wanted: Flags, longest_cover_days: float) -> pd.DataFrame:
    """The options with quantities beyond the largest of each item of `wanted`.

    A unit beyond the largest is held until everything before it is sold, so cost rises by the last slope and by
    holding * units**2 / (2 demand per day).

    Parameters
    ----------
    options: see `order_options`, sorted by sku, location and order_units; wanted: (N,) options of such items.
    longest_cover_days: no item is pulled forward beyond so many days' demand.

    Returns
    -------
    The options and the new rows, sorted likewise; within `most_units`, the item's own limits.
    """
    key = ["sku", "location"]
    rows = options[wanted]
    last = rows.drop_duplicates(key, keep="last")
    before = rows[rows.duplicated(key, keep="last")].drop_duplicates(key, keep="last")
    last = last.merge(before[[*key, "order_units", "expected_cost_base"]], on=key, suffixes=("", "_before"))
    last = last[(numbers(last, "daily_demand") > 0) & (last["order_units"] > 0)].reset_index(drop=True)
    if last.empty:
        return options
    held = {name: numbers(last, name) for name in ("order_units", "expected_cost_base", "order_value", "daily_demand")}
    step = held["order_units"] - numbers(last, "order_units_before")
    slope = np.maximum((held["expected_cost_base"] - numbers(last, "expected_cost_base_before")) / step, 0.0)
    added = []
    for packs in _PACKS:
        more = packs * numbers(last, "pack_units")
        units = held["order_units"] + more
        days = more / held["daily_demand"]
        cost = held["expected_cost_base"] + slope * more + numbers(last, "holding_per_unit_day") * more * days / 2
        after = numbers(last, "days_of_supply_after") + days
        within = (units <= numbers(last, "most_units") * (1 + TOLERANCE)) & (after <= longest_cover_days)
        added.append(_rows(last, units, cost, days, after)[within])
    parts = [part for part in added if len(part)]
    if not parts:
        return options
    joined = pd.concat([options, *(part[list(options.columns)].astype(options.dtypes.to_dict()) for part in parts)])
    return joined.sort_values([*key, "order_units"], kind="stable", ignore_index=True)


def _rows(last: pd.DataFrame, units: Floats, cost: Floats, days: Floats, after: Floats) -> pd.DataFrame:
    scale = units / numbers(last, "order_units")
    value = line_values(units, numbers(last, "order_value") / numbers(last, "order_units"), last["currency"].tolist())
    more_days = pd.to_timedelta(np.floor(days), unit="D")
    return last.assign(
        order_units=units,
        order_value=value,
        order_value_base=value * numbers(last, "rate_to_base"),
        volume_m3=numbers(last, "volume_m3") * scale,
        weight_kg=numbers(last, "weight_kg") * scale,
        leftover_units=numbers(last, "leftover_units") + units - numbers(last, "order_units"),
        money_at_stake=numbers(last, "money_at_stake") + numbers(last, "expected_cost_base") - cost,
        expected_cost_base=cost,
        is_chosen=False,
        is_required=False,
        days_of_supply_after=after,
        lasts_until=last["lasts_until"] + more_days,
    )
