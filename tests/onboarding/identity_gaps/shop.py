"""A small shop for the tests of proposals: products, and what they sold."""

from typing import Any

import pandas as pd

from onboarding.identity_gaps import IdentityGap, find_identity_gaps
from settings import Settings, TableSource

DAYS = pd.date_range("2025-10-01", "2026-03-31")
WEEKLY = DAYS[::7]


def product(sku: str, name: str = "", **columns: Any) -> dict[str, Any]:
    """A row of products; its name is its code unless one is given."""
    return {"sku": sku, "name": name or f"Thing {sku}", "category": "Tea", "barcode": None} | columns


def sold(sku: str, units: float = 2.0, price: float = 10.0, days: Any = WEEKLY, **columns: Any) -> pd.DataFrame:
    """Sales of a code: so many units on each day, at a price each."""
    rows = {"date": pd.to_datetime(list(days)), "sku": sku, "channel": "web", "market": "DE", "location": "BER"}
    return pd.DataFrame(rows | {"units": units, "net_revenue": units * price, "currency": "EUR"} | columns)


def stocked(*pairs: tuple[str, str]) -> pd.DataFrame:
    """Five units of each (sku, location)."""
    rows = [{"sku": sku, "location": place} for sku, place in pairs]
    return pd.DataFrame(rows).assign(as_of=pd.Timestamp("2026-03-31"), on_hand=5.0, reserved=0.0, backordered=0.0)


def proposed(
    products: list[dict[str, Any]],
    *sales: pd.DataFrame,
    data: dict[str, Any] | None = None,
    default_location: str | None = None,
    **tables: pd.DataFrame,
) -> list[IdentityGap]:
    """What is proposed for a shop."""
    frame = pd.DataFrame(products)
    wanted = ["unit_price", "unit_cost", "currency", "successor_sku", "unit_step"]
    frame = frame.reindex(columns=[*frame.columns, *(name for name in wanted if name not in frame)])
    settings = Settings(
        company={"default_location": default_location},
        data=data or {},
        sources={"sales": TableSource(path="sales.csv", not_products=["POST"], cancelled_order_prefix="C")},
    )
    return find_identity_gaps({"products": frame, "sales": pd.concat(sales, ignore_index=True)} | tables, settings)


def lines(found: list[IdentityGap]) -> list[dict[str, str]]:
    """The lines that are added; of changed rows the SKU and what changes."""
    return [
        {name: proposal.line[name] for name in (("sku", *proposal.changes) if proposal.changes else proposal.line)}
        for proposal in found
    ]
