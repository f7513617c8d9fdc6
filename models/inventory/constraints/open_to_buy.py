"""Order budgets: what may still be committed this month, and what is committed already."""

import datetime as dt

import numpy as np
import pandas as pd

from models.inventory.position.feed_matching import unseen_lines
from models.inventory.terms.columns import days, numbers, texts
from models.inventory.terms.supply_terms import term_of, valid_terms

ALL = "*"


def commitments(
    purchase_orders: pd.DataFrame,
    planned_lines: pd.DataFrame,
    supply_terms: pd.DataFrame,
    products: pd.DataFrame,
    *,
    as_of: dt.date,
) -> pd.DataFrame:
    """Value of what is ordered already: the feed's orders, and approved or exported lines that it does not show yet.

    Parameters
    ----------
    purchase_orders, supply_terms, products: canonical frames with `unit_cost_base`.
    planned_lines: people's decisions.
    as_of: last known day; terms valid then count.

    Returns
    -------
    One row per line: sku, location, placed_on, category, value_base (units x unit cost of the terms valid at `as_of`,
    else of the product; 0 where neither is known). Cancelled orders do not count.
    """
    cancelled = np.isin(texts(purchase_orders, "status").astype(str), ["cancelled", "canceled", "void", "rejected"])
    placed = purchase_orders[~cancelled]
    waiting = unseen_lines(planned_lines, purchase_orders, pd.DataFrame())
    waiting = waiting[pd.Series(texts(waiting, "supplier"), index=waiting.index).notna()]
    lines = pd.concat(
        [_lines(placed, "ordered_units", "ordered_on"), _lines(waiting, "units", "placed_on")], ignore_index=True
    )
    cost = term_of(lines, valid_terms(supply_terms, as_of), "unit_cost_base")
    known = products.drop_duplicates("sku", keep="last").set_index("sku").reindex(lines["sku"])
    cost = np.where(np.isfinite(cost), cost, np.nan_to_num(numbers(known, "unit_cost_base")))
    return lines.assign(category=texts(known, "category"), value_base=lines["units"].to_numpy() * cost)


def _lines(frame: pd.DataFrame, units: str, placed_on: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "sku": texts(frame, "sku"),
            "location": texts(frame, "location"),
            "supplier": texts(frame, "supplier"),
            "units": numbers(frame, units, 0.0),
            "placed_on": days(frame, placed_on).astype("datetime64[ns]"),
        }
    )


def budgets(table: pd.DataFrame, committed: pd.DataFrame) -> pd.DataFrame:
    """What may be ordered in each month: columns month (first day), category (`*`: all), amount_base, committed_base.

    Parameters
    ----------
    table: canonical `open_to_buy` with `amount_base`. committed: see `commitments`.
    """
    month = days(table, "month").astype("datetime64[M]")
    spent_in = days(committed, "placed_on").astype("datetime64[M]")
    value, category = committed["value_base"].to_numpy(dtype=np.float64), texts(committed, "category")
    named = texts(table, "category")
    named = np.where(pd.isna(named) | np.isin(named.astype(str), ["", "all"]), ALL, named)
    spent = [
        float(value[(spent_in == of) & ((group == ALL) | (category == group))].sum())
        for of, group in zip(month, named, strict=True)
    ]
    return pd.DataFrame(
        {
            "month": month.astype("datetime64[ns]"),
            "category": named,
            "amount_base": numbers(table, "amount_base"),
            "committed_base": np.array(spent, dtype=np.float64),
        }
    ).sort_values(["month", "category"], ignore_index=True)
