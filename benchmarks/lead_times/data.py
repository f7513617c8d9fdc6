"""The SCMS order lines as the canonical tables of a company, as far as they were known on a day."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.common import folder

FILE = "SCMS_Delivery_History_Dataset.csv.gz"
ENOUGH = 8
"""Receipts that a figure needs of a vendor, else it is that of all vendors."""
_ORDERED, _PROMISED, _RECEIVED = "%m/%d/%y", "%d-%b-%y", "%d-%b-%y"


def order_lines(data: Path) -> pd.DataFrame:
    """Lines with a readable order and delivery date, not received before they were ordered.

    Vendor is supplier, country is location, molecule or test type is SKU, project order is the order. Lines from the
    regional warehouse carry text in place of an order date and are left out.

    Returns
    -------
    One row per line, by order date: order_number, line_number, supplier, sku, location, ordered_on, ordered_units,
    expected_on (scheduled delivery), received_on, lead_days.
    """
    raw = pd.read_csv(folder(data, "supplier_lead_times") / FILE, dtype=str, encoding="latin1")
    lines = pd.DataFrame(
        {
            "order_number": raw["PO / SO #"],
            "line_number": raw["ID"],
            "supplier": raw["Vendor"],
            "sku": raw["Molecule/Test Type"],
            "location": raw["Country"],
            "ordered_on": pd.to_datetime(raw["PO Sent to Vendor Date"], format=_ORDERED, errors="coerce"),
            "ordered_units": raw["Line Item Quantity"].astype(np.float64).clip(lower=1.0),
            "expected_on": pd.to_datetime(raw["Scheduled Delivery Date"], format=_PROMISED, errors="coerce"),
            "received_on": pd.to_datetime(raw["Delivered to Client Date"], format=_RECEIVED, errors="coerce"),
        }
    )
    lines["lead_days"] = (lines["received_on"] - lines["ordered_on"]).dt.days
    lines = lines[lines["lead_days"] >= 0].astype({"lead_days": np.int64})
    return lines.sort_values(["ordered_on", "order_number", "line_number"], kind="stable").reset_index(drop=True)


@dataclass(frozen=True)
class OrdersAsKnown:
    """What was known on a day: canonical frames, and the received lines of the last two years for the plain methods."""

    purchase_orders: pd.DataFrame
    receipts: pd.DataFrame
    supply_terms: pd.DataFrame
    suppliers: pd.DataFrame
    closures: pd.DataFrame
    received: pd.DataFrame
    open: pd.DataFrame


def known_on(lines: pd.DataFrame, as_of: dt.date, *, with_promises: bool, history_days: int = 730) -> OrdersAsKnown:
    """Tables as of a day. No line placed later, and no receipt that came later, is in any of them.

    `supply_terms` declare what a buyer would have entered: the mean scheduled lead time of the vendor's orders
    received so far, for a vendor without any that of all vendors. `received` has a row per order and delivery day.
    """
    today = pd.Timestamp(as_of)
    placed = lines[lines["ordered_on"] <= today]
    placed = placed if with_promises else without_promises(placed)
    arrived = (placed["received_on"] <= today).to_numpy()
    orders = placed.drop(columns=["received_on", "lead_days"]).assign(status="open")
    receipts = placed.loc[arrived, ["order_number", "line_number", "received_on"]].assign(
        received_units=placed.loc[arrived, "ordered_units"]
    )
    recent = arrived & (placed["ordered_on"] > today - pd.Timedelta(days=history_days)).to_numpy()
    once = ["order_number", "supplier", "location", "ordered_on", "expected_on", "lead_days"]
    return OrdersAsKnown(
        purchase_orders=orders,
        receipts=receipts,
        supply_terms=_terms(lines, today),
        suppliers=pd.DataFrame({"supplier": sorted(lines["supplier"].unique()), "country": None}),
        closures=pd.DataFrame(columns=["supplier", "location", "starts_on", "ends_on"]),
        received=placed.loc[recent, once].drop_duplicates(ignore_index=True),
        open=orders[~arrived].reset_index(drop=True),
    )


def without_promises(lines: pd.DataFrame) -> pd.DataFrame:
    """The same lines, none with a promise."""
    return lines.assign(expected_on=np.full(len(lines), np.datetime64("NaT", "ns")))


def _terms(lines: pd.DataFrame, today: pd.Timestamp) -> pd.DataFrame:
    seen = lines[lines["received_on"] <= today]
    scheduled = (seen["expected_on"] - seen["ordered_on"]).dt.days.clip(lower=0)
    of_vendor = scheduled.groupby(seen["supplier"])
    by_vendor = of_vendor.mean()[of_vendor.size() >= ENOUGH].round()
    items = lines.loc[lines["ordered_on"] <= today, ["supplier", "sku", "location"]].drop_duplicates(ignore_index=True)
    days = items["supplier"].map(by_vendor).fillna(round(float(scheduled.mean())))
    return items.assign(
        valid_from=pd.to_datetime(np.full(len(items), None)), lead_time_days=days, lead_time_sd_days=np.nan
    )
