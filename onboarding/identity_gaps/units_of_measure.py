"""Sales counted in pieces of something that is priced, and so likely stocked, by the pack."""

import numpy as np

from onboarding.identity_gaps.gap import IdentityGap
from onboarding.identity_gaps.selling import Selling
from onboarding.identity_gaps.successors import shown

LEAST_LINES = 20
LARGEST_PACK = 144
PRICE_WITHIN = 0.15


def find_units_of_measure(selling: Selling) -> list[IdentityGap]:
    """Products whose sales all are multiples of a pack, and sell for the list price divided by the pack.

    The proposed line states `unit_step`; the evidence says that prices, costs and stock have to be of one unit too.
    """
    codes = selling.codes.loc[selling.codes["is_product"] & ~selling.codes.index.isin(selling.taken)]
    codes = codes.loc[(codes["lines"] >= LEAST_LINES) & (codes["list_price"] > 0) & (codes["price"] > 0)]
    products = selling.products.set_index("sku", drop=False)
    sales = selling.sales.loc[selling.sales["sku"].isin(codes.index)]
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
        own = products.loc[sku]
        line = {str(name): shown(value) for name, value in own.items() if not str(name).startswith("source_")}
        line["unit_step"] = str(pack)
        units, money = float(row["units"]), float(row["money"])
        found.append(IdentityGap("unit of measure", "products", line, evidence, units, money, 0.8, ("unit_step",)))
    return found
