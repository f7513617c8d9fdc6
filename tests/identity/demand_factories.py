"""Small tables for the tests of identity, returns and history: only what a test compares is written out."""

from typing import Any

import pandas as pd

from settings import Settings, TableSource

TEXT = ("location", "channel", "market", "order", "customer", "status", "sku", "currency")


def sales(*rows: dict[str, Any]) -> pd.DataFrame:
    """Order lines of SKU A sold for 10 a unit in the webshop, unless a row says otherwise."""
    usual = {"date": "2026-03-02", "sku": "A", "location": "BER", "channel": "web", "market": "DE", "currency": "EUR"}
    filled = []
    for number, row in enumerate(rows):
        line = usual | {"units": 1.0, "source_file": "sales.csv", "source_line": number + 2} | row
        filled.append({"net_revenue": 10.0 * line["units"]} | line)
    frame = pd.DataFrame(filled)
    return frame.assign(date=pd.to_datetime(frame["date"]), units=frame["units"].astype("float64"))


def products(*skus: str, **columns: Any) -> pd.DataFrame:
    """Products of one category with the columns given."""
    return pd.DataFrame({"sku": list(skus), "category": "Tea", "currency": "EUR"} | columns)


def inventory(*skus: str, as_of: str = "2026-03-31", location: str = "BER") -> pd.DataFrame:
    """Five units of each SKU at one location."""
    rows = {"as_of": pd.Timestamp(as_of), "sku": list(skus), "location": location}
    return pd.DataFrame(rows | {"on_hand": 5.0, "reserved": 0.0, "backordered": 0.0})


def settings(
    *, company: dict[str, Any] | None = None, data: dict[str, Any] | None = None, **sales_source: Any
) -> Settings:
    """Settings of a company with euros and days, and its sales source."""
    return Settings(
        company=company or {}, data=data or {}, sources={"sales": TableSource(path="sales.csv", **sales_source)}
    )
