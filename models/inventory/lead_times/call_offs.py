"""Call-offs: orders whose delivery was asked for later than the lead time, so that they say nothing of it.

An order placed in May for August takes three months because it was wanted in August. Received as promised it is no
slow delivery, and not yet due it is no late one.
"""

import numpy as np
import pandas as pd

from features.arrays import Flags, Floats

_LATER_BY_SHARE = 0.5
_LATER_BY_DAYS = 7.0
"""A promise is later than the lead time where it is beyond it by half of it, and by a week."""
_PARTS = 3
"""A line received on so many days, over longer than a lead time, is delivered bit by bit as it was agreed."""

_KEY = ["order_number", "line_number"]
_SCHEDULE = ["supplier", "sku", "location", "ordered_on"]


def usual_days(orders: pd.DataFrame, received: pd.DataFrame, prior_weight: float) -> Floats:
    """Lead time of each order as declared, or longer where most of the supplier's deliveries took longer.

    It is the declared one times the median ratio of days taken to days declared, 1 at least; what is declared counts
    as `prior_weight` deliveries among them.

    Parameters
    ----------
    orders: columns supplier, declared_days.
    received: one row per delivery of a line; columns supplier, declared_days, days.
    prior_weight: deliveries that the declared lead time counts as.

    Returns
    -------
    (orders,) days on the supplier's clock.
    """
    taken = pd.DataFrame({"supplier": received["supplier"], "ratio": _ratio(received["days"], received)})
    names = np.repeat(taken["supplier"].unique(), round(prior_weight))
    as_declared = pd.DataFrame({"supplier": names, "ratio": 1.0})
    ratio = pd.concat([taken, as_declared]).groupby("supplier")["ratio"].median()
    longer = orders["supplier"].map(ratio).fillna(1.0).clip(lower=1.0).to_numpy(dtype=np.float64)
    return np.asarray((1.0 + orders["declared_days"].to_numpy(dtype=np.float64)) * longer - 1.0)


def are_call_offs(orders: pd.DataFrame) -> Flags:
    """Whether each order line says nothing of its lead time.

    It is promised for well after the usual one; or after it, while another line of the day for the same item is
    promised earlier.

    Parameters
    ----------
    orders: columns supplier, sku, location, ordered_on, promised_days (NaN: none), usual_days.
    """
    promised, usual = orders["promised_days"].to_numpy(dtype=np.float64), orders["usual_days"].to_numpy()
    first = orders.groupby(_SCHEDULE)["promised_days"].transform("min").to_numpy(dtype=np.float64)
    beyond = promised - usual
    well_after = (beyond > _LATER_BY_SHARE * usual) & (beyond > _LATER_BY_DAYS)
    return np.asarray(well_after | ((beyond > 0) & (promised > first)))


def bit_by_bit(arrived: pd.DataFrame) -> pd.DataFrame:
    """Order lines that are delivered in several parts over longer than the declared lead time, keys alone.

    Parameters
    ----------
    arrived: one row per delivery of a line; columns order_number, line_number, declared_days, days.
    """
    parts = arrived.groupby(_KEY).agg(
        number=("days", "nunique"), first=("days", "min"), last=("days", "max"), declared=("declared_days", "first")
    )
    agreed = (parts["number"] >= _PARTS) & (parts["last"] - parts["first"] > parts["declared"])
    return parts.index[agreed].to_frame(index=False)


def of_lead_times(observed: pd.DataFrame) -> pd.DataFrame:
    """The observations that speak of lead times: without call-offs, and with nothing waited for that is not due.

    An open order that is not due counts as one that may still arrive within the usual lead time: only what is past its
    promise shows that a supplier takes longer.
    """
    speaking = observed[~observed["is_call_off"].to_numpy(dtype=bool)].reset_index(drop=True)
    before_usual = np.floor(speaking["usual_days"].to_numpy(dtype=np.float64) + 1e-9).astype(np.int64) - 1
    days = speaking["days"].to_numpy(dtype=np.int64)
    waiting = (speaking["is_open"] & (speaking["promised_days"] > speaking["days"])).to_numpy(dtype=bool)
    speaking["days"] = np.where(waiting, np.minimum(days, before_usual), days)
    return speaking[speaking["days"] >= 0].reset_index(drop=True)


def _ratio(days: pd.Series, orders: pd.DataFrame) -> pd.Series:
    return (1.0 + days) / (1.0 + orders["declared_days"])
