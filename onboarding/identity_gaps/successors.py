"""Products that end the week another of their kind begins."""

import numpy as np
import pandas as pd

from onboarding.identity_gaps.identity_gap import IdentityGap
from onboarding.identity_gaps.product_names import common_words, name_similarity
from onboarding.identity_gaps.sales_by_code import SalesByCode

MIN_NAME_SIMILARITY = 75.0
LEAST_COMMON_WORDS = 0.6
DAYS_APART = 7
LEAST_WEEKS_SOLD = 8
ENDED_DAYS = 28
LONGEST_GAPS = 5.0
"""It has ended when it has not sold for this many times its longest typical gap."""

LARGEST_PRICE_FACTOR = 2.0


def find_successors(by_code: SalesByCode) -> list[IdentityGap]:
    """Successors: a product of the same category, of similar name and price, first sold in the week of the other's end.

    The other sold in many weeks and has been silent far longer than between its sales; the new one began well after the
    data do and sells still. Each must be the other's only candidate.
    """
    codes = by_code.codes.loc[by_code.codes["is_product"] & (by_code.codes["lines"] > 0)]
    codes = codes.loc[codes["name"].notna() & ~codes.index.isin(by_code.taken)]
    ended, begun = _ended(codes, by_code), _begun(codes, by_code)
    pairs = [
        (old, new)
        for category, new_ones in begun.groupby("category", sort=True)
        for old, last in ended.loc[ended["category"] == category, "last_sold"].items()
        for new in new_ones.index[(new_ones["first_sold"] - last).abs() <= pd.Timedelta(days=DAYS_APART)]
        if old != new and _alike(codes, str(old), str(new))
    ]
    olds, news = [old for old, _ in pairs], [new for _, new in pairs]
    return [
        _successor(str(old), str(new), codes, by_code)
        for old, new in pairs
        if olds.count(old) == 1 and news.count(new) == 1
    ]


def _ended(codes: pd.DataFrame, by_code: SalesByCode) -> pd.DataFrame:
    products = by_code.products
    if "successor_sku" in products:
        has_one = set(products.loc[products["successor_sku"].notna(), "sku"])
        codes = codes.loc[~codes.index.isin(has_one)]
    silent = (by_code.last_day - codes["last_sold"]).dt.days
    candidates = codes.loc[silent >= ENDED_DAYS]
    sales = by_code.sales.loc[by_code.sales["sku"].isin(candidates.index), ["sku", "date"]].drop_duplicates()
    sales = sales.sort_values(["sku", "date"])
    gap = sales.groupby("sku")["date"].diff().dt.days
    typical_gap = gap.groupby(sales["sku"]).quantile(0.9).reindex(candidates.index).fillna(np.inf)
    weeks = sales["date"].to_numpy().astype("datetime64[W]")
    sold_weeks = pd.Series(weeks).groupby(sales["sku"].to_numpy()).nunique().reindex(candidates.index).fillna(0)
    silence = silent.reindex(candidates.index)
    ended: pd.DataFrame = candidates.loc[(sold_weeks >= LEAST_WEEKS_SOLD) & (silence >= LONGEST_GAPS * typical_gap)]
    return ended


def _begun(codes: pd.DataFrame, by_code: SalesByCode) -> pd.DataFrame:
    products = by_code.products
    follows = set(products["successor_sku"].dropna()) if "successor_sku" in products else set()
    new = codes["first_sold"] >= by_code.first_day + pd.Timedelta(days=ENDED_DAYS)
    sells = codes["last_sold"] >= by_code.last_day - pd.Timedelta(days=ENDED_DAYS)
    return codes.loc[new & sells & (codes["lines"] >= LEAST_WEEKS_SOLD) & ~codes.index.isin(follows)]


def _alike(codes: pd.DataFrame, old: str, new: str) -> bool:
    first, second = codes.loc[old], codes.loc[new]
    factor = float(first["price"]) / float(second["price"])
    fits = not (factor > LARGEST_PRICE_FACTOR or factor < 1 / LARGEST_PRICE_FACTOR)
    names = str(first["name"]), str(second["name"])
    return fits and name_similarity(*names) >= MIN_NAME_SIMILARITY and common_words(*names) >= LEAST_COMMON_WORDS


def _successor(old: str, new: str, codes: pd.DataFrame, by_code: SalesByCode) -> IdentityGap:
    first, second = codes.loc[old], codes.loc[new]
    evidence = (
        f"{old!r} ({first['name']}) was last sold on {first['last_sold']:%Y-%m-%d} and {new!r} ({second['name']}), "
        f"of the same category, first on {second['first_sold']:%Y-%m-%d}"
    )
    line = {**by_code.product_row(old), "successor_sku": new}
    likeness = name_similarity(str(first["name"]), str(second["name"]))
    confidence = 0.8 if likeness >= 90 else 0.6
    units, money = float(first["units"]), float(first["money"])
    return IdentityGap("successor", "products", line, evidence, units, money, confidence, ("successor_sku",))
