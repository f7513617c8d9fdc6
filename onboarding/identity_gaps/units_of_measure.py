"""Sales counted in pieces of something that is priced, and so likely stocked, by the pack."""

import numpy as np

from onboarding.identity_gaps.identity_gap import IdentityGap
from onboarding.identity_gaps.sales_by_code import SalesByCode

LEAST_LINES = 20
LARGEST_PACK = 144
PRICE_WITHIN = 0.15


def find_units_of_measure(by_code: SalesByCode) -> list[IdentityGap]:
    """Products whose sales all are multiples of a pack, and sell for the list price divided by the pack.

    The proposed line states `unit_step`; the evidence says that prices, costs and stock have to be of one unit too.
    """
    codes = by_code.codes.loc[by_code.codes["is_product"] & ~by_code.codes.index.isin(by_code.taken)]
    codes = codes.loc[(codes["lines"] >= LEAST_LINES) & (codes["list_price"] > 0) & (codes["price"] > 0)]
    products = by_code.products.set_index("sku", drop=False)
    sales = by_code.sales.loc[by_code.sales["sku"].isin(codes.index)]
    whole = (sales["units"] % 1 == 0).groupby(sales["sku"]).all()
    found = []
    for sku, units_sold in sales.loc[sales["sku"].map(whole).to_numpy("bool")].groupby("sku", sort=True)["units"]:
        quantities = units_sold.to_numpy("int64")
        pack = int(np.gcd.reduce(quantities))
        stated = float(products["unit_step"].get(sku, 1.0)) if "unit_step" in products else 1.0
        row = codes.loc[str(sku)]
        ratio = float(row["list_price"]) / float(row["price"])
        if not 1 < pack <= LARGEST_PACK or pack == stated or abs(ratio / pack - 1) > PRICE_WITHIN:
            continue
        evidence = (
            f"all {len(quantities):,} sales of {sku!r} ({row['name']}) are multiples of {pack} and a unit brings "
            f"{row['price']:.4g}, about 1/{pack} of its unit_price {row['list_price']:.4g}: sales count pieces, "
            f"products packs of {pack}; give unit_price, unit_cost and stock by the piece, or sales by the pack"
        )
        line = {**by_code.product_row(str(sku)), "unit_step": str(pack)}
        units, money = float(row["units"]), float(row["money"])
        found.append(IdentityGap("unit of measure", "products", line, evidence, units, money, 0.8, ("unit_step",)))
    return found
