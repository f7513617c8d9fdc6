"""Unrelated products give no proposals: whatever their codes, names, prices and days of sale."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from onboarding.identity_gaps import advice, find_identity_gaps
from settings import Settings, TableSource
from tests.onboarding.identity_gaps.shop import DAYS, product, proposed, sold, stocked

ONLINE_RETAIL = Path(__file__).parents[4] / "shared" / "data" / "online_retail" / "year_2009_2010.parquet"
THINGS = [
    "kettle", "lantern", "saucepan", "umbrella", "notebook", "cushion", "blanket", "hammer", "compass", "teapot",
    "rucksack", "bicycle pump", "garden hose", "wall clock", "picture frame", "door mat", "candle", "necklace",
]  # fmt: skip
KINDS = ["steel", "oak", "linen", "glass", "velvet", "copper", "bamboo", "marble", "ceramic", "leather"]


def shop(seed):
    """Products that have nothing to do with each other, sold on days and at prices of their own."""
    rng = np.random.default_rng(seed)
    rows, sales = [], []
    for number, thing in enumerate(rng.permutation(THINGS)):
        sku = f"{rng.integers(10_000, 99_999)}{'ABCDEFGHJK'[number % 10]}{number}"
        name = f"{KINDS[number % 10]} {thing}" + (f", set of {rng.integers(2, 9)}" if rng.random() < 0.3 else "")
        price = round(float(rng.lognormal(2.5, 0.8)), 2)
        barcode = f"{rng.integers(10**11, 10**12)}" if rng.random() < 0.5 else None
        begins, ends = sorted(rng.integers(0, len(DAYS), 2))
        days = DAYS[begins : ends + 1][rng.random(ends + 1 - begins) < rng.uniform(0.1, 1.0)]
        rows.append(product(sku, name, category=f"C{number % 3}", barcode=barcode, unit_price=price))
        if len(days):
            sales.append(sold(sku, units=float(rng.integers(1, 7)), price=price, days=days))
    return rows, sales


@examples(deadline=None, max_examples=40)
@given(st.integers(0, 1_000_000))
def test_unrelated_products_give_no_proposals(seed):
    rows, sales = shop(seed)

    found = proposed(rows, sold("X", location="BER"), *sales, inventory=stocked(("X", "BER")))

    assert found == []


def online_retail():
    """Its order lines as sales, and the products that they name; codes as they stand in the file."""
    lines = pd.read_parquet(ONLINE_RETAIL)
    code = lines["stock_code"].str.strip()
    sales = pd.DataFrame(
        {
            "date": lines["invoice_date"].dt.normalize().astype("datetime64[ns]"),
            "sku": code, "channel": "web", "location": "W", "order": lines["invoice"],
            "units": lines["quantity"].astype("float64"),
            "net_revenue": lines["quantity"] * lines["unit_price"].astype("float64"), "currency": "GBP",
        }
    )  # fmt: skip
    named = lines.assign(sku=code)[(lines["quantity"] > 0) & (lines["unit_price"] > 0) & lines["description"].notna()]
    names = named.groupby("sku")["description"].agg(lambda texts: texts.str.strip().value_counts().index[0])
    products = pd.DataFrame({"sku": names.index, "name": names.to_numpy(), "category": "Gifts", "currency": "GBP"})
    return sales, products.assign(barcode=None, unit_price=np.nan, unit_cost=np.nan)


@pytest.mark.slow
@pytest.mark.skipif(not ONLINE_RETAIL.exists(), reason="Online Retail II is not here")
def test_the_codes_of_online_retail_that_differ_by_case_are_found_and_little_else():
    sales, products = online_retail()
    settings = Settings(
        company={"base_currency": "GBP"},
        sources={"sales": TableSource(path="x", cancelled_order_prefix="C", not_products=[r"re:[A-Za-z]\d?"])},
    )

    found = find_identity_gaps({"sales": sales, "products": products}, settings)

    kinds = pd.Series([proposal.kind for proposal in found]).value_counts()
    aliases = [proposal.line for proposal in found if proposal.table == "sku_aliases"]
    assert 140 <= kinds["written alike"] <= 151
    assert all(line["alias"].upper() == line["sku"].upper() for line in aliases)
    assert len(found) - kinds["written alike"] <= 3
    assert "sku_case" in advice(found)[0]
