"""Going over from another process: capped first orders, and a shadow plan compared with what was ordered."""

import datetime as dt

import numpy as np
import pandas as pd

from features.calendar import as_day
from models.inventory.terms.columns import KEY, days, item_rows, numbers


def with_first_order_cap(
    items: pd.DataFrame,
    purchase_orders: pd.DataFrame,
    *,
    as_of: dt.date,
    started_on: dt.date | None,
    weeks: int,
    cap_days: float | None,
) -> pd.DataFrame:
    """Items with `first_order_days`: days of demand that their order may bring at most, NaN for no cap.

    Capped are items of which nothing was ordered since the cut-over, in the weeks after it: what is wrong with their
    data shows in a small order as well as in a large one.

    Parameters
    ----------
    items: columns sku, location. purchase_orders: as they stand at `as_of`.
    started_on, weeks, cap_days: the settings' [cut_over].
    """
    cap = np.full(len(items), np.nan)
    if cap_days is not None and started_on is not None and as_of < started_on + dt.timedelta(weeks=weeks):
        cap[:] = cap_days
        if len(purchase_orders):
            since = purchase_orders[days(purchase_orders, "ordered_on") >= np.datetime64(started_on, "D")]
            ordered = item_rows(since, items)
            cap[ordered[ordered >= 0]] = np.nan
    return items.assign(first_order_days=cap)


def compared_with_orders(
    suggestions: pd.DataFrame, purchase_orders: pd.DataFrame, *, since: dt.date, until: dt.date
) -> pd.DataFrame:
    """Each item's first suggestion of a shadow plan beside what the company ordered in the same days.

    A shadow suggests the same order in every run until the other process places one, so only the first counts.

    Parameters
    ----------
    suggestions: order lines of the shadow's nights: as_of, sku, location, order_units, order_value_base,
        money_at_stake.
    purchase_orders: sku, location, ordered_on, ordered_units.
    since, until: first and last day compared, both included.

    Returns
    -------
    One row per item that either wanted to order, sorted: sku, location, suggested_units, suggested_value_base,
    placed_units, placed_value_base (at the suggestion's cost of a unit; NaN where nothing was suggested),
    money_at_stake, in_common.
    """
    own = suggestions[(days(suggestions, "as_of") >= as_day(since)) & (days(suggestions, "as_of") <= as_day(until))]
    first = own.sort_values([*KEY, "as_of"], kind="stable").drop_duplicates(KEY)
    dated = days(purchase_orders, "ordered_on")
    placed = purchase_orders[(dated >= as_day(since)) & (dated <= as_day(until))]
    summed = placed.groupby(KEY, as_index=False)["ordered_units"].sum()
    both = first.merge(summed, on=KEY, how="outer", sort=True)
    suggested, ordered = numbers(both, "order_units", 0.0), numbers(both, "ordered_units", 0.0)
    value = numbers(both, "order_value_base")
    unit = np.divide(value, suggested, out=np.full(len(both), np.nan), where=suggested > 0)
    return pd.DataFrame(
        {
            "sku": both["sku"],
            "location": both["location"],
            "suggested_units": suggested,
            "suggested_value_base": np.nan_to_num(value),
            "placed_units": ordered,
            "placed_value_base": unit * ordered,
            "money_at_stake": numbers(both, "money_at_stake", 0.0),
            "in_common": (suggested > 0) & (ordered > 0),
        }
    )
