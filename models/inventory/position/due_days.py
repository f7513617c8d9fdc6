"""When open lines are due: as promised, and without a promise when lines like them have come.

What is due and does not come is overdue, and is counted for a while only. So a line that names no day needs one too, or
it would count for ever.
"""

import numpy as np
import pandas as pd

from features.arrays import Floats
from models.inventory.calendar.working_days import WorkingDays
from models.inventory.lead_times.fit import LeadTimes
from models.inventory.lead_times.pooling import UNDECLARED_DAYS
from models.inventory.terms.columns import days, numbers, texts

NEARLY_ALL = 0.95
"""An order without a promise is due when this share of orders like it has arrived."""
_ANY_SKU = ["all", "*", ""]


def with_due_days(
    lines: pd.DataFrame, lead_times: LeadTimes, transfer_terms: pd.DataFrame, suppliers: WorkingDays
) -> pd.DataFrame:
    """Lines with `due_on`: the promise; else the supplier's lead time, or the route's, after they were placed.

    Lines that people have planned and the feed does not show are due only as planned.

    Parameters
    ----------
    lines: see `open_lines`.
    lead_times: of all suppliers.
    transfer_terms: canonical frame: lead_time_days of each route.
    suppliers: clock.
    """
    due = days(lines, "expected_on").copy()
    bought = lines["supplier"].notna().to_numpy(dtype=bool)
    undated = np.isnat(due)
    ordered = np.flatnonzero(undated & bought & (lines["kind"] == "purchase_order").to_numpy(dtype=bool))
    if len(ordered):
        some = lines.iloc[ordered]
        pmf = lead_times.for_items(some).pmf
        longest = (np.cumsum(pmf, axis=1) >= NEARLY_ALL - 1e-9).argmax(axis=1)
        due[ordered] = suppliers.advance(suppliers.rows(some["supplier"]), days(some, "ordered_on"), longest)
    moved = np.flatnonzero(undated & ~bought)
    if len(moved):
        some = lines.iloc[moved]
        due[moved] = days(some, "ordered_on") + np.rint(route_days(some, transfer_terms)).astype("timedelta64[D]")
    return lines.assign(due_on=due.astype("datetime64[ns]"))


def route_days(transfers: pd.DataFrame, transfer_terms: pd.DataFrame) -> Floats:
    """(transfers,) lead time of each transfer: of its SKU's route, else the route's, else the median of all routes.

    Parameters
    ----------
    transfers: columns sku, from_location (None: unknown), location (where it goes).
    transfer_terms: canonical frame; a missing SKU, or "*", stands for all.
    """
    days_of = numbers(transfer_terms, "lead_time_days")
    declared = transfer_terms[np.isfinite(days_of)]
    if declared.empty:
        return np.full(len(transfers), UNDECLARED_DAYS)
    sku = pd.Series(texts(declared, "sku"), dtype=object)
    terms = pd.DataFrame(
        {
            "sku": sku.where(sku.notna() & ~sku.isin(_ANY_SKU), "*").to_numpy(dtype=object),
            "from_location": texts(declared, "from_location"),
            "location": texts(declared, "to_location"),
            "lead_time_days": days_of[np.isfinite(days_of)],
        }
    )
    asked = pd.DataFrame({name: texts(transfers, name) for name in ("sku", "from_location", "location")}, dtype=object)
    found = np.full(len(transfers), np.nan)
    for key in (["sku", "from_location", "location"], ["sku", "location"]):
        routes = terms.groupby(key)["lead_time_days"].max().reset_index()
        for named in (asked, asked.assign(sku="*")):
            days_found = named[key].merge(routes, on=key, how="left")["lead_time_days"].to_numpy(dtype=np.float64)
            found = np.where(np.isfinite(found), found, days_found)
    return np.where(np.isfinite(found), found, float(terms["lead_time_days"].median()))
